"""Payments, refunds and what the store makes of them."""

from datetime import timedelta

from sandbox.box import id_of
from tests.unit.sandbox.shopping import Shop

_MONEY = (
    "status isPaid chargeStatus authorizeStatus totalCharged { amount } totalRefunded { amount }"
    " totalGrantedRefund { amount } updatedAt"
)


def _line(shop: Shop, order: str) -> str:
    return str(shop.teller.lines(order)[0]["id"])


def _warehouse(shop: Shop) -> str:
    return id_of(next(iter(shop.box.store.warehouses.values())))


def test_a_paid_checkout_tells_five_order_events() -> None:
    shop = Shop.open()
    shop.buy()
    assert shop.events()[-5:] == [
        "ORDER_CREATED",
        "ORDER_PAID",
        "ORDER_FULLY_PAID",
        "ORDER_UPDATED",
        "ORDER_CONFIRMED",
    ]


def test_a_partial_charge_is_told_as_paid_but_not_fully() -> None:
    shop = Shop.open()
    checkout = shop.cart()
    item = shop.teller.transact(
        checkout, "Card", "USD", by=shop.teller.cast.app, amountAuthorized="167.40"
    )
    order = shop.teller.complete(checkout, by=shop.teller.cast.shopper)
    assert shop.events()[-2:] == ["ORDER_CREATED", "ORDER_CONFIRMED"]
    shop.teller.report(item, "CHARGE_SUCCESS", "100", "c1")
    assert shop.events() == ["ORDER_PAID", "ORDER_UPDATED"]
    assert shop.teller.read(order, "chargeStatus") == {"chargeStatus": "PARTIAL"}


def test_a_charge_back_is_only_an_update() -> None:
    shop = Shop.open()
    order, item = shop.buy()
    shop.events()
    shop.teller.report(item, "CHARGE_BACK", "167.40", "b1")
    assert shop.events() == ["ORDER_UPDATED"]
    state = shop.teller.read(order, _MONEY)
    assert state["totalCharged"] == {"amount": 0.0}
    assert state["totalRefunded"] == {"amount": 0.0}
    assert state["chargeStatus"] == "NONE"
    assert state["isPaid"] is False


def test_the_same_report_twice_changes_nothing_the_second_time() -> None:
    shop = Shop.open()
    _order, item = shop.buy()
    shop.teller.report(item, "REFUND_SUCCESS", "10", "r1")
    shop.events()
    shop.teller.report(item, "REFUND_SUCCESS", "10", "r1")
    assert shop.events() == []


def test_a_granted_refund_is_told_to_nobody_and_moves_updated_at() -> None:
    shop = Shop.open()
    order, item = shop.buy()
    before = shop.teller.read(order, _MONEY)
    shop.events()
    shop.teller.ask(
        "orderGrantRefundCreate",
        "id: ID!, input: OrderGrantRefundCreateInput!",
        "grantedRefund { id }",
        shop.teller.cast.staff,
        id=order,
        input={"transactionId": item, "amount": "20"},
    )
    after = shop.teller.read(order, _MONEY)
    assert shop.events() == []
    assert after["totalGrantedRefund"] == {"amount": 20.0}
    assert after["chargeStatus"] == "OVERCHARGED"
    assert after["updatedAt"] > before["updatedAt"]


def test_marking_as_paid_makes_a_legacy_payment_and_no_paid_event() -> None:
    shop = Shop.open()
    channel = shop.box.store.channel_by_slug("default-channel")
    assert channel is not None
    channel.allow_unpaid_orders = True
    order = shop.teller.complete(shop.cart(), by=shop.teller.cast.shopper)
    shop.events()
    shop.teller.ask("orderMarkAsPaid", "id: ID!", "order { id }", shop.teller.cast.staff, id=order)
    assert shop.events() == ["ORDER_FULLY_PAID", "ORDER_UPDATED"]
    state = shop.teller.read(
        order, "isPaid payments { isActive capturedAmount { amount } transactions { kind } }"
    )
    assert state == {
        "isPaid": True,
        "payments": [
            {
                "isActive": True,
                "capturedAmount": {"amount": 167.4},
                "transactions": [{"kind": "EXTERNAL"}],
            }
        ],
    }


def test_goods_of_a_legacy_payment_are_refunded_with_their_return() -> None:
    shop = Shop.open()
    channel = shop.box.store.channel_by_slug("default-channel")
    assert channel is not None
    channel.allow_unpaid_orders = True
    order = shop.teller.complete(shop.cart(), by=shop.teller.cast.shopper)
    shop.teller.ask("orderMarkAsPaid", "id: ID!", "order { id }", shop.teller.cast.staff, id=order)
    shop.events()
    shop.teller.ask(
        "orderFulfillmentReturnProducts",
        "order: ID!, input: OrderReturnProductsInput!",
        "order { id }",
        shop.teller.cast.staff,
        order=order,
        input={"orderLines": [{"orderLineId": _line(shop, order), "quantity": 1}], "refund": True},
    )
    assert shop.events() == ["ORDER_REFUNDED", "ORDER_UPDATED"]
    state = shop.teller.read(
        order,
        "status totalRefunded { amount } fulfillments { status totalRefundedAmount { amount } }",
    )
    assert state["totalRefunded"] == {"amount": 81.0}
    assert state["fulfillments"] == [
        {"status": "REFUNDED_AND_RETURNED", "totalRefundedAmount": {"amount": 81.0}}
    ]
    assert state["status"] == "PARTIALLY_RETURNED"


def test_canceling_leaves_the_money_where_it_is() -> None:
    shop = Shop.open()
    order, _item = shop.buy()
    shop.events()
    shop.teller.cancel(order)
    assert shop.events() == ["ORDER_CANCELLED", "ORDER_UPDATED"]
    state = shop.teller.read(order, _MONEY)
    assert (state["status"], state["chargeStatus"]) == ("CANCELED", "FULL")


def test_an_expired_order_keeps_its_updated_at() -> None:
    shop = Shop.open()
    channel = shop.box.store.channel_by_slug("default-channel")
    assert channel is not None
    channel.allow_unpaid_orders = True
    channel.expire_orders_after = 10
    order = shop.teller.complete(shop.cart(), by=shop.teller.cast.shopper)
    before = shop.box.node(order).updated_at
    shop.events()
    shop.box.clock.advance(timedelta(minutes=9))
    shop.box.tick()
    assert shop.events() == []
    shop.box.clock.advance(timedelta(minutes=2))
    shop.box.tick()
    assert shop.events() == ["ORDER_EXPIRED", "ORDER_UPDATED"]
    assert shop.box.node(order).status == "EXPIRED"
    assert shop.box.node(order).updated_at == before


def test_a_second_return_in_the_same_status_keeps_updated_at() -> None:
    shop = Shop.open()
    order, _item = shop.buy(charged="248.40", quantity=3)
    line = _line(shop, order)
    shop.teller.fulfill(order, [(line, _warehouse(shop), 3)])
    shop.teller.return_sent(order, line, 1)
    before = shop.teller.read(order, "updatedAt status")
    shop.teller.return_sent(order, line, 1)
    after = shop.teller.read(order, "updatedAt status fulfillments { status lines { quantity } }")
    assert after["status"] == before["status"] == "PARTIALLY_RETURNED"
    assert after["updatedAt"] == before["updatedAt"]


def test_prices_with_tax_inside_and_tax_on_top() -> None:
    shop = Shop.open()
    for slug, gross, net in (("default-channel", 81.0, 75.0), ("channel-tr", 1500.0, 1250.0)):
        answer = shop.box.execute(
            "query ($id: ID!, $channel: String) { productVariant(id: $id, channel: $channel) {"
            " pricing { price { gross { amount } net { amount } } } } }",
            {"id": shop.variant("linen-shirt"), "channel": slug},
        )
        price = answer["data"]["productVariant"]["pricing"]["price"]
        assert price == {"gross": {"amount": gross}, "net": {"amount": net}}


def test_a_replacement_is_a_draft_of_its_own() -> None:
    shop = Shop.open()
    order, _item = shop.buy()
    shop.events()
    made = shop.teller.ask(
        "orderFulfillmentReturnProducts",
        "order: ID!, input: OrderReturnProductsInput!",
        "replaceOrder { status origin original } order { status }",
        shop.teller.cast.staff,
        order=order,
        input={"orderLines": [{"orderLineId": _line(shop, order), "quantity": 1, "replace": True}]},
    )
    assert made["replaceOrder"] == {"status": "DRAFT", "origin": "REISSUE", "original": order}
    assert shop.events() == ["ORDER_UPDATED", "DRAFT_ORDER_CREATED"]
