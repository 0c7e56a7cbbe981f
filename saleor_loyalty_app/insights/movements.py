"""The movements of the books by channel and currency, read from the entries.

Where a movement belongs is what `ledger.month_end` says: points that came in to the channel of
their entry, points that went out to that of their lots, what was taken beyond the lots to that of
the debt. A later payment of debt is a movement out of the lot's channel into the debt's, of the
kind `settle`. Expiry counts on the day of expiry, all else on the day on which it was posted.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, tzinfo
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.db.types import UTCDateTime
from saleor_loyalty_app.insights.days import day_of, day_of_quarter, quarter
from saleor_loyalty_app.ledger.models import Allocation, Balance, Debt, Entry, Lot
from saleor_loyalty_app.ledger.settling import standing_of

SETTLE, EXPIRE = "settle", "expire"
#: Kinds by which points leave lots.
_TAKING = ("redeem", "donate", "reverse", "adjust")
#: Kinds that show that a member is there: earning and spending.
ACTIVE = ("earn", "redeem", "donate")

_entry, _lot, _allocation, _debt, _balance = (
    table(model) for model in (Entry, Lot, Allocation, Debt, Balance)
)
_E, _L, _A, _D, _B = _entry.c, _lot.c, _allocation.c, _debt.c, _balance.c
_STORE = sa.bindparam("store", type_=sa.BigInteger)
_FROM = sa.bindparam("since", type_=UTCDateTime)
_TO = sa.bindparam("until", type_=UTCDateTime)


class Place(NamedTuple):
    """Where points belong: a channel and its currency ("" = none), and their unit."""

    channel: str
    currency: str
    unit: str


class Movement(NamedTuple):
    """Points that moved: posted on one day, counting on `day`, happened on `effective_on`."""

    posted_on: date
    day: date
    effective_on: date
    channel: str
    currency: str
    unit: str
    kind: str
    amount: int


class DueLot(NamedTuple):
    """A lot whose points expired, before anything posted that."""

    channel: str
    currency: str
    unit: str
    expired_at: datetime
    earned_at: datetime
    remaining: int


def _leg(
    sources: sa.FromClause,
    at: sa.ColumnElement[datetime],
    effective: sa.ColumnElement[datetime],
    kind: sa.ColumnElement[str],
    owner: Any,
    amount: sa.ColumnElement[int],
    *where: sa.ColumnElement[bool],
) -> sa.Select[Any]:
    """Adds up one sort of movement, posted from `since` to before `until`."""
    columns = (
        quarter(at).label("posted"),
        quarter(effective).label("effective"),
        owner.channel.label("channel"),
        owner.currency.label("currency"),
        _E.unit.label("unit"),
        kind.label("kind"),
    )
    rows = (
        sa.select(*columns, amount.label("amount"))
        .select_from(sources)
        .where(_E.store_id == _STORE, at >= _FROM, at < _TO, *where)
        .subquery()
    )
    named = [column for column in rows.c if column.key != "amount"]
    return sa.select(*named, sa.func.sum(rows.c.amount).label("amount")).group_by(*named)


_TAKEN = _entry.join(_allocation, _A.entry_id == _E.id).join(_lot, _L.id == _A.lot_id)
_PAID = (
    _debt.join(_allocation, _A.debt_id == _D.id)
    .join(_lot, _L.id == _A.lot_id)
    .join(_entry, _E.id == _A.entry_id)
)
_LEGS = (
    _leg(
        _entry,
        _E.posted_at,
        _E.effective_at,
        _E.kind,
        _E,
        _E.amount,
        sa.or_(sa.and_(_E.kind.in_(("earn", "adjust")), _E.amount > 0), _E.kind == EXPIRE),
    ),
    _leg(
        _entry.join(_lot, _L.entry_id == _E.id),
        _E.posted_at,
        _E.effective_at,
        _E.kind,
        _L,
        _L.amount,
        _E.kind == "restore",
    ),
    _leg(
        _TAKEN,
        _E.posted_at,
        _E.effective_at,
        _E.kind,
        _L,
        -_A.amount,
        _E.kind.in_(_TAKING),
        _A.debt_id.is_(None),
    ),
    _leg(
        _entry.join(_debt, _D.entry_id == _E.id),
        _E.posted_at,
        _E.effective_at,
        _E.kind,
        _D,
        -_D.amount,
    ),
    *(
        _leg(_PAID, _A.at, _A.at, sa.literal(SETTLE), owner, sign * _A.amount)
        for owner, sign in ((_L, -1), (_D, 1))
    ),
)

_ACTIVE_MEMBERS = (
    sa.select(_E.member_id)
    .where(_E.store_id == _STORE, _E.posted_at >= _FROM, _E.posted_at < _TO, _E.kind.in_(ACTIVE))
    .distinct()
)

_FIRST_POSTED = sa.select(_E.posted_at).where(_E.store_id == _STORE).order_by(_E.posted_at).limit(1)

#: Lots whose date has come: through the balances, which know when the next one is due.
_DUE = (
    sa.select(_lot)
    .select_from(
        _balance.join(
            _lot,
            sa.and_(_L.store_id == _B.store_id, _L.member_id == _B.member_id, _L.unit == _B.unit),
        )
    )
    .where(
        _B.store_id == _STORE,
        _B.next_expiry <= _TO,
        _L.closed == sa.bindparam("closed", value=False),
        _L.remaining > 0,
        _L.expires_at <= _TO,
    )
)


def posted_between(
    conn: Connection, store_id: int, since: datetime, until: datetime, tz: tzinfo
) -> list[Movement]:
    """What was posted from `since` to before `until`, added up by the days of `tz`."""
    sums: Counter[tuple[Any, ...]] = Counter()
    for row in _rows(conn, {"store": store_id, "since": since, "until": until}):
        posted_on = day_of_quarter(row.posted, tz)
        effective_on = day_of_quarter(row.effective, tz)
        day = effective_on if row.kind == EXPIRE else posted_on
        place = (row.channel, row.currency, row.unit, row.kind)
        sums[posted_on, day, effective_on, *place] += int(row.amount)
    return [Movement._make((*where, amount)) for where, amount in sorted(sums.items()) if amount]


def due_lots(conn: Connection, store_id: int, at: datetime) -> list[DueLot]:
    """The lots that had expired by `at` although nothing has posted it yet."""
    found = []
    for lot in conn.execute(_DUE, {"store": store_id, "until": at}):
        stand = standing_of(lot, at)
        if stand.lapsed and stand.expires_at is not None:
            place = Place(lot.channel, lot.currency, lot.unit)
            found.append(DueLot(*place, stand.expires_at, lot.earned_at, lot.remaining))
    return found


def due_unposted(conn: Connection, store_id: int, at: datetime, tz: tzinfo) -> list[Movement]:
    """What had expired by `at` although nothing has posted it yet, as movements of its day."""
    found = []
    for lot in due_lots(conn, store_id, at):
        day = day_of(lot.expired_at, tz)
        place = (lot.channel, lot.currency, lot.unit)
        found.append(Movement(day, day, day, *place, EXPIRE, -lot.remaining))
    return found


def active_members(conn: Connection, store_id: int, since: datetime, until: datetime) -> list[int]:
    """The members who earned or spent something then."""
    rows = conn.execute(_ACTIVE_MEMBERS, {"store": store_id, "since": since, "until": until})
    return sorted(rows.scalars())


def first_posted(conn: Connection, store_id: int) -> datetime | None:
    """When the first entry of a store was posted; None while there is none."""
    found: datetime | None = conn.execute(_FIRST_POSTED, {"store": store_id}).scalar_one_or_none()
    return found


def _rows(conn: Connection, arguments: dict[str, Any]) -> Iterator[Any]:
    for leg in _LEGS:
        yield from conn.execute(leg, arguments)


def added_up(movements: Iterable[Movement], *by: str) -> Counter[tuple[Any, ...]]:
    """Sums of movements by some of their fields."""
    sums: Counter[tuple[Any, ...]] = Counter()
    for movement in movements:
        sums[tuple(getattr(movement, name) for name in by)] += movement.amount
    return sums
