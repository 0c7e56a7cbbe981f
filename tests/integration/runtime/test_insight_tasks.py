"""Days are added up by a task, and books recomputed when staff ask."""

import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows import audit_store
from saleor_loyalty_app.flows.audit_store import AuditWish, ask_audit, run_audit
from saleor_loyalty_app.insights import audits
from saleor_loyalty_app.insights.audits import Audit
from saleor_loyalty_app.insights.models import ActiveDay, LedgerDay
from saleor_loyalty_app.insights.reading import open_reading
from saleor_loyalty_app.ledger import Account, Cause, earn
from saleor_loyalty_app.ledger.models import Balance
from saleor_loyalty_app.process import Process, open_process
from saleor_loyalty_app.settings import load_settings
from saleor_loyalty_app.stores.problems import open_problems
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tasks import book_tasks
from saleor_loyalty_app.tasks.per_store import StoresFailed
from tests.factories import make_member, make_store

BY = "user:VXNlcjox"


@pytest.fixture
def process(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Process]:
    """A process on a new database."""
    settings = load_settings(
        environment="test",
        database_url=f"sqlite:///{tmp_path}/books.sqlite3",
        secret_key="a secret for tests",
        app_url="http://localhost:8000",
        clock_file=tmp_path / "clock",
    )
    shutil.copy(migrated_sqlite, tmp_path / "books.sqlite3")
    opened = open_process(settings)
    yield opened
    opened.close()


def earned(conn: sa.Connection, at: datetime) -> StoreRef:
    """A store with one earning."""
    store = make_store(conn)
    account = Account(store.id, make_member(conn, store.id), "points")
    cause = Cause(source="plugin:p:1", part="points", actor="app", channel="us", currency="USD")
    earn(
        conn,
        account,
        50,
        cause,
        key="1",
        now=at,
        effective_at=at,
        available_from=at,
        expires_at=None,
    )
    return store


def test_all_days_that_are_over_are_added_up_some_at_a_time(process: Process) -> None:
    begin = process.clock() - timedelta(days=40)
    store = process.database.write(lambda conn: earned(conn, begin))
    assert book_tasks.add_up_days(process.background), "more is waiting"
    assert not book_tasks.add_up_days(process.background)
    kept: date | None = process.database.read(
        lambda conn: open_reading(conn, store, process.clock()).kept_until
    )
    assert kept is not None
    assert process.clock().date() - kept <= timedelta(days=1)
    for rows in (table(LedgerDay), table(ActiveDay)):
        days = process.database.read(
            lambda conn, rows=rows: conn.execute(sa.select(rows.c.day)).scalars().all()  # type: ignore[misc]
        )
        assert list(days) == [begin.date()]


def test_the_nightly_audit_makes_wrong_days_anew_and_is_kept_as_a_run(process: Process) -> None:
    begin = process.clock() - timedelta(days=5)
    store = process.database.write(lambda conn: earned(conn, begin))
    book_tasks.add_up_days(process.background)
    rows = table(LedgerDay)
    process.database.write(lambda conn: conn.execute(sa.update(rows).values(amount=49)))
    book_tasks.audit_books(process.background)
    book_tasks.add_up_days(process.background)
    amount = process.database.read(lambda conn: conn.execute(sa.select(rows.c.amount)).scalar_one())
    assert amount == 50
    [run] = _runs(process, store)
    assert (run.asked_by, run.drifts, run.found) == ("system:audit", 0, [])


def test_staff_ask_for_an_audit_and_read_what_it_found(process: Process) -> None:
    store = process.database.write(lambda conn: earned(conn, process.clock()))
    balances = table(Balance)
    process.database.write(
        lambda conn: conn.execute(sa.update(balances).values(lots=55, entries=55))
    )

    def ask() -> Audit:
        return process.database.write(
            lambda conn: ask_audit(conn, store, by=BY, now=process.clock())
        )

    run = ask()
    assert ask().id == run.id, "one is under way"
    run_audit(process.database, AuditWish(store.id, run.id), clock=process.clock)
    [done] = _runs(process, store)
    assert (done.asked_by, done.drifts) == (BY, 2)
    assert {(one["check"], one["expected"], one["found"]) for one in done.found} == {
        ("entries", 50, 55),
        ("lots", 50, 55),
    }
    problems = process.database.read(lambda conn: open_problems(conn, store.id))
    assert [problem.key for problem in problems] == ["books-drift"]
    assert ask().id != run.id
    run_audit(process.database, AuditWish(4711, run.id), clock=process.clock)


@pytest.mark.parametrize("asked", [False, True])
def test_what_is_certainly_wrong_is_told_where_the_rest_cannot_be_looked_at(
    process: Process, monkeypatch: pytest.MonkeyPatch, asked: bool
) -> None:
    store = process.database.write(lambda conn: earned(conn, process.clock()))
    balances = table(Balance)
    right = process.database.read(
        lambda conn: conn.execute(sa.select(balances.c.entries)).scalar_one()
    )

    def falsify(points: int) -> None:
        process.database.write(
            lambda conn: conn.execute(sa.update(balances).values(lots=points, entries=points))
        )

    def fail(*_given: Any, **_more: Any) -> Any:
        raise RuntimeError("a plan that cannot be read")

    def run() -> None:
        if not asked:
            book_tasks.audit_books(process.background)
            return
        wish = process.database.write(
            lambda conn: ask_audit(conn, store, by=BY, now=process.clock())
        )
        run_audit(process.database, AuditWish(store.id, wish.id), clock=process.clock)

    def keys() -> list[str]:
        found = process.database.read(lambda conn: open_problems(conn, store.id))
        return [one.key for one in found]

    falsify(right + 5)
    with monkeypatch.context() as patched:
        for module in (book_tasks, audit_store):
            patched.setattr(module, "audit_decided", fail)
        with pytest.raises(RuntimeError if asked else StoresFailed):
            run()
        assert keys() == ["books-drift"]
        falsify(right)
        with pytest.raises(RuntimeError if asked else StoresFailed):
            run()
        assert keys() == ["books-drift"], "nobody has seen that the rest adds up"
    run()
    assert keys() == []


def _runs(process: Process, store: StoreRef) -> list[Audit]:
    return process.database.read(lambda conn: audits.page(conn, store.id, 10, None))
