"""How long a store keeps what holds personal data: as the operator says, or days of its own."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.db.whose import Whose
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.stores.models import StoreRetention

_row = table(StoreRetention).c


class Kept(StrEnum):
    """What is kept for a while."""

    inbox = "inbox"
    dead_letters = "dead_letters"
    offers = "offers"
    messages = "messages"
    partner_events = "partner_events"
    received_events = "received_events"
    uninstalled = "uninstalled"


@dataclass(frozen=True, slots=True)
class Bounds:
    """The days that a store may choose, both included."""

    least: int
    most: int


#: Bodies go before the rows that tell repetitions do; an offer stands for a day.
BOUNDS: Mapping[Kept, Bounds] = {
    Kept.inbox: Bounds(1, 60),
    Kept.dead_letters: Bounds(1, 365),
    Kept.offers: Bounds(2, 30),
    Kept.messages: Bounds(30, 730),
    Kept.partner_events: Bounds(7, 365),
    Kept.received_events: Bounds(30, 730),
    Kept.uninstalled: Bounds(7, 3650),
}


class RetentionChanged(AppError):
    """Somebody else changed the days meanwhile."""

    code: ClassVar[str] = "retention_changed"
    status: ClassVar[int] = 409


class RetentionInvalid(AppError):
    """Days that a store may not choose."""

    code: ClassVar[str] = "retention_invalid"
    status: ClassVar[int] = 422


@dataclass(frozen=True, slots=True)
class OwnDays:
    """What a store chose itself; version 0 = nothing so far."""

    days: Mapping[Kept, int]
    version: int


@dataclass(frozen=True, slots=True)
class Span:
    """How long rows of some stores are kept."""

    days: int
    whose: Whose


def own_days(conn: Connection, store_id: int) -> OwnDays:
    """What a store chose itself."""
    row = conn.execute(
        sa.select(_row.days, _row.version).where(_row.store_id == store_id)
    ).one_or_none()
    return OwnDays({}, 0) if row is None else OwnDays(_read(row.days), row.version)


def choose_days(
    conn: Connection,
    store_id: int,
    days: Mapping[Kept, int | None],
    *,
    version: int,
    now: datetime,
) -> OwnDays:
    """Replaces what was read as `version`; None = as the operator says.

    Raises:
        RetentionInvalid: out of bounds.
        RetentionChanged: somebody else was faster.
    """
    for kind, number in days.items():
        bounds = BOUNDS[kind]
        if number is not None and not bounds.least <= number <= bounds.most:
            raise RetentionInvalid(kind=kind.value, least=bounds.least, most=bounds.most)
    before = own_days(conn, store_id)
    wanted = {**before.days, **days}
    chosen = {kind: number for kind, number in wanted.items() if number is not None}
    values = {
        "days": {kind.value: number for kind, number in chosen.items()},
        "version": version + 1,
        "updated_at": now,
    }
    if version == 0:
        insert = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
        written = conn.execute(
            insert(table(StoreRetention))
            .values(store_id=store_id, **values)
            .on_conflict_do_nothing()
            .returning(_row.version)
        )
    else:
        written = conn.execute(
            sa.update(table(StoreRetention))
            .where(_row.store_id == store_id, _row.version == version)
            .values(values)
            .returning(_row.version)
        )
    if written.scalar_one_or_none() is None:
        raise RetentionChanged
    return OwnDays(chosen, version + 1)


def spans(conn: Connection, kind: Kept, usual: int) -> list[Span]:
    """How long rows of a kind are kept: of stores with days of their own, and of all others."""
    by_days: defaultdict[int, set[int]] = defaultdict(set)
    for row in conn.execute(sa.select(_row.store_id, _row.days)):
        if (number := _read(row.days).get(kind)) is not None:
            by_days[number].add(row.store_id)
    others = Whose(but=frozenset(one for ids in by_days.values() for one in ids))
    own = [Span(number, Whose(frozenset(ids))) for number, ids in sorted(by_days.items())]
    return [*own, Span(usual, others)]


def _read(stored: Mapping[str, object]) -> dict[Kept, int]:
    """What is stored, within the bounds of this version of the app."""
    found: dict[Kept, int] = {}
    for kind, bounds in BOUNDS.items():
        number = stored.get(kind.value)
        if isinstance(number, int):
            found[kind] = min(max(number, bounds.least), bounds.most)
    return found
