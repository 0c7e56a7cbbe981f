"""Addresses of partners that are told what happens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.messages.errors import (
    TooManyWebhooks,
    UnknownEvent,
    WebhookUnknown,
)
from saleor_loyalty_app.messages.kinds import KINDS
from saleor_loyalty_app.messages.models import PartnerDelivery, PartnerWebhook

MOST_WEBHOOKS = 20
EVENTS = tuple(sorted({spec.event for spec in KINDS.values() if spec.event}))

_webhook, _delivery = table(PartnerWebhook), table(PartnerDelivery)


@dataclass(frozen=True, slots=True)
class Webhook:
    """A partner's address as staff see it; its secret is shown once, when it is made."""

    id: int
    url: str
    description: str
    events: tuple[str, ...]
    active: bool
    off_because: str
    failing_since: datetime | None
    created_at: datetime


def secret_name(webhook_id: int) -> str:
    """Under which a webhook's secret is kept."""
    return f"webhook:{webhook_id}"


def webhooks(conn: Connection, store_id: int) -> list[Webhook]:
    """The webhooks of a store, oldest first."""
    query = (
        sa.select(_webhook)
        .where(_webhook.c.store_id == store_id, _webhook.c.removed_at.is_(None))
        .order_by(_webhook.c.id)
    )
    return [read_webhook(row) for row in conn.execute(query)]


def webhook(conn: Connection, store_id: int, webhook_id: int) -> Webhook:
    """One webhook.

    Raises:
        WebhookUnknown: the store has none with this id.
    """
    row = conn.execute(
        sa.select(_webhook).where(
            _webhook.c.store_id == store_id,
            _webhook.c.id == webhook_id,
            _webhook.c.removed_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        raise WebhookUnknown
    return read_webhook(row)


def add(
    conn: Connection,
    store_id: int,
    *,
    url: str,
    description: str,
    events: Sequence[str],
    now: datetime,
) -> Webhook:
    """Adds a webhook; `url` was checked.

    Raises:
        TooManyWebhooks, UnknownEvent.
    """
    _check_events(events)
    if len(webhooks(conn, store_id)) >= MOST_WEBHOOKS:
        raise TooManyWebhooks(MOST_WEBHOOKS)
    made = conn.execute(
        sa.insert(_webhook)
        .values(
            store_id=store_id,
            url=url,
            description=description,
            events=sorted(set(events)),
            active=True,
            off_because="",
            created_at=now,
        )
        .returning(_webhook.c.id)
    ).scalar_one()
    return webhook(conn, store_id, made)


def change(
    conn: Connection,
    store_id: int,
    webhook_id: int,
    *,
    url: str,
    description: str,
    events: Sequence[str],
    active: bool,
) -> Webhook:
    """Changes a webhook; switching it on again forgets that it failed.

    Raises:
        WebhookUnknown, UnknownEvent.
    """
    _check_events(events)
    before = webhook(conn, store_id, webhook_id)
    values: dict[str, Any] = {
        "url": url,
        "description": description,
        "events": sorted(set(events)),
        "active": active,
    }
    if active and not before.active:
        values |= {"off_because": "", "failing_since": None}
    conn.execute(sa.update(_webhook).where(_webhook.c.id == webhook_id).values(values))
    return webhook(conn, store_id, webhook_id)


def remove(conn: Connection, store_id: int, webhook_id: int, now: datetime) -> None:
    """Removes a webhook; what was to be sent there is not sent.

    Raises:
        WebhookUnknown: the store has none with this id.
    """
    webhook(conn, store_id, webhook_id)
    conn.execute(
        sa.update(_webhook).where(_webhook.c.id == webhook_id).values(removed_at=now, active=False)
    )
    conn.execute(
        sa.update(_delivery)
        .where(_delivery.c.webhook_id == webhook_id, _delivery.c.state == "waiting")
        .values(state="failed", answer="removed", ended_at=now)
    )


def _check_events(events: Sequence[str]) -> None:
    for event in events:
        if event not in EVENTS:
            raise UnknownEvent(event, ", ".join(EVENTS))


def read_webhook(row: sa.Row[Any]) -> Webhook:
    return Webhook(
        row.id,
        row.url,
        row.description,
        tuple(row.events),
        row.active,
        row.off_because,
        row.failing_since,
        row.created_at,
    )
