"""One checkout in a real Saleor, seen by the one who fills it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from tests.live import documents
from tests.live.shop import ADDRESS, Shop


@dataclass
class Cart:
    """A checkout with its shopper's token; "" = a guest."""

    shop: Shop
    id: str
    token: str

    @classmethod
    def filled(
        cls,
        shop: Shop,
        items: Mapping[str, int],
        *,
        email: str,
        token: str = "",
        addressed: bool = True,
    ) -> Self:
        """A new checkout with items (variant id → quantity), and addresses if it has them yet."""
        lines = [{"variantId": variant, "quantity": count} for variant, count in items.items()]
        wish: dict[str, object] = {"channel": shop.channel, "email": email, "lines": lines}
        if addressed:
            wish |= {"shippingAddress": ADDRESS, "billingAddress": ADDRESS}
        made = shop.ask(documents.CHECKOUT, {"input": wish}, token)
        return cls(shop, made["checkoutCreate"]["checkout"]["id"], token)

    def ship(self) -> None:
        """The shopper says where to."""
        self._ask(documents.SHIP_TO, {"address": ADDRESS})

    def look(self) -> dict[str, Any]:
        """The checkout as the store shows it."""
        seen: dict[str, Any] = self._ask(documents.LOOK_AT_CHECKOUT)["checkout"]
        return seen

    def total(self) -> Decimal:
        """What is to be paid."""
        return Decimal(str(self.look()["totalPrice"]["gross"]["amount"]))

    def subtotal(self) -> Decimal:
        """What the goods cost, after discounts."""
        return Decimal(str(self.look()["subtotalPrice"]["gross"]["amount"]))

    def shipping(self) -> Decimal:
        """What the chosen delivery costs."""
        return Decimal(str(self.look()["shippingPrice"]["gross"]["amount"]))

    def code(self) -> str | None:
        """The code on the checkout."""
        code: str | None = self.look()["voucherCode"]
        return code

    def problems(self) -> set[str]:
        """What the store finds wrong with it."""
        return {problem["__typename"] for problem in self.look()["problems"]}

    def methods(self) -> list[tuple[str, Decimal]]:
        """Names and prices of the methods to choose from; the store stores them for a day."""
        return [
            (method["name"], Decimal(str(method["price"]["amount"]))) for method in self._offered()
        ]

    def refusals(self) -> set[str]:
        """What the store says of the methods that cannot be chosen."""
        return {method["message"] for method in self._methods() if not method["active"]}

    def calculate(self) -> None:
        """Asks the store to find the deliveries anew (3.23+)."""
        self._ask(documents.DELIVERIES)

    def choose(self, name: str = "", price: Decimal | None = None) -> str:
        """Chooses the cheapest delivery, of those with this name and price; gives its name."""
        fitting = [
            method
            for method in self._offered()
            if (not name or method["name"] == name)
            and (price is None or Decimal(str(method["price"]["amount"])) == price)
        ]
        cheapest = min(fitting, key=lambda method: Decimal(str(method["price"]["amount"])))
        self._ask(documents.CHOOSE_SHIPPING, {"method": cheapest["id"]})
        chosen: str = cheapest["name"]
        return chosen

    def add(self, items: Mapping[str, int]) -> None:
        """More items."""
        lines = [{"variantId": variant, "quantity": count} for variant, count in items.items()]
        self._ask(documents.ADD_LINES, {"lines": lines})

    def set_quantity(self, variant: str, quantity: int) -> None:
        """So many of a thing that is in it; 0 = none."""
        lines = [{"variantId": variant, "quantity": quantity}]
        self._ask(documents.UPDATE_LINES, {"lines": lines})

    def put_code(self, code: str) -> None:
        """The shopper enters a code."""
        self._ask(documents.ADD_CODE, {"code": code})

    def take_code_off(self, code: str) -> None:
        """The shopper takes a code off."""
        self._ask(documents.REMOVE_CODE, {"code": code})

    def sign_in(self, token: str) -> None:
        """The guest signs in with the checkout already filled."""
        self.shop.ask(documents.SIGN_IN, {"id": self.id}, token)
        self.token = token

    def pay(self, amount: Decimal | None = None) -> Decimal:
        """Charges `amount`, or all that is to be paid; gives how much."""
        total = self.look()["totalPrice"]["gross"]
        charged = Decimal(str(total["amount"])) if amount is None else amount
        if charged:
            self.shop.charge(self.id, charged, total["currency"])
        return charged

    def complete(self) -> str:
        """Makes the order; gives its id.

        Raises:
            StoreRefused: with Saleor's errors.
        """
        done = self._ask(documents.COMPLETE)
        order: str = done["checkoutComplete"]["order"]["id"]
        return order

    def buy(self) -> str:
        """Pays what is to be paid and makes the order; gives its id."""
        self.pay()
        return self.complete()

    def _offered(self) -> list[dict[str, Any]]:
        return [method for method in self._methods() if method["active"]]

    def _methods(self) -> list[dict[str, Any]]:
        methods: list[dict[str, Any]] = self._ask(documents.SHIPPING)["checkout"]["shippingMethods"]
        return methods

    def _ask(self, document: str, more: Mapping[str, object] | None = None) -> dict[str, Any]:
        return self.shop.ask(document, {"id": self.id, **(more or {})}, self.token)
