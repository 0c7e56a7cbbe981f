"""Reads do not grow with the length of a history."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.ledger import Account
from saleor_loyalty_app.ledger import statements as sql
from saleor_loyalty_app.ledger.accounts import keys
from saleor_loyalty_app.ledger.lots import new_lot
from tests.integration.ledger.books import DAY, END_OF_JUNE, NOW, Books, cause

OPEN = 40


def write_history(books: Books, account: Account, length: int) -> None:
    """`length` earnings, of which all but the last ones are spent."""
    conn = books.conn
    entries = [
        {
            **keys(account),
            "kind": "earn",
            "amount": 10,
            "waived": 0,
            "refers_to": None,
            "part": "points",
            "idempotency_key": f"{account.member_id}:{number}",
            "input_hash": "",
            "source": f"order:{account.member_id}:{number}",
            "channel": "us",
            "currency": "USD",
            "revision_id": None,
            "rule_ids": [],
            "reason": {},
            "actor": "app",
            "effective_at": NOW - (length - number) * DAY,
            "posted_at": NOW - (length - number) * DAY,
        }
        for number in range(length)
    ]
    ids = conn.execute(sql.POST_ENTRIES, entries).scalars().all()
    lots = [
        new_lot(
            account,
            cause(str(entry["source"])),
            10,
            available_from=NOW,
            expires_at=END_OF_JUNE + number % 12 * timedelta(days=31),
            notice_required=False,
            earned_at=NOW,
        )
        | {"entry_id": entry_id}
        | ({} if number >= length - OPEN else {"remaining": 0, "closed": True})
        for number, (entry, entry_id) in enumerate(zip(entries, ids, strict=True))
    ]
    conn.execute(sa.insert(sql.lot), lots)
    ledger.lock_accounts(conn, [account])
    conn.execute(
        sa.update(sql.balance)
        .where(sql.balance.c.member_id == account.member_id)
        .values(lots=OPEN * 10, entries=OPEN * 10, next_expiry=END_OF_JUNE)
    )


def rows_read(conn: Connection, statement: Any, parameters: dict[str, Any]) -> int:
    """How many rows PostgreSQL looked at in the tables and indexes."""
    compiled = statement.compile(dialect=conn.dialect)
    text = f"EXPLAIN (ANALYZE, FORMAT JSON) {compiled}"
    bound = compiled.construct_params(parameters)
    [[plans]] = conn.exec_driver_sql(text, bound).all()

    def scanned(plan: dict[str, Any]) -> int:
        inner = sum(scanned(part) for part in plan.get("Plans", []))
        if "Scan" not in plan["Node Type"]:
            return inner
        looked = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
        return inner + int(looked * plan["Actual Loops"])

    return scanned(plans[0]["Plan"])


def details(conn: Connection, statement: Any, parameters: dict[str, Any]) -> str:
    """SQLite's plan, in one string."""
    compiled = statement.compile(dialect=conn.dialect)
    bound = compiled.construct_params(parameters)
    positional = tuple(
        str(bound[name]) if hasattr(bound[name], "isoformat") else bound[name]
        for name in compiled.positiontup
    )
    rows = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", positional).all()
    return " | ".join(row[-1] for row in rows)


@pytest.fixture
def statements() -> dict[str, tuple[Any, dict[str, Any]]]:
    from saleor_loyalty_app.ledger import balance_view, history_page

    return {
        "balance": (balance_view.BY_EXPIRY, {"now": NOW}),
        "history": (history_page.PAGE, {"before": 10**9, "limit": 21}),
        "spendable": (sql.SPENDABLE_LOTS, {"now": NOW, "limit": 32}),
        "due": (sql.DUE_LOTS, {"now": NOW}),
    }


def test_balance_history_and_spending_look_at_open_lots_and_one_page_only(
    conn: Connection, statements: dict[str, tuple[Any, dict[str, Any]]]
) -> None:
    books = Books(conn)
    account = books.account()
    write_history(books, account, 5_000)
    for _ in range(3):
        write_history(books, books.account(), 500)
    conn.exec_driver_sql("ANALYZE")
    for name, (statement, more) in statements.items():
        parameters = keys(account) | more
        if conn.dialect.name == "sqlite":
            plan = details(conn, statement, parameters)
            assert "SCAN" not in plan, (name, plan)
        else:
            # Two indexes that are joined look at each open lot three times, and at those of other
            # members beside; a look at the history itself would be one at 5,000.
            assert rows_read(conn, statement, parameters) <= 10 * OPEN, name
    assert books.balance(account).available == OPEN * 10
    page = ledger.history(conn, account, now=NOW)
    assert len(page.entries) == 20
    assert page.next_cursor is not None


@pytest.mark.parametrize("length", [100, 5_000])
def test_a_read_takes_the_same_number_of_statements_at_any_length(
    conn: Connection, length: int
) -> None:
    books = Books(conn)
    account = books.account()
    write_history(books, account, length)
    executed: list[str] = []
    sa.event.listen(conn, "before_cursor_execute", lambda *arguments: executed.append(arguments[2]))
    books.balance(account)
    assert len(executed) == 1
    executed.clear()
    ledger.history(conn, account, now=NOW)
    assert len(executed) == 2
