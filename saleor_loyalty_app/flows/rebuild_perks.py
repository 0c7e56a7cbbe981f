"""Which order and rule gave a reward whose voucher is all that is left of it after a restore."""

from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.orders import repository
from saleor_loyalty_app.programs import perk_rows
from saleor_loyalty_app.programs.perk_rows import GIVEN, KEPT
from saleor_loyalty_app.rewards import redemptions
from saleor_loyalty_app.rewards.lost_redemptions import LostRedemption
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.stores.refs import StoreRef

#: Why a code ended that was given a second time, as the books had lost the first.
GIVEN_TWICE = "given_twice"


def lock_order_of(conn: Connection, store: StoreRef, lost: LostRedemption) -> None:
    """Locks the order for which a rule gave it, if the books know it, before anything else."""
    if lost.perk:
        repository.lock_orders(conn, store.id, [_parts(lost)[1]])


def note_perk(
    conn: Connection,
    store: StoreRef,
    lost: LostRedemption,
    rebuilt: RedemptionRef,
    *,
    now: datetime,
) -> None:
    """Writes down what the order brought, so that its next look gives nothing more for it.

    Where it was looked at before and brought another, the one that nobody used ends.
    """
    rule_id, order_id = _parts(lost)
    row = perk_rows.need(
        conn,
        store.id,
        f"order:{order_id}",
        rule_id,
        kind="issue_reward",
        member_id=rebuilt.member_id,
        now=now,
    )
    other = redemptions.by_public_id(conn, store.id, str(row.detail.get("redemption", "")))
    stands = other is not None and (other.is_live or other.is_spent)
    reason = {"code": GIVEN_TWICE}
    if other is not None and stands and row.state in (GIVEN, KEPT):
        if other.is_spent:
            redemptions.end_as(conn, store.id, rebuilt.id, "released", reason, now)
            return
        redemptions.end_as(conn, store.id, other.id, "released", reason, now)
    perk_rows.change(
        conn,
        row.id,
        now=now,
        state=GIVEN,
        member_id=rebuilt.member_id,
        detail={"redemption": rebuilt.public_id},
        turns=max(row.turns, 1),
    )


def _parts(lost: LostRedemption) -> tuple[str, str]:
    rule_id, _, order_id = lost.perk.partition(":")
    return rule_id, order_id
