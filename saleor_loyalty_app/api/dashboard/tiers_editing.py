"""Tiers beside their form: some to begin with, and what each level means: `/tiers`."""

from pydantic import ConfigDict, Field, JsonValue
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.dashboard.members_schemas import Answer
from saleor_loyalty_app.api.dashboard.program_schemas import DOCUMENT_EXAMPLE, Document
from saleor_loyalty_app.api.dashboard.refusals import OF_SERVING, OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import StaffOf
from saleor_loyalty_app.api.errors import documented
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.flows.edit_draft import stats_of_evidence
from saleor_loyalty_app.flows.move_tiers import zone_of
from saleor_loyalty_app.programs.problems import read_program
from saleor_loyalty_app.programs.proposal import tiers_to_begin_with
from saleor_loyalty_app.programs.repository import find_draft
from saleor_loyalty_app.programs.tiers_examples import tier_examples
from saleor_loyalty_app.stores.repository import channels

router = staff_router("/tiers")
_EXAMPLE: dict[str, JsonValue] = {
    "tier": "silver",
    "beginning": ["An order that brings others 100 points brings 125 points."],
    "end": ["From Apr 1, 2028 on the member is Bronze."],
}


class TierTemplate(Answer):
    """Tiers to begin with."""

    section: Document | None = Field(
        description="The part `tiers` of a document, switched off; null without active channels."
    )
    by_orders: bool = Field(description="Sized by what orders cost; else by what points cost.")


class TierExamplesInput(Answer):
    """A document as it is being written."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"document": DOCUMENT_EXAMPLE}]},
    )

    document: Document


class TierExample(Answer):
    """What a level means for a member who reaches it today."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"examples": [_EXAMPLE]}
    )

    tier: str = Field(description="Its id.")
    beginning: list[str] = Field(description="What reaching it takes and gives, in sentences.")
    end: list[str] = Field(description="What becomes of who buys no more; none: it stays.")


class TierExamples(Answer):
    """What each level means, from the lowest to the highest; nothing without tiers."""

    examples: list[TierExample]


@router.get("/template", responses=documented(*OF_STAFF, *OF_SERVING))
async def read_template(faces: FacesOf, staff: StaffOf) -> TierTemplate:
    """Three tiers by the spend of twelve months, sized by the store's orders where it had some."""
    await faces.gate.read(staff.key)

    def read(conn: Connection) -> TierTemplate:
        store = still_active(conn, staff.store)
        draft = find_draft(conn, store.id)
        stats = stats_of_evidence(draft.evidence) if draft is not None else {}
        found = tiers_to_begin_with(stats, channels(conn, store.id))
        return TierTemplate(
            section=None if found is None else found.model_dump(mode="json"),
            by_orders=bool(stats),
        )

    return await faces.database.read_async(read)


@router.post(
    "/examples",
    responses=documented(
        *OF_STAFF,
        *OF_SERVING,
        (400, "request_unreadable", {}),
        (422, "program_invalid", {"count": 1, "problems": []}),
        (422, "request_invalid", {"fields": []}),
    ),
)
async def tell_examples(
    faces: FacesOf, staff: StaffOf, language: Language, what: TierExamplesInput
) -> TierExamples:
    """Works out what happens to a member who reaches each level of a document today."""
    await faces.gate.read(staff.key)
    tiers = read_program(what.document).tiers
    today = faces.clock().astimezone(zone_of(staff.store)).date()
    told = {} if tiers is None else tier_examples(tiers, today, language)
    return TierExamples(
        examples=[
            TierExample(tier=tier, beginning=list(one.beginning), end=list(one.end))
            for tier, one in told.items()
        ]
    )
