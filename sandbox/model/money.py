"""Money as Saleor keeps it: `Decimal` amounts with a currency, net and gross side by side."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
_HUNDRED = Decimal(100)
_EXPONENTS = {"JPY": Decimal(1), "KRW": Decimal(1), "CLP": Decimal(1)}
_CENT = Decimal("0.01")


def quantize(amount: Decimal, currency: str) -> Decimal:
    """Round `amount` half up to the smallest unit of `currency`."""
    return amount.quantize(_EXPONENTS.get(currency, _CENT), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Money:
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Taxed:
    """A price before and after tax, in one currency."""

    net_amount: Decimal
    gross_amount: Decimal
    currency: str

    @property
    def net(self) -> Money:
        return Money(self.net_amount, self.currency)

    @property
    def gross(self) -> Money:
        return Money(self.gross_amount, self.currency)

    @property
    def tax(self) -> Money:
        return Money(self.gross_amount - self.net_amount, self.currency)

    def __add__(self, other: "Taxed") -> "Taxed":
        return Taxed(
            self.net_amount + other.net_amount,
            self.gross_amount + other.gross_amount,
            self.currency,
        )

    def per_unit(self, quantity: int) -> "Taxed":
        """The rounded share of one of `quantity` equal units."""
        return Taxed(
            quantize(self.net_amount / quantity, self.currency),
            quantize(self.gross_amount / quantity, self.currency),
            self.currency,
        )

    def less_gross(self, amount: Decimal) -> "Taxed":
        """Take `amount` off the gross price, and the same share off the net price."""
        if not amount or not self.gross_amount:
            return self
        gross = max(self.gross_amount - amount, ZERO)
        net = quantize(self.net_amount * gross / self.gross_amount, self.currency)
        return Taxed(net, gross, self.currency)


def zero(currency: str) -> Taxed:
    return Taxed(ZERO, ZERO, currency)


def total(prices: list[Taxed], currency: str) -> Taxed:
    return sum(prices, zero(currency))


def apply_rate(amount: Decimal, percent: Decimal, *, with_tax: bool, currency: str) -> Taxed:
    """Net and gross of `amount`, entered with tax or without, at a flat rate in percent."""
    factor = 1 + percent / _HUNDRED
    net, gross = (amount / factor, amount) if with_tax else (amount, amount * factor)
    return Taxed(quantize(net, currency), quantize(gross, currency), currency)
