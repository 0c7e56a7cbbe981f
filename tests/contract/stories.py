"""The recorded stories, told as actions.

Each story is a generator: it acts, and yields the number of the last recorded request that belongs
to what it did since the last yield.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from sandbox.box import id_of
from sandbox.model.customers import add_user
from tests.contract.story_stage import GATEWAY, GIFT, PLIMSOLLS, SHIRT, SHOPPER, Stage, set_stage
from tests.contract.story_teller import Refusal

Steps = Iterator[int]
Recorded = list[dict[str, Any]]


@dataclass(frozen=True)
class Story:
    """`left_out` names the families of events that are not compared, and why."""

    name: str
    stage: Callable[[], Stage]
    tell: Callable[[Stage, Recorded], Steps]
    left_out: tuple[tuple[str, str], ...] = ()


_ORDERS_ONLY = (
    ("CHECKOUT_", "the first series of recordings kept only what carries an order"),
    ("TRANSACTION_", "the first series of recordings kept only what carries an order"),
)


def _charge(stage: Stage, checkout: str, amounts: list[str]) -> list[str]:
    teller = stage.teller
    return [
        teller.transact(checkout, "Card", "USD", by=teller.cast.app, amountCharged=amount)
        for amount in amounts
    ]


def paid_fulfilled_refunded(stage: Stage, _recorded: Recorded) -> Steps:
    teller, box = stage.teller, stage.box
    lines = [
        stage.line(PLIMSOLLS, 4, price="50", priceOverrideReason="loyalty gold"),
        stage.line(SHIRT, 1, price="0"),
    ]
    checkout = teller.checkout("default-channel", lines, "UPS", by=teller.cast.app, email=SHOPPER)
    box.discount(checkout, Decimal(20), code="LOY-B83154")
    box.cover_with_gift_card(checkout, Decimal(30))
    first, second = (
        teller.transact(checkout, "Capture pay", "USD", by=teller.cast.app, amountCharged=amount)
        for amount in ("100", "109.59")
    )
    order = teller.complete(checkout, by=teller.cast.shopper)
    yield 70
    plimsolls, shirt = (stage.order_line(order, sku) for sku in (PLIMSOLLS, SHIRT))
    teller.fulfill(order, [(plimsolls, stage.warehouse(), 1)])
    yield 72
    teller.fulfill(order, [(plimsolls, stage.warehouse(), 3)])
    yield 74
    teller.fulfill(order, [(shirt, stage.warehouse(), 1)])
    yield 77
    teller.grant_and_refund(order, first, line=plimsolls)
    yield 80
    teller.report(first, "REFUND_SUCCESS", "20", "rep-1")
    yield 82
    teller.request(first, "REFUND", "35")
    teller.request(second, "REFUND", "109.59")
    yield 89


def canceled(stage: Stage, _recorded: Recorded) -> Steps:
    teller, box = stage.teller, stage.box
    checkout = teller.checkout(
        "default-channel", [stage.line(PLIMSOLLS, 1)], "Default", by=teller.cast.shopper
    )
    box.discount(checkout, Decimal(15), code="CAN-83323")
    box.cover_with_gift_card(checkout, Decimal(30))
    teller.transact(checkout, "Capture pay", "USD", by=teller.cast.app, amountCharged="30")
    order = teller.complete(checkout, by=teller.cast.shopper)
    yield 105
    teller.cancel(order)
    yield 107


def guest(stage: Stage, _recorded: Recorded) -> Steps:
    teller = stage.teller
    checkout = teller.checkout(
        "default-channel", [stage.line(SHIRT, 1)], "Default", by=None, email="guest@example.com"
    )
    teller.transact(checkout, "Capture pay", "USD", by=teller.cast.app, amountCharged="45")
    teller.complete(checkout, by=None)
    yield 127


def authorized_then_partly_charged(stage: Stage, _recorded: Recorded) -> Steps:
    teller = stage.teller
    checkout = teller.checkout(
        "default-channel", [stage.line(PLIMSOLLS, 1)], "Default", by=teller.cast.shopper
    )
    stage.answers.append({"result": "AUTHORIZATION_SUCCESS", "pspReference": "psp-6d980d3f"})
    item = teller.initialize(checkout, GATEWAY, "75", by=teller.cast.shopper)
    teller.complete(checkout, by=teller.cast.shopper)
    yield 140
    teller.request(item, "CANCEL", "10")
    yield 142
    teller.request(item, "CHARGE", "65")
    yield 145


def expired(stage: Stage, _recorded: Recorded) -> Steps:
    teller, box = stage.teller, stage.box
    channel = box.store.channel_by_slug("channel-pln")
    assert channel is not None
    channel.allow_unpaid_orders = True
    channel.automatically_confirm_all_new_orders = False
    channel.expire_orders_after = 1
    checkout = teller.checkout("channel-pln", [stage.line(SHIRT, 1)], "UPS", by=teller.cast.shopper)
    box.discount(checkout, Decimal(5), code="EXP-83715")
    box.cover_with_gift_card(checkout, Decimal(10))
    teller.complete(checkout, by=teller.cast.shopper)
    yield 340
    box.clock.advance(timedelta(minutes=2))
    box.tick()
    yield 380


def returned(stage: Stage, _recorded: Recorded) -> Steps:
    teller = stage.teller
    checkout = teller.checkout(
        "default-channel", [stage.line(SHIRT, 1)], "Default", by=teller.cast.shopper
    )
    teller.transact(checkout, "Capture pay", "USD", by=teller.cast.app, amountCharged="45")
    order = teller.complete(checkout, by=teller.cast.shopper)
    yield 545
    line = stage.order_line(order, SHIRT)
    teller.fulfill(order, [(line, stage.warehouse(), 1)])
    yield 548
    teller.return_sent(order, line, 1)
    yield 549


def points_as_tender(stage: Stage, _recorded: Recorded) -> Steps:
    teller = stage.teller
    lines = [stage.line(PLIMSOLLS, 1), stage.line(SHIRT, 1)]
    checkout = teller.checkout("default-channel", lines, "EMS", by=teller.cast.shopper)
    points = teller.transact(
        checkout, "Loyalty points", "USD", by=teller.cast.app, amountAuthorized="40"
    )
    yield 1223
    card = teller.transact(checkout, "Card", "USD", by=teller.cast.staff, amountCharged="110.34")
    yield 1224
    order = teller.complete(checkout, by=teller.cast.app)
    yield 1226
    teller.report(points, "CHARGE_SUCCESS", "40", "chg-285736")
    yield 1229
    teller.request(points, "REFUND", "15")
    yield 1232
    teller.grant_and_refund(order, points, amount="10")
    yield 1235
    with pytest.raises(Refusal, match="MISSING_TRANSACTION_ACTION_REQUEST_WEBHOOK"):
        teller.request(card, "REFUND", "5")
    teller.request(points, "REFUND", "100")
    yield 1238
    teller.cancel(order)
    yield 1240


def points_through_the_gateway(stage: Stage, _recorded: Recorded) -> Steps:
    teller = stage.teller
    lines = [stage.line(PLIMSOLLS, 1), stage.line(SHIRT, 1)]
    checkout = teller.checkout("default-channel", lines, "EMS", by=teller.cast.shopper)
    yield 3676
    granted = {"result": "AUTHORIZATION_SUCCESS", "amount": 20, "pspReference": "pts-286668"}
    refused = {"result": "AUTHORIZATION_FAILURE", "amount": 20, "pspReference": "ptf-286668"}
    stage.answers += [granted, granted, refused]
    points = teller.initialize(checkout, GATEWAY, "50", by=teller.cast.shopper)
    teller.initialize(checkout, GATEWAY, "5", by=None)
    teller.initialize(checkout, GATEWAY, "20", by=teller.cast.shopper)
    yield 3679
    (card,) = _charge(stage, checkout, ["150.34"])
    yield 3681
    teller.complete(checkout, by=teller.cast.app)
    teller.report(points, "CHARGE_SUCCESS", "20", "pc-286668")
    yield 3689
    teller.report(card, "REFUND_SUCCESS", "1", "x1")
    yield 3691


def gift_line(stage: Stage, _recorded: Recorded) -> Steps:
    teller = stage.teller
    lines = [stage.line(SHIRT, 2), stage.line(PLIMSOLLS, 1)]
    checkout = teller.checkout("default-channel", lines, "EMS", by=teller.cast.shopper)
    stage.box.add_gift(checkout, stage.variant(GIFT))
    yield 1506
    (card,) = _charge(stage, checkout, ["198.94"])
    yield 1508
    order = teller.complete(checkout, by=teller.cast.app)
    yield 1513
    shirt, plimsolls, gift = (stage.order_line(order, sku) for sku in (SHIRT, PLIMSOLLS, GIFT))
    teller.fulfill(order, [(shirt, stage.warehouse(), 2)])
    yield 1515
    teller.fulfill(order, [(plimsolls, stage.warehouse(), 1), (gift, stage.warehouse(1), 1)])
    yield 1519
    teller.return_sent(order, shirt, 1)
    yield 1520
    teller.grant_and_refund(order, card, line=shirt)
    yield 1523
    teller.request(card, "REFUND", "50.11")
    yield 1526
    teller.request(card, "REFUND", "50.11")
    yield 1529
    teller.request(card, "REFUND", "50.12")
    yield 1533


def tax_on_top(stage: Stage, _recorded: Recorded) -> Steps:
    teller, box = stage.teller, stage.box
    lines = [stage.line(PLIMSOLLS, 1), stage.line(SHIRT, 2)]
    checkout = teller.checkout("default-channel", lines, "EMS", by=teller.cast.shopper)
    shirts = box.node(checkout).lines[1]
    box.discount(checkout, Decimal("22.50"), code="TAXB286065", line_id=id_of(shirts))
    box.cover_with_gift_card(checkout, Decimal(30))
    yield 1474
    (card,) = _charge(stage, checkout, ["144.64"])
    yield 1478
    order = teller.complete(checkout, by=teller.cast.app)
    yield 1483
    plimsolls, shirt = (stage.order_line(order, sku) for sku in (PLIMSOLLS, SHIRT))
    teller.fulfill(order, [(plimsolls, stage.warehouse(), 1)])
    yield 1485
    teller.fulfill(order, [(shirt, stage.warehouse(), 2)])
    yield 1488
    teller.return_sent(order, shirt, 1)
    yield 1489
    teller.grant_and_refund(order, card, line=shirt)
    yield 1492
    teller.request(card, "REFUND", "36.06")
    yield 1495
    teller.request(card, "REFUND", "36.06")
    yield 1498
    teller.request(card, "REFUND", "36.07")
    yield 1502


def one_code_twice(stage: Stage, _recorded: Recorded) -> Steps:
    teller, box = stage.teller, stage.box
    checkouts = []
    for _ in range(2):
        checkout = teller.checkout(
            "default-channel", [stage.line(SHIRT, 1)], "Default", by=teller.cast.shopper
        )
        box.discount(checkout, Decimal(5), code="RC28616700")
        checkouts.append(checkout)
    yield 1548
    for checkout in checkouts:
        _charge(stage, checkout, ["43.20"])
    yield 1556
    for checkout in checkouts:
        teller.complete(checkout, by=teller.cast.app)
    yield 1569


def bulk_import(stage: Stage, recorded: Recorded) -> Steps:
    """The import's input, and who was a customer, is read off what Saleor told of it."""
    imported = [order for request in recorded for order in request["body"]["orders"]]
    for email in sorted({each["user"]["email"] for each in imported if each["user"]}):
        add_user(stage.box.store, email)
    for request in recorded:
        stage.teller.import_orders([_as_input(stage, order) for order in request["body"]["orders"]])
        yield request["number"]


def _as_input(stage: Stage, order: dict[str, Any]) -> dict[str, Any]:
    currency = order["channel"]["currencyCode"]
    lines = [_line_input(stage, line, order["created"]) for line in order["lines"]]
    fulfilled = [line["quantityFulfilled"] for line in order["lines"]]
    address = {"country": "US"}
    return {
        "channel": order["channel"]["slug"],
        "createdAt": order["created"],
        "status": order["status"],
        "user": {"email": order["userEmail"]},
        "billingAddress": address,
        "shippingAddress": address,
        "currency": currency,
        "languageCode": order["languageCodeEnum"],
        "externalReference": order["externalReference"],
        "displayGrossPrices": order["displayGrossPrices"],
        "deliveryMethod": {
            "shippingMethodName": order["shippingMethodName"],
            "shippingPrice": _taxed_input(order["shippingPrice"]),
            "shippingTaxRate": order["shippingTaxRate"],
        },
        "lines": lines,
        "fulfillments": [
            {
                "lines": [
                    {"quantity": quantity, "warehouse": stage.warehouse(), "orderLineIndex": index}
                    for index, quantity in enumerate(fulfilled)
                ]
            }
        ]
        if any(fulfilled)
        else [],
        "transactions": [
            {
                "name": item["name"],
                "amountCharged": {"amount": item["chargedAmount"]["amount"], "currency": currency},
            }
            for item in order["transactions"]
        ],
    }


def _line_input(stage: Stage, line: dict[str, Any], created: str) -> dict[str, Any]:
    return {
        "variantId": stage.variant(line["variant"]["sku"]),
        "productName": line["productName"],
        "variantName": line["variantName"],
        "createdAt": created,
        "isShippingRequired": True,
        "isGiftCard": False,
        "quantity": line["quantity"],
        "totalPrice": _taxed_input(line["totalPrice"]),
        "undiscountedTotalPrice": _taxed_input(line["undiscountedTotalPrice"]),
        "warehouse": stage.warehouse(),
        "taxRate": line["taxRate"],
    }


def _taxed_input(price: dict[str, Any]) -> dict[str, Any]:
    return {"gross": price["gross"]["amount"], "net": price["net"]["amount"]}


def _taxed_stage() -> Stage:
    return set_stage(us_tax=8, promotion=15)


STORIES = (
    Story(
        "paid-fulfilled-refunded-in-three-parts", set_stage, paid_fulfilled_refunded, _ORDERS_ONLY
    ),
    Story("canceled-with-voucher-and-gift-card", set_stage, canceled, _ORDERS_ONLY),
    Story("guest", set_stage, guest, _ORDERS_ONLY),
    Story(
        "authorized-then-partly-charged", set_stage, authorized_then_partly_charged, _ORDERS_ONLY
    ),
    Story("expired", set_stage, expired, _ORDERS_ONLY),
    Story("returned-without-refund", set_stage, returned, _ORDERS_ONLY),
    Story("points-as-tender-refunded-and-canceled", _taxed_stage, points_as_tender),
    Story(
        "points-through-the-gateway-shopper-and-stranger", _taxed_stage, points_through_the_gateway
    ),
    Story("usd-gift-line-fully-refunded", _taxed_stage, gift_line),
    Story("usd-tax-on-top-product-voucher-gift-card-fully-refunded", _taxed_stage, tax_on_top),
    Story("one-code-used-by-two-orders", _taxed_stage, one_code_twice),
    Story("bulk-import", set_stage, bulk_import),
)
