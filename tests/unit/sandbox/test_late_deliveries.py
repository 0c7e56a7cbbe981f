"""Apps that answer late, or ask back while they are asked, and limits of the store's methods."""

import pytest

from sandbox.shop import add_shipping
from tests.contract.story_teller import Refusal
from tests.unit.sandbox.shipping_app import Counter
from tests.unit.sandbox.test_deliveries import MEMBERS, _chosen


def test_an_answer_that_comes_after_the_order_was_placed_is_forgotten() -> None:
    till = _chosen()
    till.pay()
    send = till.box.send

    def slow(request: object) -> object:
        till.box.send = send
        till.complete()
        return send(request)  # type: ignore[misc, arg-type]

    till.box.send = slow  # type: ignore[assignment]
    assert till.calculate() == {}


def test_an_answer_that_comes_after_another_choice_is_forgotten() -> None:
    till = _chosen()
    send = till.box.send

    def slow(request: object) -> object:
        till.box.send = send
        till.choose("U2hpcHBpbmdNZXRob2Q6MQ==")
        return send(request)  # type: ignore[misc, arg-type]

    till.box.send = slow  # type: ignore[assignment]
    assert till.calculate() == {}
    chosen = till.delivery()
    assert chosen is not None
    assert chosen["shippingMethod"]["name"] == "Standard"


def test_an_app_may_ask_back_while_it_is_asked() -> None:
    till = Counter.open()
    till.fill()
    send, seen = till.box.send, []

    def curious(request: object) -> object:
        seen.append(till.total())
        return send(request)  # type: ignore[misc, arg-type]

    till.box.send = curious  # type: ignore[assignment]
    assert MEMBERS in till.methods()
    assert seen == ["162.0", "162.0"]


def test_limits_on_the_order_price_decide_which_of_the_stores_methods_fit() -> None:
    till = Counter.open()
    add_shipping(
        till.box.store, "From 150", {"default-channel": "1"}, minimums={"default-channel": "150"}
    )
    add_shipping(
        till.box.store, "Up to 150", {"default-channel": "2"}, maximums={"default-channel": "150"}
    )
    till.fill(1)
    assert "From 150" not in till.methods()
    assert "Up to 150" in till.methods()
    till.change_quantity(2)
    assert {"From 150", "Up to 150"} <= till.methods().keys(), "both limits belong to the range"
    till.change_quantity(3)
    assert "Up to 150" not in till.methods()
    shown = till.read("shippingMethods { name minimumOrderPrice { amount currency } }")
    limits = {each["name"]: each["minimumOrderPrice"] for each in shown["shippingMethods"]}
    assert limits["Standard"] is None


def test_a_stores_own_method_that_no_longer_fits_blocks_the_order() -> None:
    till = Counter.open()
    add_shipping(
        till.box.store, "From 150", {"default-channel": "1"}, minimums={"default-channel": "150"}
    )
    till.fill(2)
    till.choose(till.calculate()["From 150"]["id"])
    till.change_quantity(1)
    till.pay()
    with pytest.raises(Refusal, match="INVALID_SHIPPING_METHOD"):
        till.complete()
