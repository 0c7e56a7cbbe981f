"""Checkouts and draft orders as spending looks at them: one shape for both.

What is read is told by `graphql/fragments/CheckoutSnapshot.graphql` and `DraftSnapshot.graphql`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from saleor_loyalty_app import shapes
from saleor_loyalty_app.saleor.errors import SaleorQueryError
from saleor_loyalty_app.saleor.order_snapshot import Discount, Money, OrderDiscount, TaxedMoney

T = TypeVar("T")

#: A legacy payment in one of these states holds no money any more.
_OVER = frozenset({"REFUSED", "CANCELLED", "FULLY_REFUNDED"})
#: The shopper is at the bank, or the bank is at work: no amount is pending yet.
_AT_THE_BANK = frozenset(
    {
        "AUTHORIZATION_ACTION_REQUIRED",
        "AUTHORIZATION_REQUEST",
        "CHARGE_ACTION_REQUIRED",
        "CHARGE_REQUEST",
    }
)
#: After so long nobody comes back from the bank.
BANK_PATIENCE = timedelta(hours=24)
#: Orders that no customer has made yet.
_UNMADE = "DRAFT"


class _Part(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    pass


class _Ref(_Part, frozen=True):
    id: str


class _TaxConfiguration(_Part, frozen=True):
    prices_entered_with_tax: bool


class ChannelSnapshot(_Part, frozen=True):
    """The channel of a cart."""

    id: str
    slug: str
    currency_code: str
    tax_configuration: _TaxConfiguration


class _Line(_Part, frozen=True):
    quantity: int
    is_gift: bool | None = None
    variant: _Ref | None = None


class _Event(_Part, frozen=True):
    created_at: datetime
    type: str | None = None


class _Transaction(_Part, frozen=True):
    authorized_amount: Money
    authorize_pending_amount: Money
    charged_amount: Money
    charge_pending_amount: Money
    refund_pending_amount: Money
    cancel_pending_amount: Money
    events: tuple[_Event, ...] = ()


class _Payment(_Part, frozen=True):
    is_active: bool
    charge_status: str


class _Problem(_Part, frozen=True):
    typename: str = msgspec.field(name="__typename", default="")


class _MaybeRef(_Part, frozen=True):
    id: str | None = None


class _Checkout(_Part, frozen=True):
    id: str
    channel: ChannelSnapshot
    subtotal_price: TaxedMoney
    shipping_price: TaxedMoney
    user: _Ref | None = None
    voucher_code: str | None = None
    lines: tuple[_Line, ...] = ()
    delivery_method: _MaybeRef | None = None
    problems: tuple[_Problem, ...] | None = None
    transactions: tuple[_Transaction, ...] | None = None


class _Draft(_Part, frozen=True):
    id: str
    status: str
    channel: ChannelSnapshot
    subtotal: TaxedMoney
    shipping_price: TaxedMoney
    user: _Ref | None = None
    voucher_code: str | None = None
    lines: tuple[_Line, ...] = ()
    delivery_method: _MaybeRef | None = None
    transactions: tuple[_Transaction, ...] = ()
    payments: tuple[_Payment, ...] = ()


class DiscountedLine(_Part, frozen=True):
    """A line of an order, as far as it tells of discounts."""

    discounts: tuple[Discount, ...] | None = None


class OrderWithCode(_Part, frozen=True):
    """What tells whether an order was made with a code: a part of an `OrderSnapshot`."""

    id: str
    status: str
    checkout_id: str | None = None
    voucher_code: str | None = None
    redemption: str | None = None
    discounts: tuple[OrderDiscount, ...] | None = None
    lines: tuple[DiscountedLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Cart:
    """A checkout or draft order at one moment.

    Attributes:
        subtotal: of the goods after all discounts, on the side of the tax on which the channel's
            prices are entered.
        goods, shipping: with tax, in the currency's major unit.
        lines: (variant, quantity) without gifts, sorted: what the shopper chose.
        gifts: units that a promotion put in.
        delivery: what was chosen, if anything; `delivery_valid`: it is still offered.
        money: authorized, charged or pending, also by a legacy payment, or the shopper is at the
            bank.
        made: a draft that became an order.
    """

    id: str
    user_id: str | None
    channel_id: str
    channel: str
    currency: str
    code: str | None
    subtotal: Decimal
    goods: Decimal
    shipping: Decimal
    lines: tuple[tuple[str, int], ...]
    gifts: int
    delivery: str | None
    delivery_valid: bool
    money: bool
    made: bool = False

    @property
    def price(self) -> Decimal:
        """Goods and shipping with tax, before gift cards: what all payments come to."""
        return self.goods + self.shipping


@dataclass(frozen=True, slots=True)
class CartAnswer:
    """A cart (none = gone), and whether its user may still act (none = not asked)."""

    cart: Cart | None
    user_active: bool | None = None


def checkout_of(data: Mapping[str, Any], now: datetime) -> CartAnswer:
    """The answer to "queries/spending_checkout" or "…_and_user".

    Raises:
        SaleorQueryError: it is not what the document asks for.
    """
    found = _typed(data.get("checkout"), _Checkout)
    if found is None:
        return CartAnswer(None, _active(data))
    payments = [_required(edge["node"], _Payment) for edge in _edges(data, "payments")]
    problems = {problem.typename for problem in found.problems or ()}
    cart = Cart(
        **_common(found),
        subtotal=_entered(found.subtotal_price, found.channel),
        goods=found.subtotal_price.gross.amount,
        delivery_valid="CheckoutProblemDeliveryMethodInvalid" not in problems,
        money=_is_paid(found.transactions or (), payments, now),
    )
    return CartAnswer(cart, _active(data))


def draft_of(data: Mapping[str, Any], now: datetime) -> CartAnswer:
    """The answer to "queries/spending_draft" or "…_and_user".

    Raises:
        SaleorQueryError: it is not what the document asks for.
    """
    found = _typed(data.get("order"), _Draft)
    if found is None:
        return CartAnswer(None, _active(data))
    cart = Cart(
        **_common(found),
        subtotal=_entered(found.subtotal, found.channel),
        goods=found.subtotal.gross.amount,
        delivery_valid=True,
        money=_is_paid(found.transactions, found.payments, now),
        made=found.status != _UNMADE,
    )
    return CartAnswer(cart, _active(data))


def orders_with_code(data: Mapping[str, Any]) -> list[OrderWithCode]:
    """The answer to "queries/orders_with_code", each order once.

    Raises:
        SaleorQueryError: it is not what the document asks for.
    """
    edges = [*_edges(data, "ofCheckouts"), *_edges(data, "byCode")]
    orders = [_required(edge["node"], OrderWithCode) for edge in edges]
    return list({order.id: order for order in orders}.values())


def channel_of(data: Mapping[str, Any]) -> ChannelSnapshot | None:
    """The channel in the answer to "queries/spending_user"; None = there is none."""
    return _typed(data.get("channel"), ChannelSnapshot)


def user_is_active(data: Mapping[str, Any]) -> bool:
    """Whether the user of the answer exists and was not deactivated."""
    return bool(_active(data))


def vouchers_with_code(data: Mapping[str, Any], code: str) -> list[str]:
    """The ids of vouchers with exactly this code: Saleor's search is looser, and also by name."""
    return [
        edge["node"]["id"]
        for edge in _edges(data, "vouchers")
        if any(
            one["node"]["code"] == code
            for one in (edge["node"].get("codes") or {}).get("edges", ())
        )
    ]


def _common(found: _Checkout | _Draft) -> dict[str, Any]:
    chosen: dict[str, int] = {}
    for line in found.lines:
        if not line.is_gift:
            variant = line.variant.id if line.variant else ""
            chosen[variant] = chosen.get(variant, 0) + line.quantity
    return {
        "id": found.id,
        "user_id": found.user.id if found.user else None,
        "channel_id": found.channel.id,
        "channel": found.channel.slug,
        "currency": found.channel.currency_code,
        "code": found.voucher_code or None,
        "shipping": found.shipping_price.gross.amount,
        "lines": tuple(sorted(chosen.items())),
        "gifts": sum(line.quantity for line in found.lines if line.is_gift),
        "delivery": found.delivery_method.id if found.delivery_method else None,
    }


def _entered(price: TaxedMoney, channel: ChannelSnapshot) -> Decimal:
    side = price.gross if channel.tax_configuration.prices_entered_with_tax else price.net
    return side.amount


def _is_paid(
    transactions: tuple[_Transaction, ...],
    payments: list[_Payment] | tuple[_Payment, ...],
    now: datetime,
) -> bool:
    if any(payment.is_active and payment.charge_status not in _OVER for payment in payments):
        return True
    return any(_holds_money(one) or _at_the_bank(one, now) for one in transactions)


def _holds_money(transaction: _Transaction) -> bool:
    amounts = (
        transaction.authorized_amount,
        transaction.authorize_pending_amount,
        transaction.charged_amount,
        transaction.charge_pending_amount,
        transaction.refund_pending_amount,
        transaction.cancel_pending_amount,
    )
    return any(money.amount > 0 for money in amounts)


def _at_the_bank(transaction: _Transaction, now: datetime) -> bool:
    last = max(transaction.events, key=lambda event: event.created_at, default=None)
    return last is not None and last.type in _AT_THE_BANK and last.created_at > now - BANK_PATIENCE


def _active(data: Mapping[str, Any]) -> bool | None:
    if "user" not in data:
        return None
    user = data["user"]
    return isinstance(user, dict) and user.get("isActive") is True


def _edges(data: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    return list((data.get(name) or {}).get("edges") or ())


def _typed(value: object, kind: type[T]) -> T | None:
    return None if value is None else _required(value, kind)


def _required(value: object, kind: type[T]) -> T:
    try:
        return shapes.convert(value, kind)
    except msgspec.ValidationError as failure:
        raise SaleorQueryError(f"{kind.__name__.strip('_')}: {failure}") from failure
