"""Queries of the redemptions. All take a connection and none commits.

Who works on a redemption over the network holds its lease: `take_lease` counts the fence up, and
what was done is written only `WHERE fence` is still the same. Who changes a redemption within one
transaction, under its lock, passes no fence; that takes it away from whoever is working on it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.rewards.models import LIVE_STATES, Redemption

redemptions = table(Redemption)
_row = redemptions.c

#: Who has not written for so long is taken for dead.
LEASE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class RedemptionRef:
    """A redemption as it was read; see `rewards.models.Redemption`."""

    id: int
    store_id: int
    public_id: str
    member_id: int
    user_id: str
    instrument: str
    unit: str
    points: int
    amount: Decimal
    terms: Mapping[str, Any] | None
    channel: str
    currency: str
    revision_id: int | None
    checkout_id: str | None
    order_id: str | None
    request_key: str
    request_hash: str
    actor: str
    state: str
    ending: str
    reason: Mapping[str, Any] | None
    hold_id: int | None
    redeem_entry_id: int | None
    restored: int
    restorings: int
    code: str
    voucher_id: str | None
    before: Mapping[str, Any] | None
    deadline: datetime
    due_at: datetime | None
    leased_until: datetime | None
    fence: int
    attempts: int
    created_at: datetime
    issued_at: datetime | None
    attached_at: datetime | None
    consumed_at: datetime | None
    ended_at: datetime | None
    code_ended_at: datetime | None
    voucher_deleted_at: datetime | None

    @property
    def is_live(self) -> bool:
        """Points are set aside, and the end is open."""
        return self.state in LIVE_STATES

    @property
    def is_gift(self) -> bool:
        """A reward that was given for nothing: no points go with it."""
        return self.hold_id is None

    @property
    def is_spent(self) -> bool:
        """An order, or a hand-over, has used it, and not all of it came back."""
        if self.is_gift:
            return self.state == "consumed"
        return self.redeem_entry_id is not None and self.restored < self.points

    @property
    def is_bearer(self) -> bool:
        """A code that was handed out and has seen no checkout yet."""
        return self.checkout_id is None and self.order_id is None


_COLUMNS = tuple(_row[field.name] for field in fields(RedemptionRef))
_ALL = sa.select(*_COLUMNS)


def insert(conn: Connection, values: Mapping[str, Any]) -> RedemptionRef | None:
    """Writes a new redemption; None where its request, its checkout or its code has one."""
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    statement = make(redemptions).values(_written(values)).on_conflict_do_nothing()
    return _ref(conn.execute(statement.returning(*_COLUMNS)).one_or_none())


def by_id(conn: Connection, store_id: int, redemption_id: int) -> RedemptionRef | None:
    """One redemption of a store."""
    return _one(conn, store_id, _row.id == redemption_id)


def by_ids(conn: Connection, store_id: int, ids: Sequence[int]) -> list[RedemptionRef]:
    """Redemptions of a store, in the order of their ids."""
    if not ids:
        return []
    query = _ALL.where(_row.store_id == store_id, _row.id.in_(sorted(set(ids))))
    return _refs(conn.execute(query.order_by(_row.id)).all())


def ids_of(conn: Connection, store_id: int, public_ids: Sequence[str]) -> list[int]:
    """The ids of redemptions by what the outside calls them."""
    if not public_ids:
        return []
    query = sa.select(_row.id).where(
        _row.store_id == store_id, _row.public_id.in_(list(public_ids))
    )
    return sorted(conn.execute(query).scalars())


def by_public_id(conn: Connection, store_id: int, public_id: str) -> RedemptionRef | None:
    """One redemption by what the outside calls it."""
    return _one(conn, store_id, _row.public_id == public_id)


def by_code(conn: Connection, store_id: int, code: str) -> RedemptionRef | None:
    """The redemption behind a code, compared exactly."""
    return _one(conn, store_id, _row.code == code)


def by_voucher(conn: Connection, store_id: int, voucher_id: str) -> RedemptionRef | None:
    """The redemption that made a voucher in Saleor."""
    return _one(conn, store_id, _row.voucher_id == voucher_id)


def by_request(
    conn: Connection, store_id: int, member_id: int, request_key: str
) -> RedemptionRef | None:
    """The redemption that a request of a member made."""
    return _one(conn, store_id, _row.member_id == member_id, _row.request_key == request_key)


def on_checkout(conn: Connection, store_id: int, checkout_id: str) -> list[RedemptionRef]:
    """The redemptions bound to a checkout, newest first; at most one an instrument is live."""
    return _list(conn, store_id, _row.checkout_id == checkout_id)


def on_order(conn: Connection, store_id: int, order_id: str) -> list[RedemptionRef]:
    """The redemptions put on a draft order or consumed by an order, newest first."""
    return _list(conn, store_id, _row.order_id == order_id)


def of_member(
    conn: Connection, store_id: int, member_id: int, *, first: int, before: int | None = None
) -> list[RedemptionRef]:
    """A page of a member's redemptions, newest first; `before` is the id to go on from."""
    query = _ALL.where(_row.store_id == store_id, _row.member_id == member_id)
    if before is not None:
        query = query.where(_row.id < before)
    return _refs(conn.execute(query.order_by(_row.id.desc()).limit(first)).all())


def of_members(
    conn: Connection,
    store_id: int,
    member_ids: Sequence[int],
    *,
    first: int,
    before: int | None = None,
) -> list[RedemptionRef]:
    """A page of the redemptions of somebody who was several members, newest first."""
    query = _ALL.where(_row.store_id == store_id, _row.member_id.in_(member_ids))
    if before is not None:
        query = query.where(_row.id < before)
    return _refs(conn.execute(query.order_by(_row.id.desc()).limit(first)).all())


def live_of(conn: Connection, store_id: int, member_ids: Sequence[int]) -> list[RedemptionRef]:
    """The redemptions of members for which points are set aside, newest first."""
    return _list(conn, store_id, _row.member_id.in_(member_ids), _row.state.in_(LIVE_STATES))


def lock(conn: Connection, store_id: int, ids: Sequence[int]) -> list[RedemptionRef]:
    """Redemptions in the order of their ids, locked until the transaction ends."""
    if not ids:
        return []
    query = _ALL.where(_row.store_id == store_id, _row.id.in_(sorted(set(ids))))
    return _refs(conn.execute(query.order_by(_row.id).with_for_update()).all())


def due(conn: Connection, store_id: int, now: datetime, limit: int) -> list[int]:
    """The ids of redemptions to look at now, the longest due first, without those at work."""
    query = (
        sa.select(_row.id)
        .where(_row.store_id == store_id, _row.due_at <= now, _free(now))
        .order_by(_row.due_at, _row.id)
        .limit(limit)
    )
    return list(conn.execute(query).scalars())


def stores_with_due(conn: Connection, now: datetime) -> list[int]:
    """The ids of stores with redemptions to look at now."""
    query = sa.select(_row.store_id).where(_row.due_at <= now, _free(now)).distinct()
    return list(conn.execute(query.order_by(_row.store_id)).scalars())


def change(
    conn: Connection, redemption_id: int, fence: int | None, values: Mapping[str, Any]
) -> RedemptionRef | None:
    """Writes to a redemption; gives it as it is now, or None where the lease was lost.

    Args:
        fence: of the lease under which the caller works. None: the caller holds the row's lock and
            takes the redemption away from whoever works on it.
    """
    changes = _written(values)
    if fence is None:
        changes |= {"fence": _row.fence + 1, "leased_until": None}
    statement = sa.update(redemptions).where(_row.id == redemption_id).values(changes)
    if fence is not None:
        statement = statement.where(_row.fence == fence)
    return _ref(conn.execute(statement.returning(*_COLUMNS)).one_or_none())


def take_lease(
    conn: Connection, store_id: int, redemption_id: int, now: datetime
) -> RedemptionRef | None:
    """Takes a redemption for work; None where somebody living works on it."""
    return _ref(
        conn.execute(
            sa.update(redemptions)
            .where(_row.store_id == store_id, _row.id == redemption_id, _free(now))
            .values(fence=_row.fence + 1, leased_until=now + LEASE)
            .returning(*_COLUMNS)
        ).one_or_none()
    )


def finish(
    conn: Connection, held: RedemptionRef, values: Mapping[str, Any], *, due_at: datetime | None
) -> RedemptionRef | None:
    """Ends the work on a redemption, with what is left to write and when to look again.

    Who wished a look meanwhile (`wake`) gets it. None where the lease was lost.
    """
    woken = _row.due_at.is_distinct_from(held.due_at)
    later = sa.case(
        (woken, _row.due_at), else_=sa.bindparam("later", due_at, type_=_row.due_at.type)
    )
    return change(conn, held.id, held.fence, {**values, "leased_until": None, "due_at": later})


def wake(conn: Connection, store_id: int, ids: Sequence[int], now: datetime) -> None:
    """Has live redemptions looked at now; takes none away from whoever works on it."""
    conn.execute(
        sa.update(redemptions)
        .where(_row.store_id == store_id, _row.id.in_(list(ids)), _row.state.in_(LIVE_STATES))
        .values(due_at=now)
    )


def end_as(
    conn: Connection,
    store_id: int,
    redemption_id: int,
    ending: str,
    reason: Mapping[str, Any],
    now: datetime,
) -> RedemptionRef | None:
    """Says where a live redemption is to end, and has that done; None where that is settled.

    Args:
        ending: released, expired or failed.
    """
    return _ref(
        conn.execute(
            sa.update(redemptions)
            .where(
                _row.store_id == store_id,
                _row.id == redemption_id,
                _row.state.in_(LIVE_STATES),
                _row.ending == "",
            )
            .values(ending=ending, reason=dict(reason), due_at=now, attempts=0)
            .returning(*_COLUMNS)
        ).one_or_none()
    )


def _free(now: datetime) -> sa.ColumnElement[bool]:
    """Nobody works on it; a clock that was moved back would leave a lease in a far future."""
    return sa.or_(
        _row.leased_until.is_(None), _row.leased_until <= now, _row.leased_until > now + LEASE
    )


def _written(values: Mapping[str, Any]) -> dict[str, Any]:
    amount = values.get("amount")
    return {**values, "amount": str(amount)} if isinstance(amount, Decimal) else dict(values)


def _one(
    conn: Connection, store_id: int, *conditions: sa.ColumnElement[bool]
) -> RedemptionRef | None:
    return _ref(conn.execute(_ALL.where(_row.store_id == store_id, *conditions)).one_or_none())


def _list(
    conn: Connection, store_id: int, *conditions: sa.ColumnElement[bool]
) -> list[RedemptionRef]:
    query = _ALL.where(_row.store_id == store_id, *conditions).order_by(_row.id.desc())
    return _refs(conn.execute(query).all())


def _refs(rows: Sequence[sa.Row[Any]]) -> list[RedemptionRef]:
    return [found for row in rows if (found := _ref(row)) is not None]


def _ref(row: sa.Row[Any] | None) -> RedemptionRef | None:
    if row is None:
        return None
    return RedemptionRef(**{**row._mapping, "amount": Decimal(row.amount)})  # noqa: SLF001
