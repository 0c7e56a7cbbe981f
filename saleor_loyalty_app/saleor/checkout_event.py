"""The little of a checkout that `graphql/subscriptions/checkouts.graphql` asks for."""

import msgspec

from saleor_loyalty_app.saleor.shipping_event import Goods


class _Part(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    pass


class CheckoutUser(_Part, frozen=True):
    id: str


class CheckoutNews(Goods, frozen=True, kw_only=True):
    """What an event tells of a checkout: whose it is, the code on it, and who may buy the goods."""

    id: str
    email: str | None = None
    voucher_code: str | None = None
    user: CheckoutUser | None = None

    @property
    def user_id(self) -> str | None:
        """Saleor's id of its user; None = a guest."""
        return self.user.id if self.user is not None else None


class CheckoutEvent(_Part, frozen=True):
    """A CHECKOUT_* event; the checkout is None where it was completed or deleted meanwhile."""

    checkout: CheckoutNews | None = None
