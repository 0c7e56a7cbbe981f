"""The roll-forward of a month, by channel, currency and unit.

opening + issued − redeemed − expired − reversed ± adjusted = closing.

Where a movement belongs:

- Points coming in belong to the channel and currency of their entry. Points going out belong to
  those of the lots they were taken from; what was taken beyond the lots, to those of the debt.
  When later points pay a debt of another channel, the difference is shown as an adjustment of
  both, adding up to nothing.
- A movement belongs to the month in which it was posted, so that nothing is added to a month that
  is over. Expiry alone belongs to the instant of expiry: whatever is due counts as expired,
  whether or not a task or a later write has posted it. Every write posts what is due first, so
  nothing else can move those points in between, and the late entry shows what was shown before.
- Spent points that came back reduce what was redeemed. Transfers and merges move lots as they are
  and change no sum of a store.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.types import UTCDateTime
from saleor_loyalty_app.ledger import statements as sql
from saleor_loyalty_app.ledger.settling import standing_of


@dataclass(frozen=True, slots=True)
class RollForwardRow:
    """One channel, currency and unit in one month, in whole units.

    closing = opening + issued − redeemed − expired − reversed + adjusted.
    """

    channel: str
    currency: str
    unit: str
    opening: int
    issued: int
    redeemed: int
    expired: int
    reversed: int
    adjusted: int
    closing: int


class _Leg(NamedTuple):
    """A signed movement of one channel, currency and unit, before or within the month."""

    column: str
    before: bool
    channel: str
    currency: str
    unit: str
    amount: int


_E, _L, _A, _D = sql.entry.c, sql.lot.c, sql.allocation.c, sql.debt.c
_START = sa.bindparam("start", type_=UTCDateTime)
_END = sa.bindparam("end", type_=UTCDateTime)
_AS_OF = sa.bindparam("as_of", type_=UTCDateTime)
_STORE = sa.bindparam("store", type_=sa.BigInteger)
_COLUMN = {
    "earn": "issued",
    "redeem": "redeemed",
    "donate": "redeemed",
    "restore": "redeemed",
    "expire": "expired",
    "reverse": "reversed",
    "adjust": "adjusted",
}
_TAKING = ("redeem", "donate", "reverse", "adjust")


def _legs(
    sources: sa.FromClause,
    at: sa.ColumnElement[datetime],
    owner: Any,
    amount: sa.ColumnElement[int],
    *where: sa.ColumnElement[bool],
) -> sa.Select[Any]:
    """Sums of `amount` by kind and by channel, currency and unit of `owner`, up to the end."""
    before = sa.case((at < _START, 1), else_=0).label("before")
    named = (_E.kind, before, owner.channel, owner.currency, sql.entry.c.unit)
    return (
        sa.select(*named, sa.func.sum(amount).label("amount"))
        .select_from(sources)
        .where(_E.store_id == _STORE, at < _END, at <= _AS_OF, *where)
        .group_by(_E.kind, before, owner.channel, owner.currency, sql.entry.c.unit)
    )


_BY_LOT = sql.allocation.join(sql.entry, _E.id == _A.entry_id).join(sql.lot, _L.id == _A.lot_id)

_MOVEMENTS = (
    _legs(sql.entry, _E.posted_at, _E, _E.amount, _E.amount > 0, _E.kind.in_(("earn", "adjust"))),
    _legs(
        sql.lot.join(sql.entry, _E.id == _L.entry_id),
        _E.posted_at,
        _L,
        _L.amount,
        _E.kind == "restore",
    ),
    _legs(_BY_LOT, _E.posted_at, _L, -_A.amount, _E.kind.in_(_TAKING), _A.debt_id.is_(None)),
    _legs(sql.debt.join(sql.entry, _E.id == _D.entry_id), _E.posted_at, _D, -_D.amount, sa.true()),
    _legs(sql.entry, _E.effective_at, _E, _E.amount, _E.kind == "expire"),
)

#: Payments of debt: out of the lot's channel, into the debt's.
_PAYMENTS = tuple(
    _legs(_BY_LOT.join(sql.debt, _D.id == _A.debt_id), _A.at, owner, sign * _A.amount, sa.true())
    for owner, sign in ((_L, -1), (_D, 1))
)

_DUE = sa.select(sql.lot).where(
    _L.store_id == _STORE,
    _L.closed == sa.bindparam("closed", value=False),
    _L.remaining > 0,
    _L.expires_at <= _AS_OF,
    _L.expires_at < _END,
)


def month_bounds(month: date, tz: tzinfo) -> tuple[datetime, datetime]:
    """The first instants of `month` and of the next one, in `tz`."""
    first = datetime(month.year, month.month, 1, tzinfo=tz)
    after = (month.year + 1, 1) if month.month == 12 else (month.year, month.month + 1)
    return first.astimezone(UTC), datetime(*after, 1, tzinfo=tz).astimezone(UTC)


def roll_forward(
    conn: Connection,
    store_id: int,
    month: date,
    as_of: datetime,
    *,
    tz: tzinfo = UTC,
) -> list[RollForwardRow]:
    """The roll-forward of the month of `month` in the store's time zone, as it was at `as_of`.

    Of a month that was over at `as_of` the answer never changes, whenever it is asked; of a
    running month it shows what had happened by then. Asked for `as_of` in the past it shows what
    was shown then. Read in one snapshot.
    """
    start, end = month_bounds(month, tz)
    arguments = {"store": store_id, "start": start, "end": end, "as_of": as_of}
    return _rows(_all_legs(conn, arguments))


def _all_legs(conn: Connection, arguments: dict[str, Any]) -> Iterator[_Leg]:
    for statement in _MOVEMENTS:
        for row in conn.execute(statement, arguments):
            yield _Leg(
                _COLUMN[row.kind],
                bool(row.before),
                row.channel,
                row.currency,
                row.unit,
                int(row.amount),
            )
    for statement in _PAYMENTS:
        for row in conn.execute(statement, arguments):
            yield _Leg(
                "adjusted", bool(row.before), row.channel, row.currency, row.unit, int(row.amount)
            )
    for lot in conn.execute(_DUE, arguments):
        stand = standing_of(lot, min(arguments["as_of"], arguments["end"]))
        at = stand.expires_at
        if stand.lapsed and at is not None and at < arguments["end"]:
            yield _Leg(
                "expired",
                at < arguments["start"],
                lot.channel,
                lot.currency,
                lot.unit,
                -lot.remaining,
            )


def _rows(legs: Iterable[_Leg]) -> list[RollForwardRow]:
    sums: dict[tuple[str, str, str], dict[str, int]] = {}
    for leg in legs:
        row = sums.setdefault((leg.channel, leg.currency, leg.unit), {})
        column = "opening" if leg.before else leg.column
        row[column] = row.get(column, 0) + leg.amount
    return [
        RollForwardRow(
            *place,
            opening=row.get("opening", 0),
            issued=row.get("issued", 0),
            redeemed=-row.get("redeemed", 0),
            expired=-row.get("expired", 0),
            reversed=-row.get("reversed", 0),
            adjusted=row.get("adjusted", 0),
            closing=sum(row.values()),
        )
        for place, row in sorted(sums.items())
        if any(row.values())
    ]
