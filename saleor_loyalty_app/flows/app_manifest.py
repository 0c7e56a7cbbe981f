"""The manifest that a store is given: the template at the root, with what the handlers need."""

import json
from collections.abc import Iterable
from functools import cache
from typing import Any, Protocol

from saleor_loyalty_app import __version__, assets
from saleor_loyalty_app.flows.app_extensions import EXTENSIONS, Extension
from saleor_loyalty_app.saleor.manifest import Manifest, ManifestExtension, ManifestWebhook
from saleor_loyalty_app.saleor.version import IDENTIFIERS, SchemaVersion
from saleor_loyalty_app.saleor.webhook_events import EVENTS

#: Fields of the template that hold a path below the app's address.
_PATHS = ("tokenTargetUrl", "dataPrivacyUrl", "homepageUrl", "supportUrl")


class WebhookSource(Protocol):
    """What the manifest needs to know of a handler: `Handler` or `SyncHandler` of `flows`."""

    @property
    def name(self) -> str: ...
    @property
    def events(self) -> tuple[str, ...]: ...
    @property
    def path(self) -> str: ...
    def query_for(self, version: SchemaVersion) -> str | None: ...


@cache
def template() -> dict[str, Any]:
    """manifest.json as it stands at the root."""
    loaded: dict[str, Any] = json.loads(assets.read_text("manifest.json"))
    return loaded


def app_identifier() -> str:
    """The id of the app in every Saleor; it never changes."""
    return str(template()["id"])


def wanted_permissions() -> frozenset[str]:
    """The permissions that the app asks for."""
    return frozenset(template()["permissions"])


def webhook_entries(
    handlers: Iterable[WebhookSource], app_url: str, version: SchemaVersion
) -> tuple[ManifestWebhook, ...]:
    """The webhooks of a store with Saleor `version`, one for each handler that it can serve."""
    return tuple(
        ManifestWebhook(
            name=handler.name,
            target_url=app_url + handler.path,
            query=query,
            async_events=tuple(event for event in handler.events if event in EVENTS),
            sync_events=tuple(event for event in handler.events if event not in EVENTS),
            identifier=handler.name if version >= IDENTIFIERS else None,
        )
        for handler in handlers
        if (query := handler.query_for(version)) is not None
    )


def extension_entries(
    version: SchemaVersion, extensions: Iterable[Extension] = EXTENSIONS
) -> tuple[ManifestExtension, ...]:
    """The extensions that the Dashboard of Saleor `version` can show."""
    return tuple(
        ManifestExtension(
            label=extension.label,
            mount=extension.mount,
            target=extension.target,
            url=extension.path,
            permissions=extension.permissions,
            options=extension.options,
            identifier=extension.identifier if version >= IDENTIFIERS else None,
        )
        for extension in extensions
        if extension.oldest <= version
    )


def manifest_for(
    handlers: Iterable[WebhookSource],
    *,
    app_url: str,
    browser_url: str,
    version: SchemaVersion,
    extensions: Iterable[Extension] = EXTENSIONS,
) -> Manifest:
    """The manifest for a store with Saleor `version`.

    Args:
        app_url: where Saleor's servers reach the app, without a slash at the end.
        browser_url: where the browsers of staff do.

    Raises:
        pydantic.ValidationError: Saleor or its Dashboard would refuse it.
    """
    filled = dict(template())
    for name in _PATHS:
        base = app_url if name == "tokenTargetUrl" else browser_url
        filled[name] = base + filled[name]
    logo = app_url + filled["brand"]["logo"]["default"]
    return Manifest.model_validate(
        {
            **filled,
            "version": __version__,
            "appUrl": browser_url,
            "brand": {"logo": {"default": logo}},
            "extensions": extension_entries(version, extensions),
            "webhooks": webhook_entries(handlers, app_url, version),
        }
    )
