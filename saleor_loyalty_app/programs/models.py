"""Tables of the programs."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from saleor_loyalty_app.db.tables import count, instant, json_doc, key, ref


class ProgramDraft(SQLModel, table=True):
    """The one draft of a store that the owner edits; publishing copies it into a revision."""

    __tablename__ = "program_draft"

    store_id: int = Field(foreign_key="store.id", primary_key=True)
    document: dict[str, Any] = json_doc()
    #: What the proposal was based on: order count, median, monthly cost, per currency.
    evidence: dict[str, Any] = json_doc()
    updated_at: datetime = instant()
    updated_by: str = "app"


class ProgramRevision(SQLModel, table=True):
    """An immutable published program. The one in force at t: newest with effective_from <= t."""

    __tablename__ = "program_revision"
    __table_args__ = (
        sa.UniqueConstraint("store_id", "number"),
        sa.Index("ix_program_revision_effective", "store_id", "effective_from"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    number: int
    document: dict[str, Any] = json_doc()
    digest: str
    effective_from: datetime = instant()
    published_at: datetime = instant()
    published_by: str
    note: str = ""
    #: Called off before it came into force; it never decided anything. None = it counts.
    canceled_at: datetime | None = instant(null=True)
    canceled_by: str = ""


class ProgramSampling(SQLModel, table=True):
    """How far the reading of a store's latest orders is, by which programs are tried out."""

    __tablename__ = "program_sampling"

    store_id: int = Field(foreign_key="store.id", primary_key=True)
    #: "running", "done" or "canceled".
    state: str
    since: datetime = instant()
    #: When the order read last was made; none = nothing was read yet.
    until: datetime | None = instant(null=True)
    cursor: str | None = Field(default=None, nullable=True)
    orders: int = count(0)
    started_at: datetime = instant()
    updated_at: datetime = instant()
    finished_at: datetime | None = instant(null=True)


class ProgramSample(SQLModel, table=True):
    """An order reduced to what rules look at: nothing in it tells who bought."""

    __tablename__ = "program_sample"

    store_id: int = Field(foreign_key="store.id", primary_key=True)
    order_id: str = Field(primary_key=True)
    #: `programs.sampled.SampledOrder` as JSON.
    facts: dict[str, Any] = json_doc()


class CapUse(SQLModel, table=True):
    """What a member had by a rule with a cap, by what caused it: an order or a deed."""

    __tablename__ = "cap_use"
    __table_args__ = (
        sa.UniqueConstraint("store_id", "source", "rule_id"),
        sa.CheckConstraint("points >= 0 AND times >= 0", name="not_negative"),
        sa.Index("ix_cap_use_member", "store_id", "member_id", "rule_id", "at"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    member_id: int = ref("member.id")
    rule_id: str
    #: As in the entries: "order:T3JkZXI6…", "deed:birthday:…".
    source: str
    #: When it counts: the order's creation, the deed's time.
    at: datetime = instant()
    points: int = count(0)
    times: int = count(0)


class DeedAward(SQLModel, table=True):
    """What a deed of a member brought: decided once, whatever the rules say later."""

    __tablename__ = "deed_award"
    __table_args__ = (
        sa.UniqueConstraint("store_id", "member_id", "deed_key"),
        sa.Index("ix_deed_award_trigger", "store_id", "trigger", "at"),
        sa.Index("ix_deed_award_awarded", "store_id", "awarded_at"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    member_id: int = ref("member.id")
    deed_key: str
    trigger: str
    about: str = ""
    at: datetime = instant()
    awarded_at: datetime = instant()
    revision_id: int = ref("program_revision.id")
    #: The member as the rules saw them (programs.member_facts.MemberFacts as JSON).
    member_facts: dict[str, Any] = json_doc()
    #: {"rule", "unit", "points", "reason"} of each; with "effect" what is no points.
    grants: list[dict[str, Any]] = json_doc()
    #: {"rule", "reason"} of each rule that gave nothing.
    misses: list[dict[str, Any]] = json_doc()
    reversed_at: datetime | None = instant(null=True)


class RulePerk(SQLModel, table=True):
    """What a rule gave beside points for an order or a deed: a reward, tier, tag or message."""

    __tablename__ = "rule_perk"
    __table_args__ = (
        sa.UniqueConstraint("store_id", "source", "rule_id"),
        sa.CheckConstraint(
            "state IN ('given', 'waiting', 'refused', 'kept', 'taken', 'ended')", name="state"
        ),
        sa.Index("ix_rule_perk_state", "store_id", "state"),
        sa.Index("ix_rule_perk_member", "store_id", "member_id", "kind"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    #: Whom it was given to.
    member_id: int = ref("member.id")
    #: "order:T3JkZXI6…", as in the entries; or "deed:<member>:<deed>" (`deed_awards.perk_source`),
    #: which names a deed that is found again after a restore.
    source: str
    rule_id: str
    #: "issue_reward", "set_tier", "tag" or "message".
    kind: str
    #: given; waiting: for an account, until a switch is on again, or, for a deed, until its member
    #: may have it and there is one; refused: it could not be;
    #: kept: the order came back and it was used; taken: it was taken back with the order; ended:
    #: staff said another tier, or took the tag away.
    state: str
    #: Of a reward {"redemption"}, its public id; of a tier {"tier", "until"}, its last day, with
    #: "over", the tier of staff that it took the place of; of a tag {"tag"}; of a message
    #: {"message"}, its key in the outbox; of what waits or was refused {"code"} and "detail", what
    #: the code's text needs.
    detail: dict[str, Any] = json_doc()
    #: How often it was given: once more where a refund failed.
    turns: int = count(0)
    changed_at: datetime = instant()
