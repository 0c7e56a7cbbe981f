"""What tests of orders need: programs in one line, and the books in a form that can be compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.ledger.models import Balance, Entry, Lot
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.orders.models import OrderState, OrderUnit
from saleor_loyalty_app.stores.refs import StoreRef
from tests.factories import make_revision, make_store

KEYS = EmailKeys.of(["a secret of thirty-two characters", "an older secret of 32 characters"])
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)

_entries, _lots, _balances = table(Entry), table(Lot), table(Balance)
_states, _units, _members = table(OrderState), table(OrderUnit), table(Member)


def program(**settings: Any) -> dict[str, Any]:
    """A program with one rule: 10 points per USD, 2 points per PLN or TRY."""
    return {
        "version": 1,
        "name": "Test",
        "texts": {"en": {"program": "Test", "point": "point", "points": "points"}},
        "settings": settings,
        "currencies": [
            {
                "channel": channel,
                "currency": currency,
                "earn_rate": {"points": points, "money": "1"},
                "spend_rate": {"points": 100, "money": "1"},
            }
            for channel, currency, points in (
                ("default-channel", "USD", 10),
                ("channel-pln", "PLN", 2),
                ("channel-tr", "TRY", 2),
            )
        ],
        "earning": {"rules": [{"id": "base", "then": {"type": "points_per_money"}}]},
    }


def live_store(
    conn: Connection, document: Mapping[str, Any] | None = None, **values: Any
) -> StoreRef:
    """A store whose program is in force since the beginning of 2026."""
    store = make_store(conn, **values)
    make_revision(conn, store.id, dict(document or program()))
    return store


@dataclass(frozen=True, slots=True)
class Books:
    """What a store owes to whom: equal for equal outcomes, however they came about."""

    #: (owner, unit): points in lots less debt. An owner is a user id, or "guest" for all guests.
    balances: Mapping[tuple[str, str], int]
    #: (owner, unit, available from, expires at): points left in lots.
    lots: Mapping[tuple[str, str, str, str], int]
    #: (order number, unit, part): booked, waived.
    orders: Mapping[tuple[str, str, str], tuple[int, int]]


def books_of(conn: Connection, store: StoreRef) -> Books:
    """The books of a store; checks on the way that they add up."""
    owners = {
        row.id: row.user_id or row.state
        for row in conn.execute(sa.select(_members).where(_members.c.store_id == store.id))
    }
    balances: dict[tuple[str, str], int] = {}
    for row in conn.execute(sa.select(_balances).where(_balances.c.store_id == store.id)):
        entered = conn.execute(
            sa.select(sa.func.coalesce(sa.func.sum(_entries.c.amount), 0)).where(
                _entries.c.member_id == row.member_id, _entries.c.unit == row.unit
            )
        ).scalar_one()
        assert entered == row.entries == row.lots + row.held - row.debt
        if row.entries:
            owner = (owners[row.member_id], row.unit)
            balances[owner] = balances.get(owner, 0) + row.entries
    lots: dict[tuple[str, str, str, str], int] = {}
    for row in conn.execute(
        sa.select(_lots).where(_lots.c.store_id == store.id, _lots.c.remaining > 0)
    ):
        key = (owners[row.member_id], row.unit, str(row.available_from), str(row.expires_at))
        lots[key] = lots.get(key, 0) + row.remaining
    orders = {
        (row.number, row.unit, row.part): (row.booked, row.waived)
        for row in conn.execute(
            sa.select(_states.c.number, _units)
            .join(_units, _units.c.order_state_id == _states.c.id)
            .where(_states.c.store_id == store.id)
        )
        if row.booked or row.waived
    }
    return Books(balances, lots, orders)


def entries_of(conn: Connection, store: StoreRef) -> list[sa.Row[Any]]:
    """All entries of a store in the order of posting."""
    query = sa.select(_entries).where(_entries.c.store_id == store.id).order_by(_entries.c.id)
    return list(conn.execute(query))


def order_row(conn: Connection, store: StoreRef, order_id: str) -> sa.Row[Any]:
    """The state of one order."""
    query = sa.select(_states).where(_states.c.store_id == store.id, _states.c.order_id == order_id)
    return conn.execute(query).one()
