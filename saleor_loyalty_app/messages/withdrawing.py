"""Messages whose occasion is gone before they were sent. All take a connection; none commits."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members.consents import Channel
from saleor_loyalty_app.messages import deliveries
from saleor_loyalty_app.messages.deliveries import (
    FAILED,
    SENT,
    SKIPPED,
    WAITING,
    WITHDRAWN,
    Wanted,
)
from saleor_loyalty_app.messages.models import MessageDelivery, OutboxMessage

_message, _delivery = table(OutboxMessage), table(MessageDelivery)
#: What failed may be tried once more by staff.
_UNSENT = (WAITING, FAILED)


def withdraw(conn: Connection, store_id: int, key: str, *, now: datetime) -> bool:
    """Sees to it that a message is not sent (any more); False where it went out by any channel.

    Of one that is no longer in the log it is not known, so that it counts as sent. The message is
    not locked: who plans it writes its deliveries first and then marks it, and so does this, so
    that neither waits for what the other holds.
    """
    found = conn.execute(
        sa.select(_message).where(_message.c.store_id == store_id, _message.c.dedup_key == key)
    ).one_or_none()
    if found is None:
        return False
    if found.planned_at is None:
        # Somebody may plan it at this moment: who comes second adds nothing to what is there.
        by_all = [Wanted(channel.value, why=WITHDRAWN) for channel in Channel]
        deliveries.plan(conn, found, by_all, now=now)
    conn.execute(
        sa.update(_delivery)
        .where(_delivery.c.message_id == found.id, _delivery.c.state.in_(_UNSENT))
        .values(state=SKIPPED, why=WITHDRAWN, ended_at=now)
    )
    return not was_sent(conn, store_id, key)


def was_sent(conn: Connection, store_id: int, key: str) -> bool:
    """Whether a message went out by any channel."""
    query = (
        sa.select(_delivery.c.id)
        .join(_message, _message.c.id == _delivery.c.message_id)
        .where(
            _message.c.store_id == store_id,
            _message.c.dedup_key == key,
            _delivery.c.state == SENT,
        )
        .limit(1)
    )
    return conn.execute(query).scalar_one_or_none() is not None
