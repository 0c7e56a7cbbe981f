"""Posting the difference between what an order should have booked and what it has."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.flows.points_life import end_of_life
from saleor_loyalty_app.ledger import Account, Cause, RefundPolicy
from saleor_loyalty_app.orders.plan import AwardPlan
from saleor_loyalty_app.orders.repository import UnitRow, add_unit, set_unit
from saleor_loyalty_app.orders.target import Book
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef

#: The unit that counts for tiers alone: never spent, never expiring.
STATUS = "status"


@dataclass(frozen=True, slots=True)
class Posting:
    """One look's work on the books of an order."""

    store: StoreRef
    row_id: int
    snapshot: OrderSnapshot
    plan: AwardPlan
    revision_id: int | None
    member_id: int
    paid_at: datetime
    fulfilled_at: datetime | None
    #: Why points are taken back, if any are.
    why_less: str
    now: datetime

    @property
    def source(self) -> str:
        """What the order's entries are found by."""
        return f"order:{self.snapshot.id}"


@dataclass(frozen=True, slots=True)
class PostedDifferences:
    """What was posted, by unit and part, and whether points wait for the earning switch."""

    amounts: Mapping[Book, int]
    deferred: bool


def post_differences(
    conn: Connection,
    work: Posting,
    targets: Mapping[Book, int],
    known: Mapping[Book, UnitRow],
) -> PostedDifferences:
    """Posts target − (booked − waived) of every unit and part.

    What the refund policy forgave earlier is taken back first, so that it is not given twice. With
    earning switched off nothing is added; reductions are posted all the same.
    """
    amounts: dict[Book, int] = {}
    deferred = False
    for book in sorted({*targets, *known}):
        row = known.get(book) or UnitRow(0, book[0], book[1], booked=0, waived=0, postings=0)
        delta = targets.get(book, 0) - (row.booked - row.waived)
        if delta > 0 and not work.store.earning_on:
            deferred = True
            continue
        if delta == 0:
            continue
        amount = _add(conn, work, row, delta) if delta > 0 else _take_back(conn, work, row, -delta)
        if amount:
            amounts[book] = amount
        if row.id:
            set_unit(conn, row)
        else:
            add_unit(conn, work.row_id, row)
    return PostedDifferences(amounts, deferred)


def tell_availability(
    conn: Connection, work: Posting, *, fulfilled_before: datetime | None
) -> datetime | None:
    """Tells the ledger when the order's points become spendable, where that was learned now.

    Gives that time where it changed something.
    """
    terms = work.plan.terms
    available = terms.available_from(work.paid_at, work.fulfilled_at)
    if available is None or available == terms.available_from(work.paid_at, fulfilled_before):
        return None
    changed = ledger.set_availability(
        conn, work.store.id, work.member_id, work.source, available, now=work.now
    )
    return available if changed else None


def _add(conn: Connection, work: Posting, row: UnitRow, delta: int) -> int:
    unwaived = min(delta, row.waived)
    row.waived -= unwaived
    amount = delta - unwaived
    if amount == 0:
        return 0
    first = row.postings == 0
    row.postings += 1
    terms = work.plan.terms
    spendable = row.unit != STATUS
    why = terms.life.reason if spendable else {}
    # Status counts in the period of the payment, whenever it is booked: also by an import of
    # history, and again after a refund that failed.
    dated = work.plan.expires_from if first else work.snapshot.updated_at
    ledger.earn(
        conn,
        Account(work.store.id, work.member_id, row.unit),
        amount,
        _cause(work, row, "order_earned" if first else "order_restored", **why),
        key=_key(work, row),
        now=work.now,
        effective_at=dated if spendable else work.paid_at,
        available_from=terms.available_from(work.paid_at, work.fulfilled_at)
        if spendable
        else work.paid_at,
        expires_at=end_of_life(terms.life, work.plan.expires_from, work.store.timezone)
        if spendable
        else None,
        notice_required=spendable and terms.notice_required,
    )
    row.booked += amount
    return amount


def _take_back(conn: Connection, work: Posting, row: UnitRow, amount: int) -> int:
    row.postings += 1
    taken = ledger.reverse(
        conn,
        Account(work.store.id, work.member_id, row.unit),
        amount,
        _cause(work, row, "order_reduced", why=work.why_less),
        key=_key(work, row),
        now=work.now,
        effective_at=work.snapshot.updated_at,
        policy=_policy(work, row),
    )
    row.booked -= taken.posted
    row.waived += taken.waived
    return -taken.posted


def _policy(work: Posting, row: UnitRow) -> RefundPolicy:
    """Status points are never spent, so that what came in is there to be taken back."""
    if row.unit == STATUS:
        return RefundPolicy.within_balance
    return RefundPolicy(work.plan.terms.refund_policy)


def _key(work: Posting, row: UnitRow) -> str:
    return f"{work.source}:{row.unit}:{row.part}:{row.postings}"


def _cause(work: Posting, row: UnitRow, code: str, **more: object) -> Cause:
    by_rule = _points_by_rule(work.plan, (row.unit, row.part))
    return Cause(
        source=work.source,
        part=row.part,
        actor="app",
        channel=work.snapshot.channel.slug,
        currency=work.snapshot.channel.currency_code,
        revision_id=work.revision_id,
        rule_ids=_rules(work.plan, (row.unit, row.part)),
        reason={
            "code": code,
            "order": work.snapshot.number,
            "planned": {rule: str(points) for rule, points in by_rule.items()},
            **({"imported": True} if work.plan.imported else {}),
            **more,
        },
    )


def _rules(plan: AwardPlan, book: Book) -> tuple[str, ...]:
    """Every rule that had a hand in the points, each once."""
    ours = (award for award in plan.awards if (award.unit, award.part) == book)
    return tuple(dict.fromkeys(rule for award in ours for rule in award.rule_ids))


def _points_by_rule(plan: AwardPlan, book: Book) -> dict[str, Fraction]:
    sums: defaultdict[str, Fraction] = defaultdict(Fraction)
    for award in plan.awards:
        if (award.unit, award.part) == book:
            sums[award.rule_id] += award.points
    return dict(sums)
