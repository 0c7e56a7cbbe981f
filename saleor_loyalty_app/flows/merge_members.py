"""Two members who are one person become one: what would move, and moving it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.adjustments import repository as adjustments
from saleor_loyalty_app.bonuses import answers, birthdays
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.give_points import Agent, require_other
from saleor_loyalty_app.goodwill import prompts
from saleor_loyalty_app.ledger import Account, BalanceView, Cause
from saleor_loyalty_app.ledger.models import Balance
from saleor_loyalty_app.members import notes
from saleor_loyalty_app.members import repository as members
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.errors import (
    MemberErased,
    MemberNotFound,
    MergeIntoGuest,
    MergeWithItself,
    WrongMemberState,
)
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.orders import repository as orders
from saleor_loyalty_app.rewards import redemptions
from saleor_loyalty_app.stores import staff_actions
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers.looks import look_again

_balances = table(Balance)


@dataclass(frozen=True, slots=True)
class Merging:
    """What a merge moves from `loser` to `winner`, or moved.

    Attributes:
        balances: of the loser, by unit.
        orders: the loser's, whose later refunds count against the winner from then on.
        redemptions: the loser's that are on their way.
        has_account: shoppers who sign in to the loser's account reach the winner.
    """

    loser: int
    winner: int
    balances: Mapping[str, BalanceView]
    orders: int
    redemptions: int
    notes: int
    has_account: bool


def preview_merge(
    conn: Connection, store: StoreRef, loser_id: int, winner_id: int, *, now: datetime
) -> Merging:
    """What `merge_members` would move now. Nothing is written.

    Raises:
        What `merge_members` raises of the two.
    """
    loser, winner = _survivor(conn, store, loser_id), _survivor(conn, store, winner_id)
    _require_fit(loser, winner)
    return _described(conn, store, loser, winner, now)


def merge_members(
    conn: Connection,
    store: StoreRef,
    loser_id: int,
    winner_id: int,
    agent: Agent,
    *,
    keys: EmailKeys,
    now: datetime,
) -> Merging:
    """Moves everything of one member to another, for good.

    Lots go over with their dates, holds and debt too; blocks of either stay in force. The loser's
    account and address lead to the winner from then on, and its entries stay where they were
    posted.

    Raises:
        MemberNotFound, MemberErased: one of them is not there any more.
        MergeWithItself: both are one already.
        MergeIntoGuest: it has to go the other way round.
        WrongMemberState: the winner left the program.
        OwnAccount: one of them is the agent.
    """
    loser_id, winner_id = _survivor_id(conn, store, loser_id), _survivor_id(conn, store, winner_id)
    if loser_id == winner_id:
        raise MergeWithItself
    moving = preview_merge(conn, store, loser_id, winner_id, now=now)
    orders.hand_over(conn, store.id, giver=loser_id, taker=winner_id)
    locked = members.lock_members(conn, store.id, [loser_id, winner_id])
    loser, winner = locked[loser_id], locked[winner_id]
    if loser.merged_into is not None or winner.merged_into is not None:
        raise MergeWithItself
    _require_fit(loser, winner)
    for one in (loser, winner):
        require_other(conn, store, one, agent, keys)
    ledger.merge_accounts(
        conn,
        store.id,
        loser.id,
        winner.id,
        cause=Cause(
            source=f"member:{loser.id}",
            part="points",
            actor=agent.actor,
            reason={"code": "merged"},
        ),
        key=f"merge:{loser.id}:{winner.id}",
        now=now,
    )
    notes.hand_over(conn, store.id, giver=loser.id, taker=winner.id)
    adjustments.hand_over(conn, store.id, giver=loser.id, taker=winner.id)
    prompts.hand_over(conn, store.id, giver=loser.id, taker=winner.id)
    birthdays.hand_over(conn, store.id, giver=loser.id, taker=winner.id)
    answers.hand_over(conn, store.id, giver=loser.id, taker=winner.id)
    members.point_to(conn, store.id, giver=loser.id, taker=winner.id)
    members.update_member(conn, store.id, loser.id, merged_into=winner.id)
    members.update_member(conn, store.id, winner.id, **_joined(loser, winner))
    look_again(conn, store.id, (winner.id,))
    staff_actions.note(
        conn,
        store.id,
        actor=agent.actor,
        kind="members_merged",
        subject=f"member:{winner.id}",
        before={"members": [loser.id, winner.id]},
        after={"points": {unit: held.total for unit, held in moving.balances.items()}},
        now=now,
    )
    return moving


def _joined(loser: MemberRef, winner: MemberRef) -> dict[str, object]:
    first = [at for at in (loser.first_enrolled_at, winner.first_enrolled_at) if at is not None]
    return {
        "spending_blocked": winner.spending_blocked or loser.spending_blocked,
        "earning_blocked": winner.earning_blocked or loser.earning_blocked,
        "codes_blocked": winner.codes_blocked or loser.codes_blocked,
        "first_enrolled_at": min(first, default=None),
    }


def _require_fit(loser: MemberRef, winner: MemberRef) -> None:
    if loser.id == winner.id:
        raise MergeWithItself
    if "erased" in (loser.state, winner.state):
        raise MemberErased
    if winner.is_guest and not loser.is_guest:
        raise MergeIntoGuest
    if winner.state == "left":
        raise WrongMemberState(state=winner.state)


def _described(
    conn: Connection, store: StoreRef, loser: MemberRef, winner: MemberRef, now: datetime
) -> Merging:
    units = conn.execute(
        sa.select(_balances.c.unit)
        .where(_balances.c.store_id == store.id, _balances.c.member_id == loser.id)
        .order_by(_balances.c.unit)
    ).scalars()
    everybody = [loser.id, *members.merged_members(conn, store.id, loser.id)]
    return Merging(
        loser=loser.id,
        winner=winner.id,
        balances={
            unit: ledger.balance(conn, Account(store.id, loser.id, unit), now=now)
            for unit in units.all()
        },
        orders=orders.count_of(conn, store.id, loser.id),
        redemptions=len(redemptions.live_of(conn, store.id, everybody)),
        notes=len(notes.notes_of(conn, store.id, loser.id)),
        has_account=loser.user_id is not None,
    )


def _survivor(conn: Connection, store: StoreRef, member_id: int) -> MemberRef:
    found = members.member_by_id(conn, store.id, member_id)
    if found is not None and found.merged_into is not None:
        found = members.member_by_id(conn, store.id, found.merged_into)
    if found is None:
        raise MemberNotFound
    return found


def _survivor_id(conn: Connection, store: StoreRef, member_id: int) -> int:
    return _survivor(conn, store, member_id).id
