"""The estimate for a shopper is what their order then earns, by their tier, orders and limits."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection

from saleor_loyalty_app.campaigns import check
from saleor_loyalty_app.flows import campaign_desk as desk
from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.flows.sweep_tiers import tiers_page
from saleor_loyalty_app.members.repository import member_by_user
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge
from tests.factories import make_member, make_revision
from tests.order_books import KEYS, program
from tests.order_samples import START, line, order, paid, shopper

SILVER, GOLD, NEW, CONTROL = "VXNlcjoxMQ==", "VXNlcjoxMg==", "VXNlcjoxMw==", "VXNlcjoxNA=="


def level(name: str, multiplier: str, spend: str = "") -> dict[str, Any]:
    names = {"en": name.title()}
    found: dict[str, Any] = {"id": name, "names": names, "multiplier": multiplier}
    if spend:
        found["requirements"] = {"spend": {"limits": [{"currency": "USD", "min": spend}]}}
    return found


def fixed(rule_id: str, points: int, when: dict[str, Any]) -> dict[str, Any]:
    then = {"type": "points_per_order", "points": points}
    return {"id": rule_id, "scope": "order", "when": when, "then": then}


#: 10 points a dollar, more for some.
DOCUMENT = program() | {
    "earning": {
        "rules": [
            {"id": "base", "then": {"type": "points_per_money"}},
            fixed("first", 100, {"type": "nth_order", "max": 1}),
            fixed("silver-gift", 30, {"type": "tier", "tiers": ["silver"]}),
        ]
    },
    "tiers": {
        "enabled": True,
        "levels": [
            level("bronze", "1.2"),
            level("silver", "1.5", "100"),
            level("gold", "2", "300"),
        ],
    },
}
DOUBLE = {
    "kind": "points",
    "name": "Double",
    "texts": {"en": {"title": "Double"}},
    "starts_at": (START - timedelta(days=2)).isoformat(),
    "ends_at": (START + timedelta(days=90)).isoformat(),
    "times": "2",
    "per_member": {"points": 2000},
}


@pytest.fixture
def shop(edge: ApiEdge, store: StoreRef) -> StoreRef:
    """A store with a campaign, a member in each of two tiers, and one who gets nothing."""
    before = START - timedelta(days=1)

    def write(conn: Connection) -> None:
        make_revision(conn, store.id, DOCUMENT)
        terms = check.read(DOUBLE)
        made = desk.create_campaign(conn, store, terms, actor="user:1", now=before)
        desk.schedule_campaign(conn, store, made.public_id, version=1, actor="user:1", now=before)
        make_member(conn, store.id, user_id=CONTROL, hold_out=True)

    edge.database.write(write)
    bought(edge, store, 1, "120", SILVER)
    bought(edge, store, 2, "350", GOLD)
    while edge.database.write(lambda conn: tiers_page(conn, store, now=edge.clock())):
        pass
    return store


def bought(edge: ApiEdge, store: StoreRef, number: int, gross: str, user: str | None) -> int:
    """An order is placed and paid; gives the points that it earned."""
    known = None if user is None else shopper(user, f"{number}@example.com")
    told = order(
        line(gross=gross),
        transactions=[paid(gross)],
        id=f"O{number}",
        number=str(number),
        user=known,
    )
    now = edge.clock()
    found = edge.database.write(
        lambda conn: converge_order(conn, store, told, Look.webhook(now), now=now, secrets=KEYS)
    )
    return found.posted.get(("points", "points"), 0)


def estimated(edge: ApiEdge, store: StoreRef, gross: str, user: str | None) -> httpx.Response:
    headers = {} if user is None else edge.shopper(store, user_id=user)
    goods = {"gross": gross, "net": gross}
    body = {"channel": "default-channel", "currency": "USD", "lines": [goods]}
    path = f"/api/storefront/v1/estimate?store={store.api_url}"
    return edge.send("POST", path, headers, body)


@pytest.mark.parametrize(
    ("user", "tier", "points"),
    [
        # By the campaign they had 1440 of 2000 with the order before.
        (SILVER, "silver", 750 + 560 + 30),
        # They had all of it.
        (GOLD, "gold", 1000),
        (NEW, "bronze", 600 + 600 + 100),
        (None, "bronze", 600 + 600),
    ],
)
def test_an_estimate_says_what_the_order_then_earns(
    edge: ApiEdge, shop: StoreRef, user: str | None, tier: str, points: int
) -> None:
    answer = estimated(edge, shop, "50", user)
    page = answer.json()
    assert (page["points"], page["tier"]) == (points, {"id": tier, "name": tier.title()})
    assert answer.headers["Cache-Control"] == "private, no-store"

    assert bought(edge, shop, 3, "50", user) == points


def test_what_depends_on_the_shopper_is_judged_only_where_they_are_known(
    edge: ApiEdge, shop: StoreRef
) -> None:
    def unjudged(user: str | None) -> list[tuple[str, list[str]]]:
        page = estimated(edge, shop, "50", user).json()
        return [(one["id"], one["needs"]) for one in page["not_judged"]]

    assert unjudged(SILVER) == unjudged(GOLD) == unjudged(NEW) == []
    assert unjudged(None) == [("first", ["nth_order"]), ("silver-gift", ["tier"])]


def test_who_would_earn_nothing_is_told_no_points(edge: ApiEdge, shop: StoreRef) -> None:
    assert estimated(edge, shop, "50", CONTROL).json()["points"] == 0
    assert bought(edge, shop, 3, "50", CONTROL) == 0


def test_a_newcomer_who_is_looked_at_for_tiers_keeps_the_tier_that_everybody_has(
    edge: ApiEdge, shop: StoreRef
) -> None:
    """The first order and the second one, before they have spent enough for more, earn alike."""
    first = bought(edge, shop, 3, "50", NEW)
    while edge.database.write(lambda conn: tiers_page(conn, shop, now=edge.clock())):
        pass
    assert edge.database.read(lambda conn: member_by_user(conn, shop.id, NEW)) is not None
    page = estimated(edge, shop, "50", NEW).json()
    assert (page["tier"]["id"], page["points"]) == ("bronze", first - 100)


def test_caches_keep_what_anybody_gets_and_nothing_of_a_shopper(
    edge: ApiEdge, shop: StoreRef
) -> None:
    query = f"?store={shop.api_url}&channel=default-channel&currency=USD&gross=50&net=50"
    path = f"/api/storefront/v1/estimate{query}"
    everybody, mine = edge.get(path), edge.get(path, edge.shopper(shop, user_id=GOLD))
    assert everybody.headers["Cache-Control"].startswith("public")
    assert mine.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in mine.headers
    assert "Authorization" in everybody.headers["Vary"]
    assert (everybody.json()["points"], mine.json()["points"]) == (1200, 1000)


def test_a_token_that_proves_nothing_is_refused(edge: ApiEdge, shop: StoreRef) -> None:
    answer = edge.send(
        "POST",
        f"/api/storefront/v1/estimate?store={shop.api_url}",
        {"Authorization": "Bearer nothing"},
        {"channel": "default-channel", "currency": "USD", "lines": [{"gross": "50"}]},
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "invalid_token")


def test_whoever_was_only_seen_so_far_is_a_new_member_with_their_order(
    edge: ApiEdge, store: StoreRef
) -> None:
    """They were seen long ago, while one had to join; now everybody is taken in."""
    rules = [
        fixed("loyal", 700, {"type": "member_since", "min": 30}),
        fixed("first", 100, {"type": "nth_order", "max": 1}),
    ]
    seen = {"state": "invited", "enrolled_at": None, "first_enrolled_at": None}

    def write(conn: Connection) -> None:
        make_revision(conn, store.id, program() | {"earning": {"rules": rules}})
        make_member(conn, store.id, user_id=NEW, **seen)

    edge.database.write(write)
    assert estimated(edge, store, "50", NEW).json()["points"] == 100
    assert bought(edge, store, 3, "50", NEW) == 100
