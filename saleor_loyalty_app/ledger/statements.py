"""The ledger's statements, built once. Parameters are named as the columns unless they differ."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.db.types import UTCDateTime
from saleor_loyalty_app.ledger.models import Allocation, Balance, Debt, Entry, Hold, Lot

balance = table(Balance)
entry = table(Entry)
lot = table(Lot)
allocation = table(Allocation)
hold = table(Hold)
debt = table(Debt)

Statement = sa.Executable
_INSERTS: dict[str, Callable[[sa.Table], Any]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


def by_dialect(build: Callable[[Callable[[sa.Table], Any]], Any]) -> dict[str, Any]:
    """A statement with ON CONFLICT for each dialect."""
    return {name: build(insert) for name, insert in _INSERTS.items()}


def of(conn: Connection, statements: dict[str, Any]) -> Any:
    """The statement of the connection's dialect."""
    return statements[conn.dialect.name]


def _of_account(columns: Any) -> sa.ColumnElement[bool]:
    return sa.and_(
        columns.store_id == sa.bindparam("store_id"),
        columns.member_id == sa.bindparam("member_id"),
        columns.unit == sa.bindparam("unit"),
    )


_OPEN = sa.and_(
    _of_account(lot.c), lot.c.closed == sa.bindparam("closed", value=False), lot.c.remaining > 0
)
_SPENDING_ORDER = (lot.c.expires_at.asc().nulls_last(), lot.c.earned_at, lot.c.id)

# Balances ---------------------------------------------------------------------------------------

LOCK_BALANCE = sa.select(balance).where(_of_account(balance.c)).with_for_update()

READ_BALANCE = sa.select(balance).where(_of_account(balance.c))

ENSURE_BALANCE = by_dialect(
    lambda insert: insert(balance).on_conflict_do_nothing(index_elements=["member_id", "unit"])
)


def adding_earning(new: Any) -> Any:
    """Lets an INSERT into the balances add to the row where it is there, and lock it.

    A row of another store is left alone, and nothing is returned.
    """
    sooner = sa.and_(
        new.excluded.next_expiry.is_not(None),
        sa.or_(balance.c.next_expiry.is_(None), new.excluded.next_expiry < balance.c.next_expiry),
    )
    return new.on_conflict_do_update(
        index_elements=["member_id", "unit"],
        set_={
            "entries": balance.c.entries + new.excluded.entries,
            "lots": balance.c.lots + new.excluded.lots,
            "lifetime": balance.c.lifetime + new.excluded.lifetime,
            "next_expiry": sa.case((sooner, new.excluded.next_expiry), else_=balance.c.next_expiry),
        },
        where=balance.c.store_id == new.excluded.store_id,
    )


EARN_INTO_BALANCE = by_dialect(lambda insert: adding_earning(insert(balance)).returning(*balance.c))

#: Parameters: d_entries, d_lots, d_held, d_debt, d_lifetime, balance_id.
MOVE_BALANCE = (
    sa.update(balance)
    .where(balance.c.id == sa.bindparam("balance_id"))
    .values(
        {
            name: balance.c[name] + sa.bindparam(f"d_{name}", type_=sa.BigInteger)
            for name in ("entries", "lots", "held", "debt", "lifetime")
        }
    )
)

#: Parameters: balance_id, expiry.
SET_NEXT_EXPIRY = (
    sa.update(balance)
    .where(balance.c.id == sa.bindparam("balance_id"))
    .values(next_expiry=sa.bindparam("expiry", type_=UTCDateTime))
)

#: Parameters: balance_id, expired, expiry.
SETTLE_BALANCE = (
    sa.update(balance)
    .where(balance.c.id == sa.bindparam("balance_id"))
    .values(
        entries=balance.c.entries - sa.bindparam("expired", type_=sa.BigInteger),
        lots=balance.c.lots - sa.bindparam("expired", type_=sa.BigInteger),
        next_expiry=sa.bindparam("expiry", type_=UTCDateTime),
    )
)

DUE_BALANCES = (
    sa.select(balance.c.id)
    .where(
        balance.c.store_id == sa.bindparam("store_id"),
        balance.c.next_expiry <= sa.bindparam("now", type_=UTCDateTime),
    )
    .order_by(balance.c.next_expiry, balance.c.member_id, balance.c.unit)
    .limit(sa.bindparam("limit", type_=sa.Integer))
)

# Entries ----------------------------------------------------------------------------------------

POST_ENTRY = by_dialect(
    lambda insert: (
        insert(entry)
        .on_conflict_do_nothing(index_elements=["store_id", "idempotency_key"])
        .returning(entry.c.id)
    )
)

POST_ENTRIES = sa.insert(entry).returning(entry.c.id, sort_by_parameter_order=True)

ENTRY_BY_KEY = sa.select(entry.c.id, entry.c.amount, entry.c.waived, entry.c.input_hash).where(
    entry.c.store_id == sa.bindparam("store_id"),
    entry.c.idempotency_key == sa.bindparam("idempotency_key"),
)

ENTRY_BY_ID = sa.select(entry).where(
    entry.c.store_id == sa.bindparam("store_id"), entry.c.id == sa.bindparam("entry_id")
)

# Lots -------------------------------------------------------------------------------------------

ADD_LOT = sa.insert(lot).inline()

ADD_LOTS = sa.insert(lot).returning(lot.c.id, sort_by_parameter_order=True)

LOT_BY_ID = sa.select(lot).where(lot.c.id == sa.bindparam("lot_id"))

#: Parameters: d_remaining, d_held, d_expired, d_amount, lot_id.
MOVE_LOT = (
    sa.update(lot)
    .where(lot.c.id == sa.bindparam("lot_id"))
    .values(
        remaining=lot.c.remaining + sa.bindparam("d_remaining", type_=sa.BigInteger),
        held=lot.c.held + sa.bindparam("d_held", type_=sa.BigInteger),
        expired=lot.c.expired + sa.bindparam("d_expired", type_=sa.BigInteger),
        amount=lot.c.amount + sa.bindparam("d_amount", type_=sa.BigInteger),
        closed=lot.c.remaining
        + lot.c.held
        + sa.bindparam("d_remaining", type_=sa.BigInteger)
        + sa.bindparam("d_held", type_=sa.BigInteger)
        == 0,
    )
)

OPEN_LOTS = sa.select(lot).where(_OPEN).order_by(*_SPENDING_ORDER)

#: Spendable at `now`, in the order in which they are spent. Parameters: now, limit.
SPENDABLE_LOTS = OPEN_LOTS.where(
    lot.c.available_from <= sa.bindparam("now", type_=UTCDateTime)
).limit(sa.bindparam("limit", type_=sa.Integer))

OPEN_LOTS_OF_SOURCE = OPEN_LOTS.where(lot.c.source == sa.bindparam("source"))

DUE_LOTS = OPEN_LOTS.where(lot.c.expires_at <= sa.bindparam("now", type_=UTCDateTime))

SOONEST_EXPIRY = sa.select(sa.func.min(lot.c.expires_at)).where(_OPEN)

#: Open lots of any of these stores, members and units: some may be of accounts not asked for. The
#: store does not stand plainly: SQLite would take an index that begins with it, and read them all.
_OPEN_OF_ANY = sa.and_(
    sa.func.coalesce(lot.c.store_id, 0).in_(sa.bindparam("store_ids", expanding=True)),
    lot.c.member_id.in_(sa.bindparam("member_ids", expanding=True)),
    lot.c.unit.in_(sa.bindparam("units", expanding=True)),
    lot.c.closed == sa.bindparam("closed", value=False),
    lot.c.remaining > 0,
)

#: Parameters: store_ids, member_ids, units, now.
DUE_LOTS_OF_ANY = (
    sa.select(lot)
    .where(_OPEN_OF_ANY, lot.c.expires_at <= sa.bindparam("now", type_=UTCDateTime))
    .order_by(lot.c.member_id, lot.c.unit, *_SPENDING_ORDER)
)

#: Parameters: store_ids, member_ids, units.
SOONEST_EXPIRY_OF_ANY = (
    sa.select(lot.c.store_id, lot.c.member_id, lot.c.unit, sa.func.min(lot.c.expires_at))
    .where(_OPEN_OF_ANY)
    .group_by(lot.c.store_id, lot.c.member_id, lot.c.unit)
)

#: All that remains of these lots expires. Parameters: lot_ids.
EXPIRE_LOTS = (
    sa.update(lot)
    .where(lot.c.id.in_(sa.bindparam("lot_ids", expanding=True)))
    .values(expired=lot.c.expired + lot.c.remaining, remaining=0, closed=lot.c.held == 0)
)

#: Lots of a source of which something expired that no reversal has let go yet.
LAPSED_LOTS_OF_SOURCE = (
    sa.select(lot.c.id, (lot.c.expired - lot.c.forgiven).label("remaining"))
    .where(
        _of_account(lot.c),
        lot.c.source == sa.bindparam("source"),
        lot.c.part == sa.bindparam("part"),
        lot.c.expired > lot.c.forgiven,
    )
    .order_by(lot.c.id)
)

#: Parameters: lot_id, let_go.
FORGIVE_LOT = (
    sa.update(lot)
    .where(lot.c.id == sa.bindparam("lot_id"))
    .values(forgiven=lot.c.forgiven + sa.bindparam("let_go", type_=sa.BigInteger))
)

#: Parameters: lot_id, expiry.
SET_EXPIRY = (
    sa.update(lot)
    .where(lot.c.id == sa.bindparam("lot_id"))
    .values(expires_at=sa.bindparam("expiry", type_=UTCDateTime))
)

# Takers -----------------------------------------------------------------------------------------

ALLOCATE = sa.insert(allocation)

ADD_DEBT = sa.insert(debt).inline()

OPEN_DEBTS = sa.select(debt).where(_of_account(debt.c), debt.c.remaining > 0).order_by(debt.c.id)

#: Parameters: debt_id, paid.
PAY_DEBT = (
    sa.update(debt)
    .where(debt.c.id == sa.bindparam("debt_id"))
    .values(remaining=debt.c.remaining - sa.bindparam("paid", type_=sa.BigInteger))
)
