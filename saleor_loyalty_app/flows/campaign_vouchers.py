"""Brings Saleor to what the rows of a campaign's codes say: makes vouchers, adds and ends codes.

Resumable: what is undone is a row, and before something is called taken it is looked up whether it
is ours. No call to Saleor is made within a transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy import Connection

from saleor_loyalty_app.campaigns import codes, repository, vouchers
from saleor_loyalty_app.campaigns import saleor_voucher as said
from saleor_loyalty_app.campaigns.codes import CodeRow
from saleor_loyalty_app.campaigns.marks import CAMPAIGN_KEY, mark_of
from saleor_loyalty_app.campaigns.repository import CampaignRow
from saleor_loyalty_app.campaigns.vouchers import TAKEN, VoucherRow
from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.flows.campaign_adoption import compare_again, note_told, settle_taken
from saleor_loyalty_app.flows.campaign_news import tell_opened
from saleor_loyalty_app.flows.campaign_saleor import (
    NO_CHANNEL,
    REFUSED,
    Desk,
    codes_in_saleor,
    delete_codes,
    end_in_saleor,
    rest,
    trouble,
    voucher_with,
)
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.rewards.instruments.carts import refusals
from saleor_loyalty_app.saleor.errors import (
    SaleorPermissionDenied,
    SaleorQueryError,
    SaleorQueryTooCostly,
)
from saleor_loyalty_app.stores import repository as stores
from saleor_loyalty_app.stores import wind_downs
from saleor_loyalty_app.stores.refs import StoreRef

#: Vouchers that one run looks at, and pages of codes that it reads or writes of each.
PAGE = 20
PAGES = 10


def work_on_vouchers(access: StoreAccess, store: StoreRef, *, clock: Clock) -> bool:
    """Does what is undone with the vouchers of a store; gives whether there is more.

    While nothing can be spent no code is made; what there is changes and ends as always.

    Raises:
        SaleorUnavailable and the like: what was done is known.
    """
    now = clock()
    standing = access.database.read(lambda conn: wind_downs.as_of(conn, store, now))
    desk = Desk(access, standing, clock)

    def undone(conn: Connection) -> tuple[list[VoucherRow], dict[int, CampaignRow]]:
        rows = vouchers.vouchers_at_work(
            conn, store.id, makes=standing.spending_on, now=now, limit=PAGE
        )
        return rows, repository.by_ids(conn, store.id, {row.campaign_id for row in rows})

    rows, campaigns = access.database.read(undone)
    more = len(rows) == PAGE
    for row in rows:
        campaign = campaigns[row.campaign_id]
        try:
            more |= work_on(desk, campaign, row)
        except (SaleorPermissionDenied, SaleorQueryError, SaleorQueryTooCostly) as failure:
            trouble(desk, campaign, row, REFUSED, [{"code": failure.code}])
    return more


def work_on(desk: Desk, campaign: CampaignRow, voucher: VoucherRow) -> bool:
    """Does what is undone with one voucher; gives whether something is left for the next run."""
    if voucher.state == "to_end":
        _end(desk, voucher)
        return False
    makes = desk.store.spending_on
    if voucher.state == "wanted" and not (makes and _make(desk, campaign, voucher)):
        return _end_codes(desk, voucher)
    voucher = desk.read(lambda conn: vouchers.get(conn, voucher.id))
    if voucher.state == "open" and not voucher.told:
        tell = compare_again if voucher.adopted else _retell
        if not tell(desk, campaign, voucher):
            return _end_codes(desk, voucher)
    more = _add(desk, campaign, voucher) if makes and voucher.state == "open" else False
    return _end_codes(desk, voucher) or more


def _make(desk: Desk, campaign: CampaignRow, voucher: VoucherRow) -> bool:
    """Makes a voucher with its first codes; gives whether it is open now."""
    voucher_id = voucher.voucher_id
    first: list[CodeRow] = []
    if voucher_id is None:
        first = desk.read(lambda conn: codes.in_state(conn, voucher.id, "wanted"))
        if not first:
            return False
        texts = [one.code for one in first]
        data = desk.ask(
            "mutations/campaign_voucher_create",
            {"input": {**said.voucher_input(campaign, voucher), "addCodes": texts}},
        )
        refused = refusals(data)
        if refused:
            return _settle_refusal(desk, campaign, voucher, first, refused)
        voucher_id = str(data["voucherCreate"]["voucher"]["id"])
        _keep(desk, voucher, voucher_id=voucher_id)
    if not _retell(desk, campaign, replace(voucher, voucher_id=voucher_id)):
        return False
    _open(desk, campaign, [one.id for one in first])
    return True


def _settle_refusal(
    desk: Desk,
    campaign: CampaignRow,
    voucher: VoucherRow,
    wanted: Sequence[CodeRow],
    refused: Sequence[Mapping[str, Any]],
) -> bool:
    """Codes that exist are ours since a run that broke off, somebody else's, or the owner's."""
    taken = [one for one in wanted if one.code in set(said.taken_codes(refused))]
    if not taken:
        trouble(desk, campaign, voucher, REFUSED, refused)
        return False
    for code in taken:
        seen = voucher_with(desk, code.code)
        if seen is not None and seen.is_of(campaign.public_id):
            _keep(desk, voucher, voucher_id=seen.id)
            return _retell(desk, campaign, replace(voucher, voucher_id=seen.id))
        if code.issue_key == codes.SHARED:
            return settle_taken(desk, campaign, voucher, code, seen)
        desk.write(partial(codes.renamed, code_id=code.id))
    return False


def _retell(desk: Desk, campaign: CampaignRow, voucher: VoucherRow) -> bool:
    """Tells Saleor dates and values of a voucher; gives whether it took them."""
    channel_ids = desk.read(lambda conn: _channel_ids(conn, desk.store, campaign))
    wanted = said.values(campaign)
    if not channel_ids:
        trouble(desk, campaign, voucher, NO_CHANNEL)
        return False
    data = desk.ask(
        "mutations/campaign_voucher_update",
        {"id": voucher.voucher_id, "input": said.dates(voucher)},
    )
    refused = refusals(data)
    if not refused:
        refused = refusals(
            desk.ask(
                "mutations/voucher_open",
                {
                    "id": voucher.voucher_id,
                    "metadata": [
                        {"key": CAMPAIGN_KEY, "value": mark_of(campaign.public_id, voucher.batch)}
                    ],
                    "listing": said.listing(wanted, channel_ids),
                },
            )
        )
    if refused:
        trouble(desk, campaign, voucher, REFUSED, refused)
        return False

    note_told(desk, campaign, voucher)
    return True


def _channel_ids(conn: Connection, store: StoreRef, campaign: CampaignRow) -> dict[str, str]:
    found = {
        one.channel: stores.channel_saleor_id(conn, store.id, one.channel)
        for one in campaign.terms.channels
    }
    return {slug: id_ for slug, id_ in found.items() if id_ is not None}


def _add(desk: Desk, campaign: CampaignRow, voucher: VoucherRow) -> bool:
    """Adds wanted codes, a page at a time; gives whether there are more."""
    for _ in range(PAGES):
        wanted = desk.read(lambda conn: codes.in_state(conn, voucher.id, "wanted"))
        if not wanted:
            return False
        texts = [one.code for one in wanted]
        data = desk.ask(
            "mutations/campaign_voucher_update",
            {"id": voucher.voucher_id, "input": {"addCodes": texts}},
        )
        if refused := refusals(data):
            return _settle_page(desk, campaign, voucher, wanted, refused)
        _open(desk, campaign, [one.id for one in wanted])
    return True


def _settle_page(
    desk: Desk,
    campaign: CampaignRow,
    voucher: VoucherRow,
    wanted: Sequence[CodeRow],
    refused: Sequence[Mapping[str, Any]],
) -> bool:
    """After a refusal: opens those of the page that are in the voucher, renames foreign ones."""
    taken = set(said.taken_codes(refused))
    if not taken:
        trouble(desk, campaign, voucher, REFUSED, refused)
        return False
    here = {} if voucher.voucher_id is None else codes_in_saleor(desk, voucher.voucher_id)
    _open(desk, campaign, [one.id for one in wanted if one.code in here])
    foreign = [one for one in wanted if one.code in taken and one.code not in here]
    for one in foreign:
        if one.issue_key == codes.SHARED:
            trouble(desk, campaign, voucher, TAKEN)
        else:
            desk.write(partial(codes.renamed, code_id=one.id))
    return True


def _open(desk: Desk, campaign: CampaignRow, code_ids: Sequence[int]) -> None:
    now = desk.clock()

    def write(conn: Connection) -> None:
        opened = codes.opened(conn, code_ids)
        tell_opened(conn, desk.store, campaign, opened, now=now)

    desk.write(write)


def _end_codes(desk: Desk, voucher: VoucherRow) -> bool:
    """Ends single codes by deleting them; gives whether there are more."""
    ending = desk.read(lambda conn: codes.in_state(conn, voucher.id, "to_end"))
    if not ending:
        return False
    if not _delete(desk, voucher, ending):
        rest(desk, voucher)
        return False
    desk.write(lambda conn: codes.ended(conn, [one.id for one in ending]))
    return len(ending) == codes.BATCH


def _delete(desk: Desk, voucher: VoucherRow, ending: Sequence[CodeRow]) -> bool:
    """Has Saleor forget codes of a voucher; gives whether it did."""
    if voucher.voucher_id is None or not ending:
        return True
    there = codes_in_saleor(desk, voucher.voucher_id)
    return delete_codes(desk, [there[one.code].id for one in ending if one.code in there])


def _end(desk: Desk, voucher: VoucherRow) -> None:
    """Ends a voucher with all its codes; of one that was taken over, our code alone."""
    if voucher.adopted:
        ending = desk.read(lambda conn: codes.in_state(conn, voucher.id, "to_end"))
        done = _delete(desk, voucher, ending)
    else:
        done = voucher.voucher_id is None or end_in_saleor(
            desk, voucher.voucher_id, voucher.starts_at
        )
    if done:
        desk.write(lambda conn: vouchers.voucher_ended(conn, voucher.id))
    else:
        rest(desk, voucher)


def _keep(desk: Desk, voucher: VoucherRow, **values: Any) -> None:
    desk.write(lambda conn: vouchers.set_voucher(conn, voucher.id, **values))
