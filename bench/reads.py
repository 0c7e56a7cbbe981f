"""Balance, board and history page of members with ever more entries."""

import contextlib
import statistics
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bench.figures import Figure
from bench.scene import NOW, Scene, prepare
from bench.servers import Server
from saleor_loyalty_app import ledger
from saleor_loyalty_app.api.storefront.board import read_board
from saleor_loyalty_app.api.storefront.past import read_history
from saleor_loyalty_app.api.storefront.shopper import Shopper
from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.ledger import Account, Cause
from saleor_loyalty_app.members.models import Member

GROUP = "reads of a member"
ENTRIES = (100, 1_000, 5_000)
READS = 40
LIMIT_MS = 2.0
#: So many times the time with the fewest entries still counts as flat.
FLAT = 1.5
#: Every so manieth entry spends half of what was earned since.
SPENDING_EVERY = 5
POINTS = 40
#: Entries are spread over so long.
SPAN = timedelta(days=290)


@dataclass
class Stopwatch:
    """The time that statements take: sent, worked on by the database, first rows received."""

    seconds: float = 0.0
    began: float = 0.0

    def attach(self, engine: sa.Engine) -> None:
        """Times every statement of an engine from now on."""

        def start(*_: Any) -> None:
            self.began = perf_counter()

        def stop(*_: Any) -> None:
            self.seconds += perf_counter() - self.began

        sa.event.listen(engine, "before_cursor_execute", start)
        sa.event.listen(engine, "after_cursor_execute", stop)


def measure(
    server: Server, rounds: int, _seconds: float, tell: Callable[[str], None]
) -> Iterator[Figure]:
    """Fills the books and reads them, on both databases."""
    with tempfile.TemporaryDirectory(prefix="loyalty-bench-") as folder:
        for name, url in (
            ("PostgreSQL", server.database("bench_reads")),
            ("SQLite", f"sqlite:///{Path(folder) / 'bench.sqlite3'}"),
        ):
            with contextlib.closing(open_database(url)) as database:
                tell(f"{name}: filling the books")
                scene = prepare(database)
                members = {entries: add_member(database, scene, entries) for entries in ENTRIES}
                yield from _reads(database, scene, name, members, rounds, tell)


def add_member(database: Database, scene: Scene, entries: int) -> Shopper:
    """A member with so many entries: earned, and now and then spent."""
    user_id = f"VXNlcjoxMDAwMDA{entries}"

    def fill(conn: Connection) -> None:
        members = table(Member)
        member_id = conn.execute(
            sa.insert(members)
            .values(
                store_id=scene.store.id,
                user_id=user_id,
                state="active",
                spending_blocked=False,
                earning_blocked=False,
                codes_blocked=False,
                bucket=1,
                hold_out=False,
                enrolled_at=NOW - SPAN,
                first_enrolled_at=NOW - SPAN,
                created_at=NOW - SPAN,
            )
            .returning(members.c.id)
        ).scalar_one()
        account = Account(scene.store.id, member_id, "points")
        for number in range(1, entries + 1):
            _post(conn, account, number, NOW - SPAN + SPAN * number / (entries + 1))

    database.write(fill)
    if not database.is_sqlite:
        with database.engine.connect() as conn:
            conn.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE")
    return Shopper(scene.store, user_id)


def _post(conn: Connection, account: Account, number: int, at: Any) -> None:
    source = f"order:{account.member_id}-{number}"
    reason = {"code": "order_earned", "order": str(number), "planned": {"base": f"{POINTS}"}}
    cause = Cause(source, "main", "app", "default-channel", "USD", None, ("base",), reason)
    if number % SPENDING_EVERY == 0:
        amount = POINTS * (SPENDING_EVERY - 1) // 2
        ledger.redeem(conn, account, amount, cause, key=source, now=at)
        return
    ledger.earn(
        conn,
        account,
        POINTS,
        cause,
        key=source,
        now=at,
        effective_at=at,
        available_from=at,
        expires_at=at + timedelta(days=400),
    )


def _reads(
    database: Database,
    scene: Scene,
    name: str,
    members: dict[int, Shopper],
    rounds: int,
    tell: Callable[[str], None],
) -> Iterator[Figure]:
    readers: dict[str, Callable[[Connection, Shopper], object]] = {
        "balance and board": lambda conn, who: read_board(
            conn, who, channel="default-channel", now=NOW, language="en"
        ),
        "history page of 20": lambda conn, who: read_history(
            conn, who, first=20, after=None, now=NOW, language="en"
        ),
    }
    for label, reader in readers.items():
        whole = {count: _times(database, reader, who, rounds) for count, who in members.items()}
        tell(f"{name}: {label}")
        with _watched(database) as watch:
            inside = {
                count: _times(database, reader, who, rounds, watch)
                for count, who in members.items()
            }
        fewest = statistics.median(inside[min(inside)])
        for count, values in inside.items():
            median = statistics.median(values)
            yield Figure(
                GROUP,
                f"{label}, {count:,} entries, {name}",
                median,
                "ms in the database",
                peer=f"{LIMIT_MS:g} ms",
                ratio=median / LIMIT_MS,
                target=1.0,
                at_most=True,
                notes={"whole call, ms": statistics.median(whole[count])},
            )
        most = max(inside)
        yield Figure(
            GROUP,
            f"{label}, flat from {min(inside):,} to {most:,} entries, {name}",
            statistics.median(inside[most]),
            "ms in the database",
            peer=f"{min(inside):,} entries",
            ratio=statistics.median(inside[most]) / fewest,
            target=FLAT,
            at_most=True,
        )


@contextlib.contextmanager
def _watched(database: Database) -> Iterator[Stopwatch]:
    """A stopwatch on the engine that reads."""
    watch = Stopwatch()
    watch.attach(database.read(lambda conn: conn.engine))
    yield watch


def _times(
    database: Database,
    reader: Callable[[Connection, Shopper], object],
    who: Shopper,
    rounds: int,
    watch: Stopwatch | None = None,
) -> list[float]:
    """Milliseconds of each read: in statements where a stopwatch is given, else of all of it."""
    found: list[float] = []
    for _ in range(READS * rounds):
        began = perf_counter()
        if watch is not None:
            watch.seconds = 0.0
        database.read(lambda conn: reader(conn, who))
        spent = perf_counter() - began if watch is None else watch.seconds
        found.append(spent * 1000)
    return found
