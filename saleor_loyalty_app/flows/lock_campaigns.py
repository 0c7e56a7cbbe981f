"""Campaigns that orders draw from are locked in one order, after all else that orders lock."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from saleor_loyalty_app.campaigns import codes, marks, repository, spending
from saleor_loyalty_app.campaigns.repository import CampaignRow
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef


def lock_campaigns(
    conn: Connection, store: StoreRef, snapshots: Sequence[OrderSnapshot]
) -> Mapping[int, CampaignRow]:
    """Locks the campaigns that may do something to orders, or did; gives them by their ids.

    Those that ran when an order was made, the one behind its voucher, and those that were counted
    for it before, whatever became of them since.
    """
    made = [one.created for one in snapshots]
    wanted = repository.ran_within(conn, store.id, min(made), max(made))
    wanted |= spending.campaigns_of(conn, store.id, [one.id for one in snapshots])
    for one in snapshots:
        if one.voucher_code:
            code = codes.by_text(conn, store.id, one.voucher_code, at=one.created)
            wanted |= set() if code is None else {code.campaign_id}
    named = {name for one in snapshots if (name := marks.named_in(one.discounts or ()))}
    wanted |= {*repository.ids_of(conn, store.id, named).values()} if named else set()
    return repository.by_ids(conn, store.id, wanted, lock=True)
