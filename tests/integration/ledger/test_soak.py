"""A long run of random operations ends with books that balance, and months that stay closed."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.ledger import Account, RollForwardRow
from saleor_loyalty_app.ledger import statements as sql
from saleor_loyalty_app.ledger.month_end import month_bounds
from tests.factories import make_member, make_store
from tests.integration.ledger.books import NOW
from tests.integration.ledger.driver import WEIGHTS, Driver


def open_accounts(database: Database, number: int) -> list[Account]:
    def make(conn: Connection) -> list[Account]:
        store = make_store(conn).id
        return [Account(store, make_member(conn, store), "points") for _ in range(number)]

    return database.write(make)


def month_of(moment: datetime) -> date:
    return date(moment.year, moment.month, 1)


def month_after(month: date) -> date:
    return month_bounds(month, UTC)[1].date()


def report(database: Database, store: int, month: date, as_of: datetime) -> list[RollForwardRow]:
    return database.read(lambda conn: ledger.roll_forward(conn, store, month, as_of), snapshot=True)


@pytest.mark.timeout(7200)
def test_random_operations_end_with_no_drift_and_closed_months_never_change(
    database: Database, depth: Callable[[int, int], int]
) -> None:
    accounts = open_accounts(database, 12)
    store = accounts[0].store_id
    driver = Driver("soak", accounts, NOW, seed=20270101)
    closed: dict[date, list[RollForwardRow]] = {}
    month = month_of(NOW)
    operations, pace = depth(2_000, 100_000), timedelta(minutes=depth(360, 30))
    while driver.done < operations:
        driver.run(database, 50, pace=pace)
        while month_after(month) <= driver.now.date():
            over = month_bounds(month, UTC)[1]
            closed[month] = report(database, store, month, over)
            month = month_after(month)
    assert driver.happened.keys() >= WEIGHTS.keys()
    assert database.read(lambda conn: ledger.audit(conn), snapshot=True) == []
    if len(closed) > 40:
        closed = dict(list(closed.items())[:20] + list(closed.items())[-20:])
    for each, then in closed.items():
        assert report(database, store, each, driver.now) == then
    _each_month_begins_where_the_last_one_ended(closed)
    _closings_are_what_the_lots_say(database, store, driver.now)
    _nothing_is_due_after_the_task(database, store, driver.now)
    assert report(database, store, month_of(NOW), driver.now) == closed[month_of(NOW)]


def _each_month_begins_where_the_last_one_ended(closed: dict[date, list[RollForwardRow]]) -> None:
    for month, rows in closed.items():
        for row in rows:
            moved = row.issued - row.redeemed - row.expired - row.reversed + row.adjusted
            assert row.closing == row.opening + moved
        following = closed.get(month_after(month))
        if following is not None:
            closing = {(row.channel, row.currency): row.closing for row in rows if row.closing}
            opening = {(row.channel, row.currency): row.opening for row in following if row.opening}
            assert opening == closing


def _closings_are_what_the_lots_say(database: Database, store: int, now: datetime) -> None:
    rows = report(database, store, month_of(now), now)
    shown = {(row.channel, row.currency): row.closing for row in rows if row.closing}

    def settled(conn: Connection) -> dict[tuple[str, str], int]:
        while ledger.settle_page(conn, store, now=now, limit=100):
            pass
        sums: dict[tuple[str, str], int] = {}
        lot, debt = sql.lot.c, sql.debt.c
        for table, amount in (
            (sql.lot, sa.func.sum(lot.remaining + lot.held)),
            (sql.debt, -sa.func.sum(debt.remaining)),
        ):
            where = (table.c.store_id == store,)
            groups = (table.c.channel, table.c.currency)
            for channel, currency, total in conn.execute(
                sa.select(*groups, amount).where(*where).group_by(*groups)
            ):
                place = (channel, currency)
                sums[place] = sums.get(place, 0) + int(total)
        return {place: total for place, total in sums.items() if total}

    assert database.write(settled) == shown


def _nothing_is_due_after_the_task(database: Database, store: int, now: datetime) -> None:
    assert database.write(lambda conn: ledger.settle_page(conn, store, now=now, limit=100)) == 0
    assert database.read(lambda conn: ledger.audit(conn, store), snapshot=True) == []
