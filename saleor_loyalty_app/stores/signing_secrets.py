"""The secrets of keys that sign their requests: sealed, as a hash cannot tell a signature.

The secret itself is the whole key (`slk_…`). It is kept for keys that have to sign, and for no
others: of those there is the hash alone.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.stores.kept_secrets import forget_secret, keep_secret, secret_of
from saleor_loyalty_app.stores.models import PartnerKey, StoreSecret
from saleor_loyalty_app.stores.partner_tokens import PartnerToken
from saleor_loyalty_app.stores.secrets import TokenCipher

_KEY, _SECRET = table(PartnerKey), table(StoreSecret)
NEWEST = "partner_key:"
#: Of the secret before the newest rotation.
PREVIOUS = "partner_key_previous:"


def names_of(key_id: int) -> tuple[str, str]:
    """What a key's newest secret and the one before are called among the store's secrets."""
    return f"{NEWEST}{key_id}", f"{PREVIOUS}{key_id}"


def keep(
    conn: Connection,
    store_id: int,
    key_id: int,
    token: PartnerToken,
    *,
    cipher: TokenCipher,
    now: datetime,
) -> None:
    """Seals a key's newest secret."""
    newest, _ = names_of(key_id)
    keep_secret(conn, store_id, newest, token.text, cipher=cipher, now=now)


def put_aside(
    conn: Connection, store_id: int, key_id: int, *, cipher: TokenCipher, now: datetime
) -> None:
    """Makes a key's newest secret the one before, which takes the place of any older one.

    Raises:
        TokenUnreadable: the secret key that opens it is gone.
    """
    newest, previous = names_of(key_id)
    secret = secret_of(conn, store_id, newest, cipher=cipher)
    forget(conn, store_id, key_id)
    if secret:
        keep_secret(conn, store_id, previous, secret, cipher=cipher, now=now)


def forget(conn: Connection, store_id: int, key_id: int) -> None:
    """Deletes what is kept of a key's secrets."""
    for name in names_of(key_id):
        forget_secret(conn, store_id, name)


def forget_of_store(conn: Connection, store_id: int) -> None:
    """Deletes what is kept of the secrets of a store's keys."""
    found = sa.or_(
        _SECRET.c.name.startswith(NEWEST, autoescape=True),
        _SECRET.c.name.startswith(PREVIOUS, autoescape=True),
    )
    conn.execute(sa.delete(_SECRET).where(_SECRET.c.store_id == store_id, found))


def forget_rotated(conn: Connection, *, now: datetime) -> int:
    """Deletes the secrets whose time after a rotation is over; gives their number."""
    over = sa.select(_KEY.c.id, _KEY.c.store_id).where(
        _KEY.c.previous_must_sign.is_(True), _KEY.c.previous_until <= now
    )
    ended = conn.execute(over.with_for_update(key_share=True)).all()
    for key in ended:
        forget_secret(conn, key.store_id, names_of(key.id)[1])
        conn.execute(
            sa.update(_KEY)
            .where(_KEY.c.id == key.id)
            .values(previous_hash=None, previous_until=None, previous_must_sign=False)
        )
    return len(ended)


def working_secrets(
    conn: Connection,
    store_id: int,
    key_id: int,
    *,
    previous_until: datetime | None,
    cipher: TokenCipher,
    now: datetime,
) -> Sequence[str]:
    """The secrets that a key's requests may be signed with now, the newest first.

    Raises:
        TokenUnreadable: the secret key that opens them is gone.
    """
    newest, previous = names_of(key_id)
    names = [newest]
    if previous_until is not None and previous_until > now:
        names.append(previous)
    found = (secret_of(conn, store_id, name, cipher=cipher) for name in names)
    return [secret for secret in found if secret]
