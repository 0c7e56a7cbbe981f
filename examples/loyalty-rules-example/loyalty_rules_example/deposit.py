"""An effect: points for each unit with a deposit, and more from the n-th on."""

from typing import Annotated

from pydantic import Field, StringConstraints

from saleor_loyalty_app.ext import EffectKind, Given, KindSettings, Seen

Points = Annotated[int, Field(ge=0, le=1000)]


class Deposit(KindSettings):
    """`points` for each unit; from the `more_from`-th of a line on, `more`."""

    sku_begins: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    points: Points
    more_from: Annotated[int, Field(ge=2, le=1000)] | None = None
    more: Points = 0


def amount(settings: Deposit, seen: Seen) -> Given:
    """What one line earns."""
    if seen.line is None or not seen.line.sku.startswith(settings.sku_begins):
        return Given(0)
    units = seen.line.quantity
    dear = 0 if settings.more_from is None else max(0, units - settings.more_from + 1)
    points = (units - dear) * settings.points + dear * settings.more
    return Given(points, {"en": f"{units} with a deposit", "tr": f"{units} depozitolu"})


def sentence(settings: Deposit, language: str) -> str:
    """What the effect does."""
    if language == "tr":
        said = f"depozitolu her ürün {settings.points} puan"
        more = f", {settings.more_from}. üründen itibaren {settings.more}"
    else:
        said = f"each product with a deposit earns {settings.points} points"
        more = f", from unit {settings.more_from} on {settings.more}"
    return said if settings.more_from is None else said + more


DEPOSIT = EffectKind(
    name="deposit",
    labels={"en": "Points for deposits", "tr": "Depozitoya puan"},
    settings=Deposit,
    amount=amount,
    sentence=sentence,
    example=Deposit(sku_begins="DEP-", points=3),
    levels=frozenset({"line"}),
    looks_at=frozenset({"variant"}),
)
