"""Installed apps: their webhooks, extensions, problems and life."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sandbox.model.errors import Refused
from sandbox.model.event_permissions import EVENT_PERMISSIONS, LIFECYCLE_EVENTS
from sandbox.model.store import NOBODY, Caller, Store

_PROBLEM_LIMIT = 100


@dataclass(eq=False)
class EventDelivery:
    """One event on its way to one webhook; `attempts` tell of each try."""

    pk: int
    webhook: Webhook
    event_type: str
    created_at: datetime
    status: str = "PENDING"
    payload: str | None = None
    due_at: datetime | None = None
    attempts: list[EventDeliveryAttempt] = field(default_factory=list)


@dataclass(eq=False)
class EventDeliveryAttempt:
    pk: int
    created_at: datetime
    status: str
    response: str | None = None
    response_status_code: int | None = None
    duration: float = 0.0


@dataclass(eq=False)
class Webhook:
    """`events` are upper-case names, asynchronous and synchronous together."""

    pk: int
    app: App
    name: str
    target_url: str
    query: str | None
    events: list[str]
    is_active: bool = True
    identifier: str | None = None
    custom_headers: dict[str, str] = field(default_factory=dict)
    event_deliveries: list[EventDelivery] = field(default_factory=list)


@dataclass(eq=False)
class AppExtension:
    pk: int
    app: App
    label: str
    url: str
    mount: str
    target: str
    permissions: list[str]
    settings: dict[str, Any]
    identifier: str | None = None


@dataclass(eq=False)
class AppProblem:
    pk: int
    created_at: datetime
    updated_at: datetime
    message: str
    key: str
    count: int = 1
    is_critical: bool = False
    dismissed_by: str | None = None


@dataclass(eq=False)
class App:
    """`settles_itself` makes the store answer payment requests in the app's place."""

    pk: int
    identifier: str
    name: str
    created: datetime
    permissions: frozenset[str]
    token: str
    is_active: bool = False
    version: str | None = None
    type: str = "THIRDPARTY"
    about: str | None = None
    author: str | None = None
    app_url: str | None = None
    manifest_url: str | None = None
    data_privacy_url: str | None = None
    homepage_url: str | None = None
    support_url: str | None = None
    audience: str | None = None
    logo: str | None = None
    removed_at: datetime | None = None
    settles_itself: bool = False
    webhooks: list[Webhook] = field(default_factory=list)
    extensions: list[AppExtension] = field(default_factory=list)
    all_problems: list[AppProblem] = field(default_factory=list)
    metadata: dict[str, str] = field(default_factory=dict)
    private_metadata: dict[str, str] = field(default_factory=dict)

    @property
    def is_alive(self) -> bool:
        return self.is_active and self.removed_at is None

    def can_be_asked(self, event: str) -> bool:
        """Whether a payment request reaches somebody."""
        if self.settles_itself:
            return True
        return self.is_alive and any(receives(webhook, event) for webhook in self.webhooks)


@dataclass(eq=False)
class AppInstallation:
    pk: int
    app_name: str
    manifest_url: str
    permissions: list[str]
    created_at: datetime
    updated_at: datetime
    activate: bool = True
    status: str = "PENDING"
    message: str | None = None


def receives(webhook: Webhook, event: str) -> bool:
    """Whether the webhook takes the event and its app has the permission for it."""
    if not webhook.is_active or not webhook.query:
        return False
    if event not in webhook.events and "ANY_EVENTS" not in webhook.events:
        return False
    needed = EVENT_PERMISSIONS.get(event)
    return needed is None or needed in webhook.app.permissions


def receivers(store: Store, event: str, subject: object) -> list[Webhook]:
    """The webhooks to send an event to; an app hears of its own end though it is gone."""
    found = []
    for app in store.apps.values():
        hears_own_end = event in LIFECYCLE_EVENTS and subject is app
        if app.is_alive or hears_own_end:
            found += [webhook for webhook in app.webhooks if receives(webhook, event)]
    return found


def create_app(
    store: Store, manifest: dict[str, Any], permissions: frozenset[str], **fields: Any
) -> App:
    """Make the app of a cleaned manifest, with its webhooks and extensions; not yet announced."""
    app = App(
        pk=store.ids.next("App"),
        identifier=manifest["id"],
        name=fields.pop("name", None) or manifest["name"],
        created=store.now(),
        permissions=permissions,
        token=store.ids.token(30),
        version=manifest.get("version"),
        about=manifest.get("about"),
        author=manifest.get("author"),
        app_url=manifest.get("appUrl"),
        data_privacy_url=manifest.get("dataPrivacyUrl"),
        homepage_url=manifest.get("homepageUrl"),
        support_url=manifest.get("supportUrl"),
        audience=manifest.get("audience"),
        logo=((manifest.get("brand") or {}).get("logo") or {}).get("default"),
        **fields,
    )
    for data in manifest.get("extensions") or []:
        app.extensions.append(_extension(store, app, data))
    for data in manifest.get("webhooks") or []:
        add_webhook(store, app, data)
    store.apps[app.pk] = app
    return app


def _extension(store: Store, app: App, data: dict[str, Any]) -> AppExtension:
    return AppExtension(
        pk=store.ids.next("AppExtension"),
        app=app,
        label=data["label"],
        url=data["url"],
        mount=str(data["mount"]).lower(),
        target=str(data.get("target") or "popup").lower(),
        permissions=list(data.get("permissions") or []),
        settings=dict(data.get("options") or {}),
        identifier=data.get("identifier"),
    )


def add_webhook(store: Store, app: App, data: dict[str, Any]) -> Webhook:
    """A webhook from cleaned manifest data (`events` holds both kinds)."""
    webhook = Webhook(
        pk=store.ids.next("Webhook"),
        app=app,
        name=data["name"],
        target_url=data["targetUrl"],
        query=data.get("query"),
        events=list(data["events"]),
        is_active=data.get("isActive", True),
        identifier=data.get("identifier"),
        custom_headers=dict(data.get("customHeaders") or {}),
    )
    app.webhooks.append(webhook)
    return webhook


def find_app(store: Store, identifier: str) -> App | None:
    """The installed app of that identifier."""
    return next(
        (a for a in store.apps.values() if a.identifier == identifier and a.removed_at is None),
        None,
    )


def set_active(store: Store, caller: Caller, app: App, active: bool) -> None:
    """Switch an app on or off; off kills its token."""
    app.is_active = active
    store.emit("APP_STATUS_CHANGED", app, caller)


def delete_app(store: Store, caller: Caller, app: App) -> None:
    """Remove an app softly: the token dies, the row stays for a day."""
    app.is_active = False
    app.removed_at = store.now()
    store.emit("APP_DELETED", app, caller)


def purge_apps(store: Store) -> None:
    """Forget apps that were removed more than a day ago."""
    limit = store.clock.now() - timedelta(days=1)
    for app in list(store.apps.values()):
        if app.removed_at is not None and app.removed_at < limit:
            del store.apps[app.pk]


def announce_installed(store: Store, app: App) -> None:
    store.emit("APP_INSTALLED", app, NOBODY)


def report_problem(
    store: Store,
    app: App,
    key: str,
    message: str,
    *,
    critical_threshold: int | None = None,
    aggregation_minutes: int = 60,
) -> AppProblem:
    """Tell of a problem; the same key within the period counts up instead.

    Raises:
        Refused: the key is too short or too long, the message is empty.
    """
    if not 3 <= len(key.strip()) <= 128:
        raise Refused("INVALID", "Key must be between 3 and 128 characters.", "key")
    if len(message.strip()) < 3:
        raise Refused("INVALID", "Message must be at least 3 characters.", "message")
    now = store.now()
    period = timedelta(minutes=aggregation_minutes)
    for problem in reversed(app.all_problems):
        if problem.key == key and not problem.dismissed_by and now - problem.updated_at <= period:
            problem.count += 1
            problem.message = message[:2048]
            problem.updated_at = now
            break
    else:
        problem = AppProblem(store.ids.next("AppProblem"), now, now, message[:2048], key)
        app.all_problems.append(problem)
        del app.all_problems[:-_PROBLEM_LIMIT]
    problem.is_critical = critical_threshold is not None and problem.count >= critical_threshold
    return problem


def dismiss_problems(app: App, by: str, ids: set[int], keys: set[str]) -> None:
    """Mark problems as seen to; `by` is APP or USER."""
    for problem in app.all_problems:
        if problem.pk in ids or problem.key in keys:
            problem.dismissed_by = by
