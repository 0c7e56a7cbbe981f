"""Who asks: a shopper, by the token that Saleor gave them or a loyalty token made from it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.engine import Connection

from saleor_loyalty_app import metrics
from saleor_loyalty_app.api.bearer import authenticate, bearer_token, still_active
from saleor_loyalty_app.api.context import Faces, FacesOf
from saleor_loyalty_app.api.cross_origin import OriginNotAllowed, require_origin
from saleor_loyalty_app.api.saleor.tenants import Tenant
from saleor_loyalty_app.api.shopper_tokens import is_loyalty_token
from saleor_loyalty_app.members.email_keys import bucket_of
from saleor_loyalty_app.members.refs import MemberRef, SignedIn
from saleor_loyalty_app.members.repository import member_by_id, member_by_user
from saleor_loyalty_app.rewards.forgetting import SHOPPER
from saleor_loyalty_app.saleor.errors import InvalidToken
from saleor_loyalty_app.saleor.tokens import Claims, verify_shopper
from saleor_loyalty_app.stores.refs import StoreRef

FACE = "storefront"
#: Members of a merged chain are few; a longer one is a circle, which the books forbid.
_LONGEST_CHAIN = 20


@dataclass(frozen=True, slots=True)
class Shopper:
    """A signed-in shopper of a store.

    Attributes:
        addresses: the keys of their account's address (`EmailKeys.every`); empty = not told.
        bucket: of that address; None = not told.
        account: the keys of the account itself (`EmailKeys.of_account`).
    """

    store: StoreRef
    user_id: str
    addresses: tuple[str, ...] = ()
    bucket: int | None = None
    account: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Under which the gate counts them."""
        return f"{self.store.id}:{self.user_id}"

    @property
    def actor(self) -> str:
        """The name under which the books keep what this person did: they know whose they are."""
        return SHOPPER


async def shopper_of(request: Request, faces: FacesOf) -> Shopper:
    """The shopper behind a request, by either kind of token.

    Raises:
        TokenMissing, InvalidToken: the token is not there or proves nothing here.
        OriginNotAllowed: they would change something from a page that the store does not take, or
            use a loyalty token in a page that it was not made for.
    """
    token = bearer_token(request.headers.get("authorization"))
    if not is_loyalty_token(token):
        return await saleor_shopper_of(request, faces)
    try:
        return await _granted(request, faces, token)
    except InvalidToken as failure:
        metrics.refusals.labels(FACE, f"token_{failure.reason}").inc()
        raise


async def saleor_shopper_of(request: Request, faces: FacesOf) -> Shopper:
    """The shopper behind a request with Saleor's own token.

    Raises:
        TokenMissing, InvalidToken: the token is not there or proves nothing here.
        OriginNotAllowed: they would change something from a page that the store does not take.
    """

    def check(token: str, tenant: Tenant) -> Claims:
        return verify_shopper(token, tenant.keys, issuer=tenant.store.api_url, now=faces.clock())

    token = bearer_token(request.headers.get("authorization"))
    store, claims = await authenticate(faces.tenants, token, check, face=FACE)
    require_origin(request, store.id)
    account = faces.email_keys.of_account(store.id, claims.user_id)
    if not claims.email:
        return Shopper(store, claims.user_id, account=account)
    addresses = faces.email_keys.every(store.id, claims.email)
    return Shopper(store, claims.user_id, addresses, bucket_of(store.id, claims.email), account)


async def _granted(request: Request, faces: Faces, token: str) -> Shopper:
    grant = faces.shopper_tokens.open(token, now=faces.clock())
    tenant = await faces.tenants.find(grant.api_url)
    if tenant is None or tenant.store.app_id != grant.app_id:
        raise InvalidToken("issuer")
    origin = request.headers.get("origin")
    require_origin(request, tenant.store.id)
    if origin is not None and origin != grant.origin:
        raise OriginNotAllowed(origin)
    account = faces.email_keys.of_account(tenant.store.id, grant.user_id)
    return Shopper(tenant.store, grant.user_id, grant.addresses, grant.bucket, account)


async def reader_if_told(request: Request, faces: Faces) -> Shopper | None:
    """Who reads, if they say so; whoever does so wrongly is refused all the same.

    Raises:
        InvalidToken, OriginNotAllowed, TooManyRequests: as for those who have to say it.
    """
    if "authorization" not in request.headers:
        await faces.gate.read_unknown(request)
        return None
    shopper = await shopper_of(request, faces)
    await faces.gate.read(shopper.key)
    return shopper


async def reader_of(faces: FacesOf, shopper: Annotated[Shopper, Depends(shopper_of)]) -> Shopper:
    """A shopper who reads, if they did not too often.

    Raises:
        TooManyRequests: they did.
    """
    await faces.gate.read(shopper.key)
    return shopper


async def spender_of(faces: FacesOf, shopper: Annotated[Shopper, Depends(shopper_of)]) -> Shopper:
    """A shopper who spends points, if they did not too often.

    Raises:
        TooManyRequests: they did.
        CountingFailed: it cannot be told.
    """
    await faces.gate.spend(shopper.key)
    return shopper


async def giver_back_of(
    faces: FacesOf, shopper: Annotated[Shopper, Depends(shopper_of)]
) -> Shopper:
    """A shopper who gives spending up, if they did not too often.

    Raises:
        TooManyRequests: they did.
        CountingFailed: it cannot be told.
    """
    await faces.gate.give_back(shopper.key)
    return shopper


async def changer_of(faces: FacesOf, shopper: Annotated[Shopper, Depends(shopper_of)]) -> Shopper:
    """A shopper who changes something about themselves, if they did not too often.

    Raises:
        TooManyRequests: they did.
        CountingFailed: it cannot be told.
    """
    await faces.gate.change(shopper.key)
    return shopper


ReaderOf = Annotated[Shopper, Depends(reader_of)]
SpenderOf = Annotated[Shopper, Depends(spender_of)]
GiverBackOf = Annotated[Shopper, Depends(giver_back_of)]
ChangerOf = Annotated[Shopper, Depends(changer_of)]


def signed_in_now(shopper: Shopper, member: MemberRef | None, language: str = "") -> SignedIn:
    """The shopper with the address that an order of theirs will name.

    Who was merged into somebody else stays who that one is: the books know their address.

    Args:
        language: that they are spoken to in.
    """
    if member is None or member.user_id == shopper.user_id:
        return SignedIn(
            shopper.user_id, shopper.addresses, shopper.bucket, language, shopper.account
        )
    return SignedIn(shopper.user_id, language=language)


def shopper_now(conn: Connection, shopper: Shopper) -> tuple[StoreRef, MemberRef | None]:
    """The store and, if the shopper is in the books, their member, as they are in this transaction.

    Raises:
        InvalidToken: the store deactivated or uninstalled the app meanwhile.
    """
    store = still_active(conn, shopper.store)
    member = member_by_user(conn, store.id, shopper.user_id)
    for _ in range(_LONGEST_CHAIN):
        if member is None or member.merged_into is None:
            return store, member
        member = member_by_id(conn, store.id, member.merged_into)
    raise RuntimeError("members are merged in a circle")
