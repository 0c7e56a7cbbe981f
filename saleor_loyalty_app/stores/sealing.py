"""By which keys a store's secrets are sealed, and since when those keys are known here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.stores.models import SealingKey, Store, StoreSecret
from saleor_loyalty_app.stores.secrets import TokenCipher

_key, _secret, _store = table(SealingKey), table(StoreSecret), table(Store)
#: The name of Saleor's token among the secrets.
OF_SALEOR = "saleor_token"


@dataclass(frozen=True, slots=True)
class Sealed:
    """A secret without itself.

    Attributes:
        name: saleor_token, smtp_password, sms_secret or webhook:<number>.
        since: when it was given.
        key: the fingerprint of the key that seals it; "" = none of ours, so it cannot be opened.
    """

    name: str
    since: datetime
    key: str


def note_keys(conn: Connection, cipher: TokenCipher, now: datetime) -> None:
    """Writes down which keys are seen for the first time."""
    insert = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    rows = [{"fingerprint": name, "first_seen": now} for name in cipher.fingerprints]
    conn.execute(insert(_key).values(rows).on_conflict_do_nothing())


def known_since(conn: Connection, fingerprints: Iterable[str]) -> dict[str, datetime]:
    """Since when keys are known here, of those that are."""
    query = sa.select(_key.c.fingerprint, _key.c.first_seen).where(
        _key.c.fingerprint.in_(list(fingerprints))
    )
    return {row.fingerprint: row.first_seen for row in conn.execute(query)}


def sealed_of(conn: Connection, store_id: int, cipher: TokenCipher) -> list[Sealed]:
    """All that is sealed for a store, its token first."""
    row = conn.execute(
        sa.select(_store.c.token_encrypted, _store.c.installed_at).where(_store.c.id == store_id)
    ).one()
    found = (
        [Sealed(OF_SALEOR, row.installed_at, cipher.key_of(row.token_encrypted))]
        if row.token_encrypted
        else []
    )
    query = sa.select(_secret).where(_secret.c.store_id == store_id).order_by(_secret.c.name)
    return [
        *found,
        *(
            Sealed(one.name, one.changed_at, cipher.key_of(one.sealed))
            for one in conn.execute(query)
        ),
    ]
