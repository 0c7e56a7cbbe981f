"""The subtotal of a cart, against what a real Saleor charged for the recorded carts."""

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from saleor_loyalty_app.rewards.cart_subtotal import (
    CartFigure,
    cart_hash,
    entered_subtotal,
    figure_of,
    line_doubt,
    most_of,
)
from saleor_loyalty_app.saleor.event import parse
from saleor_loyalty_app.saleor.order_snapshot import Money
from saleor_loyalty_app.saleor.shipping_event import Checkout, ShippingEvent
from tests.shipping_samples import checkout_json, line_json

#: Number of the recorded request, whether the channel's prices include tax, and what the same cart
#: truly cost on the side on which its prices are entered.
RECORDED = [
    ("1067", False, "255"),
    ("1071", False, "245"),
    ("1083", False, "232.5"),
    ("1138", False, "255"),
    ("1171", False, "120"),
    ("1416", False, "105"),
    ("1419", False, "105"),
    ("1422", True, "311"),
    ("1428", False, "105"),
]
#: Discount, its voucher's type if it is a voucher's, and the true subtotal, for the cart of 2 × 60
#: and 3 × 45 USD (net), of which Saleor charged 255 without a discount, and for the same in PLN.
TABLE = [
    ("10", "ENTIRE_ORDER", "245", "762"),
    ("25.5", "ENTIRE_ORDER", "229.5", None),
    ("77.2", "ENTIRE_ORDER", None, "694.8"),
    ("67.5", "SPECIFIC_PRODUCT", "187.5", None),
    ("225", "SPECIFIC_PRODUCT", None, "547"),
    ("22.5", "SPECIFIC_PRODUCT", "232.5", None),
    ("75", "SPECIFIC_PRODUCT", None, "697"),
    ("17.1", "SHIPPING", "255", "772"),
    ("25.5", None, "229.5", None),
]


def cart(**values: Any) -> Checkout:
    event = parse(json.dumps({"checkout": checkout_json(**values)}).encode(), ShippingEvent)
    assert event.checkout is not None
    return event.checkout


def recorded(shared: Path, number: str) -> Checkout:
    name = f"{number}-SHIPPING_LIST_METHODS_FOR_CHECKOUT.json"
    body = json.loads(
        json.loads((shared / "recordings/shipping-thresholds" / name).read_text())["body"]
    )
    for line in body["checkout"]["lines"]:
        # Recorded with the gross price only; our subscription asks for both.
        del line["variant"]["pricing"]["priceUndiscounted"]
    event = parse(json.dumps(body).encode(), ShippingEvent)
    assert event.checkout is not None
    return event.checkout


@pytest.mark.parametrize(("number", "with_tax", "true"), RECORDED)
def test_a_recorded_cart_costs_what_saleor_charged(
    shared: Path, number: str, with_tax: bool, true: str
) -> None:
    checkout = recorded(shared, number)
    subtotal = entered_subtotal(checkout, with_tax=with_tax, own_code=False)
    assert subtotal == Decimal(true)


@pytest.mark.parametrize(("discount", "voucher", "net", "gross"), TABLE)
def test_every_kind_of_discount_gives_the_true_subtotal_on_both_sides_of_the_tax(
    discount: str, voucher: str | None, net: str | None, gross: str | None
) -> None:
    code = {"voucherCode": "CODE", "voucher": {"type": voucher}} if voucher else {}
    money = {"amount": float(discount), "currency": "USD"}
    american = [
        line_json("1", 2, net="60", gross="64.8"),
        line_json("2", 3, net="45", gross="48.6"),
    ]
    polish = [
        line_json("1", 2, net="130.89", gross="161"),
        line_json("2", 3, net="121.95", gross="150"),
    ]
    if net is not None:
        checkout = cart(lines=american, discount=money, **code)
        assert entered_subtotal(checkout, with_tax=False, own_code=False) == Decimal(net)
    if gross is not None:
        checkout = cart(lines=polish, discount=money, **code)
        assert entered_subtotal(checkout, with_tax=True, own_code=False) == Decimal(gross)


def test_our_own_code_is_not_counted_against_the_shopper() -> None:
    money = {"amount": 30.0, "currency": "USD"}
    checkout = cart(discount=money, voucherCode="OWN", voucher={"type": "ENTIRE_ORDER"})
    assert entered_subtotal(checkout, with_tax=False, own_code=True) == Decimal(100)
    assert entered_subtotal(checkout, with_tax=False, own_code=False) == Decimal(70)


def test_a_code_of_unknown_kind_counts_as_a_discount_on_the_goods() -> None:
    checkout = cart(
        discount={"amount": 30.0, "currency": "USD"}, voucherCode="SECRET", voucher=None
    )
    assert figure_of(checkout, with_tax=False, own_code=False) == CartFigure(Decimal(70))


@pytest.mark.parametrize(
    ("discount", "figure"),
    [
        ("60", CartFigure(Decimal(40))),
        ("30", CartFigure(Decimal(30), "discount_cut")),
        ("0", CartFigure(Decimal(0), "discount_cut")),
    ],
)
def test_a_discount_on_some_goods_may_have_been_cut_to_what_is_left_of_the_others(
    discount: str, figure: CartFigure
) -> None:
    money = {"amount": float(discount), "currency": "USD"}
    checkout = cart(discount=money, voucherCode="SOME", voucher={"type": "SPECIFIC_PRODUCT"})
    assert figure_of(checkout, with_tax=False, own_code=False) == figure
    assert figure_of(checkout, with_tax=False, own_code=True) == CartFigure(Decimal(100))


def test_a_discount_above_the_goods_leaves_nothing_and_no_debt() -> None:
    checkout = cart(discount={"amount": 500.0, "currency": "USD"})
    assert entered_subtotal(checkout, with_tax=False, own_code=False) == 0


def test_an_overridden_line_counts_nothing_until_saleor_was_asked(shared: Path) -> None:
    lines = [
        line_json("1", 1, net="100", gross="108"),
        line_json("2", 2, net="50", gross="54") | {"priceOverrideReason": "loyal customer"},
    ]
    figure = figure_of(cart(lines=lines), with_tax=False, own_code=False)
    assert figure == CartFigure(Decimal(100), "price_overridden")


def test_an_override_without_a_reason_shows_once_saleor_calculated_again() -> None:
    line = line_json("1", 1, net="100", gross="108", undiscounted="60")
    figure = figure_of(cart(lines=[line]), with_tax=False, own_code=False)
    assert figure == CartFigure(Decimal(0), "price_overridden")


def test_a_promotion_is_no_override() -> None:
    line = line_json("1", 1, net="80", gross="86.4", listed_net="100", listed_gross="108")
    line["undiscountedUnitPrice"]["amount"] = 100
    parsed = cart(lines=[line])
    assert line_doubt(parsed.lines[0], with_tax=False) == ""
    assert figure_of(parsed, with_tax=False, own_code=False) == CartFigure(Decimal(80))


@pytest.mark.parametrize("variant", [None, {"pricing": None}, {"pricing": {"price": None}}])
def test_a_variant_without_a_price_is_doubted(variant: object) -> None:
    line = line_json("1", 1) | {"variant": variant}
    figure = figure_of(cart(lines=[line]), with_tax=False, own_code=False)
    assert figure == CartFigure(Decimal(0), "price_unknown")


def test_a_checkout_that_was_just_made_may_lack_a_promotion() -> None:
    fresh = cart(updatedAt="2027-01-01T11:00:00.015000+00:00")
    assert figure_of(fresh, with_tax=False, own_code=False).doubt == "not_priced_yet"
    priced = cart(
        updatedAt="2027-01-01T11:00:00.015000+00:00", discount={"amount": 10.0, "currency": "USD"}
    )
    assert figure_of(priced, with_tax=False, own_code=False) == CartFigure(Decimal(90))
    later = cart(updatedAt="2027-01-01T11:00:01.500000+00:00")
    assert later.updated_at - later.created > timedelta(seconds=1)
    assert figure_of(later, with_tax=False, own_code=False) == CartFigure(Decimal(100))


def test_gifts_are_not_counted_not_even_for_what_a_cart_costs_at_most() -> None:
    lines = [line_json("1", 1, net="100", gross="108"), line_json("2", 1) | {"isGift": True}]
    checkout = cart(lines=lines)
    assert entered_subtotal(checkout, with_tax=False, own_code=False) == 100
    assert most_of(checkout) == 108


def test_the_hash_follows_all_that_the_subtotal_depends_on() -> None:
    checkout = cart()

    def hashed(**changes: Any) -> str:
        return cart_hash(
            **(
                {
                    "lines": checkout.lines,
                    "voucher_code": None,
                    "discount": Money(amount=Decimal("1.50")),
                    "user_id": "VXNlcjox",
                    "country": "US",
                }
                | changes
            )
        )

    same = hashed(lines=tuple(reversed(checkout.lines)), discount=Money(amount=Decimal("1.5")))
    assert same == hashed()
    others = {
        hashed(lines=cart(lines=[line_json("1", 3)]).lines),
        hashed(voucher_code="CODE"),
        hashed(discount=None),
        hashed(user_id=""),
        hashed(country="TR"),
    }
    assert len(others) == 5
    assert hashed() not in others
