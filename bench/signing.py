"""Keys and signatures as Saleor makes them, for requests that are signed before they are sent."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

KEY_ID = "bench"


class Signer:
    """An RSA key of a store."""

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        header = {"alg": "RS256", "b64": False, "crit": ["b64"], "kid": KEY_ID, "typ": "JWT"}
        self._header = _base64url(json.dumps(header, separators=(",", ":")).encode())

    @property
    def jwks(self) -> dict[str, Any]:
        """The public key as the store publishes it."""
        numbers = self._key.public_key().public_numbers()
        key = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": KEY_ID}
        return {"keys": [key | {"n": _number(numbers.n), "e": _number(numbers.e)}]}

    def signature(self, body: bytes) -> str:
        """The value of `Saleor-Signature` for a body."""
        signed = self._key.sign(self._header.encode() + b"." + body, PKCS1v15(), SHA256())
        return f"{self._header}..{_base64url(signed)}"

    def token(self, claims: Mapping[str, Any]) -> str:
        """A token (JWT) that says this."""
        head = _base64url(json.dumps({"alg": "RS256", "kid": KEY_ID, "typ": "JWT"}).encode())
        signed = f"{head}.{_base64url(json.dumps(claims).encode())}"
        return f"{signed}.{_base64url(self._key.sign(signed.encode(), PKCS1v15(), SHA256()))}"

    def request(
        self, path: str, api_url: str, body: bytes, *, event: str = "order_updated"
    ) -> bytes:
        """A whole HTTP request on a connection that stays open."""
        head = (
            f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
            f"Saleor-Event: {event}\r\nSaleor-Api-Url: {api_url}\r\n"
            f"Saleor-Signature: {self.signature(body)}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def _number(value: int) -> str:
    return _base64url(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
