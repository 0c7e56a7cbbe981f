"""Levels that were reached, as rows: what is to be given for them, and to be taken back.

A row says that a level counts as reached, its deed what was given for it. What `waiting` asks for
follows from both: without a deed that stands it is to be given, with one to be taken back.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.programs.models import DeedAward
from saleor_loyalty_app.programs.tier_deeds import TIER_REACHED
from saleor_loyalty_app.tiers.models import TierReward

_rewards, _deeds, _members = table(TierReward), table(DeedAward), table(Member)
_R, _D = _rewards.c, _deeds.c


@dataclass(frozen=True, slots=True)
class OpenReward:
    """A level that a member reached, for which something is to be given or taken back."""

    member_id: int
    tier: str
    at: datetime


def fall(conn: Connection, store_id: int, person: Sequence[int], tiers: Collection[str]) -> None:
    """Asks that what levels brought is taken back from a person; what waits is never given.

    Args:
        person: a member, and who was merged into them.
    """
    theirs = (
        _R.store_id == store_id,
        _R.member_id.in_(list(person)),
        _R.tier.in_(sorted(tiers)),
    )
    given = _standing(_D.store_id == store_id, _D.member_id.in_(list(person)), _D.about == _R.tier)
    conn.execute(sa.delete(_rewards).where(*theirs, _R.waiting.is_(True), sa.not_(given)))
    conn.execute(
        sa.update(_rewards).where(*theirs, _R.waiting.is_(False), given).values(waiting=True)
    )


def open_ones(
    conn: Connection, store_id: int, *, limit: int, giving: bool = True
) -> list[OpenReward]:
    """What is to be given and taken back, by member; without `giving` the latter alone.

    What members are to be given who pause, or may not earn, is left out until that ends.
    """
    reacher, owner, doer = _members.alias(), _members.alias(), _members.alias()
    paused = sa.and_(
        owner.c.state == "paused",
        sa.or_(owner.c.paused_at.is_(None), owner.c.paused_at <= _R.at),
    )
    may_earn = sa.and_(
        sa.true() if giving else sa.false(),
        owner.c.earning_blocked.is_(False),
        owner.c.state != "blocked",
        sa.not_(paused),
    )
    person = (
        sa.select(doer.c.id)
        .where(
            doer.c.store_id == _R.store_id,
            sa.or_(doer.c.id == owner.c.id, doer.c.merged_into == owner.c.id),
        )
        .correlate(_rewards, owner)
    )
    given = _standing(
        _D.store_id == _R.store_id, _D.about == _R.tier, _D.member_id.in_(person)
    ).correlate(_rewards, owner)
    rows = conn.execute(
        sa.select(_R.member_id, _R.tier, _R.at)
        .join(reacher, reacher.c.id == _R.member_id)
        .join(owner, owner.c.id == sa.func.coalesce(reacher.c.merged_into, reacher.c.id))
        .where(
            _R.store_id == store_id,
            _R.waiting.is_(True),
            sa.or_(may_earn, given),
        )
        .order_by(_R.member_id, _R.tier)
        .limit(limit)
    )
    return [OpenReward(*row) for row in rows]


def settle(
    conn: Connection,
    store_id: int,
    person: Sequence[int],
    tier: str,
    points: int | None = None,
) -> None:
    """Nothing is to be done any more about a level that a person reached.

    Args:
        points: what they have of it; None = that stays as it is noted.
    """
    noted: dict[str, int] = {} if points is None else {"points": points}
    conn.execute(
        sa.update(_rewards).where(*_of(store_id, person, tier)).values(waiting=False, **noted)
    )


def forget(conn: Connection, store_id: int, person: Sequence[int], tier: str) -> None:
    """A level counts as never reached, so that it may be reached again."""
    conn.execute(sa.delete(_rewards).where(*_of(store_id, person, tier)))


def _of(store_id: int, person: Sequence[int], tier: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (_R.store_id == store_id, _R.member_id.in_(list(person)), _R.tier == tier)


def _standing(*of: sa.ColumnElement[bool]) -> sa.Exists:
    return sa.exists().where(_D.trigger == TIER_REACHED, _D.reversed_at.is_(None), *of)
