"""Which lines are in force in a store since when, and how far its members were looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.milestones.models import MilestoneSweep

_sweeps, _members = table(MilestoneSweep), table(Member)
_S = _sweeps.c


@dataclass(frozen=True, slots=True)
class Sweep:
    """A walk over all members of a store; see `milestones.models.MilestoneSweep`."""

    store_id: int
    lines: Mapping[str, Any]
    digest: str
    after: int
    total: int
    done: int
    started_at: datetime
    finished_at: datetime | None

    @property
    def running(self) -> bool:
        """Whether members are still to be looked at."""
        return bool(self.digest) and self.finished_at is None

    def since(self, rule_id: str) -> datetime:
        """When the line of a rule came into force."""
        return datetime.fromisoformat(self.lines[rule_id]["since"])


_ALL = sa.select(*(_S[name] for name in Sweep.__dataclass_fields__))


def sweep_of(conn: Connection, store_id: int, *, lock: bool = False) -> Sweep | None:
    """The sweep of a store; None before its first milestones."""
    query = _ALL.where(_S.store_id == store_id)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else Sweep(*row)


def restart(
    conn: Connection,
    store_id: int,
    lines: Mapping[str, str],
    digest: str,
    *,
    since: datetime,
    now: datetime,
) -> Sweep:
    """Begins anew with these lines; one that was in force already keeps its time.

    Args:
        lines: by rule id the text of its line.
        digest: of the milestones in force; "" = none, and nobody is looked at.
        since: when those came into force that were not before.
    """
    known = sweep_of(conn, store_id, lock=True)
    if known is not None and known.digest == digest:
        return known
    before = {} if known is None else known.lines
    kept = {
        rule_id: before[rule_id]
        if before.get(rule_id, {}).get("line") == line
        else {"line": line, "since": since.isoformat()}
        for rule_id, line in lines.items()
    }
    total = 0
    if digest:
        query = sa.select(sa.func.count()).where(_members.c.store_id == store_id)
        total = int(conn.execute(query).scalar_one())
    sweep = Sweep(store_id, kept, digest, 0, total, 0, now, None if digest else now)
    values = {name: getattr(sweep, name) for name in Sweep.__dataclass_fields__}
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    conn.execute(
        make(_sweeps)
        .values(values)
        .on_conflict_do_update(
            index_elements=["store_id"],
            set_={name: value for name, value in values.items() if name != "store_id"},
        )
    )
    return sweep


def advance(
    conn: Connection, sweep: Sweep, members: Sequence[int], *, more: bool, now: datetime
) -> Sweep:
    """Says that these members, the next ones, were looked at."""
    moved = replace(
        sweep,
        after=members[-1] if members else sweep.after,
        done=sweep.done + len(members),
        finished_at=None if more else now,
    )
    conn.execute(
        sa.update(_sweeps)
        .where(_S.store_id == sweep.store_id, _S.digest == sweep.digest)
        .values(after=moved.after, done=moved.done, finished_at=moved.finished_at)
    )
    return moved
