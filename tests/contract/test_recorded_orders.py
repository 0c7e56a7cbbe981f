"""Orders that a real Saleor told of end in the same books, whatever arrives when and how often."""

import itertools
import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.orders.look import Look, Verdict
from saleor_loyalty_app.orders.money import is_consistent
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from tests.contract.recordings import Recorded, order_stories, order_story
from tests.order_books import KEYS, NOW, Books, books_of, live_store, order_row

SHOPPER = "VXNlcjo0Ng=="
ASHLEY = "VXNlcjo2"
POINTS_APP = "QXBwOjE="

#: What a person computes from each recorded order at 10 points per USD and 2 per PLN, on prices as
#: the channel displays them (USD without tax, PLN with it). One row a state of the order: number of
#: the recording that shows it first, order number, points, and the way to them. `v` is the share of
#: the prices that was left to pay after a gift card.
COMPUTED: dict[str, list[tuple[str, str, int, str]]] = {
    "authorized-then-partly-charged": [
        ("139", "25", 0, "authorized only"),
        ("144", "25", 0, "65 of 75 charged: not paid in full"),
    ],
    "bulk-import": [
        ("1536", "32", 1500, "2 × 75 net × 10"),
        ("1536", "33", 1014, "(207 + 300) gross × 2"),
        ("1536", "34", 450, "45 net × 10"),
        ("1537", "35", 0, "never charged"),
    ],
    "canceled-with-voucher-and-gift-card": [
        ("101", "22", 600, "75 − 20 % voucher = 60 × 10; a gift card of 30 is a means of payment"),
        ("106", "22", 0, "canceled"),
    ],
    "expired": [
        ("340", "33", 0, "unconfirmed and unpaid"),
        ("379", "33", 0, "expired"),
    ],
    "guest": [("123", "24", 450, "45 × 10")],
    "one-code-used-by-two-orders": [
        ("1558", "36", 400, "45 − 5 voucher = 40 net × 10"),
        ("1565", "37", 400, "45 − 5 voucher = 40 net × 10"),
    ],
    "paid-fulfilled-refunded-in-three-parts": [
        ("066", "21", 1800, "(200 − 20 voucher) × 10"),
        ("079", "21", 1285, "v = 209.59/239.59; 45 of 180v = 157.4615 back; 1800 × 0.714218"),
        ("081", "21", 1056, "65 of 157.4615 back; 1800 × 0.587201 = 1056.96"),
        ("086", "21", 0, "all 209.59 back"),
    ],
    "points-as-tender-refunded-and-canceled": [
        ("1225", "22", 0, "110.34 of 150.34 charged"),
        ("1227", "22", 770, "105 net × (1 − 40/150.34) × 10 = 770.63"),
        ("1231", "22", 668, "15 of 113.40 back; 770.63 × 0.867725 = 668.70"),
        ("1234", "22", 600, "25 of 113.40 back; 770.63 × 0.779541 = 600.74"),
        ("1237", "22", 498, "40 of 113.40 back; 770.63 × 0.647266 = 498.80"),
        ("1239", "22", 0, "canceled"),
    ],
    "points-through-the-gateway-shopper-and-stranger": [
        ("3682", "189", 1050, "105 net × 10"),
        ("3685", "189", 1050, "20 charged beyond the total"),
        ("3690", "189", 1050, "1 back of the 20 beyond"),
    ],
    "returned-without-refund": [
        ("541", "38", 450, "45 × 10"),
        ("549", "38", 0, "the one unit came back"),
    ],
    "usd-gift-line-fully-refunded": [
        ("1509", "27", 1500, "(90 + 60) net × 10; the gift earns nothing"),
        ("1520", "27", 1050, "one of two at 45 net came back: 1500 − 450"),
        ("1522", "27", 1050, "48.60 back is the unit's value: nothing beyond"),
        ("1525", "27", 586, "50.11 beyond of 113.40 left: 1050 × 0.558113 = 586.02"),
        ("1528", "27", 122, "100.22 beyond of 113.40 left: 1050 × 0.116226 = 122.04"),
        ("1531", "27", 0, "150.34 beyond of 113.40 left"),
    ],
    "usd-tax-on-top-product-voucher-gift-card-fully-refunded": [
        ("1479", "26", 1275, "(60 + 67.50) net × 10"),
        ("1489", "26", 937, "one of two at 33.75 net came back: 1275 − 337.50"),
        ("1491", "26", 867, "v = 144.64/174.64; 36.45 − 36.45v of 101.25v: 937.50 × 0.925331"),
        ("1494", "26", 464, "72.51 − 36.45v of 101.25v: 937.50 × 0.495313 = 464.36"),
        ("1497", "26", 61, "108.57 − 36.45v of 101.25v: 937.50 × 0.065294 = 61.21"),
        ("1500", "26", 0, "all 144.64 back"),
    ],
}

#: Whose transactions are points: in one story the capturing app stands for ours.
APP_OF = {"points-as-tender-refunded-and-canceled": POINTS_APP}


def test_every_story_is_computed(shared: Path) -> None:
    assert set(order_stories(shared)) == set(COMPUTED)


@pytest.mark.parametrize("story", sorted(COMPUTED))
def test_each_state_of_an_order_is_worth_what_a_person_computes(
    story: str, shared: Path, database: Database
) -> None:
    told = {
        (item.file.split("-")[0], one.number): one
        for item in order_story(shared, story)
        for one in item.snapshots
    }
    app_id = APP_OF.get(story, "QXBwOjk5")

    def look_at_each_state(conn: Connection) -> list[tuple[str, str, int]]:
        store = live_store(conn, app_id=app_id)
        seen = []
        for step, (number, order, _, _) in enumerate(COMPUTED[story]):
            at = NOW + timedelta(minutes=step)
            outcome = converge_order(
                conn, store, told[number, order], Look.read(at), now=at, secrets=KEYS
            )
            assert outcome.verdict is Verdict.book
            booked = books_of(conn, store).orders.get((order, "points", "points"), (0, 0))
            seen.append((number, order, booked[0]))
            assert booked[1] == 0
        return seen

    assert database.write(look_at_each_state) == [
        (number, order, points) for number, order, points, _ in COMPUTED[story]
    ]


@pytest.mark.parametrize("story", sorted(COMPUTED))
def test_every_order_of_arrival_ends_in_the_same_books(
    story: str, shared: Path, database: Database, depth: Callable[[int, int], int]
) -> None:
    events = order_story(shared, story)
    final = {order: points for _, order, points, _ in COMPUTED[story]}
    app_id = APP_OF.get(story, "QXBwOjk5")
    outcomes: list[Books] = []
    for arrival in _arrivals(events, depth(12, 200)):
        live = partial(_live_through, arrival=arrival, events=events, app_id=app_id)
        outcomes.append(database.write(live))
    assert {order: booked for (order, _, _), (booked, _) in outcomes[0].orders.items()} == {
        order: points for order, points in final.items() if points
    }
    assert all(waived == 0 for _, waived in outcomes[0].orders.values())
    assert sum(outcomes[0].balances.values()) == sum(final.values())
    for other in outcomes[1:]:
        assert other == outcomes[0]


def test_points_go_to_the_customers_of_the_orders(shared: Path, database: Database) -> None:
    events = order_story(shared, "bulk-import")
    books = database.write(lambda conn: _live_through(conn, events, events, "QXBwOjk5"))
    owners = {owner: points for (owner, _), points in books.balances.items()}
    assert owners == {SHOPPER: 1500 + 1014, ASHLEY: 450}


def test_a_guest_is_kept_without_an_address(shared: Path, database: Database) -> None:
    events = order_story(shared, "guest")
    books = database.write(lambda conn: _live_through(conn, events, events, "QXBwOjk5"))
    [(owner, unit)] = books.balances
    assert (owner, unit) == ("guest", "points")


def test_a_payload_that_shows_two_instants_is_not_booked(shared: Path, database: Database) -> None:
    torn = [
        (story, item.file, one)
        for story in sorted(COMPUTED)
        for item in order_story(shared, story)
        for one in item.snapshots
        if not is_consistent(one)
    ]
    assert [(story, file) for story, file, _ in torn] == [
        ("paid-fulfilled-refunded-in-three-parts", "085-ORDER_REFUNDED"),
        ("points-through-the-gateway-shopper-and-stranger", "3684-ORDER_FULLY_PAID"),
    ]

    def receive(conn: Connection) -> tuple[list[Verdict], list[datetime | None]]:
        store = live_store(conn)
        verdicts = [
            converge_order(conn, store, one, Look.webhook(NOW), now=NOW, secrets=KEYS).verdict
            for _, _, one in torn
        ]
        rows = [order_row(conn, store, one.id) for _, _, one in torn]
        return verdicts, [row.updated_at for row in rows]

    assert database.write(receive) == ([Verdict.torn, Verdict.torn], [None, None])


def _arrivals(events: Sequence[Recorded], samples: int) -> list[list[Recorded]]:
    """All orders of few events, a sample of many; some with events twice, some with events lost."""
    if len(events) <= 3:
        orders = [list(order) for order in itertools.permutations(events)]
    else:
        chance = random.Random(len(events))
        orders = [list(events), list(reversed(events))]
        for _ in range(samples):
            some = chance.sample(events, k=chance.randint(len(events) // 2, len(events)))
            twice = chance.choices(events, k=chance.randint(0, 3))
            orders.append(chance.sample(some + twice, k=len(some) + len(twice)))
    return [*orders, [], list(events) * 2]


def _live_through(
    conn: Connection, arrival: Sequence[Recorded], events: Sequence[Recorded], app_id: str
) -> Books:
    """Receives events as they arrive, then reads every order once, as Saleor has it in the end."""
    store = live_store(conn, app_id=app_id)
    at = NOW
    for item in arrival:
        at += timedelta(milliseconds=200)
        for snapshot in item.snapshots:
            converge_order(conn, store, snapshot, Look.webhook(at), now=at, secrets=KEYS)
    at += timedelta(seconds=61)
    for snapshot in _final_states(events):
        outcome = converge_order(conn, store, snapshot, Look.read(at), now=at, secrets=KEYS)
        assert outcome.verdict in (Verdict.book, Verdict.unchanged)
    return books_of(conn, store)


def _final_states(events: Sequence[Recorded]) -> list[OrderSnapshot]:
    """The last consistent state of each order: the last recorded among the newest."""
    final: dict[str, OrderSnapshot] = {}
    for item in events:
        for one in item.snapshots:
            known = final.get(one.id)
            if is_consistent(one) and (known is None or one.updated_at >= known.updated_at):
                final[one.id] = one
    return [final[order_id] for order_id in sorted(final)]
