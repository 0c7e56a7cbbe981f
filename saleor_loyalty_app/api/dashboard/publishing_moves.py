"""Who would come into segments and leave them with the draft, and what its deeds cost."""

from fastapi import APIRouter
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.dashboard.publishing_moves_schemas import DeedsCost, SegmentsPreview
from saleor_loyalty_app.api.dashboard.refusals import OF_SERVING, OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_CHANGE, StaffOf
from saleor_loyalty_app.api.errors import Refusal, documented
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.flows.cost_of_deeds import cost_of_deeds
from saleor_loyalty_app.flows.preview_segment_moves import preview_segment_moves
from saleor_loyalty_app.programs.repository import get_draft, revision_at

router: APIRouter = staff_router("/publishing")
_DRAFT: tuple[Refusal, ...] = (
    (404, "no_program_draft", {}),
    (422, "program_invalid", {"count": 1, "problems": []}),
)


@router.get("/segments", responses=documented(*OF_STAFF, *OF_SERVING, *_DRAFT))
async def preview_segments(faces: FacesOf, staff: StaffOf, language: Language) -> SegmentsPreview:
    """Who would move between segments if the draft were published now: counted, or on a sample."""
    staff.need(TO_CHANGE)
    await faces.gate.read(staff.key)
    now = faces.clock()

    def read(conn: Connection) -> SegmentsPreview:
        store = still_active(conn, staff.store)
        draft = get_draft(conn, store.id).program()
        live = revision_at(conn, store.id, now)
        in_force = None if live is None else live.program
        found = preview_segment_moves(conn, store, in_force, draft, now=now)
        return SegmentsPreview.of(found, language)

    return await faces.database.read_async(read)


@router.get("/deeds", responses=documented(*OF_STAFF, *OF_SERVING, *_DRAFT))
async def read_deeds(faces: FacesOf, staff: StaffOf, language: Language) -> DeedsCost:
    """What the draft would have given for registrations, birthdays, answers, events and the like
    in the last 90 days, and what of its cost is not counted.
    """
    staff.need(TO_CHANGE)
    await faces.gate.read(staff.key)
    now = faces.clock()

    def read(conn: Connection) -> DeedsCost:
        store = still_active(conn, staff.store)
        draft = get_draft(conn, store.id).program()
        live = revision_at(conn, store.id, now)
        in_force = None if live is None else live.program
        found = cost_of_deeds(conn, store, in_force, draft, now=now)
        return DeedsCost.of(found, draft, in_force, language)

    return await faces.database.read_async(read)
