"""The database itself keeps entries as they are."""

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from saleor_loyalty_app.ledger import append_only
from saleor_loyalty_app.ledger import statements as sql
from tests.integration.ledger.books import Books


def assert_refused(conn: Connection, statement: sa.Executable) -> None:
    with pytest.raises(DBAPIError, match=append_only.MESSAGE), conn.begin_nested():
        conn.execute(statement)


def test_an_entry_is_neither_changed_nor_deleted(books: Books) -> None:
    account = books.account()
    books.earn(account, 10)
    assert_refused(books.conn, sa.update(sql.entry).values(reason={}))
    assert_refused(books.conn, sa.update(sql.entry).values(amount=11))
    assert_refused(books.conn, sa.delete(sql.entry))
    assert books.shown(account) == (10, 0, 0, 0)


def test_the_protection_can_be_taken_off_and_put_on_by_a_migration(books: Books) -> None:
    books.earn(books.account(), 10)
    dialect = books.conn.dialect.name
    for statement in append_only.UNPROTECT[dialect]:
        books.conn.exec_driver_sql(statement)
    books.conn.execute(sa.update(sql.entry).values(reason={"code": "changed"}))
    for statement in append_only.PROTECT[dialect]:
        books.conn.exec_driver_sql(statement)
    assert_refused(books.conn, sa.update(sql.entry).values(reason={}))
