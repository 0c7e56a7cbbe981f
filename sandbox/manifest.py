"""What Saleor's core checks in a manifest before it installs an app."""

from __future__ import annotations

import mimetypes
from collections import defaultdict
from typing import Any
from urllib.parse import urlsplit

from sandbox.model.apps import find_app
from sandbox.model.store import Store
from sandbox.schema.event_names import async_events, enum_values, sync_events
from sandbox.schema.subscription_query import SubscriptionError, subscribed_events
from sandbox.versions import satisfies

Manifest = dict[str, Any]
_Errors = defaultdict[str, list[str]]

_IDENTIFIER_LIMIT = 256
_HEADER_LIMIT = 5
_BROKERS = ("http", "https", "awssqs", "gcpubsub")
_REQUIRED = ("id", "name", "version")
_REQUIRED_OF_EXTENSION = ("label", "url", "mount")
_REQUIRED_OF_WEBHOOK = ("name", "targetUrl", "query")


class ManifestError(ValueError):
    """The manifest is refused; `problems` are messages by field."""

    def __init__(self, problems: dict[str, list[str]]) -> None:
        self.problems = problems
        super().__init__(", ".join(f"{name}: {found}" for name, found in problems.items()))


def clean_manifest(store: Store, manifest: Manifest, granted: list[str] | None) -> Manifest:
    """A copy with `events` filled in at each webhook and the granted permissions.

    `granted` are the permissions that the installer gives; None gives what the manifest asks.

    Raises:
        ManifestError: Saleor would refuse it.
    """
    _check_shape(store, manifest)
    errors: _Errors = defaultdict(list)
    required = manifest.get("requiredSaleorVersion")
    if required is not None:
        _check_version(store, str(required), errors)
    permissions = list(manifest.get("permissions") or []) if granted is None else granted
    known = enum_values("PermissionEnum")
    if any(permission not in known for permission in permissions):
        errors["permissions"].append("Given permissions don't exist.")
    installed = find_app(store, manifest["id"])
    if installed is not None:
        errors["identifier"].append(
            f"App with the same identifier is already installed: {installed.name}"
        )
    cleaned = {**manifest, "permissions": permissions}
    if not errors:
        # By what the manifest asks, whatever the installer gives.
        _check_extensions(cleaned, list(manifest.get("permissions") or []), errors)
        cleaned["webhooks"] = _clean_webhooks(store, manifest, errors)
    if errors:
        raise ManifestError(dict(errors))
    return cleaned


def _check_shape(store: Store, manifest: Manifest) -> None:
    errors: _Errors = defaultdict(list)
    required = _REQUIRED if store.version != "3.22" else (*_REQUIRED, "tokenTargetUrl")
    for name in required:
        _need_text(manifest, name, name, errors)
    target = manifest.get("tokenTargetUrl")
    if target is not None and not is_url(target):
        errors["tokenTargetUrl"].append("Invalid target url.")
    author = manifest.get("author")
    if author is not None and not str(author).strip():
        errors["author"].append("Incorrect value for field: author")
    _check_logo(manifest, errors)
    for extension in manifest.get("extensions") or []:
        for name in _REQUIRED_OF_EXTENSION:
            _need_text(extension, name, "extensions", errors)
    for webhook in manifest.get("webhooks") or []:
        for name in _REQUIRED_OF_WEBHOOK:
            _need_text(webhook, name, "webhooks", errors)
        if isinstance(webhook.get("targetUrl"), str) and not is_url(webhook["targetUrl"], _BROKERS):
            errors["webhooks"].append("Invalid target url.")
    if errors:
        raise ManifestError({name: found[-1:] for name, found in errors.items()})


def _need_text(data: dict[str, Any], name: str, field: str, errors: _Errors) -> None:
    if name not in data:
        errors[field].append("Field required")
    elif not isinstance(data[name], str):
        errors[field].append("Input should be a valid string")


def _check_logo(manifest: Manifest, errors: _Errors) -> None:
    brand = manifest.get("brand")
    if brand is None:
        return
    logo = (brand.get("logo") or {}).get("default") if isinstance(brand, dict) else None
    if logo is None:
        errors["brand"].append("Field required")
    elif not is_url(logo):
        errors["brand"].append("Incorrect value for field: logo.default.")
    elif mimetypes.guess_type(logo)[0] != "image/png":
        errors["brand"].append("Invalid file type for field: logo.default.")


def is_url(value: object, schemes: tuple[str, ...] = ("http", "https")) -> bool:
    """Whether a manifest may name this as an address."""
    if not isinstance(value, str):
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in schemes and bool(parts.hostname)


def _check_version(store: Store, required: str, errors: _Errors) -> None:
    try:
        fits = satisfies(store.full_version, required)
    except ValueError:
        errors["requiredSaleorVersion"].append("Incorrect value for required Saleor version.")
        return
    if not fits:
        errors["requiredSaleorVersion"].append(
            f"Saleor version {store.full_version} is not supported by the app."
        )


def _check_extensions(manifest: Manifest, permissions: list[str], errors: _Errors) -> None:
    seen: set[str] = set()
    for extension in manifest.get("extensions") or []:
        _check_identifier(extension, seen, "extensions", "extension", errors)
        url = extension["url"]
        if url.startswith("/"):
            if not manifest.get("appUrl"):
                errors["extensions"].append("Incorrect value for field: url.")
        elif not is_url(url):
            errors["extensions"].append("Incorrect value for field: url.")
        if not set(extension.get("permissions") or []) <= set(permissions):
            errors["extensions"].append("Extension permission must be listed in App's permissions.")


def _clean_webhooks(store: Store, manifest: Manifest, errors: _Errors) -> list[dict[str, Any]]:
    seen: set[str] = set()
    cleaned = []
    for webhook in manifest.get("webhooks") or []:
        _check_identifier(webhook, seen, "webhooks", "webhook", errors)
        events = []
        for key, known, word in (
            ("asyncEvents", async_events(), "asynchronous"),
            ("syncEvents", sync_events(), "synchronous"),
        ):
            for event in webhook.get(key) or []:
                if event in known:
                    events.append(event)
                else:
                    errors["webhooks"].append(f"Invalid {word} event.")
        try:
            subscribed = subscribed_events(webhook["query"], store.version)
        except SubscriptionError as error:
            errors["webhooks"].append(f"Subscription query is not valid: {error}")
            subscribed = ()
        _check_headers(webhook.get("customHeaders") or {}, errors)
        cleaned.append({**webhook, "events": events or list(subscribed)})
    return cleaned


def _check_identifier(
    data: dict[str, Any], seen: set[str], field: str, word: str, errors: _Errors
) -> None:
    identifier = str(data.get("identifier") or "").strip()
    if not identifier:
        return
    if len(identifier) > _IDENTIFIER_LIMIT:
        errors[field].append(
            f"Identifier is too long. Maximum length is {_IDENTIFIER_LIMIT} characters."
        )
    elif identifier in seen:
        errors[field].append(f"Duplicate {word} identifier: {identifier}.")
    seen.add(identifier)


def _check_headers(headers: dict[str, Any], errors: _Errors) -> None:
    if len(headers) > _HEADER_LIMIT:
        errors["webhooks"].append(
            f"Invalid custom headers: Number of headers exceeds the limit: {_HEADER_LIMIT}."
        )
    for key in headers:
        name = key.lower()
        if not name.startswith(("x-", "authorization")) and name != "brokerproperties":
            errors["webhooks"].append(
                f'Invalid custom headers: "{key}" does not match allowed key pattern: "X-*",'
                ' "Authorization*", or "BrokerProperties".'
            )
