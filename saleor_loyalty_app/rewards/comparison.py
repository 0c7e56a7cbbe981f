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


def saves_nothing(reason: Mapping[str, Any] | None) -> bool:
    """Whether a redemption fails as its cart is no dearer without the discount.

    Args:
        reason: why it fails, as `errors.reason_of` stores it.
    """
    return price_with(reason) is not None


def price_with(reason: Mapping[str, Any] | None) -> Decimal | None:
    """What the cart cost with a discount that saved nothing; None where it saved something."""
    if reason is None or reason.get("code") != WorseOff.code or Decimal(reason["saved"]) > 0:
        return None
    return Decimal(reason["after"])


def compared_anew(
    reason: Mapping[str, Any], without: Decimal, with_code: Decimal
) -> dict[str, Any]:
    """The reason of a redemption whose cart was seen without and with the discount once more."""
    return {
        **reason,
        "saved": plain(without - with_code),
        "before": plain(without),
        "after": plain(with_code),
    }
