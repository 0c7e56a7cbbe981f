"""The link that ends offers with one click (RFC 8058): signed, without an expiry, good for ever.

It says who and by which channel, and lets nobody do more than end that member's offers there.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

from saleor_loyalty_app.members.consents import Channel
from saleor_loyalty_app.messages.errors import LinkInvalid
from saleor_loyalty_app.saleor.base64url import Malformed, decode

_MARK = b"saleor-loyalty: unsubscribe"
_TEXT = re.compile(rb"([0-9]{1,18})\.([0-9]{1,18})\.(email|sms)")
_SIGNATURE_BYTES = 20


@dataclass(frozen=True, slots=True)
class Goodbye:
    """Whose offers end, by which channel."""

    store_id: int
    member_id: int
    channel: Channel


def token_of(goodbye: Goodbye, secrets: tuple[str, ...]) -> str:
    """The token of a link, signed with the newest of the app's secrets."""
    text = f"{goodbye.store_id}.{goodbye.member_id}.{goodbye.channel.value}".encode()
    return _encoded(_signature(secrets[0], text) + text)


def goodbye_of(token: str, secrets: tuple[str, ...]) -> Goodbye:
    """What a link's token says.

    Raises:
        LinkInvalid: none of the app's secrets signed it.
    """
    try:
        raw = decode(token[:400])
    except Malformed:
        raise LinkInvalid from None
    signature, text = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
    found = _TEXT.fullmatch(text)
    genuine = [hmac.compare_digest(_signature(secret, text), signature) for secret in secrets]
    if found is None or not any(genuine):
        raise LinkInvalid
    return Goodbye(int(found[1]), int(found[2]), Channel(found[3].decode("ascii")))


def _signature(secret: str, text: bytes) -> bytes:
    return hmac.new(secret.encode(), _MARK + b"\0" + text, hashlib.sha256).digest()[
        :_SIGNATURE_BYTES
    ]


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
