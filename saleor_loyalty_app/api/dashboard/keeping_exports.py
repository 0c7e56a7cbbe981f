"""Everything of the store as one file, made in the background: `/exports`."""

from collections.abc import AsyncIterator, Mapping
from functools import partial
from typing import Annotated, Any

from fastapi import Path
from fastapi.responses import StreamingResponse
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import FacesOf
from saleor_loyalty_app.api.dashboard.keeping_schemas import Exports, ExportSeen, ExportTotals
from saleor_loyalty_app.api.dashboard.refusals import OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_SET_UP, StaffOf
from saleor_loyalty_app.api.errors import Refusal, documented
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.archive_store import ask_export
from saleor_loyalty_app.stores import exports, staff_actions
from saleor_loyalty_app.stores.exports import Export, ExportNotFound

router = staff_router()
SHOWN = 10
ExportId = Annotated[int, Path(ge=1, le=2**53, description="The number of the file.")]
_UNKNOWN: Refusal = (404, "export_not_found", {})
_FIELDS: Refusal = (422, "request_invalid", {"fields": []})
_ZIP: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A ZIP file.",
        "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get("/exports", responses=documented(*OF_STAFF))
async def list_exports(faces: FacesOf, staff: StaffOf) -> Exports:
    """The newest files, with how far they are."""
    staff.need(TO_SET_UP)

    def read(conn: Connection) -> Exports:
        store = still_active(conn, staff.store)
        return Exports(items=[_seen(one) for one in exports.latest(conn, store.id, first=SHOWN)])

    return await faces.database.read_async(read)


@router.post(
    "/exports", status_code=202, responses=documented(*OF_STAFF, (409, "export_running", {}))
)
async def ask_for_export(faces: FacesOf, staff: StaffOf) -> ExportSeen:
    """Asks for a file; it is there for a day once it is done."""
    staff.need(TO_SET_UP)
    now = faces.clock()

    def write(conn: Connection) -> Export:
        store = still_active(conn, staff.store)
        return ask_export(conn, store, by=staff.actor, now=now)

    return _seen(await faces.database.write_async(write))


@router.post("/exports/{export_id}/cancel", responses=documented(*OF_STAFF, _UNKNOWN, _FIELDS))
async def cancel_export(faces: FacesOf, staff: StaffOf, export_id: ExportId) -> ExportSeen:
    """Stops the writing of a file; one that is done stays."""
    staff.need(TO_SET_UP)
    now = faces.clock()

    def write(conn: Connection) -> Export:
        store = still_active(conn, staff.store)
        before = exports.find(conn, store.id, export_id)
        after = exports.cancel(conn, store.id, export_id, now=now)
        if before.state != after.state:
            staff_actions.note(
                conn,
                store.id,
                actor=staff.actor,
                kind="export_canceled",
                subject=f"export:{export_id}",
                now=now,
            )
        return after

    return _seen(await faces.database.write_async(write))


@router.get(
    "/exports/{export_id}/file",
    response_class=StreamingResponse,
    responses=documented(*OF_STAFF, _UNKNOWN, _FIELDS) | _ZIP,
)
async def fetch_export(faces: FacesOf, staff: StaffOf, export_id: ExportId) -> StreamingResponse:
    """The file; that it was fetched is noted."""
    staff.need(TO_SET_UP)
    now = faces.clock()

    def write(conn: Connection) -> Export:
        store = still_active(conn, staff.store)
        found = exports.find(conn, store.id, export_id)
        if found.state != "done" or found.expires_at is None or found.expires_at <= now:
            raise ExportNotFound
        staff_actions.note(
            conn,
            store.id,
            actor=staff.actor,
            kind="export_fetched",
            subject=f"export:{export_id}",
            now=now,
        )
        return found

    found = await faces.database.write_async(write)
    name = f"loyalty-export-{found.asked_at:%Y-%m-%d}-{found.id}.zip"
    return StreamingResponse(
        _pieces(faces.database, found.id),
        media_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Length": str(found.size),
            "Cache-Control": "no-store",
        },
    )


async def _pieces(database: Database, export_id: int) -> AsyncIterator[bytes]:
    """The file piece by piece; one that is deleted meanwhile ends short of its length."""
    number = 0
    while True:
        data = await database.read_async(partial(exports.part, export_id=export_id, number=number))
        if data is None:
            return
        yield data
        number += 1


def _seen(found: Export) -> ExportSeen:
    points = found.report.get("points", {})
    return ExportSeen(
        id=found.id,
        state=found.state,
        asked_at=found.asked_at,
        done=found.done,
        total=max(found.total, found.done),
        finished_at=found.finished_at,
        expires_at=found.expires_at,
        size=found.size,
        sha256=found.sha256,
        rows=sum(found.report.get("rows", {}).values()),
        points=[_totals(unit, sums) for unit, sums in points.items()],
    )


def _totals(unit: str, sums: Mapping[str, int]) -> ExportTotals:
    return ExportTotals(
        unit=unit,
        entries=sums.get("entries", 0),
        lots=sums.get("lots", 0),
        held=sums.get("held", 0),
        debt=sums.get("debt", 0),
    )
