"""How often each earning rule gave something lately, and how much: from the frozen award plans.

An award belongs to its base rule and to the multipliers that had a hand in it: each has what it
added, so that the shares of all rules add up to what was given. What came back since is not taken
off: a plan says what an order earned when it was paid.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.ledger.models import Entry
from saleor_loyalty_app.orders.models import OrderState
from saleor_loyalty_app.programs.boosts import factor_of
from saleor_loyalty_app.programs.models import DeedAward

_O, _E, _D = table(OrderState).c, table(Entry).c, table(DeedAward).c
PAGE = 500
#: So many orders are looked at, the latest first; more would keep a page waiting.
MOST_ORDERS = 5_000


@dataclass(slots=True)
class RuleUse:
    """What one rule gave: so many times (orders and deeds), so many points before they are cut."""

    times: int = 0
    points: Fraction = Fraction(0)
    status: Fraction = Fraction(0)


@dataclass(slots=True)
class RuleUses:
    """The uses of all rules that gave something.

    Attributes:
        orders: so many were looked at.
        since: the earliest of them was paid then or later.
        complete: no order since the time that was asked for is left out.
    """

    since: datetime
    orders: int = 0
    complete: bool = True
    by_rule: dict[str, RuleUse] = field(default_factory=dict)

    def count(self, shares: Mapping[tuple[str, str], Fraction]) -> None:
        """Adds what one order or deed was given, by rule and unit."""
        for rule_id in {rule_id for rule_id, _ in shares}:
            self.by_rule.setdefault(rule_id, RuleUse()).times += 1
        for (rule_id, unit), amount in shares.items():
            use = self.by_rule[rule_id]
            if unit == "status":
                use.status += amount
            else:
                use.points += amount


def rule_uses(
    conn: Connection, store_id: int, since: datetime, *, most: int = MOST_ORDERS
) -> RuleUses:
    """What each rule gave since an instant, to orders by their payment and to deeds.

    Orders whose customers earn nothing are left out. Of more than `most` the latest are looked at.
    """
    found = RuleUses(since)
    for paid_at, plan in _plans(conn, store_id, since, most):
        found.orders += 1
        if found.orders == most:
            # Whatever was paid before this order was not looked at.
            found.since, found.complete = paid_at, False
        if plan is not None:
            found.count(shares_of(plan))
            for perk in plan.get("perks", ()):
                found.by_rule.setdefault(perk["rule"], RuleUse()).times += 1
    for row in conn.execute(_of_deeds(store_id, since).limit(most)):
        for rule_id in row.rule_ids:
            found.count({(rule_id, row.unit): Fraction(row.amount)})
    for grants in conn.execute(deeds_giving(store_id, since).limit(most)).scalars():
        for grant in grants:
            if "effect" in grant:
                found.by_rule.setdefault(grant["rule"], RuleUse()).times += 1
    return found


def shares_of(plan: Mapping[str, Any]) -> dict[tuple[str, str], Fraction]:
    """What each rule added to an order, by rule and unit; below 0 where it took something away."""
    shares: dict[tuple[str, str], Fraction] = {}
    for award in _awards(plan):
        for rule_id, amount in _parts(award):
            key = (rule_id, award["unit"])
            shares[key] = shares.get(key, Fraction(0)) + amount
    return shares


def _awards(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for line in plan["lines"]:
        yield from line["awards"]
    yield from plan["order"]


def _parts(award: Mapping[str, Any]) -> Iterator[tuple[str, Fraction]]:
    """What the base rule gave, and what each multiplier added to it, in their order.

    Where one takes everything away, nobody knows any more what there was.
    """
    multipliers = [
        (one["rule_id"], factor_of(one)) for one in award["reason"].get("multipliers", ())
    ]
    numerator, _, denominator = award["points"].partition("/")
    so_far = Fraction(int(numerator), int(denominator))
    for _, factor in multipliers:
        so_far = so_far / factor if factor else Fraction(0)
    yield award["rule"], so_far
    for rule_id, factor in multipliers:
        yield rule_id, so_far * (factor - 1)
        so_far *= factor


def _of_deeds(store_id: int, since: datetime) -> sa.Select[Any]:
    return sa.select(_E.rule_ids, _E.unit, _E.amount).where(
        _E.store_id == store_id,
        _E.posted_at >= since,
        _E.source.startswith("deed:", autoescape=True),
        _E.kind == "earn",
    )


def deeds_giving(store_id: int, since: datetime) -> sa.Select[Any]:
    """The grants of deeds that may have brought something beside points, the latest first."""
    return (
        sa.select(_D.grants)
        .where(
            _D.store_id == store_id,
            _D.awarded_at >= since,
            sa.cast(_D.grants, sa.Text).contains('"effect"', autoescape=True),
        )
        .order_by(_D.awarded_at.desc(), _D.id.desc())
    )


def _plans(
    conn: Connection, store_id: int, since: datetime, most: int
) -> Iterator[tuple[datetime, Mapping[str, Any] | None]]:
    """The plans of orders that may earn, the latest first, read in pages."""
    query = (
        sa.select(_O.id, _O.paid_at, _O.plan)
        .where(_O.store_id == store_id, _O.paid_at >= since, _O.withheld == "")
        .order_by(_O.paid_at.desc(), _O.id.desc())
    )
    last: tuple[datetime, int] | None = None
    read = 0
    while read < most:
        page = query
        if last is not None:
            before = sa.or_(_O.paid_at < last[0], sa.and_(_O.paid_at == last[0], _O.id < last[1]))
            page = query.where(before)
        rows = conn.execute(page.limit(min(PAGE, most - read))).all()
        for row in rows:
            last = (row.paid_at, row.id)
            yield row.paid_at, row.plan
        read += len(rows)
        if len(rows) < PAGE:
            return
