"""A store takes its data along, and its people are forgotten; the books stay."""

import json
from collections import Counter
from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import metadata, table
from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.flows.erase_store import StoreStillInstalled, erase_store
from saleor_loyalty_app.flows.export_store import export_store
from saleor_loyalty_app.inbox.models import InboxMessage
from saleor_loyalty_app.members.models import Member, MemberIdentity
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.stores.models import Store
from saleor_loyalty_app.stores.refs import StoreRef
from tests.order_books import KEYS, NOW, entries_of, live_store
from tests.order_samples import order, paid, shopper

_members, _identities = table(Member), table(MemberIdentity)
_stores, _inbox = table(Store), table(InboxMessage)
SECRET = "gAAAA-a-token"


def sold(conn: sa.Connection) -> StoreRef:
    """A store with a member's order and a guest's."""
    store = live_store(conn, token_encrypted=SECRET)
    orders = (
        order(transactions=[paid()], user=shopper()),
        order(transactions=[paid()], id="O2", number="2", userEmail="guest@example.com"),
    )
    for told in orders:
        converge_order(conn, store, told, Look.webhook(NOW), now=NOW, secrets=KEYS)
    conn.execute(
        sa.insert(_inbox).values(
            store_id=store.id,
            handler="orders",
            event="OrderCreated",
            body_hash="0" * 64,
            body=b'{"userEmail": "ayse@example.com"}',
            received_at=NOW,
            emptied=False,
        )
    )
    return store


def exported(database: Database, store: StoreRef) -> list[dict[str, Any]]:
    return database.read(
        lambda conn: [json.loads(text) for text in export_store(conn, store.id)], snapshot=True
    )


def test_an_export_has_every_row_of_the_store_and_of_no_other(database: Database) -> None:
    mine, other = database.write(sold), database.write(sold)
    lines = exported(database, mine)
    tables = Counter(line["table"] for line in lines)
    assert tables["store"] == tables["program_revision"] == tables["inbox_message"] == 1
    assert tables["order_state"] == tables["order_unit"] == tables["entry"] == tables["lot"] == 2
    assert tables["member"] == 2
    assert {line["row"]["store_id"] for line in lines if "store_id" in line["row"]} == {mine.id}
    theirs = Counter(line["table"] for line in exported(database, other))
    with database.engine.connect() as conn:
        for one in metadata.sorted_tables:
            both = conn.execute(sa.select(sa.func.count()).select_from(one)).scalar_one()
            assert tables[one.name] + theirs[one.name] == both, one.name


def test_an_export_carries_no_secret_of_the_installation(database: Database) -> None:
    store = database.write(sold)
    text = json.dumps(exported(database, store))
    assert SECRET not in text
    assert "ayse@example.com" in text


def test_people_are_erased_and_the_books_stay(database: Database) -> None:
    mine, other = database.write(sold), database.write(sold)
    with pytest.raises(StoreStillInstalled):
        erase_store(database, mine, now=NOW)
    uninstall = sa.update(_stores).where(_stores.c.id == mine.id).values(active=False)
    database.write(lambda conn: conn.execute(uninstall).rowcount)
    before = database.read(lambda conn: [tuple(row) for row in entries_of(conn, mine)])
    assert erase_store(database, mine, now=NOW) == 2
    assert erase_store(database, mine, now=NOW) == 0
    assert database.read(lambda conn: [tuple(row) for row in entries_of(conn, mine)]) == before
    text = json.dumps(exported(database, mine))
    assert "@" not in text
    assert "U1" not in text
    with database.engine.connect() as conn:
        states = conn.execute(sa.select(_members.c.store_id, _members.c.state)).all()
        assert Counter(states) == {
            (mine.id, "erased"): 2,
            (other.id, "active"): 1,
            (other.id, "guest"): 1,
        }
        token = sa.select(_stores.c.token_encrypted).order_by(_stores.c.id)
        assert list(conn.execute(token).scalars()) == ["", SECRET]
        assert conn.execute(sa.select(_inbox.c.store_id)).scalar_one() == other.id
