"""What a night does to a store of many members: points expire, and members fall from their tiers.

Of LOYALTY_BENCH_MEMBERS members (1,000,000 unless set) 2 % have points that expire and 1 % fall by
one tier; all others are left alone, which must cost nothing. Then a revision is published whose
tiers move members, 100,000 of them at most: everybody is looked at, page by page.
"""

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bench.figures import Figure
from bench.reads import analyze
from bench.scene import NOW, Scene, prepare, program_document
from bench.servers import Server
from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.sweep_tiers import tiers_page
from saleor_loyalty_app.ledger.models import Balance, Entry, Lot
from saleor_loyalty_app.ledger.settling import settle_page
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.orders.models import OrderState
from saleor_loyalty_app.programs.models import ProgramRevision
from saleor_loyalty_app.programs.tier_measures import Counted, History
from saleor_loyalty_app.programs.tier_rules import State, due_on, next_state
from saleor_loyalty_app.programs.tiers import Tiers
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tasks.book_tasks import PAGE
from saleor_loyalty_app.tiers.models import MemberTier, TierMove, TierSweep

GROUP = "a night of many members"
MEMBERS = int(os.environ.get("LOYALTY_BENCH_MEMBERS", "1000000"))
#: Members who are moved by a revision.
MOST_MOVED = 100_000
#: Every so manieth member has points that expire; falls by a tier.
EXPIRING, FALLING = 50, 100
LIMIT_MINUTES = 3.0
POINTS = 300
MILLI = 300_000
TODAY = NOW.date()


@dataclass(frozen=True)
class Night:
    """Seconds that a night took, and how many it concerned."""

    expiry: float
    tiers: float
    expired: int
    moved: int


def measure(
    server: Server, _rounds: int, _seconds: float, tell: Callable[[str], None]
) -> Iterator[Figure]:
    """Fills a store, lets the night come, and publishes other tiers; once on each database."""
    with tempfile.TemporaryDirectory(prefix="loyalty-bench-") as folder:
        for name, kind in (("PostgreSQL", "postgresql"), ("SQLite", "sqlite")):

            def url(part: str, kind: str = kind, folder: str = folder) -> str:
                if kind == "postgresql":
                    return server.database(f"bench_{part}")
                return f"sqlite:///{Path(folder) / f'{part}.sqlite3'}"

            with contextlib.closing(open_database(url("night"))) as database:
                tell(f"{name}: {MEMBERS:,} members move in")
                store = fill(database, MEMBERS)
                tell(f"{name}: the night")
                yield from _of_a_night(name, night(database, store))
            with contextlib.closing(open_database(url("moves"))) as database:
                members = min(MEMBERS, MOST_MOVED)
                tell(f"{name}: {members:,} members before other tiers")
                store = fill(database, members)
                tell(f"{name}: other tiers are published")
                yield _of_a_change(name, members, *change(database, store))


def tiers(bronze: str = "100", silver: str = "300", gold: str = "1000") -> Tiers:
    """Three tiers in force, by the spend of twelve months in USD."""
    limits = {"bronze": bronze, "silver": silver, "gold": gold}
    return Tiers.model_validate(
        {
            "enabled": True,
            "levels": [
                {
                    "id": level,
                    "names": {"en": level.title()},
                    "requirements": {"spend": {"limits": [{"currency": "USD", "min": least}]}},
                }
                for level, least in limits.items()
            ],
        }
    )


def history(bought: date) -> History:
    """A member who bought once, on the day of joining, enough for Silver."""
    return History(bought, (Counted(bought, {"USD": MILLI}, 1),))


def lived(asked: Tiers, bought: date, today: date) -> State:
    """The state of a member who bought on a day, looked at whenever time could change it."""
    known = history(bought)
    day, state = bought, next_state(asked, None, known, bought)
    while (following := due_on(asked, state, known, day)) is not None and following <= today:
        day, state = following, next_state(asked, state, known, following)
    return state


def day_of_falling(asked: Tiers, today: date) -> date:
    """The day on which somebody bought who falls today."""
    yesterday = today - timedelta(days=1)
    for days in range(360, 900):
        bought = today - timedelta(days=days)
        if lived(asked, bought, yesterday).tier(asked) == "silver" and (
            lived(asked, bought, today).tier(asked) != "silver"
        ):
            return bought
    raise AssertionError("nobody ever falls")


def fill(database: Database, members: int) -> StoreRef:
    """A store whose members bought once, have points of it, and stand in a tier since."""
    scene = prepare(database)
    asked = tiers()
    fallen, other = day_of_falling(asked, TODAY), TODAY - timedelta(days=100)

    def write(conn: Connection) -> None:
        _publish(conn, scene, asked, number=2)
        _people(conn, scene, members)
        _purchases(conn, scene, fallen, other)
        _points(conn, scene)
        _standing(conn, scene, asked, fallen, other)

    database.write(write)
    analyze(database)
    return scene.store


def night(database: Database, store: StoreRef) -> Night:
    """Lets expire and looks at members until nothing is left to do, as the tasks do."""
    began = perf_counter()
    while database.write(lambda conn: settle_page(conn, store.id, now=NOW, limit=PAGE)) == PAGE:
        pass
    expiry = perf_counter() - began
    began = perf_counter()
    while database.write(lambda conn: tiers_page(conn, store, now=NOW)):
        pass
    tiers_took = perf_counter() - began
    return Night(expiry, tiers_took, *database.read(lambda conn: _came_to_pass(conn, store)))


def change(database: Database, store: StoreRef) -> tuple[float, int]:
    """Publishes tiers under which all rise to Gold who are in Silver.

    Gives the seconds until everybody was looked at, and how many moved.
    """
    before = database.read(lambda conn: _came_to_pass(conn, store))[1]
    easier = tiers("50", "100", "300")
    database.write(lambda conn: _publish(conn, Scene(store), easier, number=3))
    began = perf_counter()
    while database.write(lambda conn: tiers_page(conn, store, now=NOW)):
        pass
    took = perf_counter() - began
    return took, database.read(lambda conn: _came_to_pass(conn, store))[1] - before


def _publish(conn: Connection, scene: Scene, asked: Tiers, number: int) -> None:
    document = program_document() | {"tiers": asked.model_dump(mode="json")}
    conn.execute(
        sa.insert(table(ProgramRevision)).values(
            store_id=scene.store.id,
            number=number,
            document=document,
            digest=str(number) * 64,
            effective_from=NOW - timedelta(days=4 - number),
            published_at=NOW - timedelta(days=4 - number),
            published_by="bench",
            note="",
        )
    )


def _people(conn: Connection, scene: Scene, members: int) -> None:
    count = sa.select(sa.literal(1).label("n")).cte("numbers", recursive=True)
    count = count.union_all(sa.select(count.c.n + 1).where(count.c.n < members))
    joined = NOW - timedelta(days=800)
    _copy(
        conn,
        Member,
        sa.select(count.c.n),
        {
            "store_id": scene.store.id,
            "user_id": sa.literal("VXNlcjo") + sa.cast(count.c.n, sa.String),
            "state": "active",
            "bucket": count.c.n % 10_000,
            "enrolled_at": joined,
            "first_enrolled_at": joined,
            "created_at": joined,
        },
    )


def _purchases(conn: Connection, scene: Scene, fallen: date, other: date) -> None:
    members = table(Member).c
    paid = _by_member(members.id, FALLING, _noon(fallen), _noon(other))
    order = sa.literal("T3JkZXI6") + sa.cast(members.id, sa.String)
    _copy(
        conn,
        OrderState,
        _of_store(scene),
        {
            "store_id": scene.store.id,
            "order_id": order,
            "number": sa.cast(members.id, sa.String),
            "status": "FULFILLED",
            "channel": "default-channel",
            "currency": "USD",
            "created_at": paid,
            "total_milli": MILLI,
            "counted_milli": MILLI,
            "member_id": members.id,
            "paid_at": paid,
            "open": False,
        },
    )


def _points(conn: Connection, scene: Scene) -> None:
    members, entries = table(Member).c, table(Entry).c
    earned, later = NOW - timedelta(days=100), NOW + timedelta(days=200)
    expires = _by_member(members.id, EXPIRING, NOW - timedelta(hours=1), later)
    whose = {"store_id": scene.store.id, "member_id": members.id, "unit": "points"}
    _copy(
        conn,
        Entry,
        _of_store(scene),
        whose
        | {
            "kind": "earn",
            "amount": POINTS,
            "part": "points",
            "idempotency_key": sa.literal("bench:") + sa.cast(members.id, sa.String),
            "input_hash": "",
            "source": "bench",
            "rule_ids": [],
            "reason": {"code": "order_earned"},
            "actor": "app",
            "effective_at": earned,
            "posted_at": earned,
        },
    )
    _copy(
        conn,
        Lot,
        _of_store(scene).join(table(Entry), entries.member_id == members.id),
        whose
        | {
            "entry_id": entries.id,
            "part": "points",
            "source": "bench",
            "amount": POINTS,
            "remaining": POINTS,
            "available_from": earned,
            "expires_at": expires,
            "noticed_at": NOW - timedelta(days=40),
            "earned_at": earned,
        },
    )
    figures = {"entries": POINTS, "lots": POINTS, "lifetime": POINTS, "next_expiry": expires}
    _copy(conn, Balance, _of_store(scene), whose | figures)


def _standing(conn: Connection, scene: Scene, asked: Tiers, fallen: date, other: date) -> None:
    members = table(Member).c
    yesterday = TODAY - timedelta(days=1)
    falls, stays = lived(asked, fallen, yesterday), lived(asked, other, TODAY)
    columns: dict[str, Any] = {
        name: _by_member(members.id, FALLING, value, asdict(stays)[name])
        for name, value in asdict(falls).items()
    }
    due = due_on(asked, stays, history(other), TODAY)
    columns |= {
        "store_id": scene.store.id,
        "member_id": members.id,
        "tier": "silver",
        "since": _by_member(members.id, FALLING, _noon(fallen), _noon(other)),
        "due_at": _by_member(members.id, FALLING, _midnight(TODAY), due and _midnight(due)),
        "evaluated_at": NOW - timedelta(days=1),
    }
    _copy(conn, MemberTier, _of_store(scene), columns)
    last = conn.execute(sa.select(sa.func.max(members.id))).scalar_one()
    conn.execute(
        sa.insert(table(TierSweep)).values(
            store_id=scene.store.id,
            digest=asked.digest,
            after=last,
            started_at=NOW - timedelta(days=2),
            finished_at=NOW - timedelta(days=2),
        )
    )


def _of_store(scene: Scene) -> sa.Select[Any]:
    members = table(Member)
    return sa.select(members.c.id).where(members.c.store_id == scene.store.id)


def _by_member(member: Any, every: int, some: Any, others: Any) -> Any:
    """One value for every so manieth member, another one for the rest."""
    if some == others:
        return some
    kind = sa.Date() if isinstance(some, date) and not isinstance(some, datetime) else None
    of = table(Lot).c.expires_at.type if isinstance(some, datetime) else kind
    return sa.case((member % every == 0, sa.literal(some, of)), else_=sa.literal(others, of))


def _copy(conn: Connection, model: Any, source: sa.Select[Any], values: Mapping[str, Any]) -> None:
    """Inserts a row for each one of a query, in one statement."""
    into = table(model)
    columns = [
        value if isinstance(value, sa.ColumnElement) else sa.literal(value, into.c[name].type)
        for name, value in values.items()
    ]
    query = source.with_only_columns(*columns, maintain_column_froms=True)
    conn.execute(sa.insert(into).from_select(list(values), query))


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def _came_to_pass(conn: Connection, store: StoreRef) -> tuple[int, int]:
    """How many lots expired, and how many moves there were."""
    entries, moves = table(Entry).c, table(TierMove).c
    expired = sa.select(sa.func.count()).where(
        entries.store_id == store.id, entries.kind == "expire"
    )
    moved = sa.select(sa.func.count()).where(moves.store_id == store.id)
    return int(conn.execute(expired).scalar_one()), int(conn.execute(moved).scalar_one())


def _of_a_night(name: str, found: Night) -> Iterator[Figure]:
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
        },
    )


def _of_a_change(name: str, members: int, seconds: float, moved: int) -> Figure:
    return Figure(
        GROUP,
        f"a revision that moves {moved:,} of {members:,} members, {name}",
        seconds,
        "s",
        notes={"members per s:": members / seconds},
    )
