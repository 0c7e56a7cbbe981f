"""Of which channels prices are noted, and how far the reading of them is. Never commits."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.prices.models import PriceWatch

_watches = table(PriceWatch)
_W = _watches.c
#: A reading of all products begins so long after the one before.
EVERY = timedelta(hours=3)
#: Longer between the ends of two readings, and what is known begins anew.
GAP = timedelta(days=1)
#: What Saleor refused is tried again so much later.
REST = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Watch:
    """A channel of which prices are, or were, noted."""

    id: int
    store_id: int
    channel: str
    running: bool
    days: int
    began_at: datetime | None
    finished_at: datetime | None
    cursor: str
    seen: int
    variants: int
    since: str | None
    trouble: str
    rests_until: datetime | None

    @property
    def known_since(self) -> date | None:
        """The first day that was noted."""
        return None if self.since is None else date.fromisoformat(self.since)


_COLUMNS = tuple(_W[name] for name in Watch.__dataclass_fields__)


def of_store(conn: Connection, store_id: int) -> dict[str, Watch]:
    """The channels that were ever switched on, by slug."""
    query = sa.select(*_COLUMNS).where(_W.store_id == store_id)
    return {row.channel: Watch(*row) for row in conn.execute(query)}


def of_channel(conn: Connection, store_id: int, channel: str) -> Watch | None:
    """What is noted of one channel; None where that is switched off."""
    query = sa.select(*_COLUMNS).where(
        _W.store_id == store_id, _W.channel == channel, _W.running.is_(True)
    )
    row = conn.execute(query).one_or_none()
    return None if row is None else Watch(*row)


def switch(conn: Connection, store_id: int, channel: str, *, running: bool, days: int) -> None:
    """Switches a channel on or off. Days before a break do not count: `since` is found anew."""
    insert = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    anew: dict[str, Any] = {
        "began_at": None,
        "finished_at": None,
        "cursor": "",
        "seen": 0,
        "variants": 0,
        "since": None,
        "trouble": "",
        "rests_until": None,
    }
    before = conn.execute(
        sa.select(_W.running)
        .where(_W.store_id == store_id, _W.channel == channel)
        .with_for_update()
    ).scalar_one_or_none()
    values = {"running": running, "days": days} | (anew if before is not running else {})
    conn.execute(
        insert(_watches)
        .values(store_id=store_id, channel=channel, **(anew | values))
        .on_conflict_do_update(index_elements=[_W.store_id, _W.channel], set_=values)
    )


def stores_due(conn: Connection, now: datetime) -> set[int]:
    """The stores with something to read now."""
    return set(conn.execute(sa.select(_W.store_id).where(_is_due(now)).distinct()).scalars())


def next_due(conn: Connection, store_id: int, now: datetime) -> Watch | None:
    """The channel of a store whose turn it is: one under way, else the one that waited longest."""
    query = (
        sa.select(*_COLUMNS)
        .where(_W.store_id == store_id, _is_due(now))
        .order_by(_W.cursor.desc(), _W.began_at.asc().nulls_first(), _W.id)
        .limit(1)
    )
    row = conn.execute(query).one_or_none()
    return None if row is None else Watch(*row)


def go_on(
    conn: Connection, watch: Watch, *, noted: int, cursor: str | None, day: date, now: datetime
) -> bool:
    """Notes that a page was read; `cursor` is where the next one begins, None after the last.

    Gives whether the page counts: another worker may have read it meanwhile.
    """
    seen = noted if watch.cursor == "" else watch.seen + noted
    values: dict[str, Any] = {"trouble": "", "rests_until": None, "seen": seen}
    if watch.cursor == "":
        values["began_at"] = now
    values["cursor"] = cursor or ""
    if cursor is None:
        values |= {"finished_at": now, "variants": seen}
        last = watch.finished_at
        if watch.since is None or last is None or now - last > GAP:
            values["since"] = day.isoformat()
    written = conn.execute(
        sa.update(_watches)
        .where(_W.id == watch.id, _W.cursor == watch.cursor, _W.running.is_(True))
        .values(values)
        .returning(_W.id)
    )
    return written.scalar_one_or_none() is not None


def stands(conn: Connection, watch: Watch) -> bool:
    """Whether the page after `watch.cursor` is still to be read: nobody did meanwhile."""
    query = sa.select(_W.id).where(
        _W.id == watch.id, _W.cursor == watch.cursor, _W.running.is_(True)
    )
    return conn.execute(query).first() is not None


def rest(conn: Connection, watch: Watch, why: str, *, anew: bool, now: datetime) -> None:
    """Saleor gave no prices: it is asked again after a while, from the beginning if `anew`."""
    values = {"trouble": why, "rests_until": now + REST} | ({"cursor": ""} if anew else {})
    conn.execute(sa.update(_watches).where(_W.id == watch.id).values(values))


def _is_due(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        _W.running.is_(True),
        sa.or_(_W.rests_until.is_(None), _W.rests_until <= now),
        sa.or_(_W.cursor != "", _W.began_at.is_(None), _W.began_at <= now - EVERY),
    )
