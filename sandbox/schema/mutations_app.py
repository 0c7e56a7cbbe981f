"""Mutations of apps, webhooks, problems, metadata and channels."""

from __future__ import annotations

import json
from typing import Any

from sandbox.model import apps, metadata
from sandbox.model.apps import App, AppInstallation, Webhook
from sandbox.model.errors import PermissionDenied, Refused
from sandbox.schema.mutation import Payload, mutation
from sandbox.schema.nodes import find_node, need_node, pk_of
from sandbox.schema.request import Info, Resolvers, caller_of, request_of, require, store_of
from sandbox.schema.subscription_query import SubscriptionError, subscribed_events

_UNCHANGED = object()


def _install(info: Info, input_: dict[str, Any]) -> Payload:
    request = request_of(info)
    store, now = request.store, request.store.now()
    wanted = list(input_.get("permissions") or [])
    missing = set(wanted) - request.caller.permissions
    if missing:
        raise Refused(
            "OUT_OF_SCOPE_PERMISSION",
            "You can't add permission that you don't have.",
            "permissions",
        )
    installation = AppInstallation(
        pk=store.ids.next("AppInstallation"),
        app_name=input_["app_name"],
        manifest_url=input_["manifest_url"],
        permissions=wanted,
        created_at=now,
        updated_at=now,
        activate=input_.get("activate_after_installation") is not False,
    )
    store.installations[installation.pk] = installation
    request.services.start_installation(installation.pk)
    return {"app_installation": installation}


def _failed(info: Info, id_: str) -> AppInstallation:
    installation: AppInstallation = need_node(store_of(info), id_, "AppInstallation")
    if installation.status != "FAILED":
        raise Refused("INVALID_STATUS", "Only failed installations can be changed.", "id")
    return installation


def _retry(info: Info, id_: str, activate_after_installation: bool | None = None) -> Payload:
    installation = _failed(info, id_)
    installation.status, installation.message = "PENDING", None
    if activate_after_installation is not None:
        installation.activate = activate_after_installation
    request_of(info).services.start_installation(installation.pk)
    return {"app_installation": installation}


def _delete_failed(info: Info, id_: str) -> Payload:
    installation = _failed(info, id_)
    del store_of(info).installations[installation.pk]
    return {"app_installation": installation}


def _app(info: Info, id_: str) -> App:
    app: App = need_node(store_of(info), id_, "App")
    if app.removed_at is not None:
        raise Refused("NOT_FOUND", f"Couldn't resolve to a node: {id_}", "id")
    return app


def _delete(info: Info, id_: str) -> Payload:
    app = _app(info, id_)
    apps.delete_app(store_of(info), caller_of(info), app)
    return {"app": app}


def _set_active(active: bool) -> Any:
    def act(info: Info, id_: str) -> Payload:
        app = _app(info, id_)
        apps.set_active(store_of(info), caller_of(info), app, active)
        return {"app": app}

    return act


def _update(info: Info, id_: str, input_: dict[str, Any]) -> Payload:
    app = _app(info, id_)
    if input_.get("name"):
        app.name = input_["name"]
    if input_.get("permissions") is not None:
        app.permissions = frozenset(input_["permissions"])
    store_of(info).emit("APP_UPDATED", app, caller_of(info))
    return {"app": app}


def _own_app(info: Info, app_id: str | None = None) -> App:
    caller = caller_of(info)
    if caller.app is not None:
        return caller.app
    require(info, "MANAGE_APPS", "AUTHENTICATED_APP")
    if app_id is None:
        raise Refused("NOT_FOUND", "App doesn't exist or is disabled", "app")
    return _app(info, app_id)


def _webhook_data(info: Info, input_: dict[str, Any], webhook: Webhook | None) -> dict[str, Any]:
    query = input_.get("query") if input_.get("query") is not None else webhook and webhook.query
    events = None
    if input_.get("async_events") is not None or input_.get("sync_events") is not None:
        events = [*(input_.get("async_events") or ()), *(input_.get("sync_events") or ())]
    if query:
        try:
            subscribed = subscribed_events(query, store_of(info).version)
        except SubscriptionError as error:
            raise Refused(
                "INVALID", f"Subscription query is not valid: {error}", "query"
            ) from error
        events = events or (list(subscribed) if input_.get("query") else None)
    headers = input_.get("custom_headers")
    return {
        "query": query,
        "events": events,
        "headers": json.loads(headers) if isinstance(headers, str) else headers,
    }


def _webhook_create(info: Info, input_: dict[str, Any]) -> Payload:
    app = _own_app(info, input_.get("app"))
    if not input_.get("target_url"):
        raise Refused("REQUIRED", "This field is required.", "targetUrl")
    data = _webhook_data(info, input_, None)
    _check_identifier(app, input_.get("identifier"), None)
    webhook = apps.add_webhook(
        store_of(info),
        app,
        {
            "name": input_.get("name") or "",
            "targetUrl": input_["target_url"],
            "query": data["query"],
            "events": data["events"] or [],
            "isActive": input_.get("is_active") is not False,
            "identifier": input_.get("identifier"),
            "customHeaders": data["headers"],
        },
    )
    return {"webhook": webhook}


def _find_webhook(info: Info, id_: str | None, identifier: str | None) -> Webhook:
    app = caller_of(info).app
    webhook: Webhook | None = None
    if id_ is not None:
        webhook = find_node(store_of(info), id_, "Webhook")
    elif app is not None:
        webhook = next((w for w in app.webhooks if w.identifier == identifier), None)
    if webhook is None or (app is not None and webhook.app is not app):
        raise Refused("NOT_FOUND", f"Couldn't resolve to a node: {id_ or identifier}", "id")
    if app is None:
        require(info, "MANAGE_APPS", "AUTHENTICATED_APP")
    return webhook


def _webhook_update(
    info: Info,
    input_: dict[str, Any],
    id_: str | None = None,
    identifier: str | None = None,
) -> Payload:
    webhook = _find_webhook(info, id_, identifier)
    data = _webhook_data(info, input_, webhook)
    if "identifier" in input_:
        _check_identifier(webhook.app, input_["identifier"], webhook)
        webhook.identifier = input_["identifier"]
    for name in ("name", "target_url", "is_active"):
        if input_.get(name) is not None:
            setattr(webhook, name, input_[name])
    webhook.query = data["query"]
    if data["events"] is not None:
        webhook.events = data["events"]
    if data["headers"] is not None:
        webhook.custom_headers = data["headers"]
    return {"webhook": webhook}


def _check_identifier(app: App, identifier: str | None, own: Webhook | None) -> None:
    if identifier and any(w.identifier == identifier and w is not own for w in app.webhooks):
        raise Refused("UNIQUE", "Webhook with this identifier already exists.", "identifier")


def _webhook_delete(info: Info, id_: str | None = None, identifier: str | None = None) -> Payload:
    webhook = _find_webhook(info, id_, identifier)
    webhook.app.webhooks.remove(webhook)
    return {"webhook": webhook}


def _problem_create(info: Info, input_: dict[str, Any]) -> Payload:
    app = caller_of(info).app
    if app is None:
        raise PermissionDenied("AUTHENTICATED_APP")
    problem = apps.report_problem(
        store_of(info),
        app,
        input_["key"],
        input_["message"],
        critical_threshold=input_.get("critical_threshold"),
        aggregation_minutes=60
        if input_.get("aggregation_period") is None
        else input_["aggregation_period"],
    )
    return {"app_problem": problem}


def _problem_dismiss(info: Info, input_: dict[str, Any]) -> Payload:
    app = caller_of(info).app
    if app is None:
        raise PermissionDenied("AUTHENTICATED_APP")
    chosen = input_.get("by_app")
    if not chosen:
        raise Refused("REQUIRED", "Must provide `byApp`.", "input")
    ids = {int(pk) for pk in map(pk_of, chosen.get("ids") or ()) if pk.isdigit()}
    apps.dismiss_problems(app, "APP", ids, set(chosen.get("keys") or ()))
    return {}


_WITH_METADATA = (
    "Order",
    "OrderLine",
    "Fulfillment",
    "Checkout",
    "CheckoutLine",
    "User",
    "App",
    "TransactionItem",
    "Product",
    "ProductType",
    "Collection",
    "ProductVariant",
    "Channel",
    "Voucher",
    "GiftCard",
    "Promotion",
)


def _metadata_update(private: bool) -> Any:
    def act(info: Info, id_: str, input_: list[dict[str, str]]) -> Payload:
        item = need_node(store_of(info), id_, *_WITH_METADATA)
        values = {each["key"]: each["value"] for each in input_}
        metadata.write_metadata(store_of(info), caller_of(info), item, values, private=private)
        return {"item": item}

    return act


def _metadata_delete(private: bool) -> Any:
    def act(info: Info, id_: str, keys: list[str]) -> Payload:
        item = need_node(store_of(info), id_, *_WITH_METADATA)
        metadata.delete_metadata(store_of(info), caller_of(info), item, keys, private=private)
        return {"item": item}

    return act


_CHANNEL_FIELDS = ("name", "slug", "is_active", "default_country")
_ORDER_SETTINGS = (
    "automatically_confirm_all_new_orders",
    "mark_as_paid_strategy",
    "allow_unpaid_orders",
)


def _channel_update(info: Info, id_: str, input_: dict[str, Any]) -> Payload:
    channel = need_node(store_of(info), id_, "Channel")
    settings = input_.get("order_settings") or {}
    changes = {name: input_.get(name) for name in _CHANNEL_FIELDS}
    changes |= {name: settings.get(name) for name in _ORDER_SETTINGS}
    for name, value in changes.items():
        if value is not None:
            setattr(channel, name, value)
    if settings.get("expire_orders_after", _UNCHANGED) is not _UNCHANGED:
        channel.expire_orders_after = settings["expire_orders_after"] or None
    return {"channel": channel}


APP_MUTATIONS: Resolvers = {
    "Mutation": {
        "appInstall": mutation(_install, "MANAGE_APPS"),
        "appRetryInstall": mutation(_retry, "MANAGE_APPS"),
        "appDeleteFailedInstallation": mutation(_delete_failed, "MANAGE_APPS"),
        "appDelete": mutation(_delete, "MANAGE_APPS"),
        "appActivate": mutation(_set_active(True), "MANAGE_APPS"),
        "appDeactivate": mutation(_set_active(False), "MANAGE_APPS"),
        "appUpdate": mutation(_update, "MANAGE_APPS"),
        "webhookCreate": mutation(_webhook_create),
        "webhookUpdate": mutation(_webhook_update),
        "webhookDelete": mutation(_webhook_delete),
        "appProblemCreate": mutation(_problem_create),
        "appProblemDismiss": mutation(_problem_dismiss),
        "updateMetadata": mutation(_metadata_update(False)),
        "updatePrivateMetadata": mutation(_metadata_update(True)),
        "deleteMetadata": mutation(_metadata_delete(False)),
        "deletePrivateMetadata": mutation(_metadata_delete(True)),
        "channelUpdate": mutation(_channel_update, "MANAGE_CHANNELS"),
    }
}
