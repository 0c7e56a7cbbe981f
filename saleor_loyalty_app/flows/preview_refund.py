"""What a refund would do to a customer's points, told before anybody refunds. Only reads.

It is what `converge_order` does when it looks at the order afterwards: the same share that is
kept, the same targets, the same refund policy.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.ledger import Account, RefundPolicy
from saleor_loyalty_app.members.repository import member_by_id
from saleor_loyalty_app.orders.repository import units_of
from saleor_loyalty_app.orders.target import Kept, kept_after, targets
from saleor_loyalty_app.orders.views import order_view
from saleor_loyalty_app.rewards import redemptions, use_records
from saleor_loyalty_app.rewards.kept_gift import kept_share
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.rewards.restoring import to_restore
from saleor_loyalty_app.rewards.uses import CHARGED, bearer_of, settle
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef

UNIT = "points"


@dataclass(frozen=True, slots=True)
class RefundPreview:
    """In whole points: what is taken back, what of it is forgiven by policy, what comes back.

    `takes_back` is without what is `forgiven`.
    """

    takes_back: int
    forgiven: int
    restores: int


def preview_refund(
    conn: Connection,
    store: StoreRef,
    snapshot: OrderSnapshot,
    units: Mapping[str, int],
    *,
    now: datetime,
) -> RefundPreview:
    """What would happen if these units of each line were refunded at their price."""
    share = kept_after(snapshot, units)
    taken = forgiven = 0
    book = order_view(conn, store.id, snapshot.id)
    plan = book.award_plan if book is not None else None
    if book is not None and plan is not None and book.member_id is not None:
        wanted = {} if book.withheld else targets(plan, share)
        policy = RefundPolicy(plan.terms.refund_policy)
        for key, row in units_of(conn, book.id).items():
            surplus = row.booked - row.waived - wanted.get(key, 0)
            if row.unit != UNIT or surplus <= 0:
                continue
            posted = ledger.would_reverse(
                conn,
                Account(store.id, book.member_id, row.unit),
                surplus,
                source=f"order:{snapshot.id}",
                part=row.part,
                now=now,
                policy=policy,
            )
            taken += posted
            forgiven += surplus - posted
    restores = sum(
        _restored(conn, redemption, snapshot, share)
        for redemption in redemptions_of_order(conn, store.id, snapshot.id)
    )
    return RefundPreview(taken, forgiven, restores)


def redemptions_of_order(conn: Connection, store_id: int, order_id: str) -> list[RedemptionRef]:
    """The redemptions whose codes an order used, oldest first."""
    found = (
        redemptions.by_id(conn, store_id, redemption_id)
        for redemption_id in use_records.of_order(conn, store_id, order_id)
    )
    return [one for one in found if one is not None]


def _restored(
    conn: Connection, redemption: RedemptionRef, snapshot: OrderSnapshot, share: Kept
) -> int:
    """What comes back of a redemption once only `share` of the order is kept."""
    owner = member_by_id(conn, redemption.store_id, redemption.member_id)
    if owner is None or owner.state == "erased":
        return 0
    rows = use_records.of_redemption(conn, redemption.id)
    kept = kept_share(redemption.terms, snapshot, share.units, share.order)
    rows[snapshot.id] = replace(rows[snapshot.id], kept=kept)
    bearer = bearer_of(list(settle([row.use for row in rows.values()]).values()))
    points = 0
    if bearer is not None and redemption.redeem_entry_id is not None:
        points += to_restore(redemption.points, redemption.restored, bearer.kept)
    return points + sum(
        to_restore(redemption.points, row.restored, row.kept)
        for row in rows.values()
        if row.state == CHARGED
    )
