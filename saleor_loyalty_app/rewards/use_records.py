"""Queries of the uses of codes. All take a connection and none commits."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.hot import Hot
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.rewards.models import (
    LIVE_STATES,
    Redemption,
    RedemptionSighting,
    RedemptionUse,
)
from saleor_loyalty_app.rewards.restoring import share_of, share_text
from saleor_loyalty_app.rewards.uses import OPEN, OrderMark, Use

uses = table(RedemptionUse)
_redemption, _sighting = table(Redemption).c, table(RedemptionSighting).c
_row = uses.c


@dataclass(frozen=True, slots=True)
class UseRow:
    """A use as it was read; see `rewards.models.RedemptionUse`."""

    id: int
    store_id: int
    redemption_id: int
    order_id: str
    order_number: str
    checkout_id: str | None
    kind: str
    by_stranger: bool
    state: str
    seen_at: datetime
    decided_at: datetime | None
    decided_by: str
    kept: Fraction
    entry_id: int | None
    restored: int
    restorings: int

    @property
    def use(self) -> Use:
        """What decisions look at."""
        return Use(self.order_id, self.by_stranger, self.kept, self.kind, self.state)


_COLUMNS = tuple(_row[field.name] for field in fields(UseRow))
_ALL = sa.select(*_COLUMNS)


def _found(column: Any, *where: Any) -> sa.Select[Any]:
    return sa.select(column.label("redemption_id")).where(*where)


def _ours(columns: Any) -> Any:
    return columns.store_id == sa.bindparam("store_id")


_CONCERNED = Hot(
    sa.union(
        _found(_redemption.id, _ours(_redemption), _redemption.code == sa.bindparam("code")),
        _found(_redemption.id, _ours(_redemption), _redemption.public_id == sa.bindparam("tied")),
        _found(_redemption.id, _ours(_redemption), _redemption.public_id == sa.bindparam("named")),
        _found(
            _redemption.id, _ours(_redemption), _redemption.checkout_id == sa.bindparam("checkout")
        ),
        _found(
            _redemption.id, _ours(_redemption), _redemption.order_id == sa.bindparam("order_id")
        ),
        _found(
            _sighting.redemption_id,
            _ours(_sighting),
            _sighting.checkout_id == sa.bindparam("checkout"),
        ),
        _found(_row.redemption_id, _ours(_row), _row.order_id == sa.bindparam("order_id")),
    )
)


def concerned(conn: Connection, store_id: int, mark: OrderMark) -> list[int]:
    """The ids of all redemptions that an order may have to do with: one round trip."""
    rows = _CONCERNED.all(
        conn,
        {
            "store_id": store_id,
            "code": mark.voucher_code,
            "tied": mark.tied,
            "named": min(mark.named, default=""),
            "checkout": mark.checkout_id or "",
            "order_id": mark.order_id,
        },
    )
    return sorted({row.redemption_id for row in rows})


def concerned_by_all(conn: Connection, store_id: int, marks: list[OrderMark]) -> list[int]:
    """`concerned` for a page of orders at once."""
    codes = [mark.voucher_code for mark in marks if mark.voucher_code]
    names = [name for mark in marks for name in mark.public_ids]
    checkouts = [mark.checkout_id for mark in marks if mark.checkout_id]
    orders = [mark.order_id for mark in marks]
    query = sa.union(
        _found(_redemption.id, _redemption.store_id == store_id, _redemption.code.in_(codes)),
        _found(_redemption.id, _redemption.store_id == store_id, _redemption.public_id.in_(names)),
        _found(
            _redemption.id, _redemption.store_id == store_id, _redemption.checkout_id.in_(checkouts)
        ),
        _found(_redemption.id, _redemption.store_id == store_id, _redemption.order_id.in_(orders)),
        _found(
            _sighting.redemption_id,
            _sighting.store_id == store_id,
            _sighting.checkout_id.in_(checkouts),
        ),
        _found(_row.redemption_id, _row.store_id == store_id, _row.order_id.in_(orders)),
    )
    return sorted(conn.execute(query).scalars())


def of_order(conn: Connection, store_id: int, order_id: str) -> list[int]:
    """The ids of the redemptions that an order used."""
    query = _found(_row.redemption_id, _row.store_id == store_id, _row.order_id == order_id)
    return sorted(conn.execute(query).scalars())


def of_redemption(conn: Connection, redemption_id: int) -> dict[str, UseRow]:
    """All uses of a code by order, in the order in which they were seen."""
    query = _ALL.where(_row.redemption_id == redemption_id).order_by(_row.id)
    return {row.order_id: _ref(row) for row in conn.execute(query)}


def by_id(conn: Connection, store_id: int, use_id: int) -> UseRow | None:
    """One use of a store."""
    found = conn.execute(_ALL.where(_row.store_id == store_id, _row.id == use_id)).one_or_none()
    return None if found is None else _ref(found)


def open_uses(
    conn: Connection, store_id: int, *, first: int, after: int | None = None
) -> list[UseRow]:
    """A page of the uses that wait for staff, the oldest first; `after` is the id to go on from."""
    query = _ALL.where(_row.store_id == store_id, _row.state == OPEN)
    if after is not None:
        query = query.where(_row.id > after)
    return [_ref(row) for row in conn.execute(query.order_by(_row.id).limit(first))]


def count_open(conn: Connection, store_id: int) -> int:
    """How many uses wait for staff."""
    query = sa.select(sa.func.count()).where(_row.store_id == store_id, _row.state == OPEN)
    number: int = conn.execute(query).scalar_one()
    return number


def add(conn: Connection, values: Mapping[str, Any]) -> UseRow:
    """Writes a use that was seen for the first time; the caller holds the redemption's lock."""
    statement = sa.insert(uses).values(_written(values)).returning(*_COLUMNS)
    return _ref(conn.execute(statement).one())


def change(conn: Connection, use_id: int, values: Mapping[str, Any]) -> UseRow:
    """Writes to a use; the caller holds the redemption's lock."""
    statement = sa.update(uses).where(_row.id == use_id).values(_written(values))
    return _ref(conn.execute(statement.returning(*_COLUMNS)).one())


def used_up(
    conn: Connection, store_id: int, ended_before: datetime, limit: int, *, after: int = 0
) -> list[int]:
    """The ids of redemptions that ended long ago and whose voucher still lies in Saleor.

    `after` is the id to go on from.
    """
    query = (
        sa.select(_redemption.id)
        .where(
            _redemption.id > after,
            _redemption.store_id == store_id,
            _redemption.voucher_deleted_at.is_(None),
            _redemption.ended_at <= ended_before,
            _redemption.voucher_id.is_not(None),
            _redemption.state.not_in(LIVE_STATES),
        )
        .order_by(_redemption.id)
        .limit(limit)
    )
    return list(conn.execute(query).scalars())


def _written(values: Mapping[str, Any]) -> dict[str, Any]:
    kept = values.get("kept")
    return {**values, "kept": share_text(kept)} if isinstance(kept, Fraction) else dict(values)


def _ref(row: sa.Row[Any]) -> UseRow:
    return UseRow(**{**row._mapping, "kept": share_of(row.kept)})  # noqa: SLF001
