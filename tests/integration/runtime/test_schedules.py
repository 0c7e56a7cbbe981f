"""Schedules: due on the app's clock, leased by one process, given back, taken over."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.queue import Schedule, executors, schedules
from saleor_loyalty_app.queue.models import ScheduleState

NOW = datetime(2027, 1, 1, 12, tzinfo=UTC)
MACHINE = datetime(2026, 12, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def _nothing() -> bool:
    return False


REFRESH = Schedule("refresh", MINUTE, _nothing)
STATE = table(ScheduleState)
START = Schedule("reconcile", 5 * MINUTE, _nothing, at_start=True)
BOTH = (REFRESH, START)


def names_due(database: Database, now: datetime, machine_now: datetime = MACHINE) -> list[str]:
    return [
        schedule.name
        for schedule in database.read(
            lambda conn: schedules.due(conn, BOTH, now=now, machine_now=machine_now)
        )
    ]


def leases(executor: str, machine_now: datetime = MACHINE) -> Callable[[sa.Connection], bool]:
    return lambda conn: schedules.lease(conn, "refresh", executor, machine_now=machine_now)


def registered(database: Database, now: datetime = NOW) -> None:
    database.write(lambda conn: schedules.register(conn, BOTH, now=now))


def finished(database: Database, executor: str, due_at: datetime, failure: str = "") -> None:
    database.write(
        lambda conn: schedules.finish(
            conn, "refresh", executor, due_at=due_at, machine_now=MACHINE, failure=failure
        )
    )


def test_a_new_schedule_is_due_at_once(database: Database) -> None:
    registered(database)
    assert names_due(database, NOW) == ["refresh", "reconcile"]


def test_a_leased_schedule_is_not_due_and_not_leased_again(database: Database) -> None:
    registered(database)
    assert database.write(leases("a"))
    assert not database.write(leases("b"))
    assert names_due(database, NOW) == ["reconcile"]


def test_what_another_process_leased_is_left_out_when_several_are_leased_at_once(
    database: Database,
) -> None:
    registered(database)
    assert database.write(leases("a"))
    both = ["refresh", "reconcile"]
    taken = database.write(lambda conn: schedules.lease_all(conn, both, "b", machine_now=MACHINE))
    assert taken == {"reconcile"}
    assert names_due(database, NOW) == []


def test_several_are_leased_and_renewed_in_the_order_of_their_names(database: Database) -> None:
    registered(database)
    locked: list[str] = []

    def note(*args: Any) -> None:
        statement, parameters = args[2], args[3]
        if statement.startswith("UPDATE"):
            found = parameters.values() if isinstance(parameters, dict) else parameters
            locked.extend(one for one in found if one in ("refresh", "reconcile"))

    both = ["refresh", "reconcile"]
    sa.event.listen(database.engine, "before_cursor_execute", note)
    database.write(lambda conn: schedules.lease_all(conn, both, "a", machine_now=MACHINE))
    database.write(lambda conn: schedules.renew(conn, both, "a", machine_now=MACHINE))
    sa.event.remove(database.engine, "before_cursor_execute", note)
    assert locked == ["reconcile", "refresh"] * 2


def test_the_lease_of_a_dead_process_runs_out(database: Database) -> None:
    registered(database)
    assert database.write(leases("a"))
    later = MACHINE + schedules.LEASE
    assert names_due(database, NOW, later) == ["refresh", "reconcile"]
    assert database.write(leases("b", later))


def test_a_renewed_lease_is_kept(database: Database) -> None:
    registered(database)
    database.write(leases("a"))
    half = MACHINE + schedules.LEASE / 2
    database.write(lambda conn: schedules.renew(conn, ["refresh"], "a", machine_now=half))
    assert not database.write(leases("b", MACHINE + schedules.LEASE))
    assert database.write(leases("b", half + schedules.LEASE))


def test_a_finished_schedule_is_due_again_when_the_clock_of_the_app_says_so(
    database: Database,
) -> None:
    registered(database)
    database.write(leases("a"))
    finished(database, "a", NOW + MINUTE)
    assert "refresh" not in names_due(database, NOW + MINUTE / 2)
    assert "refresh" in names_due(database, NOW + MINUTE)
    assert "refresh" in names_due(database, NOW + timedelta(days=30))


def test_a_clock_that_was_moved_back_does_not_stop_a_schedule(database: Database) -> None:
    registered(database, NOW + timedelta(days=30))
    assert names_due(database, NOW) == ["refresh", "reconcile"]


def test_who_lost_its_lease_changes_nothing_when_it_finishes(database: Database) -> None:
    registered(database)
    database.write(leases("a"))
    assert database.write(leases("b", MACHINE + schedules.LEASE))
    finished(database, "a", NOW + timedelta(days=300))
    assert not database.write(leases("c", MACHINE + schedules.LEASE))
    finished(database, "b", NOW + MINUTE)
    assert "refresh" in names_due(database, NOW + MINUTE)


def test_what_failed_is_told_until_it_goes_well(database: Database) -> None:
    registered(database)
    database.write(leases("a"))
    finished(database, "a", NOW, failure="ConnectError")
    assert database.read(schedules.failing) == {"refresh": "ConnectError"}
    database.write(leases("a"))
    finished(database, "a", NOW)
    assert database.read(schedules.failing) == {}


def test_a_start_makes_due_only_what_asks_for_it(database: Database) -> None:
    registered(database)
    database.write(lambda conn: conn.execute(sa.update(STATE).values(due_at=NOW + MINUTE)))
    assert names_due(database, NOW) == []
    registered(database)
    assert names_due(database, NOW) == ["reconcile"]


def test_executors_are_alive_while_they_beat(database: Database) -> None:
    database.write(lambda conn: executors.beat(conn, "a", now=MACHINE))
    database.write(lambda conn: executors.beat(conn, "b", now=MACHINE))
    later = MACHINE + executors.DEAD_AFTER
    database.write(lambda conn: executors.beat(conn, "b", now=later))
    assert database.read(lambda conn: executors.alive(conn, now=later)) == {"b"}
    assert database.write(lambda conn: executors.bury(conn, now=later)) == 1
    database.write(lambda conn: executors.leave(conn, "b"))
    assert database.read(lambda conn: executors.alive(conn, now=later)) == set()


def test_names_of_executors_never_repeat() -> None:
    assert len({executors.new_name() for _ in range(100)}) == 100
