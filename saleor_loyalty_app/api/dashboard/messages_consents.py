"""Consents and the Turkish register of them (İYS): `/api/dashboard/v1/messages/consents`."""

from typing import Any

from fastapi import Response
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import FacesOf
from saleor_loyalty_app.api.csv_files import CSV_RESPONSE
from saleor_loyalty_app.api.dashboard.messages_schemas import (
    RefusalsInput,
    RefusalsTaken,
    Reported,
    ReportedInput,
)
from saleor_loyalty_app.api.dashboard.refusals import OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_SET_UP, StaffOf
from saleor_loyalty_app.api.errors import documented
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.messages import consent_register
from saleor_loyalty_app.stores import staff_actions

router = staff_router("/messages/consents")
_RESPONSES: dict[int | str, dict[str, Any]] = {**documented(*OF_STAFF), **CSV_RESPONSE}


@router.get("/export", response_class=Response, responses=_RESPONSES)
async def export_consents(faces: FacesOf, staff: StaffOf) -> Response:
    """The changes that the register has not been told, as the CSV that it takes."""
    staff.need(TO_SET_UP)
    now = faces.clock()

    def export(conn: Connection) -> str:
        store = still_active(conn, staff.store)
        lines = "".join(consent_register.export(conn, store.id))
        staff_actions.note(
            conn,
            store.id,
            actor=staff.actor,
            kind="consents_exported",
            subject="store",
            after={"lines": lines.count("\n") - 1},
            now=now,
        )
        return lines

    text = await faces.database.write_async(export)
    return Response(
        text,
        media_type="text/csv",
        headers={
            "Content-Disposition": f'attachment; filename="consents-{now:%Y-%m-%d}.csv"',
            "Cache-Control": "no-store",
        },
    )


@router.post(
    "/reported",
    responses=documented(
        *OF_STAFF, (400, "request_unreadable", {}), (422, "request_invalid", {"fields": []})
    ),
)
async def note_reported(faces: FacesOf, staff: StaffOf, what: ReportedInput) -> Reported:
    """Notes that the register was told, up to a line of the export."""
    staff.need(TO_SET_UP)
    now = faces.clock()

    def note(conn: Connection) -> int:
        store = still_active(conn, staff.store)
        told = consent_register.mark_reported(conn, store.id, what.through, now)
        staff_actions.note(
            conn,
            store.id,
            actor=staff.actor,
            kind="consents_reported",
            subject="store",
            after={"reported": told},
            now=now,
        )
        return told

    return Reported(reported=await faces.database.write_async(note))


@router.post(
    "/refusals",
    responses=documented(
        *OF_STAFF,
        (400, "request_unreadable", {}),
        (400, "register_file_invalid", {"line": 1}),
        (422, "request_invalid", {"fields": []}),
    ),
)
async def import_refusals(faces: FacesOf, staff: StaffOf, what: RefusalsInput) -> RefusalsTaken:
    """Ends the consents that the register's file says to be refused; all or none of it."""
    staff.need(TO_SET_UP)
    now = faces.clock()

    def take(conn: Connection) -> consent_register.Imported:
        store = still_active(conn, staff.store)
        taken = consent_register.import_refusals(
            conn, store.id, what.file, keys=faces.email_keys, now=now
        )
        staff_actions.note(
            conn,
            store.id,
            actor=staff.actor,
            kind="refusals_imported",
            subject="store",
            after={"refused": taken.refused, "known": taken.known},
            now=now,
        )
        return taken

    taken = await faces.database.write_async(take)
    return RefusalsTaken(refused=taken.refused, known=taken.known, unknown=taken.unknown)
