"""What an address took with an account that is gone counts before its owner is taken in."""

from typing import Any

import httpx
import pytest
from sqlalchemy import Connection

from saleor_loyalty_app.flows.erase_member import erase_user
from saleor_loyalty_app.members.repository import member_by_user
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge
from tests.factories import make_member, make_revision
from tests.integration.api.member_desk import MemberDesk
from tests.integration.api.newcomers import ACCOUNT, API, EMAIL, MUG, USER
from tests.order_books import program

CHANNEL = "default-channel"
AGAIN = "VXNlcjo2"
ONCE = MUG | {"limit": {"times": 1, "period": "ever"}}
DOCUMENT = program() | {"rewards": {"items": [ONCE]}}


def by_saleor(edge: ApiEdge, store: StoreRef, user_id: str) -> dict[str, str]:
    return edge.shopper(store, user_id=user_id, email=EMAIL)


def by_session(edge: ApiEdge, store: StoreRef, user_id: str) -> dict[str, str]:
    edge.saleor.answers["Me"] = {"me": ACCOUNT | {"id": user_id}}
    origin = {"origin": "https://shop.example.com"}
    answer = edge.send("POST", f"{API}/session", by_saleor(edge, store, user_id), origin)
    return {"Authorization": f"Bearer {answer.json()['token']}"}


def claim(edge: ApiEdge, headers: dict[str, str], user_id: str) -> httpx.Response:
    channel = {"id": "C", "slug": CHANNEL, "currencyCode": "USD"}
    edge.saleor.answers["Shopper"] = {"user": ACCOUNT | {"id": user_id}}
    edge.saleor.answers["SpendingUser"] = {
        "user": {"id": user_id, "isActive": True},
        "channel": channel | {"taxConfiguration": {"pricesEnteredWithTax": True}},
    }
    once = {"Idempotency-Key": f"k-{user_id}"}
    return edge.send("POST", f"{API}/me/rewards/mug/claims", headers | once, {"channel": CHANNEL})


def shown(edge: ApiEdge, headers: dict[str, str]) -> str:
    """Why the mug cannot be had, as its code."""
    page: Any = edge.get(f"{API}/me/rewards?channel={CHANNEL}", headers).json()
    [mug] = page["rewards"]
    return str((mug["reason"] or {}).get("code"))


def took_one(edge: ApiEdge, store: StoreRef) -> None:
    """Somebody takes the mug and deletes the account, for which there are points again."""
    edge.database.write(lambda conn: make_revision(conn, store.id, DOCUMENT))
    desk = MemberDesk(edge, store)
    number = desk.join(1, "Ayşe", "Yılmaz", user_id=USER, email=EMAIL)
    desk.earn(number, 30)
    taken = claim(edge, by_saleor(edge, store, USER), USER)
    assert taken.status_code == 201, taken.text
    edge.database.write(lambda conn: erase_user(conn, store, USER, now=edge.clock()))


@pytest.mark.parametrize("token", [by_saleor, by_session])
def test_a_reward_that_was_had_is_not_shown_as_to_be_had(
    edge: ApiEdge, store: StoreRef, token: Any
) -> None:
    headers = token(edge, store, AGAIN)
    took_one(edge, store)
    MemberDesk(edge, store).earn(MemberDesk(edge, store).guest(EMAIL), 40)
    assert shown(edge, headers) == "reward_limit"
    refused = claim(edge, headers, AGAIN)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "reward_limit")


@pytest.mark.parametrize("token", [by_saleor, by_session])
def test_so_it_is_for_who_was_only_seen_so_far(edge: ApiEdge, store: StoreRef, token: Any) -> None:
    """They were seen while one had to join: the books have no address of theirs."""
    headers = token(edge, store, AGAIN)
    took_one(edge, store)

    def invited(conn: Connection) -> None:
        make_member(
            conn,
            store.id,
            user_id=AGAIN,
            state="invited",
            enrolled_at=None,
            first_enrolled_at=None,
        )

    edge.database.write(invited)
    assert shown(edge, headers) == "reward_limit"
    found = edge.database.read(lambda conn: member_by_user(conn, store.id, AGAIN))
    assert found is not None
    assert found.state == "invited", "looking takes nobody in"
    refused = claim(edge, headers, AGAIN)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "reward_limit")
