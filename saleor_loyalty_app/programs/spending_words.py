"""The limits on spending in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.programs import words
from saleor_loyalty_app.programs.spending import DEFAULTS, Spending
from saleor_loyalty_app.programs.store_names import NOTHING, Called, called


@dataclass(frozen=True, slots=True)
class SpendingChange:
    """One limit that changes: its field, what it is called, and its value before and after."""

    field: str
    name: str
    before: str
    after: str


def spending_changes(
    old: Spending | None, new: Spending | None, language: str, names: Called = NOTHING
) -> Iterator[SpendingChange]:
    """What changes from one section to the next; None stands for the defaults.

    Args:
        names: of channels by "channel:<slug>".
    """
    before, after = old or DEFAULTS, new or DEFAULTS
    for field in Spending.model_fields:
        if getattr(before, field) != getattr(after, field):
            yield SpendingChange(
                field,
                translate(f"spending.{field}", language),
                limit_words(before, field, language, names),
                limit_words(after, field, language, names),
            )


def limit_words(spending: Spending, field: str, language: str, names: Called = NOTHING) -> str:
    """The value of one limit: "100 points", "50%", "$20.00 (web)"."""
    value = getattr(spending, field)
    if field in ("minimum_points", "step"):
        return words.points_words(value, language)
    if field == "maximum_share":
        return words.percent_words(Fraction(value, 100), language)
    if field == "minimum_orders":
        amounts = [
            f"{words.money_words(one.money, one.currency, language)} "
            f"({called('channel', one.channel, names)})"
            for one in value
        ]
        return words.list_words(amounts, language) or translate("value.none", language)
    return words.number_words(value, language)
