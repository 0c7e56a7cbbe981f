"""Which key proves a request: by the secret that was sent, or by what was signed with it.

A key is given once its secret was proved; without that nobody learns whether there is one.
"""

from datetime import datetime

from sqlalchemy.engine import Connection

from saleor_loyalty_app.stores.partner_keys import Key, by_prefix
from saleor_loyalty_app.stores.partner_tokens import PartnerToken
from saleor_loyalty_app.stores.request_signatures import SignedParts
from saleor_loyalty_app.stores.secrets import TokenCipher
from saleor_loyalty_app.stores.signing_secrets import working_secrets

#: Why a secret that is right is refused: requests are to be signed with it.
MUST_SIGN = "must_sign"


def by_token(conn: Connection, token: PartnerToken, *, now: datetime) -> tuple[Key | None, str]:
    """The key that a secret belongs to, and why it does not work ("" = it works)."""
    found = by_prefix(conn, token.prefix)
    key, newest, previous = (None, "", "") if found is None else found
    is_newest, is_previous = token.matches(newest), token.matches(previous)
    if key is None:
        return None, "unknown"
    if is_newest:
        return key, key.why_not(now) or (MUST_SIGN if key.must_sign else "")
    if not is_previous:
        return None, "wrong_secret"
    if key.previous_until is None or key.previous_until <= now:
        return key, key.why_not(now) or "rotated"
    return key, key.why_not(now) or (MUST_SIGN if key.previous_must_sign else "")


def by_signature(
    conn: Connection,
    prefix: str,
    parts: SignedParts,
    signature: str,
    *,
    cipher: TokenCipher,
    now: datetime,
) -> tuple[Key | None, str]:
    """The key that a request was signed with, and why it does not work ("" = it works).

    Raises:
        TokenUnreadable: the secret key that opens the key's secret is gone.
    """
    found = by_prefix(conn, prefix)
    if found is None:
        return None, "unknown"
    key, _, _ = found
    secrets = working_secrets(
        conn, key.store_id, key.id, previous_until=key.previous_until, cipher=cipher, now=now
    )
    if not any(parts.is_signed_as(signature, secret) for secret in secrets):
        return None, "wrong_signature" if secrets else key.why_not(now) or "signs_nothing"
    return key, key.why_not(now)
