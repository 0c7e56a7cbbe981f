"""Deliveries of 3.23: stored with the checkout, looked at again after a day or a change.

What real Saleor did in the same steps is in the project's notes on its behavior.
"""

from datetime import timedelta

import pytest

from tests.unit.sandbox.shipping_app import FREE, FREE_ID, Counter

LIST, FILTER = "shipping_list_methods_for_checkout", "checkout_filter_shipping_methods"
MEMBERS = "Free for members"


def _chosen(name: str = MEMBERS) -> Counter:
    """A cart for which a delivery is chosen; nothing is asked since."""
    till = Counter.open()
    till.fill()
    till.choose(till.calculate()[name]["id"])
    till.app.asked()
    return till


def test_methods_are_asked_for_once_and_then_read() -> None:
    till = Counter.open()
    till.fill()
    assert till.app.asked() == []
    till.methods()
    assert till.app.asked() == [LIST, FILTER]
    till.methods()
    till.read("deliveryMethod { __typename }")
    assert till.app.asked() == []


def test_calculating_always_asks() -> None:
    till = Counter.open()
    till.fill()
    first = till.calculate()
    second = till.calculate()
    assert till.app.asked() == [LIST, FILTER] * 2
    assert first == second, "the ids of the deliveries stay"


def test_calculating_tells_nobody() -> None:
    till = Counter.open()
    till.fill()
    till.box.take_emitted()
    till.calculate()
    assert {emitted.event for emitted in till.box.take_emitted()} == {LIST.upper(), FILTER.upper()}


def test_after_a_day_methods_are_asked_for_again() -> None:
    till = Counter.open()
    till.fill()
    till.methods()
    till.app.asked()
    till.wait(timedelta(hours=24) - timedelta(seconds=1))
    till.methods()
    assert till.app.asked() == []
    till.wait(timedelta(seconds=1))
    till.methods()
    assert till.app.asked() == [LIST, FILTER]


@pytest.mark.parametrize("change", ["lines", "address"])
def test_a_change_makes_the_chosen_delivery_stale_and_asks_nobody(change: str) -> None:
    till = _chosen()
    assert till.problems() == []
    if change == "lines":
        till.change_quantity(3)
    else:
        till.move("TR")
    chosen = till.delivery()
    assert chosen is not None
    assert till.problems() == [("DeliveryMethodStale", chosen["id"])]
    assert till.app.asked() == []
    till.calculate()
    assert till.problems() == []


def test_nothing_is_stale_while_nothing_is_chosen() -> None:
    till = Counter.open()
    till.fill()
    till.methods()
    till.change_quantity(3)
    assert till.problems() == []


def test_a_stale_delivery_is_looked_at_again_when_methods_are_shown() -> None:
    till = _chosen()
    till.change_quantity(3)
    till.app.listed = []
    assert MEMBERS not in till.methods()
    assert till.app.asked() == [LIST, FILTER]
    chosen = till.delivery()
    assert chosen is not None
    assert till.problems() == [("DeliveryMethodInvalid", chosen["id"])]


def test_signing_in_and_out_asks_nobody_and_makes_nothing_stale() -> None:
    till = Counter.open()
    till.fill(by=None)
    before = till.calculate()
    till.choose(before["Standard"]["id"])
    till.app.asked()
    till.sign("In")
    assert (till.problems(), till.app.asked()) == ([], [])
    till.app.listed = [FREE, {**FREE, "id": "gold", "name": "For gold members"}]
    assert "For gold members" not in till.methods(), "it does not appear by itself"
    after = till.calculate(by=till.box.app_token("saleor.loyalty"))
    assert {name: each["id"] for name, each in before.items()}.items() <= {
        name: each["id"] for name, each in after.items()
    }.items()
    assert till.delivery() == before["Standard"]
    assert "For gold members" in after
    till.app.asked()
    till.sign("Out")
    assert (till.problems(), till.app.asked()) == ([], [])


@pytest.mark.parametrize("kind", ["delivery", "method"])
@pytest.mark.parametrize("name", ["Standard", MEMBERS])
def test_a_delivery_is_chosen_by_its_own_id_or_its_methods(name: str, kind: str) -> None:
    till = Counter.open()
    till.fill()
    offered = till.calculate()[name]
    till.choose(offered["id"] if kind == "delivery" else offered["shippingMethod"]["id"])
    assert till.delivery() == offered
    till.choose(None)
    assert till.delivery() is None


def test_choosing_the_same_again_tells_nobody() -> None:
    till = _chosen()
    till.box.take_emitted()
    till.choose(FREE_ID)
    assert till.box.take_emitted() == []
    till.choose(None)
    assert [emitted.event for emitted in till.box.take_emitted()] == ["CHECKOUT_UPDATED"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ("U2hpcHBpbmdNZXRob2Q6OTk=", "DELIVERY_METHOD_NOT_APPLICABLE"),
        ("YXBwOnNhbGVvci5sb3lhbHR5OmdvbmU=", "DELIVERY_METHOD_NOT_APPLICABLE"),
        ("Q2hlY2tvdXREZWxpdmVyeTo5OQ==", "DELIVERY_METHOD_NOT_APPLICABLE"),
        ("VXNlcjox", "INVALID"),
        ("nonsense", "GRAPHQL_ERROR"),
    ],
)
def test_another_id_cannot_be_chosen(wrong: str, code: str) -> None:
    till = Counter.open()
    till.fill()
    refused = till.refusal("checkoutDeliveryMethodUpdate", f', deliveryMethodId: "{wrong}"')
    assert refused == ("deliveryMethodId", code)
    assert till.delivery() is None


def test_a_delivery_of_another_checkout_cannot_be_chosen() -> None:
    till = _chosen()
    strange = till.delivery()
    till.fill()
    assert strange is not None
    refused = till.refusal("checkoutDeliveryMethodUpdate", f', deliveryMethodId: "{strange["id"]}"')
    assert refused == ("deliveryMethodId", "DELIVERY_METHOD_NOT_APPLICABLE")


def test_what_is_not_shipped_has_nothing_to_choose() -> None:
    till = Counter.open()
    till.fill(slug="gift-card")
    refused = till.refusal("checkoutDeliveryMethodUpdate", f', deliveryMethodId: "{FREE_ID}"')
    assert refused == ("deliveryMethod", "SHIPPING_NOT_REQUIRED")
    till.pay()
    assert till.complete()


def test_an_apps_method_is_on_the_order_with_its_name_price_and_metadata() -> None:
    till = _chosen()
    till.pay()
    order = till.teller.read(
        till.complete(),
        "shippingMethodName shippingPrice { gross { amount } net { amount } }"
        " undiscountedShippingPrice { amount } total { gross { amount } }"
        ' privateMetafield(key: "external_app_shipping_id")'
        " deliveryMethod { __typename ... on ShippingMethod { id name price { amount }"
        "   metadata { key value } privateMetadata { key value } } }",
    )
    assert order == {
        "shippingMethodName": MEMBERS,
        "shippingPrice": {"gross": {"amount": 0.0}, "net": {"amount": 0.0}},
        "undiscountedShippingPrice": {"amount": 0.0},
        "total": {"gross": {"amount": 162.0}},
        "privateMetafield": FREE_ID,
        "deliveryMethod": {
            "__typename": "ShippingMethod",
            "id": FREE_ID,
            "name": MEMBERS,
            "price": {"amount": 0.0},
            "metadata": [{"key": "loyalty", "value": "gold"}],
            "privateMetadata": [{"key": "secret", "value": "s"}],
        },
    }


def test_a_fresh_choice_is_not_looked_at_again_when_the_order_is_placed() -> None:
    till = _chosen()
    till.pay()
    till.app.asked()
    till.complete()
    assert till.app.asked() == []


def test_a_stale_choice_is_looked_at_again_when_the_order_is_placed() -> None:
    till = _chosen()
    till.change_quantity(3)
    till.pay()
    till.app.asked()
    till.complete()
    assert till.app.asked() == [LIST, FILTER]


def test_a_price_changed_between_choice_and_completion_does_not_count() -> None:
    till = _chosen()
    till.app.listed = [{**FREE, "amount": 9}]
    till.pay()
    order = till.teller.read(till.complete(), "shippingPrice { net { amount } } isPaid")
    assert order == {"shippingPrice": {"net": {"amount": 0.0}}, "isPaid": True}


def test_a_price_raised_on_a_stale_choice_must_be_paid() -> None:
    till = _chosen()
    till.change_quantity(3)
    till.pay()
    till.app.listed = [{**FREE, "amount": 9}]
    assert till.refusal("checkoutComplete", "")[1] == "CHECKOUT_NOT_FULLY_PAID"
    assert till.total() == str(3 * 81.0 + 9.72)


def test_a_method_that_vanishes_under_a_paid_cart_blocks_it_until_somebody_calculates() -> None:
    till = _chosen()
    till.change_quantity(3)
    till.pay()
    till.app.listed = 500
    invalid = ("shippingMethod", "INVALID_SHIPPING_METHOD")
    assert till.refusal("checkoutComplete", "") == invalid
    chosen = till.delivery()
    assert chosen is not None
    assert till.problems() == [("DeliveryMethodInvalid", chosen["id"])]
    assert chosen["shippingMethod"]["active"] is False
    assert till.read("deliveryMethod { __typename }")["deliveryMethod"] is None

    till.app.listed = [FREE]
    till.app.asked()
    assert till.refusal("checkoutComplete", "") == invalid, "it is no longer stale"
    assert till.app.asked() == []

    till.calculate()
    assert till.problems() == []
    again = till.delivery()
    assert again is not None
    assert (again["id"], again["shippingMethod"]["active"]) == (chosen["id"], True)
    assert till.complete()


def test_a_withdrawn_method_stays_chosen_at_its_price() -> None:
    till = Counter.open()
    till.fill()
    till.app.listed = [{**FREE, "amount": 2}]
    till.choose(till.calculate()[MEMBERS]["id"])
    total = till.total()
    till.app.listed = []
    assert MEMBERS not in till.calculate()
    assert till.total() == total
    assert [kind for kind, _delivery in till.problems()] == ["DeliveryMethodInvalid"]


def test_calculating_never_changes_what_the_shopper_chose() -> None:
    till = _chosen()
    old = till.delivery()
    assert old is not None
    till.app.listed = [{**FREE, "amount": 9}]
    new = till.calculate()[MEMBERS]
    assert new["id"] != old["id"]
    assert new["shippingMethod"]["price"]["amount"] == 9.0
    assert till.problems() == [("DeliveryMethodInvalid", old["id"])]
    assert till.total() == "162.0"

    till.app.listed = [FREE]
    assert till.calculate()[MEMBERS]["id"] == old["id"], "as it was: the choice is good again"
    assert till.problems() == []


def test_an_excluded_choice_cannot_be_completed() -> None:
    till = _chosen()
    till.app.filtered = {"excluded_methods": [{"id": FREE_ID, "reason": "No more"}]}
    till.calculate()
    till.pay()
    assert [kind for kind, _delivery in till.problems()] == ["DeliveryMethodInvalid"]
    assert till.refusal("checkoutComplete", "")[1] == "INVALID_SHIPPING_METHOD"


def test_an_app_that_excludes_a_stale_choice_at_the_completion_is_not_heard_any_more() -> None:
    till = _chosen()
    till.change_quantity(3)
    till.pay()
    till.app.filtered = {"excluded_methods": [{"id": FREE_ID, "reason": "No more"}]}
    till.app.asked()
    assert till.complete()
    assert till.app.asked() == [LIST, FILTER]


def test_nothing_chosen_cannot_be_completed() -> None:
    till = Counter.open()
    till.fill()
    till.app.asked()
    assert till.refusal("checkoutComplete", "")[1] == "SHIPPING_METHOD_NOT_SET"
    assert till.app.asked() == []


def test_a_choice_without_an_address_cannot_be_completed() -> None:
    till = Counter.open()
    till.fill(address=None, by=None)
    till.choose(till.calculate()[MEMBERS]["id"])
    assert till.refusal("checkoutComplete", "")[1] == "SHIPPING_ADDRESS_NOT_SET"
