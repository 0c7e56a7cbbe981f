"""What a night does to a store of many members: points expire, and members fall from their tiers.

Of the members (see `many_members`) 2 % have points that expire and 1 % fall by one tier; all others
are left alone, which must cost nothing. Then a revision is published whose tiers move members,
LOYALTY_BENCH_MOVED of them at most (100,000 unless set): everybody is looked at, page by page, and
the progress is told meanwhile.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bench.figures import Figure
from bench.many_members import (
    DATABASES,
    EXPIRING,
    FALLING,
    MEMBERS,
    NAMES,
    fill,
    opened,
    publish,
    tiers,
)
from bench.scene import NOW
from bench.servers import Server
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.sweep_tiers import tiers_page
from saleor_loyalty_app.ledger.models import Entry
from saleor_loyalty_app.ledger.settling import settle_page
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tasks.book_tasks import PAGE
from saleor_loyalty_app.tiers.models import TierMove
from saleor_loyalty_app.tiers.sweeps import sweep_of

GROUP = "a night of many members"
#: Members who are moved by a revision.
MOST_MOVED = int(os.environ.get("LOYALTY_BENCH_MOVED", "100000"))
LIMIT_MINUTES = 3.0


@dataclass(frozen=True)
class Night:
    """Seconds that a night took, and how many it concerned."""

    expiry: float
    tiers: float
    expired: int
    moved: int


@dataclass(frozen=True)
class Change:
    """Seconds that changed tiers took, who moved, and how often the progress told was higher."""

    seconds: float
    moved: int
    told: int


def measure(
    server: Server, _rounds: int, _seconds: float, tell: Callable[[str], None]
) -> Iterator[Figure]:
    """Fills a store, lets the night come, and publishes other tiers; once on each database."""
    with tempfile.TemporaryDirectory(prefix="loyalty-bench-") as name:
        folder = Path(name)
        for kind in DATABASES:
            known_as = NAMES[kind]
            with opened(server, folder, kind, "night") as database:
                tell(f"{known_as}: {MEMBERS:,} members move in")
                began = perf_counter()
                store = fill(database, MEMBERS)
                filled = perf_counter() - began
                tell(f"{known_as}: the night")
                yield from _of_a_night(known_as, night(database, store), filled)
            with opened(server, folder, kind, "moves") as database:
                members = min(MEMBERS, MOST_MOVED)
                tell(f"{known_as}: {members:,} members before other tiers")
                store = fill(database, members)
                tell(f"{known_as}: other tiers are published")
                yield _of_a_change(known_as, members, change(database, store))


def night(database: Database, store: StoreRef) -> Night:
    """Lets expire and looks at members until nothing is left to do, as the tasks do."""
    began = perf_counter()
    limit = PAGE[database.engine.dialect.name]
    while database.write(lambda conn: settle_page(conn, store.id, now=NOW, limit=limit)) == limit:
        pass
    expiry = perf_counter() - began
    began = perf_counter()
    while database.write(lambda conn: tiers_page(conn, store, now=NOW)):
        pass
    tiers_took = perf_counter() - began
    return Night(expiry, tiers_took, *database.read(lambda conn: _came_to_pass(conn, store)))


def change(database: Database, store: StoreRef) -> Change:
    """Publishes tiers under which all rise to Gold who are in Silver.

    After each page it is read how far the walk has come, as the page Publish does.

    Raises:
        RuntimeError: the progress that is told does not rise from page to page to all members.
    """
    before = database.read(lambda conn: _came_to_pass(conn, store))[1]
    easier = tiers("50", "100", "300")
    database.write(lambda conn: publish(conn, store, easier, number=3))
    told: list[int] = []
    total = 0
    began, more = perf_counter(), True
    while more:
        more = database.write(lambda conn: tiers_page(conn, store, now=NOW))
        done, total = database.read(lambda conn: _progress(conn, store))
        told.append(done)
    took = perf_counter() - began
    if told != sorted(told) or told[-1] != total:
        raise RuntimeError(f"the progress does not rise to {total}: {told[-3:]}")
    moved = database.read(lambda conn: _came_to_pass(conn, store))[1] - before
    return Change(took, moved, len(set(told)))


def _progress(conn: Connection, store: StoreRef) -> tuple[int, int]:
    sweep = sweep_of(conn, store.id)
    if sweep is None:
        raise RuntimeError("nobody is looked at")
    return sweep.done, sweep.total


def _came_to_pass(conn: Connection, store: StoreRef) -> tuple[int, int]:
    """How many lots expired, and how many moves there were."""
    entries, moves = table(Entry).c, table(TierMove).c
    expired = sa.select(sa.func.count()).where(
        entries.store_id == store.id, entries.kind == "expire"
    )
    moved = sa.select(sa.func.count()).where(moves.store_id == store.id)
    return int(conn.execute(expired).scalar_one()), int(conn.execute(moved).scalar_one())


def _of_a_night(name: str, found: Night, filled: float) -> Iterator[Figure]:
    wanted = (MEMBERS // EXPIRING, MEMBERS // FALLING)
    if (found.expired, found.moved) != wanted:
        raise RuntimeError(f"{wanted} were to expire and to move: {found}")
    minutes = (found.expiry + found.tiers) / 60
    goal = name == "PostgreSQL"
    yield Figure(
        GROUP,
        f"expiry and tiers of {MEMBERS:,} members, {name}",
        minutes,
        "min",
        peer=f"{LIMIT_MINUTES:g} min" if goal else "",
        ratio=minutes / LIMIT_MINUTES if goal else None,
        target=1.0 if goal else None,
        at_most=True,
        notes={
            f"{found.expired:,} expiries in s:": found.expiry,
            f"{found.moved:,} moves in s:": found.tiers,
            "filled before in s:": filled,
        },
    )


def _of_a_change(name: str, members: int, found: Change) -> Figure:
    return Figure(
        GROUP,
        f"a revision that moves {found.moved:,} of {members:,} members, {name}",
        found.seconds,
        "s",
        notes={
            "members per s:": members / found.seconds,
            "times that progress was told:": found.told,
        },
    )
