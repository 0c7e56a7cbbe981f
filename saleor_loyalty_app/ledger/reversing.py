"""Taking back what was earned, as far as the refund policy allows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from saleor_loyalty_app.ledger import statements as sql
from saleor_loyalty_app.ledger.accounts import keys
from saleor_loyalty_app.ledger.debts import owe
from saleor_loyalty_app.ledger.lots import lots_of_source, open_lots, take_for_entry
from saleor_loyalty_app.ledger.posting import (
    check_amount,
    check_names,
    fingerprint,
    post,
    repeated,
)
from saleor_loyalty_app.ledger.settling import lock_settled, standing_of
from saleor_loyalty_app.ledger.taking import Take, available_first, is_pending, own_first, take
from saleor_loyalty_app.ledger.types import Account, Cause, RefundPolicy, Reversed


@dataclass(frozen=True, slots=True)
class _Plan:
    takes: Sequence[Take]
    debt: int
    let_go: Sequence[Take]

    @property
    def taken(self) -> int:
        return sum(taken.amount for taken in self.takes)


def reverse(
    conn: Connection,
    account: Account,
    amount: int,
    cause: Cause,
    *,
    key: str,
    now: datetime,
    effective_at: datetime,
    policy: RefundPolicy,
) -> Reversed:
    """Takes back `amount` of what `cause.source` brought in.

    In this order: the source's own lots (pending ones first); what expired of the source, which
    the member lost already and is forgiven; then by policy other points of the member, spendable
    ones first, and debt. `within_balance` counts held points as part of the balance: as far as
    they cover it the rest becomes debt, paid when the hold is released; what nothing covers is
    forgiven. `only_pending` takes nothing but the source's pending points.

    Raises:
        InvalidAmount, InvalidPosting, IdempotencyConflict, ForeignAccount.
    """
    check_amount(amount)
    check_names(account, cause, key)
    input_hash = fingerprint("reverse", account, cause, amount, policy.value)
    books = lock_settled(conn, account, now)
    spare = books.held - books.debt
    plan = _plan(conn, account, amount, cause.source, cause.part, spare, policy, now)
    posted = plan.taken + plan.debt
    entry_id = post(
        conn,
        account,
        "reverse" if posted else "waive",
        -posted,
        cause,
        key=key,
        input_hash=input_hash,
        now=now,
        effective_at=effective_at,
        waived=amount - posted,
    )
    if entry_id is None:
        first = repeated(conn, account.store_id, key, input_hash)
        return Reversed(first.id, -first.amount, first.waived, created=False)
    take_for_entry(conn, plan.takes, entry_id, now)
    if plan.let_go:
        conn.execute(
            sql.FORGIVE_LOT,
            [{"lot_id": gone.lot_id, "let_go": gone.amount} for gone in plan.let_go],
        )
    if plan.debt:
        owe(conn, books, entry_id, plan.debt, cause, now)
    if posted:
        books.move(conn, entries=-posted, lots=-plan.taken, debt=plan.debt, lifetime=-posted)
    return Reversed(entry_id, posted, amount - posted, created=True)


def would_reverse(
    conn: Connection,
    account: Account,
    amount: int,
    *,
    source: str,
    part: str,
    now: datetime,
    policy: RefundPolicy,
) -> int:
    """How much of `amount` `reverse` would take back at `now`; it would forgive the rest.

    Only reads: what is due to expire by now counts as expired.

    Raises:
        InvalidAmount: `amount` is no number of points.
    """
    check_amount(amount)
    row = conn.execute(sql.READ_BALANCE, keys(account)).one_or_none()
    spare = 0 if row is None else row.held - row.debt
    plan = _plan(conn, account, amount, source, part, spare, policy, now)
    return plan.taken + plan.debt


def _plan(
    conn: Connection,
    account: Account,
    amount: int,
    source: str,
    part: str,
    spare: int,
    policy: RefundPolicy,
    now: datetime,
) -> _Plan:
    """What pays a reversal; `spare` is what is held beyond what is owed."""
    own, due = _living(own_first(lots_of_source(conn, account, source), part, now), now)
    if policy is RefundPolicy.only_pending:
        own = [lot for lot in own if is_pending(lot.available_from, now)]
    takes, missing = take(own, amount)
    if not missing or policy is RefundPolicy.only_pending:
        return _Plan(takes, 0, ())
    lapsed = [*_lapsed(conn, account, source, part), *(lot for lot in due if lot.part == part)]
    let_go, missing = take(lapsed, missing)
    others = [lot for lot in open_lots(conn, account) if missing and lot.source != source]
    more, missing = take(available_first(_living(others, now)[0], now), missing)
    allowed = missing
    if policy is RefundPolicy.within_balance:
        allowed = min(missing, max(0, spare))
    return _Plan([*takes, *more], allowed, let_go)


def _living(lots: Iterable[Any], now: datetime) -> tuple[list[Any], list[Any]]:
    """The lots that count at `now`, and those whose expiry is due but not posted yet."""
    living: list[Any] = []
    due: list[Any] = []
    for lot in lots:
        (due if standing_of(lot, now).lapsed else living).append(lot)
    return living, due


def _lapsed(conn: Connection, account: Account, source: str, part: str) -> Sequence[Any]:
    return conn.execute(
        sql.LAPSED_LOTS_OF_SOURCE, keys(account) | {"source": source, "part": part}
    ).all()
