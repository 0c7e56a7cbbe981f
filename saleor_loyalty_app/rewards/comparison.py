"""Whether a discount really saves what it promised: the cart before and after. Pure."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision

from saleor_loyalty_app.programs.scalars import plain
from saleor_loyalty_app.rewards.errors import (
    CartChanging,
    DeliveryLost,
    GiftLost,
    SpendingRefused,
    WorseOff,
)
from saleor_loyalty_app.saleor.checkout_snapshot import Cart


def before_of(cart: Cart) -> dict[str, Any]:
    """What is kept of a cart before the discount, as JSON values."""
    return {
        "price": plain(cart.price),
        "goods": plain(cart.goods),
        "shipping": plain(cart.shipping),
        "lines": [list(line) for line in cart.lines],
        "gifts": cart.gifts,
        "delivery": cart.delivery,
        "delivery_valid": cart.delivery_valid,
    }


def why_not(before: Mapping[str, Any], after: Cart, amount: Decimal) -> SpendingRefused | None:
    """Why a cart with the discount is not what was promised; None = it is.

    Goods and shipping are looked at together and with tax: what a gift card pays later makes no
    difference. A coin of rounding a line is nobody's loss. `CartChanging`: the shopper changed
    something meanwhile, so that nothing can be said.
    """
    if before["lines"] != [list(line) for line in after.lines]:
        return CartChanging()
    if before["delivery"] is not None and after.delivery is None:
        return DeliveryLost()
    if before["delivery"] != after.delivery:
        return CartChanging()
    if before["delivery_valid"] and not after.delivery_valid:
        return DeliveryLost()
    if after.gifts < before["gifts"]:
        return GiftLost()
    price = Decimal(before["price"])
    saved = price - after.price
    coin = Decimal(1).scaleb(-get_currency_precision(after.currency))
    if saved + coin * max(1, len(after.lines)) >= amount:
        return None
    return WorseOff(
        promised=plain(amount),
        saved=plain(saved),
        before=plain(price),
        after=plain(after.price),
        currency=after.currency,
    )
