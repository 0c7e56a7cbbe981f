"""How old the points are that members hold at a date, and when they expire.

What was held at a past date is what is left in the lots now, less what came in since, and what was
taken since out of lots of before: the more recent the date, the less is read. A closed month has it
frozen. Dates of expiry are those of today: where a lot was extended since, the later date counts.
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
#: What happens at this very moment has happened, while a day that begins has seen nothing yet.
_MOMENT = timedelta(microseconds=1)
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


def _bound(name: str, number: int) -> Any:
    return sa.bindparam(f"{name}_{number}", type_=UTCDateTime)


def _age() -> sa.ColumnElement[int]:
    cases = [(_L.earned_at > _bound("age", number), number) for number in range(len(BOUNDS))]
    return sa.case(*cases, else_=BEYOND)


def _expiry() -> sa.ColumnElement[int]:
    cases = [(_L.expires_at <= _bound("expiry", number), number) for number in range(len(BOUNDS))]
    return sa.case((_L.expires_at.is_(None), NEVER), *cases, else_=BEYOND)


def _classified(sources: sa.FromClause, points: Any, *where: sa.ColumnElement[bool]) -> Any:
    """Points of lots by currency and by both classes."""
    rows = (
        sa.select(
            _L.currency, _age().label("age"), _expiry().label("expiry"), points.label("points")
        )
        .select_from(sources)
        .where(_L.store_id == _STORE, _L.unit == UNIT, *where)
        .subquery()
    )
    named = (rows.c.currency, rows.c.age, rows.c.expiry)
    return sa.select(*named, sa.func.sum(rows.c.points).label("points")).group_by(*named)


_TAKER = _ENTRIES.alias("taker")
_LEFT = _L.remaining + _L.held
_OF_LOT = _ENTRIES.c.id == _L.entry_id
_BOOKED_BEFORE = _ENTRIES.c.posted_at < _AT
#: What is left in lots now.
_NOW = _classified(_LOTS, _LEFT, _L.closed == sa.bindparam("closed", value=False), _LEFT > 0)
#: Of that, what came in since.
_SINCE = _classified(_ENTRIES.join(_LOTS, _OF_LOT), -_LEFT, _ENTRIES.c.posted_at >= _AT)
#: What was taken since, out of lots of before. As in `ledger.month_end`: expiry takes on its own
#: date, and payments of debt on theirs.
_TAKEN = _classified(
    _TAKER.join(_ALLOCATIONS, _A.entry_id == _TAKER.c.id)
    .join(_LOTS, _L.id == _A.lot_id)
    .join(_ENTRIES, _OF_LOT),
    _A.amount,
    _BOOKED_BEFORE,
    _A.debt_id.is_(None),
    _TAKER.c.store_id == _STORE,
    _TAKER.c.posted_at >= _AT,
    sa.or_(_TAKER.c.kind != EXPIRE, _TAKER.c.effective_at >= _AT),
)
_PAID_SINCE = _classified(
    _DEBTS.join(_ALLOCATIONS, _A.debt_id == _D.id)
    .join(_LOTS, _L.id == _A.lot_id)
    .join(_ENTRIES, _OF_LOT),
    _A.amount,
    _BOOKED_BEFORE,
    _D.store_id == _STORE,
    _A.at >= _AT,
)
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
    at = min(start_of(day, reading.tz), reading.now + _MOMENT)
    ages, expiries = _bounds("age", at, -1), _bounds("expiry", at, 1)
    arguments = {"store": reading.store.id, "at": at, **ages, **expiries}
    by_age: Counter[tuple[str, int]] = Counter()
    by_expiry: Counter[tuple[str, int]] = Counter()
    for statement in (_NOW, _SINCE, _TAKEN, _PAID_SINCE):
        for row in conn.execute(statement, arguments):
            by_age[row.currency, row.age] += int(row.points)
            by_expiry[row.currency, row.expiry] += int(row.points)
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


def _bounds(name: str, at: datetime, sign: int) -> dict[str, datetime]:
    return {
        f"{name}_{number}": at + sign * timedelta(days=days) for number, days in enumerate(BOUNDS)
    }


def _age_class(at: datetime, earned_at: datetime) -> int:
    for number, days in enumerate(BOUNDS):
        if earned_at > at - timedelta(days=days):
            return number
    return BEYOND


def _listed(classes: Counter[tuple[str, int]]) -> tuple[AgeClass, ...]:
    return tuple(
        AgeClass(currency, number, points)
        for (currency, number), points in sorted(classes.items())
        if points
    )
