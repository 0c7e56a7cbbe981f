"""What leads from a checkout to its order: metadata, ids, filters, and money on the way."""

from decimal import Decimal
from typing import Any

import pytest

from sandbox import Sandbox
from tests.unit.sandbox.discount_shop import PLIMSOLLS, DiscountShop

KEY = "loyalty.redemption"
WRITE = """mutation ($id: ID!, $value: String!) {{ {name}(
  id: $id, input: [{{key: "loyalty.redemption", value: $value}}]
) {{ errors {{ code }} }} }}"""
PUBLIC, PRIVATE = WRITE.format(name="updateMetadata"), WRITE.format(name="updatePrivateMetadata")
FOUND = "edges { node { id checkoutId } }"


@pytest.fixture
def shop() -> DiscountShop:
    return DiscountShop.open()


def _ask(shop: DiscountShop, query: str, **given: Any) -> dict[str, Any]:
    answer = shop.box.execute(query, given, shop.staff)
    assert "errors" not in answer, answer
    data: dict[str, Any] = answer["data"]
    return data


def test_both_kinds_of_metadata_of_cart_and_lines_arrive_with_the_order(
    shop: DiscountShop,
) -> None:
    cart = shop.cart()
    (line,) = shop.see(cart)["lines"]
    for target in (cart, line["id"]):
        assert "errors" not in shop.box.execute(PUBLIC, {"id": target, "value": "told"})
        _ask(shop, PRIVATE, id=target, value="r1")
    shop.pay(cart)
    order = shop.complete(cart)
    both = f'metafield(key: "{KEY}") privateMetafield(key: "{KEY}")'
    told = shop.order(order, f"checkoutId {both} lines {{ {both} }}")
    kept = {"metafield": "told", "privateMetafield": "r1"}
    assert told == {"checkoutId": cart, **kept, "lines": [kept]}


def test_anybody_writes_public_metadata_of_a_checkout_and_few_the_private(
    shop: DiscountShop,
) -> None:
    cart = shop.cart()
    for token in (None, shop.teller.cast.shopper):
        assert "errors" not in shop.box.execute(PUBLIC, {"id": cart, "value": "mine"}, token)
        refused = shop.box.execute(PRIVATE, {"id": cart, "value": "mine"}, token)
        assert refused["errors"][0]["extensions"]["exception"]["code"] == "PermissionDenied"
    read = shop.box.execute(
        f'query ($id: ID!) {{ checkout(id: $id) {{ privateMetafield(key: "{KEY}") }} }}',
        {"id": cart},
        shop.teller.cast.shopper,
    )
    assert read["errors"][0]["extensions"]["exception"]["code"] == "PermissionDenied"


def test_metadata_of_a_checkout_tells_twice_and_of_an_order_once(shop: DiscountShop) -> None:
    cart = shop.cart()
    shop.box.take_emitted()
    _ask(shop, PRIVATE, id=cart, value="r1")
    assert [each.event for each in shop.box.take_emitted()] == [
        "CHECKOUT_METADATA_UPDATED",
        "CHECKOUT_UPDATED",
    ]
    shop.pay(cart)
    order = shop.complete(cart)
    shop.box.take_emitted()
    _ask(shop, PRIVATE, id=order, value="r2")
    assert [each.event for each in shop.box.take_emitted()] == ["ORDER_METADATA_UPDATED"]


def test_an_order_is_found_by_its_checkout_and_by_its_code(shop: DiscountShop) -> None:
    shop.box.discounts.voucher(Decimal(5), "LOY")
    cart, other = shop.cart(), shop.cart()
    shop.add(cart, "LOY")
    by_where = (
        f"query ($id: ID!) {{ orders(first: 5, where: {{checkoutId: {{eq: $id}}}}) {{ {FOUND} }} }}"
    )
    assert _ask(shop, by_where, id=cart)["orders"]["edges"] == []
    shop.pay(cart)
    order = shop.complete(cart)
    shop.pay(other)
    shop.complete(other)
    wanted = {"edges": [{"node": {"id": order, "checkoutId": cart}}]}
    by_filter = (
        f"query ($id: ID!) {{ orders(first: 5, filter: {{checkoutIds: [$id]}}) {{ {FOUND} }} }}"
    )
    by_code = f'query {{ orders(first: 5, where: {{voucherCode: {{eq: "LOY"}}}}) {{ {FOUND} }} }}'
    assert _ask(shop, by_where, id=cart)["orders"] == wanted
    assert _ask(shop, by_filter, id=cart)["orders"] == wanted
    assert _ask(shop, by_code)["orders"] == wanted
    assert shop.box.execute("query ($id: ID!) { checkout(id: $id) { id } }", {"id": cart}) == {
        "data": {"checkout": None}
    }


def test_an_empty_list_of_checkouts_is_no_filter(shop: DiscountShop) -> None:
    for _ in range(2):
        cart = shop.cart()
        shop.pay(cart)
        shop.complete(cart)
    none = _ask(shop, "query { orders(first: 5, filter: {checkoutIds: []}) { totalCount } }")
    assert none["orders"]["totalCount"] == 2


def test_old_payments_of_a_checkout_are_seen_only_in_their_own_list(shop: DiscountShop) -> None:
    cart = shop.cart()
    for _ in range(2):
        shop.box.discounts.pay_the_old_way(cart, Decimal(75))
    query = """query ($id: ID!) { payments(first: 5, filter: {checkouts: [$id]}) {
      edges { node { isActive chargeStatus checkout { id } total { amount } } } } }"""
    listed = [edge["node"] for edge in _ask(shop, query, id=cart)["payments"]["edges"]]
    assert [each["isActive"] for each in listed] == [False, True]
    assert {each["chargeStatus"] for each in listed} == {"NOT_CHARGED"}
    assert {each["checkout"]["id"] for each in listed} == {cart}
    seen = shop.see(cart, "chargeStatus authorizeStatus")
    assert seen == {"chargeStatus": "NONE", "authorizeStatus": "NONE"}
    order = shop.complete(cart)
    assert _ask(shop, query, id=cart)["payments"]["edges"] == []
    assert shop.order(order, "chargeStatus payments { chargeStatus }") == {
        "chargeStatus": "FULL",
        "payments": [{"chargeStatus": "NOT_CHARGED"}, {"chargeStatus": "FULLY_CHARGED"}],
    }


def test_an_old_payment_of_too_little_completes_nothing(shop: DiscountShop) -> None:
    cart = shop.cart()
    shop.box.discounts.pay_the_old_way(cart, Decimal(74))
    assert shop.completion_refusal(cart)["code"] == "CHECKOUT_NOT_FULLY_PAID"


def test_a_checkout_with_transactions_is_not_deleted(shop: DiscountShop) -> None:
    paid, free = shop.cart(), shop.cart()
    shop.pay(paid)
    error = shop.refusal("checkoutDelete", "id: ID!", shop.staff, id=paid)
    assert (error["field"], error["code"]) == ("id", "INVALID")
    shop.box.take_emitted()
    deleted = _ask(
        shop, "mutation ($id: ID!) { checkoutDelete(id: $id) { errors { code } } }", id=free
    )
    assert deleted == {"checkoutDelete": {"errors": []}}
    assert shop.box.take_emitted() == []
    assert shop.refusal("checkoutDelete", "id: ID!", shop.staff, id=free)["code"] == "NOT_FOUND"


def test_3_22_does_not_know_how_to_delete_a_checkout() -> None:
    box = Sandbox(version="3.22")
    answer = box.execute(
        'mutation { checkoutDelete(id: "x") { errors { code } } }', token=box.staff_token()
    )
    assert "Cannot query field 'checkoutDelete'" in answer["errors"][0]["message"]


def test_a_shadow_checkout_prices_a_code_without_touching_the_shoppers(
    shop: DiscountShop,
) -> None:
    shop.box.discounts.order_promotion(percentage=Decimal(10))
    shop.box.discounts.voucher(Decimal(5), "FIVE")
    cart = shop.cart()
    shadow = shop.bare_cart((PLIMSOLLS, 1))
    shop.add(shadow["id"], "FIVE")
    assert (shop.entered(shadow["id"]), shop.entered(cart)) == (Decimal(70), Decimal("67.5"))
