"""Schedules: rows that say when something is due, leased by the process that runs it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.hot import Hot
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.queue.models import ScheduleState

#: A process that has not renewed its lease for so long is taken for dead.
LEASE = timedelta(seconds=30)

_state = table(ScheduleState)
# Even an idle process asks for these again and again.
_ALL = Hot(sa.select(_state.c.name, _state.c.due_at, _state.c.leased_until))
_LEASE = Hot(
    sa.update(_state)
    .where(
        _state.c.name == sa.bindparam("schedule"),
        sa.or_(_state.c.leased_until.is_(None), _state.c.leased_until <= sa.bindparam("now")),
    )
    .values(
        leased_by=sa.bindparam("executor"),
        leased_until=sa.bindparam("until"),
        started_at=sa.bindparam("begun"),
    )
    .returning(_state.c.name)
)


def _finishing(ended_at: str) -> Hot:
    """Gives a lease back; `ended_at` is the column that says when."""
    return Hot(
        sa.update(_state)
        .where(
            _state.c.name == sa.bindparam("schedule"),
            _state.c.leased_by == sa.bindparam("executor"),
        )
        .values(
            {
                "due_at": sa.bindparam("due"),
                "leased_by": None,
                "leased_until": None,
                "failure": sa.bindparam("failed"),
                "runs": _state.c.runs + 1,
                ended_at: sa.bindparam("ended"),
            }
        )
    )


_DONE, _FAILED = _finishing("finished_at"), _finishing("failed_at")


@dataclass(frozen=True, slots=True)
class Schedule:
    """Something that is looked after again and again.

    Args:
        name: stable; stands in the database and in the metrics.
        every: the pause between two runs, on the app's clock.
        run: does a bounded piece of the work; True = more is waiting, so run again at once.
        at_start: also due whenever a process starts.
    """

    name: str
    every: timedelta
    run: Callable[[], bool]
    at_start: bool = False


def register(conn: Connection, schedules: Sequence[Schedule], *, now: datetime) -> None:
    """Makes the rows that are missing, and makes due what is due at the start of a process."""
    known = set(conn.execute(sa.select(_state.c.name)).scalars())
    for schedule in schedules:
        if schedule.name not in known:
            _insert(conn, schedule.name, now)
        elif schedule.at_start:
            conn.execute(sa.update(_state).where(_state.c.name == schedule.name).values(due_at=now))


def _insert(conn: Connection, name: str, now: datetime) -> None:
    values = {"name": name, "due_at": now, "failure": "", "runs": 0}
    if conn.dialect.name == "sqlite":
        conn.execute(sqlite.insert(_state).values(values).on_conflict_do_nothing())
    else:
        conn.execute(postgresql.insert(_state).values(values).on_conflict_do_nothing())


def due(
    conn: Connection, schedules: Sequence[Schedule], *, now: datetime, machine_now: datetime
) -> list[Schedule]:
    """The schedules that are due by the app's clock and that no living process runs.

    A clock that was moved back would leave a schedule due in a far future: it counts as due.
    """
    rows = {row.name: row for row in _ALL.all(conn, {})}
    found: list[Schedule] = []
    for schedule in schedules:
        row = rows.get(schedule.name)
        if row is None:
            continue
        free = row.leased_until is None or row.leased_until <= machine_now
        if free and (row.due_at <= now or row.due_at > now + schedule.every):
            found.append(schedule)
    return found


def lease(conn: Connection, name: str, executor: str, *, machine_now: datetime) -> bool:
    """Takes the schedule for `executor`; False if another process was faster."""
    values = {
        "schedule": name,
        "now": machine_now,
        "executor": executor,
        "until": machine_now + LEASE,
        "begun": machine_now,
    }
    return _LEASE.scalar_or_none(conn, values) is not None


def lease_all(
    conn: Connection, names: Sequence[str], executor: str, *, machine_now: datetime
) -> set[str]:
    """Takes for `executor` all of these that no other process was faster to take; gives which.

    All processes lock the rows in the order of their names, so that no two wait for each other.
    """
    return {name for name in sorted(names) if lease(conn, name, executor, machine_now=machine_now)}


def renew(conn: Connection, names: Sequence[str], executor: str, *, machine_now: datetime) -> None:
    """Keeps the leases of what `executor` is still running; locks as `lease_all` does."""
    for name in sorted(names):
        conn.execute(
            sa.update(_state)
            .where(_state.c.name == name, _state.c.leased_by == executor)
            .values(leased_until=machine_now + LEASE)
        )


def finish(
    conn: Connection,
    name: str,
    executor: str,
    *,
    due_at: datetime,
    machine_now: datetime,
    failure: str = "",
) -> None:
    """Gives the lease back and says when the schedule is due again.

    Nothing happens if the lease was lost meanwhile: then the other process decides.
    """
    values = {
        "schedule": name,
        "executor": executor,
        "due": due_at,
        "failed": failure,
        "ended": machine_now,
    }
    (_FAILED if failure else _DONE).run(conn, values)


def release_all(conn: Connection) -> None:
    """Takes all leases away: nobody works any more."""
    conn.execute(sa.update(_state).values(leased_by=None, leased_until=None))


def failing(conn: Connection) -> dict[str, str]:
    """The schedules whose last run failed, with what failed."""
    rows = conn.execute(sa.select(_state.c.name, _state.c.failure).where(_state.c.failure != ""))
    return {row.name: row.failure for row in rows}
