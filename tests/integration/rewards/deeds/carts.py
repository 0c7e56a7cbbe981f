"""What a checkout of the sandbox would be: without our code, or completed at this moment.

All is found on a stand-in, so that looking changes nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal

from sandbox import Sandbox
from sandbox.model.checkouts import Checkout
from sandbox.model.coverage import cover
from sandbox.model.delivery_choice import check_delivery
from sandbox.model.discounts import recalculate, store_prices
from sandbox.model.errors import Refused
from sandbox.model.ids import parse_global_id
from sandbox.model.pricing import checkout_prices
from sandbox.model.promo_codes import admit
from sandbox.model.store import Caller


def found(box: Sandbox, cart: str) -> Checkout | None:
    """The checkout of an id; None = completed or deleted."""
    return box.store.checkouts.get(parse_global_id(cart)[1])


def shown_price(box: Sandbox, cart: str) -> Decimal:
    """Goods and shipping with tax, as the checkout stands."""
    return checkout_prices(box.store, box.node(cart)).full_total.gross_amount


def to_pay(box: Sandbox, cart: str) -> Decimal:
    """What is asked of payments: less what gift cards cover."""
    return checkout_prices(box.store, box.node(cart)).total.gross_amount


def has_money(box: Sandbox, cart: str) -> bool:
    """Whether anything is charged, authorized, or promised by an old payment."""
    checkout = box.node(cart)
    amounts = [item.amounts for item in checkout.transactions]
    if any(one.charged > 0 or one.authorized > 0 for one in amounts):
        return True
    return any(payment.is_active for payment in checkout.payments)


def fresh_price(box: Sandbox, cart: str) -> Decimal:
    """The price if the checkout were calculated anew: promotions may have begun or ended."""
    twin = _twin(box.node(cart))
    recalculate(box.store, twin)
    return checkout_prices(box.store, twin).full_total.gross_amount


def why_not_ready(box: Sandbox, cart: str) -> str:
    """Why its completion would be refused now, as Saleor's code; "" = it would become an order."""
    store, twin = box.store, _twin(box.node(cart))
    if not twin.lines:
        return "NO_LINES"
    with _standing_in(box, twin):
        try:
            check_delivery(store, Caller(user=twin.user), twin)
            if not _is_covered(box, twin):
                return "CHECKOUT_NOT_FULLY_PAID"
            if not twin.email:
                return "EMAIL_NOT_SET"
            store_prices(store, twin)
            admit(store, twin)
        except Refused as refusal:
            return refusal.code
    return ""


def _is_covered(box: Sandbox, twin: Checkout) -> bool:
    if twin.channel.allow_unpaid_orders:
        return True
    cover(box.store, twin)
    if twin.authorize_status == "FULL":
        return True
    paid = sum((payment.total for payment in twin.payments if payment.is_active), Decimal(0))
    return 0 < checkout_prices(box.store, twin).total.gross_amount <= paid


@contextmanager
def _standing_in(box: Sandbox, twin: Checkout) -> Iterator[None]:
    checkouts = box.store.checkouts
    original = checkouts[twin.pk]
    checkouts[twin.pk] = twin
    try:
        yield
    finally:
        checkouts[twin.pk] = original


def _twin(checkout: Checkout) -> Checkout:
    rows = {row.pk: replace(row) for row in checkout.deliveries}
    chosen = checkout.delivery
    return replace(
        checkout,
        lines=[replace(line) for line in checkout.lines],
        deliveries=list(rows.values()),
        delivery=None if chosen is None else rows.get(chosen.pk) or replace(chosen),
        gift_cards=list(checkout.gift_cards),
        private_metadata=dict(checkout.private_metadata),
    )
