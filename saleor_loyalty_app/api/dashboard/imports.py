"""Members and points from another system: `/api/dashboard/v1/member-imports`.

Not to be taken for the orders from before the program (`/publishing/imports`).
"""

import asyncio
import tempfile
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, BinaryIO, cast

from fastapi import Path, Query, Request, Response
from sqlalchemy.engine import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.csv_files import CSV_RESPONSE, CsvFile
from saleor_loyalty_app.api.dashboard.imports_schemas import (
    ImportRemains,
    MemberImport,
    MemberImportRows,
    MemberImports,
    RowState,
    actors_of,
    text_of,
    told_import,
    told_row,
)
from saleor_loyalty_app.api.dashboard.refusals import OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_SET_UP, Staff, StaffOf
from saleor_loyalty_app.api.dashboard.staff_names import staff_names
from saleor_loyalty_app.api.errors import Refusal, documented
from saleor_loyalty_app.api.opaque import cursor_of, number_after
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.api.saleor.bodies import BodyNotComplete
from saleor_loyalty_app.flows.import_members import (
    cancel_member_import,
    require_import,
    start_member_import,
)
from saleor_loyalty_app.flows.reverse_member_import import remains_of, start_reversal
from saleor_loyalty_app.flows.take_member_file import LONGEST_NAME, take_member_file
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.member_imports import repository
from saleor_loyalty_app.member_imports.errors import FileTooLarge
from saleor_loyalty_app.member_imports.repository import ImportRef
from saleor_loyalty_app.member_imports.rows import LARGEST_FILE
from saleor_loyalty_app.member_imports.template import template
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.errors import ProgramInvalid
from saleor_loyalty_app.programs.repository import find_draft, revision_at
from saleor_loyalty_app.stores.refs import StoreRef

router = staff_router("/member-imports")
ImportId = Annotated[int, Path(ge=1, le=2**62)]
First = Annotated[int, Query(ge=1, le=100, description="How many at most.")]
After = Annotated[str | None, Query(max_length=100, description="`next` of the page before.")]
#: Seconds in which a file has to be here.
SLOWEST_FILE = 120.0
#: So much of a file is kept in memory while it comes.
_IN_MEMORY = 512 * 1024
_FIELDS: Refusal = (422, "request_invalid", {"fields": []})
_CURSOR: Refusal = (400, "invalid_cursor", {})
_UNKNOWN: Refusal = (404, "member_import_not_found", {"import_id": 7})
_STATE: Refusal = (409, "member_import_wrong_state", {"state": "done"})
_BUSY: Refusal = (409, "member_import_busy", {})
_OF_FILES: tuple[Refusal, ...] = (
    (413, "import_file_too_large", {"maximum": 8}),
    (422, "import_file_empty", {}),
    (422, "import_file_is_spreadsheet", {}),
    (422, "import_encoding_unknown", {}),
    (422, "import_file_unreadable", {"line": 12}),
    (422, "import_header_unknown", {"missing": ["points"], "known": ["email", "points"]}),
    (422, "import_column_twice", {"column": "email"}),
    (422, "import_too_many_rows", {"maximum": 50_000}),
    (503, "body_not_complete", {}),
)
_RAW: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get(
    "/template.csv", response_class=Response, responses={**documented(*OF_STAFF), **CSV_RESPONSE}
)
async def read_template(staff: StaffOf, language: Language) -> Response:
    """A file to begin with, with two examples, in the language of Accept-Language."""
    staff.need(TO_SET_UP)
    return Response(
        template(language).encode("utf-8-sig"),
        media_type="text/csv",
        headers={
            "Content-Disposition": 'attachment; filename="loyalty-members.csv"',
            "Cache-Control": "no-store",
            "Vary": "Accept-Language",
        },
    )


@router.get("", responses=documented(*OF_STAFF, _CURSOR, _FIELDS))
async def list_member_imports(
    faces: FacesOf, staff: StaffOf, language: Language, first: First = 10, after: After = None
) -> MemberImports:
    """The files that were brought, newest first."""
    staff.need(TO_SET_UP)
    before, now = number_after(after), faces.clock()

    def read(conn: Connection) -> MemberImports:
        store = still_active(conn, staff.store)
        found = repository.imports_page(conn, store.id, first=first + 1, before=before)
        live = revision_at(conn, store.id, now)
        program = live.program if live is not None else _drafted(conn, store)
        names = staff_names(conn, store.id, actors_of(found), language)
        return MemberImports(
            items=[told_import(one, store, names, program, language) for one in found[:first]],
            next=cursor_of(str(found[first - 1].id)) if len(found) > first else None,
            live=live is not None,
        )

    return await faces.database.read_async(read)


@router.post(
    "",
    status_code=201,
    openapi_extra=_RAW,
    responses=documented(
        *OF_STAFF, (429, "too_many_requests", {"limit": 60, "seconds": 60}), *_OF_FILES, _FIELDS
    ),
)
async def take_file(
    request: Request,
    faces: FacesOf,
    staff: StaffOf,
    language: Language,
    name: Annotated[
        str, Query(max_length=LONGEST_NAME, description="Of the file, as people know it.")
    ] = "members.csv",
) -> MemberImport:
    """Takes a CSV file in, and begins to check it; nothing is booked.

    UTF-8, UTF-16 with its mark, or Windows-1254; commas, semicolons or tabs; at most 50,000 rows
    and 8 MB.
    """
    staff.need(TO_SET_UP)
    await faces.gate.serve_customer(staff.key)
    store = await faces.database.read_async(lambda conn: still_active(conn, staff.store))
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as spool:
        file = cast(BinaryIO, spool)
        await _receive(request, file)
        taken = await run_in_threadpool(
            partial(
                take_member_file,
                faces.database,
                store,
                file,
                name,
                actor=staff.actor,
                clock=faces.clock,
                keys=faces.email_keys,
            )
        )
    return await faces.database.read_async(lambda conn: _told(conn, store, taken, faces, language))


@router.get("/{import_id}", responses=documented(*OF_STAFF, _UNKNOWN, _FIELDS))
async def read_member_import(
    faces: FacesOf, staff: StaffOf, language: Language, import_id: ImportId
) -> MemberImport:
    """One import, with what it would bring or brought."""
    staff.need(TO_SET_UP)

    def read(conn: Connection) -> MemberImport:
        store = still_active(conn, staff.store)
        row = require_import(conn, store.id, import_id)
        return _told(conn, store, row, faces, language)

    return await faces.database.read_async(read)


@router.get("/{import_id}/rows", responses=documented(*OF_STAFF, _CURSOR, _UNKNOWN, _FIELDS))
async def list_rows(
    faces: FacesOf,
    staff: StaffOf,
    language: Language,
    import_id: ImportId,
    state: Annotated[RowState | None, Query(description="Only rows in this state.")] = None,
    first: First = 25,
    after: After = None,
) -> MemberImportRows:
    """The rows of a file as they were understood; none once they were deleted."""
    staff.need(TO_SET_UP)
    start = number_after(after) or 0

    def read(conn: Connection) -> MemberImportRows:
        store = still_active(conn, staff.store)
        row = require_import(conn, store.id, import_id)
        found = repository.rows_page(conn, row.id, state=state, after=start, first=first + 1)
        return MemberImportRows(
            items=[told_row(one, language) for one in found[:first]],
            next=cursor_of(str(found[first - 1].id)) if len(found) > first else None,
        )

    return await faces.database.read_async(read)


@router.get(
    "/{import_id}/report.csv",
    response_class=Response,
    responses={**documented(*OF_STAFF, _UNKNOWN, _FIELDS), **CSV_RESPONSE},
)
async def read_report(
    faces: FacesOf, staff: StaffOf, language: Language, import_id: ImportId
) -> Response:
    """Every row that was not booked or of which something is to be told: line, column, why."""
    staff.need(TO_SET_UP)

    def read(conn: Connection) -> list[tuple[object, ...]]:
        store = still_active(conn, staff.store)
        row = require_import(conn, store.id, import_id)
        return [
            (
                line,
                translate(f"import_row_state.{state}", language),
                column,
                code,
                text_of(code, language),
            )
            for line, state, problems in repository.rows_with_problems(conn, row.id)
            for column, code in problems
        ]

    rows = await faces.database.read_async(read)
    header = [translate(f"csv.import_{name}", language) for name in _REPORT]
    return CsvFile(f"loyalty-import-{import_id}.csv", header, rows)


_REPORT = ("line", "state", "column", "code", "text")


@router.get("/{import_id}/reversal", responses=documented(*OF_STAFF, _UNKNOWN, _FIELDS))
async def preview_reversal(faces: FacesOf, staff: StaffOf, import_id: ImportId) -> ImportRemains:
    """What taking an import back would take now, and what it could not."""
    staff.need(TO_SET_UP)
    now = faces.clock()

    def read(conn: Connection) -> ImportRemains:
        store = still_active(conn, staff.store)
        row = require_import(conn, store.id, import_id)
        return ImportRemains.of(remains_of(conn, store, row, now=now))

    return await faces.database.read_async(read)


@router.post(
    "/{import_id}/start",
    responses=documented(
        *OF_STAFF,
        _UNKNOWN,
        _STATE,
        _BUSY,
        (409, "member_import_needs_program", {}),
        (409, "member_import_rows_gone", {}),
        _FIELDS,
    ),
)
async def start_import(
    faces: FacesOf, staff: StaffOf, language: Language, import_id: ImportId
) -> MemberImport:
    """Begins to book what was checked, or goes on where it was stopped."""
    return await _change(faces, staff, language, import_id, start_member_import)


@router.post("/{import_id}/cancel", responses=documented(*OF_STAFF, _UNKNOWN, _STATE, _FIELDS))
async def cancel_import(
    faces: FacesOf, staff: StaffOf, language: Language, import_id: ImportId
) -> MemberImport:
    """Stops an import; what it booked stays booked."""
    return await _change(faces, staff, language, import_id, cancel_member_import)


@router.post(
    "/{import_id}/reverse", responses=documented(*OF_STAFF, _UNKNOWN, _STATE, _BUSY, _FIELDS)
)
async def reverse_import(
    faces: FacesOf, staff: StaffOf, language: Language, import_id: ImportId
) -> MemberImport:
    """Begins to take back what members still have of an import."""
    return await _change(faces, staff, language, import_id, start_reversal)


async def _change(
    faces: FacesOf,
    staff: Staff,
    language: str,
    import_id: int,
    deed: Callable[..., ImportRef],
) -> MemberImport:
    staff.need(TO_SET_UP)
    now = faces.clock()

    def write(conn: Connection) -> MemberImport:
        store = still_active(conn, staff.store)
        row = deed(conn, store, import_id, actor=staff.actor, now=now)
        return _told(conn, store, row, faces, language)

    return await faces.database.write_async(write)


async def _receive(request: Request, file: BinaryIO) -> None:
    """Writes the body of a request into a file, never more of it than is taken.

    Raises:
        FileTooLarge; BodyNotComplete: it stopped, or was too slow.
    """
    size = 0
    try:
        async with asyncio.timeout(SLOWEST_FILE):
            async for chunk in request.stream():
                size += len(chunk)
                if size > LARGEST_FILE:
                    raise FileTooLarge(maximum=LARGEST_FILE // 2**20)
                file.write(chunk)
    except (ClientDisconnect, TimeoutError):
        raise BodyNotComplete from None


def _told(
    conn: Connection, store: StoreRef, row: ImportRef, faces: FacesOf, language: str
) -> MemberImport:
    live = revision_at(conn, store.id, faces.clock())
    program = live.program if live is not None else _drafted(conn, store)
    names = staff_names(conn, store.id, actors_of([row]), language)
    return told_import(row, store, names, program, language)


def _drafted(conn: Connection, store: StoreRef) -> Program | None:
    """The program of the draft; None where there is none that could be published."""
    draft = find_draft(conn, store.id)
    try:
        return None if draft is None else draft.program()
    except ProgramInvalid:
        return None
