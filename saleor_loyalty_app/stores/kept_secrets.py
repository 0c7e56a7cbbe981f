"""Secrets that a store entrusted to the app: mail passwords, gateway keys, webhook secrets.

They are sealed as the store's token is, together with the store's address and their own name, so
that none can be moved to another row; nobody is ever shown them again.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.stores.models import Store, StoreSecret
from saleor_loyalty_app.stores.secrets import TokenCipher

_SECRET, _STORE = table(StoreSecret), table(Store)


def keep_secret(
    conn: Connection, store_id: int, name: str, text: str, *, cipher: TokenCipher, now: datetime
) -> None:
    """Keeps a secret under its name ("smtp_password"), in place of the one before."""
    sealed = cipher.seal(_label(_address(conn, store_id), name), text)
    insert = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    values = {"sealed": sealed, "changed_at": now}
    conn.execute(
        insert(_SECRET)
        .values(store_id=store_id, name=name, **values)
        .on_conflict_do_update(index_elements=["store_id", "name"], set_=values)
    )


def secret_of(conn: Connection, store_id: int, name: str, *, cipher: TokenCipher) -> str:
    """The secret of this name; "" = there is none.

    Raises:
        TokenUnreadable: the secret key that opens it is gone.
    """
    row = conn.execute(
        sa.select(_SECRET.c.sealed).where(_SECRET.c.store_id == store_id, _SECRET.c.name == name)
    ).one_or_none()
    if row is None:
        return ""
    return cipher.open(_label(_address(conn, store_id), name), row.sealed)


def forget_secret(conn: Connection, store_id: int, name: str) -> None:
    """Deletes the secret of this name, if there is one."""
    conn.execute(sa.delete(_SECRET).where(_SECRET.c.store_id == store_id, _SECRET.c.name == name))


def forget_secrets(conn: Connection, store_id: int) -> None:
    """Deletes all secrets of a store."""
    conn.execute(sa.delete(_SECRET).where(_SECRET.c.store_id == store_id))


def secret_ages(conn: Connection, store_id: int) -> Sequence[tuple[str, datetime]]:
    """The names of a store's secrets with the time when each was given, oldest first."""
    query = (
        sa.select(_SECRET.c.name, _SECRET.c.changed_at)
        .where(_SECRET.c.store_id == store_id)
        .order_by(_SECRET.c.changed_at, _SECRET.c.name)
    )
    return [(row.name, row.changed_at) for row in conn.execute(query)]


def rotate_kept(conn: Connection, cipher: TokenCipher, store_id: int | None = None) -> int:
    """Seals all secrets, or those of one store, with the newest key; gives their number.

    Raises:
        TokenUnreadable: one cannot be opened with any of the keys.
    """
    rows = conn.execute(
        sa.select(_SECRET.c.store_id, _SECRET.c.name, _SECRET.c.sealed, _STORE.c.saleor_api_url)
        .join(_STORE, _STORE.c.id == _SECRET.c.store_id)
        .where(sa.true() if store_id is None else _SECRET.c.store_id == store_id)
        .order_by(_SECRET.c.store_id, _SECRET.c.name)
        .with_for_update(of=_SECRET)
    ).all()
    for row in rows:
        sealed = cipher.renew(_label(row.saleor_api_url, row.name), row.sealed)
        conn.execute(
            sa.update(_SECRET)
            .where(_SECRET.c.store_id == row.store_id, _SECRET.c.name == row.name)
            .values(sealed=sealed)
        )
    return len(rows)


def _address(conn: Connection, store_id: int) -> str:
    query = sa.select(_STORE.c.saleor_api_url).where(_STORE.c.id == store_id)
    return str(conn.execute(query).scalar_one())


def _label(api_url: str, name: str) -> str:
    return f"{api_url}#{name}"
