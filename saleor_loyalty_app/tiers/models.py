"""Tables of the tiers."""

from datetime import date, datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from saleor_loyalty_app.db.tables import count, instant, json_doc, key, ref


def _day(*, null: bool = False) -> Any:
    if null:
        return Field(default=None, nullable=True, sa_type=cast(Any, sa.Date))
    return Field(nullable=False, sa_type=cast(Any, sa.Date))


class MemberTier(SQLModel, table=True):
    """The tier that a member holds, and what it rests on (programs.tier_rules.State).

    Days are those of the store's time zone.
    """

    __tablename__ = "member_tier"
    __table_args__ = (
        sa.Index("ix_member_tier_due", "store_id", "due_at"),
        sa.Index("ix_member_tier_listed", "store_id", "tier", "member_id"),
    )

    member_id: int = Field(foreign_key="member.id", primary_key=True)
    store_id: int = ref("store.id")
    #: The id of the tier in force; "" = none.
    tier: str = ""
    since: datetime = instant()
    #: What they have without a tier that staff set.
    earned: str = ""
    #: What the last settled period began with: held until it ends, whatever comes.
    floor: str = ""
    period_from: date = _day()
    #: The first day that the running period of `earned` does not hold; none = it has no end.
    period_until: date | None = _day(null=True)
    #: The first day after the grace that follows; none = no end.
    grace_until: date | None = _day(null=True)
    #: The end of the period of `floor`, which stays where `earned` was raised above it.
    floor_until: date | None = _day(null=True)
    #: The least that staff said they have; "" = nothing said. Not any more from `manual_until`.
    manual: str = ""
    manual_until: date | None = _day(null=True)
    #: The revision whose tiers they were last looked at under; none = not known.
    revision_id: int | None = ref("program_revision.id", null=True)
    #: Changes of the tiers since `period_from`: {"on": day, "revision": that before, "tier": what
    #: was earned then}; none = there were none.
    changes: list[dict[str, Any]] | None = json_doc(null=True)
    #: When time alone may change something; none = never.
    due_at: datetime | None = instant(null=True)
    evaluated_at: datetime = instant()


class TierMove(SQLModel, table=True):
    """A move from one tier to another: never changed."""

    __tablename__ = "tier_move"
    __table_args__ = (
        sa.Index("ix_tier_move_member", "member_id", "id"),
        sa.Index("ix_tier_move_listed", "store_id", "id"),
        sa.Index("ix_tier_move_at", "store_id", "at"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    member_id: int = ref("member.id")
    #: Ids of tiers; "" = none.
    from_tier: str
    to_tier: str
    #: "earned", "reduced", "period_over", "manual", "manual_over", "rule", "rule_over",
    #: "left", "changed".
    why: str
    #: What was counted then (programs.tier_rules.Measures.to_json).
    measures: dict[str, Any] = json_doc()
    #: "app" or "user:<id>".
    actor: str
    at: datetime = instant()


class TierReward(SQLModel, table=True):
    """A level that a member has reached: its reward is given once for ever.

    It is given after the move, in a transaction of its own.
    """

    __tablename__ = "tier_reward"
    __table_args__ = (sa.Index("ix_tier_reward_waiting", "store_id", "waiting"),)

    member_id: int = Field(foreign_key="member.id", primary_key=True)
    tier: str = Field(primary_key=True)
    store_id: int = ref("store.id")
    #: What came of it.
    points: int = count(0)
    #: Not given yet.
    waiting: bool = True
    at: datetime = instant()


class TierLook(SQLModel, table=True):
    """A member whose books changed: to be looked at soon. Rows are only added and taken away."""

    __tablename__ = "tier_look"
    __table_args__ = (sa.Index("ix_tier_look_store", "store_id", "id"),)

    id: int | None = key()
    store_id: int = ref("store.id")
    member_id: int = ref("member.id", index=True)
    #: It is history: nobody is told, and no reward is given.
    silent: bool = False


class TierSweep(SQLModel, table=True):
    """How far a store's members were looked at under the tiers in force.

    It goes on for ever: members who come later are found behind `after`.
    """

    __tablename__ = "tier_sweep"

    store_id: int = Field(foreign_key="store.id", primary_key=True)
    #: programs.tiers.Tiers.digest; "" = tiers are off.
    digest: str
    #: Who took part then (programs.document.Settings.enrollment); none = from before it was noted.
    enrollment: str | None = None
    #: The last member looked at.
    after: int = count(0)
    #: Members to look at when it began, and those looked at.
    total: int = count(0)
    done: int = count(0)
    started_at: datetime = instant()
    finished_at: datetime | None = instant(null=True)
