"""Received events as rows. Nothing here commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from saleor_loyalty_app.custom_events.incoming import Incoming, hash_of
from saleor_loyalty_app.custom_events.models import ReceivedEvent
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.db.whose import EVERYBODY, Whose

#: Points were decided, also that there are none: it is not looked at again.
DECIDED = ("given", "nothing")
_events = table(ReceivedEvent)
_row = _events.c


@dataclass(frozen=True, slots=True)
class Event:
    """A received event as it was read; `reversed_at` = it was taken back."""

    id: int
    type: str
    reference: str
    reference_hash: str
    input_hash: str
    member_id: int | None
    key_id: int
    identity: str
    at: datetime
    received_at: datetime
    tries: int
    outcome: str
    points: int
    status_points: int
    properties: dict[str, Any]
    why: list[dict[str, Any]]
    reversed_at: datetime | None
    taken_back: int
    forgotten_at: datetime | None

    @property
    def is_over(self) -> bool:
        """Whether it is not looked at again, whatever comes under its id."""
        return self.outcome in DECIDED or self.reversed_at is not None

    @property
    def deed_key(self) -> str:
        """What makes the deed happen once for a member."""
        return f"event:{self.type}:{self.reference_hash[:40]}"


@dataclass(frozen=True, slots=True)
class Total:
    """What came of one type with one outcome; `reversed`: so many of them were taken back."""

    type: str
    outcome: str
    times: int
    points: int
    reversed: int


_COLUMNS = tuple(_row[name] for name in Event.__dataclass_fields__)


def claim(
    conn: Connection, store_id: int, event: Incoming, *, key_id: int, at: datetime, now: datetime
) -> tuple[Event, bool]:
    """The row of an event for this transaction alone, and whether it was made now.

    A row that is made says `refused` until it is settled.
    """
    made = _make(
        conn,
        store_id=store_id,
        type=event.type,
        reference=event.reference,
        reference_hash=hash_of(event.reference),
        input_hash=event.input_hash,
        key_id=key_id,
        identity=event.identity,
        at=at,
        received_at=now,
        outcome="refused",
    )
    if made is not None:
        return made, True
    return _in_the_way(conn, store_id, event.type, event.reference), False


def claim_removed(
    conn: Connection, store_id: int, type_id: str, reference: str, *, key_id: int, now: datetime
) -> tuple[Event, bool]:
    """The row of an event that is taken back, for this transaction alone; made where none came.

    The second value tells that: the row is over then, and wins over the event that comes after it.
    """
    made = _make(
        conn,
        store_id=store_id,
        type=type_id,
        reference=reference,
        reference_hash=hash_of(reference),
        input_hash="",
        key_id=key_id,
        identity="",
        at=now,
        received_at=now,
        outcome="nothing",
        reversed_at=now,
    )
    if made is not None:
        return made, True
    return _in_the_way(conn, store_id, type_id, reference), False


def find(
    conn: Connection, store_id: int, type_id: str, reference: str, *, lock: bool = False
) -> Event | None:
    """The event of a type that came under another system's id; `lock`: for this transaction."""
    query = sa.select(*_COLUMNS).where(
        _row.store_id == store_id,
        _row.type == type_id,
        _row.reference_hash == hash_of(reference),
    )
    found = conn.execute(query.with_for_update() if lock else query).one_or_none()
    return None if found is None else Event(*found)


def settle(conn: Connection, event_id: int, **values: object) -> Event:
    """Writes down what became of an event."""
    changed = sa.update(_events).where(_row.id == event_id).values(values).returning(*_COLUMNS)
    return Event(*conn.execute(changed).one())


def page(
    conn: Connection,
    store_id: int,
    *,
    type_id: str,
    outcome: str,
    first: int,
    before: int | None,
) -> list[Event]:
    """Events as they came, newest first; "" = of every type, whatever became of them."""
    query = sa.select(*_COLUMNS).where(_row.store_id == store_id)
    if type_id:
        query = query.where(_row.type == type_id)
    if outcome == "reversed":
        query = query.where(_row.reversed_at.is_not(None))
    elif outcome:
        query = query.where(_row.outcome == outcome, _row.reversed_at.is_(None))
    if before is not None:
        query = query.where(_row.id < before)
    return [Event(*row) for row in conn.execute(query.order_by(_row.id.desc()).limit(first))]


def totals(conn: Connection, store_id: int, since: datetime) -> list[Total]:
    """What came since a time, by type and outcome."""
    gone = sa.func.sum(sa.case((_row.reversed_at.is_not(None), 1), else_=0))
    query = (
        sa.select(
            _row.type,
            _row.outcome,
            sa.func.count(),
            sa.func.sum(_row.points - _row.taken_back),
            gone,
        )
        .where(_row.store_id == store_id, _row.received_at >= since)
        .group_by(_row.type, _row.outcome)
        .order_by(_row.type, _row.outcome)
    )
    return [
        Total(kind, outcome, int(times), int(points), int(reversed_))
        for kind, outcome, times, points, reversed_ in conn.execute(query)
    ]


def forget_old(
    conn: Connection,
    before: datetime,
    *,
    now: datetime,
    whose: Whose = EVERYBODY,
    limit: int = 500,
) -> int:
    """Forgets a page of what came before then; gives their number.

    What was never decided goes; of the rest stays that it was, so that it never pays again.
    """
    ids = list(
        conn.execute(
            sa.select(_row.id)
            .where(
                _row.received_at < before,
                _row.forgotten_at.is_(None),
                whose.rows(_row.store_id),
            )
            .order_by(_row.id)
            .limit(limit)
        ).scalars()
    )
    if ids:
        over = sa.or_(_row.outcome.in_(DECIDED), _row.reversed_at.is_not(None))
        conn.execute(sa.delete(_events).where(_row.id.in_(ids), sa.not_(over)))
        _strip(conn, _row.id.in_(ids), now)
    return len(ids)


def forget_members(
    conn: Connection, store_id: int, member_ids: Sequence[int], *, now: datetime
) -> None:
    """Forgets what events told of members; that points were decided stays."""
    _strip(conn, sa.and_(_row.store_id == store_id, _row.member_id.in_(member_ids)), now)


def forget_store(conn: Connection, store_id: int, *, now: datetime) -> None:
    """Forgets what all events of a store told."""
    _strip(conn, _row.store_id == store_id, now)


def _make(conn: Connection, **values: object) -> Event | None:
    """A row that is made; None where there is one of the same id."""
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    made = conn.execute(
        make(_events)
        .values(**values, properties={}, why=[])
        .on_conflict_do_nothing(index_elements=["store_id", "type", "reference_hash"])
        .returning(*_COLUMNS)
    ).one_or_none()
    return None if made is None else Event(*made)


def _in_the_way(conn: Connection, store_id: int, type_id: str, reference: str) -> Event:
    found = find(conn, store_id, type_id, reference, lock=True)
    if found is None:
        raise RuntimeError("an event that is in the way can be read")
    return found


def _strip(conn: Connection, which: sa.ColumnElement[bool], now: datetime) -> None:
    conn.execute(
        sa.update(_events)
        .where(which)
        .values(reference="", input_hash="", properties={}, forgotten_at=now)
    )
