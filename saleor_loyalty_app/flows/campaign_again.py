"""A code of a member's own comes again where nothing was kept of the order that used it up.

Saleor never gives a code for one order back, whatever becomes of that order.
"""

from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.campaigns import codes, repository
from saleor_loyalty_app.campaigns.codes import CodeRow
from saleor_loyalty_app.flows.campaign_coupons import coupon_voucher
from saleor_loyalty_app.flows.campaign_turns import main_voucher
from saleor_loyalty_app.members.repository import surviving_member
from saleor_loyalty_app.stores.refs import StoreRef

_TEST = "test:"
#: Why a code that was used may have ended, and comes again all the same.
_OVER = ("", "time")
#: Why the one in its place ends: the order was kept after all.
KEPT = "kept"


def bring_again(
    conn: Connection, store: StoreRef, used: CodeRow, *, kept: bool, now: datetime
) -> None:
    """Issues a code in the place of one that an order has used up, once for each code.

    Should the order count again, it ends unused. A coupon is valid as long as a new one; a code of
    the audience as long as its campaign. What was revoked, or not earned any more, does not come.

    Args:
        used: the code of the order.
        kept: whether the customer kept anything of it.
    """
    if used.member_id is None or used.issue_key.startswith(_TEST):
        return
    key = codes.again_key(used)
    made = codes.by_key(conn, store.id, key)
    if kept:
        unused = [one.id for one in made if not one.used]
        if unused:
            codes.to_end(conn, unused, KEPT, now=now)
        return
    if made or used.ended_why not in _OVER:
        return
    member = surviving_member(conn, store.id, used.member_id)
    if member is None or member.state == "erased":
        return
    found = repository.by_ids(conn, store.id, [used.campaign_id], lock=True)
    campaign = found[used.campaign_id]
    terms = None if campaign.terms.codes is None else campaign.terms.codes.after_order
    if terms is not None and not campaign.ended_by_force:
        voucher = coupon_voucher(conn, store, campaign, terms, now)
    elif terms is None and campaign.is_open and campaign.ends_at > now:
        voucher = main_voucher(conn, campaign)
    else:
        return
    codes.issue(conn, store.id, voucher, key, now=now, member_id=used.member_id)
