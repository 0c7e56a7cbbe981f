"""Deletes vouchers in Saleor whose redemption ended long ago."""

from datetime import datetime, timedelta
from functools import partial

from saleor_loyalty_app import log
from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.rewards import redemptions, use_records
from saleor_loyalty_app.rewards.instruments.carts import refusals
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.saleor.errors import SaleorQueryError
from saleor_loyalty_app.stores.refs import StoreRef

logger = log.get(__name__)

#: So long a voucher stays as evidence after its end.
KEPT = timedelta(days=90)
PAGE = 50


def delete_used_vouchers(
    access: StoreAccess, store: StoreRef, *, clock: Clock, page: int = PAGE
) -> int:
    """Deletes the vouchers that ended 90 days ago; gives how many are gone.

    One that staff deleted before is gone, too. One that Saleor does not delete is logged, and tried
    again with the next run; it does not stop the others.

    Raises:
        SaleorUnavailable and the like: what was deleted is known.
    """
    before, reached, deleted = clock() - KEPT, 0, 0
    while ids := access.database.read(
        partial(
            use_records.used_up,
            store_id=store.id,
            ended_before=before,
            limit=page,
            after=reached,
        )
    ):
        deleted += sum(_delete(access, store, redemption_id, clock()) for redemption_id in ids)
        reached = ids[-1]
    return deleted


def _delete(access: StoreAccess, store: StoreRef, redemption_id: int, now: datetime) -> bool:
    found = access.database.read(lambda conn: redemptions.by_id(conn, store.id, redemption_id))
    if found is None or found.voucher_id is None:
        return False
    if not _is_gone(access, store, found):
        return False
    access.database.write(
        lambda conn: redemptions.change(conn, found.id, found.fence, {"voucher_deleted_at": now})
    )
    return True


def _is_gone(access: StoreAccess, store: StoreRef, redemption: RedemptionRef) -> bool:
    try:
        data = access.ask(store, "mutations/voucher_delete", {"id": redemption.voucher_id})
    except SaleorQueryError as failure:
        logger.warning("voucher_not_deleted", store_id=store.id, error_code=failure.code)
        return False
    left = [error for error in refusals(data) if error["code"] != "NOT_FOUND"]
    if left:
        logger.warning("voucher_not_deleted", store_id=store.id, error_code=left[0]["code"])
    return not left
