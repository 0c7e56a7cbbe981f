"""What staff change on the app's page; each is one transaction."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.dashboard.staff import TO_CHANGE, Staff
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.publish_program import publish
from saleor_loyalty_app.programs import repository
from saleor_loyalty_app.stores.switches import Part, set_switch


class DraftChanged(AppError):
    """The draft is no longer what the person saw; nothing was published."""

    code: ClassVar[str] = "program_draft_changed"
    status: ClassVar[int] = 409


class AlreadyScheduled(AppError):
    """The draft is published already and comes into force later; nothing was changed."""

    code: ClassVar[str] = "program_already_scheduled"
    status: ClassVar[int] = 409


def publish_draft(conn: Connection, staff: Staff, digest: str, *, now: datetime) -> int:
    """Publishes the draft whose digest is `digest`; gives the number of the revision in force.

    Raises:
        MissingUserPermission: the person may not publish.
        NoDraft, ProgramInvalid: there is nothing that could be published.
        DraftChanged: it is another one by now.
        AlreadyScheduled: it comes into force later; the page does not bring that forward.
    """
    staff.need(TO_CHANGE)
    store = still_active(conn, staff.store)
    repository.lock_programs(conn, store.id)
    program = repository.get_draft(conn, store.id).program()
    if program.digest != digest:
        raise DraftChanged
    if any(one.digest == digest for one in repository.scheduled_revisions(conn, store.id, now)):
        raise AlreadyScheduled
    return publish(conn, store, program, by=staff.actor, now=now).revision.number


def switch(conn: Connection, staff: Staff, part: Part, on: bool, *, now: datetime) -> None:
    """Switches a part of the program on or off.

    Raises:
        MissingUserPermission: the person may not.
    """
    staff.need(TO_CHANGE)
    store = still_active(conn, staff.store)
    set_switch(conn, store.id, part, on, now)
