"""Closed months: figures handed to accounting, frozen with who closed them and when."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.insights.accounts import Purpose, accounts_of
from saleor_loyalty_app.insights.aging import AgeClass, Aging, Breakage, aging_at, breakage_at
from saleor_loyalty_app.insights.days import DAY, day_of, first_of_month, month_after, start_of
from saleor_loyalty_app.insights.models import ClosedPeriod
from saleor_loyalty_app.insights.month import Late, MonthRow, late_in, month_rows
from saleor_loyalty_app.insights.movements import Place, first_posted
from saleor_loyalty_app.insights.reading import Reading, open_reading
from saleor_loyalty_app.insights.roll_up import GRACE
from saleor_loyalty_app.insights.valuation import Rate
from saleor_loyalty_app.stores.refs import StoreRef

_PERIODS = table(ClosedPeriod)


class MonthAhead(AppError):
    """The month has not begun, or lies before the books."""

    code: ClassVar[str] = "month_unknown"
    status: ClassVar[int] = 404

    def __init__(self, month: date) -> None:
        super().__init__(month=f"{month:%Y-%m}")


class MonthRunning(AppError):
    """The month is not over for an hour yet; nothing was closed."""

    code: ClassVar[str] = "month_running"
    status: ClassVar[int] = 409

    def __init__(self, month: date) -> None:
        super().__init__(month=f"{month:%Y-%m}")


class MonthClosed(AppError):
    """The month was closed before, by somebody; its figures stay."""

    code: ClassVar[str] = "month_closed"
    status: ClassVar[int] = 409

    def __init__(self, month: date) -> None:
        super().__init__(month=f"{month:%Y-%m}")


class EarlierOpen(AppError):
    """Months are closed one after the other: `next` comes first."""

    code: ClassVar[str] = "earlier_month_open"
    status: ClassVar[int] = 409

    def __init__(self, next_month: date) -> None:
        super().__init__(next=f"{next_month:%Y-%m}")


@dataclass(frozen=True, slots=True)
class Closed:
    """Who closed a month and when."""

    month: date
    closed_at: datetime
    closed_by: str


@dataclass(frozen=True, slots=True)
class MonthReport:
    """A month as accounting reads it.

    `closed`: None while it is open. `late`: what this month took up and happened in a closed one.
    `since_closed`: what the books say otherwise of a closed month by now; the open one carries it.
    """

    month: date
    rows: tuple[MonthRow, ...]
    accounts: Mapping[Purpose, str]
    aging: Aging
    breakage: Breakage
    closed: Closed | None
    late: tuple[Late, ...] = ()
    since_closed: Mapping[Place, int] | None = None


def closed_periods(conn: Connection, store_id: int) -> list[Closed]:
    """The months that were closed, newest first."""
    rows = conn.execute(
        sa.select(_PERIODS.c.month, _PERIODS.c.closed_at, _PERIODS.c.closed_by)
        .where(_PERIODS.c.store_id == store_id)
        .order_by(_PERIODS.c.month.desc())
    )
    return [Closed(*row) for row in rows]


def is_closable(store: StoreRef, month: date, closed: list[Closed], now: datetime) -> bool:
    """Whether a month of the books is over and the next one to be closed."""
    over = now >= start_of(month_after(month), ZoneInfo(store.timezone)) + GRACE
    last = max((period.month for period in closed), default=None)
    return over and (last is None or month == month_after(last))


def months_of_books(conn: Connection, store: StoreRef, now: datetime) -> list[date]:
    """The months from the first entry until now, newest first; none before anything was booked."""
    tz = ZoneInfo(store.timezone)
    first = first_posted(conn, store.id)
    if first is None:
        return []
    month, oldest = first_of_month(day_of(now, tz)), first_of_month(day_of(first, tz))
    months = []
    while month >= oldest:
        months.append(month)
        month = month_after(month, -1)
    return months


def month_report(conn: Connection, store: StoreRef, month: date, now: datetime) -> MonthReport:
    """A month as it was closed, or as the books stand at `now`.

    To be read on a connection that sees one snapshot.

    Args:
        month: its first day.

    Raises:
        MonthAhead: it has not begun, or lies before the first entry.
    """
    reading = open_reading(conn, store, now)
    _require_books(conn, reading, month)
    known = _stored(conn, store.id, month)
    if known is not None:
        return _as_closed(conn, reading, month, known)
    return _as_open(conn, reading, month)


def closing_report(conn: Connection, store: StoreRef, month: date, now: datetime) -> MonthReport:
    """What closing a month would freeze; for `freeze`.

    To be read on a connection that sees one snapshot: it takes longer than a write may.

    Raises:
        MonthAhead, MonthRunning, MonthClosed, EarlierOpen: it cannot be closed.
    """
    reading = open_reading(conn, store, now)
    _require_books(conn, reading, month)
    _require_next(conn, store, month, now)
    return _as_open(conn, reading, month)


def freeze(
    conn: Connection, store: StoreRef, report: MonthReport, *, by: str, now: datetime
) -> MonthReport:
    """Closes a month with the figures that were read; gives them.

    Raises:
        MonthClosed, EarlierOpen: somebody else was faster.
    """
    _require_next(conn, store, report.month, now)
    insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    made = conn.execute(
        insert(_PERIODS)
        .values(
            store_id=store.id,
            month=report.month,
            timezone=store.timezone,
            figures=_frozen(report),
            closed_at=now,
            closed_by=by,
        )
        .on_conflict_do_nothing()
        .returning(_PERIODS.c.id)
    )
    if made.one_or_none() is None:
        raise MonthClosed(report.month)
    return replace(report, closed=Closed(report.month, now, by), since_closed={})


def _require_next(conn: Connection, store: StoreRef, month: date, now: datetime) -> None:
    periods = closed_periods(conn, store.id)
    if any(period.month == month for period in periods):
        raise MonthClosed(month)
    if now < start_of(month_after(month), ZoneInfo(store.timezone)) + GRACE:
        raise MonthRunning(month)
    if not is_closable(store, month, periods, now):
        raise EarlierOpen(month_after(periods[0].month))


def _as_open(conn: Connection, reading: Reading, month: date) -> MonthReport:
    before = _stored(conn, reading.store.id, month_after(month, -1))
    frozen: dict[Place, int] | None = None
    rates: dict[Place, Rate] = {}
    if before is not None:
        rows = [MonthRow.from_json(row) for row in before.figures["rows"]]
        frozen = {row.place: row.closing for row in rows}
        rates = {
            row.place: (row.money, row.rate)
            for row in rows
            if row.money is not None and row.rate is not None
        }
    last = _last_closed(conn, reading.store.id, month)
    late = () if last is None else late_in(conn, reading, month, month_after(last))
    end = month_after(month)
    return MonthReport(
        month=month,
        rows=tuple(month_rows(conn, reading, month, frozen, rates)),
        accounts=accounts_of(conn, reading.store.id),
        aging=aging_at(conn, reading, end),
        breakage=breakage_at(conn, reading, end),
        closed=None,
        late=tuple(late),
    )


def _as_closed(conn: Connection, reading: Reading, month: date, row: sa.Row[Any]) -> MonthReport:
    figures = row.figures
    rows = tuple(MonthRow.from_json(one) for one in figures["rows"])
    frozen = {one.place: one.closing for one in rows}
    # Earlier differences are in the frozen figures already; rates do not matter here.
    today = {one.place: one.closing for one in month_rows(conn, reading, month, None)}
    return MonthReport(
        month=month,
        rows=rows,
        accounts={Purpose(name): code for name, code in figures["accounts"].items()},
        aging=Aging(
            tuple(AgeClass(*one) for one in figures["aging"]["by_age"]),
            tuple(AgeClass(*one) for one in figures["aging"]["by_expiry"]),
            figures["aging"]["owed"],
        ),
        breakage=Breakage(**figures["breakage"]),
        closed=Closed(month, row.closed_at, row.closed_by),
        late=tuple(
            Late(
                date.fromisoformat(one["month"]),
                one["channel"],
                one["currency"],
                one["kind"],
                one["amount"],
            )
            for one in figures["late"]
        ),
        since_closed={
            place: today.get(place, 0) - frozen.get(place, 0)
            for place in sorted(today.keys() | frozen.keys())
            if today.get(place, 0) != frozen.get(place, 0)
        },
    )


def _frozen(report: MonthReport) -> dict[str, Any]:
    return {
        "version": 1,
        "rows": [row.to_json() for row in report.rows],
        "accounts": {str(purpose): code for purpose, code in report.accounts.items()},
        "aging": {
            "by_age": [list(one) for one in report.aging.by_age],
            "by_expiry": [list(one) for one in report.aging.by_expiry],
            "owed": report.aging.owed,
        },
        "breakage": asdict(report.breakage),
        "late": [asdict(one) | {"month": one.month.isoformat()} for one in report.late],
    }


def _require_books(conn: Connection, reading: Reading, month: date) -> None:
    first = first_posted(conn, reading.store.id)
    if first is None or month > reading.today or month_after(month) <= day_of(first, reading.tz):
        raise MonthAhead(month)


def _stored(conn: Connection, store_id: int, month: date) -> sa.Row[Any] | None:
    return conn.execute(
        sa.select(_PERIODS).where(_PERIODS.c.store_id == store_id, _PERIODS.c.month == month)
    ).one_or_none()


def _last_closed(conn: Connection, store_id: int, before: date) -> date | None:
    found: date | None = conn.execute(
        sa.select(sa.func.max(_PERIODS.c.month)).where(
            _PERIODS.c.store_id == store_id, _PERIODS.c.month < before
        )
    ).scalar_one()
    return found


def last_day(month: date) -> date:
    """The last day of a month."""
    return month_after(month) - DAY
