"""What one look at an order means for campaigns: what they cost, and coupons for the next order.

A look sets what it finds, whatever the look before found: orders in any order, seen once or ten
times, end in the same totals. Refunds give back to budgets.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.campaigns import codes, marks, repository, spending
from saleor_loyalty_app.campaigns.codes import CodeRow
from saleor_loyalty_app.campaigns.errors import CampaignUnknown
from saleor_loyalty_app.campaigns.repository import CampaignRow
from saleor_loyalty_app.campaigns.spending import OfOrder, Use
from saleor_loyalty_app.flows.campaign_again import bring_again
from saleor_loyalty_app.flows.campaign_budget import act_on_budget
from saleor_loyalty_app.flows.campaign_coupons import bring_coupons, coupons_of
from saleor_loyalty_app.flows.campaign_lost_codes import lost_code
from saleor_loyalty_app.orders.plan import AwardPlan
from saleor_loyalty_app.orders.target import Kept, kept_awards
from saleor_loyalty_app.programs.boosts import RULE_PREFIX, added_by
from saleor_loyalty_app.programs.caps import whole
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef

#: An order that is no order yet uses nothing up.
_NOT_YET = "DRAFT"


@dataclass(frozen=True, slots=True)
class OrderLook:
    """One look at an order, as far as campaigns are concerned.

    `withheld`: its owner earns nothing for it. `seen_before`: this is not the first look.
    """

    snapshot: OrderSnapshot
    share: Kept
    plan: AwardPlan | None
    member_id: int | None
    withheld: bool
    paid_at: datetime | None
    fulfilled_at: datetime | None
    seen_before: bool


def note_campaigns(conn: Connection, store: StoreRef, look: OrderLook, *, now: datetime) -> None:
    """Counts what campaigns did to the order, lets budgets act, and brings or ends codes."""
    snapshot = look.snapshot
    if snapshot.status == _NOT_YET or (look.plan is not None and look.plan.imported):
        return
    if not repository.has_any(conn, store.id):
        return
    used = _money_used(conn, store, look)
    points = {} if look.withheld else boosted_points(look.plan, look.share)
    changes = _Changes({}, {})
    if used or points or look.seen_before:
        changes = _changes_of(conn, store, look, used, points)
    owner, kept = None if look.withheld else look.member_id, look.share.order > 0
    coupons = coupons_of(
        conn,
        store,
        snapshot,
        look.share,
        owner,
        paid_at=look.paid_at,
        fulfilled_at=look.fulfilled_at,
        seen_before=look.seen_before,
    )
    wanted = {*changes.after, *coupons.campaigns} | (set() if kept else {*used})
    if len(wanted) > 1:
        repository.by_ids(conn, store.id, wanted, lock=True)
    _count(conn, store, look, changes, now)
    for code, _ in used.values():
        if code is not None:
            bring_again(conn, store, code, kept=kept, now=now)
    bring_coupons(conn, store, snapshot, look.share, owner, coupons, now=now)


def boosted_points(plan: AwardPlan | None, share: Kept) -> dict[str, int]:
    """Whole points that campaigns added to what an order has now, by public id. Pure.

    Points begun are drawn as whole ones, so that no sum of orders exceeds a budget.
    """
    if plan is None:
        return {}
    added = added_by(kept_awards(plan, share))
    return {
        rule_id.removeprefix(RULE_PREFIX): whole(points)
        for rule_id, points in added.items()
        if points > 0
    }


def _money_used(
    conn: Connection, store: StoreRef, look: OrderLook
) -> dict[int, tuple[CodeRow | None, int | None]]:
    """The campaign behind the order's voucher, with its code and the money that counts now."""
    snapshot = look.snapshot
    discounts = snapshot.discounts or ()
    money = marks.money_off(discounts)
    kept = None if money is None else int(money * look.share.order)
    if snapshot.voucher_code:
        code = codes.by_text(conn, store.id, snapshot.voucher_code, at=snapshot.created)
        if code is not None:
            return {code.campaign_id: (code, kept)}
    named = marks.named_in(discounts)
    if named is None:
        return {}
    try:
        campaign = repository.get(conn, store.id, named)
    except CampaignUnknown:
        return {}
    lost = (
        lost_code(conn, campaign, snapshot.voucher_code, look.member_id)
        if snapshot.voucher_code
        else None
    )
    return {campaign.id: (lost, kept)}


@dataclass(frozen=True, slots=True)
class _Changes:
    """What campaigns did to an order by the look before, and what they did to it now if more."""

    before: Mapping[int, Use]
    after: Mapping[int, Use]


def _changes_of(
    conn: Connection,
    store: StoreRef,
    look: OrderLook,
    used: Mapping[int, tuple[CodeRow | None, int | None]],
    points: Mapping[str, int],
) -> _Changes:
    before = spending.uses_of_order(conn, store.id, look.snapshot.id)
    by_public = repository.ids_of(conn, store.id, points) if points else {}
    wanted: dict[int, Use] = {one: Use() for one in before}
    for campaign_id, (code, money) in used.items():
        known = before.get(campaign_id, Use())
        wanted[campaign_id] = Use(
            known.code_id if code is None else code.id,
            known.money_milli if money is None else money,
        )
    for public_id, campaign_id in by_public.items():
        taken = wanted.get(campaign_id, Use())
        wanted[campaign_id] = Use(taken.code_id, taken.money_milli, points[public_id])
    return _Changes(before, {one: use for one, use in wanted.items() if before.get(one) != use})


def _count(
    conn: Connection, store: StoreRef, look: OrderLook, changes: _Changes, now: datetime
) -> None:
    snapshot, changed = look.snapshot, changes.after
    if not changed:
        return
    order = OfOrder(
        snapshot.id,
        snapshot.number,
        look.member_id,
        snapshot.channel.currency_code,
        snapshot.created,
    )
    for campaign_id, campaign in repository.by_ids(conn, store.id, changed, lock=True).items():
        spending.set_use(
            conn,
            store.id,
            campaign_id,
            order,
            changes.before.get(campaign_id),
            changed[campaign_id],
            late=_is_late(campaign, snapshot.created),
        )
        act_on_budget(conn, store, campaign_id, now=now)


def _is_late(campaign: CampaignRow, ordered_at: datetime) -> bool:
    """Whether an order was made although the campaign had been ended before its time."""
    ended_at = campaign.ended_at
    return campaign.ended_by_force and ended_at is not None and ordered_at >= ended_at
