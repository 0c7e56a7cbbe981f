"""Loyalty tokens: ten minutes of one shopper's rights, in pages of one origin.

A storefront that keeps Saleor's tokens on its server gives the browser one of these instead. They
look like no token of Saleor, so that nothing takes one for the other: `ls1.<payload>.<signature>`,
the signature an HMAC-SHA256 with a key that is derived from the app's secret.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from saleor_loyalty_app.saleor.base64url import Malformed, decode
from saleor_loyalty_app.saleor.errors import InvalidToken

PREFIX = "ls1."
LIFETIME = timedelta(minutes=10)
#: Clocks of the processes may differ by so much.
LEEWAY = timedelta(seconds=5)
_LONGEST = 8000
_PURPOSE = b"saleor-loyalty: tokens of shoppers"


@dataclass(frozen=True, slots=True)
class Grant:
    """Whom a token stands for, and where.

    Attributes:
        api_url: of the store.
        app_id: of the installation; a store that installs the app anew gets another one.
        origin: of the pages that may use it.
        addresses: the keys of the account's address, by every secret of the app, so that nobody
            reads an address in a token.
        bucket: of that address; None = not told.
    """

    api_url: str
    app_id: str
    user_id: str
    origin: str
    expires_at: datetime
    addresses: tuple[str, ...] = ()
    bucket: int | None = None


class ShopperTokens:
    """Signs with the newest secret and believes any."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._keys = tuple(_key(secret) for secret in secrets)

    def issue(
        self,
        *,
        api_url: str,
        app_id: str,
        user_id: str,
        origin: str,
        now: datetime,
        addresses: Iterable[str] = (),
        bucket: int | None = None,
    ) -> tuple[str, datetime]:
        """A new token and when it expires: in whole seconds, at most `LIFETIME` from now."""
        expires = int((now + LIFETIME).timestamp())
        claims = {
            "s": api_url,
            "a": app_id,
            "u": user_id,
            "o": origin,
            "e": expires,
            "k": list(addresses),
            "b": bucket,
        }
        payload = _encoded(json.dumps(claims, separators=(",", ":")).encode())
        token = f"{PREFIX}{payload}.{_encoded(_signature(self._keys[0], payload))}"
        return token, datetime.fromtimestamp(expires, UTC)

    def open(self, token: str, *, now: datetime) -> Grant:
        """What a token says.

        Raises:
            InvalidToken: it is none of ours, or it expired.
        """
        payload, dot, signature = token.removeprefix(PREFIX).partition(".")
        if not is_loyalty_token(token) or not dot or len(token) > _LONGEST:
            raise InvalidToken("malformed")
        given = _decoded(signature)
        if not any(hmac.compare_digest(_signature(key, payload), given) for key in self._keys):
            raise InvalidToken("signature")
        grant = _grant(json.loads(_decoded(payload)))
        if now >= grant.expires_at + LEEWAY:
            raise InvalidToken("expired")
        return grant


def is_loyalty_token(token: str) -> bool:
    """Whether a bearer token claims to be one of these."""
    return token.startswith(PREFIX)


def _grant(claims: dict[str, Any]) -> Grant:
    return Grant(
        api_url=claims["s"],
        app_id=claims["a"],
        user_id=claims["u"],
        origin=claims["o"],
        expires_at=datetime.fromtimestamp(claims["e"], UTC),
        # Tokens that were made before an update of the app have none.
        addresses=tuple(claims.get("k", ())),
        bucket=claims.get("b"),
    )


def _signature(key: bytes, payload: str) -> bytes:
    return hmac.digest(key, payload.encode(), hashlib.sha256)


def _key(secret: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret.encode())


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _decoded(text: str) -> bytes:
    try:
        return decode(text)
    except (Malformed, ValueError):
        raise InvalidToken("malformed") from None
