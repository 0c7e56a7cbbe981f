"""A checkout as the app reads it when a webhook's own figures are not enough.

The shape of `graphql/queries/checkout_cart.graphql`.
"""

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from saleor_loyalty_app import shapes
from saleor_loyalty_app.saleor.event import NodeRef
from saleor_loyalty_app.saleor.order_snapshot import Address, Money, TaxedMoney


class _Part(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    pass


class CartChannel(_Part, frozen=True):
    slug: str


class CartLine(_Part, frozen=True):
    id: str
    quantity: int
    undiscounted_total_price: Money
    is_gift: bool | None = None


class CartTransaction(_Part, frozen=True):
    authorized_amount: Money
    authorize_pending_amount: Money
    charged_amount: Money
    charge_pending_amount: Money


class CheckoutCart(_Part, frozen=True):
    """What is in a checkout, what it costs now, and whether money is on it."""

    id: str
    channel: CartChannel
    subtotal_price: TaxedMoney
    lines: tuple[CartLine, ...] = ()
    user: NodeRef | None = None
    voucher_code: str | None = None
    discount: Money | None = None
    shipping_address: Address | None = None
    transactions: tuple[CartTransaction, ...] | None = None

    @property
    def user_id(self) -> str:
        """Saleor's id of the user; "" for a guest."""
        return self.user.id if self.user else ""

    @property
    def country(self) -> str:
        """The country of the shipping address; "" without one."""
        return self.shipping_address.country.code if self.shipping_address else ""


class _Payment(_Part, frozen=True):
    is_active: bool = False


class _PaymentEdge(_Part, frozen=True):
    node: _Payment


class _Payments(_Part, frozen=True):
    edges: tuple[_PaymentEdge, ...] = ()


class CartAnswer(_Part, frozen=True):
    """The whole answer. No checkout: it was completed, deleted, or never was."""

    checkout: CheckoutCart | None = None
    payments: _Payments | None = None

    @property
    def has_money(self) -> bool:
        """Whether somebody paid, or is about to: by transactions or by Saleor's older payments."""
        checkout = self.checkout
        if checkout is None:
            return False
        if any(_amounts(checkout)):
            return True
        return any(edge.node.is_active for edge in (self.payments or _Payments()).edges)


def _amounts(checkout: CheckoutCart) -> Iterator[Decimal]:
    for one in checkout.transactions or ():
        yield one.authorized_amount.amount
        yield one.authorize_pending_amount.amount
        yield one.charged_amount.amount
        yield one.charge_pending_amount.amount


def read_cart(data: object) -> CartAnswer:
    """The answer to the query, typed.

    Raises:
        msgspec.ValidationError: it is not what was asked for.
    """
    return shapes.convert(data, CartAnswer)
