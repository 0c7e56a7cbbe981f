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
from saleor_loyalty_app.api.partner.signed import Signed, is_signed, named_key, read_signed
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.stores import partner_keys
from saleor_loyalty_app.stores.errors import (
    PartnerKeyInvalid,
    SignatureInvalid,
    SignatureRequired,
    TokenUnreadable,
)
from saleor_loyalty_app.stores.partner_keys import EVENTS, Key, Scope
from saleor_loyalty_app.stores.partner_proofs import MUST_SIGN, by_signature, by_token
from saleor_loyalty_app.stores.partner_tokens import read_id, read_token
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

    @property
    def may_identify(self) -> bool:
        """Whether it may know who members are, beside what they have."""
        return Scope.identify_members in self.key.terms.scopes

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
        SignatureRequired: the key's requests have to be signed, and this one is not.
        SignatureTimeUnfit: it was signed too early or too late.
        SignatureInvalid: the signature does not fit, or its key does not work.
        TooManyRequests: keys that do not work came from this address too often.
    """
    now = faces.clock()
    proof = await _proof(request, faces, now)
    if proof.store is None or proof.key is None or proof.why:
        await faces.gate.read_unknown(request)
        metrics.refusals.labels(FACE, f"key_{proof.why}").inc()
        _log.warning(
            "partner_key_refused",
            reason=proof.why,
            name=proof.prefix or None,
            store_id=None if proof.store is None else proof.store.id,
        )
        raise proof.failure
    try:
        yield Partner(proof.store, proof.key)
    finally:
        if partner_keys.is_use_due(proof.key, now):
            await _note_use(faces, proof.key, now)


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


@dataclass(frozen=True, slots=True)
class _Proof:
    """Whose request it is as far as it proves it; `why` it is refused with `failure`; "" = it is
    not.
    """

    prefix: str
    store: StoreRef | None
    key: Key | None
    why: str
    failure: AppError


async def _proof(request: Request, faces: Faces, now: datetime) -> _Proof:
    name = named_key(request)
    token = None
    if name is None:
        token = read_token(bearer_token(request.headers.get("authorization")))
    elif (sent := read_token(name)) is not None:
        # Named with its secret, which was not to be sent at all.
        return _Proof(sent.prefix, None, None, "secret_sent", SignatureRequired())
    prefix = read_id(name) if name is not None else "" if token is None else token.prefix
    failure = SignatureInvalid() if name is not None else PartnerKeyInvalid()
    signed: Signed | None = None
    if name is not None or is_signed(request):
        try:
            signed = await read_signed(request, now)
        except AppError as unfit:
            return _Proof(prefix, None, None, unfit.code, unfit)
    if not prefix:
        return _Proof("", None, None, "malformed", failure)

    def read(conn: Connection) -> tuple[StoreRef | None, Key | None, str]:
        if token is not None:
            return _of_key(conn, *by_token(conn, token, now=now))
        if signed is None:
            raise RuntimeError("what names a key was read with its signature")
        cipher = faces.access.cipher
        found = by_signature(conn, prefix, signed.parts, signed.signature, cipher=cipher, now=now)
        return _of_key(conn, *found)

    try:
        store, key, why = await faces.database.read_async(read)
    except TokenUnreadable as unopened:
        # Nobody has proved anything yet, and is not told what the app lacks.
        _log.error("signing_secret_unreadable", name=prefix, exc_info=unopened)
        return _Proof(prefix, None, None, "secret_unreadable", SignatureInvalid())
    if why == MUST_SIGN:
        return _Proof(prefix, store, key, why, SignatureRequired())
    if why or token is None or signed is None:
        return _Proof(prefix, store, key, why, failure)
    # It has not to be signed, but whoever signs wants to know that it came as it was sent.
    if not signed.parts.is_signed_as(signed.signature, token.text):
        return _Proof(prefix, store, key, "wrong_signature", SignatureInvalid())
    return _Proof(prefix, store, key, why, failure)


def _of_key(conn: Connection, key: Key | None, why: str) -> tuple[StoreRef | None, Key | None, str]:
    """The store of a key that was proved, and why it is refused; "" = it is not."""
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
