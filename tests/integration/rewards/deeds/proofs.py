"""What is true of the books and of the store after each deed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.ledger.models import Allocation, Entry, Hold, Lot
from saleor_loyalty_app.rewards.models import RedemptionUse
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from tests.audited import drifts_of
from tests.redemption_stage import Stage

_entries, _holds, _lots = table(Entry), table(Hold), table(Lot)
_allocations, _uses = table(Allocation), table(RedemptionUse)
_HOLD_OF = {"consumed": "captured", "restored": "captured"}
ENDED = ("released", "expired", "failed")

Row = sa.Row[Any]


@dataclass
class Books:
    """What was seen of the books before: until when the points of each lot are good."""

    expiries: dict[int, datetime | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Rows:
    """The rows of a store."""

    entries: Sequence[Row]
    holds: Mapping[int, Row]
    lots: Mapping[int, Row]
    taken: Mapping[int, Sequence[Row]]
    spent: Mapping[int, Sequence[Row]]
    uses: Mapping[int, Sequence[Row]]


def rows_of(stage: Stage) -> Rows:
    """The rows of a store, read at once."""
    store = stage.store.id

    def read(conn: Connection) -> Rows:
        def of_store(one: sa.Table) -> Sequence[Row]:
            query = sa.select(one).where(one.c.store_id == store).order_by(one.c.id)
            return conn.execute(query).all()

        holds = {row.id: row for row in of_store(_holds)}
        lots = {row.id: row for row in of_store(_lots)}
        query = sa.select(_allocations).where(_allocations.c.lot_id.in_(list(lots)))
        taken, spent, uses = (defaultdict[int, list[Row]](list) for _ in range(3))
        for row in conn.execute(query.order_by(_allocations.c.id)):
            (taken if row.entry_id is None else spent)[row.entry_id or row.hold_id].append(row)
        for row in of_store(_uses):
            uses[row.redemption_id].append(row)
        return Rows(of_store(_entries), holds, lots, taken, spent, uses)

    return stage.database.read(read)


def prove_books(stage: Stage, known: Sequence[RedemptionRef], books: Books) -> None:
    """The books add up, and say of every redemption what its row says.

    Raises:
        AssertionError: they do not.
    """
    now = stage.now
    stage.database.write(lambda conn: ledger.settle_page(conn, stage.store.id, now=now, limit=100))
    rows = rows_of(stage)
    _prove_sums(stage, known, rows)
    _prove_expiries(rows, books)
    for redemption in known:
        _prove_hold(redemption, rows)
        _prove_entries(redemption, rows)
        if redemption.state in ENDED:
            prove_dead(stage, redemption)
    live = {one.hold_id for one in known if one.is_live}
    assert {row.id for row in rows.holds.values() if row.state == "open"} == live


def prove_audit(stage: Stage) -> None:
    """The ledger finds no drift."""
    assert stage.database.read(lambda conn: drifts_of(conn, stage.store.id)) == []


def prove_dead(stage: Stage, redemption: RedemptionRef) -> None:
    """An ended code opens nothing, and is not on its own cart."""
    voucher = stage.voucher(redemption)
    channels = stage.box.store.channels.values()
    channel = next(one for one in channels if one.slug == redemption.channel)
    assert voucher is None or not voucher.is_active_in(channel, stage.now)


def _prove_sums(stage: Stage, known: Sequence[RedemptionRef], rows: Rows) -> None:
    """Available, pending and held, less debts, are all that was ever posted."""
    for email, member in stage.members.items():
        view = stage.balance(email)
        mine = [row for row in rows.entries if row.member_id == member]
        assert view.total == sum(row.amount for row in mine)
        assert view.held == sum(
            one.points for one in known if one.is_live and one.member_id == member
        )
        spent = sum(
            one.points - one.restored
            for one in known
            if one.redeem_entry_id is not None and one.member_id == member
        )
        charged = sum(
            one.points - use.restored
            for one in known
            if one.member_id == member
            for use in rows.uses[one.id]
            if use.state == "charged"
        )
        others = sum(row.amount for row in mine if not row.source.startswith("redemption:"))
        assert view.total == others - spent - charged


def _prove_expiries(rows: Rows, books: Books) -> None:
    """Points never expire earlier than they did: not in their lot, nor in one that follows it."""
    for lot in rows.lots.values():
        if lot.id in books.expiries:
            assert _not_earlier(lot.expires_at, books.expiries[lot.id])
        elif lot.follows is not None:
            assert _not_earlier(lot.expires_at, rows.lots[lot.follows].expires_at)
        books.expiries[lot.id] = lot.expires_at


def _not_earlier(new: datetime | None, old: datetime | None) -> bool:
    return new is None or (old is not None and new >= old)


def _prove_hold(redemption: RedemptionRef, rows: Rows) -> None:
    """What is live is held; what ended is back in the lots that it came from."""
    assert redemption.hold_id is not None
    hold, taken = rows.holds[redemption.hold_id], rows.taken[redemption.hold_id]
    expected = "open" if redemption.is_live else _HOLD_OF.get(redemption.state, "released")
    assert (hold.state, hold.amount) == (expected, redemption.points)
    assert sum(row.amount for row in taken) == redemption.points
    back = redemption.points if expected == "released" else 0
    assert sum(row.returned for row in taken) == back


def _prove_entries(redemption: RedemptionRef, rows: Rows) -> None:
    """Spent once at most, by one entry; what came back is what the row says."""
    prefix = f"redemption:{redemption.public_id}"
    mine = [row for row in rows.entries if row.source == prefix]
    captures = [row for row in mine if row.idempotency_key == f"{prefix}:capture"]
    restores = [row for row in mine if row.idempotency_key.startswith(f"{prefix}:restore:")]
    spent = redemption.state in ("consumed", "restored")
    assert [row.amount for row in captures] == [-redemption.points] * spent
    assert [row.id for row in captures] == [redemption.redeem_entry_id] * spent
    assert sum(row.amount for row in restores) == redemption.restored <= redemption.points
    assert len(restores) == redemption.restorings
    if spent:
        lots = rows.spent[captures[0].id]
        assert sum(row.amount for row in lots) == redemption.points
        assert sum(row.returned for row in lots) == redemption.restored
