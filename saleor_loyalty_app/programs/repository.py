"""Drafts and revisions of programs in the database."""

import hashlib
from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from saleor_loyalty_app.db.hot import Hot
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.programs.document import Program, canonical_json
from saleor_loyalty_app.programs.errors import NoDraft, RevisionNotFound, RevisionNotScheduled
from saleor_loyalty_app.programs.formats import NewerFormat, newest
from saleor_loyalty_app.programs.models import ProgramDraft, ProgramRevision
from saleor_loyalty_app.programs.problems import in_newest_format, read_program, read_stored
from saleor_loyalty_app.stores.models import Store

_drafts = table(ProgramDraft)
_revisions = table(ProgramRevision)
_stores = table(Store)


@dataclass(frozen=True, slots=True)
class Revision:
    """A published program. It never changes; in force from `effective_from` until the next.

    `digest` is that of the program as it is read: what was stored in an older format has another.
    """

    id: int
    number: int
    program: Program
    digest: str
    effective_from: datetime
    published_at: datetime
    published_by: str
    note: str
    #: When it was called off before it came into force; None = it counts.
    canceled_at: datetime | None = None
    canceled_by: str = ""


@dataclass(frozen=True, slots=True)
class RevisionHead:
    """A revision without its document, for lists."""

    id: int
    number: int
    digest: str
    effective_from: datetime
    published_at: datetime
    published_by: str
    note: str
    canceled_at: datetime | None = None
    canceled_by: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """The draft as its owner left it; it may still have problems."""

    document: Mapping[str, Any]
    evidence: Mapping[str, Any]
    updated_at: datetime
    updated_by: str

    def program(self) -> Program:
        """The draft read as a program.

        Raises:
            ProgramInvalid: it has problems.
        """
        return read_program(self.document)

    @property
    def version(self) -> str:
        """SHA-256 of the document as it is stored: what an editor has seen."""
        return version_of(self.document)


def version_of(document: Mapping[str, Any]) -> str:
    """The version of a draft with this document; equal documents have equal versions."""
    return hashlib.sha256(canonical_json(document)).hexdigest()


_HEAD = (
    _revisions.c.id,
    _revisions.c.number,
    _revisions.c.digest,
    _revisions.c.effective_from,
    _revisions.c.published_at,
    _revisions.c.published_by,
    _revisions.c.note,
    _revisions.c.canceled_at,
    _revisions.c.canceled_by,
)
_AT = Hot(
    sa.select(*_HEAD)
    .where(
        _revisions.c.store_id == sa.bindparam("store_id"),
        _revisions.c.effective_from <= sa.bindparam("moment"),
        _revisions.c.canceled_at.is_(None),
    )
    .order_by(_revisions.c.effective_from.desc(), _revisions.c.number.desc())
    .limit(1)
)


def revision_at(conn: Connection, store_id: int, moment: datetime) -> Revision | None:
    """The revision in force at a moment; None before the program went live.

    One small query: the document is read and parsed once per digest and process.

    Raises:
        RevisionUnreadable: a later version of the app wrote it.
    """
    row = _AT.one_or_none(conn, {"store_id": store_id, "moment": moment})
    return None if row is None else _with_program(conn, store_id, RevisionHead(*row))


def scheduled_revisions(conn: Connection, store_id: int, now: datetime) -> list[Revision]:
    """The revisions that come into force later, soonest first."""
    rows = conn.execute(
        sa.select(*_HEAD)
        .where(
            _revisions.c.store_id == store_id,
            _revisions.c.effective_from > now,
            _revisions.c.canceled_at.is_(None),
        )
        .order_by(_revisions.c.effective_from, _revisions.c.number)
    ).all()
    # Of two for the same instant the later published one counts.
    last = {row.effective_from: RevisionHead(*row) for row in rows}
    return [_with_program(conn, store_id, head) for head in last.values()]


def revision_by_number(conn: Connection, store_id: int, number: int) -> Revision:
    """One revision of a store.

    Raises:
        RevisionNotFound: the store has none with this number.
        RevisionUnreadable: a later version of the app wrote it.
    """
    row = conn.execute(
        sa.select(*_HEAD).where(_revisions.c.store_id == store_id, _revisions.c.number == number)
    ).one_or_none()
    if row is None:
        raise RevisionNotFound(number=number)
    return _with_program(conn, store_id, RevisionHead(*row))


def programs_by_id(
    conn: Connection, store_id: int, revision_ids: Collection[int]
) -> dict[int, Program]:
    """The programs of those revisions of a store that entries and award plans name."""
    if not revision_ids:
        return {}
    rows = conn.execute(
        sa.select(*_HEAD).where(
            _revisions.c.store_id == store_id, _revisions.c.id.in_(list(revision_ids))
        )
    ).all()
    return {row.id: _with_program(conn, store_id, RevisionHead(*row)).program for row in rows}


def revisions(
    conn: Connection, store_id: int, *, first: int = 20, before: int | None = None
) -> list[RevisionHead]:
    """Revisions of a store, newest number first; `before` is the number to go on from."""
    query = sa.select(*_HEAD).where(_revisions.c.store_id == store_id)
    if before is not None:
        query = query.where(_revisions.c.number < before)
    rows = conn.execute(query.order_by(_revisions.c.number.desc()).limit(max(1, min(first, 100))))
    return [RevisionHead(*row) for row in rows]


def went_live_at(conn: Connection, store_id: int) -> datetime | None:
    """When the store's first program came (or comes) into force; None if none was published."""
    found: datetime | None = conn.execute(
        sa.select(_revisions.c.effective_from)
        .where(_revisions.c.store_id == store_id, _revisions.c.canceled_at.is_(None))
        .order_by(_revisions.c.effective_from)
        .limit(1)
    ).scalar_one_or_none()
    return found


def insert_revision(
    conn: Connection,
    store_id: int,
    program: Program,
    *,
    by: str,
    now: datetime,
    effective_from: datetime,
    note: str = "",
) -> Revision:
    """Writes a new revision with the next number. `lock_programs` must be held."""
    last = conn.execute(
        sa.select(sa.func.coalesce(sa.func.max(_revisions.c.number), 0)).where(
            _revisions.c.store_id == store_id
        )
    ).scalar_one()
    values = {
        "store_id": store_id,
        "number": last + 1,
        "document": program.document,
        "digest": program.digest,
        "effective_from": effective_from,
        "published_at": now,
        "published_by": by,
        "note": note,
    }
    row = conn.execute(sa.insert(_revisions).values(values).returning(*_HEAD)).one()
    _remember(program.digest, program)
    head = RevisionHead(*row)
    return _revision(head, program)


def cancel_revision(
    conn: Connection, store_id: int, number: int, *, by: str, now: datetime
) -> RevisionHead:
    """Calls off a revision that is not in force yet. `lock_programs` must be held.

    Raises:
        RevisionNotFound: the store has none with this number.
        RevisionNotScheduled: it is in force, was, or was called off before.
    """
    row = conn.execute(
        sa.update(_revisions)
        .where(
            _revisions.c.store_id == store_id,
            _revisions.c.number == number,
            _revisions.c.effective_from > now,
            _revisions.c.canceled_at.is_(None),
        )
        .values(canceled_at=now, canceled_by=by)
        .returning(*_HEAD)
    ).one_or_none()
    if row is None:
        revision_by_number(conn, store_id, number)
        raise RevisionNotScheduled(number=number)
    return RevisionHead(*row)


def lock_programs(conn: Connection, store_id: int) -> None:
    """Lets one transaction at a time publish in a store; earlier ones are seen afterwards.

    The lock is on the store's row, and does not stop rows that refer to it from being written.
    """
    conn.execute(
        sa.select(_stores.c.id).where(_stores.c.id == store_id).with_for_update(key_share=True)
    ).one()


def find_draft(conn: Connection, store_id: int) -> Draft | None:
    """The store's draft; None when nothing was proposed or saved yet."""
    row = conn.execute(
        sa.select(
            _drafts.c.document, _drafts.c.evidence, _drafts.c.updated_at, _drafts.c.updated_by
        ).where(_drafts.c.store_id == store_id)
    ).one_or_none()
    return None if row is None else Draft(_as_read(row[0]), *row[1:])


def _as_read(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """A draft in the newest format; one that a later version of the app left stays as it is."""
    try:
        return newest(document)
    except NewerFormat:
        return document


def get_draft(conn: Connection, store_id: int) -> Draft:
    """The store's draft.

    Raises:
        NoDraft: nothing was proposed or saved yet.
    """
    draft = find_draft(conn, store_id)
    if draft is None:
        raise NoDraft
    return draft


def put_draft(
    conn: Connection,
    store_id: int,
    document: Mapping[str, Any],
    *,
    by: str,
    now: datetime,
    evidence: Mapping[str, Any] | None = None,
) -> None:
    """Saves the store's draft; the evidence of the proposal stays unless a new one is given.

    A draft may have problems, so that work can be put aside; only its size is bounded.

    Raises:
        ProgramInvalid: it is too large, too deep, not made of JSON values or of a newer format.
    """
    current = in_newest_format(document)
    upsert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    statement = upsert(_drafts).values(
        store_id=store_id,
        document=dict(current),
        evidence=dict(evidence or {}),
        updated_at=now,
        updated_by=by,
    )
    changed = {
        "document": statement.excluded.document,
        "updated_at": statement.excluded.updated_at,
        "updated_by": statement.excluded.updated_by,
    }
    if evidence is not None:
        changed["evidence"] = statement.excluded.evidence
    conn.execute(statement.on_conflict_do_update(index_elements=["store_id"], set_=changed))


_CACHE_SIZE = 512
_cache: OrderedDict[str, Program] = OrderedDict()
_cache_lock = Lock()


def _remember(digest: str, program: Program) -> None:
    with _cache_lock:
        _cache[digest] = program
        while len(_cache) > _CACHE_SIZE:
            _cache.popitem(last=False)


def _with_program(conn: Connection, store_id: int, head: RevisionHead) -> Revision:
    with _cache_lock:
        program = _cache.get(head.digest)
    if program is None:
        document = conn.execute(
            sa.select(_revisions.c.document).where(
                _revisions.c.store_id == store_id, _revisions.c.id == head.id
            )
        ).scalar_one()
        program = read_stored(document)
        _remember(head.digest, program)
    return _revision(head, program)


def _revision(head: RevisionHead, program: Program) -> Revision:
    return Revision(
        id=head.id,
        number=head.number,
        program=program,
        digest=program.digest,
        effective_from=head.effective_from,
        published_at=head.published_at,
        published_by=head.published_by,
        note=head.note,
        canceled_at=head.canceled_at,
        canceled_by=head.canceled_by,
    )
