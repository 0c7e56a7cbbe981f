"""Other systems ask what a member would earn: it is what the member's order then earns."""

from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members.address_hashes import address_hash
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge
from tests.factories import make_member, make_revision
from tests.integration.api.member_desk import told
from tests.integration.api.partner_system import PartnerSystem
from tests.integration.api.test_estimate_of_shoppers import (
    CONTROL,
    DOCUMENT,
    GOLD,
    NEW,
    SILVER,
    bought,
    fixed,
    shop,
)
from tests.shipping_samples import offer_json

__all__ = ["shop"]

_members = table(Member)
RULES = DOCUMENT["earning"]["rules"]
THIRD = fixed("third", 5000, {"type": "nth_order", "min": 3, "max": 3})
SHIPPING = {
    "offers": [
        offer_json("golden", when={"type": "tier", "tiers": ["gold"]}),
        offer_json("members", when={"type": "member"}),
        offer_json("strangers", when={"type": "member", "value": False}),
    ]
}


@pytest.fixture
def system(edge: ApiEdge, shop: StoreRef) -> PartnerSystem:
    """A system that may read members of the shop, which has shipping offers by now."""
    document = DOCUMENT | {"shipping": SHIPPING, "earning": {"rules": [*RULES, THIRD]}}
    now = edge.clock()
    edge.database.write(
        lambda conn: make_revision(conn, shop.id, document, number=2, effective_from=now)
    )
    return PartnerSystem(edge, shop, scopes=["members:read"], day_limit=0)


def estimated(system: PartnerSystem, **whom: str) -> httpx.Response:
    goods = {"gross": "50", "net": "50"}
    body = {"channel": "default-channel", "currency": "USD", "lines": [goods]} | whom
    return system.send("POST", "estimate", body)


def number_of(system: PartnerSystem, user: str) -> str:
    query = sa.select(_members.c.id).where(
        _members.c.store_id == system.store.id, _members.c.user_id == user
    )
    return str(system.edge.database.read(lambda conn: conn.execute(query).scalar_one()))


def offers(page: dict[str, Any]) -> list[str]:
    return [one["id"] for one in page["shipping"]]


@pytest.mark.parametrize(
    ("user", "number", "tier", "points", "shipping"),
    [
        (SILVER, 1, "silver", 750 + 560 + 30, ["members"]),
        (GOLD, 2, "gold", 1000, ["golden", "members"]),
    ],
)
def test_a_member_is_named_in_any_way_and_told_what_their_order_earns(
    system: PartnerSystem, user: str, number: int, tier: str, points: int, shipping: list[str]
) -> None:
    ways = (
        {"member_id": number_of(system, user)},
        {"user_id": user},
        {"email_sha256": address_hash(f"{number}@example.com")},
    )
    for whom in ways:
        answer = estimated(system, **whom)
        page = answer.json()
        assert (page["points"], page["tier"]["id"], offers(page)) == (points, tier, shipping)
        assert (page["not_judged"], page["shipping_not_judged"]) == ([], [])
        assert answer.headers["Cache-Control"] == "private, no-store"
    assert bought(system.edge, system.store, 3, "50", user) == points


def test_who_was_merged_is_told_what_the_member_earns_whom_they_became(
    system: PartnerSystem,
) -> None:
    gold = int(number_of(system, GOLD))
    former = system.edge.database.write(
        lambda conn: make_member(conn, system.store.id, user_id="U-old", merged_into=gold)
    )
    for whom in ({"member_id": str(former)}, {"user_id": "U-old"}):
        assert estimated(system, **whom).json() == estimated(system, user_id=GOLD).json()


def test_without_a_member_it_is_what_anybody_gets(system: PartnerSystem) -> None:
    page = estimated(system).json()
    assert (page["points"], page["tier"]["id"], offers(page)) == (600 + 600, "bronze", [])
    assert [one["id"] for one in page["not_judged"]] == ["first", "silver-gift", "third"]
    assert [one["id"] for one in page["shipping_not_judged"]] == ["golden", "members", "strangers"]


def test_who_takes_no_part_and_a_guest_are_promised_no_more_than_they_get(
    system: PartnerSystem,
) -> None:
    control = estimated(system, user_id=CONTROL).json()
    assert (control["points"], offers(control)) == (0, ["strangers"])

    for number in (3, 4):
        assert bought(system.edge, system.store, number, "50", None) == 1200
    query = sa.select(_members.c.id).where(_members.c.state == "guest")
    guest = system.edge.database.read(lambda conn: conn.execute(query).scalar_one())
    page = estimated(system, member_id=str(guest)).json()
    # 800 of the campaign are left to them; how manieth order of theirs it is nobody knows.
    assert (page["points"], offers(page)) == (1200, ["strangers"])
    assert bought(system.edge, system.store, 5, "50", None) == 1200


def test_a_key_that_may_not_read_members_learns_nothing_of_any(system: PartnerSystem) -> None:
    blind = PartnerSystem(system.edge, system.store, scopes=["members:write"], day_limit=0)
    for whom in ({"user_id": GOLD}, {"user_id": "U-nobody"}, {"member_id": "x"}):
        answer = estimated(blind, **whom)
        assert told(answer) == (403, "scope_missing")
        assert answer.json()["error"]["detail"] == {"scope": "members:read"}
    assert estimated(blind).json() == estimated(system).json()


def test_who_is_not_there_is_told_and_one_is_named_at_most(system: PartnerSystem) -> None:
    unknown = address_hash("nobody@example.com")
    for whom in (
        {"user_id": NEW}, {"member_id": "999999"}, {"member_id": "x"}, {"email_sha256": unknown}
    ):  # fmt: skip
        assert told(estimated(system, **whom)) == (404, "member_not_found"), whom
    both = estimated(system, user_id=GOLD, member_id="1")
    assert told(both) == (422, "request_invalid")
    other = PartnerSystem(system.edge, system.edge.store(), scopes=["members:read"], day_limit=0)
    assert told(estimated(other, member_id=number_of(system, GOLD))) == (404, "member_not_found")
