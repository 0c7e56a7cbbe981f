"""A payload: the subscription, executed on the state of the store."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from sandbox.model.apps import App
from sandbox.model.orders import Order
from sandbox.model.store import Caller, Emitted, Store
from sandbox.schema.build import schema_for
from sandbox.schema.event_names import is_sync
from sandbox.schema.names import event_type_name
from sandbox.schema.plan import plan_for
from sandbox.schema.request import Request, Services
from sandbox.schema.run import run_prepared, show_error
from sandbox.schema.subscription_query import subscribed_events, subscription
from sandbox.schema.types_event import EventView

Payload = dict[str, Any]

_MAY_ASK_PRICES = {"TRANSACTION", "PAYMENT"}


def render(
    store: Store,
    services: Services,
    emitted: Emitted,
    query: str,
    app: App,
    *,
    torn: bool = False,
) -> Payload | None:
    """The payload of one event for one app; None when the query has nothing to say about it.

    `torn` shows an order's stored totals of the state before, beside its transactions of now.

    Raises:
        SubscriptionError: `query` is no valid subscription.
    """
    subscribed = subscribed_events(query, store.version)
    if subscribed and emitted.event not in subscribed:
        return None
    if event_type_name(emitted.event) not in schema_for(store.version).type_map:
        return None
    subject = _torn(emitted.subject) if torn else emitted.subject
    request = Request(
        store=store,
        caller=Caller(app=app),
        services=services,
        at=emitted.at,
        asks=False,
        sync_event=is_sync(emitted.event)
        and emitted.event.partition("_")[0] not in _MAY_ASK_PRICES,
    )
    root = {"event": EventView(emitted, subject, app, store)}
    planned = _by_plan(query, request, root)
    payload = planned if planned is not None else by_graphql_core(query, request, root)
    request.store_prices()
    return payload


def _by_plan(query: str, request: Request, root: dict[str, EventView]) -> Payload | None:
    plan = plan_for(query, request.store.version)
    if plan is None:
        return None
    try:
        payload: Payload | None = plan(root, request)["event"]
    except Exception:  # noqa: BLE001 - graphql-core does it again and tells what went wrong
        return None
    return payload or None


def by_graphql_core(query: str, request: Request, root: dict[str, EventView]) -> Payload | None:
    """The payload with the errors in it, as GraphQL's own engine gives it."""
    document = subscription(query, request.store.version)
    result = run_prepared(schema_for(request.store.version), document, request, root)
    payload: Payload = dict((result.data or {}).get("event") or {})
    if result.errors:
        payload["errors"] = [show_error(error) for error in result.errors]
    return payload or None


def to_body(payload: Payload) -> bytes:
    """The bytes that are signed and sent: JSON, everything beyond ASCII escaped."""
    return json.dumps(payload).encode("ascii")


def _torn(subject: Any) -> Any:
    if isinstance(subject, Order):
        return dataclasses.replace(subject, amounts=subject.previous_amounts)
    return subject
