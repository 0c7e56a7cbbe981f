"""The points of a free product follow its unit; those of a discount the whole order."""

from fractions import Fraction
from typing import Any

import pytest

from saleor_loyalty_app.orders.target import kept
from saleor_loyalty_app.rewards.kept_gift import kept_share
from tests.order_samples import event, fulfillment, line, order, transaction

MUG = {"reward": "mug", "kind": "free_product", "variant": "SKU-MUG"}


def share(terms: dict[str, Any] | None, *lines: dict[str, Any], **more: Any) -> Fraction:
    """What counts as kept of an order of a free mug and a pen, or of these lines."""
    told = order(*(lines or (line("MUG", 1, "0"), line("PEN", 1, "10"))), **more)
    now = kept(told)
    return kept_share(terms, told, now.units, now.order)


def back(**units: int) -> dict[str, Any]:
    return {"fulfillments": [fulfillment("RETURNED", 9, None, **units)]}


@pytest.mark.parametrize("named", ["SKU-MUG", "V-MUG"])
@pytest.mark.parametrize(("came_back", "expected"), [("PEN", 1), ("MUG", 0)])
def test_the_points_follow_the_product_by_its_sku_or_id_and_not_what_lies_beside_it(
    named: str, came_back: str, expected: int
) -> None:
    assert share(MUG | {"variant": named}, **back(**{came_back: 1})) == expected


def test_of_several_units_the_free_one_comes_back_last() -> None:
    lines = (line("MUG", 2, "8"), line("PEN", 1, "10"))
    assert share(MUG, *lines, **back(MUG=1)) == 1
    assert share(MUG, *lines, **back(MUG=2)) == 0


def test_money_that_goes_back_for_something_else_takes_no_unit() -> None:
    payment = transaction(event("CHARGE_SUCCESS", 10, 1), event("REFUND_SUCCESS", 10, 2))
    assert share(MUG, transactions=[payment]) == 1


def test_nothing_is_kept_of_an_order_that_ended() -> None:
    assert share(MUG, status="CANCELED") == 0


def test_a_product_that_left_the_store_is_found_by_its_number_or_its_voucher() -> None:
    gone = line("MUG", 1, "0", variant=None, productSku="SKU-MUG")
    assert share(MUG, gone, line("PEN", 1, "10"), **back(MUG=1)) == 0
    nameless = line("MUG", 1, "0", variant=None, discounts=[{"type": "VOUCHER"}])
    assert share(MUG, nameless, line("PEN", 1, "10"), **back(MUG=1)) == 0


@pytest.mark.parametrize(
    "terms",
    [None, {"reward": "off", "kind": "amount"}, {"reward": "mug", "kind": "free_product"}],
    ids=["points", "discount", "no variant known"],
)
def test_everything_else_follows_the_share_of_the_order(terms: dict[str, Any] | None) -> None:
    lines = (line("MUG", 1, "30"), line("PEN", 1, "10"))
    assert share(terms, *lines, **back(PEN=1)) == Fraction(3, 4)
