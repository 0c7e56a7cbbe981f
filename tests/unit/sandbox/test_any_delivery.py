"""Whatever shopper and app do, a cart's deliveries stay consistent, and an order is as chosen."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.sandbox.shipping_app import FREE, FREE_ID, Counter

Deed = Callable[[Counter], None]

_REFUSALS = {
    "SHIPPING_METHOD_NOT_SET",
    "INVALID_SHIPPING_METHOD",
    "CHECKOUT_NOT_FULLY_PAID",
}
_COMPLETE = (
    "mutation ($id: ID!) { checkoutComplete(id: $id) { order { id } errors { field code } } }"
)
_answers: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from([500, None, [], {}, b"torn"]),
    st.lists(
        st.builds(
            lambda key, amount: {**FREE, "id": key, "amount": amount},
            st.sampled_from(["free", "flat"]),
            st.sampled_from([0, 2, 9]),
        ),
        max_size=2,
    ),
)
_filters: st.SearchStrategy[Any] = st.sampled_from(
    [{}, 500, {"excluded_methods": [{"id": FREE_ID, "reason": "no"}]}]
)


def _listed(answer: Any) -> Deed:
    return lambda till: setattr(till.app, "listed", answer)


def _filtered(answer: Any) -> Deed:
    return lambda till: setattr(till.app, "filtered", answer)


def _quantity(quantity: int) -> Deed:
    return lambda till: till.change_quantity(quantity)


def _move(country: str) -> Deed:
    return lambda till: till.move(country)


def _wait(hours: int) -> Deed:
    return lambda till: till.wait(timedelta(hours=hours))


def _show(till: Counter) -> None:
    till.methods()


def _calculate(till: Counter) -> None:
    till.calculate()


def _choose(index: int) -> Deed:
    def deed(till: Counter) -> None:
        active = [method for method in till.methods().values() if method["active"]]
        till.choose(active[index % len(active)]["id"])

    return deed


_deeds = st.one_of(
    st.builds(_listed, _answers),
    st.builds(_filtered, _filters),
    st.builds(_quantity, st.integers(1, 4)),
    st.builds(_move, st.sampled_from(["US", "TR", "DE"])),
    st.builds(_wait, st.sampled_from([1, 24])),
    st.builds(_choose, st.integers(0, 4)),
    st.just(_show),
    st.just(_calculate),
)


@given(st.lists(_deeds, max_size=10))
def test_an_order_ships_as_was_chosen_or_is_refused(deeds: list[Deed]) -> None:
    till = Counter.open()
    till.fill()
    for deed in deeds:
        deed(till)
        _check_rows(till)
    till.pay()
    chosen = till.delivery()
    till.app.asked()
    stale = any(kind == "DeliveryMethodStale" for kind, _delivery in till.problems())
    answer = till.box.execute(_COMPLETE, {"id": till.checkout})["data"]["checkoutComplete"]
    if answer["errors"]:
        assert answer["errors"][0]["code"] in _REFUSALS
        assert till.box.node(till.checkout).charge_status != "NONE", "the money stays"
        return
    assert chosen is not None
    assert bool(till.app.asked()) == stale, "apps are asked again only when it is stale"
    shipped = till.teller.read(
        answer["order"]["id"],
        "shippingMethodName shippingPrice { net { amount } } isPaid"
        " deliveryMethod { ... on ShippingMethod { id } }",
    )
    assert shipped["shippingMethodName"] == chosen["shippingMethod"]["name"]
    assert shipped["deliveryMethod"]["id"] == chosen["shippingMethod"]["id"]
    assert shipped["isPaid"] is True
    if not stale:
        price = chosen["shippingMethod"]["price"]["amount"]
        assert shipped["shippingPrice"]["net"]["amount"] == price


def _check_rows(till: Counter) -> None:
    checkout = till.box.node(till.checkout)
    valid = [row.offer.key for row in checkout.deliveries if row.is_valid]
    assert len(valid) == len(set(valid)), "one valid row for each method"
    assert len({row.pk for row in checkout.deliveries}) == len(checkout.deliveries)
    assert checkout.delivery is None or checkout.delivery in checkout.deliveries
