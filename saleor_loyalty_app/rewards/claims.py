"""Claims of rewards as rows, and what they draw of stock and limits. Nothing here commits.

Whoever draws holds the member's account, so that a limit is never exceeded; a stock is counted up
in one row, where the last piece goes to one of two who want it at the same time.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.programs.rewards import (
    AT_ONCE_KINDS,
    RewardItem,
    item_to_store,
    stored_item,
)
from saleor_loyalty_app.rewards.models import (
    LIVE_STATES,
    Redemption,
    RewardClaim,
    RewardStock,
)

_claims, _stock, _redemptions = table(RewardClaim), table(RewardStock), table(Redemption)
_redemption = _redemptions.c
_row = _claims.c

REQUESTED, PREPARING, HANDED_OVER, REFUSED = "requested", "preparing", "handed_over", "refused"


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim as it was read; see `rewards.models.RewardClaim`."""

    id: int
    store_id: int
    redemption_id: int
    member_id: int
    reward_id: str
    kind: str
    item: Mapping[str, Any]
    state: str
    note: str
    claimed_at: datetime
    returned_at: datetime | None
    warned_at: datetime | None
    moved_at: datetime | None
    moved_by: str

    @property
    def reward(self) -> RewardItem:
        """The reward as it was when it was taken."""
        return stored_item(self.item)


_COLUMNS = tuple(_row[field.name] for field in fields(ClaimRow))
_ALL = sa.select(*_COLUMNS)


def add(
    conn: Connection,
    store_id: int,
    redemption_id: int,
    member_id: int,
    item: RewardItem,
    *,
    state: str,
    now: datetime,
) -> ClaimRow:
    """Writes a claim down; stock and limit are drawn by `draw_stock`, and by the row itself."""
    made = conn.execute(
        sa.insert(_claims)
        .values(
            store_id=store_id,
            redemption_id=redemption_id,
            member_id=member_id,
            reward_id=item.id,
            kind=item.gift.type,
            item=item_to_store(item),
            state=state,
            note="",
            claimed_at=now,
            moved_by="",
        )
        .returning(*_COLUMNS)
    ).one()
    return ClaimRow(*made)


def draw_stock(conn: Connection, store_id: int, reward_id: str, stock: int | None) -> bool:
    """Counts one more as taken; False where there is none left."""
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    new = make(_stock).values(store_id=store_id, reward_id=reward_id, drawn=0)
    conn.execute(new.on_conflict_do_nothing())
    statement = sa.update(_stock).where(
        _stock.c.store_id == store_id, _stock.c.reward_id == reward_id
    )
    if stock is not None:
        statement = statement.where(_stock.c.drawn < stock)
    counted = statement.values(drawn=_stock.c.drawn + 1).returning(_stock.c.drawn)
    return conn.execute(counted).one_or_none() is not None


def lock_stocks(conn: Connection, store_id: int, reward_ids: Collection[str]) -> None:
    """Locks the stocks of rewards in one order until the transaction ends."""
    ids = sorted(reward_ids)
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    rows = [{"store_id": store_id, "reward_id": one, "drawn": 0} for one in ids]
    conn.execute(make(_stock).values(rows).on_conflict_do_nothing())
    query = sa.select(_stock.c.drawn).where(
        _stock.c.store_id == store_id, _stock.c.reward_id.in_(ids)
    )
    conn.execute(query.order_by(_stock.c.reward_id).with_for_update())


def rewards_of(conn: Connection, redemption_ids: Collection[int]) -> set[str]:
    """The rewards that redemptions drew and did not give back yet, by id."""
    if not redemption_ids:
        return set()
    query = sa.select(_row.reward_id).where(
        _row.redemption_id.in_(list(redemption_ids)), _row.returned_at.is_(None)
    )
    return set(conn.execute(query.distinct()).scalars())


def give_back(conn: Connection, redemption_id: int, *, now: datetime) -> None:
    """What the claim of a redemption drew is free again; done before, or no claim, is nothing.

    The caller holds the redemption's row.
    """
    given = conn.execute(
        sa.update(_claims)
        .where(_row.redemption_id == redemption_id, _row.returned_at.is_(None))
        .values(returned_at=now)
        .returning(_row.store_id, _row.reward_id)
    ).one_or_none()
    if given is None:
        return
    conn.execute(
        sa.update(_stock)
        .where(
            _stock.c.store_id == given.store_id,
            _stock.c.reward_id == given.reward_id,
            _stock.c.drawn > 0,
        )
        .values(drawn=_stock.c.drawn - 1)
    )


def taken(
    conn: Connection,
    store_id: int,
    member_ids: Collection[int],
    since: Mapping[str, datetime | None],
) -> dict[str, int]:
    """How many of each reward somebody has taken since its period began; None = ever.

    Args:
        since: the rewards that are counted, by id.
    """
    rewards_of: dict[datetime | None, list[str]] = {}
    for reward_id, start in since.items():
        rewards_of.setdefault(start, []).append(reward_id)
    periods = [
        sa.and_(
            _row.reward_id.in_(rewards), sa.true() if start is None else _row.claimed_at >= start
        )
        for start, rewards in rewards_of.items()
    ]
    query = (
        sa.select(_row.reward_id, sa.func.count().label("times"))
        .where(
            _row.store_id == store_id,
            _row.member_id.in_(list(member_ids)),
            _row.returned_at.is_(None),
            sa.or_(sa.false(), *periods),
        )
        .group_by(_row.reward_id)
    )
    return {row.reward_id: int(row.times) for row in conn.execute(query)}


def drawn(conn: Connection, store_id: int) -> dict[str, int]:
    """How many of each reward are taken, by its id."""
    query = sa.select(_stock.c.reward_id, _stock.c.drawn).where(_stock.c.store_id == store_id)
    return {row.reward_id: int(row.drawn) for row in conn.execute(query)}


def of_redemption(conn: Connection, redemption_id: int) -> ClaimRow | None:
    """The claim of a redemption; None where points were spent for what they are worth."""
    row = conn.execute(_ALL.where(_row.redemption_id == redemption_id)).one_or_none()
    return None if row is None else ClaimRow(*row)


def _is_open(now: datetime) -> sa.ColumnElement[bool]:
    """A claim that has something left to be used, waited for or read, beside its redemption."""
    kept = sa.and_(_row.state == HANDED_OVER, _redemption.state == "consumed")
    return sa.or_(
        sa.and_(_redemption.state.in_(LIVE_STATES), _redemption.ending == ""),
        sa.and_(_row.kind == "invitation", kept),
        sa.and_(_row.kind == "early_access", kept, _redemption.deadline > now),
    )


def of_members(
    conn: Connection,
    store_id: int,
    member_ids: Sequence[int],
    *,
    first: int,
    before: int | None = None,
    open_at: datetime | None = None,
) -> list[ClaimRow]:
    """A page of the claims of somebody who was several members, newest first.

    Args:
        open_at: those alone that can be used or are waited for then, and invitations to be read.
    """
    query = _ALL.where(_row.store_id == store_id, _row.member_id.in_(list(member_ids)))
    if open_at is not None:
        query = query.join(_redemptions, _redemption.id == _row.redemption_id)
        query = query.where(_is_open(open_at))
    if before is not None:
        query = query.where(_row.id < before)
    rows = conn.execute(query.order_by(_row.id.desc()).limit(first))
    return [ClaimRow(*row) for row in rows]


def accesses_of(
    conn: Connection, store_id: int, member_ids: Sequence[int], *, now: datetime
) -> frozenset[str]:
    """The rewards, by id, that let somebody buy what is kept back."""
    query = _accesses(store_id, now).where(_row.member_id.in_(list(member_ids)))
    return frozenset(conn.execute(query).scalars())


def accesses_in_force(
    conn: Connection, store_id: int, reward_ids: Collection[str], *, now: datetime
) -> frozenset[str]:
    """Those of these rewards, by id, that let anybody of a store buy what is kept back."""
    query = _accesses(store_id, now).where(_row.reward_id.in_(sorted(reward_ids))).distinct()
    return frozenset(conn.execute(query).scalars())


def _accesses(store_id: int, now: datetime) -> sa.Select[Any]:
    return (
        sa.select(_row.reward_id)
        .join(_redemptions, _redemption.id == _row.redemption_id)
        .where(
            _row.store_id == store_id,
            _row.kind == "early_access",
            _row.state == HANDED_OVER,
            _redemption.deadline > now,
        )
    )


def to_hand_over(
    conn: Connection, store_id: int, states: Sequence[str], *, first: int, after: int | None = None
) -> list[ClaimRow]:
    """A page of what staff hand over, oldest first; what ended otherwise is left out.

    Invitations and early access are handed over by being taken: they are among what is done, to be
    taken back.
    """
    query = (
        _ALL.join(_redemptions, _redemption.id == _row.redemption_id)
        .where(
            _row.store_id == store_id,
            _row.kind.in_(["custom", *AT_ONCE_KINDS]),
            _row.state.in_(list(states)),
        )
        .where(
            sa.or_(
                _row.state.in_([HANDED_OVER, REFUSED]),
                sa.and_(_redemption.state.in_(["held", "issued"]), _redemption.ending == ""),
            )
        )
    )
    if after is not None:
        query = query.where(_row.id > after)
    rows = conn.execute(query.order_by(_row.id).limit(first))
    return [ClaimRow(*row) for row in rows]


def change(conn: Connection, claim_id: int, **values: Any) -> ClaimRow:
    """Writes to a claim; the caller holds its redemption."""
    changed = conn.execute(
        sa.update(_claims).where(_row.id == claim_id).values(**values).returning(*_COLUMNS)
    ).one()
    return ClaimRow(*changed)


def forget_notes(conn: Connection, store_id: int, member_ids: Collection[int]) -> None:
    """What staff wrote about the claims of members goes; the claims stay as figures."""
    conn.execute(
        sa.update(_claims)
        .where(_row.store_id == store_id, _row.member_id.in_(list(member_ids)))
        .values(note="")
    )


@dataclass(frozen=True, slots=True)
class Ending:
    """A code that was not used and whose time is nearly over; what it is for is not read yet."""

    claim_id: int
    redemption_id: int
    public_id: str


def about_to_end(
    conn: Connection,
    store_id: int,
    *,
    now: datetime,
    until: datetime,
    held_since: datetime,
    limit: int,
) -> list[Ending]:
    """Codes not used whose time is over before `until`, the oldest first.

    Args:
        held_since: those that were made later are left out: their member was told just now.
    """
    query = (
        sa.select(_row.id, _row.redemption_id, _redemption.public_id)
        .join(_redemptions, _redemption.id == _row.redemption_id)
        .where(
            _row.store_id == store_id,
            _row.warned_at.is_(None),
            _row.state == "",
            # Of codes that were handed out, also those that lie in a cart somebody left.
            _redemption.state.in_(["issued", "attached"]),
            _redemption.before.is_(sa.null()),
            _redemption.ending == "",
            _redemption.deadline > now,
            _redemption.deadline <= until,
            _redemption.issued_at <= held_since,
        )
        .order_by(_row.id)
        .limit(limit)
    )
    return [Ending(*row) for row in conn.execute(query)]
