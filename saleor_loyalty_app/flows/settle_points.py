"""Posting what expired, account by account where one of a page is broken."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.flows.each_row import Aside, EachRow
from saleor_loyalty_app.stores.refs import StoreRef

#: What accounts that fail are told by.
WORK = "expiring_points"


def settle_points(
    conn: Connection,
    store: StoreRef,
    *,
    limit: int,
    now: datetime,
    aside: Aside | None = None,
) -> int:
    """Settles up to `limit` accounts that have something due; gives how many were looked at.

    Args:
        aside: accounts that failed, which others go before until they are tried again.
    """

    def due(most: int) -> list[int]:
        return ledger.due_accounts(conn, store.id, now=now, limit=most)

    def settle(accounts: Sequence[int]) -> None:
        ledger.settle_accounts(conn, accounts, now=now)

    each = EachRow(conn, store, WORK, aside or Aside(), now)
    found = each.ready(due, limit, lambda row: row)
    ledger.lock_due(conn, found)
    each.do(found, settle, lambda row: row)
    return len(found)
