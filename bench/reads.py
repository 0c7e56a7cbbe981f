"""Balance, board and history page of members with ever more entries.

Two kinds of members: one who spends what was earned now and then, as members do, and a hoarder who
never spent a point, so that every lot is still open.
"""

import contextlib
import statistics
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
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
KINDS = ("spender", "hoarder")
READS = 60
LIMIT_MS = 2.0
#: So many times the time with the fewest entries still counts as flat.
FLAT = 1.5
#: Every so manieth entry of a spender spends what the ones before it earned.
SPENDING_EVERY = 5
POINTS = 40
MONTHS = 12
#: Entries are spread over so long.
SPAN = timedelta(days=290)

#: Kind of member, and number of entries.
Key = tuple[str, int]
Reader = Callable[[Connection, Shopper], object]
READERS: Mapping[str, Reader] = {
    "balance and board": lambda conn, who: read_board(
        conn, who, channel="default-channel", now=NOW, language="en"
    ),
    "history page of 20": lambda conn, who: read_history(
        conn, who, unit="points", first=20, after=None, now=NOW, language="en"
    ),
}


@dataclass(frozen=True)
class Spent:
    """Milliseconds of one kind of read: its statements alone, and the whole call."""

    statements: float
    whole: float


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
                members = {
                    (kind, entries): add_member(database, scene, kind, entries)
                    for kind in KINDS
                    for entries in ENTRIES
                }
                analyze(database)
                for label, reader in READERS.items():
                    tell(f"{name}: {label}")
                    yield from _figures(name, label, _spent(database, reader, members, rounds))


def add_member(database: Database, scene: Scene, kind: str, entries: int) -> Shopper:
    """A member with so many entries."""
    user_id = f"VXNlcjo{kind}{entries}"

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
            at = NOW - SPAN + SPAN * number / (entries + 1)
            _post(conn, account, number, at, spends=kind == "spender")

    database.write(fill)
    return Shopper(scene.store, user_id)


def _post(conn: Connection, account: Account, number: int, at: datetime, *, spends: bool) -> None:
    source = f"order:{account.member_id}-{number}"
    reason = {"code": "order_earned", "order": str(number), "planned": {"base": f"{POINTS}"}}
    cause = Cause(source, "main", "app", "default-channel", "USD", None, ("base",), reason)
    if spends and number % SPENDING_EVERY == 0:
        amount = POINTS * (SPENDING_EVERY - 1)
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
        expires_at=ledger.end_of_month_after(at, MONTHS, UTC),
    )


def analyze(database: Database) -> None:
    """Gives the planner what autovacuum gives it within minutes."""
    if database.is_sqlite:
        database.write(lambda conn: conn.exec_driver_sql("ANALYZE"))
        return
    with database.engine.connect() as conn:
        conn.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE")


def _spent(
    database: Database, reader: Reader, members: Mapping[Key, Shopper], rounds: int
) -> dict[Key, Spent]:
    """Reads the members in turn, so that a busy moment hits all of them alike."""
    sent = {key: _statements_of(database, reader, who) for key, who in members.items()}
    whole: dict[Key, list[float]] = {key: [] for key in members}
    alone: dict[Key, list[float]] = {key: [] for key in members}

    def run_alone(conn: Connection) -> None:
        for key, statements in sent.items():
            alone[key].append(_milliseconds(partial(_run_alone, conn, statements)))

    for _ in range(READS * rounds):
        for key, who in members.items():
            whole[key].append(_milliseconds(partial(_read, database, reader, who)))
        database.read(run_alone)
    return {
        key: Spent(statistics.median(alone[key]), statistics.median(whole[key])) for key in members
    }


def _read(database: Database, reader: Reader, who: Shopper) -> None:
    database.read(lambda conn: reader(conn, who))


def _milliseconds(run: Callable[[], object]) -> float:
    began = perf_counter()
    run()
    return (perf_counter() - began) * 1000


def _statements_of(database: Database, reader: Reader, who: Shopper) -> list[tuple[str, Any]]:
    """What one read sends to the driver."""
    seen: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, text: str, values: Any, _context: Any, _many: bool) -> None:
        if text != "BEGIN":
            seen.append((text, values))

    engine = database.read(lambda conn: conn.engine)
    sa.event.listen(engine, "before_cursor_execute", note)
    database.read(lambda conn: reader(conn, who))
    sa.event.remove(engine, "before_cursor_execute", note)
    return seen


def _run_alone(conn: Connection, statements: list[tuple[str, Any]]) -> None:
    """The statements by the bare driver: sent, worked on, all rows fetched."""
    cursor = conn.connection.cursor()
    for text, values in statements:
        cursor.execute(text, values)
        cursor.fetchall()
    cursor.close()


def _figures(name: str, label: str, found: dict[Key, Spent]) -> Iterator[Figure]:
    for (kind, entries), spent in found.items():
        yield Figure(
            GROUP,
            f"{label}, {kind} with {entries:,} entries, {name}",
            spent.statements,
            "ms in the database",
            peer=f"{LIMIT_MS:g} ms",
            ratio=spent.statements / LIMIT_MS,
            target=1.0,
            at_most=True,
            notes={"whole call in ms:": spent.whole},
        )
    fewest, most = min(ENTRIES), max(ENTRIES)
    for kind in KINDS:
        yield Figure(
            GROUP,
            f"{label}, {kind}, from {fewest:,} to {most:,} entries, {name}",
            found[kind, most].statements,
            "ms in the database",
            peer=f"{fewest:,} entries",
            ratio=found[kind, most].statements / found[kind, fewest].statements,
            target=FLAT,
            at_most=True,
        )
