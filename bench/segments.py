"""How long it takes to look at all members of a store for its segments.

Fills an empty database with members (see `many_members`), orders and categories by SQL, then runs
what the tasks run: the first walk, in which everybody comes in, a walk a day later, in which few
move, and the looks at members with news.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bench.figures import Figure
from bench.many_members import DATABASES, MEMBERS, NAMES, in_bulk, opened, settled
from bench.scene import NOW, prepare
from bench.servers import Server
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.sweep_segments import segments_page
from saleor_loyalty_app.programs.models import ProgramRevision
from saleor_loyalty_app.segments import looks, repository
from saleor_loyalty_app.segments.models import SegmentLook
from saleor_loyalty_app.stores.refs import StoreRef

GROUP = "segments of many members"
#: Orders were paid on one of so many days.
DAYS = 500
#: Members that one statement makes.
CHUNK = 50_000
#: Members with news.
NEWS = 5_000
SEGMENTS: list[dict[str, Any]] = [
    {"id": "big", "rule": {"type": "spend", "currency": "USD", "min": "300", "days": 365}},
    {"id": "often", "rule": {"type": "orders", "min": 4, "days": 180}},
    {"id": "asleep", "rule": {"type": "recency", "min": 200}},
    {
        "id": "best",
        "rule": {
            "type": "all",
            "of": [
                {"type": "rfm", "score": "monetary", "currency": "USD", "min": 4},
                {"type": "rfm", "score": "recency", "min": 4},
            ],
        },
    },
    {
        "id": "runners",
        "rule": {
            "type": "category_share", "category": "shoes", "currency": "USD",
            "min": 60, "days": 365,
        },
    },
    {
        "id": "turks",
        "rule": {
            "type": "all",
            "of": [
                {"type": "country", "codes": ["TR"]},
                {"type": "not", "of": {"type": "consent", "channel": "sms"}},
                {"type": "member_since", "min": 100},
            ],
        },
    },
]  # fmt: skip
_NUMBERS = """WITH RECURSIVE n(i) AS (
  SELECT CAST(:first AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < :last
)"""
_MEMBERS = """INSERT INTO member (id, store_id, user_id, state, spending_blocked, earning_blocked,
  codes_blocked, bucket, hold_out, enrolled_at, first_enrolled_at, created_at) {numbers}
SELECT i, :store, 'U' || i, 'active', FALSE, FALSE, FALSE, i % 10000, FALSE, at, at, at
FROM n JOIN bench_day ON bench_day.day = i % {days}"""
_IDENTITIES = """INSERT INTO member_identity (member_id, store_id, email, email_key, first_name,
  last_name, language, confirmed, updated_at) {numbers}
SELECT i, :store, i || '@example.com', 'k' || i, 'First', 'Last',
  CASE i % 3 WHEN 0 THEN 'tr' ELSE 'en' END, TRUE, at
FROM n JOIN bench_day ON bench_day.day = 0"""
#: A tenth of the members each has no order, one, two … nine.
_ORDERS = """INSERT INTO order_state (id, store_id, order_id, number, status, channel, currency,
  created_at, total_milli, counted_milli, country, snapshot_hash, member_id, withheld,
  owner_changes, paid_at, open, deferred, origin) {numbers}
SELECT i * 10 + k, :store, 'O' || (i * 10 + k), '1', 'FULFILLED', 'default-channel', 'USD', at,
  (i * 7919 + k * 104729) % 150000 + 1000, (i * 7919 + k * 104729) % 150000 + 1000,
  CASE (i + k) % 4 WHEN 0 THEN 'TR' ELSE 'US' END, '', i, '', 0, at, FALSE, FALSE, 'import'
FROM n JOIN bench_order ON k < i % 10
JOIN bench_day ON bench_day.day = (i * 31 + k * 53) % {days}"""
_CATEGORIES = """INSERT INTO order_category (order_state_id, category, store_id, counted_milli)
SELECT id, CASE id % 3 WHEN 0 THEN 'shoes' ELSE 'shirts' END, store_id, counted_milli
FROM order_state WHERE id > :first * 10 AND id <= :last * 10 + 9"""


@dataclass(frozen=True)
class Walk:
    """A look at members: seconds of all, of the fifths before it, and of its longest write."""

    seconds: float
    fifths: float
    pages: int
    longest: float


def measure(
    server: Server, _rounds: int, _seconds: float, tell: Callable[[str], None]
) -> Iterator[Figure]:
    """Fills a store and looks at its members; once on each database."""
    with tempfile.TemporaryDirectory(prefix="loyalty-bench-") as folder:
        for kind in DATABASES:
            with opened(server, Path(folder), kind, "segments") as database:
                store = prepare(database).store
                tell(f"{NAMES[kind]}: {MEMBERS:,} members with orders move in")
                _fill(database, store, MEMBERS)
                yield from _walks(database, store, NAMES[kind], tell)


def _walks(
    database: Database, store: StoreRef, name: str, tell: Callable[[str], None]
) -> Iterator[Figure]:
    later = NOW + timedelta(days=1)
    tell(f"{name}: everybody is looked at for the first time")
    first = walk(database, store, NOW)
    sizes = database.read(lambda conn: repository.sizes(conn, store.id))
    if set(sizes) != {one["id"] for one in SEGMENTS}:
        raise RuntimeError(f"there are segments without members: {sizes}")
    yield _figure(f"first look at {MEMBERS:,} members, {name}", first, sum(sizes.values()))
    tell(f"{name}: everybody is looked at a day later")
    yield _figure(f"a look at them a day later, {name}", walk(database, store, later))
    some = min(NEWS, MEMBERS)
    tell(f"{name}: {some:,} members have news")
    found = news(database, store, some, later)
    yield Figure(
        GROUP,
        f"{some:,} members with news, {name}",
        found.seconds,
        "s",
        notes={"pages": found.pages, "longest write in ms": found.longest * 1000},
    )


def _figure(name: str, found: Walk, came: int | None = None) -> Figure:
    notes: dict[str, float] = {
        "members per s:": MEMBERS / found.seconds,
        "fifths in s:": found.fifths,
        "longest write in ms:": found.longest * 1000,
    }
    if came is not None:
        notes["rows of members in segments:"] = came
    return Figure(GROUP, name, found.seconds / 60, "min", notes=notes)


def walk(database: Database, store: StoreRef, now: datetime) -> Walk:
    """Looks at everybody."""
    began = time.perf_counter()
    segments_page(database, store, now=now)
    cut = time.perf_counter() - began
    pages, longest = _pages(database, store, now)
    return Walk(time.perf_counter() - began, cut, pages, longest)


def news(database: Database, store: StoreRef, members: int, now: datetime) -> Walk:
    """Looks at members with news.

    Raises:
        RuntimeError: some were not looked at.
    """
    database.write(lambda conn: looks.look_again(conn, store.id, range(1, members + 1)))
    began = time.perf_counter()
    pages, longest = _pages(database, store, now)
    took = time.perf_counter() - began
    left = sa.select(sa.func.count()).select_from(table(SegmentLook))
    if database.read(lambda conn: conn.execute(left).scalar_one()):
        raise RuntimeError("looks were left")
    return Walk(took, 0.0, pages, longest)


def _pages(database: Database, store: StoreRef, now: datetime) -> tuple[int, float]:
    """Works until nothing is left; gives the pages, and the longest write in seconds."""
    timed = _Timed(database)
    pages = 1
    while segments_page(timed, store, now=now):  # type: ignore[arg-type]
        pages += 1
    return pages, timed.longest


class _Timed:
    """A database whose writes are timed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.longest = 0.0

    def read(self, work: Callable[[Connection], Any]) -> Any:
        return self._database.read(work)

    def write(self, work: Callable[[Connection], Any]) -> Any:
        began = time.perf_counter()
        try:
            return self._database.write(work)
        finally:
            self.longest = max(self.longest, time.perf_counter() - began)


def _fill(database: Database, store: StoreRef, members: int) -> None:
    """Members, orders and categories, always the same for the same number."""
    metadata = sa.MetaData()
    days = sa.Table(
        "bench_day",
        metadata,
        sa.Column("day", sa.Integer, primary_key=True),
        sa.Column("at", table(ProgramRevision).c.published_at.type),
    )
    orders = sa.Table("bench_order", metadata, sa.Column("k", sa.Integer, primary_key=True))

    def prepare_days(conn: Connection) -> None:
        metadata.create_all(conn)
        rows = [{"day": day, "at": NOW - timedelta(days=day, hours=1)} for day in range(DAYS)]
        conn.execute(sa.insert(days), rows)
        conn.execute(sa.insert(orders), [{"k": k} for k in range(10)])
        revisions = table(ProgramRevision)
        document = conn.execute(sa.select(revisions.c.document)).scalar_one()
        # Programs are remembered by their digests.
        with_segments = {"document": document | {"segments": SEGMENTS}, "digest": "5" * 64}
        conn.execute(sa.update(revisions).values(with_segments))

    database.write(prepare_days)
    for first in range(0, members, CHUNK):
        bounds = {"first": first + 1, "last": min(first + CHUNK, members), "store": store.id}
        for statement in (_MEMBERS, _IDENTITIES, _ORDERS, _CATEGORIES):
            text = sa.text(statement.format(numbers=_NUMBERS, days=DAYS))
            in_bulk(database, partial(_run, text=text, bounds=bounds))
    settled(database)


def _run(conn: Connection, *, text: sa.TextClause, bounds: dict[str, int]) -> None:
    conn.execute(text, bounds)
