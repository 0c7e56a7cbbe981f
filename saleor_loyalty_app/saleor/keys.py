"""The public keys of a store, as Saleor publishes them at `/.well-known/jwks.json`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers

from saleor_loyalty_app.saleor.base64url import Malformed, decode
from saleor_loyalty_app.saleor.errors import InvalidKeySet, UnknownKey

#: Saleor publishes one key, and two while it changes them.
MOST_KEYS = 20
SHORTEST_KEY_BITS = 2048
LONGEST_KEY_BITS = 8192
#: Odd and not tiny; a huge exponent would make each check slow.
LARGEST_EXPONENT = 2**32


@dataclass(frozen=True, slots=True)
class KeySet:
    """RSA keys by key id."""

    keys: Mapping[str, RSAPublicKey]

    @classmethod
    def from_jwks(cls, document: Mapping[str, object]) -> "KeySet":
        """The RS256 signing keys of a JWKS document (RFC 7517); others in it are passed over.

        Equal documents give the same object, so that keys are built once.

        Raises:
            InvalidKeySet: there is no usable key in it.
        """
        return _built(json.dumps(document, sort_keys=True))

    def find(self, kid: str) -> RSAPublicKey:
        """The key with the id `kid`.

        Raises:
            UnknownKey: there is none.
        """
        try:
            return self.keys[kid]
        except KeyError:
            raise UnknownKey(kid) from None


@lru_cache(maxsize=256)
def _built(text: str) -> KeySet:
    document = json.loads(text)
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise InvalidKeySet("no list of keys")
    if len(listed) > MOST_KEYS:
        raise InvalidKeySet("too many keys")
    keys = {kid: key for item in listed for kid, key in _signing_key(item)}
    if not keys:
        raise InvalidKeySet("no RSA key for signatures")
    return KeySet(keys)


def _signing_key(item: object) -> list[tuple[str, RSAPublicKey]]:
    if not isinstance(item, dict) or item.get("kty") != "RSA":
        return []
    if item.get("use", "sig") != "sig" or item.get("alg", "RS256") != "RS256":
        return []
    operations = item.get("key_ops", ["verify"])
    if not isinstance(operations, list) or "verify" not in operations:
        return []
    kid = item.get("kid")
    if not isinstance(kid, str) or not kid:
        return []
    return [(kid, _rsa_key(item))]


def _rsa_key(item: Mapping[str, object]) -> RSAPublicKey:
    try:
        modulus, exponent = _number(item.get("n")), _number(item.get("e"))
    except Malformed:
        raise InvalidKeySet("a key is not encoded as base64url") from None
    if not SHORTEST_KEY_BITS <= modulus.bit_length() <= LONGEST_KEY_BITS:
        raise InvalidKeySet(f"a key of {modulus.bit_length()} bits")
    if exponent < 3 or exponent > LARGEST_EXPONENT or exponent % 2 == 0:
        raise InvalidKeySet("a key with an unsafe exponent")
    try:
        return RSAPublicNumbers(exponent, modulus).public_key()
    except ValueError as failure:
        raise InvalidKeySet(str(failure)) from failure


def _number(value: object) -> int:
    if not isinstance(value, str):
        raise Malformed
    return int.from_bytes(decode(value), "big")
