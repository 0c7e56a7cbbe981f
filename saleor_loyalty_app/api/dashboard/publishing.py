"""From draft to program: difference, publishing, scheduling, going back, history: `/publishing`."""

from datetime import datetime
from functools import partial
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Path, Query
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.dashboard.catalog_told import Catalog, catalog_of, draft_and_live
from saleor_loyalty_app.api.dashboard.program_schemas import Finding
from saleor_loyalty_app.api.dashboard.publishing_actions import (
    call_off_revision,
    publish_seen,
    roll_back_to,
)
from saleor_loyalty_app.api.dashboard.publishing_schemas import (
    DraftSeen,
    Published,
    PublishingPage,
    PublishInput,
    RevisionHead,
    Revisions,
    RevisionSeen,
    RollBackInput,
)
from saleor_loyalty_app.api.dashboard.refusals import OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_CHANGE, Staff, StaffOf
from saleor_loyalty_app.api.dashboard.staff_names import staff_names
from saleor_loyalty_app.api.errors import Refusal, documented
from saleor_loyalty_app.api.opaque import cursor_of, ledger_cursor
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.flows.program_problems import problems_of_document
from saleor_loyalty_app.flows.publish_program import preview
from saleor_loyalty_app.programs import repository
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.errors import ProgramInvalid
from saleor_loyalty_app.programs.problems import Problem, problems_in, read_program
from saleor_loyalty_app.programs.repository import Draft, Revision
from saleor_loyalty_app.stores.refs import StoreRef

router = staff_router()
Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="The number of the revision.")]
_INVALID: Refusal = (422, "program_invalid", {"count": 1, "problems": []})
_UNREADABLE: Refusal = (400, "request_unreadable", {})
_FIELDS: Refusal = (422, "request_invalid", {"fields": []})
_UNKNOWN: Refusal = (404, "program_revision_not_found", {"number": 7})


@router.get("/publishing", responses=documented(*OF_STAFF))
async def read_publishing(faces: FacesOf, staff: StaffOf, language: Language) -> PublishingPage:
    """What would be published, what is in force, and what comes."""
    now = faces.clock()
    catalog = await catalog_of(faces, staff, now, partial(draft_and_live, now=now))
    return await faces.database.read_async(lambda conn: _page(conn, staff, now, language, catalog))


@router.post(
    "/publish",
    responses=documented(
        *OF_STAFF,
        _UNREADABLE,
        (404, "no_program_draft", {}),
        (409, "program_draft_changed", {}),
        (409, "program_already_scheduled", {}),
        _INVALID,
        (422, "program_effective_in_past", {"effective_from": "2027-01-01T00:00:00+00:00"}),
        (
            422,
            "program_effective_too_far",
            {"effective_from": "2037-01-01T00:00:00+00:00", "days": 731},
        ),
        _FIELDS,
    ),
)
async def publish(faces: FacesOf, staff: StaffOf, what: PublishInput) -> Published:
    """Puts the draft into force now or at a later time, if it is still the one that was seen."""
    now = faces.clock()
    return await faces.database.write_async(lambda conn: publish_seen(conn, staff, what, now=now))


@router.get(
    "/publishing/revisions",
    responses=documented(*OF_STAFF, (400, "invalid_cursor", {}), _FIELDS),
)
async def list_revisions(
    faces: FacesOf,
    staff: StaffOf,
    language: Language,
    first: Annotated[int, Query(ge=1, le=100, description="How many at most.")] = 25,
    after: Annotated[
        str | None, Query(max_length=100, description="`next` of the page before.")
    ] = None,
) -> Revisions:
    """All programs that were ever published, newest first."""
    before = None if after is None else int(ledger_cursor(after))
    now = faces.clock()

    def read(conn: Connection) -> Revisions:
        store = still_active(conn, staff.store)
        found = repository.revisions(conn, store.id, first=min(first + 1, 100), before=before)
        live = repository.revision_at(conn, store.id, now)
        shown = found[:first]
        programs = repository.programs_by_id(conn, store.id, [one.id for one in shown])
        names = staff_names(conn, store.id, (one.published_by for one in shown), language)
        return Revisions(
            items=[
                _head(
                    one,
                    staff,
                    store,
                    now,
                    live,
                    name=programs[one.id].texts_for(language).program,
                    author=names[one.published_by],
                )
                for one in shown
            ],
            next=cursor_of(str(shown[-1].number)) if len(found) > first else None,
        )

    return await faces.database.read_async(read)


@router.get("/publishing/revisions/{number}", responses=documented(*OF_STAFF, _UNKNOWN, _FIELDS))
async def read_revision(
    faces: FacesOf, staff: StaffOf, language: Language, number: Number
) -> RevisionSeen:
    """A published program, and what going back to it would change."""
    now = faces.clock()

    def compared(conn: Connection, store: StoreRef) -> list[Program]:
        live = repository.revision_at(conn, store.id, now)
        old = repository.revision_by_number(conn, store.id, number)
        return [one.program for one in (live, old) if one is not None]

    catalog = await catalog_of(faces, staff, now, compared)

    def read(conn: Connection) -> RevisionSeen:
        store = still_active(conn, staff.store)
        found = repository.revision_by_number(conn, store.id, number)
        seen = preview(conn, store, found.program, now=now, language=language, catalog=catalog)
        problems = [*_broken_since(found.program), *seen.problems]
        return RevisionSeen(
            head=_head_of(conn, found, staff, store, now, language),
            document=found.program.document,
            changes=[change.text for change in seen.changes],
            problems=[Finding.of(one, language) for one in problems],
            publishable=seen.publishable and problems == list(seen.problems),
        )

    return await faces.database.read_async(read)


@router.post(
    "/publishing/revisions/{number}/roll-back",
    responses=documented(*OF_STAFF, _UNREADABLE, _UNKNOWN, _INVALID, _FIELDS),
)
async def roll_back(
    faces: FacesOf, staff: StaffOf, number: Number, what: RollBackInput
) -> Published:
    """Publishes an old program again, as a new revision that is in force at once."""
    staff.need(TO_CHANGE)
    now = faces.clock()
    return await faces.database.write_async(
        lambda conn: roll_back_to(conn, staff, number, what.note, now=now)
    )


@router.post(
    "/publishing/revisions/{number}/cancel",
    responses=documented(
        *OF_STAFF, _UNKNOWN, (409, "program_revision_not_scheduled", {"number": 7}), _FIELDS
    ),
)
async def cancel(
    faces: FacesOf, staff: StaffOf, language: Language, number: Number
) -> RevisionHead:
    """Calls off a program that is still to come into force."""
    staff.need(TO_CHANGE)
    now = faces.clock()

    def write(conn: Connection) -> RevisionHead:
        store = call_off_revision(conn, staff, number, now=now)
        found = repository.revision_by_number(conn, store.id, number)
        return _head_of(conn, found, staff, store, now, language)

    return await faces.database.write_async(write)


def _page(
    conn: Connection, staff: Staff, now: datetime, language: str, catalog: Catalog
) -> PublishingPage:
    store = still_active(conn, staff.store)
    zone = ZoneInfo(store.timezone)
    live = repository.revision_at(conn, store.id, now)
    coming = repository.scheduled_revisions(conn, store.id, now)
    began = repository.went_live_at(conn, store.id)
    draft = repository.find_draft(conn, store.id)
    return PublishingPage(
        may_change=staff.may_change,
        timezone=store.timezone,
        now=now.astimezone(zone),
        went_live_at=None if began is None else began.astimezone(zone),
        draft=None
        if draft is None
        else _draft(conn, draft, coming, staff, store, now, language, catalog),
        in_force=None if live is None else _head_of(conn, live, staff, store, now, language),
        scheduled=[_head_of(conn, one, staff, store, now, language) for one in coming],
    )


def _draft(
    conn: Connection,
    draft: Draft,
    coming: list[Revision],
    staff: Staff,
    store: StoreRef,
    now: datetime,
    language: str,
    catalog: Catalog,
) -> DraftSeen:
    changes: list[str] = []
    problems: list[Problem]
    digest, publishable, scheduled = None, False, False
    told = draft.document.get("name")
    name = told if isinstance(told, str) else ""
    try:
        program = draft.program()
        seen = preview(conn, store, program, now=now, language=language, catalog=catalog)
        changes = [change.text for change in seen.changes]
        problems, publishable = list(seen.problems), seen.publishable
        digest, name = program.digest, program.texts_for(language).program
        scheduled = any(one.digest == digest for one in coming)
    except ProgramInvalid:
        problems = problems_of_document(conn, store, draft.document, now=now)
    return DraftSeen(
        digest=digest,
        name=name,
        updated_at=draft.updated_at,
        updated_by=draft.updated_by,
        by_you=draft.updated_by == staff.actor,
        changes=changes,
        problems=[Finding.of(one, language) for one in problems],
        publishable=publishable,
        scheduled=scheduled,
    )


def _broken_since(program: Program) -> list[Problem]:
    """What is asked of documents now and was not when this one was published."""
    try:
        read_program(program.document)
    except ProgramInvalid as failure:
        return problems_in(failure)
    return []


def _head_of(
    conn: Connection,
    found: Revision,
    staff: Staff,
    store: StoreRef,
    now: datetime,
    language: str,
) -> RevisionHead:
    live = repository.revision_at(conn, store.id, now)
    by = found.published_by
    return _head(
        found,
        staff,
        store,
        now,
        live,
        name=found.program.texts_for(language).program,
        author=staff_names(conn, store.id, [by], language)[by],
    )


def _head(
    found: Revision | repository.RevisionHead,
    staff: Staff,
    store: StoreRef,
    now: datetime,
    live: Revision | None,
    *,
    name: str,
    author: str,
) -> RevisionHead:
    zone = ZoneInfo(store.timezone)
    canceled = found.canceled_at
    return RevisionHead(
        number=found.number,
        state="canceled"
        if canceled is not None
        else "scheduled"
        if found.effective_from > now
        else "in_force"
        if live is not None and live.number == found.number
        else "past",
        name=name,
        version=found.digest,
        effective_from=found.effective_from.astimezone(zone),
        published_at=found.published_at.astimezone(zone),
        published_by=found.published_by,
        published_by_name=author,
        by_you=found.published_by == staff.actor,
        note=found.note,
        canceled_at=None if canceled is None else canceled.astimezone(zone),
        canceled_by=found.canceled_by or None,
    )
