"""What is written down about members: `/members/{id}/notes` and `/members/{id}/consents`."""

from typing import Annotated

import sqlalchemy as sa
from fastapi import Path
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.context import FacesOf
from saleor_loyalty_app.api.dashboard.members_deed_schemas import (
    ChannelState,
    ConsentList,
    NoteInput,
    NoteLine,
    NoteList,
    RecordedText,
)
from saleor_loyalty_app.api.dashboard.members_reading import require_member, staff_names
from saleor_loyalty_app.api.dashboard.members_schemas import MemberId, number_of, on_its_clocks
from saleor_loyalty_app.api.dashboard.refusals import OF_SERVING, OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_SEE_MEMBERS, Staff, StaffOf
from saleor_loyalty_app.api.errors import Refusal, documented
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.members import consents, notes, repository
from saleor_loyalty_app.members.errors import MemberErased
from saleor_loyalty_app.stores import staff_actions

router = staff_router("/members")
NoteId = Annotated[int, Path(ge=1, lt=2**63)]
_OF_ONE: tuple[Refusal, ...] = (*OF_STAFF, *OF_SERVING, (404, "member_not_found", {}))
#: So many texts that a member agreed to are told.
_MOST_TEXTS = 100


@router.get("/{member}/notes", responses=documented(*_OF_ONE))
async def list_notes(faces: FacesOf, staff: StaffOf, member: MemberId) -> NoteList:
    """The notes about a member: what is to do first, then the newest."""
    staff.need_one(TO_SEE_MEMBERS)
    await faces.gate.read(staff.key)
    number = number_of(member)
    return await faces.database.read_async(lambda conn: _read(conn, staff, number))


@router.post(
    "/{member}/notes",
    status_code=201,
    responses=documented(
        *_OF_ONE,
        (400, "request_unreadable", {}),
        (409, "member_erased", {}),
        (422, "note_empty", {}),
    ),
)
async def write_note(faces: FacesOf, staff: StaffOf, member: MemberId, what: NoteInput) -> NoteList:
    """Writes a note about a member, with the day on which it is due where there is one."""
    staff.need_one(TO_SEE_MEMBERS)
    await faces.gate.serve_customer(staff.key)
    number, now = number_of(member), faces.clock()

    def write(conn: Connection) -> NoteList:
        store, found = require_member(conn, staff, number)
        if found.state == "erased":
            raise MemberErased
        made = notes.add_note(
            conn,
            store.id,
            found.id,
            what.text,
            author=staff.actor,
            now=now,
            due_on=what.due_on,
        )
        staff_actions.note(
            conn,
            store.id,
            actor=staff.actor,
            kind="member_noted",
            subject=f"member:{found.id}",
            after={"note": made.id, "due_on": made.due_on},
            now=now,
        )
        return _read(conn, staff, number)

    return await faces.database.write_async(write)


@router.post(
    "/{member}/notes/{note}/done", responses=documented(*_OF_ONE, (404, "note_unknown", {}))
)
async def finish_note(faces: FacesOf, staff: StaffOf, member: MemberId, note: NoteId) -> NoteList:
    """What the note asks for is done."""
    staff.need_one(TO_SEE_MEMBERS)
    await faces.gate.serve_customer(staff.key)
    number, now = number_of(member), faces.clock()

    def write(conn: Connection) -> NoteList:
        store, found = require_member(conn, staff, number)
        notes.finish_note(conn, store.id, found.id, note, by=staff.actor, now=now)
        staff_actions.note(
            conn,
            store.id,
            actor=staff.actor,
            kind="member_note_done",
            subject=f"member:{found.id}",
            after={"note": note},
            now=now,
        )
        return _read(conn, staff, number)

    return await faces.database.write_async(write)


@router.delete("/{member}/notes/{note}", responses=documented(*_OF_ONE, (404, "note_unknown", {})))
async def delete_note(faces: FacesOf, staff: StaffOf, member: MemberId, note: NoteId) -> NoteList:
    """Throws a note away."""
    staff.need_one(TO_SEE_MEMBERS)
    await faces.gate.serve_customer(staff.key)
    number, now = number_of(member), faces.clock()

    def write(conn: Connection) -> NoteList:
        store, found = require_member(conn, staff, number)
        notes.delete_note(conn, store.id, found.id, note)
        staff_actions.note(
            conn,
            store.id,
            actor=staff.actor,
            kind="member_note_deleted",
            subject=f"member:{found.id}",
            before={"note": note},
            now=now,
        )
        return _read(conn, staff, number)

    return await faces.database.write_async(write)


@router.get("/{member}/consents", responses=documented(*_OF_ONE))
async def list_consents(faces: FacesOf, staff: StaffOf, member: MemberId) -> ConsentList:
    """What a member agreed to, with its proof."""
    staff.need_one(TO_SEE_MEMBERS)
    await faces.gate.read(staff.key)
    number = number_of(member)

    def read(conn: Connection) -> ConsentList:
        store, found = require_member(conn, staff, number)
        row = repository.consents.c
        texts = conn.execute(
            sa.select(row.kind, row.version, row.source, row.at)
            .where(row.store_id == store.id, row.member_id == found.id)
            .order_by(row.id.desc())
            .limit(_MOST_TEXTS)
        )
        return ConsentList(
            texts=[
                RecordedText(kind=one.kind, version=one.version, source=one.source, at=one.at)
                for one in texts
            ],
            channels=[
                ChannelState(
                    channel=channel.value,
                    granted=state.granted,
                    source=state.source,
                    text_version=state.text_version,
                    at=state.at,
                )
                for channel, state in consents.states(conn, store.id, found.id).items()
            ],
            history=[
                ChannelState(
                    channel=one.channel.value,
                    granted=one.granted,
                    source=one.source,
                    text_version=one.text_version,
                    at=one.at,
                )
                for one in consents.changes(conn, store.id, found.id)
            ],
            phone=consents.phone_of(conn, store.id, found.id) or None,
        )

    return on_its_clocks(await faces.database.read_async(read), staff.store)


def _read(conn: Connection, staff: Staff, number: int) -> NoteList:
    store, member = require_member(conn, staff, number)
    found = notes.notes_of(conn, store.id, member.id)
    names = staff_names(
        conn, store.id, [actor for one in found for actor in (one.author, one.done_by) if actor]
    )
    listed = NoteList(
        items=[
            NoteLine.model_validate(
                {
                    "id": one.id,
                    "kind": one.kind,
                    "text": one.text,
                    "due_on": one.due_on,
                    "by": names[one.author],
                    "at": one.created_at,
                    "done_by": names[one.done_by] if one.done_by else None,
                    "done_at": one.done_at,
                }
            )
            for one in found
        ]
    )
    return on_its_clocks(listed, staff.store)
