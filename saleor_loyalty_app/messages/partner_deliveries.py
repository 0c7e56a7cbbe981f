"""What partners are told: events on their way, and afterwards the log of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.db.whose import EVERYBODY, Whose
from saleor_loyalty_app.messages.errors import DeliveryUnknown
from saleor_loyalty_app.messages.models import PartnerDelivery, PartnerWebhook
from saleor_loyalty_app.messages.partner_webhooks import Webhook, read_webhook
from saleor_loyalty_app.messages.standard_webhooks import new_event_id

#: A webhook that took nothing for so long is switched off, and its owner is told.
PATIENCE = timedelta(days=5)
#: Sent by "send a test" only.
TEST_EVENT = "test"

_webhook, _delivery = table(PartnerWebhook), table(PartnerDelivery)


@dataclass(frozen=True, slots=True)
class Due:
    """An event that is to be sent."""

    id: int
    webhook_id: int
    url: str
    event_id: str
    event: str
    body: str
    attempts: int


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """A delivery as the log shows it."""

    id: int
    event_id: str
    event: str
    state: str
    attempts: int
    status: int
    answer: str
    created_at: datetime
    due_at: datetime
    ended_at: datetime | None
    body: str


def publish(
    conn: Connection,
    store_id: int,
    listening: Sequence[Webhook],
    event: str,
    data: Mapping[str, Any],
    *,
    happened_at: datetime,
    now: datetime,
    event_id: str = "",
) -> int:
    """Writes down an event for all webhooks that want it; gives their number.

    Args:
        event_id: of the happening, the same for all who are told; a fresh one unless given.
    """
    wanted = [one for one in listening if one.active and (not one.events or event in one.events)]
    return _write(conn, store_id, wanted, event, data, happened_at, now, event_id)


def publish_test(conn: Connection, store_id: int, to: Webhook, now: datetime) -> None:
    """Sends a test to one webhook."""
    data = {"message": "A test from Saleor Loyalty."}
    _write(conn, store_id, [to], TEST_EVENT, data, now, now, "")


def _write(
    conn: Connection,
    store_id: int,
    to: Sequence[Webhook],
    event: str,
    data: Mapping[str, Any],
    happened_at: datetime,
    now: datetime,
    event_id: str,
) -> int:
    if not to:
        return 0
    identity = event_id or new_event_id()
    body = json.dumps(
        {"type": event, "timestamp": happened_at.isoformat(), "data": dict(data)},
        ensure_ascii=False,
        separators=(",", ":"),
    )
    insert = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    conn.execute(
        insert(_delivery)
        .values(
            [
                {
                    "store_id": store_id,
                    "webhook_id": one.id,
                    "event_id": identity,
                    "event": event,
                    "body": body,
                    "state": "waiting",
                    "attempts": 0,
                    "due_at": now,
                    "status": 0,
                    "answer": "",
                    "created_at": now,
                }
                for one in to
            ]
        )
        .on_conflict_do_nothing(index_elements=["webhook_id", "event_id"])
    )
    return len(to)


def due(conn: Connection, store_id: int, now: datetime, *, limit: int) -> list[Due]:
    """What is to be sent by now to webhooks that are on, oldest first."""
    query = (
        sa.select(_delivery, _webhook.c.url)
        .join(_webhook, _webhook.c.id == _delivery.c.webhook_id)
        .where(
            _delivery.c.store_id == store_id,
            _delivery.c.state == "waiting",
            _delivery.c.due_at <= now,
            _webhook.c.active.is_(sa.true()),
        )
        .order_by(_delivery.c.due_at, _delivery.c.id)
        .limit(limit)
    )
    return [
        Due(row.id, row.webhook_id, row.url, row.event_id, row.event, row.body, row.attempts)
        for row in conn.execute(query)
    ]


def stores_with_due(conn: Connection, now: datetime) -> set[int]:
    """The stores of which something is to be sent by now."""
    query = (
        sa.select(_delivery.c.store_id)
        .join(_webhook, _webhook.c.id == _delivery.c.webhook_id)
        .where(
            _delivery.c.state == "waiting",
            _delivery.c.due_at <= now,
            _webhook.c.active.is_(sa.true()),
        )
    )
    return set(conn.execute(query.distinct()).scalars())


def arrived(conn: Connection, one: Due, status: int, answer: str, now: datetime) -> None:
    """An event was taken."""
    _end(conn, one, "sent", status, answer, now)
    conn.execute(
        sa.update(_webhook).where(_webhook.c.id == one.webhook_id).values(failing_since=None)
    )


def failed(
    conn: Connection,
    one: Due,
    status: int,
    answer: str,
    *,
    again_at: datetime | None,
    now: datetime,
) -> Webhook | None:
    """An event was not taken; gives the webhook if it was switched off for that.

    Args:
        again_at: None = it is given up.
    """
    if again_at is None:
        _end(conn, one, "failed", status, answer, now)
    else:
        conn.execute(
            sa.update(_delivery)
            .where(_delivery.c.id == one.id, _delivery.c.state == "waiting")
            .values(due_at=again_at, attempts=one.attempts + 1, status=status, answer=answer[:300])
        )
    conn.execute(
        sa.update(_webhook)
        .where(_webhook.c.id == one.webhook_id, _webhook.c.failing_since.is_(None))
        .values(failing_since=now)
    )
    gone = status == 410
    switched_off = conn.execute(
        sa.update(_webhook)
        .where(
            _webhook.c.id == one.webhook_id,
            _webhook.c.active.is_(sa.true()),
            sa.true() if gone else _webhook.c.failing_since <= now - PATIENCE,
        )
        .values(active=False, off_because="gone" if gone else "failing")
        .returning(_webhook)
    ).one_or_none()
    return None if switched_off is None else read_webhook(switched_off)


def log_page(
    conn: Connection,
    store_id: int,
    webhook_id: int,
    *,
    first: int,
    before_id: int | None = None,
    state: str | None = None,
) -> list[PartnerLine]:
    """The newest deliveries to a webhook, older than `before_id`."""
    query = (
        sa.select(_delivery)
        .where(_delivery.c.store_id == store_id, _delivery.c.webhook_id == webhook_id)
        .order_by(_delivery.c.id.desc())
        .limit(min(first, 100))
    )
    if before_id is not None:
        query = query.where(_delivery.c.id < before_id)
    if state is not None:
        query = query.where(_delivery.c.state == state)
    return [
        PartnerLine(
            row.id,
            row.event_id,
            row.event,
            row.state,
            row.attempts,
            row.status,
            row.answer,
            row.created_at,
            row.due_at,
            row.ended_at,
            row.body,
        )
        for row in conn.execute(query)
    ]


def replay(
    conn: Connection, store_id: int, webhook_id: int, delivery_id: int, now: datetime
) -> None:
    """Sends an event once more, under the same id, so that the receiver sees the repetition.

    Raises:
        DeliveryUnknown: the webhook has no such delivery.
    """
    again = conn.execute(
        sa.update(_delivery)
        .where(
            _delivery.c.store_id == store_id,
            _delivery.c.webhook_id == webhook_id,
            _delivery.c.id == delivery_id,
        )
        .values(state="waiting", attempts=0, due_at=now, ended_at=None)
        .returning(_delivery.c.id)
    )
    if again.scalar_one_or_none() is None:
        raise DeliveryUnknown


def delete_old(
    conn: Connection, before: datetime, *, whose: Whose = EVERYBODY, limit: int = 500
) -> int:
    """Deletes a page of deliveries that ended before then; gives their number."""
    ids = list(
        conn.execute(
            sa.select(_delivery.c.id)
            .where(_delivery.c.ended_at < before, whose.rows(_delivery.c.store_id))
            .order_by(_delivery.c.id)
            .limit(limit)
        ).scalars()
    )
    if ids:
        conn.execute(sa.delete(_delivery).where(_delivery.c.id.in_(ids)))
    return len(ids)


def _end(conn: Connection, one: Due, state: str, status: int, answer: str, now: datetime) -> None:
    conn.execute(
        sa.update(_delivery)
        .where(_delivery.c.id == one.id, _delivery.c.state == "waiting")
        .values(
            state=state,
            status=status,
            answer=answer[:300],
            attempts=one.attempts + 1,
            ended_at=now,
        )
    )
