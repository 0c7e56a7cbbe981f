"""What a partner's request says of its signature, read from its headers."""

from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import Request

from saleor_loyalty_app.api.bearer import SIGNED_SCHEME
from saleor_loyalty_app.stores.errors import (
    SignatureInvalid,
    SignatureRequired,
    SignatureTimeUnfit,
)
from saleor_loyalty_app.stores.request_signatures import (
    TOLERANCE,
    SignedParts,
    digest_of,
    is_timely,
)

TIMESTAMP, SIGNATURE = "loyalty-timestamp", "loyalty-signature"
_ROOT = b"/api/partner/v1"


@dataclass(frozen=True, slots=True)
class Signed:
    """The signature of a request that came in time, and what it should stand for."""

    parts: SignedParts
    signature: str


def named_key(request: Request) -> str | None:
    """What stands in Authorization for a key that is named and not sent; None = nothing does."""
    scheme, _, name = request.headers.get("authorization", "").strip().partition(" ")
    return name.strip() if scheme.lower() == SIGNED_SCHEME else None


def is_signed(request: Request) -> bool:
    """Whether the request says that it is signed, or when."""
    return TIMESTAMP in request.headers or SIGNATURE in request.headers


async def read_signed(request: Request, now: datetime) -> Signed:
    """The signature of a request.

    The time is looked at before anything that a key has to do with, so that telling of it tells
    nothing of a key.

    Raises:
        SignatureRequired: there is none, or no time.
        SignatureTimeUnfit: it was made too early or too late.
        SignatureInvalid: what was asked for is written in a way that cannot be signed.
    """
    headers = request.headers
    if not (headers.get(TIMESTAMP) and headers.get(SIGNATURE)):
        raise SignatureRequired
    timestamp = headers[TIMESTAMP]
    if not is_timely(timestamp, now):
        raise SignatureTimeUnfit(
            now=now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            tolerance_seconds=int(TOLERANCE.total_seconds()),
        )
    parts = SignedParts(
        timestamp=timestamp,
        method=request.method,
        target=_target(request),
        # Headers that come twice are one list of values, which is no value that was signed.
        idempotency_key=", ".join(headers.getlist("idempotency-key")).encode("latin-1"),
        body_digest=digest_of(await request.body()),
    )
    return Signed(parts, headers[SIGNATURE])


def _target(request: Request) -> bytes:
    """Path and query as they were sent, without what a proxy may have put before them.

    Raises:
        SignatureInvalid: the path was escaped in a way that nobody writes.
    """
    path: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    before, root, rest = path.partition(_ROOT)
    if not root or b"%" in before:
        raise SignatureInvalid
    query: bytes = request.scope["query_string"]
    return root + rest + (b"?" + query if query else b"")
