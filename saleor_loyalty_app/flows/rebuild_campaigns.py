"""Campaigns whose vouchers and codes went on in Saleor after a backup was made.

The vouchers name their campaign and batch. A code does not say whose it is: one that the books do
not know and nobody used is deleted, and its owner gets another; of a used one the order tells.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import Connection

from saleor_loyalty_app import log
from saleor_loyalty_app.campaigns import codes, repository, vouchers
from saleor_loyalty_app.campaigns.lost_vouchers import LostVoucher, compared, voucher_of
from saleor_loyalty_app.campaigns.vouchers import MAIN, VoucherRow
from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.flows.campaign_budget import end_campaign
from saleor_loyalty_app.flows.campaign_saleor import (
    Desk,
    codes_in_saleor,
    delete_codes,
    end_in_saleor,
)
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.i18n import Words
from saleor_loyalty_app.saleor.errors import SaleorQueryError
from saleor_loyalty_app.stores.problems import report_words, resolve_problem
from saleor_loyalty_app.stores.refs import StoreRef

logger = log.get(__name__)

PAGE = 50
#: Codes that are deleted with one request.
AT_ONCE = 100
#: The key of the problem that the owner is told of.
NOT_KNOWN = "campaigns-not-known"


@dataclass(slots=True)
class CampaignReport:
    """What a run did.

    `vouchers`: that the books learned of, or whose batch had two. `codes`: deleted in Saleor.
    `unknown`: names of vouchers whose campaigns the books do not have. `stopped`: campaigns that
    had been ended in Saleor since the backup.
    """

    vouchers: int = 0
    codes: int = 0
    unknown: list[str] = field(default_factory=list)
    stopped: list[int] = field(default_factory=list)


def rebuild_campaigns(access: StoreAccess, store: StoreRef, *, clock: Clock) -> CampaignReport:
    """Reads all vouchers of campaigns, and brings the books and Saleor together. May run again.

    Raises:
        SaleorUnavailable and the like: what was done stays.
    """
    desk, report = Desk(access, store, clock), CampaignReport()
    for node in _vouchers(desk):
        lost = voucher_of(node)
        if lost is not None:
            _rebuild(desk, lost, report)
    desk.write(lambda conn: _tell(conn, desk, report))
    return report


def finish_campaigns(
    access: StoreAccess, store: StoreRef, report: CampaignReport, *, clock: Clock
) -> None:
    """Once orders are booked: ends what was stopped since the backup and no budget has ended, and
    has those who lost a code given another.
    """

    def write(conn: Connection) -> None:
        for campaign in repository.by_ids(conn, store.id, report.stopped, lock=True).values():
            if campaign.is_open:
                end_campaign(conn, store, campaign, "hand", now=clock())
        for campaign in repository.open_ones(conn, store.id):
            if campaign.terms.kind_of_codes == "personal":
                again = {"issue_after": 0, "issue_due_at": clock()}
                repository.change(conn, campaign.id, again)

    access.database.write(write)


def _vouchers(desk: Desk) -> Iterator[dict[str, Any]]:
    after: str | None = None
    while True:
        data = desk.ask("queries/campaigns_in_saleor", {"first": PAGE, "after": after})
        connection = data.get("vouchers")
        if not isinstance(connection, dict):
            raise SaleorQueryError("no vouchers in the answer")
        yield from (edge["node"] for edge in connection["edges"])
        after = connection["pageInfo"]["endCursor"]
        if not connection["pageInfo"]["hasNextPage"] or after is None:
            return


def _rebuild(desk: Desk, lost: LostVoucher, report: CampaignReport) -> None:
    ids = desk.read(lambda conn: repository.ids_of(conn, desk.store.id, [lost.public_id]))
    if lost.public_id not in ids:
        if lost.ends_at > desk.clock():
            report.unknown.append(lost.name)
        return
    row = desk.write(lambda conn: _take_back(conn, desk, ids[lost.public_id], lost, report))
    if row is None or row.state == "ended":
        return
    if row.voucher_id != lost.id:
        # Made a second time by books that did not know of the first.
        if lost.ends_at > desk.clock() and end_in_saleor(desk, lost.id, lost.starts_at):
            report.vouchers += 1
        return
    _settle_codes(desk, row, report)


def _take_back(
    conn: Connection, desk: Desk, campaign_id: int, lost: LostVoucher, report: CampaignReport
) -> VoucherRow | None:
    """The row of a voucher, written or woken where the books have none or know less; None where
    nothing is to be done for it any more.
    """
    store_id, now = desk.store.id, desk.clock()
    campaign = repository.by_ids(conn, store_id, [campaign_id], lock=True)[campaign_id]
    rows = {row.batch: row for row in vouchers.vouchers_of(conn, campaign.id)}
    row, over = rows.get(lost.batch), lost.ends_at <= now
    if row is None:
        if over or campaign.state == "ended" or lost.batch.startswith(vouchers.TEST):
            return None
        main = lost.batch == MAIN
        row = vouchers.need_voucher(
            conn,
            store_id,
            campaign.id,
            lost.batch,
            starts_at=campaign.starts_at if main else lost.starts_at,
            ends_at=campaign.ends_at if main else lost.ends_at,
        )
        report.vouchers += 1
    if row.voucher_id is None:
        vouchers.set_voucher(conn, row.id, voucher_id=lost.id)
    elif row.voucher_id != lost.id:
        return row
    if over and row.ends_at > now and (row.told or row.state == "wanted"):
        # Only its end by hand or by budget lays it before its last day.
        vouchers.end_voucher(conn, row.id, now=now)
        if row.batch == MAIN:
            report.stopped.append(campaign.id)
    elif row.state == "open":
        vouchers.set_voucher(conn, row.id, told="", tried_at=None)
    return vouchers.get(conn, row.id)


def _settle_codes(desk: Desk, row: VoucherRow, report: CampaignReport) -> None:
    # The background may add codes meanwhile: what is believed live is read before Saleor's codes,
    # and what is known after them.
    before = desk.read(lambda conn: codes.texts_of(conn, row.id))
    there = codes_in_saleor(desk, row.voucher_id or "")
    campaign = desk.read(
        lambda conn: repository.by_ids(conn, desk.store.id, [row.campaign_id])[row.campaign_id]
    )
    known = desk.read(lambda conn: codes.texts_of(conn, row.id))
    shared = campaign.terms.codes.code if campaign.terms.codes is not None else None
    found = compared(
        there,
        known.keys() | ({shared} if shared is not None else set()),
        [text for text, state in before.items() if state == "open"],
    )
    for start in range(0, len(found.unknown), AT_ONCE):
        page = found.unknown[start : start + AT_ONCE]
        if delete_codes(desk, page):
            report.codes += len(page)
    for start in range(0, len(found.gone), AT_ONCE):
        page = found.gone[start : start + AT_ONCE]
        desk.write(partial(codes.gone, voucher_row=row.id, texts=page, now=desk.clock()))


def _tell(conn: Connection, desk: Desk, report: CampaignReport) -> None:
    if not report.unknown:
        resolve_problem(conn, desk.store.id, NOT_KNOWN, desk.clock())
        return
    words = Words(
        "problem.campaigns_not_known",
        {"count": len(report.unknown), "names": ", ".join(report.unknown[:5])},
    )
    report_words(conn, desk.store, NOT_KNOWN, words, desk.clock())
