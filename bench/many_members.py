"""A store of very many members who each bought once, have points of it, and stand in a tier.

LOYALTY_BENCH_MEMBERS says how many (1,000,000 unless set), LOYALTY_BENCH_DATABASES on which
databases ("postgresql,sqlite" unless set).
"""

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bench.reads import analyze
from bench.scene import NOW, Scene, prepare, program_document
from bench.servers import Server
from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.ledger.models import Balance, Entry, Lot
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.orders.models import OrderState
from saleor_loyalty_app.programs.models import ProgramRevision
from saleor_loyalty_app.programs.tier_measures import Counted, History
from saleor_loyalty_app.programs.tier_rules import State, due_on, next_state
from saleor_loyalty_app.programs.tiers import Tiers
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers.models import MemberTier, TierReward, TierSweep

MEMBERS = int(os.environ.get("LOYALTY_BENCH_MEMBERS", "1000000"))
NAMES = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}
DATABASES = os.environ.get("LOYALTY_BENCH_DATABASES", ",".join(NAMES)).split(",")
#: Every so manieth member has points that expire; falls by a tier.
EXPIRING, FALLING = 50, 100
POINTS = 300
MILLI = 300_000
TODAY = NOW.date()


@contextlib.contextmanager
def opened(server: Server, folder: Path, kind: str, part: str) -> Iterator[Database]:
    """An empty database for one part of a benchmark; its disk space is given back at the end."""
    name, file = f"bench_{part}", folder / f"{part}.sqlite3"
    url = server.database(name) if kind == "postgresql" else f"sqlite:///{file}"
    try:
        with contextlib.closing(open_database(url, pool_size=4)) as database:
            yield database
    finally:
        if kind == "postgresql":
            server.forget(name)
        for one in folder.glob(f"{file.name}*"):
            one.unlink()


def in_bulk(database: Database, work: Callable[[Connection], None]) -> None:
    """Writes rows by the hundred thousand, whose references are right by the way they are made.

    PostgreSQL would look each of them up, which takes longer than writing them; only a superuser
    can leave it out. What is measured afterwards looks all of its own up.
    """

    def write(conn: Connection) -> None:
        if conn.dialect.name == "postgresql":
            is_super = "SELECT usesuper FROM pg_user WHERE usename = current_user"
            if conn.exec_driver_sql(is_super).scalar_one():
                conn.exec_driver_sql("SET LOCAL session_replication_role = replica")
        work(conn)

    database.write(write)


def settled(database: Database) -> None:
    """What a database has done some minutes after so much was written."""
    analyze(database)
    if not database.is_sqlite:
        with database.engine.connect() as conn:
            conn.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("CHECKPOINT")


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
    database.write(lambda conn: publish(conn, scene.store, asked, number=2))
    for write in (
        partial(_people, scene=scene, members=members),
        partial(_purchases, scene=scene, fallen=fallen, other=other),
        partial(_points, scene=scene),
        partial(_standing, scene=scene, asked=asked, fallen=fallen, other=other),
    ):
        in_bulk(database, write)
    settled(database)
    return scene.store


def publish(conn: Connection, store: StoreRef, asked: Tiers, number: int) -> None:
    """Brings tiers into force."""
    document = program_document() | {"tiers": asked.model_dump(mode="json")}
    conn.execute(
        sa.insert(table(ProgramRevision)).values(
            store_id=store.id,
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
        if name != "changes"
    }
    due = due_on(asked, stays, history(other), TODAY)
    columns |= {
        "store_id": scene.store.id,
        "member_id": members.id,
        "revision_id": _revision_in_force(scene),
        "tier": "silver",
        "since": _by_member(members.id, FALLING, _noon(fallen), _noon(other)),
        "due_at": _by_member(members.id, FALLING, _midnight(TODAY), due and _midnight(due)),
        "evaluated_at": NOW - timedelta(days=1),
    }
    _copy(conn, MemberTier, _of_store(scene), columns)
    for level in ("bronze", "silver"):
        reached = {
            "store_id": scene.store.id,
            "member_id": members.id,
            "tier": level,
            "points": 0,
            "waiting": False,
            "at": _noon(other),
        }
        _copy(conn, TierReward, _of_store(scene), reached)
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


def _revision_in_force(scene: Scene) -> sa.ScalarSelect[Any]:
    revisions = table(ProgramRevision).c
    newest = sa.select(sa.func.max(revisions.id)).where(revisions.store_id == scene.store.id)
    return newest.scalar_subquery()


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
