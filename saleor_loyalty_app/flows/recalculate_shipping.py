"""Has Saleor ask again for the shipping methods of a checkout; reads what the cart costs first.

A job, as it calls the network. Since Saleor 3.23 `deliveryOptionsCalculate` always asks; before, a
change of private metadata makes Saleor's remembered answer void.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import msgspec
from sqlalchemy.engine import Connection

from saleor_loyalty_app import log, metrics
from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.flows.sync_store import UnexpectedAnswer
from saleor_loyalty_app.queue import Job
from saleor_loyalty_app.rewards import checkout_totals
from saleor_loyalty_app.rewards.cart_subtotal import cart_hash
from saleor_loyalty_app.saleor.checkout_cart import CartAnswer, CheckoutCart, read_cart
from saleor_loyalty_app.saleor.version import SchemaVersion, spoken_version
from saleor_loyalty_app.stores import repository as stores
from saleor_loyalty_app.stores.refs import StoreRef

#: Saleor has `deliveryOptionsCalculate` since then.
CALCULATES = SchemaVersion(3, 23)
_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class Recalculation:
    """A checkout whose methods are to be asked for again.

    `doubted`: its subtotal could not be told from the webhook and is asked of Saleor. `kept_back`:
    it holds goods that not everybody may buy, and nobody was let in to them there.
    """

    store_id: int
    checkout_id: str
    doubted: bool = False
    kept_back: bool = False


RECALCULATE = Job("recalculate_shipping", Recalculation, attempts=5)


def recalculate(access: StoreAccess, wish: Recalculation, *, clock: Clock) -> None:
    """Does it, unless the checkout is gone or the store is inactive.

    A checkout with money on it is left alone: a method that it has chosen and that ends now would
    leave a shopper who paid without an order. One whose goods are kept back is not: paying first
    opens nothing.

    Raises:
        UnexpectedAnswer, and what `StoreAccess.ask` and `StoreAccess.change` raise; it may be
        tried again.
    """
    outcome = _recalculate(access, wish, clock)
    metrics.shipping_recalculations.labels(outcome).inc()
    _log.info("shipping_recalculated", store_id=wish.store_id, reason=outcome)


def _recalculate(access: StoreAccess, wish: Recalculation, clock: Clock) -> str:
    store = access.database.read(lambda conn: stores.store_by_id(conn, wish.store_id))
    if store is None or not store.active:
        return "inactive"
    answer = _read(access, store, wish.checkout_id)
    if wish.doubted and answer.checkout is not None:
        # The first question made Saleor calculate; its own discount is only told by the second.
        answer = _read(access, store, wish.checkout_id)
    cart = answer.checkout
    if cart is None:
        return "gone"
    if wish.doubted:
        now = clock()
        access.database.write(lambda conn: keep_total(conn, store, cart, now))
    if answer.has_money and not wish.kept_back:
        return "paid"
    if spoken_version(store.schema_version) >= CALCULATES:
        access.change(store, "mutations/delivery_options_calculate", {"id": cart.id})
    else:
        variables = {"id": cart.id, "value": clock().isoformat()}
        access.change(store, "mutations/checkout_touch", variables)
    return "calculated"


def keep_total(conn: Connection, store: StoreRef, cart: CheckoutCart, now: datetime) -> None:
    """Keeps what a cart costs, on the side on which its channel's prices are entered.

    Nothing is kept of a channel that the app does not know yet.
    """
    channels = {channel.slug: channel for channel in stores.channels(conn, store.id)}
    channel = channels.get(cart.channel.slug)
    if channel is None:
        return
    price = cart.subtotal_price
    subtotal = (price.gross if channel.prices_entered_with_tax else price.net).amount
    if cart.voucher_code and checkout_totals.is_own_code(conn, store.id, cart.voucher_code):
        subtotal += cart.discount.amount if cart.discount else Decimal(0)
    hashed = cart_hash(
        lines=cart.lines,
        voucher_code=cart.voucher_code,
        discount=cart.discount,
        user_id=cart.user_id,
        country=cart.country,
    )
    checkout_totals.keep(conn, store.id, cart.id, hashed, subtotal, now)


def _read(access: StoreAccess, store: StoreRef, checkout_id: str) -> CartAnswer:
    data = access.ask(store, "queries/checkout_cart", {"id": checkout_id})
    try:
        return read_cart(data)
    except msgspec.ValidationError as failure:
        raise UnexpectedAnswer(str(failure)) from None
