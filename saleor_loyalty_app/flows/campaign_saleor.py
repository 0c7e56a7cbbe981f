"""What all work on campaigns' vouchers asks of Saleor and notes of its answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection

from saleor_loyalty_app import log
from saleor_loyalty_app.campaigns import repository, vouchers
from saleor_loyalty_app.campaigns import saleor_voucher as said
from saleor_loyalty_app.campaigns.repository import CampaignRow
from saleor_loyalty_app.campaigns.saleor_voucher import SeenVoucher
from saleor_loyalty_app.campaigns.vouchers import DIFFERS, MAIN, TAKEN, VoucherRow
from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.rewards.instruments.carts import refusals
from saleor_loyalty_app.stores.refs import StoreRef

logger = log.get(__name__)
T = TypeVar("T")

#: Why codes cannot be made, beside those that the owner settles; stable words.
REFUSED, NO_CHANNEL = "refused", "no_channel"


@dataclass(frozen=True, slots=True)
class Desk:
    """What the work on one voucher needs."""

    access: StoreAccess
    store: StoreRef
    clock: Clock

    def write(self, function: Callable[[Connection], T]) -> T:
        """Runs in a transaction."""
        return self.access.database.write(function)

    def read(self, function: Callable[[Connection], T]) -> T:
        """Reads from the books."""
        return self.access.database.read(function)

    def ask(self, document: str, variables: Mapping[str, object]) -> dict[str, Any]:
        """Asks Saleor. A network call."""
        return self.access.ask(self.store, document, variables)


def voucher_with(desk: Desk, code: str) -> SeenVoucher | None:
    """The voucher that has a code in Saleor."""
    return said.seen_with(desk.ask("queries/campaign_vouchers", {"search": code}), code)


def codes_in_saleor(desk: Desk, voucher_id: str) -> dict[str, said.SeenCode]:
    """All codes of a voucher in Saleor, by their texts; none where it is gone."""
    found: dict[str, said.SeenCode] = {}
    after: str | None = None
    while True:
        data = desk.ask("queries/campaign_codes", {"id": voucher_id, "after": after})
        page, after = said.codes_page(data)
        found |= page
        if after is None:
            return found


def delete_codes(desk: Desk, ids: Sequence[str]) -> bool:
    """Deletes codes by their ids in Saleor; gives whether it did."""
    if not ids:
        return True
    refused = refusals(desk.ask("mutations/campaign_codes_delete", {"ids": list(ids)}))
    if refused:
        logger.warning(
            "campaign_codes_refused", store_id=desk.store.id, error_code=refused[0]["code"]
        )
    return not refused


def end_in_saleor(desk: Desk, voucher_id: str, starts_at: datetime) -> bool:
    """Lays a voucher's end before now, with room for clocks that differ; gone is ended, too."""
    start = min(starts_at, desk.clock() - timedelta(days=1))
    dates = {
        "startDate": start.isoformat(),
        "endDate": (start + timedelta(seconds=1)).isoformat(),
    }
    data = desk.ask("mutations/campaign_voucher_update", {"id": voucher_id, "input": dates})
    left = [error for error in refusals(data) if error["code"] != "NOT_FOUND"]
    if left:
        logger.warning(
            "campaign_voucher_refused", store_id=desk.store.id, error_code=left[0]["code"]
        )
    return not left


def rest(desk: Desk, voucher: VoucherRow) -> None:
    """Saleor refused something: others have their turn, and it is tried again after a while."""
    now = desk.clock()
    desk.write(lambda conn: vouchers.set_voucher(conn, voucher.id, tried_at=now))


def trouble(
    desk: Desk,
    campaign: CampaignRow,
    voucher: VoucherRow,
    why: str,
    refused: Sequence[Mapping[str, Any]] = (),
    *,
    differs: Sequence[str] = (),
) -> None:
    """Notes why codes cannot be made, for the owner to read, and lets the voucher rest."""
    now = desk.clock()
    logger.warning(
        "campaign_codes_not_made",
        store_id=desk.store.id,
        campaign=campaign.public_id,
        reason=why,
        error_code=str(refused[0]["code"]) if refused else why,
    )

    def write(conn: Connection) -> None:
        values = {"trouble": why, "differs": list(differs), "updated_at": now}
        repository.change(conn, campaign.id, values)
        if voucher.state == "open" or why not in (TAKEN, DIFFERS):
            vouchers.set_voucher(conn, voucher.id, tried_at=now)

    desk.write(write)


def no_trouble(conn: Connection, campaign: CampaignRow, voucher: VoucherRow) -> None:
    """A voucher came through; what the owner has to settle of another one stays said."""
    if voucher.batch == MAIN or campaign.trouble not in (TAKEN, DIFFERS):
        repository.change(conn, campaign.id, {"trouble": "", "differs": []})
