"""The books: entries, lots, allocations, holds, debt, balances and their audit.

Only this room inserts entries. All functions take a connection first and never commit; instants
are passed in. Whoever posts to several accounts locks them first with `lock_accounts`.
"""

from saleor_loyalty_app.ledger.accounts import lock_accounts
from saleor_loyalty_app.ledger.availability import set_availability
from saleor_loyalty_app.ledger.balance_view import BalanceView, Expiring, balance
from saleor_loyalty_app.ledger.earning import earn
from saleor_loyalty_app.ledger.expiry import end_of_month_after
from saleor_loyalty_app.ledger.reversing import reverse
from saleor_loyalty_app.ledger.settling import record_notice, settle, settle_page
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

__all__ = [
    "Account",
    "BalanceView",
    "Cause",
    "Expiring",
    "HoldRef",
    "Moved",
    "Posted",
    "RefundPolicy",
    "Released",
    "Reversed",
    "Spending",
    "balance",
    "earn",
    "end_of_month_after",
    "lock_accounts",
    "record_notice",
    "reverse",
    "set_availability",
    "settle",
    "settle_page",
]
