"""What staff change on the app's page; each is one transaction."""

from datetime import datetime

from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.dashboard.staff import TO_CHANGE, Staff
from saleor_loyalty_app.stores import staff_actions
from saleor_loyalty_app.stores.switches import Part, set_switch


def switch(conn: Connection, staff: Staff, part: Part, on: bool, *, now: datetime) -> None:
    """Switches a part of the program on or off.

    Raises:
        MissingUserPermission: the person may not.
    """
    staff.need(TO_CHANGE)
    store = still_active(conn, staff.store)
    if set_switch(conn, store.id, part, on, now):
        staff_actions.note(
            conn,
            store.id,
            actor=staff.actor,
            kind="switched",
            subject=f"switch:{part}",
            before={"on": not on},
            after={"on": on},
            now=now,
        )
