"""The sandbox, stocked with what the recorded stories sold."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sandbox import InstalledApp, Request, Response, Sandbox
from sandbox.box import id_of
from sandbox.model.clock import ManualClock
from sandbox.model.customers import add_user
from sandbox.shop import SHOPPER_PASSWORD, add_channel, add_product, add_product_type, add_shipping
from tests.contract.story_teller import Cast, Teller

PLIMSOLLS, SHIRT, GIFT = "818223582", "218223580", "328223581"
SHOPPER = "shopper@example.com"
GATEWAY = "capture.loyalty.app"

_PRICES = {
    PLIMSOLLS: {"default-channel": "75", "channel-pln": "230"},
    SHIRT: {"default-channel": "45", "channel-pln": "150"},
    GIFT: {"default-channel": "20"},
}
_SHIPPING = {
    "Default": {"default-channel": "0", "channel-pln": "0"},
    "UPS": {"default-channel": "59.59", "channel-pln": "43.87"},
    "EMS": {"default-channel": "34.20", "channel-pln": "80.94"},
}
_RIGHTS = ["HANDLE_PAYMENTS", "HANDLE_CHECKOUTS", "MANAGE_ORDERS", "MANAGE_ORDERS_IMPORT"]
_ASKED = """subscription {
  event { ... on TransactionInitializeSession { action { amount actionType } } }
}"""


@dataclass
class Stage:
    """`answers` are what the app says to payments that shoppers start, in order."""

    box: Sandbox
    app: InstalledApp
    teller: Teller
    answers: list[dict[str, Any]]

    def variant(self, sku: str) -> str:
        return next(id_of(v) for v in self.box.store.variants.values() if v.sku == sku)

    def line(self, sku: str, quantity: int, **more: Any) -> dict[str, Any]:
        return {"variantId": self.variant(sku), "quantity": quantity, **more}

    def warehouse(self, index: int = 0) -> str:
        return id_of(list(self.box.store.warehouses.values())[index])

    def order_line(self, order: str, sku: str) -> str:
        return next(
            str(each["id"]) for each in self.teller.lines(order) if each["variant"]["sku"] == sku
        )


def set_stage(*, us_tax: int = 0, promotion: int = 0) -> Stage:
    """A store as the stories were recorded in; `promotion` is what it takes off a plimsoll."""
    answers: list[dict[str, Any]] = []
    clock = ManualClock(datetime(2026, 11, 21, 18, tzinfo=UTC))
    box = Sandbox(seed=7, clock=clock, send=lambda request: _answer(request, answers))
    store = box.store
    store.tax_rates = {"US": Decimal(us_tax), "PL": Decimal(0)}
    add_channel(store, "channel-pln", "PLN", "PL", with_tax=True)
    shoes = add_product_type(store, "shoe", "Shoe")
    for sku, prices in _PRICES.items():
        money = {slug: Decimal(price) for slug, price in prices.items()}
        variant = add_product(store, f"product-{sku}", f"Product {sku}", shoes, money, sku=sku)
        if sku == PLIMSOLLS and promotion:
            variant.reductions["default-channel"] = Decimal(promotion)
    for name, prices in _SHIPPING.items():
        add_shipping(store, name, prices)
    add_user(store, SHOPPER, password=SHOPPER_PASSWORD)
    app = box.install(_manifest())
    app.settles_itself = True
    for channel in store.channels.values():
        channel.default_transaction_flow_strategy = "AUTHORIZATION"
    cast = Cast(box.staff_token(), app.token, box.shopper_token(SHOPPER))
    teller = Teller(lambda document, given, token: box.execute(document, given, token), cast)
    box.take_emitted()
    return Stage(box, app, teller, answers)


def _manifest() -> dict[str, Any]:
    return {
        "id": GATEWAY,
        "name": "Capture",
        "version": "1.0.0",
        "permissions": _RIGHTS,
        "tokenTargetUrl": "http://127.0.0.1:8010/register",
        "webhooks": [
            {
                "name": "payments",
                "targetUrl": "http://127.0.0.1:8010/payments",
                "query": _ASKED,
                "syncEvents": ["TRANSACTION_INITIALIZE_SESSION"],
            }
        ],
    }


def _answer(_request: Request, answers: list[dict[str, Any]]) -> Response:
    return Response(200, json.dumps(answers.pop(0)).encode())
