"""An app that offers shipping methods, and a shopper who picks among them."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sandbox import Request, Response, Sandbox
from sandbox.box import id_of
from tests.contract.story_teller import ADDRESS, Cast, Data, Teller

SHOPPER = "ayse@example.com"
LISTED = """subscription { event { ... on ShippingListMethodsForCheckout {
  issuedAt issuingPrincipal { __typename ... on App { identifier } ... on User { email } }
  checkout { id user { email } channel { slug } discount { amount } voucherCode
    shippingAddress { country { code } }
    lines { quantity isGift undiscountedUnitPrice { amount }
      variant { pricing { onSale price { gross { amount } net { amount } }
        priceUndiscounted { gross { amount } } discount { gross { amount } } } } } }
  shippingMethods { id name active message price { amount currency }
    minimumDeliveryDays maximumDeliveryDays minimumOrderPrice { amount } } } } }"""
FILTERED = """subscription { event { ... on CheckoutFilterShippingMethods {
  checkout { id } shippingMethods { id name active } } } }"""
FREE = {
    "id": "free",
    "name": "Free for members",
    "amount": 0,
    "currency": "USD",
    "minimum_delivery_days": 2,
    "maximum_delivery_days": 5,
    "description": "members only",
    "metadata": {"loyalty": "gold"},
    "private_metadata": {"secret": "s"},
}
FREE_ID = "YXBwOnNhbGVvci5sb3lhbHR5OmZyZWU="  # app:saleor.loyalty:free

_METHOD = "id name active message price { amount } metadata { key value }"
_PROBLEMS = """problems { __typename
  ... on CheckoutProblemDeliveryMethodStale { delivery { id } }
  ... on CheckoutProblemDeliveryMethodInvalid { delivery { id } } }"""


@dataclass
class ShippingApp:
    """Answers what `listed` and `filtered` hold; a status, or bytes, stands for itself."""

    listed: Any = field(default_factory=lambda: [FREE])
    filtered: Any = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)

    def __call__(self, request: Request) -> Response:
        self.requests.append(request)
        event = request.header("Saleor-Event")
        answer = self.listed if event == "shipping_list_methods_for_checkout" else self.filtered
        if answer is None:
            raise TimeoutError
        if isinstance(answer, int):
            return Response(answer)
        return Response(200, answer if isinstance(answer, bytes) else json.dumps(answer).encode())

    def asked(self) -> list[str | None]:
        """The events asked for since the last time."""
        events = [request.header("Saleor-Event") for request in self.requests]
        self.requests.clear()
        return events


def manifest(*, filters: bool = True, **changes: Any) -> Data:
    """The manifest of an app with a webhook for each of the two events."""
    webhooks = [
        {
            "name": "list",
            "targetUrl": "http://app.test/list",
            "query": LISTED,
            "syncEvents": ["SHIPPING_LIST_METHODS_FOR_CHECKOUT"],
        },
        {
            "name": "filter",
            "targetUrl": "http://app.test/filter",
            "query": FILTERED,
            "syncEvents": ["CHECKOUT_FILTER_SHIPPING_METHODS"],
        },
    ]
    return {
        "id": "saleor.loyalty",
        "name": "Loyalty",
        "version": "1.0.0",
        "permissions": ["MANAGE_CHECKOUTS", "MANAGE_SHIPPING", "MANAGE_USERS"],
        "tokenTargetUrl": "http://app.test/api/register",
        "webhooks": webhooks if filters else webhooks[:1],
        **changes,
    }


@dataclass
class Counter:
    """A shop's till with the app beside it; `checkout` is the shopper's cart."""

    box: Sandbox
    app: ShippingApp
    teller: Teller
    checkout: str = ""

    @classmethod
    def open(cls, *, installed: Data | None = None, **options: Any) -> "Counter":
        app = ShippingApp()
        box = Sandbox(send=app, **options)
        box.install(installed or manifest())
        cast = Cast(box.staff_token(), box.gateway().token, box.shopper_token(SHOPPER))
        return cls(box, app, Teller(lambda text, given, by: box.execute(text, given, by), cast))

    def fill(
        self,
        quantity: int = 2,
        slug: str = "linen-shirt",
        *,
        channel: str = "default-channel",
        address: Data | None = ADDRESS,
        by: str | None = "shopper",
    ) -> str:
        """Open a cart; its id is kept too."""
        given: Data = {
            "channel": channel,
            "email": "somebody@example.com",
            "lines": [{"variantId": self.variant(slug), "quantity": quantity}],
            "billingAddress": ADDRESS,
        }
        if address is not None:
            given["shippingAddress"] = address
        made = self.teller.ask(
            "checkoutCreate",
            "input: CheckoutCreateInput!",
            "checkout { id }",
            self.teller.cast.shopper if by == "shopper" else by,
            input=given,
        )
        self.checkout = made["checkout"]["id"]
        return self.checkout

    def variant(self, slug: str) -> str:
        products = self.box.store.products.values()
        return next(id_of(p.variants[0]) for p in products if p.slug == slug)

    def line(self) -> str:
        return id_of(self.box.node(self.checkout).lines[0])

    def read(self, selection: str, *, by: str | None = None) -> Data:
        document = f"query ($id: ID!) {{ checkout(id: $id) {{ {selection} }} }}"
        answer = self.box.execute(document, {"id": self.checkout}, by)
        assert "errors" not in answer, answer
        return dict(answer["data"]["checkout"])

    def methods(self) -> dict[str, Data]:
        """`checkout.shippingMethods` by name."""
        shown = self.read(f"shippingMethods {{ {_METHOD} }}")["shippingMethods"]
        return {method["name"]: method for method in shown}

    def calculate(self, by: str | None = None) -> dict[str, Data]:
        """`deliveryOptionsCalculate`: the deliveries by their method's name."""
        made = self.teller.ask(
            "deliveryOptionsCalculate",
            "id: ID!",
            f"deliveries {{ id shippingMethod {{ {_METHOD} }} }}",
            by,
            id=self.checkout,
        )
        return {each["shippingMethod"]["name"]: each for each in made["deliveries"]}

    def choose(self, method_id: str | None) -> None:
        self.teller.ask(
            "checkoutDeliveryMethodUpdate",
            "id: ID!, deliveryMethodId: ID",
            "checkout { id }",
            None,
            id=self.checkout,
            deliveryMethodId=method_id,
        )

    def refusal(self, name: str, arguments: str, **given: Any) -> tuple[str, str]:
        """The field and code with which a mutation on the checkout refuses."""
        document = (
            f"mutation ($id: ID!) {{ {name}(id: $id{arguments}) {{ errors {{ field code }} }} }}"
        )
        answer = self.box.execute(document, {"id": self.checkout, **given}, None)
        (error,) = answer["data"][name]["errors"]
        return error["field"], error["code"]

    def problems(self) -> list[tuple[str, str]]:
        """The problems of the checkout, each with the delivery that it names."""
        found = self.read(_PROBLEMS)["problems"]
        return [
            (each["__typename"].removeprefix("CheckoutProblem"), each["delivery"]["id"])
            for each in found
        ]

    def delivery(self) -> Data | None:
        chosen: Data | None = self.read(f"delivery {{ id shippingMethod {{ {_METHOD} }} }}")[
            "delivery"
        ]
        return chosen

    def change_quantity(self, quantity: int) -> None:
        self.teller.ask(
            "checkoutLinesUpdate",
            "id: ID!, lines: [CheckoutLineUpdateInput!]!",
            "checkout { id }",
            None,
            id=self.checkout,
            lines=[{"lineId": self.line(), "quantity": quantity}],
        )

    def move(self, country: str) -> None:
        self.teller.ask(
            "checkoutShippingAddressUpdate",
            "id: ID!, shippingAddress: AddressInput!",
            "checkout { id }",
            None,
            id=self.checkout,
            shippingAddress={**ADDRESS, "country": country},
        )

    def sign(self, way: str) -> None:
        """The shopper signs `In` to this cart, or `Out` of it."""
        name = {"In": "checkoutCustomerAttach", "Out": "checkoutCustomerDetach"}[way]
        shopper = self.teller.cast.shopper
        self.teller.ask(name, "id: ID!", "checkout { id }", shopper, id=self.checkout)

    def wait(self, time: timedelta) -> None:
        """Let time pass; everybody signs in anew after it."""
        self.box.clock.advance(time)
        cast, box = self.teller.cast, self.box
        self.teller.cast = Cast(box.staff_token(), cast.app, box.shopper_token(SHOPPER))

    def total(self) -> str:
        return str(self.read("totalPrice { gross { amount } }")["totalPrice"]["gross"]["amount"])

    def pay(self) -> None:
        self.teller.transact(
            self.checkout, "Card", "USD", by=self.teller.cast.app, amountCharged=self.total()
        )

    def complete(self) -> str:
        return self.teller.complete(self.checkout, by=None)
