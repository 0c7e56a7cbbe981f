"""Brings the webhooks of installed stores up to the handlers.

Saleor reads a manifest once, when the app is installed. Later the app changes its own webhooks with
its own token; no permission is needed for that. Webhooks are matched by name, which is the
handler's, then by the path of their address. What is left over goes if it points at this app.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec

from saleor_loyalty_app import log, shapes
from saleor_loyalty_app.flows.app_manifest import WebhookSource, webhook_entries
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.flows.sync_store import UnexpectedAnswer
from saleor_loyalty_app.saleor.manifest import ManifestWebhook
from saleor_loyalty_app.saleor.version import IDENTIFIERS, SchemaVersion, spoken_version
from saleor_loyalty_app.stores.refs import StoreRef

_log = log.get(__name__)


class _Part(msgspec.Struct, frozen=True, rename="camel"):
    pass


class _Event(_Part, frozen=True):
    event_type: str


class PresentWebhook(_Part, frozen=True):
    """A webhook of the app as Saleor has it."""

    id: str
    target_url: str
    is_active: bool
    name: str | None = None
    subscription_query: str | None = None
    async_events: tuple[_Event, ...] = ()
    sync_events: tuple[_Event, ...] = ()

    @property
    def events(self) -> frozenset[str]:
        """What it is sent for."""
        return frozenset(one.event_type for one in (*self.async_events, *self.sync_events))


class _App(_Part, frozen=True):
    webhooks: tuple[PresentWebhook, ...] | None = None


class _Answer(_Part, frozen=True):
    app: _App | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between the handlers and Saleor's webhooks.

    Attributes:
        fields: what differs, of "name", "address", "events", "query", "active".
    """

    kind: Literal["create", "update", "delete"]
    name: str
    fields: tuple[str, ...] = ()
    webhook_id: str = ""
    wanted: ManifestWebhook | None = None


def plan_changes(
    present: Sequence[PresentWebhook], wanted: Iterable[ManifestWebhook], app_url: str
) -> tuple[Change, ...]:
    """What has to be done so that Saleor has the `wanted` webhooks, and no other ones of ours.

    Of several with one name the first is kept. Creations come first, so that nothing is missed.
    """
    unclaimed = list(present)
    names: set[str | None] = set()
    creations: list[Change] = []
    updates: list[Change] = []
    for webhook in wanted:
        names.add(webhook.name)
        match = _match(unclaimed, webhook)
        if match is None:
            creations.append(Change("create", webhook.name, wanted=webhook))
            continue
        unclaimed.remove(match)
        if fields := _differences(match, webhook):
            updates.append(Change("update", webhook.name, fields, match.id, webhook))
    deletions = [
        Change("delete", one.name or one.target_url, webhook_id=one.id)
        for one in unclaimed
        if one.target_url.startswith(f"{app_url}/") or one.name in names
    ]
    return (*creations, *updates, *deletions)


def read_webhooks(access: StoreAccess, store: StoreRef) -> tuple[PresentWebhook, ...]:
    """The webhooks that the app has at a store. A network call.

    Raises:
        UnexpectedAnswer, and what `StoreAccess.ask` raises.
    """
    data = access.ask(store, "queries/app_webhooks")
    try:
        app = shapes.convert(data, _Answer).app
    except msgspec.ValidationError as failure:
        raise UnexpectedAnswer(str(failure)) from None
    if app is None:
        raise UnexpectedAnswer("app")
    return app.webhooks or ()


def migrate_webhooks(
    access: StoreAccess,
    store: StoreRef,
    handlers: Iterable[WebhookSource],
    *,
    app_url: str,
    dry_run: bool = False,
) -> tuple[Change, ...]:
    """Brings the webhooks of a store up to the handlers; gives what was, or would be, changed.

    It looks first and changes only what differs, so that it can be run again at any point.

    Raises:
        UnsupportedSaleor, UnexpectedAnswer, and what `StoreAccess.change` raises.
    """
    version = spoken_version(store.schema_version)
    wanted = webhook_entries(handlers, app_url, version)
    changes = plan_changes(read_webhooks(access, store), wanted, app_url)
    if not dry_run:
        for change in changes:
            _apply(access, store, change, version)
            _log.info("webhook_migrated", store_id=store.id, webhook=change.name, kind=change.kind)
    return changes


def _match(present: Sequence[PresentWebhook], wanted: ManifestWebhook) -> PresentWebhook | None:
    path = urlsplit(wanted.target_url).path
    by_name = (one for one in present if one.name == wanted.name)
    by_path = (one for one in present if urlsplit(one.target_url).path == path)
    return next(by_name, None) or next(by_path, None)


def _differences(present: PresentWebhook, wanted: ManifestWebhook) -> tuple[str, ...]:
    events = frozenset((*wanted.async_events, *wanted.sync_events))
    compared = (
        ("name", present.name == wanted.name),
        ("address", present.target_url == wanted.target_url),
        ("events", present.events == events),
        ("query", (present.subscription_query or "").strip() == wanted.query.strip()),
        ("active", present.is_active == wanted.is_active),
    )
    return tuple(name for name, same in compared if not same)


def _apply(access: StoreAccess, store: StoreRef, change: Change, version: SchemaVersion) -> None:
    if change.wanted is None:
        access.change(store, "mutations/webhook_delete", {"id": change.webhook_id})
    elif change.kind == "create":
        access.change(store, "mutations/webhook_create", {"input": _input(change.wanted, version)})
    else:
        access.change(
            store,
            "mutations/webhook_update",
            {"id": change.webhook_id, "input": _input(change.wanted, version)},
        )


def _input(webhook: ManifestWebhook, version: SchemaVersion) -> Mapping[str, Any]:
    fields: dict[str, Any] = {
        "name": webhook.name,
        "targetUrl": webhook.target_url,
        "query": webhook.query,
        "isActive": webhook.is_active,
        "asyncEvents": list(webhook.async_events),
        "syncEvents": list(webhook.sync_events),
    }
    if version >= IDENTIFIERS:
        fields["identifier"] = webhook.identifier
    return fields
