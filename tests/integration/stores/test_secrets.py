"""Tokens at rest."""

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.stores.errors import StoreInactive, StoreNotFound, TokenUnreadable
from saleor_loyalty_app.stores.models import Store
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.secrets import TokenCipher, rotate, token_of
from tests.factories import make_store

OLD, NEW = "the old secret of the operator", "the new secret of the operator"
URL = "https://shop.example.com/graphql/"
TOKEN = "lup7Eb708Z97Lot46fuc79NswhxJES"


def store_with_token(database: Database, cipher: TokenCipher, url: str = URL) -> StoreRef:
    sealed = cipher.seal(url, TOKEN)
    return database.write(lambda conn: make_store(conn, saleor_api_url=url, token_encrypted=sealed))


def token(database: Database, store: StoreRef, secret: str) -> str:
    return database.read(lambda conn: token_of(conn, store.id, TokenCipher([secret])))


def test_a_token_is_stored_sealed_and_read_back(database: Database) -> None:
    cipher = TokenCipher([OLD])
    store = store_with_token(database, cipher)
    stored = database.read(
        lambda conn: conn.execute(sa.select(table(Store).c.token_encrypted)).scalar_one()
    )
    assert TOKEN not in stored
    assert database.read(lambda conn: token_of(conn, store.id, cipher)) == TOKEN


def test_after_a_rotation_the_old_secret_may_go(database: Database) -> None:
    stores = [
        store_with_token(database, TokenCipher([OLD]), f"https://s{number}.example.com/graphql/")
        for number in range(3)
    ]
    assert database.write(lambda conn: rotate(conn, TokenCipher([NEW, OLD]))) == 3
    for store in stores:
        assert token(database, store, NEW) == TOKEN
        with pytest.raises(TokenUnreadable):
            token(database, store, OLD)


def test_a_rotation_that_cannot_open_one_token_changes_none(database: Database) -> None:
    readable = store_with_token(database, TokenCipher([OLD]))
    store_with_token(database, TokenCipher(["a lost secret"]), "https://lost.example.com/graphql/")
    with pytest.raises(TokenUnreadable):
        database.write(lambda conn: rotate(conn, TokenCipher([NEW, OLD])))
    assert database.read(lambda conn: token_of(conn, readable.id, TokenCipher([OLD]))) == TOKEN


def test_a_token_moved_to_another_store_is_not_opened(database: Database) -> None:
    cipher = TokenCipher([OLD])
    sealed = cipher.seal(URL, TOKEN)
    other = database.write(lambda conn: make_store(conn, token_encrypted=sealed))
    with pytest.raises(TokenUnreadable):
        database.read(lambda conn: token_of(conn, other.id, cipher))


def test_there_is_no_token_of_an_unknown_or_uninstalled_store(database: Database) -> None:
    gone = database.write(lambda conn: make_store(conn))
    with pytest.raises(StoreInactive):
        database.read(lambda conn: token_of(conn, gone.id, TokenCipher([OLD])))
    with pytest.raises(StoreNotFound):
        database.read(lambda conn: token_of(conn, 10**6, TokenCipher([OLD])))


def test_the_same_token_is_sealed_differently_each_time() -> None:
    cipher = TokenCipher([OLD])
    assert cipher.seal(URL, TOKEN) != cipher.seal(URL, TOKEN)
