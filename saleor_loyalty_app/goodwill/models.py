"""Tables of goodwill."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from saleor_loyalty_app.db.tables import count, instant, json_doc, key, ref

STATES = ("open", "waiting", "given", "declined")


class GoodwillPrompt(SQLModel, table=True):
    """Something that went wrong with an order, what was suggested for it, and what became of it.

    There is one of each signal for an order, for ever: nothing is given twice. What was given
    stands in the adjustments and the books; notes, which may name people, go with the member.
    """

    __tablename__ = "goodwill_prompt"
    __table_args__ = (
        sa.UniqueConstraint("store_id", "order_id", "signal"),
        sa.CheckConstraint("state IN ('open', 'waiting', 'given', 'declined')", name="state"),
        sa.CheckConstraint("points >= 0 AND given >= 0", name="not_negative"),
        sa.Index("ix_goodwill_prompt_state", "store_id", "state", "id"),
        sa.Index("ix_goodwill_prompt_member", "member_id", "decided_at"),
        sa.Index("ix_goodwill_prompt_code", "code_state", "store_id"),
        sa.Index("ix_goodwill_prompt_adjustment", "adjustment_id"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    member_id: int = ref("member.id")
    order_id: str
    order_number: str
    channel: str
    currency: str
    #: programs.goodwill.SignalKind.
    signal: str
    #: What was seen: {"days", "limit"} of a late delivery, {"units"} of a cancellation.
    facts: dict[str, Any] = json_doc()
    #: What was suggested: "points", "amount" or "shipping"; its points (0 = not known), what of
    #: money it is in thousandths of the major unit (0 = none), and whether as a code.
    suggested: str
    points: int = count(0)
    amount_milli: int = Field(default=0, sa_type=sa.BigInteger)
    as_code: bool = False
    #: It is to be given without a person.
    automatic: bool = False
    state: str = "open"
    opened_at: datetime = instant()
    #: "app", "user:<id>" or "partner:<id>".
    opened_by: str
    #: What who complained said; what who decided said.
    note: str = ""
    decision_note: str = ""
    decided_at: datetime | None = instant(null=True)
    decided_by: str = ""
    #: Points that were given in the end.
    given: int = count(0)
    adjustment_id: int | None = ref("adjustment.id", null=True)
    #: "" = none, "wanted", "made" or "refused" (the points stay then).
    code_state: str = ""
    #: Why there is no code, as a stable word.
    code_why: str = ""
    #: The redemption that made the code; "" = none.
    redemption: str = ""
