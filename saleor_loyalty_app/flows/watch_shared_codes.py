"""Whether Saleor still has the shared codes of campaigns, as staff may end them there.

Nothing is changed in Saleor: the owner is told, and shoppers are not shown what does nothing.
"""

from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.campaigns import repository, shared_codes, vouchers
from saleor_loyalty_app.campaigns import saleor_voucher as said
from saleor_loyalty_app.campaigns.codes import CodeRow
from saleor_loyalty_app.campaigns.repository import CampaignRow
from saleor_loyalty_app.campaigns.saleor_voucher import SeenVoucher
from saleor_loyalty_app.campaigns.vouchers import DIFFERS, ENDED, MAIN, VoucherRow
from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.flows.campaign_saleor import Desk, no_trouble, trouble, voucher_with
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.stores.refs import StoreRef


def watch_shared_codes(access: StoreAccess, store: StoreRef, *, clock: Clock) -> bool:
    """Looks at each shared code that campaigns have out, with a network call for each.

    Gives False: all were looked at.

    Raises:
        SaleorUnavailable and the like: what was seen is noted.
    """
    desk = Desk(access, store, clock)
    for campaign, voucher, code in desk.read(lambda conn: _out(conn, store, clock())):
        seen = voucher_with(desk, code.code)
        if voucher.adopted:
            _compare(desk, campaign, voucher, seen)
        else:
            _note(desk, campaign, voucher, works=_works(campaign, seen, clock()))
    return False


def _out(
    conn: Connection, store: StoreRef, now: datetime
) -> list[tuple[CampaignRow, VoucherRow, CodeRow]]:
    """Campaigns whose shared code Saleor was given, and that are in their time."""
    found = []
    for campaign in repository.covering(conn, store.id, now, sharing="shared"):
        code = shared_codes.shared_of(conn, store.id, campaign.id)
        main = [one for one in vouchers.vouchers_of(conn, campaign.id) if one.batch == MAIN]
        if code is not None and code.state == "open" and main and main[0].told:
            found.append((campaign, main[0], code))
    return found


def _works(campaign: CampaignRow, seen: SeenVoucher | None, now: datetime) -> bool:
    """Whether a voucher of ours does something now. Pure."""
    if seen is None or not seen.is_of(campaign.public_id):
        return False
    return seen.ends_at is None or seen.ends_at > now


def _note(desk: Desk, campaign: CampaignRow, voucher: VoucherRow, *, works: bool) -> None:
    if not works and campaign.trouble != ENDED:
        trouble(desk, campaign, voucher, ENDED)
    elif works and campaign.trouble == ENDED:
        _lift(desk, campaign, voucher)


def _compare(
    desk: Desk, campaign: CampaignRow, voucher: VoucherRow, seen: SeenVoucher | None
) -> None:
    """The owner's own voucher is to be what the campaign says."""
    differs = (
        [said.GONE]
        if seen is None or seen.id != voucher.voucher_id
        else said.differences(campaign, voucher, seen, desk.clock())
    )
    if differs and (campaign.trouble, campaign.differs) != (DIFFERS, differs):
        trouble(desk, campaign, voucher, DIFFERS, differs=differs)
    elif not differs and campaign.trouble == DIFFERS:
        _lift(desk, campaign, voucher)


def _lift(desk: Desk, campaign: CampaignRow, voucher: VoucherRow) -> None:
    """What was wrong is not any more, unless something else is by now."""

    def write(conn: Connection) -> None:
        locked = repository.by_ids(conn, desk.store.id, [campaign.id], lock=True)[campaign.id]
        if locked.trouble == campaign.trouble:
            no_trouble(conn, locked, voucher)

    desk.write(write)
