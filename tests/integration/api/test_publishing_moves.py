"""Publishing tells who moves between segments, and what deeds beside orders cost."""

from typing import Any

from saleor_loyalty_app.programs.repository import get_draft, put_draft
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge
from tests.integration.api.member_desk import API, MemberDesk
from tests.integration.api.test_program_editing import LITTLE

WELCOME = {
    "id": "welcome",
    "trigger": "account_confirmed",
    "then": {"type": "points", "points": 100_000},
}
LINE = {
    "id": "first-order",
    "name": {"en": "First order"},
    "trigger": "milestone",
    "milestone": {"line": {"type": "orders", "min": 1}},
    "then": {"type": "points", "points": 100_000},
}
GOLD = {"id": "gold", "names": {"en": "Gold"}, "multiplier": "5", "entry_points": 50_000}
ALL = {"type": "member_since", "min": 0}
NOBODY = {"type": "orders", "min": 5}


def drafted(edge: ApiEdge, store: StoreRef, *rules: dict[str, Any], **more: Any) -> None:
    def write(conn: Any) -> None:
        document = dict(get_draft(conn, store.id).document) | more
        earning = document["earning"]
        document["earning"] = earning | {"rules": [*earning["rules"], *rules]}
        put_draft(conn, store.id, document, by="user:1", now=edge.clock())

    edge.database.write(write)


def test_what_a_draft_gives_beside_orders_is_told_and_the_rest_is_named(
    edge: ApiEdge, published: StoreRef
) -> None:
    desk = MemberDesk(edge, published)
    desk.join(1, "Ayşe", "Yılmaz")
    desk.join(2, "Can", "Demir", confirmed=False)
    again = LINE | {"id": "first-order-again"}
    drafted(edge, published, WELCOME, LINE, again, tiers={"enabled": True, "levels": [GOLD]})
    owner = edge.staff(published)
    found = edge.get(f"{API}/publishing/deeds", owner).json()
    told = {one["what"]: (one["times"], one["each"], one["points"]) for one in found["items"]}
    assert told == {
        "Members who joined with a confirmed account": (1, 100_000, 100_000),
        "Milestone passed: First order": (0, 100_000, 0),
    }
    ids = [one["id"] for one in found["items"]]
    assert ids == ["account_confirmed", "milestone:first-order", "milestone:first-order-again"]
    assert found["at_once_worth"] == []
    assert (found["points"], found["points_before"], found["at_once"]) == (100_000, 0, 0)
    assert found["worth"] == [{"amount": "2000.00", "currency": "USD"}]
    assert any("Gold" in one for one in found["not_counted"])


def test_who_comes_into_segments_and_goes_is_counted(edge: ApiEdge, published: StoreRef) -> None:
    desk = MemberDesk(edge, published)
    desk.join(1, "Ayşe", "Yılmaz")
    desk.join(2, "Can", "Demir")
    owner = edge.staff(published)
    same = edge.get(f"{API}/publishing/segments", owner).json()
    assert (same["segments"], same["sample"]) == ([], False)
    drafted(
        edge,
        published,
        segments=[
            {"id": "all", "names": {"en": "All"}, "rule": ALL},
            {"id": "none", "names": {"en": "None"}, "rule": NOBODY},
        ],
    )
    seen = edge.get(f"{API}/publishing/segments", owner).json()
    told = [(one["name"], one["changed"], one["come"], one["gone"]) for one in seen["segments"]]
    assert told == [("All", "new", 2, 0), ("None", "new", 0, 0)]
    refused = edge.get(f"{API}/publishing/segments", edge.staff(published, **LITTLE))
    assert refused.status_code == 403
