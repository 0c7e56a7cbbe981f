"""Installing an app from its manifest's address, as Saleor's worker does."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from sandbox.events.headers import domain_of
from sandbox.manifest import ManifestError, clean_manifest
from sandbox.model.apps import App, announce_installed, create_app
from sandbox.model.store import Store
from sandbox.wire import Request, Response, Send, agent

_CANNOT_CONNECT = "Failed to connect to app. Try later or contact with app support."
_MESSAGE_LIMIT = 255

Pause = Callable[[], AbstractContextManager[None]]


class InstallationFailed(Exception):
    """`message` is what the owner reads in the Dashboard.

    `stays_pending` tells of Saleor's own fault: a message of more than 255 characters breaks the
    worker, and the installation waits for ever.
    """

    def __init__(self, message: str, *, stays_pending: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.stays_pending = stays_pending


def install_from_url(
    store: Store,
    manifest_url: str,
    send: Send,
    permissions: list[str] | None,
    pause: Pause,
    *,
    name: str | None = None,
    activate: bool = True,
) -> App:
    """GET the manifest, make the app, POST its token; without a 2xx the app is gone again.

    `pause` lets others at the store while the network is waited for.

    Raises:
        InstallationFailed: with Saleor's sentence.
    """
    with pause():
        manifest = _fetch(store, manifest_url, send)
    try:
        cleaned = clean_manifest(store, manifest, permissions)
    except ManifestError as error:
        text = str(error)
        raise InstallationFailed(text, stays_pending=len(text) > _MESSAGE_LIMIT) from error
    app = create_app(
        store,
        cleaned,
        frozenset(cleaned["permissions"]),
        name=name,
        is_active=activate,
        manifest_url=manifest_url,
    )
    target = cleaned.get("tokenTargetUrl")
    if target:
        try:
            with pause():
                _hand_over(store, target, app.token, send)
        except InstallationFailed:
            del store.apps[app.pk]
            raise
    announce_installed(store, app)
    return app


def run_installation(store: Store, pk: int, send: Send, pause: Pause) -> None:
    """Do a pending installation; a failure is written into it, as long as it fits."""
    installation = store.installations[pk]
    try:
        install_from_url(
            store,
            installation.manifest_url,
            send,
            installation.permissions,
            pause,
            name=installation.app_name,
            activate=installation.activate,
        )
    except InstallationFailed as failure:
        installation.updated_at = store.now()
        if not failure.stays_pending:
            installation.status, installation.message = "FAILED", failure.message
        return
    del store.installations[pk]


def _fetch(store: Store, url: str, send: Send) -> dict[str, Any]:
    request = Request(
        "GET",
        url,
        [
            ("User-Agent", agent(store.version)),
            ("Accept-Encoding", "gzip, deflate"),
            ("Accept", "*/*"),
            ("Connection", "keep-alive"),
            ("Saleor-Schema-Version", store.version),
        ],
    )
    response = _reach(request, send)
    _check(response)
    try:
        manifest = response.json()
    except ValueError as error:
        raise InstallationFailed(_CANNOT_CONNECT) from error
    if not isinstance(manifest, dict):
        raise InstallationFailed(_CANNOT_CONNECT)
    return manifest


def _hand_over(store: Store, url: str, token: str, send: Send) -> None:
    domain = domain_of(store)
    body = json.dumps({"auth_token": token}).encode()
    request = Request(
        "POST",
        url,
        [
            ("User-Agent", agent(store.version)),
            ("Accept-Encoding", "gzip, deflate"),
            ("Accept", "*/*"),
            ("Connection", "keep-alive"),
            ("Content-Type", "application/json"),
            ("X-Saleor-Domain", domain),
            ("Saleor-Domain", domain),
            ("Saleor-Api-Url", store.api_url),
            ("Saleor-Schema-Version", store.version),
            ("Content-Length", str(len(body))),
        ],
        body,
    )
    response = _reach(request, send)
    if response.status < 400:
        return
    try:
        message = str(response.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        _check(response)
    else:
        raise InstallationFailed(_shortened(message))


def _reach(request: Request, send: Send) -> Response:
    try:
        return send(request)
    except OSError as error:
        raise InstallationFailed(_CANNOT_CONNECT) from error


def _check(response: Response) -> None:
    if response.status >= 400:
        raise InstallationFailed(
            f"App internal error ({response.status}). Try later or contact with app support."
        )


def _shortened(message: str) -> str:
    if len(message) <= _MESSAGE_LIMIT:
        return message
    return message[: _MESSAGE_LIMIT - 1] + "…"
