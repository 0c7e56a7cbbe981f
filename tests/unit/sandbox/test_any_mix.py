"""Whatever staff and payment providers do to an order, the store stays consistent with itself."""

from collections.abc import Callable
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from sandbox.box import id_of
from sandbox.model.money import ZERO
from sandbox.model.order_history import status_of
from sandbox.model.orders import Order
from tests.contract.story_teller import Refusal
from tests.unit.sandbox.shopping import Shop, subscription

Deed = Callable[[Shop, str, str], None]

_amounts = st.decimals("0.01", "200", places=2).map(str)
_quantities = st.integers(1, 3)
_counter = iter(range(10**9))


def _report(kind: str, amount: str) -> Deed:
    reference = f"r{next(_counter)}"
    return lambda shop, _order, item: shop.teller.report(item, kind, amount, reference)


def _fulfill(quantity: int) -> Deed:
    def deed(shop: Shop, order: str, _item: str) -> None:
        warehouse = id_of(next(iter(shop.box.store.warehouses.values())))
        shop.teller.fulfill(order, [(shop.teller.lines(order)[0]["id"], warehouse, quantity)])

    return deed


def _return(quantity: int) -> Deed:
    def deed(shop: Shop, order: str, _item: str) -> None:
        if any(fulfillment.lines for fulfillment in shop.box.node(order).fulfillments):
            shop.teller.return_sent(order, shop.teller.lines(order)[0]["id"], quantity)

    return deed


def _cancel(shop: Shop, order: str, _item: str) -> None:
    shop.teller.cancel(order)


def _grant(amount: str) -> Deed:
    return lambda shop, order, item: shop.teller.grant_and_refund(order, item, amount=amount)


_deeds = st.one_of(
    st.builds(
        _report,
        st.sampled_from(["CHARGE_SUCCESS", "REFUND_SUCCESS", "CHARGE_BACK", "REFUND_REVERSE"]),
        _amounts,
    ),
    st.builds(_fulfill, _quantities),
    st.builds(_return, _quantities),
    st.builds(_grant, _amounts),
    st.just(_cancel),
)


def _check(order: Order) -> None:
    charged = sum((item.amounts.charged for item in order.transactions), ZERO)
    assert order.amounts.charged == charged
    for line in order.lines:
        sent = sum(
            part.quantity
            for fulfillment in order.fulfillments
            if fulfillment.status != "CANCELED"
            for part in fulfillment.lines
            if part.order_line is line
        )
        assert sent == line.quantity_fulfilled
        assert 0 <= sent <= line.quantity
    if order.status != "CANCELED":
        assert order.status == status_of(order)


@given(st.lists(_deeds, max_size=8))
def test_an_order_agrees_with_its_parts_after_any_deeds(deeds: list[Deed]) -> None:
    shop = Shop.open()
    order_id, item = shop.buy(charged="248.40", quantity=3)
    order: Order = shop.box.node(order_id)
    app = shop.app()
    query = subscription("number totalCharged { amount } status", "OrderUpdated")
    for deed in deeds:
        updated = order.updated_at
        try:
            deed(shop, order_id, item)
        except Refusal:
            continue
        _check(order)
        assert order.updated_at >= updated
    payload = shop.box.render(shop.happened("ORDER_UPDATED"), query, app)
    assert payload is not None
    assert Decimal(str(payload["order"]["totalCharged"]["amount"])) == order.amounts.charged
