"""What Saleor tells of where points are to be spent, before any are set aside."""

from dataclasses import dataclass

from saleor_loyalty_app.flows.redemption_work import Bench
from saleor_loyalty_app.rewards.errors import (
    CartCompleted,
    CartUnknown,
    PaymentUnderWay,
    UserInactive,
)
from saleor_loyalty_app.rewards.instruments.port import Place
from saleor_loyalty_app.rewards.quote import CartForSpending
from saleor_loyalty_app.rewards.spend_request import Bearer, OnCheckout, OnDraft, SpendRequest
from saleor_loyalty_app.saleor.checkout_snapshot import Cart, channel_of, user_is_active
from saleor_loyalty_app.saleor.global_ids import names
from saleor_loyalty_app.stores.refs import StoreRef


@dataclass(frozen=True, slots=True)
class Scene:
    """Where points are to be spent; `cart` is None for a code that is handed out."""

    channel: str
    currency: str
    cart: Cart | None

    @property
    def goods(self) -> CartForSpending | None:
        """What spending looks at of the cart."""
        if self.cart is None:
            return None
        return CartForSpending(self.cart.subtotal, self.cart.code is not None)


def look(bench: Bench, store: StoreRef, request: SpendRequest) -> Scene:
    """One request to Saleor: the user, and what the points are to be spent on.

    Raises:
        UserInactive, CartUnknown, CartCompleted, PaymentUnderWay.
        SaleorUnavailable and the like: Saleor could not be asked.
    """
    target = request.target
    if not names(request.user_id, "User"):
        raise UserInactive
    if isinstance(target, Bearer):
        return _channel(bench, store, request, target.channel)
    place = _place(target)
    if not names(place.id, "Order" if place.is_draft else "Checkout"):
        raise CartUnknown
    answer = bench.carts.read_with_user(store, place, request.user_id)
    if not answer.user_active:
        raise UserInactive
    cart = answer.cart
    if cart is None or cart.user_id != request.user_id:
        raise CartUnknown
    if cart.made:
        raise CartCompleted
    if cart.money:
        raise PaymentUnderWay
    return Scene(cart.channel, cart.currency, cart)


def _channel(bench: Bench, store: StoreRef, request: SpendRequest, slug: str) -> Scene:
    data = bench.access.ask(
        store, "queries/spending_user", {"userId": request.user_id, "channel": slug}
    )
    if not user_is_active(data):
        raise UserInactive
    channel = channel_of(data)
    if channel is None:
        raise CartUnknown
    return Scene(channel.slug, channel.currency_code, None)


def _place(target: OnCheckout | OnDraft) -> Place:
    if isinstance(target, OnDraft):
        return Place(target.order_id, is_draft=True)
    return Place(target.checkout_id)
