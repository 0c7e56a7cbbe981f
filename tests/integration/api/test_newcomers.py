"""A shopper whom the app has never seen sees a newcomer's board; the first deed takes them in."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.erase_member import erase_user
from saleor_loyalty_app.flows.join_member import take_in
from saleor_loyalty_app.members.models import Member, MemberIdentity
from saleor_loyalty_app.members.refs import Person
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge
from tests.factories import make_member
from tests.integration.api.member_desk import MemberDesk
from tests.integration.api.newcomers import (
    ACCOUNT,
    CHANNEL,
    EMAIL,
    SHOPPERS_DEEDS,
    USER,
    agreed,
    ask,
    begin_session,
    booked,
    claim_mug,
    messages,
    open_shop,
    open_shop_of_campaigns,
    rows,
    run_campaign,
    states,
    told,
)
from tests.integration.api.partner_system import PartnerSystem
from tests.webhook_edge import SECRETS

VISIT = {"external_id": "v-1", "type": "visit", "user_id": USER}
BOARD = (
    "me/history",
    "me/tier",
    "me/milestones",
    "me/campaigns",
    f"me/rewards?channel={CHANNEL}",
    "me/claims",
    "me/questions",
    "me/birthday",
    f"me/membership/leaving?channel={CHANNEL}",
)


@pytest.fixture
def shop(edge: ApiEdge) -> StoreRef:
    """A shop with a campaign for all and one for the tier of all."""
    return open_shop_of_campaigns(edge)


def seen(edge: ApiEdge, store: StoreRef, user: tuple[str, str]) -> dict[str, Any]:
    """All of a shopper's board."""
    found = {path: ask(edge, store, "GET", path, user=user) for path in BOARD}
    assert {path: one.status_code for path, one in found.items()} == dict.fromkeys(BOARD, 200)
    return {path: one.json() for path, one in found.items()}


class TestWhatIsShown:
    def test_it_is_what_a_member_sees_who_came_just_now(
        self, edge: ApiEdge, shop: StoreRef
    ) -> None:
        other = ("VXNlcjo2", "can@example.com")
        person = Person(*other, language="en")
        edge.database.write(
            lambda conn: take_in(conn, shop, person, keys=SECRETS, now=edge.clock())
        )
        assert seen(edge, shop, (USER, EMAIL)) == seen(edge, shop, other)

    def test_it_has_what_can_be_had(self, edge: ApiEdge, shop: StoreRef) -> None:
        page = seen(edge, shop, (USER, EMAIL))
        assert ask(edge, shop, "GET", "me").json()["points"]["available"] == 0
        tier = page["me/tier"]
        assert (tier["tier"], tier["next_tier"]) == ("friend", "gold")
        assert tier["missing"] == [{"kind": "spend", "amount": "500", "currency": "USD"}]
        [mug] = page[f"me/rewards?channel={CHANNEL}"]["rewards"]
        assert (mug["missing_points"], mug["reason"]["code"]) == (30, "not_enough_points")
        [question] = page["me/questions"]["questions"]
        assert (question["brings"], question["answer"]) == (20, None)
        assert (page["me/birthday"]["asked"], page["me/birthday"]["brings"]) == (True, 50)
        assert [one["title"] for one in page["me/campaigns"]["campaigns"]] == ["Double", "Double"]
        [line] = page["me/milestones"]["milestones"]
        assert (line["percent"], line["points"]) == (0, 500)
        assert page[f"me/membership/leaving?channel={CHANNEL}"]["loses"] == 0

    def test_looking_writes_nothing_and_asks_saleor_nothing(
        self, edge: ApiEdge, shop: StoreRef
    ) -> None:
        seen(edge, shop, (USER, EMAIL))
        assert ask(edge, shop, "GET", "me/preferences").status_code == 200
        assert ask(edge, shop, "GET", "me/membership").status_code == 200
        assert (states(edge), messages(edge), edge.saleor.asked) == ([], [], [])

    @pytest.mark.parametrize("language", ["en", "tr"])
    def test_preferences_are_those_that_hold_for_who_said_nothing(
        self, edge: ApiEdge, shop: StoreRef, language: str
    ) -> None:
        spoken = {"Accept-Language": language}
        page = ask(edge, shop, "GET", "me/preferences", headers=spoken).json()
        assert (page["language"], page["news"]) == (language, {"email": True, "sms": True})
        assert page["offers"]["email"]["granted"] is False

    def test_membership_says_that_they_take_part_without_being_members(
        self, edge: ApiEdge, shop: StoreRef
    ) -> None:
        page = ask(edge, shop, "GET", "me/membership").json()
        assert (page["state"], page["takes_part"], page["member_since"]) == ("none", True, None)
        assert ask(edge, shop, "GET", "me").json()["member_since"] is None

    def test_a_campaign_for_a_language_is_for_who_is_spoken_to_in_it(
        self, edge: ApiEdge, shop: StoreRef
    ) -> None:
        run_campaign(edge, shop, languages=["tr"])
        counts = [
            len(
                ask(edge, shop, "GET", "me/campaigns", headers={"Accept-Language": one}).json()[
                    "campaigns"
                ]
            )
            for one in ("en", "tr")
        ]
        assert counts == [2, 3]

    def test_what_the_address_had_with_an_account_that_is_gone_is_not_promised_again(
        self, edge: ApiEdge, shop: StoreRef
    ) -> None:
        answered = ask(edge, shop, "PUT", "me/questions/size", {"answer": "small"})
        assert answered.json()["given"] == 20
        edge.database.write(lambda conn: erase_user(conn, shop, USER, now=edge.clock()))
        again = ("VXNlcjo2", EMAIL)
        [question] = ask(edge, shop, "GET", "me/questions", user=again).json()["questions"]
        assert question["brings"] == 0

    def test_who_would_be_held_out_is_promised_nothing(self, edge: ApiEdge) -> None:
        store = open_shop(edge, hold_out_percent=50)
        run_campaign(edge, store)
        for number in range(10):
            user = (f"User{number}", f"shopper{number}@example.com")
            page = seen(edge, store, user)
            membership = ask(edge, store, "GET", "me/membership", user=user).json()
            shown = (
                membership["takes_part"],
                page["me/tier"]["enabled"],
                bool(page["me/campaigns"]["campaigns"]),
                page["me/questions"]["questions"][0]["brings"] > 0,
            )
            person = Person(*user)
            joined = edge.database.write(
                partial(take_in, store=store, person=person, keys=SECRETS, now=edge.clock())
            )
            assert joined is not None
            assert shown == (not joined.member.hold_out,) * 4
        assert {row.hold_out for row in rows(edge, Member, "hold_out")} == {True, False}


class TestComingIn:
    @pytest.mark.parametrize(("method", "path", "body"), SHOPPERS_DEEDS)
    def test_the_first_deed_makes_a_member(
        self, edge: ApiEdge, shop: StoreRef, method: str, path: str, body: object
    ) -> None:
        for _ in range(2):
            answer = ask(edge, shop, method, path, body)
            assert answer.status_code in (200, 201), answer.text
        assert states(edge) == ["active"]
        identities = table(MemberIdentity)
        [known] = edge.database.read(lambda conn: conn.execute(sa.select(identities)).all())
        assert (known.email, known.first_name, known.language) == (EMAIL, "Ayşe", "tr-tr")
        assert agreed(edge) == [("privacy", "p-1", "automatic"), ("terms", "t-1", "automatic")]
        gives = 20 if "questions" in path else 0
        assert messages(edge) == ["welcome", *(["bonus_given"] if gives else [])]
        assert booked(edge) == ([gives] if gives else [])
        page = ask(edge, shop, "GET", "me/membership").json()
        assert (page["state"], page["takes_part"]) == ("active", True)
        assert MemberDesk(edge, shop).drifts() == []

    def test_what_was_said_is_kept(self, edge: ApiEdge, shop: StoreRef) -> None:
        page = ask(edge, shop, "PUT", "me/questions/size", {"answer": "small"}).json()
        assert (page["given"], page["questions"][0]["answer"]["value"]) == (20, "small")
        page = ask(edge, shop, "PUT", "me/birthday", {"month": 2, "day": 28}).json()
        assert page["birthday"] == {"month": 2, "day": 28}

    def test_a_loyalty_token_of_before_the_program_does_as_well(
        self, edge: ApiEdge, shop: StoreRef
    ) -> None:
        token = begin_session(edge, shop)
        edge.database.write(forget_everybody)
        path = "/api/storefront/v1/me/questions"
        [question] = edge.get(path, token).json()["questions"]
        assert question["brings"] == 20
        answered = edge.send("PUT", f"{path}/size", token, {"answer": "small"})
        assert (answered.json()["given"], states(edge)) == (20, ["active"])

    def test_points_that_waited_for_a_guest_come_with_it_and_can_be_spent_at_once(
        self, edge: ApiEdge, shop: StoreRef
    ) -> None:
        desk = MemberDesk(edge, shop)
        desk.earn(desk.guest(EMAIL), 40)
        taken = claim_mug(edge, shop)
        assert (taken.status_code, taken.json()["points"]) == (201, 30), taken.text
        assert ask(edge, shop, "GET", "me").json()["points"]["available"] == 10
        assert claim_mug(edge, shop).json()["id"] == taken.json()["id"]
        assert sorted(states(edge)) == ["active", "guest"]
        assert desk.drifts() == []

    def test_an_address_that_is_not_confirmed_brings_no_guests_points(
        self, edge: ApiEdge, shop: StoreRef
    ) -> None:
        desk = MemberDesk(edge, shop)
        desk.earn(desk.guest(EMAIL), 40)
        edge.saleor.answers["Shopper"] = {"user": ACCOUNT | {"isConfirmed": False}}
        ask(edge, shop, "PUT", "me/birthday", {"month": 2, "day": 28})
        assert ask(edge, shop, "GET", "me").json()["points"]["available"] == 0

    def test_who_was_seen_while_one_had_to_join_comes_in_once_nobody_has(
        self, edge: ApiEdge, store: StoreRef
    ) -> None:
        shop = open_shop(edge)
        edge.database.write(
            lambda conn: make_member(
                conn,
                shop.id,
                user_id=USER,
                state="invited",
                enrolled_at=None,
                first_enrolled_at=None,
            )
        )
        [question] = ask(edge, shop, "GET", "me/questions").json()["questions"]
        assert question["brings"] == 20
        answered = ask(edge, shop, "PUT", "me/questions/size", {"answer": "small"})
        assert answered.json()["given"] == 20, answered.text
        assert (states(edge), messages(edge)[0]) == (["active"], "welcome")

    def test_somebody_leaves_who_never_came(self, edge: ApiEdge, shop: StoreRef) -> None:
        left = ask(edge, shop, "DELETE", "me/membership?loses=0").json()
        assert (left["state"], left["takes_part"]) == ("left", False)
        assert (states(edge), messages(edge)) == (["left"], []), "nobody is welcomed"
        assert told(ask(edge, shop, "PUT", "me/birthday", {"month": 2, "day": 2})) == (
            409,
            "wrong_member_state",
        )

    def test_who_leaves_with_points_of_a_guest_is_shown_them_first(
        self, edge: ApiEdge, shop: StoreRef
    ) -> None:
        desk = MemberDesk(edge, shop)
        desk.earn(desk.guest(EMAIL), 40)
        refused = ask(edge, shop, "DELETE", "me/membership?loses=0")
        assert told(refused) == (409, "loss_changed")
        loses = ask(edge, shop, "GET", "me/membership/leaving").json()["loses"]
        assert loses == 40
        left = ask(edge, shop, "DELETE", f"me/membership?loses={loses}").json()
        assert left["state"] == "left"
        assert desk.drifts() == []

    def test_an_event_of_another_system_takes_its_customer_in(
        self, edge: ApiEdge, shop: StoreRef
    ) -> None:
        system = PartnerSystem(edge, shop, event_types=["visit"])
        event = {
            "external_id": "v-1",
            "type": "visit",
            "user_id": USER,
            "at": edge.clock().isoformat(),
        }
        for again in (False, True):
            answer = system.send("POST", "events", event)
            assert answer.status_code == 201, answer.text
            assert (answer.json()["points"], answer.json()["repeated"]) == (15, again)
        assert (states(edge), messages(edge)) == (["active"], ["welcome", "bonus_given"])

    def test_an_event_of_nobody_or_of_what_is_not_taken_makes_no_member(
        self, edge: ApiEdge, shop: StoreRef
    ) -> None:
        system = PartnerSystem(edge, shop, event_types=["visit"])
        event = {
            "external_id": "v-1",
            "type": "visit",
            "user_id": USER,
            "at": edge.clock().isoformat(),
        }
        edge.saleor.answers["Shopper"] = {"user": None}
        assert told(system.send("POST", "events", event)) == (404, "member_not_found")
        edge.saleor.answers["Shopper"] = {"user": ACCOUNT}
        old = event | {"at": (edge.clock() - timedelta(days=9)).isoformat()}
        assert told(system.send("POST", "events", old)) == (422, "event_invalid")
        assert states(edge) == []
        assert system.send("POST", "events", event).status_code == 201


def forget_everybody(conn: sa.Connection) -> None:
    """As if the books had never known anybody."""
    for model in ("tier_look", "outbox_message", "member_consent", "member_identity", "member"):
        conn.execute(sa.text(f"DELETE FROM {model}"))
