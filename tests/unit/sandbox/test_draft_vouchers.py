"""Drafts with a voucher's code, as staff put it on."""

from decimal import Decimal
from typing import Any

import pytest

from sandbox.box import id_of
from sandbox.model.orders import Order
from tests.contract.story_teller import ADDRESS
from tests.unit.sandbox.discount_shop import PLIMSOLLS, SHIRT, DiscountShop

UPDATE = "id: ID!, input: DraftOrderInput!"


@pytest.fixture
def shop() -> DiscountShop:
    return DiscountShop.open()


def _draft(shop: DiscountShop, *lines: tuple[str, int], **given: Any) -> str:
    wanted = [
        {"variantId": shop.variant(sku), "quantity": count}
        for sku, count in lines or ((PLIMSOLLS, 1),)
    ]
    method = next(m for m in shop.box.store.shipping_methods.values() if m.name == "UPS")
    made = shop.teller.ask(
        "draftOrderCreate",
        "input: DraftOrderCreateInput!",
        "order { id }",
        shop.staff,
        input={
            "channelId": id_of(shop.box.store.channel_by_slug("default-channel")),
            "lines": wanted,
            "shippingAddress": ADDRESS,
            "billingAddress": ADDRESS,
            "shippingMethod": id_of(method),
            **given,
        },
    )
    return str(made["order"]["id"])


def _set(shop: DiscountShop, draft: str, code: str | None) -> None:
    shop.teller.ask(
        "draftOrderUpdate",
        UPDATE,
        "order { id }",
        shop.staff,
        id=draft,
        input={"voucherCode": code},
    )


def _finish(shop: DiscountShop, draft: str) -> None:
    shop.teller.ask("draftOrderComplete", "id: ID!", "order { id }", shop.staff, id=draft)


def _subtotal(shop: DiscountShop, draft: str) -> Decimal:
    order: Order = shop.box.node(draft)
    return order.subtotal.net_amount


def test_a_code_takes_effect_is_replaced_and_taken_off(shop: DiscountShop) -> None:
    shop.box.discounts.voucher(Decimal(5), "FIVE", name="Loyalty r1")
    shop.box.discounts.voucher(Decimal(10), "TEN")
    draft = _draft(shop, voucherCode="FIVE")
    assert _subtotal(shop, draft) == Decimal(70)
    told = shop.order(
        draft,
        "voucherCode discounts { type name reason amount { amount } } lines { unitDiscountReason }",
    )
    assert told == {
        "voucherCode": "FIVE",
        "discounts": [
            {
                "type": "VOUCHER",
                "name": "Loyalty r1",
                "reason": "Voucher code: FIVE",
                "amount": {"amount": 5.0},
            }
        ],
        "lines": [{"unitDiscountReason": None}],
    }
    _set(shop, draft, "TEN")
    assert _subtotal(shop, draft) == Decimal(65)
    for _ in range(2):
        _set(shop, draft, None)
        assert _subtotal(shop, draft) == Decimal(75)
    assert shop.order(draft, "voucherCode discounts { type }") == {
        "voucherCode": None,
        "discounts": [],
    }


def test_putting_the_same_code_on_again_is_told_to_nobody(shop: DiscountShop) -> None:
    shop.box.discounts.voucher(Decimal(5), "FIVE")
    draft = _draft(shop)
    shop.box.take_emitted()
    _set(shop, draft, "FIVE")
    _set(shop, draft, "FIVE")
    assert [each.event for each in shop.box.take_emitted()] == ["DRAFT_ORDER_UPDATED"]
    assert _subtotal(shop, draft) == Decimal(70)


@pytest.mark.parametrize("code", ["", "NOBODYS", "five"])
def test_codes_that_are_not_good_are_refused(shop: DiscountShop, code: str) -> None:
    shop.box.discounts.voucher(Decimal(5), "FIVE")
    draft = _draft(shop)
    error = shop.refusal(
        "draftOrderUpdate", UPDATE, shop.staff, id=draft, input={"voucherCode": code}
    )
    assert (error["field"], error["code"]) == ("voucherCode", "INVALID_VOUCHER_CODE")
    assert _subtotal(shop, draft) == Decimal(75)


def test_a_code_stays_good_on_drafts_and_ends_with_the_first_that_completes(
    shop: DiscountShop,
) -> None:
    voucher = shop.box.discounts.voucher(Decimal(5), "FIVE", single_use=True)
    drafts = [_draft(shop, voucherCode="FIVE") for _ in range(2)]
    (code,) = voucher.codes
    assert code.is_active
    for draft in drafts:
        _finish(shop, draft)
        assert not code.is_active
    told = [shop.order(draft, "voucherCode subtotal { net { amount } }") for draft in drafts]
    assert told == [{"voucherCode": "FIVE", "subtotal": {"net": {"amount": 70.0}}}] * 2
    assert shop.refused_code(shop.cart(), "FIVE") == "INVALID"


def test_a_completed_order_is_no_draft_to_be_changed(shop: DiscountShop) -> None:
    shop.box.discounts.voucher(Decimal(5), "FIVE")
    draft = _draft(shop, voucherCode="FIVE")
    _finish(shop, draft)
    error = shop.refusal(
        "draftOrderUpdate", UPDATE, shop.staff, id=draft, input={"voucherCode": None}
    )
    assert (error["field"], error["code"]) == ("id", "INVALID")
    assert _subtotal(shop, draft) == Decimal(70)


def test_a_deleted_draft_leaves_its_code_good(shop: DiscountShop) -> None:
    shop.box.discounts.voucher(Decimal(5), "FIVE", single_use=True)
    draft = _draft(shop, voucherCode="FIVE")
    shop.teller.ask("draftOrderDelete", "id: ID!", "order { id }", shop.staff, id=draft)
    shop.add(shop.cart(), "FIVE")


@pytest.mark.parametrize(
    ("data", "subtotal", "shipping"),
    [
        ({"discount_value_type": "PERCENTAGE"}, "175.5", "59.59"),
        ({"type": "SHIPPING"}, "195", "49.59"),
        ({"apply_once_per_order": True}, "185", "59.59"),
        ({"type": "SPECIFIC_PRODUCT", "of": PLIMSOLLS}, "175", "59.59"),
    ],
)
def test_every_kind_of_voucher_prices_a_draft(
    shop: DiscountShop, data: dict[str, Any], subtotal: str, shipping: str
) -> None:
    if "of" in data:
        data = {"type": data["type"], "variants": [shop.box.node(shop.variant(data["of"]))]}
    shop.box.discounts.voucher(Decimal(10), "CODE", **data)
    draft = _draft(shop, (PLIMSOLLS, 2), (SHIRT, 1), voucherCode="CODE")
    order: Order = shop.box.node(draft)
    assert order.subtotal.net_amount == Decimal(subtotal)
    assert order.shipping_price.net_amount == Decimal(shipping)
    assert order.total == order.subtotal + order.shipping_price


def test_a_voucher_replaces_an_order_promotion_on_a_draft_too(shop: DiscountShop) -> None:
    shop.box.discounts.order_promotion(percentage=Decimal(10))
    shop.box.discounts.voucher(Decimal(5), "FIVE")
    draft = _draft(shop)
    assert _subtotal(shop, draft) == Decimal("67.5")
    _set(shop, draft, "FIVE")
    assert _subtotal(shop, draft) == Decimal(70)
