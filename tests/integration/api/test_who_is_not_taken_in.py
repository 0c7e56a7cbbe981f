"""Whom a first visit or deed does not make a member, and that nothing is left of it."""

import httpx
import pytest

from saleor_loyalty_app.flows.erase_member import erase_member, erase_user
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge
from tests.integration.api.newcomers import (
    ACCOUNT,
    SHOPPERS_DEEDS,
    USER,
    VERSIONS,
    ask,
    begin_session,
    claim_mug,
    messages,
    open_shop,
    open_shop_of_campaigns,
    rows,
    states,
    told,
)

KNOWN_ONLY = ("tier", "milestones", "campaigns", "questions", "birthday", "preferences")
TAKING_AWAY = [
    ("DELETE", "me/questions/size"),
    ("DELETE", "me/birthday"),
    ("DELETE", "me/consents/email"),
]
UNFIT: list[tuple[str, str, object, tuple[int, str]]] = [
    ("PUT", "me/questions/size", {"answer": ""}, (422, "request_invalid")),
    ("PUT", "me/questions/color", {"answer": "red"}, (404, "question_unknown")),
    ("PUT", "me/birthday", {"month": 2, "day": 30}, (400, "birthday_impossible")),
    ("PUT", "me/consents/sms", {"text_version": "o-1"}, (400, "phone_missing")),
]


@pytest.fixture
def shop(edge: ApiEdge) -> StoreRef:
    """A shop with a campaign for all and one for the tier of all."""
    return open_shop_of_campaigns(edge)


class TestWhoIsNotTakenIn:
    def test_where_one_joins_by_consent_nothing_is_as_if_they_had(self, edge: ApiEdge) -> None:
        store = open_shop(edge, enrollment="opt_in")
        for path in KNOWN_ONLY:
            assert told(ask(edge, store, "GET", f"me/{path}")) == (404, "member_not_found")
        for method, path, body in SHOPPERS_DEEDS[:4]:
            assert told(ask(edge, store, method, path, body)) == (404, "member_not_found")
        begin_session(edge, store)
        assert ask(edge, store, "GET", "me/membership").json()["takes_part"] is False
        assert told(claim_mug(edge, store)) == (409, "not_enough_points")
        assert (states(edge), "Shopper" in edge.saleor.asked) == ([], False)

    def test_before_a_program_is_live_nobody_is(self, edge: ApiEdge) -> None:
        store = edge.store()
        edge.saleor.answers["Me"] = {"me": ACCOUNT}
        begin_session(edge, store)
        assert told(ask(edge, store, "GET", "me/questions")) == (404, "member_not_found")
        assert states(edge) == []

    def test_who_left_stays_out(self, edge: ApiEdge, shop: StoreRef) -> None:
        begin_session(edge, shop)
        assert ask(edge, shop, "DELETE", "me/membership?loses=0").json()["state"] == "left"
        begin_session(edge, shop)
        answered = ask(edge, shop, "PUT", "me/questions/size", {"answer": "small"})
        assert told(answered) == (409, "wrong_member_state")
        assert states(edge) == ["left"]

    def test_who_was_erased_comes_back_by_joining_and_not_by_a_visit(
        self, edge: ApiEdge, shop: StoreRef
    ) -> None:
        begin_session(edge, shop)
        [known] = rows(edge, Member, "id")
        edge.database.write(lambda conn: erase_member(conn, shop, known.id, now=edge.clock()))
        begin_session(edge, shop)
        for method, path, body in SHOPPERS_DEEDS[:4]:
            assert told(ask(edge, shop, method, path, body)) == (404, "member_not_found")
        for path in KNOWN_ONLY:
            assert told(ask(edge, shop, "GET", f"me/{path}")) == (404, "member_not_found")
        assert told(claim_mug(edge, shop)) == (409, "not_enough_points")
        assert (states(edge), messages(edge)) == (["erased"], ["welcome"])
        assert ask(edge, shop, "POST", "me/membership", VERSIONS).json()["state"] == "active"
        assert ask(edge, shop, "GET", "me/questions").status_code == 200
        edge.database.write(lambda conn: erase_user(conn, shop, USER, now=edge.clock()))
        begin_session(edge, shop)
        assert states(edge) == ["erased", "erased", "active"], "the account was another one"

    @pytest.mark.parametrize(("method", "path", "body", "why"), UNFIT)
    def test_a_deed_that_is_refused_takes_nobody_in(
        self,
        edge: ApiEdge,
        shop: StoreRef,
        method: str,
        path: str,
        body: object,
        why: tuple[int, str],
    ) -> None:
        assert told(ask(edge, shop, method, path, body)) == why
        assert (states(edge), messages(edge)) == ([], [])

    def test_neither_does_a_reward_for_which_points_are_missing(
        self, edge: ApiEdge, shop: StoreRef
    ) -> None:
        assert told(claim_mug(edge, shop)) == (409, "not_enough_points")
        assert states(edge) == []

    @pytest.mark.parametrize(("method", "path"), TAKING_AWAY)
    def test_deleting_what_is_not_there_takes_nobody_in(
        self, edge: ApiEdge, shop: StoreRef, method: str, path: str
    ) -> None:
        answer = ask(edge, shop, method, path)
        shown = path.removesuffix("/size").replace("consents/email", "preferences")
        page = ask(edge, shop, "GET", shown)
        assert (answer.status_code, answer.json()) == (200, page.json())
        assert (states(edge), edge.saleor.asked) == ([], [])

    @pytest.mark.parametrize(("method", "path", "body"), SHOPPERS_DEEDS[:4])
    def test_neither_does_an_account_that_may_do_nothing(
        self, edge: ApiEdge, shop: StoreRef, method: str, path: str, body: object
    ) -> None:
        for user in (None, ACCOUNT | {"isActive": False}, ACCOUNT | {"isStaff": True}):
            edge.saleor.answers["Shopper"] = {"user": user}
            assert told(ask(edge, shop, method, path, body)) == (403, "user_inactive")
        assert states(edge) == []

    def test_while_saleor_does_not_answer_a_newcomer_is_told_to_try_again(
        self, edge: ApiEdge, shop: StoreRef
    ) -> None:
        edge.saleor.answers["Shopper"] = httpx.Response(400, text="no")
        answered = ask(edge, shop, "PUT", "me/questions/size", {"answer": "small"})
        assert told(answered) == (503, "saleor_unavailable")
        assert ask(edge, shop, "GET", "me/questions").status_code == 200
        assert states(edge) == []
