"""Rows that most tests need, made in one line."""

import itertools
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.programs.models import ProgramRevision
from saleor_loyalty_app.stores import partner_keys
from saleor_loyalty_app.stores.models import Channel, Store
from saleor_loyalty_app.stores.partner_keys import KeyTerms
from saleor_loyalty_app.stores.refs import StoreRef

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
_numbers = itertools.count(1)


def make_store(conn: Connection, **values: object) -> StoreRef:
    """An installed, active store."""
    number = next(_numbers)
    row: dict[str, object] = {
        "saleor_api_url": f"https://store-{number}.example/graphql/",
        "app_id": f"QXBwOj{number}",
        "token_encrypted": "",
        "jwks": {"keys": []},
        "jwks_refreshed_at": LONG_AGO,
        "schema_version": "3.23",
        "permissions": [],
        "timezone": "UTC",
        "language": "en",
        "installed_at": LONG_AGO,
        "active": True,
        "earning_on": True,
        "spending_on": True,
        "shipping_on": True,
        "messages_on": True,
    } | values
    store = table(Store)
    made = conn.execute(sa.insert(store).values(row).returning(store)).one()
    return StoreRef(
        id=made.id,
        api_url=made.saleor_api_url,
        app_id=made.app_id,
        timezone=made.timezone,
        language=made.language,
        schema_version=made.schema_version,
        active=made.active,
        earning_on=made.earning_on,
        spending_on=made.spending_on,
        shipping_on=made.shipping_on,
        messages_on=made.messages_on,
    )


def make_channel(conn: Connection, store_id: int, **values: object) -> None:
    """A channel in USD with taxes on top, unless said otherwise."""
    row: dict[str, object] = {
        "store_id": store_id,
        "saleor_id": f"Q2hhbm5lbDo{next(_numbers)}",
        "slug": "default-channel",
        "name": "Default",
        "currency": "USD",
        "active": True,
        "default_country": "US",
        "countries": ["US"],
        "prices_entered_with_tax": False,
        "display_gross_prices": False,
        "synced_at": LONG_AGO,
    } | values
    conn.execute(sa.insert(table(Channel)).values(row))


def make_member(conn: Connection, store_id: int, **values: object) -> int:
    """An active member with a user; gives the member's id."""
    row: dict[str, object] = {
        "store_id": store_id,
        "user_id": f"VXNlcjo{next(_numbers)}",
        "state": "active",
        "bucket": 5000,
        "hold_out": False,
        "spending_blocked": False,
        "earning_blocked": False,
        "codes_blocked": False,
        "enrolled_at": LONG_AGO,
        "first_enrolled_at": LONG_AGO,
        "created_at": LONG_AGO,
    } | values
    member = table(Member)
    made: int = conn.execute(sa.insert(member).values(row).returning(member.c.id)).scalar_one()
    return made


def make_revision(
    conn: Connection, store_id: int, document: dict[str, object], **values: object
) -> int:
    """A published program in force since long ago; gives the revision's id."""
    row: dict[str, object] = {
        "store_id": store_id,
        "number": next(_numbers),
        "document": document,
        "digest": f"{next(_numbers):064x}",
        "effective_from": LONG_AGO,
        "published_at": LONG_AGO,
        "published_by": "test",
        "note": "",
    } | values
    revision = table(ProgramRevision)
    made: int = conn.execute(sa.insert(revision).values(row).returning(revision.c.id)).scalar_one()
    return made


def make_partner_key(conn: Connection, store_id: int, *event_types: str) -> int:
    """The key of a system that may report events of these types; gives its id."""
    terms = KeyTerms("Cash registers", frozenset(), 0, None, frozenset(event_types))
    key, _ = partner_keys.add(conn, store_id, terms, actor="user:1", now=LONG_AGO)
    return key.id
