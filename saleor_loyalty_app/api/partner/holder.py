"""Who asks: another system of a store, by one of the store's API keys."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar

from fastapi import Depends, Request
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from saleor_loyalty_app import log, metrics
from saleor_loyalty_app.api.bearer import bearer_token
from saleor_loyalty_app.api.context import Faces, FacesOf
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.stores import partner_keys
from saleor_loyalty_app.stores.errors import PartnerKeyInvalid
from saleor_loyalty_app.stores.partner_keys import EVENTS, Key, Scope
from saleor_loyalty_app.stores.partner_tokens import PartnerToken, read_token
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import store_by_id

FACE = "partner"
_log = log.get(__name__)


class ScopeMissing(AppError):
    """The key may not do that: it was not given the scope. Detail: scope."""

    code: ClassVar[str] = "scope_missing"
    status: ClassVar[int] = 403


@dataclass(frozen=True, slots=True)
class Partner:
    """A system of a store, proved by an API key that works."""

    store: StoreRef
    key: Key

    @property
    def counted_as(self) -> str:
        """Under which the gate counts it."""
        return f"{self.store.id}:{self.key.id}"

    def need(self, scope: Scope) -> None:
        """Refuses a key without the scope.

        Raises:
            ScopeMissing: naming it.
        """
        if scope not in self.key.terms.scopes:
            raise ScopeMissing(scope=scope.value)

    def need_events(self, type_id: str) -> None:
        """Refuses a key that may not report events of a type.

        Raises:
            ScopeMissing: naming it.
        """
        if type_id not in self.key.terms.event_types:
            raise ScopeMissing(scope=f"{EVENTS}{type_id}")


async def partner_of(request: Request, faces: FacesOf) -> AsyncIterator[Partner]:
    """The system behind a request. Its key's use is written down once it has its answer.

    Raises:
        TokenMissing: the request has no key.
        PartnerKeyInvalid: the key does not work, for whatever reason.
        TooManyRequests: keys that do not work came from this address too often.
    """
    token = read_token(bearer_token(request.headers.get("authorization")))
    now = faces.clock()
    found: StoreRef | None = None
    key, why = None, "malformed"
    if token is not None:
        found, key, why = await faces.database.read_async(lambda conn: _holder(conn, token, now))
    if found is None or key is None or why:
        await faces.gate.read_unknown(request)
        metrics.refusals.labels(FACE, f"key_{why}").inc()
        _log.warning(
            "partner_key_refused",
            reason=why,
            name=None if token is None else token.prefix,
            store_id=None if found is None else found.id,
        )
        raise PartnerKeyInvalid
    try:
        yield Partner(found, key)
    finally:
        if partner_keys.is_use_due(key, now):
            await _note_use(faces, key, now)


PartnerOf = Annotated[Partner, Depends(partner_of)]


async def reader_of(faces: FacesOf, partner: PartnerOf) -> Partner:
    """A system that reads, if its key did not too often.

    Raises:
        TooManyRequests: it did.
    """
    await faces.gate.read_as_partner(partner.counted_as)
    return partner


async def actor_of(faces: FacesOf, partner: PartnerOf) -> Partner:
    """A system that changes something, if its key did not ask too often.

    Raises:
        TooManyRequests: it did.
        CountingFailed: it cannot be told.
    """
    await faces.gate.act_as_partner(partner.counted_as)
    return partner


ReaderOf = Annotated[Partner, Depends(reader_of)]
ActorOf = Annotated[Partner, Depends(actor_of)]


def store_now(conn: Connection, partner: Partner) -> StoreRef:
    """The key's store as it is in this transaction.

    Raises:
        PartnerKeyInvalid: it deactivated or uninstalled the app meanwhile.
    """
    current = store_by_id(conn, partner.store.id)
    if current is None or not current.active:
        raise PartnerKeyInvalid
    return current


def _holder(
    conn: Connection, token: PartnerToken, now: datetime
) -> tuple[StoreRef | None, Key | None, str]:
    """The store and key of a token, and why it is refused; "" = it is not."""
    key, why = partner_keys.by_token(conn, token, now=now)
    if key is None:
        return None, None, why
    store = store_by_id(conn, key.store_id)
    if store is None or not store.active:
        return store, key, why or "store_inactive"
    return store, key, why


async def _note_use(faces: Faces, key: Key, now: datetime) -> None:
    """Nobody's request fails because its use could not be written down."""
    try:
        await faces.database.write_async(
            lambda conn: partner_keys.note_use(conn, key.store_id, key.id, now=now)
        )
    except SQLAlchemyError as failure:
        _log.warning("partner_key_use_not_noted", store_id=key.store_id, exc_info=failure)
