"""Checkouts as the API shows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.model.checkouts import Checkout, CheckoutLine
from sandbox.model.customers import User
from sandbox.model.line_prices import undiscounted_unit
from sandbox.model.money import ZERO, Money
from sandbox.model.pricing import CheckoutPrices, checkout_prices
from sandbox.schema.request import (
    Info,
    Resolver,
    Resolvers,
    caller_of,
    guarded,
    may,
    request_of,
    require_owner,
    store_of,
)
from sandbox.schema.types_catalog import InChannel
from sandbox.schema.types_order import outside_sync_events

_READERS = ("MANAGE_USERS", "HANDLE_PAYMENTS", "HANDLE_TAXES")


class PricedLine:
    """A checkout line beside the checkout that prices it."""

    def __init__(self, line: CheckoutLine, checkout: Checkout) -> None:
        self.line = line
        self.checkout = checkout
        self.pk = line.pk
        self.quantity = line.quantity
        self.is_gift = line.is_gift
        self.metadata = line.metadata
        self.private_metadata = line.private_metadata


def prices_of(checkout: Checkout, info: Info) -> CheckoutPrices:
    """The prices as the request first saw them; they are stored when it ends.

    Saleor loads prices once in a request as well: a second change of the same checkout in one
    document answers with the prices after the first.
    """
    priced = request_of(info).priced
    if checkout.pk not in priced:
        priced[checkout.pk] = checkout_prices(store_of(info), checkout)
    return priced[checkout.pk]


def _priced(read: Callable[[CheckoutPrices], Any]) -> Resolver:
    def resolve(checkout: Checkout, info: Info) -> Any:
        return read(prices_of(checkout, info))

    return outside_sync_events(resolve)


def _user(checkout: Checkout, info: Info) -> User | None:
    if checkout.user is not None:
        require_owner(info, checkout.user, *_READERS)
    return checkout.user


def _balance(checkout: Checkout, info: Info) -> Money:
    """Charged less the total; what is only authorized does not count."""
    total = prices_of(checkout, info).total.gross_amount
    charged = sum((item.amounts.charged for item in checkout.transactions), ZERO)
    return Money(charged - total, checkout.currency)


def _line_total(source: PricedLine, info: Info) -> Any:
    known = prices_of(source.checkout, info).lines.get(source.pk)
    return known or checkout_prices(store_of(info), source.checkout).lines[source.pk]


def _line_unit(source: PricedLine, info: Info) -> Any:
    return _line_total(source, info).per_unit(source.quantity)


def _undiscounted(times_quantity: bool) -> Resolver:
    def resolve(source: PricedLine, _info: Info) -> Money:
        price = undiscounted_unit(source.line, source.checkout.channel)
        amount = price * source.quantity if times_quantity else price
        return Money(amount, source.checkout.currency)

    return resolve


def _override_reason(source: PricedLine, info: Info) -> str | None:
    return (
        source.line.price_override_reason
        if may(info, "MANAGE_CHECKOUTS", "HANDLE_CHECKOUTS")
        else None
    )


def _transactions(checkout: Checkout, _info: Info) -> list[Any]:
    return checkout.transactions


def visible_checkouts(source: User, info: Info) -> list[Checkout]:
    """The checkouts of a user, for the user and for those who manage checkouts."""
    if caller_of(info).user is not source and not may(info, "MANAGE_CHECKOUTS"):
        return []
    return [c for c in store_of(info).checkouts.values() if c.user is source]


CHECKOUT_TYPES: Resolvers = {
    "Checkout": {
        "token": lambda checkout, _info: checkout.pk,
        "user": _user,
        "quantity": lambda checkout, _info: sum(line.quantity for line in checkout.lines),
        "displayGrossPrices": lambda checkout, _info: checkout.channel.display_gross_prices,
        "taxExemption": lambda _checkout, _info: False,
        "totalPrice": _priced(lambda prices: prices.total),
        "subtotalPrice": _priced(lambda prices: prices.subtotal),
        "shippingPrice": _priced(lambda prices: prices.shipping),
        "totalBalance": outside_sync_events(_balance),
        "lines": lambda checkout, _info: [PricedLine(li, checkout) for li in checkout.lines],
        "transactions": guarded(_transactions, "MANAGE_CHECKOUTS", "HANDLE_PAYMENTS"),
    },
    "CheckoutLine": {
        "variant": lambda source, _info: InChannel(source.line.variant, source.checkout.channel),
        "unitPrice": outside_sync_events(_line_unit),
        "totalPrice": outside_sync_events(_line_total),
        "undiscountedUnitPrice": _undiscounted(False),
        "undiscountedTotalPrice": _undiscounted(True),
        "priorUnitPrice": lambda _line, _info: None,
        "priorTotalPrice": lambda _line, _info: None,
        "priceOverrideReason": _override_reason,
    },
}
