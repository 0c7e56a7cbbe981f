"""Messages on their way, one row a channel; afterwards the log of what was sent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.db.whose import EVERYBODY, Whose
from saleor_loyalty_app.messages.errors import DeliveryUnknown, MessageOver
from saleor_loyalty_app.messages.kinds import KINDS, Kind, MessageClass, spec
from saleor_loyalty_app.messages.models import MessageDelivery, OutboxMessage
from saleor_loyalty_app.stores.models import Store

#: Days that the log of messages and of partners' events is usually kept.
LOG_DAYS = 90
_delivery, _message = table(MessageDelivery), table(OutboxMessage)
_store = table(Store)

WAITING, SENT, SKIPPED, FAILED = "waiting", "sent", "skipped", "failed"
#: Why a message is not sent whose occasion is gone.
WITHDRAWN = "withdrawn"
#: Role of the address that a member had before.
PREVIOUS = "previous"
MARKETING_KINDS = tuple(
    kind.value for kind in Kind if KINDS[kind].message_class is MessageClass.marketing
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message on its way by one channel, with what the outbox knows of it."""

    id: int
    store_id: int
    message_id: int
    member_id: int
    kind: Kind
    channel: str
    address_role: str
    attempts: int
    told_at: datetime
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class LogLine:
    """A delivery as the log shows it."""

    id: int
    member_id: int
    kind: str
    channel: str
    state: str
    why: str
    answer: str
    attempts: int
    created_at: datetime
    due_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A channel by which a message is to go; `why` says that it will not, and for what reason."""

    channel: str
    address_role: str = "current"
    why: str = ""


def plan(
    conn: Connection, message: sa.Row[Any], wanted: Sequence[Wanted], *, now: datetime
) -> None:
    """Notes by which channels a message of the outbox goes. Once: a second call adds nothing."""
    rows = [
        {
            "store_id": message.store_id,
            "message_id": message.id,
            "member_id": message.member_id,
            "kind": message.kind,
            "channel": one.channel,
            "address_role": one.address_role,
            "state": SKIPPED if one.why else WAITING,
            "why": one.why,
            "answer": "",
            "attempts": 0,
            "due_at": now,
            "created_at": now,
            "ended_at": now if one.why else None,
        }
        for one in wanted
    ]
    insert = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    if rows:
        conn.execute(insert(_delivery).values(rows).on_conflict_do_nothing())
    conn.execute(sa.update(_message).where(_message.c.id == message.id).values(planned_at=now))


def stores_with_work(conn: Connection, now: datetime) -> set[int]:
    """The stores of which a message is to be planned, or sent by now.

    What is unplanned is looked for store by store, so that the index leads to it past everything
    that was planned long ago.
    """
    unplanned = sa.select(_store.c.id).where(
        sa.exists().where(_message.c.store_id == _store.c.id, _message.c.planned_at.is_(None))
    )
    due = sa.select(_delivery.c.store_id).where(
        _delivery.c.state == WAITING, _delivery.c.due_at <= now
    )
    return set(conn.execute(unplanned).scalars()) | set(conn.execute(due.distinct()).scalars())


def due(conn: Connection, store_id: int, now: datetime, *, limit: int) -> list[Delivery]:
    """What is to be sent by now, oldest first."""
    query = (
        sa.select(_delivery, _message.c.created_at.label("told_at"), _message.c.data)
        .join(_message, _message.c.id == _delivery.c.message_id)
        .where(
            _delivery.c.store_id == store_id,
            _delivery.c.state == WAITING,
            _delivery.c.due_at <= now,
        )
        .order_by(_delivery.c.due_at, _delivery.c.id)
        .limit(limit)
    )
    return [
        Delivery(
            row.id,
            row.store_id,
            row.message_id,
            row.member_id,
            Kind(row.kind),
            row.channel,
            row.address_role,
            row.attempts,
            row.told_at,
            row.data,
        )
        for row in conn.execute(query)
    ]


def finish(
    conn: Connection,
    delivery_id: int,
    state: str,
    *,
    why: str = "",
    answer: str = "",
    attempts: int,
    now: datetime,
) -> bool:
    """Ends a delivery; False where somebody else did so before."""
    still = _delivery.c.state == WAITING
    if state == SENT:
        # It was withdrawn while the other side took it: what went out is known as sent.
        still |= _delivery.c.why == WITHDRAWN
    ended = conn.execute(
        sa.update(_delivery)
        .where(_delivery.c.id == delivery_id, still)
        .values(state=state, why=why, answer=answer, attempts=attempts, ended_at=now)
        .returning(_delivery.c.id)
    )
    return ended.scalar_one_or_none() is not None


def put_off(
    conn: Connection, delivery_id: int, until: datetime, *, why: str, answer: str, attempts: int
) -> None:
    """Sends a delivery later."""
    conn.execute(
        sa.update(_delivery)
        .where(_delivery.c.id == delivery_id, _delivery.c.state == WAITING)
        .values(due_at=until, why=why, answer=answer, attempts=attempts)
    )


def put_off_others(conn: Connection, store_id: int, channel: str, until: datetime) -> None:
    """Lets everything of a channel wait: its server takes nothing."""
    conn.execute(
        sa.update(_delivery)
        .where(
            _delivery.c.store_id == store_id,
            _delivery.c.channel == channel,
            _delivery.c.state == WAITING,
            _delivery.c.due_at < until,
        )
        .values(due_at=until)
    )


def hurry(conn: Connection, store_id: int, channel: str, now: datetime) -> None:
    """Tries everything of a channel at once: its settings were changed."""
    conn.execute(
        sa.update(_delivery)
        .where(
            _delivery.c.store_id == store_id,
            _delivery.c.channel == channel,
            _delivery.c.state == WAITING,
            _delivery.c.kind.not_in(MARKETING_KINDS),
        )
        .values(due_at=now)
    )


def forget_data(conn: Connection, message_id: int) -> None:
    """Empties the figures of a message that hold something secret."""
    conn.execute(sa.update(_message).where(_message.c.id == message_id).values(data={}))


def marketing_sent(
    conn: Connection, store_id: int, member_id: int, since: datetime
) -> list[datetime]:
    """When a member got offers since then, by any channel."""
    query = sa.select(_delivery.c.ended_at).where(
        _delivery.c.store_id == store_id,
        _delivery.c.member_id == member_id,
        _delivery.c.state == SENT,
        _delivery.c.kind.in_(MARKETING_KINDS),
        _delivery.c.ended_at > since,
    )
    return list(conn.execute(query).scalars())


def log_page(
    conn: Connection,
    store_id: int,
    *,
    first: int,
    before_id: int | None = None,
    kind: str | None = None,
    state: str | None = None,
    channel: str | None = None,
    member_id: int | None = None,
) -> list[LogLine]:
    """The newest deliveries of a store, older than `before_id`, by what they have to be like."""
    query = (
        sa.select(_delivery)
        .where(_delivery.c.store_id == store_id)
        .order_by(_delivery.c.id.desc())
        .limit(min(first, 100))
    )
    if before_id is not None:
        query = query.where(_delivery.c.id < before_id)
    wanted = {"kind": kind, "state": state, "channel": channel, "member_id": member_id}
    for name, value in wanted.items():
        if value is not None:
            query = query.where(_delivery.c[name] == value)
    return [_line(row) for row in conn.execute(query)]


def can_be_repeated(line: LogLine, now: datetime) -> bool:
    """Whether a message that failed may be sent once more: it is in time, and still has figures."""
    known = spec(line.kind)
    if line.state != FAILED or known is None or known.secret:
        return False
    return now - line.created_at <= known.stale_after


def repeat(conn: Connection, store_id: int, delivery_id: int, now: datetime) -> None:
    """Sends a message that failed once more, with as many tries as at first.

    Raises:
        DeliveryUnknown: the store has no such message.
        MessageOver: it did not fail, or it is too late for it.
    """
    found = conn.execute(
        sa.select(_delivery)
        .where(_delivery.c.store_id == store_id, _delivery.c.id == delivery_id)
        .with_for_update()
    ).one_or_none()
    if found is None:
        raise DeliveryUnknown
    if not can_be_repeated(_line(found), now):
        raise MessageOver
    conn.execute(
        sa.update(_delivery)
        .where(_delivery.c.id == delivery_id)
        .values(state=WAITING, why="", answer="", attempts=0, due_at=now, ended_at=None)
    )


def delete_old(
    conn: Connection, before: datetime, *, whose: Whose = EVERYBODY, limit: int = 500
) -> int:
    """Deletes a page of messages that ended before then; gives their number.

    A welcome is kept, since it is told once in a lifetime, and so is what still waits.
    """
    waiting = (
        sa.select(_delivery.c.id)
        .where(_delivery.c.message_id == _message.c.id, _delivery.c.state == WAITING)
        .exists()
    )
    ids = list(
        conn.execute(
            sa.select(_message.c.id)
            .where(
                _message.c.planned_at < before,
                whose.rows(_message.c.store_id),
                _message.c.kind != Kind.welcome.value,
                sa.not_(waiting),
            )
            .order_by(_message.c.id)
            .limit(limit)
        ).scalars()
    )
    if ids:
        conn.execute(sa.delete(_delivery).where(_delivery.c.message_id.in_(ids)))
        conn.execute(sa.delete(_message).where(_message.c.id.in_(ids)))
    return len(ids)


def unfinished(conn: Connection, member_ids: Iterable[int], kind: Kind) -> set[int]:
    """Which of the members have a message of the kind that is neither sent nor given up."""
    members = list(member_ids)
    unplanned = sa.select(_message.c.member_id).where(
        _message.c.member_id.in_(members),
        _message.c.kind == kind.value,
        _message.c.planned_at.is_(None),
    )
    under_way = sa.select(_delivery.c.member_id).where(
        _delivery.c.member_id.in_(members),
        _delivery.c.kind == kind.value,
        _delivery.c.state == WAITING,
    )
    return set(conn.execute(unplanned).scalars()) | set(conn.execute(under_way).scalars())


def backlog(conn: Connection, store_id: int, now: datetime) -> tuple[int, timedelta]:
    """How many messages wait, and how long the oldest one that is due has waited."""
    count, oldest = conn.execute(
        sa.select(sa.func.count(), sa.func.min(_delivery.c.created_at)).where(
            _delivery.c.store_id == store_id, _delivery.c.state == WAITING
        )
    ).one()
    return int(count), now - oldest if oldest is not None else timedelta()


def _line(row: sa.Row[Any]) -> LogLine:
    return LogLine(
        row.id,
        row.member_id,
        row.kind,
        row.channel,
        row.state,
        row.why,
        row.answer,
        row.attempts,
        row.created_at,
        row.due_at,
        row.ended_at,
    )
