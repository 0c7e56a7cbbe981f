"""Signatures of the requests that other systems send. Pure.

They are made as those of the webhooks that go the other way (Standard Webhooks 1.0,
`messages/standard_webhooks.py`): `v1,` and an HMAC-SHA256 as Base64, the seconds in a header of
their own. A request is more than a body, so that more of it is signed: see `signed_text`.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

VERSION = "v1,"
#: A request may be signed so much earlier or later than it comes in.
TOLERANCE = timedelta(minutes=5)
#: As many digits as a time in milliseconds has, which is told to be far away.
_MOST_DIGITS = 13


@dataclass(frozen=True, slots=True)
class SignedParts:
    """What of a request its signature stands for, as it was sent.

    Attributes:
        timestamp: seconds since 1970, as decimal digits.
        target: path from `/api/partner/v1` on, with `?` and the query if there is one.
        idempotency_key: the header of this name; empty without one. Whoever could change it could
            have a wish booked again.
        body_digest: SHA-256 of the body, as small hexadecimal digits.
    """

    timestamp: str
    method: str
    target: bytes
    idempotency_key: bytes
    body_digest: str

    @property
    def signed_text(self) -> bytes:
        """The five parts, one a line; none of them can hold the end of a line."""
        return b"\n".join(
            (
                self.timestamp.encode(),
                self.method.encode(),
                self.target,
                self.idempotency_key,
                self.body_digest.encode(),
            )
        )

    def signature(self, secret: str) -> str:
        """As `Loyalty-Signature` has it, made with a whole key (`slk_…`)."""
        made = hmac.new(secret.encode(), self.signed_text, hashlib.sha256).digest()
        return VERSION + base64.b64encode(made).decode("ascii")

    def is_signed_as(self, signature: str, secret: str) -> bool:
        """Whether the signature was made with the secret; takes as long for a wrong one."""
        return hmac.compare_digest(self.signature(secret).encode(), signature.encode())


def digest_of(body: bytes) -> str:
    """SHA-256 of a body, as small hexadecimal digits."""
    return hashlib.sha256(body).hexdigest()


def is_timely(timestamp: str, now: datetime) -> bool:
    """Whether a request that says it was signed then may come in now."""
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= _MOST_DIGITS):
        return False
    away = int(timestamp) - now.astimezone(UTC).timestamp()
    return abs(away) <= TOLERANCE.total_seconds()
