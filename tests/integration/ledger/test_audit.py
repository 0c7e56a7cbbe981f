"""The audit finds whatever does not add up."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.ledger import RefundPolicy, append_only
from saleor_loyalty_app.ledger import statements as sql
from saleor_loyalty_app.ledger.auditing import CHECKS, all_at_once
from tests.integration.ledger.books import DAY, END_OF_JUNE, Books


def busy_books(conn: Connection) -> Books:
    """Books in which everything that can happen has happened."""
    books = Books(conn)
    account, other = books.account(), books.account()
    books.earn(account, 50, "order:1", expires_at=END_OF_JUNE)
    spent = books.redeem(account, 20)
    books.restore(spent, 5)
    books.earn(account, 30, "order:2")
    books.capture(books.hold(account, 12), 8)
    books.release(books.hold(account, 3))
    ledger.settle(conn, account, now=END_OF_JUNE)
    books.earn(account, 40, "order:3", expires_at=END_OF_JUNE + DAY, now=END_OF_JUNE)
    books.hold(account, 6, now=END_OF_JUNE)
    books.reverse(other, 25, "order:9", policy=RefundPolicy.unlimited, now=END_OF_JUNE)
    books.earn(other, 10, "order:4", now=END_OF_JUNE)
    books.earn(account, 9, "order:5", now=END_OF_JUNE)
    books.transfer("order:5", account, books.account(), now=END_OF_JUNE)
    books.assert_no_drift()
    return books


_ANY = sa.true()


def shift(table: sa.Table, column: str, where: Any = _ANY, by: int = 1) -> sa.Update:
    """Changes one row's column by `by`."""
    row = sa.select(sa.func.min(table.c.id)).where(where).scalar_subquery()
    return sa.update(table).where(table.c.id == row).values({column: table.c[column] + by})


_LOT, _HOLD, _DEBT, _ALLOCATION, _ENTRY = (
    sql.lot.c,
    sql.hold.c,
    sql.debt.c,
    sql.allocation.c,
    sql.entry.c,
)
_BY_EXPIRY = _ALLOCATION.entry_id.in_(sa.select(_ENTRY.id).where(_ENTRY.kind == "expire"))
_OF_HOLD = _ALLOCATION.hold_id.is_not(None) & _ALLOCATION.entry_id.is_(None)
_WRONGS: dict[str, list[sa.Executable]] = {
    "entries": [shift(sql.entry, "amount")],
    "lots": [shift(sql.lot, "remaining", _LOT.remaining > 1, -1)],
    "held_lots": [shift(sql.lot, "held", _LOT.held > 0, -1)],
    "held": [shift(sql.hold, "amount", _HOLD.state == "open")],
    "debt": [shift(sql.debt, "remaining", _DEBT.remaining > 0, -1)],
    "debt_beside_points": [
        sa.update(sql.balance)
        .where(sql.balance.c.lots > 0, sql.balance.c.debt == 0)
        .values(debt=3, entries=sql.balance.c.entries - 3)
    ],
    "lot": [shift(sql.allocation, "amount", _ALLOCATION.entry_id.is_not(None))],
    "lot_held": [shift(sql.lot, "held", _LOT.held > 0, -1)],
    "lot_closed": [sa.update(sql.lot).where(_LOT.remaining > 0).values(closed=True)],
    "lot_expired": [shift(sql.lot, "expired", _LOT.expired > 0)],
    "entry_in": [shift(sql.lot, "amount")],
    "entry_out": [shift(sql.allocation, "amount", _BY_EXPIRY)],
    "restored": [shift(sql.allocation, "returned", _ALLOCATION.entry_id.is_not(None))],
    "hold": [shift(sql.allocation, "amount", _OF_HOLD)],
    "hold_ended": [shift(sql.allocation, "returned", _OF_HOLD & (_ALLOCATION.returned > 0), -1)],
    "debt_paid": [shift(sql.allocation, "amount", _ALLOCATION.debt_id.is_not(None))],
    "moved": [shift(sql.entry, "amount", _ENTRY.kind == "transfer")],
    "lifetime": [shift(sql.balance, "lifetime")],
    "next_expiry": [
        sa.update(sql.balance)
        .where(sql.balance.c.next_expiry.is_not(None))
        .values(next_expiry=None)
    ],
}


@pytest.mark.parametrize("check", [name for name in CHECKS if name != "adds_up"])
def test_each_check_finds_its_wrong(conn: Connection, check: str) -> None:
    books = busy_books(conn)
    for statement in append_only.UNPROTECT[conn.dialect.name]:
        conn.exec_driver_sql(statement)
    nested = conn.begin_nested()
    for wrong in _WRONGS[check]:
        conn.execute(wrong)
    drifts = ledger.audit(conn, books.store_id)
    assert check in {drift.check for drift in drifts}
    assert all(drift.expected != drift.found for drift in drifts)
    nested.rollback()
    for statement in append_only.PROTECT[conn.dialect.name]:
        conn.exec_driver_sql(statement)
    books.assert_no_drift()


def test_cached_totals_that_do_not_add_up_are_refused_by_the_database(conn: Connection) -> None:
    busy_books(conn)
    for column in ("entries", "lots", "held", "debt"):
        with pytest.raises(sa.exc.IntegrityError), conn.begin_nested():
            conn.execute(shift(sql.balance, column))


def test_a_balance_row_that_vanished_is_a_drift(conn: Connection) -> None:
    books = busy_books(conn)
    account = books.account()
    books.earn(account, 5)
    with conn.begin_nested() as nested:
        conn.execute(sa.delete(sql.balance).where(sql.balance.c.member_id == account.member_id))
        drifts = ledger.audit(conn)
        nested.rollback()
    found = {(drift.check, drift.expected, drift.found) for drift in drifts}
    assert ("entries", 5, 0) in found
    assert {drift.member_id for drift in drifts if drift.member_id} == {account.member_id}


def test_no_check_looks_rows_up_one_by_one_whatever_postgresql_believes_of_their_number(
    conn: Connection,
) -> None:
    if conn.dialect.name != "postgresql":
        pytest.skip("SQLite has no other way to join")
    conn.exec_driver_sql("ANALYZE")
    busy_books(conn)
    with all_at_once(conn):
        for check, statement in CHECKS.items():
            asked = statement.compile(conn, compile_kwargs={"literal_binds": True})
            plan = [str(row[0]) for row in conn.exec_driver_sql(f"EXPLAIN {asked}")]
            assert not [line for line in plan if "Nested Loop" in line], check
    assert conn.exec_driver_sql("SHOW enable_nestloop").scalar_one() == "on"


def test_a_store_is_audited_by_itself_or_with_all(conn: Connection) -> None:
    right, wrong = busy_books(conn), busy_books(conn)
    with conn.begin_nested() as nested:
        conn.execute(shift(sql.balance, "lifetime", sql.balance.c.store_id == wrong.store_id))
        assert ledger.audit(conn, right.store_id) == []
        assert [drift.store_id for drift in ledger.audit(conn)] == [wrong.store_id]
        nested.rollback()
