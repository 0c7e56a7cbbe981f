"""The books: entries, lots, allocations, holds, debt, balances and their audit.

Only this room inserts entries. All functions take a connection first and never commit; instants
are passed in. Whoever posts to several accounts locks them first with `lock_accounts`.
"""

from saleor_loyalty_app.ledger.accounts import lock_accounts
from saleor_loyalty_app.ledger.auditing import Drift, audit
from saleor_loyalty_app.ledger.availability import set_availability
from saleor_loyalty_app.ledger.balance_view import BalanceView, Expiring, balance
from saleor_loyalty_app.ledger.charging import charge
from saleor_loyalty_app.ledger.earning import earn
from saleor_loyalty_app.ledger.expiry import end_of_month_after
from saleor_loyalty_app.ledger.history_page import (
    EntryState,
    EntryView,
    HistoryPage,
    history,
    movements_of,
)
from saleor_loyalty_app.ledger.holding import capture_hold, place_hold, release_hold
from saleor_loyalty_app.ledger.lot_view import LotView, lots_page
from saleor_loyalty_app.ledger.month_end import RollForwardRow, roll_forward
from saleor_loyalty_app.ledger.moving import merge_accounts, transfer
from saleor_loyalty_app.ledger.reversing import reverse, would_reverse
from saleor_loyalty_app.ledger.settling import (
    due_accounts,
    lock_due,
    record_notice,
    settle,
    settle_accounts,
    settle_page,
)
from saleor_loyalty_app.ledger.spending import adjust, redeem, restore
from saleor_loyalty_app.ledger.types import (
    Account,
    Cause,
    HoldRef,
    Moved,
    Posted,
    RefundPolicy,
    Released,
    Reversed,
    Spending,
)
from saleor_loyalty_app.ledger.writing_off import expire_page

__all__ = [
    "Account",
    "BalanceView",
    "Cause",
    "Drift",
    "EntryState",
    "EntryView",
    "Expiring",
    "HistoryPage",
    "HoldRef",
    "LotView",
    "Moved",
    "Posted",
    "RefundPolicy",
    "Released",
    "Reversed",
    "RollForwardRow",
    "Spending",
    "adjust",
    "audit",
    "balance",
    "capture_hold",
    "charge",
    "due_accounts",
    "earn",
    "end_of_month_after",
    "expire_page",
    "history",
    "lock_accounts",
    "lock_due",
    "lots_page",
    "merge_accounts",
    "movements_of",
    "place_hold",
    "record_notice",
    "redeem",
    "release_hold",
    "restore",
    "reverse",
    "roll_forward",
    "set_availability",
    "settle",
    "settle_accounts",
    "settle_page",
    "transfer",
    "would_reverse",
]
