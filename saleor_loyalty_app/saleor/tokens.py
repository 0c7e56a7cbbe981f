"""The tokens of shoppers (`type` access) and of staff in the Dashboard (`type` thirdparty).

Both are JWTs that Saleor signs with the key of its webhooks (`saleor/core/jwt.py`). They live for
five minutes and name their store in `iss`.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature as WrongSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from saleor_loyalty_app.saleor.api_url import canonical_api_url
from saleor_loyalty_app.saleor.base64url import Malformed, decode
from saleor_loyalty_app.saleor.errors import InvalidApiUrl, InvalidToken, MissingUserPermission
from saleor_loyalty_app.saleor.keys import KeySet

#: A Dashboard token carries the names of all permissions; 8 kB is several times that.
LONGEST_TOKEN = 16_384
LEEWAY = timedelta(seconds=30)
SHOPPER = "access"
STAFF = "thirdparty"


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified token says. `app` and the permissions are empty for shoppers."""

    #: The store, as `canonical_api_url` spells it.
    iss: str
    type: str
    user_id: str
    email: str
    is_staff: bool
    app: str
    #: Held by the user and granted to the app.
    permissions: frozenset[str]
    #: Held by the user.
    user_permissions: frozenset[str]
    expires_at: datetime


def unverified_issuer(token: str) -> str:
    """The API address that the token names. It only chooses whose keys the token is checked with.

    Raises:
        InvalidToken: it is not a token at all.
    """
    return _issuer(_object(_parts(token)[1]))


def verify_token(token: str, keys: KeySet, *, now: datetime, leeway: timedelta = LEEWAY) -> Claims:
    """The claims of a token that one of `keys` signed and that has not expired.

    Says nothing of whom the token is for: see `verify_shopper` and `verify_staff`.

    Raises:
        InvalidToken: with the reason.
        UnknownKey: signed with a key that is not (yet) known.
    """
    header, payload, signature = _parts(token)
    fields = _object(header)
    if fields.get("alg") != "RS256":
        raise InvalidToken("algorithm")
    if "crit" in fields or "b64" in fields:
        raise InvalidToken("critical_fields")
    kid = fields.get("kid")
    if not isinstance(kid, str) or not 0 < len(kid) <= 256:
        raise InvalidToken("key_id")
    key = keys.find(kid)
    try:
        key.verify(_decoded(signature), f"{header}.{payload}".encode("ascii"), PKCS1v15(), SHA256())
    except WrongSignature:
        raise InvalidToken("signature") from None
    return _claims(_object(payload), now, leeway)


def verify_shopper(token: str, keys: KeySet, *, issuer: str, now: datetime) -> Claims:
    """The claims of a shopper of the store `issuer`.

    Raises:
        InvalidToken: also for refresh tokens, staff, and tokens of another store.
        UnknownKey: signed with a key that is not (yet) known.
    """
    claims = verify_token(token, keys, now=now)
    _require(claims.iss == issuer, "issuer")
    _require(claims.type == SHOPPER, "type")
    _require(not claims.is_staff, "staff")
    return claims


def verify_staff(
    token: str,
    keys: KeySet,
    *,
    issuer: str,
    app_id: str,
    now: datetime,
    permissions: Collection[str] = (),
) -> Claims:
    """The claims of a staff member who opened the app `app_id` in the Dashboard of `issuer`.

    Args:
        permissions: the user must hold all of them.

    Raises:
        InvalidToken: also for shoppers, other apps and other stores.
        MissingUserPermission: a true token of somebody who may not do this.
        UnknownKey: signed with a key that is not (yet) known.
    """
    claims = verify_token(token, keys, now=now)
    _require(claims.iss == issuer, "issuer")
    _require(claims.type == STAFF, "type")
    _require(claims.is_staff, "not_staff")
    _require(claims.app == app_id, "app")
    if missing := frozenset(permissions) - claims.user_permissions:
        raise MissingUserPermission(missing)
    return claims


def _claims(payload: dict[str, Any], now: datetime, leeway: timedelta) -> Claims:
    expires_at = _instant(payload, "exp")
    _require(now < expires_at + leeway, "expired")
    for name in ("iat", "nbf"):
        if name in payload:
            _require(_instant(payload, name) <= now + leeway, "not_yet_valid")
    return Claims(
        iss=_issuer(payload),
        type=_text(payload, "type"),
        user_id=_text(payload, "user_id"),
        email=_text(payload, "email"),
        is_staff=payload.get("is_staff") is True,
        app=_text(payload, "app") if "app" in payload else "",
        permissions=_names(payload, "permissions"),
        user_permissions=_names(payload, "user_permissions"),
        expires_at=expires_at,
    )


def _parts(token: str) -> tuple[str, str, str]:
    if len(token) > LONGEST_TOKEN:
        raise InvalidToken("too_long")
    parts = token.split(".")
    if len(parts) != 3 or not token.isascii():
        raise InvalidToken("malformed")
    return parts[0], parts[1], parts[2]


def _decoded(part: str) -> bytes:
    try:
        return decode(part)
    except Malformed:
        raise InvalidToken("malformed") from None


def _object(part: str) -> dict[str, Any]:
    try:
        value = json.loads(_decoded(part))
    except (ValueError, RecursionError):
        raise InvalidToken("malformed") from None
    if not isinstance(value, dict):
        raise InvalidToken("malformed")
    return value


def _issuer(payload: dict[str, Any]) -> str:
    try:
        return canonical_api_url(_text(payload, "iss"))
    except InvalidApiUrl:
        raise InvalidToken("iss") from None


def _instant(payload: dict[str, Any], name: str) -> datetime:
    value = payload.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidToken(name)
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        raise InvalidToken(name) from None


def _text(payload: dict[str, Any], name: str) -> str:
    value = payload.get(name)
    if not isinstance(value, str) or not value:
        raise InvalidToken(name)
    return value


def _names(payload: dict[str, Any], name: str) -> frozenset[str]:
    value = payload.get(name) or []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InvalidToken(name)
    return frozenset(value)


def _require(condition: bool, reason: str) -> None:
    if not condition:
        raise InvalidToken(reason)
