"""What staff write down about members. The texts are personal data: they go with the member."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members.errors import NoteEmpty, NoteUnknown
from saleor_loyalty_app.members.models import MemberNote

#: Whatever is longer belongs somewhere else.
LONGEST = 2_000
#: So many notes of one member are shown.
MOST_SHOWN = 200
_notes = table(MemberNote)
_row = _notes.c


@dataclass(frozen=True, slots=True)
class Note:
    """A note. `kind` is "note", or "block" where it says why somebody was blocked or freed."""

    id: int
    member_id: int
    kind: str
    text: str
    due_on: str | None
    author: str
    created_at: datetime
    done_by: str
    done_at: datetime | None


_ALL: sa.Select[*tuple[Any, ...]] = sa.select(*(_row[field.name] for field in fields(Note)))


def notes_of(conn: Connection, store_id: int, member_id: int) -> list[Note]:
    """A member's notes: what is still to do first, by its day, then the newest."""
    open_first = sa.case((sa.and_(_row.done_at.is_(None), _row.due_on.is_not(None)), 0), else_=1)
    query = _ALL.where(_row.store_id == store_id, _row.member_id == member_id).order_by(
        open_first, sa.case((open_first == 0, _row.due_on), else_=None), _row.id.desc()
    )
    return [Note(*row) for row in conn.execute(query.limit(MOST_SHOWN))]


def newest_block_note(conn: Connection, store_id: int, member_id: int) -> Note | None:
    """Why the member was blocked or freed last."""
    query = _ALL.where(
        _row.store_id == store_id, _row.member_id == member_id, _row.kind == "block"
    ).order_by(_row.id.desc())
    row = conn.execute(query.limit(1)).one_or_none()
    return None if row is None else Note(*row)


def add_note(
    conn: Connection,
    store_id: int,
    member_id: int,
    text: str,
    *,
    author: str,
    now: datetime,
    due_on: date | None = None,
    kind: Literal["note", "block"] = "note",
) -> Note:
    """Writes a note down.

    Raises:
        NoteEmpty: there are no words in it.
    """
    words = text.strip()
    if not words:
        raise NoteEmpty
    made: int = conn.execute(
        sa.insert(_notes)
        .values(
            store_id=store_id,
            member_id=member_id,
            kind=kind,
            text=words[:LONGEST],
            due_on=None if due_on is None else due_on.isoformat(),
            author=author,
            created_at=now,
        )
        .returning(_row.id)
    ).scalar_one()
    return _one(conn, store_id, member_id, made)


def finish_note(
    conn: Connection, store_id: int, member_id: int, note_id: int, *, by: str, now: datetime
) -> Note:
    """What the note asks for is done; doing it twice changes nothing.

    Raises:
        NoteUnknown: the member has no such note.
    """
    _one(conn, store_id, member_id, note_id)
    conn.execute(
        sa.update(_notes)
        .where(_row.id == note_id, _row.done_at.is_(None))
        .values(done_by=by, done_at=now)
    )
    return _one(conn, store_id, member_id, note_id)


def delete_note(conn: Connection, store_id: int, member_id: int, note_id: int) -> None:
    """Throws a note away.

    Raises:
        NoteUnknown: the member has no such note.
    """
    _one(conn, store_id, member_id, note_id)
    conn.execute(sa.delete(_notes).where(_row.id == note_id))


def delete_notes(conn: Connection, store_id: int, member_ids: Sequence[int]) -> None:
    """Throws all notes about members away."""
    conn.execute(sa.delete(_notes).where(_row.store_id == store_id, _row.member_id.in_(member_ids)))


def hand_over(conn: Connection, store_id: int, *, giver: int, taker: int) -> int:
    """The notes about one member are about another from now on; gives their number."""
    moved = conn.execute(
        sa.update(_notes)
        .where(_row.store_id == store_id, _row.member_id == giver)
        .values(member_id=taker)
        .returning(_row.id)
    )
    return len(moved.all())


def _one(conn: Connection, store_id: int, member_id: int, note_id: int) -> Note:
    query = _ALL.where(_row.store_id == store_id, _row.member_id == member_id, _row.id == note_id)
    row = conn.execute(query).one_or_none()
    if row is None:
        raise NoteUnknown
    return Note(*row)
