"""Webhook signatures: detached JWS with an unencoded payload (RFC 7515 appendix F, RFC 7797).

Saleor signs the raw bytes of the body with RSASSA-PKCS1-v1_5 and SHA-256. The algorithm is pinned
here and never taken from the request.
"""

import json
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature as WrongSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from saleor_loyalty_app.saleor.base64url import Malformed, decode
from saleor_loyalty_app.saleor.errors import InvalidSignature
from saleor_loyalty_app.saleor.keys import KeySet

#: Saleor's is about 470 characters; an 8192-bit key would make it 1,500.
LONGEST_HEADER = 4096
LONGEST_KEY_ID = 256
_PADDING = PKCS1v15()
_HASH = SHA256()


def verify_webhook(signature_header: str, body: bytes, keys: KeySet) -> None:
    """Checks that the owner of one of `keys` signed exactly the bytes `body`.

    Args:
        signature_header: the value of `Saleor-Signature`, `<header>..<signature>`.

    Raises:
        InvalidSignature: with a reason for the counters; nothing of it is for the sender.
        UnknownKey: well-formed, but signed with a key that is not (yet) known.
    """
    if len(signature_header) > LONGEST_HEADER:
        raise InvalidSignature("too_long")
    header, dots, signature = signature_header.partition("..")
    if not dots or "." in header or "." in signature:
        raise InvalidSignature("not_detached")
    key = keys.find(_key_id(header))
    try:
        raw_signature = decode(signature)
    except Malformed:
        raise InvalidSignature("not_base64url") from None
    try:
        key.verify(raw_signature, header.encode("ascii") + b"." + body, _PADDING, _HASH)
    except WrongSignature:
        raise InvalidSignature("does_not_match") from None


@lru_cache(maxsize=256)
def _key_id(header: str) -> str:
    """The key id of a protected header that says what every header of Saleor's says."""
    try:
        fields = json.loads(decode(header), object_pairs_hook=_without_repetition)
    except (Malformed, ValueError, RecursionError):
        raise InvalidSignature("header_malformed") from None
    if not isinstance(fields, dict):
        raise InvalidSignature("header_malformed")
    if fields.get("alg") != "RS256":
        raise InvalidSignature("algorithm")
    if fields.get("b64") is not False or fields.get("crit") != ["b64"]:
        raise InvalidSignature("critical_fields")
    kid = fields.get("kid")
    if not isinstance(kid, str) or not 0 < len(kid) <= LONGEST_KEY_ID:
        raise InvalidSignature("key_id")
    return kid


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a field is given twice")
    return fields
