"""Saleor's tokens as bearers of requests to the app."""

from collections.abc import Callable
from typing import ClassVar

from fastapi.security import HTTPBearer
from fastapi.security.http import HTTPBase
from sqlalchemy.engine import Connection

from saleor_loyalty_app import metrics
from saleor_loyalty_app.api.saleor.tenants import Tenant, Tenants
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.saleor.errors import InvalidToken, UnknownKey
from saleor_loyalty_app.saleor.tokens import Claims, unverified_issuer
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import store_by_id

#: How the OpenAPI document says who may ask; `bearer_token` reads the header.
SHOPPER_TOKEN = HTTPBearer(
    scheme_name="shopper",
    bearerFormat="JWT",
    description="The access token that Saleor gave the shopper (`tokenCreate`, `tokenRefresh`).",
    auto_error=False,
)
STAFF_TOKEN = HTTPBearer(
    scheme_name="staff",
    bearerFormat="JWT",
    description="The token that the Dashboard hands to the app's page (App Bridge).",
    auto_error=False,
)
PARTNER_KEY = HTTPBearer(
    scheme_name="partner",
    bearerFormat="slk_<prefix>_<secret>",
    description="An API key of the store, from the app's settings in the Dashboard.",
    auto_error=False,
)
#: The scheme of Authorization that names a key instead of sending it.
SIGNED_SCHEME = "loyalty-key"
PARTNER_SIGNATURE = HTTPBase(
    scheme=SIGNED_SCHEME,
    scheme_name="partner_signed",
    description="`Authorization: Loyalty-Key slk_<prefix>` names an API key whose secret is never "
    "sent. `Loyalty-Timestamp` has the seconds since 1970, `Loyalty-Signature` is `v1,` and the "
    "Base64 of an HMAC-SHA256, keyed with the whole API key, over five lines: timestamp, method, "
    "path with query from `/api/partner/v1` on, `Idempotency-Key` or nothing, SHA-256 of the body "
    "as small hexadecimal digits.",
    auto_error=False,
)

#: `verify_shopper` or `verify_staff` of a token in a store.
Check = Callable[[str, Tenant], Claims]


class TokenMissing(AppError):
    """The request has no `Authorization: Bearer` header."""

    code: ClassVar[str] = "token_missing"
    status: ClassVar[int] = 401


def bearer_token(authorization: str | None) -> str:
    """The token of an Authorization header.

    Raises:
        TokenMissing: there is none of the Bearer scheme.
    """
    scheme, _, token = (authorization or "").strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise TokenMissing
    return token.strip()


async def authenticate(
    tenants: Tenants, token: str, check: Check, *, face: str
) -> tuple[StoreRef, Claims]:
    """The store that a token belongs to and what the token says.

    Args:
        check: `verify_shopper` or `verify_staff` for this token.
        face: for the count of refusals.

    Raises:
        InvalidToken: it proves nothing, or names a store that did not install the app.
        AppError: of status 503, when the store's new keys cannot be had now.
    """
    try:
        issuer = unverified_issuer(token)
        tenant = await tenants.find(issuer)
        if tenant is None:
            raise InvalidToken("issuer")
        try:
            return tenant.store, check(token, tenant)
        except (InvalidToken, UnknownKey):
            tenant = await tenants.read(issuer)
        return await _checked_again(tenants, token, tenant, check)
    except InvalidToken as failure:
        metrics.refusals.labels(face, f"token_{failure.reason}").inc()
        raise


async def _checked_again(
    tenants: Tenants, token: str, tenant: Tenant | None, check: Check
) -> tuple[StoreRef, Claims]:
    """With the store as it is now, and with the keys it has now if it changed them."""
    if tenant is None:
        raise InvalidToken("issuer")
    try:
        return tenant.store, check(token, tenant)
    except UnknownKey:
        tenant = await tenants.with_fresh_keys(tenant)
    try:
        return tenant.store, check(token, tenant)
    except UnknownKey:
        raise InvalidToken("unknown_key") from None


def still_active(conn: Connection, store: StoreRef) -> StoreRef:
    """The store as it is in this transaction.

    Raises:
        InvalidToken: it deactivated or uninstalled the app meanwhile.
    """
    current = store_by_id(conn, store.id)
    if current is None or not current.active:
        raise InvalidToken("store_inactive")
    return current
