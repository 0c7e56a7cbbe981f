"""A store installs the app, switches it off and on, removes it, and installs it again.

Saleor's request for registration is not signed. So nothing in it is believed: the address must be
on the operator's list, and the Saleor at that address must say whose the token is.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

import httpx
from sqlalchemy.engine import Connection

from saleor_loyalty_app import log
from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.app_manifest import app_identifier
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.flows.sync_store import StoreFacts, facts_of, save_facts
from saleor_loyalty_app.saleor import documents
from saleor_loyalty_app.saleor.allow_list import AllowList
from saleor_loyalty_app.saleor.api_url import ApiUrl
from saleor_loyalty_app.saleor.client import Endpoint
from saleor_loyalty_app.saleor.errors import (
    ForbiddenAddress,
    InvalidKeySet,
    SaleorPermissionDenied,
    SaleorQueryError,
    SaleorUnavailable,
)
from saleor_loyalty_app.saleor.jwks import fetch_jwks
from saleor_loyalty_app.saleor.version import spoken_version
from saleor_loyalty_app.stores import problems, repository
from saleor_loyalty_app.stores.locale import language_of_country, timezone_of_country
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import Installation

_TOKEN = re.compile(r"[\x21-\x7e]{10,512}", re.ASCII)
_log = log.get(__name__)

#: Runs in the transaction that stores an installation, such as to enqueue the first proposal.
OnInstalled = Callable[[Connection, StoreRef, datetime], None]


class StoreNotAllowed(AppError):
    """The operator of this app did not list the host of the store."""

    code: ClassVar[str] = "store_not_allowed"
    status: ClassVar[int] = 403

    def __init__(self, host: str) -> None:
        super().__init__(host=host[:100])


class RegistrationInvalid(AppError):
    """The request is not one that a Saleor makes."""

    code: ClassVar[str] = "registration_invalid"
    status: ClassVar[int] = 400


class TokenNotAccepted(AppError):
    """The store's Saleor does not know the token, or the app is not active there."""

    code: ClassVar[str] = "token_not_accepted"
    status: ClassVar[int] = 403


class WrongApp(AppError):
    """The token is of another app of that Saleor."""

    code: ClassVar[str] = "wrong_app"
    status: ClassVar[int] = 403


class StoreUnreachable(AppError):
    """The store's Saleor did not answer the app; its operator has to look at the network."""

    code: ClassVar[str] = "store_unreachable"
    status: ClassVar[int] = 503

    def __init__(self, host: str, reason: str) -> None:
        super().__init__(host=host[:100], reason=reason)


class KeysNotPublished(AppError):
    """The store's Saleor publishes no key with which its webhooks could be checked."""

    code: ClassVar[str] = "keys_not_published"
    status: ClassVar[int] = 502

    def __init__(self, host: str) -> None:
        super().__init__(host=host[:100])


@dataclass(frozen=True, slots=True)
class Registration:
    """What a request for registration claims. The token never shows in a log."""

    api_url: str
    token: str

    def __repr__(self) -> str:
        return f"Registration({self.api_url!r})"


@dataclass(frozen=True, slots=True)
class Installer:
    """What registrations need of the process."""

    access: StoreAccess
    http: httpx.Client
    allow: AllowList
    clock: Clock
    on_installed: OnInstalled | None = None

    def register(self, registration: Registration) -> StoreRef:
        """Proves a registration and stores the store; installing again keeps what is there.

        Raises:
            RegistrationInvalid, InvalidApiUrl, StoreNotAllowed, StoreUnreachable,
            TokenNotAccepted, WrongApp, UnsupportedSaleor, KeysNotPublished: refused, and nothing
                was changed.
        """
        url = ApiUrl.parse(registration.api_url)
        if not self.allow.allows(url):
            raise StoreNotAllowed(url.host)
        if not _TOKEN.fullmatch(registration.token):
            raise RegistrationInvalid
        facts = self._ask(url, registration.token)
        jwks = self._keys(url)
        installation = Installation(
            api_url=str(url),
            app_id=facts.app_id,
            token_encrypted=self.access.cipher.seal(str(url), registration.token),
            jwks=jwks,
            schema_version=facts.schema_version,
            permissions=tuple(sorted(facts.permissions)),
            timezone=timezone_of_country(facts.default_country),
            language=language_of_country(facts.default_country),
        )
        store = self.access.database.write(lambda conn: self._store(conn, installation, facts))
        _log.info("store_installed", store_id=store.id, schema_version=facts.schema_version)
        return store

    def _ask(self, url: ApiUrl, token: str) -> StoreFacts:
        endpoint = Endpoint(str(url), token)
        try:
            facts = facts_of(
                self.access.client.execute(endpoint, documents.load("queries/installation"))
            )
            if not facts.app_id:
                raise TokenNotAccepted
            if facts.app_identifier != app_identifier():
                raise WrongApp
            spoken_version(facts.schema_version)
            return facts_of(
                self.access.client.execute(endpoint, documents.load("queries/store_facts"))
            )
        except SaleorPermissionDenied:
            raise TokenNotAccepted from None
        except (SaleorUnavailable, SaleorQueryError, ForbiddenAddress) as failure:
            raise StoreUnreachable(url.host, failure.code) from failure

    def _keys(self, url: ApiUrl) -> dict[str, object]:
        try:
            return fetch_jwks(self.http, str(url))
        except (SaleorUnavailable, ForbiddenAddress) as failure:
            raise StoreUnreachable(url.host, failure.code) from failure
        except InvalidKeySet as failure:
            raise KeysNotPublished(url.host) from failure

    def _store(self, conn: Connection, installation: Installation, facts: StoreFacts) -> StoreRef:
        now = self.clock()
        store = repository.save_installation(conn, installation, now)
        problems.forget_told(conn, store.id)
        save_facts(conn, store, facts, now)
        if self.on_installed is not None:
            self.on_installed(conn, store, now)
        return store


def uninstall_store(conn: Connection, store: StoreRef, app_id: str, now: datetime) -> bool:
    """The store removed the app `app_id`: all work for it ends, and its token is forgotten.

    Its books stay; the personal data goes after the retention time. Gives False, and changes
    nothing, when that installation is not the current one.
    """
    ended = repository.mark_uninstalled(conn, store.id, app_id, now)
    if ended:
        problems.forget_told(conn, store.id)
        _log.info("store_uninstalled", store_id=store.id)
    return ended


def set_store_active(conn: Connection, store: StoreRef, active: bool, now: datetime) -> bool:
    """The store's staff switched the app off or on. Gives whether that changed anything."""
    changed = repository.set_active(conn, store.id, active, now)
    if changed:
        _log.info("store_switched", store_id=store.id, state="active" if active else "inactive")
    return changed
