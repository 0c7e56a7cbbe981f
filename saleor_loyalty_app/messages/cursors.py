"""Up to which instant the books of a store were looked at for something to tell."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.messages.models import MessageCursor

_cursor = table(MessageCursor)


def position(conn: Connection, store_id: int, name: str) -> datetime | None:
    """Where the cursor stands; None = nobody has looked."""
    found: datetime | None = conn.execute(
        sa.select(_cursor.c.position).where(_cursor.c.store_id == store_id, _cursor.c.name == name)
    ).scalar_one_or_none()
    return found


def move(conn: Connection, store_id: int, name: str, to: datetime) -> None:
    """Moves the cursor on."""
    insert = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    conn.execute(
        insert(_cursor)
        .values(store_id=store_id, name=name, position=to)
        .on_conflict_do_update(index_elements=["store_id", "name"], set_={"position": to})
    )
