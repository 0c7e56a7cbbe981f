"""Users and apps as the API shows them."""

from __future__ import annotations

from typing import Any

from sandbox.model.apps import App, AppExtension, EventDelivery, Webhook
from sandbox.model.customers import Address, User
from sandbox.schema.connections import Connection, connect
from sandbox.schema.event_names import is_sync
from sandbox.schema.request import Info, Resolvers, caller_of, guarded, may, require, store_of
from sandbox.schema.shared import country, permission
from sandbox.schema.types_checkout import visible_checkouts


def _orders(user: User, info: Info, **page: Any) -> Connection:
    own = caller_of(info).user is user
    orders = [
        order
        for order in store_of(info).orders.values()
        if order.user is user and (may(info, "MANAGE_ORDERS") or (own and order.status != "DRAFT"))
    ]
    page = page if page.get("first") or page.get("last") else {**page, "first": 100}
    return connect(orders, lambda order: (order.number,), descending=True, **page)


def _checkouts(user: User, info: Info, **page: Any) -> Connection:
    return connect(
        visible_checkouts(user, info), lambda c: (c.updated_at, c.pk), descending=True, **page
    )


def _permissions(user: User, _info: Info) -> list[dict[str, str]]:
    return [permission(code) for code in sorted(user.permissions)]


def _is_default(name: str) -> Any:
    def resolve(address: Address, info: Info) -> bool:
        return any(getattr(user, name) is address for user in store_of(info).users.values())

    return resolve


def _need_own(app: App, info: Info) -> None:
    if caller_of(info).app is not app:
        require(info, "MANAGE_APPS")


def _webhooks(app: App, info: Info) -> list[Webhook]:
    _need_own(app, info)
    return app.webhooks


def _app_permissions(app: App, _info: Info) -> list[dict[str, str]]:
    return [permission(code) for code in sorted(app.permissions)]


def _problems(app: App, info: Info) -> list[Any]:
    _need_own(app, info)
    return list(reversed(app.all_problems))


def _events(sync: bool) -> Any:
    def resolve(webhook: Webhook, _info: Info) -> list[dict[str, str]]:
        return [
            {"event_type": event, "name": event.replace("_", " ").capitalize()}
            for event in webhook.events
            if is_sync(event) is sync
        ]

    return resolve


def _deliveries(webhook: Webhook, _info: Info, **page: Any) -> Connection:
    status = (page.pop("filter_", None) or {}).get("status")
    upwards = (page.pop("sort_by", None) or {}).get("direction") == "ASC"
    found = [d for d in webhook.event_deliveries if status is None or d.status == status]
    return connect(found, lambda d: (d.created_at, d.pk), descending=not upwards, **page)


def _attempts(delivery: EventDelivery, _info: Info, **page: Any) -> Connection:
    page = page if page.get("first") else {**page, "first": 100}
    return connect(delivery.attempts, lambda a: (a.created_at, a.pk), descending=True, **page)


def _extension_permissions(extension: AppExtension, _info: Info) -> list[Any]:
    return [permission(code) for code in extension.permissions]


PEOPLE_TYPES: Resolvers = {
    "User": {
        "note": guarded(lambda user, _info: user.note, "MANAGE_USERS", "MANAGE_STAFF"),
        "orders": _orders,
        "checkouts": _checkouts,
        "userPermissions": _permissions,
        "restrictedAccessToChannels": lambda _user, _info: False,
        "customerType": lambda _user, _info: {"pk": 1, "slug": "default", "name": "Default"},
    },
    "CustomerType": {
        "id": lambda _source, _info: "Q3VzdG9tZXJUeXBlOjE=",
        "metadata": lambda _source, _info: [],
        "privateMetadata": lambda _source, _info: [],
    },
    "Address": {
        "country": lambda address, _info: country(address.country),
        "isDefaultBillingAddress": _is_default("default_billing_address"),
        "isDefaultShippingAddress": _is_default("default_shipping_address"),
    },
    "App": {
        "permissions": _app_permissions,
        "aboutApp": lambda app, _info: app.about,
        "webhooks": _webhooks,
        "problems": _problems,
        "isActive": lambda app, _info: app.is_active,
    },
    "AppExtension": {
        "permissions": _extension_permissions,
        "mountName": lambda extension, _info: extension.mount.upper(),
        "targetName": lambda extension, _info: extension.target.upper(),
    },
    "AppProblem": {
        "dismissed": lambda problem, _info: (
            {"by": problem.dismissed_by} if problem.dismissed_by else None
        ),
    },
    "Webhook": {
        "asyncEvents": _events(False),
        "syncEvents": _events(True),
        "subscriptionQuery": lambda webhook, _info: webhook.query,
        "eventDeliveries": _deliveries,
    },
    "EventDelivery": {"attempts": _attempts},
    "EventDeliveryAttempt": {"taskId": lambda _attempt, _info: None},
}
