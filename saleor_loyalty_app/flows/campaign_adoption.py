"""A shared code that is in Saleor already: left over by a campaign of ours, or the owner's own."""

from sqlalchemy import Connection

from saleor_loyalty_app.campaigns import codes, repository, shared_codes, vouchers
from saleor_loyalty_app.campaigns import saleor_voucher as said
from saleor_loyalty_app.campaigns.codes import CodeRow
from saleor_loyalty_app.campaigns.repository import CampaignRow
from saleor_loyalty_app.campaigns.saleor_voucher import SeenVoucher
from saleor_loyalty_app.campaigns.vouchers import DIFFERS, TAKEN, VoucherRow
from saleor_loyalty_app.flows.campaign_saleor import (
    Desk,
    delete_codes,
    no_trouble,
    rest,
    trouble,
    voucher_with,
)


def settle_taken(
    desk: Desk,
    campaign: CampaignRow,
    voucher: VoucherRow,
    code: CodeRow,
    seen: SeenVoucher | None,
) -> bool:
    """What becomes of a shared code that Saleor has; gives whether it is this campaign's now."""
    if seen is None:
        trouble(desk, campaign, voucher, TAKEN)
        return False
    if desk.read(lambda conn: _is_left_over(conn, desk, seen, code.code)):
        # It is made anew by the next run, once Saleor has forgotten it.
        if not delete_codes(desk, [seen.code_id]):
            rest(desk, voucher)
        return False
    if not campaign.adopts:
        trouble(desk, campaign, voucher, TAKEN)
        return False
    differs = said.differences(campaign, voucher, seen, desk.clock())
    if differs:
        trouble(desk, campaign, voucher, DIFFERS, differs=differs)
        return False

    def write(conn: Connection) -> None:
        locked = repository.by_ids(conn, desk.store.id, [campaign.id], lock=True)[campaign.id]
        vouchers.set_voucher(conn, voucher.id, voucher_id=seen.id, adopted=True)
        vouchers.told_voucher(conn, voucher.id, _digest_now(conn, locked, campaign, voucher))
        codes.opened(conn, [code.id])
        no_trouble(conn, locked, voucher)

    desk.write(write)
    return True


def compare_again(desk: Desk, campaign: CampaignRow, voucher: VoucherRow) -> bool:
    """Whether the owner's voucher is still what the campaign says after that changed.

    Nothing is changed in Saleor: the owner is told in what the two differ, until they do not.
    """
    code = desk.read(lambda conn: shared_codes.shared_of(conn, desk.store.id, campaign.id))
    if code is not None and code.state == "open":
        seen = voucher_with(desk, code.code)
        differs = (
            [said.GONE]
            if seen is None or seen.id != voucher.voucher_id
            else said.differences(campaign, voucher, seen, desk.clock())
        )
        if differs:
            trouble(desk, campaign, voucher, DIFFERS, differs=differs)
            return False

    note_told(desk, campaign, voucher)
    return True


def note_told(desk: Desk, campaign: CampaignRow, voucher: VoucherRow) -> None:
    """Saleor has the voucher as it is wanted."""

    def write(conn: Connection) -> None:
        locked = repository.by_ids(conn, desk.store.id, [campaign.id], lock=True)[campaign.id]
        vouchers.told_voucher(conn, voucher.id, _digest_now(conn, locked, campaign, voucher))
        no_trouble(conn, locked, voucher)

    desk.write(write)


def _digest_now(
    conn: Connection, locked: CampaignRow, campaign: CampaignRow, voucher: VoucherRow
) -> str:
    """The digest of what Saleor was told; "" where it changed while it was being told."""
    told = said.digest(campaign, voucher)
    return told if told == said.digest(locked, vouchers.get(conn, voucher.id)) else ""


def _is_left_over(conn: Connection, desk: Desk, seen: SeenVoucher, text: str) -> bool:
    """Whether a code stands in a voucher that this app made for a campaign that has ended."""
    ids = repository.ids_of(conn, desk.store.id, [seen.public_id] if seen.public_id else [])
    if not ids:
        return False
    [campaign_id] = ids.values()
    code = shared_codes.shared_of(conn, desk.store.id, campaign_id)
    return code is not None and code.code == text and code.state == "ended"
