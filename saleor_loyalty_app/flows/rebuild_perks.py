"""Which rule gave a reward, and for what, where its voucher is all that is left of it."""

from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.flows.perk_work import surviving_id
from saleor_loyalty_app.orders import repository
from saleor_loyalty_app.programs import perk_rows
from saleor_loyalty_app.programs.deed_awards import deed_named, perk_source
from saleor_loyalty_app.programs.perk_rows import GIVEN, KEPT
from saleor_loyalty_app.rewards import redemptions
from saleor_loyalty_app.rewards.lost_redemptions import LostRedemption
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.stores.refs import StoreRef

#: Why a code ended that was given a second time, as the books had lost the first.
GIVEN_TWICE = "given_twice"


def lock_order_of(conn: Connection, store: StoreRef, lost: LostRedemption) -> None:
    """Locks the order for which a rule gave it, if the books know it, before anything else."""
    if lost.perk and deed_named(_parts(lost)[1]) is None:
        repository.lock_orders(conn, store.id, [_parts(lost)[1]])


def note_perk(
    conn: Connection,
    store: StoreRef,
    lost: LostRedemption,
    rebuilt: RedemptionRef,
    *,
    now: datetime,
) -> None:
    """Writes down what an order or a deed brought, so that it brings nothing more.

    Where it was looked at before and brought another, the one that nobody used ends.
    """
    rule_id, given_for = _parts(lost)
    deed = deed_named(given_for)
    source = f"order:{given_for}" if deed is None else given_for
    if deed is not None and surviving_id(conn, store, deed[0]) != rebuilt.member_id:
        # The number of a member who came after the backup is somebody else's by now.
        source = perk_source(rebuilt.member_id, deed[1])
    row = perk_rows.need(
        conn,
        store.id,
        source,
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
    """The rule, and the order's id or the deed's source."""
    rule_id, _, given_for = lost.perk.partition(":")
    return rule_id, given_for
