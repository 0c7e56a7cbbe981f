"""How a program ends: the plan of a store, and what it means at an instant.

What is earned and spent is decided by the dates themselves and not by a task, so that a late task
lets nobody earn or spend too long. The kill switches are another thing: they stay as they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.stores.models import WindDown
from saleor_loyalty_app.stores.refs import StoreRef

_row = table(WindDown).c
#: A plan further away than this is a slip of the pen.
FARTHEST = timedelta(days=5 * 366)


class EndDatesInvalid(AppError):
    """The dates of the end do not follow each other, lie in the past or too far away."""

    code: ClassVar[str] = "end_dates_invalid"
    status: ClassVar[int] = 422


class EndStepDone(AppError):
    """The date was changed of something that has happened."""

    code: ClassVar[str] = "end_step_done"
    status: ClassVar[int] = 409


@dataclass(frozen=True, slots=True)
class Dates:
    """The first day without earning and the last day with spending, in the store's time zone.

    Attributes:
        earning_ends_at, spending_ends_at: the instants from which it is so.
    """

    earning_ends_on: date
    last_spending_on: date
    earning_ends_at: datetime
    spending_ends_at: datetime

    @classmethod
    def of(cls, earning_ends_on: date, last_spending_on: date, timezone: str) -> "Dates":
        """The instants that two days mean somewhere."""
        zone = ZoneInfo(timezone)

        def begin(day: date) -> datetime:
            return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)

        return cls(
            earning_ends_on,
            last_spending_on,
            begin(earning_ends_on),
            begin(last_spending_on + timedelta(days=1)),
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """A row of `WindDown` as it was read."""

    id: int
    store_id: int
    version: int
    earning_ends_on: str
    last_spending_on: str
    earning_ends_at: datetime
    spending_ends_at: datetime
    tell_members: bool
    planned_at: datetime
    planned_by: str
    told_after: int
    told_at: datetime | None
    any_told: bool
    earning_ended_at: datetime | None
    spending_ended_at: datetime | None
    codes_ended_at: datetime | None
    expiry_asked_at: datetime | None
    expiry_asked_by: str
    expired_at: datetime | None
    expired_points: int
    called_off_at: datetime | None
    called_off_by: str
    revoked_after: int
    revoked_at: datetime | None


_COLUMNS = tuple(_row[field.name] for field in fields(Plan))


def checked_dates(
    earning_ends_on: date,
    last_spending_on: date,
    store: StoreRef,
    standing: Plan | None,
    *,
    now: datetime,
) -> Dates:
    """The dates of a plan, in place of those that stand.

    Raises:
        EndStepDone: a date that has come is changed.
        EndDatesInvalid: the last day of spending comes before earning ends, one is in the past or
            too far away.
    """
    today = now.astimezone(ZoneInfo(store.timezone)).date()
    farthest = today + FARTHEST
    if not earning_ends_on <= farthest or not last_spending_on <= farthest:
        raise EndDatesInvalid(problem="too_far", today=today.isoformat())
    dates = Dates.of(earning_ends_on, last_spending_on, store.timezone)
    earning_over = standing is not None and standing.earning_ends_at <= now
    spending_over = standing is not None and standing.spending_ends_at <= now
    if earning_over and standing is not None:
        if earning_ends_on.isoformat() != standing.earning_ends_on:
            raise EndStepDone(step="earning")
        dates = replace(dates, earning_ends_at=standing.earning_ends_at)
    elif earning_ends_on < today:
        raise EndDatesInvalid(problem="past", today=today.isoformat())
    if spending_over and standing is not None:
        if last_spending_on.isoformat() != standing.last_spending_on:
            raise EndStepDone(step="spending")
        dates = replace(dates, spending_ends_at=standing.spending_ends_at)
    elif last_spending_on < today:
        raise EndDatesInvalid(problem="past", today=today.isoformat())
    if dates.earning_ends_at > dates.spending_ends_at:
        raise EndDatesInvalid(problem="order", today=today.isoformat())
    return dates


def standing_plan(conn: Connection, store_id: int, *, lock: bool = False) -> Plan | None:
    """The plan of a store that was not called off."""
    query = sa.select(*_COLUMNS).where(_row.store_id == store_id, _row.called_off_at.is_(None))
    return _plan(conn.execute(query.with_for_update() if lock else query).one_or_none())


def plan_by_id(conn: Connection, store_id: int, plan_id: int, *, lock: bool = False) -> Plan | None:
    """A plan of a store, also one that was called off."""
    query = sa.select(*_COLUMNS).where(_row.store_id == store_id, _row.id == plan_id)
    return _plan(conn.execute(query.with_for_update() if lock else query).one_or_none())


def revoked_plans(conn: Connection, store_id: int) -> list[Plan]:
    """The plans that were called off after members had been told, and they not yet of that."""
    query = sa.select(*_COLUMNS).where(
        _row.store_id == store_id,
        _row.called_off_at.is_not(None),
        _row.any_told,
        _row.revoked_at.is_(None),
    )
    return [plan for row in conn.execute(query.order_by(_row.id)) if (plan := _plan(row))]


def stores_with_plans(conn: Connection) -> set[int]:
    """The stores that have anything to do for the end of their program."""
    query = sa.select(_row.store_id).where(
        sa.or_(_row.called_off_at.is_(None), sa.and_(_row.any_told, _row.revoked_at.is_(None)))
    )
    return set(conn.execute(query.distinct()).scalars())


def add_plan(conn: Connection, values: Mapping[str, Any]) -> Plan:
    """Writes a plan."""
    row = conn.execute(sa.insert(table(WindDown)).values(values).returning(*_COLUMNS)).one()
    return _made(row)


def change_plan(conn: Connection, plan_id: int, **values: Any) -> Plan:
    """Writes to a plan, whose row the caller has locked."""
    statement = sa.update(table(WindDown)).where(_row.id == plan_id).values(values)
    return _made(conn.execute(statement.returning(*_COLUMNS)).one())


def earned_nothing(conn: Connection, store_id: int, at: datetime) -> bool:
    """Whether what happened at `at` earns nothing, as the program was at its end then.

    Also where the end was called off later: what was decided for a day stays.
    """
    query = sa.select(_row.id).where(
        _row.store_id == store_id,
        _row.earning_ends_at <= at,
        sa.or_(_row.called_off_at.is_(None), _row.called_off_at > at),
    )
    return conn.execute(query.limit(1)).first() is not None


def as_of(conn: Connection, store: StoreRef, now: datetime) -> StoreRef:
    """The store with earning and spending off from where its program ended."""
    plan = standing_plan(conn, store.id)
    if plan is None:
        return store
    return replace(
        store,
        earning_on=store.earning_on and now < plan.earning_ends_at,
        spending_on=store.spending_on and now < plan.spending_ends_at,
    )


def no_later_than_end(conn: Connection, store_id: int, deadline: datetime) -> datetime:
    """A deadline for points that are set aside, or the last moment of spending if that is first.

    So whoever tells the day of a deadline tells the last day of spending, not the day after.
    """
    plan = standing_plan(conn, store_id)
    return deadline if plan is None else min(deadline, plan.spending_ends_at - timedelta.resolution)


def _plan(row: Row[Any] | None) -> Plan | None:
    return None if row is None else _made(row)


def _made(row: Row[Any]) -> Plan:
    return Plan(**row._mapping)  # noqa: SLF001
