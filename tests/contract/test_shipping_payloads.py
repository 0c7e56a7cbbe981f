"""What the sandbox tells apps of a cart's shipping, beside what a real Saleor told of the same."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sandbox import Request, Response
from sandbox.box import id_of
from sandbox.shop import add_shipping
from tests.contract.story_stage import GIFT, PLIMSOLLS, SHIRT, Stage, set_stage
from tests.contract.story_teller import ADDRESS, Data

Recorded = dict[str, Any]

#: Name, price in USD or PLN, and where: to the USA, or to the zones of Europe.
_METHODS = [
    ("Default", {"default-channel": "0"}, "US"),
    ("UPS", {"default-channel": "27.19", "channel-pln": "43.87"}, "DE PL"),
    ("DB Schenker", {"default-channel": "28.41", "channel-pln": "55.93"}, "DE PL"),
    ("Registered priority", {"default-channel": "42.89", "channel-pln": "61.47"}, "DE PL"),
    ("DHL", {"default-channel": "74.24", "channel-pln": "59.60"}, "DE PL"),
    ("EMS", {"default-channel": "34.20"}, "US"),
    ("FedEx", {"default-channel": "40.42"}, "US"),
    ("UPS", {"default-channel": "59.59"}, "US"),
    ("DHL", {"default-channel": "66.19"}, "US"),
]
_REWARD = "Loyalty reward"
_MONEY = "{ gross { amount currency } net { amount } }"
_QUERY = f"""subscription {{ event {{ ... on ShippingListMethodsForCheckout {{
  checkout {{
    quantity channel {{ slug currencyCode }} shippingAddress {{ country {{ code }} }}
    discount {{ amount currency }} discountName voucher {{ name type }}
    taxExemption displayGrossPrices
    lines {{
      quantity undiscountedUnitPrice {{ amount currency }} undiscountedTotalPrice {{ amount }}
      priorUnitPrice {{ amount }} priorTotalPrice {{ amount }} isGift priceOverrideReason
      variant {{ sku pricing {{
        onSale price {_MONEY} priceUndiscounted {{ gross {{ amount }} }}
        pricePrior {{ gross {{ amount }} }} discount {{ gross {{ amount }} }}
      }} }}
    }}
  }}
  shippingMethods {{
    name active message price {{ amount currency }} minimumDeliveryDays maximumDeliveryDays
    metadata {{ key value }}
  }}
}} }} }}"""
_CODE = "REWARD1"
_MANY = {PLIMSOLLS: 2, SHIRT: 3}
_ONE_EACH = {PLIMSOLLS: 1, SHIRT: 1}


class Cart:
    """The recorded store in the sandbox, and a cart in it."""

    def __init__(self, recorded: Recorded) -> None:
        self.stage: Stage = set_stage(us_tax=8)
        self.told: list[Data] = []
        self.box = self.stage.box
        store = self.box.store
        store.tax_rates["PL"] = Decimal(23)
        store.shipping_methods.clear()
        for name, prices, countries in _METHODS:
            served = frozenset(countries.split())
            method = add_shipping(store, name, prices, countries=served)
            method.minimum_delivery_days = method.maximum_delivery_days = None
        plimsolls = self.stage.variant(PLIMSOLLS)
        for channel, share in (("default-channel", 20), ("channel-pln", 30)):
            self.box.discounts.catalog_promotion(
                plimsolls, percentage=Decimal(share), channel=channel
            )
        self.box.install(_manifest())
        self.box.send = self._hear
        checkout = recorded["checkout"]
        self.channel = checkout["channel"]["slug"]
        address = checkout["shippingAddress"]
        self.country = address["country"]["code"] if address else None
        self.id = ""

    def _hear(self, request: Request) -> Response:
        self.told.append(request.json())
        return Response(200, b"[]")

    def fill(self, quantities: dict[str, int]) -> None:
        given: Data = {
            "channel": self.channel,
            "email": "shopper@example.com",
            "lines": [self.stage.line(sku, quantity) for sku, quantity in quantities.items()],
        }
        if self.country is not None:
            given["shippingAddress"] = {**ADDRESS, "country": self.country}
        made = self.stage.teller.ask(
            "checkoutCreate",
            "input: CheckoutCreateInput!",
            "checkout { id }",
            self.stage.teller.cast.shopper,
            input=given,
        )
        self.id = made["checkout"]["id"]

    def voucher(self, value: str, **more: Any) -> None:
        """Put a reward on the cart, as the shopper does."""
        self.box.discounts.voucher(Decimal(value), _CODE, name=_REWARD, **more)
        self.stage.teller.ask(
            "checkoutAddPromoCode",
            "id: ID!, promoCode: String!",
            "checkout { id }",
            None,
            id=self.id,
            promoCode=_CODE,
        )

    def choose(self, name: str) -> None:
        checkout = self.box.node(self.id)
        self.calculate()
        chosen = next(row for row in checkout.deliveries if row.offer.name == name)
        self.stage.teller.ask(
            "checkoutDeliveryMethodUpdate",
            "id: ID!, deliveryMethodId: ID",
            "checkout { id }",
            None,
            id=self.id,
            deliveryMethodId=chosen.offer.id,
        )

    def calculate(self) -> Data:
        """What the app is told when the deliveries are calculated."""
        self.stage.teller.ask(
            "deliveryOptionsCalculate", "id: ID!", "deliveries { id }", None, id=self.id
        )
        return self.told[-1]

    def subtotal(self) -> tuple[float, float]:
        document = "query ($id: ID!) { checkout(id: $id) { subtotalPrice " + _MONEY + " } }"
        price = self.box.execute(document, {"id": self.id})["data"]["checkout"]["subtotalPrice"]
        return price["net"]["amount"], price["gross"]["amount"]


def _manifest() -> Data:
    return {
        "id": "lister",
        "name": "Lister",
        "version": "1.0.0",
        "permissions": ["MANAGE_CHECKOUTS", "MANAGE_DISCOUNTS", "MANAGE_SHIPPING"],
        "tokenTargetUrl": "http://127.0.0.1:8010/register",
        "webhooks": [
            {
                "name": "list",
                "targetUrl": "http://127.0.0.1:8010/list",
                "query": _QUERY,
                "syncEvents": ["SHIPPING_LIST_METHODS_FOR_CHECKOUT"],
            }
        ],
    }


def _body(shared: Path, number: int) -> Recorded:
    folder = shared / "recordings" / "shipping-thresholds"
    (path,) = folder.glob(f"{number}-*.json")
    body: Recorded = json.loads(json.loads(path.read_text(encoding="utf-8"))["body"])
    return body


def _as_told(recorded: Any, told: Any) -> Any:
    """The part of a recorded value that the sandbox was asked for; lines are in order of SKU."""
    if isinstance(told, dict) and isinstance(recorded, dict):
        return {key: _as_told(recorded[key], value) for key, value in told.items()}
    if isinstance(told, list) and isinstance(recorded, list) and len(told) == len(recorded):
        return [_as_told(*pair) for pair in zip(recorded, told, strict=True)]
    return recorded


def _sorted(body: Data) -> Data:
    lines = sorted(body["checkout"]["lines"], key=lambda line: str(line["variant"]["sku"]))
    return {**body, "checkout": {**body["checkout"], "lines": lines}}


def _plain(cart: Cart) -> None:
    cart.fill(_MANY)


def _whole_order(cart: Cart) -> None:
    cart.fill(_MANY)
    cart.voucher("10")


def _once_per_order(cart: Cart) -> None:
    cart.fill(_MANY)
    variants = [cart.box.node(cart.stage.variant(sku)) for sku in (PLIMSOLLS, SHIRT)]
    cart.voucher(
        "50",
        type="SPECIFIC_PRODUCT",
        discount_value_type="PERCENTAGE",
        apply_once_per_order=True,
        variants=variants,
    )


def _free_delivery(cart: Cart) -> None:
    cart.fill(_MANY)
    cart.choose("EMS")
    cart.voucher("50", type="SHIPPING", discount_value_type="PERCENTAGE")


def _gift(cart: Cart) -> None:
    gift = next(v for v in cart.box.store.variants.values() if v.sku == GIFT)
    cart.box.discounts.gift_promotion(id_of(gift))
    cart.fill({PLIMSOLLS: 2})
    cart.subtotal()


def _one_each(cart: Cart) -> None:
    cart.fill(_ONE_EACH)


@pytest.mark.parametrize(
    ("number", "act", "subtotal"),
    [
        pytest.param(1067, _plain, (255.0, 275.4), id="catalogue promotion"),
        pytest.param(1071, _whole_order, (245.0, 264.6), id="voucher of the whole order"),
        pytest.param(1083, _once_per_order, (232.5, 251.1), id="voucher of one unit"),
        pytest.param(1138, _free_delivery, (255.0, 275.4), id="shipping voucher"),
        pytest.param(1171, _gift, (120.0, 129.6), id="gift"),
        pytest.param(1416, _one_each, (105.0, 113.4), id="USD to the USA"),
        pytest.param(1419, _one_each, (105.0, 105.0), id="USD to a country without tax"),
        pytest.param(1422, _one_each, (252.84, 311.0), id="PLN with tax"),
        pytest.param(1428, _one_each, (105.0, 113.4), id="no address"),
    ],
)
def test_a_cart_is_told_as_saleor_told_of_it(
    shared: Path, number: int, act: Any, subtotal: tuple[float, float]
) -> None:
    recorded = _body(shared, number)
    cart = Cart(recorded)
    act(cart)
    told = cart.calculate()
    assert "errors" not in told
    expected = _as_told(_sorted(recorded), _sorted(told))
    assert _sorted(told) == expected
    assert cart.subtotal() == pytest.approx(subtotal)


def _shape(value: Any) -> Any:
    """The names in a payload, without what they hold; of a list that of its first element."""
    if isinstance(value, dict):
        return {key: _shape(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_shape(value[0])] if value else []
    return None


@pytest.mark.parametrize(
    "event", ["SHIPPING_LIST_METHODS_FOR_CHECKOUT", "CHECKOUT_FILTER_SHIPPING_METHODS"]
)
def test_the_recording_apps_own_questions_are_answered_in_full(shared: Path, event: str) -> None:
    recordings = shared / "recordings"
    manifest = json.loads((recordings / "manifest.json").read_text(encoding="utf-8"))
    example = json.loads((recordings / "events" / f"{event}.json").read_text(encoding="utf-8"))
    query = next(w["query"] for w in manifest["webhooks"] if event in (w.get("syncEvents") or ()))
    cart = Cart(_body(shared, 1067))
    store = cart.box.store
    app = next(app for app in store.apps.values() if app.identifier == "lister")
    app.permissions |= set(manifest["permissions"])
    app.webhooks[0].query, app.webhooks[0].events = query, [event]
    for variant in store.variants.values():
        variant.product.category = next(iter(store.categories.values()))
    cart.fill(_MANY)
    cart.box.discounts.cover(cart.id, Decimal(30))
    told = cart.calculate()
    shape, expected = _shape(told), _shape(json.loads(example["body"]))
    assert "errors" not in told
    assert shape.keys() == expected.keys()
    assert shape["shippingMethods"] == [{**expected["shippingMethods"][0], "metadata": []}]
    assert shape["checkout"].keys() == expected["checkout"].keys()
    assert shape["checkout"]["user"].keys() == expected["checkout"]["user"].keys()
    assert shape["checkout"]["giftCards"] == expected["checkout"]["giftCards"]
    line, recorded = shape["checkout"]["lines"][0], expected["checkout"]["lines"][0]
    assert line.keys() == recorded.keys()
    assert line["variant"]["product"].keys() == recorded["variant"]["product"].keys()
