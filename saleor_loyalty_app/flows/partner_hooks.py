"""Partners' webhooks are added, changed and removed by staff; their secrets are kept apart."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.engine import Connection

from saleor_loyalty_app.flows.outbound import Outbound
from saleor_loyalty_app.flows.send_partner_events import problem_key
from saleor_loyalty_app.messages import partner_webhooks
from saleor_loyalty_app.messages.addresses import checked_url
from saleor_loyalty_app.messages.partner_webhooks import Webhook, secret_name
from saleor_loyalty_app.messages.standard_webhooks import new_secret
from saleor_loyalty_app.stores import staff_actions
from saleor_loyalty_app.stores.kept_secrets import forget_secret, keep_secret
from saleor_loyalty_app.stores.problems import resolve_problem
from saleor_loyalty_app.stores.refs import StoreRef


def add_hook(
    conn: Connection,
    store: StoreRef,
    outbound: Outbound,
    *,
    url: str,
    description: str,
    events: Sequence[str],
    actor: str,
    now: datetime,
) -> tuple[Webhook, str]:
    """Adds a webhook; gives it with its secret.

    Raises:
        AddressForbidden, TooManyWebhooks, UnknownEvent.
    """
    address = checked_url(url, outbound.allow)
    made = partner_webhooks.add(
        conn, store.id, url=address, description=description, events=events, now=now
    )
    secret = _fresh_secret(conn, store, made.id, outbound, now)
    _note(conn, store, "webhook_added", made.id, actor, now)
    return made, secret


def change_hook(
    conn: Connection,
    store: StoreRef,
    webhook_id: int,
    outbound: Outbound,
    *,
    url: str,
    description: str,
    events: Sequence[str],
    active: bool,
    actor: str,
    now: datetime,
) -> Webhook:
    """Changes a webhook.

    Raises:
        WebhookUnknown, AddressForbidden, UnknownEvent.
    """
    address = checked_url(url, outbound.allow)
    changed = partner_webhooks.change(
        conn,
        store.id,
        webhook_id,
        url=address,
        description=description,
        events=events,
        active=active,
    )
    resolve_problem(conn, store.id, problem_key(webhook_id), now)
    _note(conn, store, "webhook_changed", webhook_id, actor, now)
    return changed


def remove_hook(
    conn: Connection, store: StoreRef, webhook_id: int, *, actor: str, now: datetime
) -> Webhook:
    """Removes a webhook; gives it as it was.

    Raises:
        WebhookUnknown: the store has none with this id.
    """
    gone = partner_webhooks.webhook(conn, store.id, webhook_id)
    partner_webhooks.remove(conn, store.id, webhook_id, now)
    forget_secret(conn, store.id, secret_name(webhook_id))
    resolve_problem(conn, store.id, problem_key(webhook_id), now)
    _note(conn, store, "webhook_removed", webhook_id, actor, now)
    return gone


def new_hook_secret(
    conn: Connection,
    store: StoreRef,
    webhook_id: int,
    outbound: Outbound,
    *,
    actor: str,
    now: datetime,
) -> tuple[Webhook, str]:
    """Makes a new secret in place of the old one.

    Raises:
        WebhookUnknown: the store has none with this id.
    """
    found = partner_webhooks.webhook(conn, store.id, webhook_id)
    secret = _fresh_secret(conn, store, webhook_id, outbound, now)
    _note(conn, store, "webhook_secret_changed", webhook_id, actor, now)
    return found, secret


def _fresh_secret(
    conn: Connection, store: StoreRef, webhook_id: int, outbound: Outbound, now: datetime
) -> str:
    secret = new_secret()
    keep_secret(conn, store.id, secret_name(webhook_id), secret, cipher=outbound.cipher, now=now)
    return secret


def _note(
    conn: Connection, store: StoreRef, kind: str, webhook_id: int, actor: str, now: datetime
) -> None:
    staff_actions.note(
        conn, store.id, actor=actor, kind=kind, subject=f"webhook:{webhook_id}", now=now
    )
