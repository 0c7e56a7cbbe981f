"""What a voucher in Saleor is made with, by the kind of what it stands for. Pure.

As Saleor's schema cannot say it: a limit of uses counts all codes of a voucher together, so none is
set and the code is single-use; a voucher on a product reduces one unit only where it is applied
once per order, however often the shopper puts the product into the cart; a voucher on shipping is
refused before a delivery is chosen.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from saleor_loyalty_app.programs.scalars import plain

_ALL = "100"


def voucher_input(terms: Mapping[str, Any] | None) -> dict[str, Any]:
    """What `voucherCreate` is told beside name, code and dates.

    Args:
        terms: of the redemption; None = points for an amount.
    """
    match _kind(terms):
        case "percent":
            return {"type": "ENTIRE_ORDER", "discountValueType": "PERCENTAGE"}
        case "free_product":
            return {
                "type": "SPECIFIC_PRODUCT",
                "discountValueType": "PERCENTAGE",
                "variants": [_said(terms, "variant")],
                "applyOncePerOrder": True,
            }
        case "shipping":
            free = bool(_said(terms, "free"))
            return {"type": "SHIPPING", "discountValueType": "PERCENTAGE" if free else "FIXED"}
        case _:
            return {"type": "ENTIRE_ORDER", "discountValueType": "FIXED"}


def voucher_value(terms: Mapping[str, Any] | None, amount: Decimal) -> str:
    """What its channel listing says it is worth: money, or percents."""
    match _kind(terms):
        case "percent":
            return str(_said(terms, "percent"))
        case "free_product":
            return _ALL
        case "shipping" if _said(terms, "free"):
            return _ALL
        case _:
            return plain(amount)


def voucher_minimum(terms: Mapping[str, Any]) -> Decimal:
    """The goods' price from which it works; 0 = any."""
    return Decimal(str(terms.get("minimum", 0)))


def _kind(terms: Mapping[str, Any] | None) -> str:
    return "amount" if terms is None else str(terms["kind"])


def _said(terms: Mapping[str, Any] | None, name: str) -> Any:
    return None if terms is None else terms[name]
