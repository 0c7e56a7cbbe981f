"""How old the points are that members hold at a date, and when they expire.

What was held at a past date is worked out from the lots and what had been taken from them by then:
1.2 s with a million entries on PostgreSQL, for a page that accounting opens once a month. A closed
month has it frozen. Dates of expiry are those of today: where a lot was extended since, the later
date counts.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.db.types import UTCDateTime
from saleor_loyalty_app.insights.days import start_of
from saleor_loyalty_app.insights.movements import EXPIRE, due_lots
from saleor_loyalty_app.insights.reading import Reading, sums
from saleor_loyalty_app.insights.valuation import UNIT, share
from saleor_loyalty_app.ledger.models import Allocation, Debt, Entry, Lot

#: The bounds of the classes, in days.
BOUNDS = (30, 90, 180, 365)
#: The class beyond the last bound, and that of points which never expire.
BEYOND, NEVER = len(BOUNDS), len(BOUNDS) + 1

_LOTS, _ENTRIES, _ALLOCATIONS, _DEBTS = (table(one) for one in (Lot, Entry, Allocation, Debt))
_L, _A, _D = _LOTS.c, _ALLOCATIONS.c, _DEBTS.c
_STORE = sa.bindparam("store", type_=sa.BigInteger)
_AT = sa.bindparam("at", type_=UTCDateTime)


class AgeClass(NamedTuple):
    """Points of one currency in one class: 0 = up to the first bound, and so on."""

    currency: str
    number: int
    points: int


@dataclass(frozen=True, slots=True)
class Aging:
    """What members hold at a moment, by age and by what is left until it expires.

    `owed`: what they owe is no part of the classes; classes − owed = what is held in all.
    """

    by_age: tuple[AgeClass, ...]
    by_expiry: tuple[AgeClass, ...]
    owed: int


@dataclass(frozen=True, slots=True)
class Breakage:
    """Of the points whose fate was decided by a date: how many expired, how many were spent.

    `rate` is the share that expired, to four places; `expected` the points of those held that
    would expire at that rate. None while nothing was decided.
    """

    expired: int
    redeemed: int
    rate: str | None
    expected: int | None


def _bound(number: int) -> Any:
    return sa.bindparam(f"bound_{number}", type_=UTCDateTime)


def _age() -> sa.ColumnElement[int]:
    cases = [(_L.earned_at > _bound(number), number) for number in range(len(BOUNDS))]
    return sa.case(*cases, else_=BEYOND)


def _expiry() -> sa.ColumnElement[int]:
    cases = [(_L.expires_at <= _bound(number), number) for number in range(len(BOUNDS))]
    return sa.case((_L.expires_at.is_(None), NEVER), *cases, else_=BEYOND)


_TAKEN = _ENTRIES.alias("taker")
#: As in `ledger.month_end`: payments of debt by their own date, expiry by that of expiry.
_TAKEN_AT = sa.case(
    (_A.debt_id.is_not(None), _A.at),
    (_TAKEN.c.kind == EXPIRE, _TAKEN.c.effective_at),
    else_=_TAKEN.c.posted_at,
)
_GONE = (
    sa.select(_A.lot_id, sa.func.sum(_A.amount).label("amount"))
    .select_from(_ALLOCATIONS.join(_TAKEN, _TAKEN.c.id == _A.entry_id))
    .where(
        _TAKEN.c.store_id == _STORE,
        _TAKEN_AT < _AT,
    )
    .group_by(_A.lot_id)
    .subquery()
)


def _of_class(number: sa.ColumnElement[int]) -> sa.Select[Any]:
    left = _L.amount - sa.func.coalesce(_GONE.c.amount, 0)
    rows = (
        sa.select(_L.currency, number.label("number"), left.label("points"))
        .select_from(
            _LOTS.join(_ENTRIES, _ENTRIES.c.id == _L.entry_id).outerjoin(
                _GONE, _GONE.c.lot_id == _L.id
            )
        )
        .where(
            _L.store_id == _STORE,
            _L.unit == UNIT,
            _ENTRIES.c.posted_at < _AT,
            left > 0,
        )
        .subquery()
    )
    total = sa.func.sum(rows.c.points).label("points")
    return sa.select(rows.c.currency, rows.c.number, total).group_by(rows.c.currency, rows.c.number)


_BY_AGE, _BY_EXPIRY = _of_class(_age()), _of_class(_expiry())
_PAID = (
    sa.select(sa.func.coalesce(sa.func.sum(_A.amount), 0))
    .select_from(_ALLOCATIONS.join(_DEBTS, _DEBTS.c.id == _A.debt_id))
    .where(_D.store_id == _STORE, _D.unit == UNIT, _A.at < _AT)
)
_OWED = (
    sa.select(sa.func.coalesce(sa.func.sum(_D.amount), 0))
    .select_from(_DEBTS.join(_ENTRIES, _ENTRIES.c.id == _D.entry_id))
    .where(_D.store_id == _STORE, _D.unit == UNIT, _ENTRIES.c.posted_at < _AT)
)


def aging_at(conn: Connection, reading: Reading, day: date) -> Aging:
    """The ages of what is held at the beginning of `day`, or now where that lies ahead."""
    at = min(start_of(day, reading.tz), reading.now)
    arguments: dict[str, Any] = {"store": reading.store.id, "at": at}
    by_age = _classes(conn, _BY_AGE, arguments | _bounds(at, backwards=True))
    by_expiry = _classes(conn, _BY_EXPIRY, arguments | _bounds(at, backwards=False))
    for due in due_lots(conn, reading.store.id, reading.now):
        if due.expired_at < at and due.unit == UNIT:
            by_age[due.currency, _age_class(at, due.earned_at)] -= due.remaining
            by_expiry[due.currency, 0] -= due.remaining
    owed = conn.execute(_OWED, arguments).scalar_one() - conn.execute(_PAID, arguments).scalar_one()
    return Aging(_listed(by_age), _listed(by_expiry), int(owed))


def breakage_at(conn: Connection, reading: Reading, day: date) -> Breakage:
    """The breakage of all that was ever issued, as it stood at the beginning of `day`."""
    kinds = sums(conn, reading, "kind", until=day, unit=UNIT)
    expired = -kinds[EXPIRE,]
    redeemed = -sum(kinds[kind,] for kind in ("redeem", "donate", "restore"))
    rate = share(expired, expired + redeemed)
    held = sum(kinds.values())
    expected = None
    if rate is not None and held >= 0:
        expected = held * expired // (expired + redeemed)
    return Breakage(expired, redeemed, None if rate is None else str(rate), expected)


def _bounds(at: datetime, *, backwards: bool) -> dict[str, datetime]:
    sign = -1 if backwards else 1
    return {
        f"bound_{number}": at + sign * timedelta(days=days) for number, days in enumerate(BOUNDS)
    }


def _age_class(at: datetime, earned_at: datetime) -> int:
    for number, days in enumerate(BOUNDS):
        if earned_at > at - timedelta(days=days):
            return number
    return BEYOND


def _classes(
    conn: Connection, statement: sa.Select[Any], arguments: dict[str, Any]
) -> Counter[tuple[str, int]]:
    return Counter(
        {(row.currency, row.number): int(row.points) for row in conn.execute(statement, arguments)}
    )


def _listed(classes: Counter[tuple[str, int]]) -> tuple[AgeClass, ...]:
    return tuple(
        AgeClass(currency, number, points)
        for (currency, number), points in sorted(classes.items())
        if points
    )
