"""Money as the API writes it: `{"amount": "12.30", "currency": "USD"}`."""

from decimal import ROUND_DOWN, Decimal
from typing import Self

from babel.numbers import get_currency_precision
from pydantic import BaseModel, ConfigDict, Field


class Money(BaseModel):
    """An amount in a currency. It is text, so that no reader makes a float of it."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"amount": "12.30", "currency": "USD"}]},
    )

    amount: str = Field(
        pattern=r"^-?[0-9]+(\.[0-9]+)?$",
        description="In major units, with exactly as many places as the currency has.",
    )
    currency: str = Field(pattern=r"^[A-Z]{3}$", description="ISO 4217.")

    @classmethod
    def of(cls, amount: Decimal, currency: str) -> Self:
        """`amount` cut to the minor unit of `currency` (ISO 4217): never more than it is."""
        unit = Decimal(1).scaleb(-get_currency_precision(currency))
        return cls(amount=f"{amount.quantize(unit, rounding=ROUND_DOWN):f}", currency=currency)
