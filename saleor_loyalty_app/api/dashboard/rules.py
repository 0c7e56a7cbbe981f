"""Earning rules beside their form: each as a sentence, and what it gave lately: `/rules`."""

from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.dashboard.program_schemas import DOCUMENT_EXAMPLE, Document
from saleor_loyalty_app.api.dashboard.refusals import OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import StaffOf
from saleor_loyalty_app.api.errors import documented
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.flows.edit_draft import stats_of_evidence
from saleor_loyalty_app.flows.program_examples import ExampleOrder, usual_order
from saleor_loyalty_app.flows.rule_example import rule_example
from saleor_loyalty_app.insights.rule_uses import RuleUses, rule_uses
from saleor_loyalty_app.programs.problems import check_size, read_program
from saleor_loyalty_app.programs.repository import find_draft
from saleor_loyalty_app.programs.rule_sentences import Names, rule_sentence
from saleor_loyalty_app.programs.rules import EarningRule
from saleor_loyalty_app.programs.scalars import Reference
from saleor_loyalty_app.stores.repository import channels

router = staff_router("/rules")
#: How far back the numbers beside the rules go.
DAYS = 30
_RULE: TypeAdapter[EarningRule] = TypeAdapter(EarningRule)
_Name = Annotated[str, StringConstraints(max_length=300)]
_Kind = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,20}$")]


class Shape(BaseModel):
    """What all of these have in common."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RuleUsed(Shape):
    """What one rule gave lately."""

    rule: str = Field(description="Its id.")
    times: int = Field(description="To so many orders, or for so many deeds.")
    points: int = Field(description="Whole points; below zero where it took points away.")
    status_points: int


class RulesUsed(Shape):
    """What the rules gave in the last 30 days, by what orders earned when they were paid."""

    since: datetime
    orders: int = Field(description="That were looked at.")
    complete: bool = Field(description="false: there are more; the latest were looked at.")
    rules: list[RuleUsed] = Field(description="Those that gave something.")


class SentencesInput(Shape):
    """Rules as they are being written, and names for what they refer to."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "rules": [
                        {
                            "id": "shirts",
                            "when": {"type": "category", "slugs": ["shirts"]},
                            "then": {"type": "multiplier", "factor": "2"},
                        }
                    ],
                    "names": {"category": {"shirts": "Shirts"}},
                }
            ]
        },
    )

    rules: Annotated[list[Document], Field(max_length=100)]
    names: Annotated[
        dict[_Kind, Annotated[dict[Reference, _Name], Field(max_length=1000)]],
        Field(max_length=10, description="By kind and reference; what has none is said as it is."),
    ] = {}


class Sentences(Shape):
    """The rules in words."""

    sentences: list[str | None] = Field(
        description="In the order of the rules; null where one is not complete."
    )


class ExampleRuleInput(Shape):
    """A document as it is being written, and one of its rules."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"document": DOCUMENT_EXAMPLE, "rule": "purchases"}]},
    )

    document: Document
    rule: Annotated[str, Field(max_length=100, description="Its id.")]


class ExampleOfRule(Shape):
    """What a rule means for an order that fits it."""

    text: str | None = Field(description="null where no order is found that it gives anything.")


@router.get("/uses", responses=documented(*OF_STAFF))
async def read_rule_uses(faces: FacesOf, staff: StaffOf) -> RulesUsed:
    """How often each rule gave something in the last 30 days, and how much."""
    since = faces.clock() - timedelta(days=DAYS)
    found = await faces.database.read_async(
        lambda conn: rule_uses(conn, still_active(conn, staff.store).id, since)
    )
    return _told(found, ZoneInfo(staff.store.timezone))


@router.post(
    "/sentences",
    responses=documented(
        *OF_STAFF,
        (400, "request_unreadable", {}),
        (422, "program_invalid", {"count": 1, "problems": []}),
        (422, "request_invalid", {"fields": []}),
    ),
)
async def say_rules(staff: StaffOf, language: Language, what: SentencesInput) -> Sentences:
    """Says each rule as a sentence, with the names that were given."""
    check_size({"rules": what.rules})
    return Sentences(sentences=[_said(one, language, what.names) for one in what.rules])


@router.post(
    "/example",
    responses=documented(
        *OF_STAFF,
        (400, "request_unreadable", {}),
        (422, "program_invalid", {"count": 1, "problems": []}),
        (422, "request_invalid", {"fields": []}),
    ),
)
async def tell_example(
    faces: FacesOf, staff: StaffOf, language: Language, what: ExampleRuleInput
) -> ExampleOfRule:
    """Works out one rule on a made-up order of the store that fits it."""
    program = read_program(what.document)
    now = faces.clock()

    def read(conn: Connection) -> str | None:
        store = still_active(conn, staff.store)
        return rule_example(
            program,
            what.rule,
            usual_orders(conn, store.id),
            now=now,
            timezone=store.timezone,
            language=language,
        )

    return ExampleOfRule(text=await faces.database.read_async(read))


def usual_orders(conn: Connection, store_id: int) -> list[ExampleOrder]:
    """An order of each channel of a store as they usually are there."""
    draft = find_draft(conn, store_id)
    stats = stats_of_evidence(draft.evidence) if draft is not None else {}
    return [
        usual_order(one, stats.get((one.slug, one.currency))) for one in channels(conn, store_id)
    ]


def _said(rule: Document, language: str, names: Names) -> str | None:
    try:
        return rule_sentence(_RULE.validate_python(rule), language, names)
    except ValidationError:
        return None


def _told(found: RuleUses, zone: ZoneInfo) -> RulesUsed:
    return RulesUsed(
        since=found.since.astimezone(zone),
        orders=found.orders,
        complete=found.complete,
        rules=[
            RuleUsed(
                rule=rule_id,
                times=use.times,
                points=use.points.__floor__(),
                status_points=use.status.__floor__(),
            )
            for rule_id, use in sorted(found.by_rule.items())
        ],
    )
