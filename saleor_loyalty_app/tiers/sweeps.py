"""How far a store's members were looked at under the tiers in force."""

from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.tiers.models import TierSweep

_sweeps, _members = table(TierSweep), table(Member)
_S = _sweeps.c


@dataclass(frozen=True, slots=True)
class Sweep:
    """A walk over all members of a store; see `tiers.models.TierSweep`."""

    store_id: int
    digest: str
    enrollment: str | None
    after: int
    total: int
    done: int
    started_at: datetime
    finished_at: datetime | None

    @property
    def running(self) -> bool:
        """Whether members are still to be looked at under changed tiers."""
        return bool(self.digest) and self.finished_at is None

    @property
    def terms(self) -> str:
        """Under which tiers, and with whom taking part (flows.sweep_tiers.digest_of)."""
        return self.digest and f"{self.digest}:{self.enrollment or ''}"

    def changed_for(self, member_id: int, digest: str) -> bool:
        """Whether a member was not looked at yet under tiers with this digest, as far as a walk can
        tell: of most the revision of their last look is known (`tiers.models.MemberTier`).
        """
        return self.digest != digest or (self.running and member_id > self.after)


def sweep_of(conn: Connection, store_id: int) -> Sweep | None:
    """The sweep of a store; None before its first tiers."""
    row = conn.execute(
        sa.select(*(_S[name] for name in Sweep.__dataclass_fields__)).where(_S.store_id == store_id)
    ).one_or_none()
    return None if row is None else Sweep(*row)


def stores_with_tiers(conn: Connection) -> set[int]:
    """The stores whose tiers were on when last looked."""
    return set(conn.execute(sa.select(_S.store_id).where(_S.digest != "")).scalars())


def beginning(conn: Connection, store_id: int, terms: str, now: datetime) -> Sweep:
    """A walk over all members before its first step; "" = tiers are off, and nobody is met."""
    digest, _, enrollment = terms.partition(":")
    total = 0
    if digest:
        query = sa.select(sa.func.count()).where(_members.c.store_id == store_id)
        total = int(conn.execute(query).scalar_one())
    return Sweep(store_id, digest, enrollment, 0, total, 0, now, None if digest else now)


def restart(
    conn: Connection, store_id: int, known: Sweep | None, terms: str, now: datetime
) -> Sweep:
    """Begins anew under these terms; "" = tiers are off, and nobody is looked at."""
    sweep = beginning(conn, store_id, terms, now)
    values = {name: getattr(sweep, name) for name in Sweep.__dataclass_fields__}
    if known is None:
        conn.execute(sa.insert(_sweeps).values(values))
    else:
        conn.execute(sa.update(_sweeps).where(_S.store_id == store_id).values(values))
    return sweep


def note_enrollment(conn: Connection, sweep: Sweep, enrollment: str) -> Sweep:
    """Says who took part in a walk of which that was not written down."""
    conn.execute(
        sa.update(_sweeps).where(_S.store_id == sweep.store_id).values(enrollment=enrollment)
    )
    return replace(sweep, enrollment=enrollment)


def advance(
    conn: Connection, sweep: Sweep, members: list[int], *, more: bool, now: datetime
) -> Sweep:
    """Says that these members, the next ones, were looked at."""
    finished = sweep.finished_at or (None if more else now)
    after = members[-1] if members else sweep.after
    moved = replace(sweep, after=after, done=sweep.done + len(members), finished_at=finished)
    if moved != sweep:
        conn.execute(
            sa.update(_sweeps)
            .where(_S.store_id == sweep.store_id)
            .values(after=moved.after, done=moved.done, finished_at=moved.finished_at)
        )
    return moved
