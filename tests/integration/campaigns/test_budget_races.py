"""Many orders at once draw from one budget in points: it is used to its end and never beyond."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from saleor_loyalty_app.campaigns import check, repository, spending
from saleor_loyalty_app.campaigns.repository import CampaignRow
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows import campaign_desk as desk
from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef
from tests.audited import drifts_of
from tests.factories import make_member
from tests.order_books import KEYS, NOW, books_of, live_store
from tests.order_samples import START, line, order, paid, shopper

ORDERS = 8
#: Each order would get 1000 points more.
BUDGET = 2500


def told(number: int, *, canceled: bool = False) -> OrderSnapshot:
    more: dict[str, Any] = {"status": "CANCELED", "updated": 9} if canceled else {}
    person = number % 3
    return order(
        transactions=[paid()],
        id=f"O{number}",
        number=str(number),
        user=shopper(f"U{person}", f"shopper{person}@example.com"),
        **more,
    )


def of_nobody_who_earns(number: int) -> OrderSnapshot:
    """An order of staff, or without a customer, that is larger than the whole budget."""
    who: dict[str, Any] = {"user": shopper("U9", isStaff=True)} if number % 2 else {"userEmail": ""}
    large = line(gross="1000")
    return order(large, transactions=[paid(1000)], id=f"S{number}", number=f"S{number}", **who)


def started(database: Database, store: StoreRef, reached: str) -> CampaignRow:
    """A campaign that doubles points, within its budget."""
    terms = check.read(
        {
            "kind": "points",
            "name": "Double",
            "texts": {"en": {"title": "Double"}},
            "starts_at": (START - timedelta(days=2)).isoformat(),
            "ends_at": (START + timedelta(days=2)).isoformat(),
            "times": "2",
            "budget": {"points": BUDGET, "when_reached": reached},
        }
    )
    before = START - timedelta(days=1)
    made = database.write(
        lambda conn: desk.create_campaign(conn, store, terms, actor="user:1", now=before)
    )
    return database.write(
        lambda conn: desk.schedule_campaign(
            conn, store, made.public_id, version=1, actor="user:1", now=before
        )
    )


def receive(database: Database, store: StoreRef, snapshot: OrderSnapshot) -> None:
    database.write(
        lambda conn: converge_order(conn, store, snapshot, Look.webhook(NOW), now=NOW, secrets=KEYS)
    )


@pytest.mark.parametrize(
    ("reached", "spent", "ended"), [("reduce", 2500, "budget"), ("stop", 2000, "")]
)
def test_orders_at_once_never_exceed_a_budget_and_refunds_give_back(
    database: Database, reached: str, spent: int, ended: str
) -> None:
    """Whoever earns nothing stands between them, draws nothing, and ends nothing."""
    store = database.write(live_store)
    campaign = started(database, store, reached)

    def book(number: int, *, canceled: bool = False) -> None:
        receive(database, store, told(number, canceled=canceled))
        if not canceled and number < 4:
            receive(database, store, of_nobody_who_earns(number))

    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(book, range(ORDERS)))

    def look() -> tuple[int, str, int]:
        found = database.read(lambda conn: repository.get(conn, store.id, campaign.public_id))
        numbers = database.read(lambda conn: spending.numbers_of(conn, [campaign.id]))
        return found.spent_points, found.ended_why, numbers[campaign.id].orders

    assert look() == (spent, ended, -(-spent // 1000))
    assert database.read(lambda conn: drifts_of(conn, store.id)) == []

    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(lambda number: book(number, canceled=True), range(ORDERS)))
    found = database.read(lambda conn: repository.get(conn, store.id, campaign.public_id))
    assert found.spent_points == 0
    assert database.read(lambda conn: drifts_of(conn, store.id)) == []


@pytest.mark.parametrize(
    "owner",
    [
        {"userEmail": ""},
        {"user": shopper("U9", isStaff=True)},
        {"user": shopper("U8", "control@example.com")},
    ],
    ids=["nobody", "staff", "control_group"],
)
def test_an_order_of_who_earns_nothing_gets_nothing_of_a_campaign_also_when_it_is_a_members_later(
    database: Database, owner: dict[str, Any]
) -> None:
    store = database.write(live_store)
    database.write(lambda conn: make_member(conn, store.id, user_id="U8", hold_out=True))
    campaign = started(database, store, "reduce")
    unowned: dict[str, Any] = {"transactions": [paid(200)], "id": "S1", "number": "S1"}
    receive(database, store, order(line(gross="200"), **unowned, **owner))
    for number in range(2):
        receive(database, store, told(number))
    receive(database, store, order(line(gross="200"), **unowned, user=shopper(), updated=9))
    receive(database, store, told(2))

    found = database.read(lambda conn: repository.get(conn, store.id, campaign.public_id))
    assert (found.spent_points, found.ended_why) == (BUDGET, "budget")
    books = database.read(lambda conn: books_of(conn, store))
    assert books.orders[("S1", "points", "points")] == (2000, 0)


def test_a_campaign_stops_when_nothing_is_left_and_not_at_an_order_that_is_too_large(
    database: Database,
) -> None:
    store = database.write(live_store)
    campaign = started(database, store, "stop")

    def buys(number: int, gross: str) -> tuple[int, str]:
        goods = line(gross=gross)
        snapshot = order(
            goods, transactions=[paid(gross)], id=f"O{number}", number=str(number), user=shopper()
        )
        receive(database, store, snapshot)
        found = database.read(lambda conn: repository.get(conn, store.id, campaign.public_id))
        return found.spent_points, found.ended_why

    assert buys(1, "300") == (0, "")
    assert buys(2, "200") == (2000, "")
    assert buys(3, "51") == (2000, "")
    assert buys(4, "50") == (2500, "budget")
