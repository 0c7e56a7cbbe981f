"""A Saleor's key in the tests: signs webhooks and tokens as Saleor does, and as forgers would."""

import base64
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jwt
from joserfc.jwk import RSAKey


class SigningKey:
    """An RSA key with a key id, as a store has one."""

    def __init__(self, kid: str = "key-1", bits: int = 2048) -> None:
        self.kid = kid
        self.private = rsa.generate_private_key(public_exponent=65537, key_size=bits)

    @cached_property
    def jose(self) -> RSAKey:
        return RSAKey.import_key(self.private, {"kid": self.kid})

    @property
    def jwk(self) -> dict[str, object]:
        """The public half, as Saleor publishes it."""
        public = dict(self.jose.as_dict(private=False))
        return {**public, "kid": self.kid, "use": "sig", "alg": "RS256", "key_ops": ["verify"]}

    @property
    def jwks(self) -> dict[str, object]:
        return {"keys": [self.jwk]}

    def sign(self, body: bytes, **header: object) -> str:
        """The value of Saleor-Signature for `body`; `header` replaces fields of the header."""
        return self.sign_with_header(
            body,
            {"alg": "RS256", "b64": False, "crit": ["b64"], "kid": self.kid, "typ": "JWT"} | header,
        )

    def sign_with_header(self, body: bytes, header: Mapping[str, object]) -> str:
        """A detached JWS with exactly this protected header, always RS256 over the raw body."""
        protected = encoded(json.dumps(header).encode())
        signature = self._raw(protected.encode() + b"." + body)
        return f"{protected}..{encoded(signature)}"

    def token(self, claims: Mapping[str, object], **header: object) -> str:
        """A JWT, made by joserfc so that ours is checked against another hand's work."""
        return jwt.encode({"alg": "RS256", "kid": self.kid} | header, dict(claims), self.jose)

    def raw_token(self, header: Mapping[str, object], claims: object) -> str:
        """A JWT with exactly this header, signed RS256."""
        text = f"{encoded(json.dumps(header).encode())}.{encoded(json.dumps(claims).encode())}"
        return f"{text}.{encoded(self._raw(text.encode()))}"

    def hmac_confused(self, body: bytes) -> str:
        """A webhook signed HS256 with the public key as the secret: the classic confusion."""
        secret = self.jose.as_pem(private=False)
        header = {"alg": "HS256", "b64": False, "crit": ["b64"], "kid": self.kid}
        protected = encoded(json.dumps(header).encode())
        digest = hmac.digest(secret, protected.encode() + b"." + body, "sha256")
        return f"{protected}..{encoded(digest)}"

    def _raw(self, data: bytes) -> bytes:
        return self.private.sign(data, PKCS1v15(), SHA256())


def encoded(data: bytes) -> str:
    """Unpadded base64url."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def shopper_claims(issuer: str, now: datetime, **changes: object) -> dict[str, object]:
    """What Saleor writes into the token of a shopper."""
    claims: dict[str, object] = {
        "iat": int(now.timestamp()),
        "owner": "saleor",
        "iss": issuer,
        "exp": int((now + timedelta(minutes=5)).timestamp()),
        "token": "0TdC2rSzVqrX",
        "email": "ayse@example.com",
        "type": "access",
        "user_id": "VXNlcjo1",
        "is_staff": False,
    }
    return claims | changes


def staff_claims(issuer: str, now: datetime, app_id: str, **changes: object) -> dict[str, object]:
    """What Saleor writes into the token that the Dashboard hands to the app."""
    staff: dict[str, object] = {
        "type": "thirdparty",
        "is_staff": True,
        "email": "admin@example.com",
        "user_id": "VXNlcjox",
        "app": app_id,
        "permissions": ["MANAGE_ORDERS"],
        "user_permissions": ["MANAGE_ORDERS", "MANAGE_USERS"],
    }
    return shopper_claims(issuer, now) | staff | changes
