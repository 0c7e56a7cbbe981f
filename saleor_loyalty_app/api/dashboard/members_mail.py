"""Addresses that mail servers refused: `/api/dashboard/v1/members/{id}/mail-stop`."""

from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.context import FacesOf
from saleor_loyalty_app.api.dashboard.members_deed_schemas import MailStop
from saleor_loyalty_app.api.dashboard.members_reading import require_member
from saleor_loyalty_app.api.dashboard.members_schemas import MemberId, number_of, on_its_clocks
from saleor_loyalty_app.api.dashboard.refusals import OF_SERVING, OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_SEE_MEMBERS, StaffOf
from saleor_loyalty_app.api.errors import Refusal, documented
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.members import repository
from saleor_loyalty_app.messages import stopped_addresses
from saleor_loyalty_app.stores import staff_actions

router = staff_router("/members")
_OF_ONE: tuple[Refusal, ...] = (*OF_STAFF, *OF_SERVING, (404, "member_not_found", {}))


@router.get("/{member}/mail-stop", responses=documented(*_OF_ONE))
async def read_mail_stop(faces: FacesOf, staff: StaffOf, member: MemberId) -> MailStop:
    """Whether a member's address is written to, and what the mail server said where it is not."""
    staff.need_one(TO_SEE_MEMBERS)
    await faces.gate.read(staff.key)
    number = number_of(member)

    def read(conn: Connection) -> MailStop:
        store, found = require_member(conn, staff, number)
        return _read(conn, store.id, found.id)

    return on_its_clocks(await faces.database.read_async(read), staff.store)


@router.delete("/{member}/mail-stop", responses=documented(*_OF_ONE))
async def lift_mail_stop(faces: FacesOf, staff: StaffOf, member: MemberId) -> MailStop:
    """Writes to a member's address again; nothing happens where nothing stopped that."""
    staff.need_one(TO_SEE_MEMBERS)
    await faces.gate.serve_customer(staff.key)
    number, now = number_of(member), faces.clock()

    def lift(conn: Connection) -> MailStop:
        store, found = require_member(conn, staff, number)
        key = repository.email_key_of(conn, store.id, found.id)
        if key and stopped_addresses.free_address(conn, store.id, key):
            staff_actions.note(
                conn,
                store.id,
                actor=staff.actor,
                kind="mail_stop_lifted",
                subject=f"member:{found.id}",
                now=now,
            )
        return _read(conn, store.id, found.id)

    return on_its_clocks(await faces.database.write_async(lift), staff.store)


def _read(conn: Connection, store_id: int, member_id: int) -> MailStop:
    key = repository.email_key_of(conn, store_id, member_id)
    stop = stopped_addresses.stop_of(conn, store_id, key) if key else None
    if stop is None:
        return MailStop(stopped=False, answer="", at=None)
    return MailStop(stopped=True, answer=stop.answer, at=stop.at)
