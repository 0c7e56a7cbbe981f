"""Milestones: who passed which line, who is past one that is being written, how far a member is."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.dashboard.members_reading import require_member
from saleor_loyalty_app.api.dashboard.members_schemas import MemberId, number_of
from saleor_loyalty_app.api.dashboard.program_schemas import DOCUMENT_EXAMPLE, Document
from saleor_loyalty_app.api.dashboard.refusals import OF_SERVING, OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_SEE_MEMBERS, StaffOf
from saleor_loyalty_app.api.errors import documented
from saleor_loyalty_app.api.money import Money
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.api.storefront.milestones import AHEAD_EXAMPLE, MilestoneAhead
from saleor_loyalty_app.flows.milestone_board import Behind, milestone_board, preview_line
from saleor_loyalty_app.milestones import passed, sweeps
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.perks import IssueReward
from saleor_loyalty_app.programs.perks_words import perk_name
from saleor_loyalty_app.programs.problems import read_program
from saleor_loyalty_app.programs.rewards import NO_REWARDS
from saleor_loyalty_app.rewards import claims

router = staff_router()
_RULE: dict[str, Any] = {"rule": "first-ten", "given": 42, "waiting": 1, "before": 9, "taken": 1}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class MilestoneNumbers(_Part):
    """How many members passed the line of a rule."""

    rule: str = Field(description="Its id.")
    given: int = Field(description="Who got what it brings.")
    waiting: int = Field(description="Who gets it within the next minutes.")
    before: int = Field(description="Who had passed it before it came into force, and got nothing.")
    taken: int = Field(description="From whom it was taken back after a refund.")


class MilestoneSweep(_Part):
    """How far all members were looked at for lines that came into force."""

    total: int
    done: int


class MilestoneBoard(_Part):
    """What the milestones of a store did."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"rules": [_RULE], "sweep": {"total": 900, "done": 300}}]},
    )

    rules: list[MilestoneNumbers]
    sweep: MilestoneSweep | None = Field(description="null = nobody is left to look at.")


class LinePreviewInput(_Part):
    """A document as it is being written, and one of its rules."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"document": DOCUMENT_EXAMPLE, "rule": "five-thousand"}]},
    )

    document: Document
    rule: Annotated[str, Field(max_length=100, description="Its id.")]


class LinePreview(_Part):
    """Who is past a line now, and what it would cost to give it to them."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "members": 137,
                    "had": 0,
                    "total": 900,
                    "looked_at": 900,
                    "points": 68500,
                    "worth": [{"amount": "1370.00", "currency": "TRY"}],
                    "reward": "",
                    "left": None,
                }
            ]
        },
    )

    members: int = Field(description="Past the line and without the perk; estimated from a sample.")
    had: int = Field(description="Of those looked at, who had the perk already.")
    total: int = Field(description="Members of the store.")
    looked_at: int = Field(description="All, or a sample of them.")
    points: int = Field(description="What all of them would be given.")
    worth: list[Money] = Field(description="The same in money, by currency; of points alone.")
    reward: str = Field(
        description='The reward that each of them would be given, by its name; "" = points.'
    )
    left: int | None = Field(
        description="How many of the reward are left; null = it has no stock, or it is points."
    )


class MemberMilestones(_Part):
    """How far a member is to each milestone."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"milestones": [AHEAD_EXAMPLE]}]}
    )

    milestones: list[MilestoneAhead]


@router.get("/milestones", responses=documented(*OF_STAFF))
async def read_milestones(faces: FacesOf, staff: StaffOf) -> MilestoneBoard:
    """How many members passed each line, and how far they were looked at for new ones."""

    def read(conn: Connection) -> MilestoneBoard:
        store = still_active(conn, staff.store)
        counts = passed.counts(conn, store.id)
        sweep = sweeps.sweep_of(conn, store.id)
        running = sweep is not None and sweep.running
        return MilestoneBoard(
            rules=[
                MilestoneNumbers(
                    rule=rule_id,
                    given=counts.get((rule_id, "given"), 0),
                    waiting=counts.get((rule_id, "waiting"), 0),
                    before=counts.get((rule_id, "before"), 0),
                    taken=counts.get((rule_id, "taken"), 0) + counts.get((rule_id, "taking"), 0),
                )
                for rule_id in sorted({rule_id for rule_id, _ in counts})
            ],
            sweep=MilestoneSweep(total=sweep.total, done=sweep.done)
            if sweep is not None and running
            else None,
        )

    return await faces.database.read_async(read)


@router.post(
    "/milestones/preview",
    responses=documented(
        *OF_STAFF,
        *OF_SERVING,
        (400, "request_unreadable", {}),
        (422, "program_invalid", {"count": 1, "problems": []}),
        (422, "request_invalid", {"fields": []}),
    ),
)
async def preview_milestone(
    faces: FacesOf, staff: StaffOf, language: Language, what: LinePreviewInput
) -> LinePreview:
    """Who is past the line of a rule that is being written; nothing is given."""
    program = read_program(what.document)
    await faces.gate.read(staff.key)

    def read(conn: Connection) -> LinePreview:
        store = still_active(conn, staff.store)
        found = preview_line(conn, store, program, what.rule)
        return _preview(found, program, what.rule, claims.drawn(conn, store.id), language)

    return await faces.database.read_async(read)


@router.get(
    "/members/{member}/milestones",
    responses=documented(*OF_STAFF, *OF_SERVING, (404, "member_not_found", {})),
)
async def read_member_milestones(
    faces: FacesOf, staff: StaffOf, member: MemberId, language: Language
) -> MemberMilestones:
    """How far a member is to each milestone, and which were reached."""
    staff.need_one(TO_SEE_MEMBERS)
    await faces.gate.read(staff.key)
    number, now = number_of(member), faces.clock()

    def read(conn: Connection) -> MemberMilestones:
        store, found = require_member(conn, staff, number)
        board = milestone_board(conn, store, found.id, now=now)
        return MemberMilestones(milestones=[MilestoneAhead.of(one, language) for one in board])

    return await faces.database.read_async(read)


def _preview(
    found: Behind, program: Program, rule_id: str, drawn: Mapping[str, int], language: str
) -> LinePreview:
    """What is told of a line; `drawn` is how many of each reward were taken so far."""
    rule = next((one for one in program.earning.rules if one.id == rule_id), None)
    effect = None if rule is None else rule.then
    points = (getattr(effect, "points", None) or 0) * found.expected
    worth: dict[str, Money] = {}
    for rates in program.currencies if effect is not None and effect.unit == "points" else ():
        money = program.worth(points, rates.channel, rates.currency)
        if money is not None:
            worth.setdefault(rates.currency, Money.of(money, rates.currency))
    reward, left = "", None
    if isinstance(effect, IssueReward):
        reward = perk_name(effect, language, program)
        item = (program.rewards or NO_REWARDS).item(effect.reward)
        if item is not None and item.stock is not None:
            left = max(0, item.stock - drawn.get(item.id, 0))
    return LinePreview(
        members=found.expected,
        had=found.had,
        total=found.total,
        looked_at=found.looked_at,
        points=points,
        worth=list(worth.values()),
        reward=reward,
        left=left,
    )
