"""What the codes of a campaign, and its trial on one member, take and answer."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints

from saleor_loyalty_app.api.dashboard.campaigns_schemas import example_of
from saleor_loyalty_app.api.dashboard.members_schemas import Answer
from saleor_loyalty_app.campaigns.codes import CountedCode
from saleor_loyalty_app.programs.scalars import Slug

CodeId = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,18}$")]


class TestInput(Answer):
    """The member who tries it; for points also an order of theirs."""

    member: Annotated[str, Field(max_length=40)]
    channel: Slug | None = None
    amount: Annotated[
        str | None, Field(pattern=r"^[0-9]{1,9}(\.[0-9]{1,3})?$", examples=["100"])
    ] = None

    model_config = example_of({"member": "1042", "channel": "default-channel", "amount": "100"})


class RevokeInput(Answer):
    """The codes that end."""

    codes: Annotated[list[CodeId], Field(min_length=1, max_length=500)]

    model_config = example_of({"codes": ["17"]})


class TestResult(Answer):
    """What a test brought: a code that is being made, or points without and with the campaign."""

    why_not: Literal[
        "", "tier", "language", "segment", "no_part", "blocked", "hold_out", "limit"
    ] = Field(
        description="Why the member is not in the audience, or limit = they had all that one "
        "member gets; empty = they get it."
    )
    code: str | None
    own: bool = Field(description="The code is this member's alone, and not the one for everybody.")
    held: str | None = Field(
        description="A code of their own that the member has of this campaign already and can use; "
        "it is left as it is."
    )
    points_before: int | None
    points_after: int | None


class CodeLine(Answer):
    """A code of a campaign."""

    id: str
    code: str
    kind: Literal["shared", "personal", "order", "test"]
    member: str | None = Field(description="`id` of the member whose it is.")
    member_name: str
    state: Literal["wanted", "open", "to_end", "ended"]
    ended_why: Literal["", "hand", "refund", "kept", "campaign", "time", "gone"]
    uses: int
    issued_at: datetime
    valid_until: datetime

    @classmethod
    def of(cls, one: CountedCode, name: str) -> Self:
        """A code with the name of its member."""
        return cls.model_validate(
            {
                "id": str(one.id),
                "code": one.code,
                "kind": kind_of(one.issue_key),
                "member": None if one.member_id is None else str(one.member_id),
                "member_name": name,
                "state": one.state,
                "ended_why": one.ended_why,
                "uses": one.uses,
                "issued_at": one.issued_at,
                "valid_until": one.valid_until,
            }
        )


def kind_of(issue_key: str) -> str:
    """What a code was issued for."""
    begin = issue_key.partition(":")[0]
    return {"member": "personal"}.get(begin, begin)


class CodeLines(Answer):
    """A page of codes, the newest first."""

    items: list[CodeLine]
    next: str | None


class RevokedCodes(Answer):
    """How many codes end now that had not ended."""

    revoked: int
