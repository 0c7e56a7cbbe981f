"""Whose balance Saleor has to be told anew, and what it was told last."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.among import among
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.messages.models import BalanceMirror

#: A member's balance is written to Saleor at most once in so long.
PAUSE = timedelta(seconds=60)
_mirror, _member = table(BalanceMirror), table(Member)


@dataclass(frozen=True, slots=True)
class Stale:
    """A member whose balance may have changed; `told` is what stands in Saleor."""

    member_id: int
    told: str
    attempts: int


def mark(conn: Connection, store_id: int, member_ids: Iterable[int], now: datetime) -> None:
    """Notes that members' balances may have changed. Whoever waits for another try still waits."""
    insert = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    ids = sorted(set(member_ids))
    if ids:
        values = {
            "member_id": _member.c.id,
            "store_id": _member.c.store_id,
            "told": sa.literal(""),
            "due_at": sa.literal(now, _mirror.c.due_at.type),
            "attempts": sa.literal(0),
        }
        them = sa.select(*values.values()).where(
            _member.c.store_id == store_id, among(conn, _member.c.id, ids)
        )
        statement = insert(_mirror).from_select(list(values), them)
        fresh = statement.excluded.due_at
        waits = sa.and_(_mirror.c.attempts > 0, _mirror.c.due_at.is_not(None))
        conn.execute(
            statement.on_conflict_do_update(
                index_elements=["member_id"],
                set_={"due_at": sa.case((waits, _mirror.c.due_at), else_=fresh)},
            )
        )


def mark_all(conn: Connection, store_id: int, now: datetime) -> None:
    """Notes that everybody's balance has to be looked at: where it stands was changed."""
    conn.execute(
        sa.update(_mirror).where(_mirror.c.store_id == store_id).values(due_at=now, attempts=0)
    )


def due(conn: Connection, store_id: int, now: datetime, *, limit: int) -> list[Stale]:
    """Whose balance is to be looked at by now, those who waited longest first."""
    query = (
        sa.select(_mirror)
        .where(
            _mirror.c.store_id == store_id,
            _mirror.c.due_at <= now,
            sa.or_(_mirror.c.told_at.is_(None), _mirror.c.told_at <= now - PAUSE),
        )
        .order_by(_mirror.c.due_at, _mirror.c.member_id)
        .limit(limit)
    )
    return [Stale(row.member_id, row.told, row.attempts) for row in conn.execute(query)]


def told(conn: Connection, member_id: int, what: str, *, read_at: datetime, now: datetime) -> None:
    """Notes what stands in Saleor; what changed after `read_at` is still due."""
    conn.execute(
        sa.update(_mirror)
        .where(_mirror.c.member_id == member_id)
        .values(
            told=what,
            told_at=now,
            attempts=0,
            due_at=sa.case((_mirror.c.due_at > read_at, _mirror.c.due_at), else_=None),
        )
    )


def unchanged(conn: Connection, member_id: int, *, read_at: datetime) -> None:
    """Notes that Saleor knows the balance as it is."""
    conn.execute(
        sa.update(_mirror)
        .where(_mirror.c.member_id == member_id, _mirror.c.due_at <= read_at)
        .values(due_at=None, attempts=0)
    )


def put_off(conn: Connection, member_id: int, until: datetime, attempts: int) -> None:
    """Looks at a member's balance later."""
    conn.execute(
        sa.update(_mirror)
        .where(_mirror.c.member_id == member_id)
        .values(due_at=until, attempts=attempts)
    )
