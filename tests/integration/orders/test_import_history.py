"""The time before the program: imported by choice, tried dry first, gone on with after a break."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.flows.import_choice import ImportChoice, InvalidImportChoice
from saleor_loyalty_app.flows.import_history import (
    ImportNotFound,
    ImportRunning,
    ProgramNotLive,
    run_history_import,
    start_history_import,
)
from saleor_loyalty_app.flows.pass_milestones import settle_milestones
from saleor_loyalty_app.flows.sweep_milestones import milestones_page
from saleor_loyalty_app.flows.sweep_tiers import rewards_page, tiers_page
from saleor_loyalty_app.ledger.models import Lot
from saleor_loyalty_app.messages.outbox import waiting
from saleor_loyalty_app.orders.imports import ImportRow
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers.models import MemberTier
from tests.factories import make_store
from tests.order_books import KEYS, Books, books_of, entries_of, live_store, program
from tests.order_samples import fulfillment, order, shopper, transaction
from tests.order_source import MemorySource

LIVE = datetime(2026, 1, 1, tzinfo=UTC)
NOW = LIVE + timedelta(days=30)
AYSE = shopper()
_lots, _tiers = table(Lot), table(MemberTier)


def past(number: int, days_before: int, **more: Any) -> OrderSnapshot:
    """An order of 100 USD, paid a minute after it was made, so many days before the program."""
    created = LIVE - timedelta(days=days_before)
    paid_at = (created + timedelta(minutes=1)).isoformat()
    charge = {
        "id": f"E{number}",
        "type": "CHARGE_SUCCESS",
        "amount": {"amount": 100, "currency": "USD"},
        "createdAt": paid_at,
    }
    values: dict[str, Any] = {
        "id": f"O{number}",
        "number": str(number),
        "user": AYSE,
        "created": created.isoformat(),
        "updatedAt": paid_at,
        "status": "FULFILLED",
        "fulfillments": [fulfillment("FULFILLED", 0, L1=1) | {"created": paid_at}],
        "transactions": [transaction() | {"events": [charge], "chargedAmount": charge["amount"]}],
        "totalCharged": charge["amount"],
    }
    return order(**(values | more))


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def store(database: Database) -> StoreRef:
    return database.write(live_store)


@pytest.fixture
def source() -> MemorySource:
    told = MemorySource(page_size=2)
    told.put(*(past(n, 10 * n) for n in range(1, 6)), past(9, -5))
    return told


@pytest.fixture
def run(
    database: Database, store: StoreRef, source: MemorySource, clock: ManualClock
) -> Callable[..., ImportRow]:
    def go(
        choice: ImportChoice, *, dry_run: bool = False, into: StoreRef | None = None
    ) -> ImportRow:
        of = into or store
        row = database.write(
            lambda conn: start_history_import(conn, of, choice, dry_run=dry_run, now=clock())
        )
        waits: list[float] = []
        done = run_history_import(
            database, of, source, row.id, clock=clock, secrets=KEYS, wait=waits.append
        )
        assert len(waits) == max(0, len(source.asked) - 1)
        return done

    return go


def books(database: Database, store: StoreRef) -> Books:
    return database.read(lambda conn: books_of(conn, store))


def test_past_orders_are_counted_by_todays_rules_and_live_ones_left_alone(
    database: Database, store: StoreRef, run: Callable[..., ImportRow]
) -> None:
    done = run(ImportChoice("days", days=3650))
    assert (done.state, done.orders_seen, done.orders_counted) == ("done", 5, 5)
    assert done.report["customers"] == {"points": {"customers": 1, "points": 5000, "most": 5000}}
    assert books(database, store).balances == {("U1", "points"): 5000}


def test_imported_points_are_marked_and_good_for_their_full_time(
    database: Database, store: StoreRef, run: Callable[..., ImportRow]
) -> None:
    run(ImportChoice("days", days=70))
    told = books(database, store)
    assert {key[3] for key in told.lots} == {"2027-01-31 23:59:59+00:00"}
    rows = database.read(lambda conn: entries_of(conn, store))
    assert {row.effective_at for row in rows} == {NOW}
    assert all(row.reason["imported"] is True for row in rows)


def test_only_the_last_days_are_counted(
    database: Database, store: StoreRef, run: Callable[..., ImportRow]
) -> None:
    assert run(ImportChoice("days", days=55)).orders_counted == 2
    assert books(database, store).balances == {("U1", "points"): 2000}


def test_a_dry_run_tells_the_same_and_books_nothing(
    database: Database,
    store: StoreRef,
    source: MemorySource,
    run: Callable[..., ImportRow],
) -> None:
    source.put(
        past(6, 5, userEmail="guest@example.com", user=None),
        past(7, 5, user=AYSE | {"id": "S1", "isStaff": True}),
        past(8, 5, transactions=[], totalCharged={"amount": 0}),
    )
    choice = ImportChoice("capped", cap=2500)
    dry = run(choice, dry_run=True)
    assert books(database, store) == Books({}, {}, {})
    source.asked.clear()
    real = run(choice)
    assert dry.report == real.report
    assert real.report == {
        "orders": {"counted": 4, "nothing_to_earn": 3, "staff": 1, "points:points": 3500},
        "customers": {"points": {"customers": 2, "points": 3500, "most": 2500}},
        "from": "2025-11-12T00:00:00+00:00",
        "until": "2026-01-06T00:00:00+00:00",
    }
    assert books(database, store).balances == {("U1", "points"): 2500, ("guest", "points"): 1000}


CAPPED: list[dict[str, Any]] = [
    {
        "id": "base",
        "then": {"type": "points_per_money"},
        "caps": {"per_member": {"points": 1500, "period": "month"}},
    },
    {
        "id": "once",
        "scope": "order",
        "then": {"type": "points_per_order", "points": 70},
        "caps": {"per_member": {"times": 1, "period": "ever"}},
    },
    {
        "id": "third",
        "scope": "order",
        "when": {"type": "nth_order", "min": 3, "max": 3},
        "then": {"type": "points_per_order", "points": 9},
    },
    {
        "id": "loyal",
        "scope": "order",
        "when": {"type": "member_orders", "min": 2},
        "then": {"type": "points_per_order", "points": 1},
    },
    {
        "id": "old",
        "scope": "order",
        "when": {"type": "member_since", "min": 1},
        "then": {"type": "points_per_order", "points": 5000},
    },
]


@pytest.mark.parametrize("known", [False, True])
def test_a_dry_run_knows_caps_and_customers_as_the_import_does(
    database: Database, source: MemorySource, clock: ManualClock, known: bool
) -> None:
    document = program() | {"earning": {"rules": CAPPED}}
    store = database.write(lambda conn: live_store(conn, document))
    source.put(
        past(6, 5, userEmail=AYSE["email"], user=None),
        past(7, 4, userEmail="guest@example.com", user=None),
        past(8, 3, userEmail="guest@example.com", user=None),
    )
    if known:
        live = past(20, -10)
        database.write(
            lambda conn: converge_order(conn, store, live, Look.read(NOW), now=NOW, secrets=KEYS)
        )

    def run(*, dry_run: bool) -> ImportRow:
        choice = ImportChoice("days", days=3650)
        row = database.write(
            lambda conn: start_history_import(conn, store, choice, dry_run=dry_run, now=clock())
        )
        return run_history_import(
            database, store, source, row.id, clock=clock, secrets=KEYS, wait=lambda _: None
        )

    dry, real = run(dry_run=True), run(dry_run=False)

    assert dry.report == real.report
    assert dry.report["orders"]["points:points"] < 8 * 1000


def test_a_capped_order_scales_with_its_refunds(
    database: Database, store: StoreRef, run: Callable[..., ImportRow]
) -> None:
    run(ImportChoice("capped", cap=500))
    # The oldest order was the first, and took it all.
    back = past(5, 50, fulfillments=[fulfillment("RETURNED", 0, L1=1)], updatedAt=NOW.isoformat())
    database.write(
        lambda conn: converge_order(conn, store, back, Look.read(NOW), now=NOW, secrets=KEYS)
    )
    assert books(database, store).balances == {}


def test_status_only_gives_no_points(
    database: Database, store: StoreRef, run: Callable[..., ImportRow]
) -> None:
    assert run(ImportChoice("status_only")).orders_counted == 0
    assert books(database, store).balances == {}


def with_tiers(requirement: dict[str, Any], window: dict[str, Any]) -> dict[str, Any]:
    """The usual program with status points, and with a tier and a milestone that bring points."""
    document = program()
    document["earning"]["rules"] += [
        {"id": "status", "scope": "order", "then": {"type": "status_points", "points": 10}},
        {
            "id": "regular",
            "trigger": "milestone",
            "milestone": {"line": {"type": "orders", "min": 2}, "retroactive": False},
            "then": {"type": "points", "points": 70},
        },
    ]
    level = {
        "id": "gold",
        "names": {"en": "Gold"},
        "requirements": requirement,
        "entry_points": 40,
    }
    return document | {"tiers": {"enabled": True, "window": window, "levels": [level]}}


def settle(database: Database, store: StoreRef, now: datetime) -> None:
    """All that the tasks have to do until then."""
    for _ in range(20):
        more = [
            database.write(lambda conn: tiers_page(conn, store, now=now)),
            database.write(lambda conn: rewards_page(conn, store, keys=KEYS, now=now)),
            database.write(lambda conn: milestones_page(conn, store, now=now)),
            database.write(
                lambda conn: settle_milestones(conn, store, limit=9, keys=KEYS, now=now)
            ),
        ]
        if not any(more):
            return
    raise AssertionError("the tasks never come to an end")


def tiers(database: Database, store: StoreRef) -> list[str]:
    query = sa.select(_tiers.c.tier).where(_tiers.c.store_id == store.id, _tiers.c.tier != "")
    return database.read(lambda conn: list(conn.execute(query).scalars()))


def status_days(database: Database, store: StoreRef) -> list[datetime]:
    """When what is left of status points was earned."""
    query = sa.select(_lots.c.earned_at).where(
        _lots.c.store_id == store.id, _lots.c.unit == "status", _lots.c.remaining > 0
    )
    return sorted(database.read(lambda conn: list(conn.execute(query).scalars())))


@pytest.mark.parametrize(
    ("window", "reached"),
    [({"type": "calendar_year"}, []), ({"type": "rolling", "months": 12}, ["gold"])],
    ids=["calendar_year", "rolling"],
)
def test_status_of_the_past_counts_in_the_period_in_which_it_was_paid(
    database: Database, run: Callable[..., ImportRow], window: dict[str, Any], reached: list[str]
) -> None:
    document = with_tiers({"status_points": {"min": 50}}, window)
    store = database.write(lambda conn: live_store(conn, document))
    assert run(ImportChoice("status_only"), into=store).orders_counted == 5
    settle(database, store, NOW)
    assert books(database, store).balances == {("U1", "status"): 50}
    assert tiers(database, store) == reached
    paid_at = [LIVE - timedelta(days=10 * n) + timedelta(minutes=1) for n in (5, 4, 3, 2, 1)]
    assert status_days(database, store) == paid_at

    # Given once more, after a refund that failed, it is as old as it was.
    back = past(4, 40, fulfillments=[fulfillment("RETURNED", 0, L1=1)], updatedAt=NOW.isoformat())
    later = NOW + timedelta(days=1)
    for told, at in ((back, NOW), (past(4, 40, updatedAt=later.isoformat()), later)):
        database.write(
            lambda conn, told=told, at=at: converge_order(  # type: ignore[misc]
                conn, store, told, Look.read(at), now=at, secrets=KEYS
            )
        )
        assert len(status_days(database, store)) == (4 if told is back else 5)
    assert status_days(database, store) == paid_at


def test_history_welcomes_nobody_to_a_tier_also_where_a_guest_turns_out_to_be_a_customer(
    database: Database, source: MemorySource, run: Callable[..., ImportRow]
) -> None:
    spend = {"spend": {"limits": [{"currency": "USD", "min": "150"}]}}
    document = with_tiers(spend, {"type": "lifetime"})
    store = database.write(lambda conn: live_store(conn, document))
    source.put(past(5, 50, user=None, userEmail=AYSE["email"]))
    run(ImportChoice("days", days=3650), into=store)
    settle(database, store, NOW)
    assert tiers(database, store) == ["gold"]
    assert books(database, store).balances == {("U1", "points"): 5000, ("U1", "status"): 50}
    assert database.read(lambda conn: waiting(conn, store.id, limit=50)) == []


def test_where_one_has_to_join_history_counts_for_members_only(database: Database) -> None:
    store = database.write(lambda conn: live_store(conn, program(enrollment="opt_in")))
    source, clock = MemorySource(), ManualClock(NOW)
    source.put(past(1, 10))
    row = database.write(
        lambda conn: start_history_import(
            conn, store, ImportChoice("days", days=99), dry_run=False, now=NOW
        )
    )
    done = run_history_import(
        database, store, source, row.id, clock=clock, secrets=KEYS, wait=lambda _: None
    )
    assert done.report["orders"] == {"not_enrolled": 1}


def test_refusals(database: Database, store: StoreRef, clock: ManualClock) -> None:
    choice = ImportChoice("days", days=9)

    def begin(where: StoreRef) -> ImportRow:
        return database.write(
            lambda conn: start_history_import(conn, where, choice, dry_run=False, now=NOW)
        )

    begin(store)
    with pytest.raises(ImportRunning):
        begin(store)
    with pytest.raises(ProgramNotLive):
        begin(database.write(make_store))
    with pytest.raises(ImportNotFound):
        run_history_import(
            database, store, MemorySource(), 99, clock=clock, secrets=KEYS, wait=lambda _: None
        )


@pytest.mark.parametrize(
    ("mode", "days", "cap"),
    [
        ("days", None, None),
        ("days", 0, None),
        ("days", 10**9, None),
        ("days", True, None),
        ("capped", None, None),
        ("capped", None, -1),
        ("status_only", None, 5),
        ("everything", None, None),
    ],
)
def test_senseless_choices(mode: Any, days: int | None, cap: int | None) -> None:
    with pytest.raises(InvalidImportChoice):
        ImportChoice(mode, days, cap)
