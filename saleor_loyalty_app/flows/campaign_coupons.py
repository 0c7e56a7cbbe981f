"""Coupons for the next order: a code of the member's own that comes with a paid order.

It comes once an order, whatever is seen of it afterwards, and goes unused when the order comes
back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from saleor_loyalty_app.campaigns import codes, repository, vouchers
from saleor_loyalty_app.campaigns.repository import CampaignRow
from saleor_loyalty_app.campaigns.terms import AfterOrder
from saleor_loyalty_app.flows.campaign_audience import candidates
from saleor_loyalty_app.orders.target import Kept
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.locale import usable_timezone
from saleor_loyalty_app.stores.refs import StoreRef

REFUNDED = "refund"


@dataclass(frozen=True, slots=True)
class Coupons:
    """What an order brought, and the campaigns that bring another coupon for it now."""

    held: Sequence[codes.CountedCode]
    due: Sequence[tuple[CampaignRow, AfterOrder]]

    @property
    def campaigns(self) -> set[int]:
        """The campaigns that are to be locked before anything is issued."""
        return {campaign.id for campaign, _ in self.due}


def coupons_of(
    conn: Connection,
    store: StoreRef,
    snapshot: OrderSnapshot,
    share: Kept,
    member_id: int | None,
    *,
    paid_at: datetime | None,
    fulfilled_at: datetime | None,
    seen_before: bool,
) -> Coupons:
    """What the order has brought, and what it brings by now; nothing is written.

    Args:
        member_id: of the owner; None where nobody gets anything for it.
    """
    held = _brought(conn, store, issue_key(snapshot.id)) if seen_before else []
    if paid_at is None or member_id is None or share.order <= 0:
        return Coupons(held, ())
    had, due = {one.campaign_id for one in held}, []
    for campaign in repository.covering(conn, store.id, snapshot.created, sharing="after_order"):
        terms = campaign.terms.codes.after_order if campaign.terms.codes is not None else None
        if terms is None or campaign.id in had:
            continue
        if terms.when == "fulfilled" and fulfilled_at is None:
            continue
        if campaign.terms.is_in(snapshot.channel.slug) and earned(terms, snapshot, share):
            due.append((campaign, terms))
    return Coupons(held, due)


def bring_coupons(
    conn: Connection,
    store: StoreRef,
    snapshot: OrderSnapshot,
    share: Kept,
    member_id: int | None,
    coupons: Coupons,
    *,
    now: datetime,
) -> None:
    """Issues what the order brings by now, and ends what it no longer brings.

    Args:
        coupons: as `coupons_of` gives them; their campaigns are locked in one order.
    """
    if coupons.held:
        _end_unearned(conn, store, snapshot, share, coupons.held, now)
    if member_id is None:
        return
    for campaign, terms in coupons.due:
        _issue(conn, store, campaign, terms, member_id, issue_key(snapshot.id), now)


def issue_key(order_id: str) -> str:
    """What the coupons of an order are issued for."""
    return f"order:{order_id}"


def earned(terms: AfterOrder, snapshot: OrderSnapshot, share: Kept) -> bool:
    """Whether what the customer kept of an order is enough for its coupon. Pure."""
    goods = sum((line.total_price.gross.amount for line in snapshot.lines), Decimal(0))
    least = terms.minimum.get(snapshot.channel.currency_code, Decimal(0))
    return share.order > 0 and Fraction(goods) * share.order >= Fraction(least)


def coupon_voucher(
    conn: Connection, store: StoreRef, campaign: CampaignRow, terms: AfterOrder, now: datetime
) -> vouchers.VoucherRow:
    """The voucher of the coupons that are issued today, which end together."""
    day = now.astimezone(ZoneInfo(usable_timezone(store.timezone))).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    return vouchers.need_voucher(
        conn,
        store.id,
        campaign.id,
        day.date().isoformat(),
        starts_at=day,
        ends_at=day + timedelta(days=terms.valid_days + 1),
    )


def _brought(conn: Connection, store: StoreRef, key: str) -> list[codes.CountedCode]:
    """The coupons of an order, with those that came in the place of used ones."""
    found = newest = codes.by_key(conn, store.id, key)
    while newest:
        keys = [codes.again_key(one) for one in newest if one.used]
        newest = [one for again in keys for one in codes.by_key(conn, store.id, again)]
        found = [*found, *newest]
    return found


def _end_unearned(
    conn: Connection,
    store: StoreRef,
    snapshot: OrderSnapshot,
    share: Kept,
    held: Sequence[codes.CountedCode],
    now: datetime,
) -> None:
    """Ends what the order does not bring any more.

    One that was used is left to Saleor as it is: the order made with it keeps its code. It only
    does not come again should that order come back, too.
    """
    live = [one for one in held if one.state in ("wanted", "open")]
    if not live:
        return
    behind = repository.by_ids(conn, store.id, {one.campaign_id for one in live})
    over = [one for one in live if not _still_earned(behind, one, snapshot, share)]
    if over:
        codes.to_end(conn, [one.id for one in over], REFUNDED, now=now)
        codes.ended(conn, [one.id for one in over if one.used])


def _still_earned(
    behind: Mapping[int, CampaignRow],
    code: codes.CodeRow,
    snapshot: OrderSnapshot,
    share: Kept,
) -> bool:
    said = behind[code.campaign_id].terms.codes
    if said is None or said.after_order is None:
        return share.order > 0
    return earned(said.after_order, snapshot, share)


def _issue(
    conn: Connection,
    store: StoreRef,
    campaign: CampaignRow,
    terms: AfterOrder,
    member_id: int,
    key: str,
    now: datetime,
) -> None:
    """Issues a coupon under the campaign's lock, so that it never comes after its end."""
    revision = revision_at(conn, store.id, now)
    program = None if revision is None else revision.program
    judged = candidates(conn, store, program, campaign.terms.audience.ready(), [member_id])
    if not judged or judged[0].why_not:
        return
    locked = repository.by_ids(conn, store.id, [campaign.id], lock=True)[campaign.id]
    if locked.ended_by_force:
        return
    voucher = coupon_voucher(conn, store, campaign, terms, now)
    codes.issue(conn, store.id, voucher, key, now=now, member_id=member_id)
