"""What staff do with a program as a whole; each is one transaction, and is noted in it."""

from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.dashboard.publishing_schemas import Published, PublishInput
from saleor_loyalty_app.api.dashboard.staff import TO_CHANGE, Staff
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows import publish_program
from saleor_loyalty_app.flows.publish_program import call_off
from saleor_loyalty_app.programs import repository
from saleor_loyalty_app.programs.repository import Revision
from saleor_loyalty_app.stores import staff_actions
from saleor_loyalty_app.stores.refs import StoreRef


class DraftChanged(AppError):
    """The draft is no longer what the person saw; nothing was published."""

    code: ClassVar[str] = "program_draft_changed"
    status: ClassVar[int] = 409


class AlreadyScheduled(AppError):
    """The draft is published already and comes into force later; nothing was changed."""

    code: ClassVar[str] = "program_already_scheduled"
    status: ClassVar[int] = 409


class MomentUnreadable(AppError):
    """The date and time do not exist."""

    code: ClassVar[str] = "moment_unreadable"
    status: ClassVar[int] = 422


def publish_seen(conn: Connection, staff: Staff, what: PublishInput, *, now: datetime) -> Published:
    """Publishes the draft whose digest is `what.digest`.

    Raises:
        MissingUserPermission: the person may not publish.
        NoDraft, ProgramInvalid: there is nothing that could be published.
        DraftChanged: it is another one by now.
        AlreadyScheduled: it comes into force later; call that off first.
        EffectiveInPast, EffectiveTooFar, MomentUnreadable: the time does not fit.
    """
    staff.need(TO_CHANGE)
    store = still_active(conn, staff.store)
    start = moment_of(what.effective_from, store)
    repository.lock_programs(conn, store.id)
    program = repository.get_draft(conn, store.id).program()
    if program.digest != what.digest:
        raise DraftChanged
    coming = repository.scheduled_revisions(conn, store.id, now)
    if any(one.digest == what.digest for one in coming):
        raise AlreadyScheduled
    before = repository.revision_at(conn, store.id, start or now)
    done = publish_program.publish(
        conn,
        store,
        program,
        by=staff.actor,
        now=now,
        effective_from=start,
        note=what.note.strip(),
    )
    if done.created:
        kind = "program_published" if start is None else "program_scheduled"
        _note(conn, store, staff, kind, done.revision, before, now)
    return _published(done, store)


def roll_back_to(
    conn: Connection, staff: Staff, number: int, note: str, *, now: datetime
) -> Published:
    """Publishes an old revision again, in force at once.

    Raises:
        RevisionNotFound, ProgramInvalid: see `publish_program.roll_back`.
    """
    store = still_active(conn, staff.store)
    repository.lock_programs(conn, store.id)
    before = repository.revision_at(conn, store.id, now)
    done = publish_program.roll_back(
        conn, store, number, by=staff.actor, now=now, note=note.strip()
    )
    if done.created:
        _note(conn, store, staff, "program_rolled_back", done.revision, before, now, to=number)
    return _published(done, store)


def call_off_revision(conn: Connection, staff: Staff, number: int, *, now: datetime) -> StoreRef:
    """Calls off a scheduled revision.

    Raises:
        RevisionNotFound, RevisionNotScheduled: see `publish_program.call_off`.
    """
    store = still_active(conn, staff.store)
    gone = call_off(conn, store, number, by=staff.actor, now=now)
    staff_actions.note(
        conn,
        store.id,
        actor=staff.actor,
        kind="program_schedule_canceled",
        subject=f"revision:{number}",
        before={"effective_from": gone.effective_from.isoformat(), "digest": gone.digest},
        now=now,
    )
    return store


def moment_of(text: str | None, store: StoreRef) -> datetime | None:
    """A date and time; without a zone, as the clocks of the store show it.

    A time that a clock change skips is the one just after it.

    Raises:
        MomentUnreadable: there is no such day or hour.
    """
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as failure:
        raise MomentUnreadable(moment=text) from failure
    if found.tzinfo is None:
        found = found.replace(tzinfo=ZoneInfo(store.timezone))
    return found


def _note(
    conn: Connection,
    store: StoreRef,
    staff: Staff,
    kind: str,
    made: Revision,
    before: Revision | None,
    now: datetime,
    **more: Any,
) -> None:
    staff_actions.note(
        conn,
        store.id,
        actor=staff.actor,
        kind=kind,
        subject=f"revision:{made.number}",
        before=None if before is None else {"revision": before.number, "digest": before.digest},
        after={
            "revision": made.number,
            "digest": made.digest,
            "effective_from": made.effective_from.isoformat(),
            **more,
        },
        now=now,
    )


def _published(done: publish_program.Published, store: StoreRef) -> Published:
    return Published(
        revision=done.revision.number,
        effective_from=done.revision.effective_from.astimezone(ZoneInfo(store.timezone)),
        created=done.created,
    )
