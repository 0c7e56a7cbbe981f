"""What a redemption gives, for people: an amount off, or else what its reward is. Pure."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.programs.words import money_words, percent_words

NOTHING_OFF = Decimal(0)


def takes_off(terms: Mapping[str, Any] | None, amount: Decimal) -> Decimal:
    """The amount that comes off a price; 0 where that is not an amount, whatever it is worth.

    Args:
        terms: what its instrument was made with, as `rewards.catalog.deal_for` says it; None =
            points for what they are worth.
        amount: what is written down with it; of a percentage or a product, the owner's own figure
            of what it costs.
    """
    if terms is None or terms["kind"] == "amount":
        return amount
    return amount if _off_shipping(terms) else NOTHING_OFF


def gives_words(
    terms: Mapping[str, Any] | None, amount: Decimal, currency: str, language: str
) -> str | None:
    """What it gives, in words: "20% off the goods", "a product for free"; None = its amount."""
    if terms is None or terms["kind"] == "amount":
        return None
    if _off_shipping(terms):
        off = money_words(amount, currency, language)
        return translate("catalog.gives.shipping_less", language, amount=off)
    share = percent_words(Fraction(terms.get("percent", 0), 100), language)
    return translate(f"catalog.gives.{terms['kind']}", language, share=share)


def _off_shipping(terms: Mapping[str, Any]) -> bool:
    return terms["kind"] == "shipping" and not terms.get("free", True)
