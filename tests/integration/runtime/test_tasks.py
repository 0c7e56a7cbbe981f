"""What the worker does: every task runs, one store's failure stops no other, findings are told."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.catch_up import StoreBehind, catch_up
from saleor_loyalty_app.inbox.models import DeadLetter
from saleor_loyalty_app.ledger.models import Balance
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.process import Process, open_process
from saleor_loyalty_app.programs import repository as programs
from saleor_loyalty_app.settings import load_settings
from saleor_loyalty_app.stores.models import Store
from saleor_loyalty_app.stores.problems import open_problems
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tasks import book_tasks, proposals, retention_tasks, store_tasks, timetable
from saleor_loyalty_app.tasks.per_store import StoresFailed, for_each_store
from tests.factories import make_channel, make_member, make_store


@pytest.fixture
def process(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Process]:
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


def move_clock(process: Process, by: timedelta) -> None:
    assert process.settings.clock_file is not None
    process.settings.clock_file.write_text(str(int(by.total_seconds())))


def test_every_schedule_has_its_own_name_and_runs_without_stores(process: Process) -> None:
    schedules = timetable.schedules(process.background)
    names = [schedule.name for schedule in schedules]
    assert len(set(names)) == len(names)
    for schedule in schedules:
        assert schedule.run() is False, schedule.name


def test_every_job_has_its_own_name(process: Process) -> None:
    jobs = timetable.jobs(process.background, process.registry.plugin_handlers)
    assert sorted(job.name for job in jobs) == [
        "announce",
        "audit_store",
        "catch_up",
        "export_store",
        "plugin_handler",
        "propose_program",
        "recalculate_shipping",
    ]


def test_an_installation_has_a_draft_at_once(process: Process) -> None:
    def install(conn: sa.Connection) -> StoreRef:
        store = make_store(conn)
        make_channel(conn, store.id)
        proposals.begin(conn, store, process.clock())
        return store

    store = process.database.write(install)
    draft = process.database.read(lambda conn: programs.get_draft(conn, store.id))
    assert draft.updated_by == "app"
    waiting = process.database.read(
        lambda conn: conn.exec_driver_sql("SELECT name, status FROM workflow_status").all()
    )
    assert [tuple(row) for row in waiting] == [("loyalty_job", "ENQUEUED")]


def test_an_installation_is_caught_up_with_at_once(process: Process) -> None:
    def install(conn: sa.Connection) -> StoreRef:
        store = make_store(conn)
        make_channel(conn, store.id)
        store_tasks.begin(conn, store, process.clock())
        return store

    store = process.database.write(install)
    waiting = process.database.read(
        lambda conn: conn.exec_driver_sql("SELECT workflow_uuid FROM workflow_status").scalars()
    )
    assert {name.partition(f":{store.id}:")[0] for name in waiting} == {
        "catch_up",
        "propose_program",
    }


def test_a_store_that_left_again_is_not_caught_up_with(process: Process) -> None:
    gone = process.database.write(lambda conn: make_store(conn, active=False))
    for store_id in (gone.id, 4711):
        catch_up(
            process.database,
            process.services.orders,
            StoreBehind(store_id),
            clock=process.clock,
            secrets=process.email_keys,
        )
    marks = sa.select(table(Store).c.cursor_updated_at, table(Store).c.daily_pass_at)
    assert tuple(process.database.read(lambda conn: conn.execute(marks).one())) == (None, None)


def test_a_proposal_for_a_store_that_left_meanwhile_is_passed_over(process: Process) -> None:
    gone = process.database.write(lambda conn: make_store(conn, active=False))
    proposals.propose(process.background, proposals.StoreToKnow(gone.id))
    proposals.propose(process.background, proposals.StoreToKnow(4711))
    found = process.database.read(lambda conn: programs.find_draft(conn, gone.id))
    assert found is None


def test_a_drift_is_told_to_the_owner_and_withdrawn_when_it_is_gone(process: Process) -> None:
    balance = table(Balance)

    def falsify(conn: sa.Connection) -> StoreRef:
        store = make_store(conn)
        conn.execute(
            sa.insert(balance).values(
                store_id=store.id,
                member_id=make_member(conn, store.id),
                unit="points",
                entries=5,
                lots=5,
            )
        )
        return store

    store = process.database.write(falsify)

    def keys() -> list[str]:
        found = process.database.read(lambda conn: open_problems(conn, store.id))
        return [problem.key for problem in found]

    book_tasks.audit_books(process.background)
    assert keys() == ["books-drift"]
    process.database.write(lambda conn: conn.execute(sa.update(balance).values(entries=0, lots=0)))
    book_tasks.audit_books(process.background)
    assert keys() == []


def test_dead_letters_go_when_their_time_is_over(process: Process) -> None:
    letters = table(DeadLetter)

    def keep(conn: sa.Connection) -> None:
        conn.execute(
            sa.insert(letters).values(
                store_id=make_store(conn).id,
                handler="orders",
                event="OrderUpdated",
                body_hash="x",
                body=b"{",
                reason="not_json",
                place="",
                received_at=process.clock(),
            )
        )

    process.database.write(keep)
    count = sa.select(sa.func.count()).select_from(letters)
    assert retention_tasks.forget_inbox(process.background) is False
    assert process.database.read(lambda conn: conn.execute(count).scalar_one()) == 1
    move_clock(process, timedelta(days=process.settings.dead_letter_days + 1))
    assert retention_tasks.forget_inbox(process.background) is True
    assert process.database.read(lambda conn: conn.execute(count).scalar_one()) == 0


def test_people_of_a_store_that_left_are_forgotten_after_their_time(process: Process) -> None:
    def leave(conn: sa.Connection) -> None:
        store = make_store(conn, active=False, uninstalled_at=process.clock())
        make_member(conn, store.id)

    process.database.write(leave)
    states = sa.select(table(Member).c.state)
    retention_tasks.forget_stores(process.background)
    assert process.database.read(lambda conn: conn.execute(states).scalar_one()) != "erased"
    move_clock(process, timedelta(days=process.settings.uninstalled_days + 1))
    retention_tasks.forget_stores(process.background)
    assert process.database.read(lambda conn: conn.execute(states).scalar_one()) == "erased"


class Broken(AppError):
    code = "broken"


@pytest.mark.parametrize("side_by_side", [False, True])
def test_a_store_that_fails_does_not_stop_the_others(process: Process, side_by_side: bool) -> None:
    stores = [process.database.write(make_store) for _ in range(3)]
    done: list[int] = []

    def work(store: StoreRef) -> bool:
        if store.id == stores[0].id:
            raise Broken
        if store.id == stores[1].id:
            raise ZeroDivisionError
        done.append(store.id)
        return True

    with ThreadPoolExecutor(2) as threads:
        assert for_each_store("work", stores, work, threads=threads if side_by_side else None)
    assert done == [stores[2].id]


def test_work_that_fails_for_all_stores_is_a_failure(process: Process) -> None:
    stores = [process.database.write(make_store) for _ in range(2)]

    def work(_store: StoreRef) -> bool:
        raise Broken

    with pytest.raises(StoresFailed) as failed:
        for_each_store("work", stores, work)
    assert failed.value.detail == {"work": "work", "failed": 2, "of": 2}


def test_work_for_no_store_is_no_failure() -> None:
    def work(_store: StoreRef) -> bool:
        raise Broken

    assert for_each_store("work", [], work) is False
