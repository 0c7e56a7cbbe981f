"""Checkouts and drafts in one shape; when money is under way; whose voucher an order had."""

import base64
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from saleor_loyalty_app.saleor.checkout_snapshot import (
    BANK_PATIENCE,
    Cart,
    checkout_of,
    draft_of,
    orders_with_code,
    vouchers_with_code,
)
from saleor_loyalty_app.saleor.errors import SaleorQueryError
from saleor_loyalty_app.saleor.global_ids import names

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
AMOUNTS = (
    "authorizedAmount",
    "authorizePendingAmount",
    "chargedAmount",
    "chargePendingAmount",
    "refundPendingAmount",
    "cancelPendingAmount",
)


def taxed(gross: str, net: str) -> dict[str, Any]:
    return {
        "gross": {"amount": Decimal(gross), "currency": "USD"},
        "net": {"amount": Decimal(net), "currency": "USD"},
    }


def channel(*, entered_with_tax: bool = False) -> dict[str, Any]:
    return {
        "id": "Q2hhbm5lbDox",
        "slug": "web",
        "currencyCode": "USD",
        "taxConfiguration": {"pricesEnteredWithTax": entered_with_tax},
    }


def checkout(**values: Any) -> dict[str, Any]:
    return {
        "id": "C",
        "user": {"id": "U"},
        "channel": channel(),
        "voucherCode": None,
        "lines": [
            {"quantity": 2, "isGift": False, "variant": {"id": "b"}},
            {"quantity": 1, "isGift": None, "variant": {"id": "a"}},
            {"quantity": 3, "isGift": False, "variant": {"id": "b"}},
            {"quantity": 1, "isGift": True, "variant": {"id": "g"}},
        ],
        "subtotalPrice": taxed("108", "100"),
        "shippingPrice": taxed("5.40", "5"),
        "deliveryMethod": {"id": "S"},
        "problems": [],
        "transactions": [],
    } | values


def read(data: dict[str, Any], payments: list[dict[str, Any]] | None = None) -> Cart:
    edges = [{"node": payment} for payment in payments or []]
    found = checkout_of({"checkout": data, "payments": {"edges": edges}}, NOW).cart
    assert found is not None
    return found


def transaction(*events: dict[str, Any], **amounts: str) -> dict[str, Any]:
    zero = {name: {"amount": Decimal(0)} for name in AMOUNTS}
    given = {name: {"amount": Decimal(amount)} for name, amount in amounts.items()}
    return zero | given | {"events": list(events)}


def test_a_checkout_is_read_as_a_cart() -> None:
    cart = read(checkout(voucherCode=""))
    assert cart.lines == (("a", 1), ("b", 5))
    assert (cart.gifts, cart.code, cart.delivery, cart.money) == (1, None, "S", False)
    figures = (cart.subtotal, cart.goods, cart.price)
    assert figures == (Decimal(100), Decimal(108), Decimal("113.40"))


def test_the_subtotal_is_on_the_side_on_which_prices_are_entered() -> None:
    assert read(checkout(channel=channel(entered_with_tax=True))).subtotal == 108


def test_a_checkout_that_is_gone_is_none() -> None:
    assert checkout_of({"checkout": None, "payments": {"edges": []}}, NOW).cart is None
    assert draft_of({"order": None}, NOW).cart is None


@pytest.mark.parametrize(
    ("user", "active"), [(None, False), ({"isActive": False}, False), ({"isActive": True}, True)]
)
def test_a_user_who_is_gone_or_deactivated_may_not_act(user: Any, active: bool) -> None:
    data = {"checkout": checkout(), "payments": {"edges": []}, "user": user}
    assert checkout_of(data, NOW).user_active is active


def test_who_was_not_asked_for_is_unknown() -> None:
    assert checkout_of({"checkout": checkout(), "payments": {"edges": []}}, NOW).user_active is None


@pytest.mark.parametrize("amount", AMOUNTS)
def test_any_amount_of_a_transaction_is_money(amount: str) -> None:
    assert read(checkout(transactions=[transaction(**{amount: "0.01"})])).money
    assert not read(checkout(transactions=[transaction()])).money


@pytest.mark.parametrize(
    ("type_", "age", "money"),
    [
        ("CHARGE_ACTION_REQUIRED", timedelta(minutes=5), True),
        ("AUTHORIZATION_REQUEST", timedelta(minutes=5), True),
        ("CHARGE_ACTION_REQUIRED", BANK_PATIENCE, False),
        ("CHARGE_FAILURE", timedelta(minutes=5), False),
        ("CANCEL_SUCCESS", timedelta(minutes=5), False),
        (None, timedelta(minutes=5), False),
    ],
)
def test_a_shopper_at_the_bank_may_come_back_paid(
    type_: str | None, age: timedelta, money: bool
) -> None:
    earlier = {"type": "CHARGE_REQUEST", "createdAt": (NOW - timedelta(days=3)).isoformat()}
    last = {"type": type_, "createdAt": (NOW - age).isoformat()}
    assert read(checkout(transactions=[transaction(last, earlier)])).money is money


@pytest.mark.parametrize(
    ("status", "active", "money"),
    [
        ("NOT_CHARGED", True, True),
        ("PENDING", True, True),
        ("FULLY_CHARGED", True, True),
        ("PARTIALLY_REFUNDED", True, True),
        ("NOT_CHARGED", False, False),
        ("REFUSED", True, False),
        ("CANCELLED", True, False),
        ("FULLY_REFUNDED", True, False),
    ],
)
def test_legacy_payments_are_money_too(status: str, active: bool, money: bool) -> None:
    assert read(checkout(), [{"isActive": active, "chargeStatus": status}]).money is money


def test_a_delivery_that_is_not_offered_any_more_is_seen() -> None:
    stale = {"__typename": "CheckoutProblemDeliveryMethodStale"}
    invalid = {"__typename": "CheckoutProblemDeliveryMethodInvalid"}
    assert read(checkout(problems=[stale])).delivery_valid
    assert not read(checkout(problems=[stale, invalid])).delivery_valid


def test_a_draft_is_read_like_a_checkout_until_it_is_an_order() -> None:
    data = checkout(subtotal=taxed("108", "100"), status="DRAFT", payments=[])
    draft = draft_of({"order": data}, NOW).cart
    assert draft is not None
    assert (draft.lines, draft.made) == ((("a", 1), ("b", 5)), False)
    assert draft.subtotal == 100
    made = draft_of({"order": data | {"status": "UNFULFILLED"}}, NOW).cart
    assert made is not None
    assert made.made


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1E+999999"])
def test_strange_amounts_are_refused(amount: str) -> None:
    strange = taxed("1", "1")
    strange["gross"]["amount"] = Decimal(amount)
    with pytest.raises(SaleorQueryError):
        read(checkout(subtotalPrice=strange))


def test_orders_are_told_once_with_their_discounts() -> None:
    node = {
        "id": "O",
        "status": "UNFULFILLED",
        "checkoutId": "C",
        "voucherCode": None,
        "discounts": [{"type": "VOUCHER", "name": "Loyalty x"}, {"type": "MANUAL", "name": None}],
    }
    [order] = orders_with_code(
        {"ofCheckouts": {"edges": [{"node": node}]}, "byCode": {"edges": [{"node": node}]}}
    )
    assert order.discounts is not None
    assert [one.name for one in order.discounts] == ["Loyalty x", None]
    assert orders_with_code({"byCode": {"edges": []}}) == []


def test_a_voucher_is_found_by_exactly_its_code() -> None:
    def edge(id_: str, code: str) -> dict[str, Any]:
        return {"node": {"id": id_, "codes": {"edges": [{"node": {"code": code}}]}}}

    data = {"vouchers": {"edges": [edge("1", "abc"), edge("2", "ABCD"), edge("3", "ABC")]}}
    assert vouchers_with_code(data, "ABC") == ["3"]


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("Q2hlY2tvdXQ6NWIwZWU3NmYtMmFjMy00NDQ2LWE4ODMtYTFkNDVkZTAwOTk3", True),
        ("T3JkZXI6NWIwZWU3NmYtMmFjMy00NDQ2LWE4ODMtYTFkNDVkZTAwOTk3", False),
        ("Q2hlY2tvdXQ6enp6", False),
        ("Q2hlY2tvdXQ6", False),
        ("zzz", False),
        ("", False),
        ("💥", False),
        ("Q2hlY2tvdXQ6" * 100, False),
    ],
)
def test_an_id_is_one_of_a_checkout(text: str, known: bool) -> None:
    assert names(text, "Checkout") is known


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("User:5", True),
        (f"User:{2**31 - 1}", True),
        (f"User:{2**31}", False),
        ("User:-5", False),
        ("User:٥", False),
        ("User:x", False),
        ("User:", False),
        ("App:5", False),
    ],
)
def test_an_id_is_one_of_a_user(text: str, known: bool) -> None:
    assert names(base64.b64encode(text.encode()).decode(), "User") is known
