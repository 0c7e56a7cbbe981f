"""Shipping before deliveries were stored: 3.22 asks each time, or repeats what it was told."""

from datetime import timedelta

import pytest

from tests.contract.story_teller import Data
from tests.unit.sandbox.shipping_app import FREE, FREE_ID, Counter

LIST, FILTER = "shipping_list_methods_for_checkout", "checkout_filter_shipping_methods"
MEMBERS = "Free for members"
_PRIVATE = (
    "updatePrivateMetadata",
    "id: ID!, input: [MetadataInput!]!",
    "item { __typename }",
)


def _open() -> Counter:
    till = Counter.open(version="3.22")
    till.fill()
    return till


def _chosen() -> Counter:
    till = _open()
    till.choose(till.methods()[MEMBERS]["id"])
    till.app.asked()
    return till


def _order(till: Counter) -> Data:
    return till.teller.read(
        till.complete(),
        "shippingMethodName deliveryMethod { ... on ShippingMethod { id price { amount } } }",
    )


def test_an_answer_is_repeated_for_the_same_cart() -> None:
    till = _open()
    till.methods()
    till.methods()
    assert till.app.asked() == [LIST, FILTER]
    till.wait(timedelta(minutes=3))
    till.methods()
    assert till.app.asked() == [FILTER]
    till.wait(timedelta(hours=12))
    till.methods()
    assert till.app.asked() == [LIST, FILTER]


def test_a_failure_is_remembered_for_a_second_only() -> None:
    till = _open()
    till.app.listed = 500
    till.methods()
    till.app.listed = [FREE]
    assert MEMBERS not in till.methods()
    till.wait(timedelta(seconds=1))
    assert MEMBERS in till.methods()


@pytest.mark.parametrize("change", ["lines", "address", "private metadata"])
def test_another_cart_is_asked_for_anew(change: str) -> None:
    till = _open()
    till.methods()
    till.app.asked()
    if change == "lines":
        till.change_quantity(3)
    elif change == "address":
        till.move("TR")
    else:
        note = [{"key": "loyalty.touch", "value": "1"}]
        till.teller.ask(*_PRIVATE, till.teller.cast.staff, id=till.checkout, input=note)
    till.methods()
    assert LIST in till.app.asked()


def test_choosing_does_not_ask_for_the_list_again() -> None:
    till = _chosen()
    assert till.read("privateMetadata { key value }", by=till.teller.cast.staff) == {
        "privateMetadata": [{"key": "external_app_shipping_id", "value": FREE_ID}]
    }
    till.methods()
    assert LIST not in till.app.asked()


def test_a_choice_that_no_longer_fits_the_changed_cart_is_dropped() -> None:
    till = _chosen()
    till.app.listed = []
    till.change_quantity(3)
    assert till.read("deliveryMethod { __typename }")["deliveryMethod"] is None
    assert till.refusal("checkoutComplete", "")[1] == "SHIPPING_METHOD_NOT_SET"


def test_a_choice_that_vanished_since_cannot_be_completed_until_it_is_back() -> None:
    till = _chosen()
    till.pay()
    till.app.listed = 500
    till.wait(timedelta(hours=12))
    assert till.refusal("checkoutComplete", "")[1] == "SHIPPING_METHOD_NOT_SET"
    till.app.listed = [FREE]
    till.wait(timedelta(seconds=1))
    assert _order(till) == {
        "shippingMethodName": MEMBERS,
        "deliveryMethod": {"id": FREE_ID, "price": {"amount": 0.0}},
    }


def test_the_order_takes_the_price_of_now() -> None:
    till = _chosen()
    till.app.listed = [{**FREE, "amount": 9}]
    till.wait(timedelta(hours=12))
    till.teller.transact(
        till.checkout, "Card", "USD", by=till.teller.cast.app, amountCharged="171.72"
    )
    order = till.teller.read(till.complete(), "shippingPrice { net { amount } } isPaid")
    assert order == {"shippingPrice": {"net": {"amount": 9.0}}, "isPaid": True}


def test_there_are_no_deliveries() -> None:
    till = _open()
    document = "mutation ($id: ID!) { deliveryOptionsCalculate(id: $id) { deliveries { id } } }"
    answer = till.box.execute(document, {"id": till.checkout})
    assert "Cannot query field 'deliveryOptionsCalculate'" in answer["errors"][0]["message"]
    assert till.read("problems { __typename }") == {"problems": []}
    refused = till.refusal(
        "checkoutDeliveryMethodUpdate", ', deliveryMethodId: "Q2hlY2tvdXREZWxpdmVyeTox"'
    )
    assert refused == ("deliveryMethodId", "INVALID")


def test_an_excluded_choice_is_refused_when_the_order_is_placed() -> None:
    till = _chosen()
    till.pay()
    till.app.filtered = {"excluded_methods": [{"id": FREE_ID, "reason": "No more"}]}
    till.wait(timedelta(minutes=3))
    assert till.refusal("checkoutComplete", "")[1] == "INVALID_SHIPPING_METHOD"
