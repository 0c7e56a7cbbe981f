"""A member's movements, newest first, page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from saleor_loyalty_app.ledger import statements as sql
from saleor_loyalty_app.ledger.accounts import keys
from saleor_loyalty_app.ledger.errors import InvalidCursor
from saleor_loyalty_app.ledger.settling import standing_of
from saleor_loyalty_app.ledger.taking import is_pending
from saleor_loyalty_app.ledger.types import Account

MAX_PAGE = 100


class EntryState(StrEnum):
    """What became of the points of an entry.

    `booked` is said of entries that brought none in. Where points went several ways, the most
    alive of them counts: pending, available, held; then where most of them went.
    """

    pending = "pending"
    available = "available"
    held = "held"
    spent = "spent"
    expired = "expired"
    reversed = "reversed"
    booked = "booked"


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry as a person reads it; `remaining` of its points are left."""

    id: int
    kind: str
    amount: int
    waived: int
    remaining: int
    state: EntryState
    effective_at: datetime
    posted_at: datetime
    source: str
    part: str
    channel: str
    currency: str
    actor: str
    reason: Mapping[str, object]
    rule_ids: tuple[str, ...]
    revision_id: int | None
    available_from: datetime | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Entries, newest first; `next_cursor` is none on the last page."""

    entries: list[EntryView]
    next_cursor: str | None


_place_of_entry = sa.tuple_(sql.entry.c.member_id, sql.entry.c.unit, sql.entry.c.id)


def _place(number: Any) -> Any:
    return sa.tuple_(
        sa.bindparam("member_id", type_=sa.BigInteger), sa.bindparam("unit", type_=sa.Text), number
    )


#: Compared as a whole and not column by column: so only the member's index gives the order, and
#: PostgreSQL cannot choose to walk through everybody's entries backwards.
PAGE = (
    sa.select(sql.entry)
    .where(
        _place_of_entry >= _place(sa.literal(0)),
        _place_of_entry < _place(sa.bindparam("before", type_=sa.BigInteger)),
        sql.entry.c.store_id == sa.bindparam("store_id"),
    )
    .order_by(sql.entry.c.member_id.desc(), sql.entry.c.unit.desc(), sql.entry.c.id.desc())
    .limit(sa.bindparam("limit", type_=sa.Integer))
)
_FROM_THE_START = 2**63 - 1

_LOTS = sa.select(sql.lot).where(sql.lot.c.entry_id.in_(sa.bindparam("entry_ids", expanding=True)))

#: Where the points of closed lots went, by lot and kind of the taker.
_WENT = (
    sa.select(
        sql.allocation.c.lot_id, sql.entry.c.kind, sa.func.sum(sql.allocation.c.amount).label("sum")
    )
    .join(sql.entry, sql.entry.c.id == sql.allocation.c.entry_id)
    .where(sql.allocation.c.lot_id.in_(sa.bindparam("lot_ids", expanding=True)))
    .group_by(sql.allocation.c.lot_id, sql.entry.c.kind)
)

_STATE_OF_TAKER = {"reverse": EntryState.reversed, "expire": EntryState.expired}
_BRINGS_LOTS = frozenset({"earn", "adjust", "restore"})


def history(
    conn: Connection,
    account: Account,
    *,
    now: datetime,
    first: int = 20,
    after: str | None = None,
) -> HistoryPage:
    """The account's entries, newest first, from after the cursor `after`.

    Three indexed reads at most, whatever the length of the history: the page, its lots, and what
    took from them.

    Args:
        first: 1 to 100 entries; more is cut to 100.

    Raises:
        InvalidCursor: `after` did not come from here, or `first` is below 1.
    """
    if first < 1:
        raise InvalidCursor
    size = min(first, MAX_PAGE)
    rows = conn.execute(PAGE, {**keys(account), "before": _before(after), "limit": size + 1}).all()
    page = rows[:size]
    return HistoryPage(_views(conn, page, now), str(page[-1].id) if len(rows) > size else None)


def movements_of(
    conn: Connection, store_id: int, sources: Sequence[str], unit: str, *, now: datetime
) -> list[EntryView]:
    """What some sources moved in one unit, whoever's it was: newest first, at most 100."""
    rows = conn.execute(
        sa.select(sql.entry)
        .where(
            sql.entry.c.store_id == store_id,
            sql.entry.c.source.in_(list(sources)),
            sql.entry.c.unit == unit,
        )
        .order_by(sql.entry.c.id.desc())
        .limit(MAX_PAGE)
    )
    return _views(conn, rows.all(), now)


def _views(conn: Connection, rows: Sequence[Row[Any]], now: datetime) -> list[EntryView]:
    lots = _lots_by_entry(conn, [row.id for row in rows if row.kind in _BRINGS_LOTS])
    closed = [lot.id for group in lots.values() for lot in group if lot.closed]
    went: dict[int, dict[str, int]] = {}
    if closed:
        for lot_id, kind, total in conn.execute(_WENT, {"lot_ids": closed}):
            went.setdefault(lot_id, {})[kind] = int(total)
    return [_view(row, lots.get(row.id, ()), went, now) for row in rows]


def _before(cursor: str | None) -> int:
    if cursor is None:
        return _FROM_THE_START
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise InvalidCursor
    return int(cursor)


def _lots_by_entry(conn: Connection, entry_ids: list[int]) -> dict[int, list[Row[Any]]]:
    groups: dict[int, list[Row[Any]]] = {}
    if entry_ids:
        for lot in conn.execute(_LOTS, {"entry_ids": entry_ids}):
            groups.setdefault(lot.entry_id, []).append(lot)
    return groups


def _view(
    row: Row[Any], lots: Sequence[Row[Any]], went: Mapping[int, Mapping[str, int]], now: datetime
) -> EntryView:
    stands = [(lot, standing_of(lot, now)) for lot in lots]
    alive = [(lot, stand) for lot, stand in stands if lot.remaining and not stand.lapsed]
    shown = min(alive or stands, key=lambda pair: pair[0].id, default=None)
    return EntryView(
        id=row.id,
        kind=row.kind,
        amount=row.amount,
        waived=row.waived,
        remaining=sum(lot.remaining for lot, _ in alive),
        state=_state([lot for lot, _ in alive], lots, went, now),
        effective_at=row.effective_at,
        posted_at=row.posted_at,
        source=row.source,
        part=row.part,
        channel=row.channel,
        currency=row.currency,
        actor=row.actor,
        reason=row.reason,
        rule_ids=tuple(row.rule_ids),
        revision_id=row.revision_id,
        available_from=shown[0].available_from if shown else None,
        expires_at=shown[1].expires_at if shown else None,
    )


def _state(
    alive: Sequence[Row[Any]],
    lots: Sequence[Row[Any]],
    went: Mapping[int, Mapping[str, int]],
    now: datetime,
) -> EntryState:
    if not lots:
        return EntryState.booked
    if alive:
        pending = any(is_pending(lot.available_from, now) for lot in alive)
        return EntryState.pending if pending else EntryState.available
    if any(lot.held for lot in lots):
        return EntryState.held
    shares: dict[EntryState, int] = {}
    for lot in lots:
        if lot.remaining:
            shares[EntryState.expired] = shares.get(EntryState.expired, 0) + lot.remaining
        for kind, total in went.get(lot.id, {}).items():
            state = _STATE_OF_TAKER.get(kind, EntryState.spent)
            shares[state] = shares.get(state, 0) + total
    return max(shares, key=lambda state: shares[state], default=EntryState.spent)
