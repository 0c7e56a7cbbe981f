"""Which share of what an award plan was made on is kept, however the order was edited since. Pure.

Units and prices count up to what they were when the plan was frozen. The money that is missing for
what is left of them is taken from all lines alike, and from shipping after them. What staff add
later is no part of it: it earns nothing, and it hides no refund.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from saleor_loyalty_app.orders.worth import ZERO, Priced, Worth

ONE = Fraction(1)
NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class Now:
    """What an order costs at a look, and the money that moved for it.

    Attributes:
        prices: units of each line, also those that came back, and what they cost with tax.
        total: what is to be paid of it.
        shipping: the price of shipping with tax.
        shipping_back: what of it was paid back.
        charged: all that was ever charged.
        back: all that ever went back.
    """

    prices: Mapping[str, tuple[int, Decimal]]
    total: Decimal
    shipping: Decimal
    shipping_back: Fraction
    charged: Fraction
    back: Fraction

    @property
    def cost(self) -> Decimal:
        """All prices together."""
        return sum((gross for _, gross in self.prices.values()), self.shipping)


@dataclass(frozen=True, slots=True)
class Shares:
    """What is kept: of each line, of shipping, of all goods' value, and of what rules looked at."""

    lines: Mapping[str, Fraction]
    shipping: Fraction
    goods: Fraction
    base: Fraction

    def of_order(self, reason: Mapping[str, object]) -> Fraction:
        """The share of an award that belongs to no line: it shrinks by what it was given on."""
        if reason.get("of") == "shipping":
            return self.shipping
        return self.base if "rate" in reason else self.goods


def shares_of(worth: Worth, units: Mapping[str, int], now: Now, order: Fraction) -> Shares:
    """What is kept of `worth`, of an order that has not ended.

    Args:
        units: of each line that did not come back.
        order: the share of the order by what it costs now, for goods that cost nothing.
    """
    if not now.back and _is_as_it_was(worth, units, now):
        return Shares({line.id: ONE for line in worth.lines}, ONE, ONE, ONE)
    cost = sum((line.gross for line in worth.lines), worth.shipping)
    paid = min(paid_share(now.total, now.cost), paid_share(worth.total, cost))
    left = {line.id: _left(line, units, now) for line in worth.lines}
    value = paid * sum((Fraction(line.gross) * left[line.id] for line in worth.lines), NOTHING)
    for_shipping = _shipping_left(worth, now, paid)
    money = max(now.charged, Fraction(worth.total)) - now.back - for_shipping * paid
    factor = factor_of(value - money, value)
    lines = {line_id: share * factor for line_id, share in left.items()}
    shipping = ONE
    if worth.shipping > 0:
        factor = factor_of(-money, for_shipping * paid)
        shipping = for_shipping * factor / Fraction(worth.shipping)
    return Shares(
        lines=lines,
        shipping=shipping,
        goods=_of_goods(worth, units, now, paid, money, order),
        base=_of_base(worth, lines, shipping),
    )


def paid_share(total: Decimal, cost: Decimal) -> Fraction:
    """The share of all prices that was to be paid; legacy gift cards lower an order's total."""
    if cost <= 0:
        return ONE
    return min(ONE, Fraction(total) / Fraction(cost))


def paid_factor(units: Mapping[str, int], now: Now) -> Fraction:
    """By what the goods of today shrink to what of them is paid with the money that stayed."""
    paid = paid_share(now.total, now.cost)
    goods = _value_now(units, now) * paid
    money = now.charged - now.back - max(NOTHING, Fraction(now.shipping) * paid - now.shipping_back)
    return factor_of(goods - money, goods)


def factor_of(missing: Fraction, left: Fraction) -> Fraction:
    """By what `left` shrinks where so much money is missing for it."""
    if missing <= 0:
        return ONE
    if left <= 0:
        return NOTHING
    return ONE - min(ONE, missing / left)


def _is_as_it_was(worth: Worth, units: Mapping[str, int], now: Now) -> bool:
    return (
        (now.total, now.shipping, now.shipping_back) == (worth.total, worth.shipping, NOTHING)
        and now.prices == {line.id: (line.quantity, line.gross) for line in worth.lines}
        and all(units[line.id] == line.quantity for line in worth.lines)
    )


def _left(line: Priced, units: Mapping[str, int], now: Now) -> Fraction:
    """The share of a line that is left by units and by their price."""
    if line.id not in now.prices or line.quantity <= 0:
        return NOTHING
    share = Fraction(min(units[line.id], line.quantity), line.quantity)
    quantity, gross = now.prices[line.id]
    if line.gross <= 0 or not share:
        return share
    price_then = Fraction(line.gross) / line.quantity
    return share * min(ONE, Fraction(gross) / quantity / price_then)


def _shipping_left(worth: Worth, now: Now, paid: Fraction) -> Fraction:
    """What of the price of shipping was not paid back."""
    price = Fraction(min(now.shipping, worth.shipping))
    return max(NOTHING, price - now.shipping_back / paid) if paid else price


def _of_goods(
    worth: Worth,
    units: Mapping[str, int],
    now: Now,
    paid: Fraction,
    money: Fraction,
    order: Fraction,
) -> Fraction:
    """The share of the goods' value: also what staff took in its place counts, if it is paid."""
    then = Fraction(sum((line.gross for line in worth.lines), ZERO))
    if then <= 0:
        return order
    left = _value_now(units, now)
    return min(ONE, left * factor_of(left * paid - money, left * paid) / then)


def _value_now(units: Mapping[str, int], now: Now) -> Fraction:
    return sum(
        (
            Fraction(gross) * Fraction(units[line_id], quantity)
            for line_id, (quantity, gross) in now.prices.items()
            if quantity > 0
        ),
        NOTHING,
    )


def _of_base(worth: Worth, lines: Mapping[str, Fraction], shipping: Fraction) -> Fraction:
    """The share of the money that rules looked at."""
    then = Fraction(sum((line.base for line in worth.lines), worth.shipping_base))
    if then <= 0:
        return ONE
    kept = sum((Fraction(line.base) * lines[line.id] for line in worth.lines), NOTHING)
    return (kept + Fraction(worth.shipping_base) * shipping) / then
