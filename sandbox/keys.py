"""The store's RSA key: JWKS, detached signatures of webhooks, and tokens."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

_BITS = 2048


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_b64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _compact(value: dict[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


class StoreKey:
    """One RS256 key; its id is the RFC 7638 thumbprint."""

    def __init__(self, private: rsa.RSAPrivateKey) -> None:
        self._private = private
        numbers = private.public_key().public_numbers()
        self._n = b64url(numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big"))
        self._e = b64url(numbers.e.to_bytes((numbers.e.bit_length() + 7) // 8, "big"))
        thumbprint = _compact({"e": self._e, "kty": "RSA", "n": self._n})
        self.kid = b64url(hashlib.sha256(thumbprint).digest())

    @classmethod
    def from_pem(cls, pem: bytes) -> StoreKey:
        """The key in a PEM file.

        Raises:
            ValueError: there is no RSA key in it.
        """
        private = serialization.load_pem_private_key(pem, password=None)
        if not isinstance(private, rsa.RSAPrivateKey):
            raise ValueError("not an RSA key")
        return cls(private)

    def to_pem(self) -> bytes:
        return self._private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    def jwks(self) -> dict[str, Any]:
        return {
            "keys": [
                {
                    "kty": "RSA",
                    "key_ops": ["verify"],
                    "n": self._n,
                    "e": self._e,
                    "use": "sig",
                    "kid": self.kid,
                    "alg": "RS256",
                }
            ]
        }

    def sign_detached(self, body: bytes) -> str:
        """A JWS over the raw body, which stays out of it (RFC 7797)."""
        header = b64url(
            _compact({"alg": "RS256", "b64": False, "crit": ["b64"], "kid": self.kid, "typ": "JWT"})
        )
        return f"{header}..{b64url(self._sign(header.encode() + b'.' + body))}"

    def sign_token(self, claims: dict[str, Any]) -> str:
        """A JWT with these claims."""
        header = b64url(_compact({"alg": "RS256", "kid": self.kid, "typ": "JWT"}))
        payload = b64url(json.dumps(claims, separators=(",", ":")).encode())
        signed = f"{header}.{payload}"
        return f"{signed}.{b64url(self._sign(signed.encode()))}"

    def read_token(self, token: str) -> dict[str, Any] | None:
        """The claims of a JWT that this key signed; None for anything else."""
        signed, _, signature = token.rpartition(".")
        try:
            self._private.public_key().verify(
                from_b64url(signature), signed.encode(), padding.PKCS1v15(), hashes.SHA256()
            )
            claims = json.loads(from_b64url(signed.partition(".")[2]))
        except (InvalidSignature, ValueError):
            return None
        return claims if isinstance(claims, dict) else None

    def _sign(self, data: bytes) -> bytes:
        return self._private.sign(data, padding.PKCS1v15(), hashes.SHA256())


def new_key() -> StoreKey:
    return StoreKey(rsa.generate_private_key(public_exponent=65537, key_size=_BITS))


@cache
def shared_key() -> StoreKey:
    """One key for all stores of this process: making one takes a good part of a second."""
    return new_key()
