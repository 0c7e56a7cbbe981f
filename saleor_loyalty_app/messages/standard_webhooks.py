"""Signatures of outgoing webhooks, as Standard Webhooks describe them.

Source: https://github.com/standard-webhooks/standard-webhooks (spec, version 1.0): the signed text
is `id.timestamp.body`; the header `webhook-signature` holds `v1,` and its HMAC-SHA256 as Base64.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

PREFIX = "whsec_"
#: Bytes of a secret; the scheme asks for 24 to 64.
SECRET_BYTES = 32


def new_secret() -> str:
    """A fresh secret in the form that receivers' libraries take."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


def new_event_id() -> str:
    """A fresh `webhook-id`."""
    return f"msg_{secrets.token_hex(16)}"


def signed_headers(secret: str, event_id: str, body: str, now: datetime) -> dict[str, str]:
    """The headers that prove where `body` comes from.

    Args:
        secret: as `new_secret` made it.
        now: of this attempt; receivers refuse what is older than some minutes.
    """
    timestamp = str(int(now.timestamp()))
    return {
        "webhook-id": event_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{_signature(secret, event_id, timestamp, body)}",
    }


def _signature(secret: str, event_id: str, timestamp: str, body: str) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{event_id}.{timestamp}.{body}".encode()
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode("ascii")
