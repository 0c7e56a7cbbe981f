"""Tables of the bonuses. Birthdays and answers are personal data: they go with the member."""

from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from saleor_loyalty_app.db.tables import count, instant, key, ref


def _added() -> Any:
    """A number that rows of before do not have."""
    return Field(
        default=0,
        nullable=False,
        sa_type=cast(Any, sa.BigInteger),
        sa_column_kwargs={"server_default": "0"},
    )


class MemberBirthday(SQLModel, table=True):
    """Day and month of a member's birthday, never the year; goes when the member is erased.

    Deleted by the member, the day and month go and the row stays: a change counts all the same.
    """

    __tablename__ = "member_birthday"
    __table_args__ = (
        sa.CheckConstraint("(month IS NULL) = (day IS NULL)", name="whole"),
        sa.CheckConstraint("month BETWEEN 1 AND 12", name="month"),
        sa.CheckConstraint("day BETWEEN 1 AND 31", name="day"),
        sa.Index("ix_member_birthday_day", "store_id", "month", "day", "member_id"),
    )

    member_id: int = Field(foreign_key="member.id", primary_key=True)
    store_id: int = ref("store.id")
    month: int | None = Field(default=None, nullable=True)
    day: int | None = Field(default=None, nullable=True)
    #: When the day was told as it stands.
    told_at: datetime = instant()
    #: When it was changed last; none = it is as it was told first.
    changed_at: datetime | None = instant(null=True)


class MemberAnswer(SQLModel, table=True):
    """What a member answered; goes when they delete it, or are erased."""

    __tablename__ = "member_answer"
    __table_args__ = (sa.UniqueConstraint("store_id", "member_id", "question_id"),)

    id: int | None = key()
    store_id: int = ref("store.id")
    member_id: int = ref("member.id", index=True)
    question_id: str
    #: Kind of the question when it was answered.
    kind: str
    #: An option's id, a number as text, a date as YYYY-MM-DD, or words.
    value: str
    answered_at: datetime = instant()


class BonusGiven(SQLModel, table=True):
    """A bonus that a member was given: never twice. Holds nothing personal, and stays."""

    __tablename__ = "bonus_given"
    __table_args__ = (
        sa.UniqueConstraint("store_id", "member_id", "deed"),
        sa.Index("ix_bonus_given_at", "store_id", "given_at"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    member_id: int = ref("member.id")
    #: account_confirmed, birthday, anniversary, question_answered, milestone or tier_reached.
    kind: str
    #: The deed's key, such as "birthday:2027", "answer:size" or "tier:gold".
    deed: str
    points: int = count()
    given_at: datetime = instant()


class BonusMemory(SQLModel, table=True):
    """What the owner of an address was given, by its peppered hash alone; ends by itself.

    It outlives the member, so that a new account with the address is not given the same again.
    Besides deeds it holds, once the member was erased, how many orders they had paid ("orders"),
    what they had by rules with a cap ("cap:<rule>"), of rewards with a limit ("reward:<id>"), and
    in which campaigns they had a code of their own ("code:<campaign>"). What is limited for a
    period has that behind it, as ":month:2026-11-01", and is forgotten soon after it; goodwill is
    kept by its day ("goodwill:2026-11-22") as long as it counts. Who was erased while their account
    stays comes back by joining alone ("erased"), also known by the hash of that account. Where a
    member gave up one of several accounts, how much of it is of that time stands beside it
    ("of:<account>:orders"), so that it is not added once more when the last one goes.
    """

    __tablename__ = "bonus_memory"
    __table_args__ = (
        sa.UniqueConstraint("store_id", "address_key", "deed"),
        sa.Index("ix_bonus_memory_end", "ends_at"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    #: HMAC of the normalized e-mail address, or of the account (members.email_keys).
    address_key: str
    deed: str
    #: What rules with a cap gave; 0 for all else.
    points: int = _added()
    #: How many orders or rewards there were, or how often a rule gave; 0 for deeds.
    times: int = _added()
    #: When it is forgotten.
    ends_at: datetime = instant()


class BonusWaiting(SQLModel, table=True):
    """A deed whose bonus waits: earning was switched off, or nobody was there to give it.

    It goes when it was asked for again, whatever came of it.
    """

    __tablename__ = "bonus_waiting"
    __table_args__ = (sa.UniqueConstraint("store_id", "member_id", "deed"),)

    id: int | None = key()
    store_id: int = ref("store.id")
    member_id: int = ref("member.id")
    #: The trigger: account_confirmed, birthday, anniversary or question_answered.
    kind: str
    #: What it is about (programs.deeds.DeedFacts.on), such as the question; "" = nothing.
    about: str
    #: The deed's key.
    deed: str
    #: The how manieth time (DeedFacts.number); 0 where that says nothing.
    number: int = count(0)
    #: When it was done; the rules of then decide.
    at: datetime = instant()


class BonusRun(SQLModel, table=True):
    """How far the celebrations of a store went: a day in its zone, and the last member of it."""

    __tablename__ = "bonus_run"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('birthday','anniversary')", name="kind"),
        sa.UniqueConstraint("store_id", "kind"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    kind: str
    #: The day at work, as YYYY-MM-DD; those before are done.
    day: str
    after_member: int = count(0)
