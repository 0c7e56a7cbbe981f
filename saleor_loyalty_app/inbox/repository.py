"""Rows of the inbox and of the dead letters: accepted once, read for replay, forgotten in time."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Row

from saleor_loyalty_app.db.hot import Hot
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.inbox.models import DeadLetter, InboxMessage

#: Bodies go earlier (settings); the empty row tells repetitions this long.
ROWS_KEPT = timedelta(days=90)
PAGE = 500

_INBOX = table(InboxMessage)
_DEAD = table(DeadLetter)
_STORE = sa.table(
    "store",
    sa.column("id", sa.BigInteger),
    sa.column("app_id", sa.String),
    sa.column("active", sa.Boolean),
    sa.column("uninstalled_at"),
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A verified webhook on its way into the books.

    Attributes:
        handler: the name of the handler whose address it came to.
        event: its GraphQL type; empty where the body could not be read.
    """

    store_id: int
    handler: str
    event: str
    body: bytes
    received_at: datetime

    @property
    def body_hash(self) -> str:
        """What tells a repetition: Saleor repeats a delivery byte by byte."""
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class StoredLetter:
    """An inbox row or a dead letter, as replay needs it."""

    id: int
    delivery: Delivery
    reason: str = ""


def _accept_statement(dialect: str) -> sa.Insert:
    """The insert that also looks whether the store is still installed: one round trip, not two."""
    source = sa.select(
        _STORE.c.id,
        sa.bindparam("handler", type_=_INBOX.c.handler.type),
        sa.bindparam("event", type_=_INBOX.c.event.type),
        sa.bindparam("body_hash", type_=_INBOX.c.body_hash.type),
        sa.bindparam("body", type_=_INBOX.c.body.type),
        sa.bindparam("received_at", type_=_INBOX.c.received_at.type),
        sa.false(),
    ).where(
        _STORE.c.id == sa.bindparam("store", type_=sa.BigInteger),
        _STORE.c.app_id == sa.bindparam("app_id", type_=sa.String),
        _STORE.c.uninstalled_at.is_(None),
        sa.or_(_STORE.c.active, sa.bindparam("while_inactive", type_=sa.Boolean)),
    )
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    columns = ("store_id", "handler", "event", "body_hash", "body", "received_at", "emptied")
    return (
        insert(_INBOX)
        .from_select(list(columns), source, include_defaults=False)
        .on_conflict_do_nothing(index_elements=["store_id", "handler", "body_hash"])
        .returning(_INBOX.c.id)
    )


_ACCEPT = Hot({name: _accept_statement(name) for name in ("sqlite", "postgresql")})


def accept(
    conn: Connection, delivery: Delivery, *, app_id: str, while_inactive: bool = False
) -> int | None:
    """Stores a delivery that is new, for an app that is installed and active at this instant.

    Args:
        app_id: the app that the delivery was made for.
        while_inactive: also for an app that staff switched off.

    Returns:
        The row's id; None for a repetition and where the app is gone (see `is_known`).
    """
    found: int | None = _ACCEPT.scalar_or_none(
        conn,
        {
            "store": delivery.store_id,
            "app_id": app_id,
            "while_inactive": while_inactive,
            "handler": delivery.handler,
            "event": delivery.event,
            "body_hash": delivery.body_hash,
            "body": delivery.body,
            "received_at": delivery.received_at,
        },
    )
    return found


def is_known(conn: Connection, delivery: Delivery) -> bool:
    """Whether this very delivery was accepted before."""
    row = conn.execute(
        sa.select(_INBOX.c.id).where(
            _INBOX.c.store_id == delivery.store_id,
            _INBOX.c.handler == delivery.handler,
            _INBOX.c.body_hash == delivery.body_hash,
        )
    ).first()
    return row is not None


def has_accepted(conn: Connection, store_id: int, handler: str, *, after: datetime) -> bool:
    """Whether a handler accepted anything of a store later than `after`."""
    row = conn.execute(
        sa.select(_INBOX.c.id)
        .where(
            _INBOX.c.store_id == store_id,
            _INBOX.c.handler == handler,
            _INBOX.c.received_at > after,
        )
        .limit(1)
    ).first()
    return row is not None


def keep_dead_letter(conn: Connection, delivery: Delivery, *, reason: str, place: str = "") -> None:
    """Keeps what could not be understood; the same body is kept once, with its latest reason."""
    insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    conn.execute(
        insert(_DEAD)
        .values(
            store_id=delivery.store_id,
            handler=delivery.handler,
            event=delivery.event,
            body_hash=delivery.body_hash,
            body=delivery.body,
            reason=reason,
            place=place[:300],
            received_at=delivery.received_at,
        )
        .on_conflict_do_update(
            index_elements=["store_id", "handler", "body_hash"],
            set_={"reason": reason, "place": place[:300], "replayed_at": None},
        )
    )


def message(conn: Connection, message_id: int) -> StoredLetter | None:
    """The inbox row `message_id`; None when it, or its body, is gone."""
    row = conn.execute(
        sa.select(_INBOX).where(_INBOX.c.id == message_id, sa.not_(_INBOX.c.emptied))
    ).first()
    return _stored(row) if row else None


def messages(
    conn: Connection, *, store_id: int, since: datetime, after_id: int, limit: int = PAGE
) -> list[StoredLetter]:
    """A page of a store's inbox by id: what arrived at `since` or later and still has its body."""
    rows = conn.execute(
        sa.select(_INBOX)
        .where(
            _INBOX.c.store_id == store_id,
            _INBOX.c.received_at >= since,
            _INBOX.c.id > after_id,
            sa.not_(_INBOX.c.emptied),
        )
        .order_by(_INBOX.c.id)
        .limit(limit)
    )
    return [_stored(row) for row in rows]


def recent(
    conn: Connection, store_id: int, handlers: Sequence[str], *, since: datetime, limit: int = PAGE
) -> list[StoredLetter]:
    """What some handlers accepted from a store at `since` or later, newest first.

    For handlers of rare events: it looks through all that they ever accepted from the store.
    """
    rows = conn.execute(
        sa.select(_INBOX)
        .where(
            _INBOX.c.store_id == store_id,
            _INBOX.c.handler.in_(handlers),
            _INBOX.c.received_at >= since,
            sa.not_(_INBOX.c.emptied),
        )
        .order_by(_INBOX.c.id.desc())
        .limit(limit)
    )
    return [_stored(row) for row in rows]


def dead_letters(
    conn: Connection,
    *,
    store_id: int | None = None,
    ids: Sequence[int] = (),
    after_id: int = 0,
    limit: int = PAGE,
) -> list[StoredLetter]:
    """A page of dead letters by id that were not replayed yet; those of `ids` in any case."""
    query = sa.select(_DEAD).where(_DEAD.c.id > after_id).order_by(_DEAD.c.id).limit(limit)
    if store_id is not None:
        query = query.where(_DEAD.c.store_id == store_id)
    query = query.where(_DEAD.c.id.in_(ids) if ids else _DEAD.c.replayed_at.is_(None))
    return [_stored(row, row.reason) for row in conn.execute(query)]


def count_dead_letters(conn: Connection, store_id: int) -> int:
    """How many dead letters of a store wait to be replayed."""
    query = sa.select(sa.func.count()).where(
        _DEAD.c.store_id == store_id, _DEAD.c.replayed_at.is_(None)
    )
    number: int = conn.execute(query).scalar_one()
    return number


def mark_replayed(conn: Connection, letter_id: int, now: datetime) -> None:
    """Notes that a dead letter was understood in the end."""
    conn.execute(sa.update(_DEAD).where(_DEAD.c.id == letter_id).values(replayed_at=now))


def _stored(row: Row[tuple[object, ...]], reason: str = "") -> StoredLetter:
    delivery = Delivery(
        store_id=row.store_id,
        handler=row.handler,
        event=row.event,
        body=bytes(row.body),
        received_at=row.received_at,
    )
    return StoredLetter(id=row.id, delivery=delivery, reason=reason)
