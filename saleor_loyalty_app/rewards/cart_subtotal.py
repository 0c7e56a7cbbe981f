"""What a cart costs, from a webhook in which Saleor calculates no discounted price. Pure.

Seen to be exact on a real Saleor 3.23 with every kind of voucher and promotion, in channels whose
prices are entered with and without tax:

    subtotal = Σ price of one unit × quantity, gift lines left out − the checkout's discount

all on the side on which the channel's prices are entered: gross where they include tax, else net.
The other side cannot be had, as Saleor takes the rate of the channel's default country there. The
discount of a voucher for shipping is none of the subtotal's.

It cannot be known where an app put a price of its own on a line, where a variant has no price, and
while Saleor has not priced a new checkout yet: its discount lacks a promotion on the order then.
Nor where a voucher for some of the goods may have taken off more than is left of the cart: once
Saleor has priced such a cart again, its discount is no more than what is left (seen on 3.23.28:
1.39 for 20.00 off a cart of 21.39).
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Protocol

from saleor_loyalty_app.programs.scalars import plain
from saleor_loyalty_app.saleor.order_snapshot import Money, TaxedMoney
from saleor_loyalty_app.saleor.shipping_event import Checkout, Line

ZERO = Decimal(0)
#: A checkout that was last changed so soon after it was made may not be priced yet.
FRESH = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class CartFigure:
    """What a cart costs for a threshold.

    Attributes:
        subtotal: in major units, on the entered side; not above the true one where it is doubted.
        doubt: why it may be too low: "price_overridden", "price_unknown", "not_priced_yet",
            "discount_cut"; "" = it is exact.
    """

    subtotal: Decimal
    doubt: str = ""


def entered_subtotal(checkout: Checkout, *, with_tax: bool, own_code: bool) -> Decimal:
    """The formula. Lines without a price count nothing.

    Args:
        with_tax: whether the channel's prices are entered with tax.
        own_code: the code on the checkout is a redemption of ours, which is not counted against
            the shopper.
    """
    goods = sum((_line_price(line, with_tax=with_tax) for line in checkout.lines), ZERO)
    return max(ZERO, goods - _discount(checkout, own_code=own_code))


def figure_of(checkout: Checkout, *, with_tax: bool, own_code: bool) -> CartFigure:
    """The subtotal, or where it is doubted what it is at least."""
    doubted = [line for line in checkout.lines if line_doubt(line, with_tax=with_tax)]
    if doubted:
        certain = [line for line in checkout.lines if line not in doubted]
        goods = sum((_line_price(line, with_tax=with_tax) for line in certain), ZERO)
        least = max(ZERO, goods - _discount(checkout, own_code=own_code))
        return CartFigure(least, line_doubt(doubted[0], with_tax=with_tax))
    if is_fresh(checkout):
        return CartFigure(ZERO, "not_priced_yet")
    subtotal = entered_subtotal(checkout, with_tax=with_tax, own_code=own_code)
    left = _left_if_cut(checkout)
    if left is not None and left < subtotal and not own_code:
        return CartFigure(left, "discount_cut")
    return CartFigure(subtotal)


def most_of(checkout: Checkout) -> Decimal:
    """What the cart costs at most: for repeating an offer while nothing can be looked up."""
    return sum((_line_price(line, with_tax=True) for line in checkout.lines), ZERO)


def line_doubt(line: Line, *, with_tax: bool) -> str:
    """Why a line's price is not what the variant costs; "" = it is.

    An app's own price shows in the undiscounted price once Saleor has calculated again, before
    that only in the reason, which the app need not give.
    """
    if line.is_gift:
        return ""
    pricing = line.variant.pricing if line.variant else None
    if pricing is None or pricing.price is None:
        return "price_unknown"
    if line.price_override_reason is not None:
        return "price_overridden"
    listed, counted = pricing.price_undiscounted, line.undiscounted_unit_price
    if listed is None or counted is None:
        return ""
    return "" if counted.amount == _entered(listed, with_tax) else "price_overridden"


def is_fresh(checkout: Checkout) -> bool:
    """Whether Saleor may not have priced the checkout yet: new, and without any discount."""
    discount = checkout.discount.amount if checkout.discount else ZERO
    return (
        discount == ZERO
        and not checkout.voucher_code
        and checkout.updated_at - checkout.created < FRESH
    )


class HashedLine(Protocol):
    """What of a line the subtotal depends on."""

    @property
    def id(self) -> str: ...
    @property
    def quantity(self) -> int: ...
    @property
    def undiscounted_total_price(self) -> Money: ...


def cart_hash(
    *,
    lines: Iterable[HashedLine],
    voucher_code: str | None,
    discount: Money | None,
    user_id: str,
    country: str,
) -> str:
    """A hash of what the subtotal depends on; webhooks and reads of one cart have the same."""
    parts = [
        f"{line.id}:{line.quantity}:{plain(line.undiscounted_total_price.amount)}" for line in lines
    ]
    parts.sort()
    amount = plain(discount.amount) if discount else "0"
    text = "\n".join((*parts, voucher_code or "", amount, user_id, country))
    return hashlib.sha256(text.encode()).hexdigest()


def _line_price(line: Line, *, with_tax: bool) -> Decimal:
    pricing = line.variant.pricing if line.variant else None
    if line.is_gift or pricing is None or pricing.price is None:
        return ZERO
    return _entered(pricing.price, with_tax) * line.quantity


def _discount(checkout: Checkout, *, own_code: bool) -> Decimal:
    if own_code or checkout.discount is None:
        return ZERO
    if checkout.voucher is not None and checkout.voucher.type == "SHIPPING":
        return ZERO
    return checkout.discount.amount


def _left_if_cut(checkout: Checkout) -> Decimal | None:
    """What is left of the goods if the discount was cut to it; None where it never is."""
    voucher = checkout.voucher
    if voucher is None or voucher.type != "SPECIFIC_PRODUCT" or checkout.discount is None:
        return None
    return checkout.discount.amount


def _entered(price: TaxedMoney, with_tax: bool) -> Decimal:
    return (price.gross if with_tax else price.net).amount
