"""The kill switches: any part of the program can be stopped at once."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.stores.errors import StoreNotFound, UnknownSwitch
from saleor_loyalty_app.stores.models import Store

_STORE = table(Store)


class Part(StrEnum):
    """A part that can be switched off by itself."""

    EARNING = "earning"
    SPENDING = "spending"
    SHIPPING = "shipping"
    MESSAGES = "messages"


def part_named(name: str) -> Part:
    """The part with this name.

    Raises:
        UnknownSwitch: there is none.
    """
    try:
        return Part(name)
    except ValueError:
        raise UnknownSwitch(name[:40], ", ".join(Part)) from None


def set_switch(conn: Connection, store_id: int, part: Part, on: bool, now: datetime) -> bool:
    """Switches a part of a store's program. Gives whether that changed anything.

    Raises:
        StoreNotFound: there is no such store.
    """
    column = _STORE.c[f"{part}_on"]
    was: bool | None = conn.execute(
        sa.select(column).where(_STORE.c.id == store_id).with_for_update()
    ).scalar_one_or_none()
    if was is None:
        raise StoreNotFound(str(store_id))
    conn.execute(
        sa.update(_STORE)
        .where(_STORE.c.id == store_id)
        .values({column: on, _STORE.c.switched_at: now})
    )
    return was != on
