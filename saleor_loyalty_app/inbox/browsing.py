"""The inbox and the dead letters as staff look through them: without bodies, newest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.inbox.models import DeadLetter, InboxMessage

_INBOX, _DEAD = table(InboxMessage).c, table(DeadLetter).c


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows are wanted; None = any. Times are of arrival, `until` excluded."""

    handler: str | None = None
    event: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Arrived:
    """A delivery that was accepted; `kept` = its body is still there."""

    id: int
    handler: str
    event: str
    received_at: datetime
    kept: bool


@dataclass(frozen=True, slots=True)
class Letter:
    """A delivery that could not be understood: why, and where in it."""

    id: int
    handler: str
    event: str
    reason: str
    place: str
    received_at: datetime
    replayed_at: datetime | None


def arrived(
    conn: Connection, store_id: int, wanted: Wanted, *, first: int, before: int | None
) -> list[Arrived]:
    """A page of a store's inbox, newest first, from before the id `before`."""
    query = sa.select(
        _INBOX.id, _INBOX.handler, _INBOX.event, _INBOX.received_at, sa.not_(_INBOX.emptied)
    )
    page = _page(query, _INBOX, store_id, wanted, first, before)
    return [Arrived(*row) for row in conn.execute(page)]


def letters(
    conn: Connection,
    store_id: int,
    wanted: Wanted,
    *,
    waiting: bool | None,
    first: int,
    before: int | None,
) -> list[Letter]:
    """A page of a store's dead letters, newest first; `waiting`: or those that were replayed."""
    query = sa.select(
        _DEAD.id,
        _DEAD.handler,
        _DEAD.event,
        _DEAD.reason,
        _DEAD.place,
        _DEAD.received_at,
        _DEAD.replayed_at,
    )
    if waiting is not None:
        replayed = _DEAD.replayed_at.is_not(None)
        query = query.where(sa.not_(replayed) if waiting else replayed)
    page = _page(query, _DEAD, store_id, wanted, first, before)
    return [Letter(*row) for row in conn.execute(page)]


def letter(conn: Connection, store_id: int, letter_id: int) -> bool:
    """Whether the store has this dead letter."""
    found = conn.execute(
        sa.select(_DEAD.id).where(_DEAD.store_id == store_id, _DEAD.id == letter_id)
    )
    return found.one_or_none() is not None


def waiting_ids(conn: Connection, store_id: int, *, after: int, first: int) -> list[int]:
    """The ids of dead letters that wait, oldest first, from after an id."""
    query = (
        sa.select(_DEAD.id)
        .where(_DEAD.store_id == store_id, _DEAD.replayed_at.is_(None), _DEAD.id > after)
        .order_by(_DEAD.id)
        .limit(first)
    )
    return list(conn.execute(query).scalars())


def _page(
    query: sa.Select[Any],
    columns: Any,
    store_id: int,
    wanted: Wanted,
    first: int,
    before: int | None,
) -> sa.Select[Any]:
    query = query.where(columns.store_id == store_id).order_by(columns.id.desc()).limit(first)
    if before is not None:
        query = query.where(columns.id < before)
    if wanted.handler is not None:
        query = query.where(columns.handler == wanted.handler)
    if wanted.event is not None:
        query = query.where(columns.event == wanted.event)
    if wanted.since is not None:
        query = query.where(columns.received_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(columns.received_at < wanted.until)
    return query
