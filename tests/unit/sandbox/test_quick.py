"""Orders by the short way."""

import pytest

from sandbox import Sandbox
from sandbox.quick import copy_product
from tests.unit.sandbox.shopping import Shop


def test_a_short_order_is_told_as_a_long_one() -> None:
    long, short = Shop.open(), Sandbox()
    long.buy()
    short.gateway()
    order = short.place_order({"linen-shirt": 2})
    assert [each.event for each in short.emitted] == [each.event for each in long.box.emitted]
    assert str(order.total.gross_amount) == "167.40"
    assert order.amounts.charge_status == "FULL"


def test_an_unpaid_order_leaves_the_channel_as_it_was() -> None:
    box = Sandbox()
    order = box.place_order({"black-tea": 1}, paid=False, channel="channel-tr")
    assert (order.amounts.charge_status, order.currency) == ("NONE", "TRY")
    assert not order.channel.allow_unpaid_orders


def test_a_guest_buys_without_an_account() -> None:
    order = Sandbox().place_order({"black-tea": 1}, email="guest@example.com")
    assert (order.user, order.user_email) == (None, "guest@example.com")


def test_unknown_things_are_told() -> None:
    with pytest.raises(LookupError, match="no product 'moon'"):
        Sandbox().place_order({"moon": 1})
    with pytest.raises(LookupError, match="no channel 'moon'"):
        Sandbox().place_order({"black-tea": 1}, channel="moon")


def test_copies_of_a_product_stand_on_the_shelves_with_their_metadata() -> None:
    box = Sandbox()
    made = copy_product(box.store, "black-tea", 2, {"loyalty_access": "segment:vip"})
    assert [each.slug for each in made] == ["black-tea-1", "black-tea-2"]
    assert made[1].metadata == {"loyalty_access": "segment:vip"}
    assert box.place_order({"black-tea-2": 1}).amounts.charge_status == "FULL"
    with pytest.raises(LookupError, match="no product 'moon'"):
        copy_product(box.store, "moon", 1, {})


def test_the_same_seed_gives_the_same_store() -> None:
    first, second = Sandbox(seed=5), Sandbox(seed=5)
    assert first.place_order({"black-tea": 1}).pk == second.place_order({"black-tea": 1}).pk
    assert (
        Sandbox(seed=6).place_order({"black-tea": 1}).pk != first.place_order({"black-tea": 1}).pk
    )
