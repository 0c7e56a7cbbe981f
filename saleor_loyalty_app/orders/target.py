"""What an order should have booked by now: its plan, scaled by what the customer kept. Pure.

A unit that came back loses its own points. Money that went back beyond the value of such units and
of refunded shipping reduces all other lines alike; charge-backs are refunds. What staff edit after
the plan was frozen is measured by what the order cost then (`orders.shares`). Everything is exact
until the sum of one unit and part is cut to whole points, so that refunds in any cut end alike.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from saleor_loyalty_app.orders.goods import ENDED_STATUSES, has_ended, lost_units
from saleor_loyalty_app.orders.money import back_ever, charged_ever
from saleor_loyalty_app.orders.plan import Award, AwardPlan
from saleor_loyalty_app.orders.shares import (
    NOTHING,
    ONE,
    Now,
    factor_of,
    paid_share,
    shares_of,
)
from saleor_loyalty_app.programs.boosts import added_by
from saleor_loyalty_app.saleor.order_snapshot import OrderLine, OrderSnapshot

#: Why points are taken back from an order whose owner earns nothing for it.
OWNER = "owner"

#: (unit, part of the program)
Book = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Kept:
    """Which share the customer kept: units of each line, money of what is left, the whole order."""

    #: Units of each line that did not come back; none of an order that has ended.
    units: Mapping[str, int]
    #: What refunds beyond the lost units leave of every remaining line.
    factor: Fraction
    #: The share of the whole order, by gross value.
    order: Fraction
    #: Units of each line that came back.
    lost: Mapping[str, int]
    #: Money refunded beyond the lost units and shipping.
    excess: Fraction
    #: What the order costs at this look; none of an order that has ended.
    now: Now | None

    def losses(self) -> dict[str, Any] | None:
        """What went back, as JSON values for the next look to compare with; none = nothing."""
        if not self.lost and not self.excess:
            return None
        excess = f"{self.excess.numerator}/{self.excess.denominator}"
        return {"lost": dict(self.lost), "excess": excess}


def kept(snapshot: OrderSnapshot) -> Kept:
    """What the customer kept of the order: nothing once it was canceled or has expired."""
    return _kept(snapshot, lost_units(snapshot), Fraction(back_ever(snapshot)))


def kept_after(snapshot: OrderSnapshot, units: Mapping[str, int]) -> Kept:
    """What would be kept if these units of each line, too, were refunded at their price.

    Units beyond those that are left of a line are left out, and so are lines of other orders.
    """
    lost = lost_units(snapshot)
    paid = _paid_share(snapshot)
    back = Fraction(back_ever(snapshot))
    for line in snapshot.lines:
        more = min(max(0, units.get(line.id, 0)), line.quantity - lost.get(line.id, 0))
        if more > 0:
            back += Fraction(line.total_price.gross.amount) * paid * Fraction(more, line.quantity)
            lost[line.id] = lost.get(line.id, 0) + more
    return _kept(snapshot, lost, back)


def _kept(snapshot: OrderSnapshot, lost: Mapping[str, int], back: Fraction) -> Kept:
    units = {line.id: line.quantity - lost.get(line.id, 0) for line in snapshot.lines}
    charged = Fraction(charged_ever(snapshot))
    paid = _paid_share(snapshot)
    now = _now(snapshot, paid, charged, back)
    if not lost and not back and all(units.values()) and not has_ended(snapshot):
        return Kept(units, ONE, ONE, lost, NOTHING, now)
    back = max(NOTHING, back - max(NOTHING, charged - Fraction(snapshot.total.gross.amount)))
    values = {line.id: Fraction(line.total_price.gross.amount) * paid for line in snapshot.lines}
    all_value = sum(values.values(), NOTHING)
    left = sum((values[line.id] * _share(line, units) for line in snapshot.lines), NOTHING)
    explained = all_value - left + now.shipping_back
    excess = max(NOTHING, back - explained)
    if has_ended(snapshot):
        return Kept(dict.fromkeys(units, 0), NOTHING, NOTHING, lost, excess, None)
    factor = factor_of(excess, left)
    if all_value > 0:
        order = left * factor / all_value
    else:
        order = _share_of_units(snapshot, units) * factor
    return Kept(units, factor, order, lost, excess, now)


def kept_awards(plan: AwardPlan, share: Kept) -> Iterator[tuple[Award, Fraction]]:
    """Each award of a plan, and which share of it the order should have booked."""
    shares = None
    if plan.worth is not None and share.now is not None:
        shares = shares_of(plan.worth, share.units, share.now, share.order)
    for line in plan.lines:
        if shares is None:
            units = min(share.units.get(line.id, 0), line.quantity)
            of_line = Fraction(units, line.quantity) * share.factor
        else:
            of_line = shares.lines[line.id]
        for award in line.awards:
            yield award, of_line
    for award in plan.order:
        yield award, share.order if shares is None else shares.of_order(award.reason)


def told_shares(plan: AwardPlan, share: Kept) -> list[str]:
    """The shares of `kept_awards` as JSON values, in its order; none where everything was kept."""
    told = [kept_of_it for _, kept_of_it in kept_awards(plan, share)]
    return [] if all(one == ONE for one in told) else [str(one) for one in told]


def retold_awards(plan: AwardPlan, told: Sequence[str]) -> list[tuple[Award, Fraction]]:
    """What `kept_awards` gave when `told_shares` was written.

    Raises:
        ValueError: the shares are those of another plan.
    """
    if not told:
        return [(award, ONE) for award in plan.awards]
    return [(award, Fraction(one)) for award, one in zip(plan.awards, told, strict=True)]


def targets(plan: AwardPlan, share: Kept) -> dict[Book, int]:
    """Whole points that the order should have booked, by unit and part; zeros included."""
    return booked_by(kept_awards(plan, share))


def booked_by(awards: Iterable[tuple[Award, Fraction]]) -> dict[Book, int]:
    """Whole points of awards, of each of which a share is kept; zeros included."""
    sums: defaultdict[Book, Fraction] = defaultdict(Fraction)
    for award, kept_of_it in awards:
        sums[award.unit, award.part] += award.points * kept_of_it
    return {book: int(points) for book, points in sums.items()}


def given_by_rule(plan: AwardPlan, share: Kept) -> dict[str, Fraction]:
    """Exact points that each rule had a hand in, of what the order should have booked."""
    return handed_by(kept_awards(plan, share))


def handed_by(awards: Iterable[tuple[Award, Fraction]]) -> dict[str, Fraction]:
    """`given_by_rule` of awards, of each of which a share is kept."""
    sums: defaultdict[str, Fraction] = defaultdict(Fraction)
    for award, kept_of_it in awards:
        for rule_id in award.rule_ids:
            sums[rule_id] += award.points * kept_of_it
    return dict(sums)


def drawn_by_rule(awards: Iterable[tuple[Award, Fraction]]) -> dict[str, Fraction]:
    """Exact points that count for caps: those that a rule had a hand in, and of a campaign those
    that it added.
    """
    known = list(awards)
    return handed_by(known) | added_by(known)


def reduction(status: str, share: Kept, losses: Mapping[str, Any] | None) -> str:
    """Why this look takes points back, as a stable word.

    `losses` is what had gone back at the look before (`Kept.losses`), so that a refund after a
    return is told as a refund.
    """
    if status in ENDED_STATUSES:
        return status.lower()
    lost_before = losses["lost"] if losses else {}
    returned = any(units > lost_before.get(line, 0) for line, units in share.lost.items())
    refunded = share.excess > (Fraction(losses["excess"]) if losses else NOTHING)
    if returned and refunded:
        return "returned_and_refunded"
    if returned:
        return "returned"
    return "refunded" if refunded else "changed"


def _now(snapshot: OrderSnapshot, paid: Fraction, charged: Fraction, back: Fraction) -> Now:
    return Now(
        prices={line.id: (line.quantity, line.total_price.gross.amount) for line in snapshot.lines},
        total=snapshot.total.gross.amount,
        shipping=snapshot.shipping_price.gross.amount,
        shipping_back=_shipping_back(snapshot, paid),
        charged=charged,
        back=back,
    )


def _paid_share(snapshot: OrderSnapshot) -> Fraction:
    """The share of the prices that was to be paid."""
    prices = sum((line.total_price.gross.amount for line in snapshot.lines), Decimal(0))
    return paid_share(snapshot.total.gross.amount, prices + snapshot.shipping_price.gross.amount)


def _share(line: OrderLine, units: Mapping[str, int]) -> Fraction:
    return Fraction(units[line.id], line.quantity) if line.quantity > 0 else NOTHING


def _share_of_units(snapshot: OrderSnapshot, units: Mapping[str, int]) -> Fraction:
    total = sum(line.quantity for line in snapshot.lines)
    return Fraction(sum(units.values()), total) if total > 0 else ONE


def _shipping_back(snapshot: OrderSnapshot, paid: Fraction) -> Fraction:
    shipping = Fraction(snapshot.shipping_price.gross.amount) * paid
    granted = any(
        grant.shipping_costs_included and grant.status == "SUCCESS"
        for grant in snapshot.granted_refunds
    )
    if granted:
        return shipping
    refunded = sum(
        (
            Fraction(item.shipping_refunded_amount.amount)
            for item in snapshot.fulfillments
            if item.shipping_refunded_amount is not None
        ),
        NOTHING,
    )
    return min(shipping, refunded)
