"""Whom nobody looked at for tiers yet has the tier that everybody has, whoever asks."""

from typing import Any

import pytest

from saleor_loyalty_app.flows.sweep_segments import segments_page
from saleor_loyalty_app.flows.sweep_tiers import tiers_page
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge
from tests.factories import make_revision
from tests.integration.api.member_desk import AGENT, API, MemberDesk, user_id
from tests.integration.api.partner_system import PartnerSystem
from tests.order_books import program

FRIEND = {"id": "friend", "names": {"en": "Friend"}}
GOLD = {
    "id": "gold",
    "names": {"en": "Gold"},
    "requirements": {"spend": {"limits": [{"currency": "USD", "min": "500"}]}},
}
MUG = {
    "id": "mug",
    "names": {"en": "Mug"},
    "gift": {"type": "custom"},
    "points": 10,
    "channels": [{"channel": "default-channel", "currency": "USD"}],
    "who": {"tiers": ["friend"]},
}
FRIENDS = {
    "id": "friends",
    "names": {"en": "Friends"},
    "rule": {"type": "tier", "tiers": ["friend"]},
}
MINE = "/api/storefront/v1/me"


@pytest.fixture
def desk(edge: ApiEdge, store: StoreRef) -> MemberDesk:
    document = program() | {
        "tiers": {"enabled": True, "levels": [FRIEND, GOLD]},
        "rewards": {"items": [MUG]},
        "segments": [FRIENDS],
    }
    edge.database.write(lambda conn: make_revision(conn, store.id, document))
    return MemberDesk(edge, store)


def told(edge: ApiEdge, desk: MemberDesk, system: PartnerSystem, number: int) -> dict[str, Any]:
    """What everybody who asks is told of a member's tier."""
    shopper = edge.shopper(desk.store, user_id=user_id(1))
    standing = edge.get(f"{MINE}/tier", shopper).json()
    staff = edge.get(f"{API}/members/{number}/tier", edge.staff(desk.store, **AGENT)).json()
    seen = system.send("GET", f"members/{number}").json()["tier"]
    [mug] = edge.get(f"{MINE}/rewards?channel=default-channel", shopper).json()["rewards"]
    while edge.database.write(lambda conn: tiers_page(conn, desk.store, now=edge.clock())):
        pass
    return {
        "me": (standing["tier"], standing["next_tier"], standing["held_through"]),
        "since": standing["since"] is not None,
        "reached": [one["id"] for one in standing["levels"] if one["reached"]],
        "staff": staff["tier"],
        "partner": seen and seen["id"],
        "mug": (mug["reason"] or {}).get("code"),
    }


def test_all_are_told_of_it_before_the_first_look_as_after_it(
    edge: ApiEdge, desk: MemberDesk
) -> None:
    number, system = desk.join(1, "Ayşe", "Yılmaz"), PartnerSystem(edge, desk.store)
    before = told(edge, desk, system, number)
    assert before == {
        "me": ("friend", "gold", before["me"][2]),
        "since": True,
        "reached": ["friend"],
        "staff": "friend",
        "partner": "friend",
        "mug": "not_enough_points",
    }
    assert told(edge, desk, system, number) == before


def test_so_are_shoppers_whom_the_program_does_not_know_yet(
    edge: ApiEdge, desk: MemberDesk
) -> None:
    shopper = edge.shopper(desk.store, user_id=user_id(7))
    [mug] = edge.get(f"{MINE}/rewards?channel=default-channel", shopper).json()["rewards"]
    assert mug["reason"]["code"] == "not_enough_points"


def test_a_segment_of_that_tier_takes_newcomers_in_before_their_tier_is_looked_at(
    edge: ApiEdge, desk: MemberDesk
) -> None:
    number = desk.join(1, "Ayşe", "Yılmaz")
    for _ in range(3):
        segments_page(edge.database, desk.store, now=edge.clock())
    staff = edge.staff(desk.store, **AGENT)
    [found] = edge.get(f"{API}/members/{number}/segments", staff).json()["segments"]
    assert (found["id"], found["fits"], found["since"] is not None) == ("friends", True, True)
