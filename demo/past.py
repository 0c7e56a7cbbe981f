"""The month before the demo begins: orders that were paid and sent, codes to try at the checkout.

The store's clock starts 30 days back and is moved on from order to order, so that what happened has
its real dates: the app proposes its program from these orders, and their points can be spent at
once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from demo.setup import Places
from demo.staff import STAFF, Counter

DAY = 86_400
DAYS = 30
COUPON = "WELCOME10"
PROMOTION = "Big baskets"
RULE = "10 % off from $200"

_ERRORS = "errors { message }"
_CATALOG = """query {
  channels { id slug warehouses { id } }
  products(first: 50, channel: "default-channel") { edges { node { slug variants { id } } } }
}"""
_CHECKOUT = f"""mutation ($input: CheckoutCreateInput!) {{
  checkoutCreate(input: $input) {{ checkout {{ id shippingMethods {{ id }} }} {_ERRORS} }}
}}"""
_DELIVERY = f"""mutation ($id: ID!, $method: ID!) {{
  checkoutDeliveryMethodUpdate(id: $id, deliveryMethodId: $method) {{
    checkout {{ totalPrice {{ gross {{ amount currency }} }} }} {_ERRORS}
  }}
}}"""
_CHARGE = f"""mutation ($id: ID!, $transaction: TransactionCreateInput!) {{
  transactionCreate(id: $id, transaction: $transaction) {{ {_ERRORS} }}
}}"""
_COMPLETE = f"""mutation ($id: ID!) {{
  checkoutComplete(id: $id) {{ order {{ id lines {{ id quantity }} }} {_ERRORS} }}
}}"""
_FULFILL = f"""mutation ($order: ID!, $input: OrderFulfillInput!) {{
  orderFulfill(order: $order, input: $input) {{ {_ERRORS} }}
}}"""
_VOUCHER = f"""mutation ($input: VoucherInput!) {{
  voucherCreate(input: $input) {{ voucher {{ id }} {_ERRORS} }}
}}"""
_LISTING = f"""mutation ($id: ID!, $input: VoucherChannelListingInput!) {{
  voucherChannelListingUpdate(id: $id, input: $input) {{ {_ERRORS} }}
}}"""
_PROMOTION = f"""mutation ($input: PromotionCreateInput!) {{
  promotionCreate(input: $input) {{ {_ERRORS} }}
}}"""
_GIFT_CARD = f"""mutation ($input: GiftCardCreateInput!) {{
  giftCardCreate(input: $input) {{ giftCard {{ code }} {_ERRORS} }}
}}"""
_US = {
    "firstName": "", "lastName": "", "streetAddress1": "1 Market Street", "city": "San Francisco",
    "countryArea": "CA", "postalCode": "94105", "country": "US",
}  # fmt: skip
_TR = {
    "firstName": "", "lastName": "", "streetAddress1": "İstiklal Caddesi 1", "city": "İstanbul",
    "countryArea": "İstanbul", "postalCode": "34430", "country": "TR",
}  # fmt: skip
_ADDRESSES = {"default-channel": _US, "channel-tr": _TR}
_NAMES = {"ayse@example.com": ("Ayşe", "Yılmaz"), "john@example.com": ("John", "Smith")}


@dataclass(frozen=True, slots=True)
class Purchase:
    """What somebody bought so many days ago: (product, quantity), in one channel."""

    days_ago: int
    email: str
    goods: tuple[tuple[str, int], ...]
    channel: str = "default-channel"


ORDERS = (
    Purchase(30, "ayse@example.com", (("linen-shirt", 3), ("wool-scarf", 2))),
    Purchase(30, "john@example.com", (("linen-shirt", 1), ("ceramic-cup", 1))),
    Purchase(22, "ayse@example.com", (("wool-scarf", 1),), "channel-tr"),
    Purchase(20, "ayse@example.com", (("espresso-beans", 4),)),
    Purchase(18, "john@example.com", (("espresso-beans", 2),)),
    Purchase(3, "ayse@example.com", (("black-tea", 2), ("ceramic-cup", 1))),
)


def is_over(places: Places) -> bool:
    """Whether the store has its past already: it began, and its clock is not back in it."""
    return places.store_state.exists() and int(places.clock_file.read_text()) >= 0


def begin(places: Places) -> None:
    """Puts the clock of a store that has not started yet back to where its past begins."""
    places.store_state.unlink(missing_ok=True)
    places.clock_file.write_text(str(-DAYS * DAY))


def relive(places: Places, orders: Sequence[Purchase] = ORDERS) -> None:
    """Lets the orders happen on their days, up to now; the store runs, and the app does not.

    Raises:
        DemoFailed: the store refused something.
    """
    with Counter(places.store_url) as counter:
        catalog = counter.ask(_CATALOG, {}, counter.sign_in(*STAFF))
        shelf = {
            edge["node"]["slug"]: edge["node"]["variants"][0]["id"]
            for edge in catalog["products"]["edges"]
        }
        channels = {channel["slug"]: channel for channel in catalog["channels"]}
        today = DAYS
        for order in sorted(orders, key=lambda one: -one.days_ago):
            if order.days_ago < today:
                counter.advance((today - order.days_ago) * DAY)
                today = order.days_ago
            _buy(counter, order, shelf, channels[order.channel])
        places.gift_card_file.write_text(_furnish(counter, channels))
        counter.advance(today * DAY)


def _buy(counter: Counter, order: Purchase, shelf: dict[str, str], channel: dict[str, Any]) -> None:
    first, last = _NAMES[order.email]
    place = {**_ADDRESSES[order.channel], "firstName": first, "lastName": last}
    shopper, staff = counter.sign_in(order.email), counter.sign_in(*STAFF)
    wanted = {
        "channel": order.channel,
        "email": order.email,
        "lines": [{"variantId": shelf[slug], "quantity": many} for slug, many in order.goods],
        "shippingAddress": place,
        "billingAddress": place,
    }
    made = counter.ask(_CHECKOUT, {"input": wanted}, shopper)["checkoutCreate"]["checkout"]
    chosen = {"id": made["id"], "method": made["shippingMethods"][0]["id"]}
    cart = counter.ask(_DELIVERY, chosen, shopper)["checkoutDeliveryMethodUpdate"]["checkout"]
    paid = {
        "name": "Sandbox Pay",
        "pspReference": f"past-{made['id']}",
        "availableActions": ["REFUND"],
        "amountCharged": cart["totalPrice"]["gross"],
    }
    counter.ask(_CHARGE, {"id": made["id"], "transaction": paid}, staff)
    bought = counter.ask(_COMPLETE, {"id": made["id"]}, shopper)["checkoutComplete"]["order"]
    stock = channel["warehouses"][0]["id"]
    sent = [
        {
            "orderLineId": line["id"],
            "stocks": [{"quantity": line["quantity"], "warehouse": stock}],
        }
        for line in bought["lines"]
    ]
    fulfillment = {"lines": sent, "notifyCustomer": False, "allowStockToBeExceeded": True}
    counter.ask(_FULFILL, {"order": bought["id"], "input": fulfillment}, staff)


def _furnish(counter: Counter, channels: dict[str, dict[str, Any]]) -> str:
    """A coupon, a promotion of orders and a gift card to try; gives the card's code."""
    staff = counter.sign_in(*STAFF)
    voucher = {
        "type": "ENTIRE_ORDER",
        "name": "Welcome",
        "addCodes": [COUPON],
        "discountValueType": "PERCENTAGE",
    }
    made = counter.ask(_VOUCHER, {"input": voucher}, staff)["voucherCreate"]["voucher"]
    listed = [{"channelId": one["id"], "discountValue": "10"} for one in channels.values()]
    counter.ask(_LISTING, {"id": made["id"], "input": {"addChannels": listed}}, staff)
    rule = {
        "name": RULE,
        "channels": [channels["default-channel"]["id"]],
        "orderPredicate": {
            "discountedObjectPredicate": {"baseSubtotalPrice": {"range": {"gte": "200"}}}
        },
        "rewardType": "SUBTOTAL_DISCOUNT",
        "rewardValueType": "PERCENTAGE",
        "rewardValue": "10",
    }
    promotion = {"name": PROMOTION, "type": "ORDER", "rules": [rule]}
    counter.ask(_PROMOTION, {"input": promotion}, staff)
    card = {"balance": {"currency": "USD", "amount": "25"}, "isActive": True}
    found: str = counter.ask(_GIFT_CARD, {"input": card}, staff)["giftCardCreate"]["giftCard"][
        "code"
    ]
    return found
