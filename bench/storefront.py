"""The shop of the simulated shoppers: its carts, payments and orders, through Saleor's GraphQL."""

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bench.wire import Wire
from demo.staff import STAFF

#: Saleor's tokens of people live for five minutes.
TOKEN_SECONDS = 240.0
ADDRESS = {
    "firstName": "Ayşe", "lastName": "Yılmaz", "streetAddress1": "1 Market Street",
    "city": "San Francisco", "countryArea": "CA", "postalCode": "94105", "country": "US",
}  # fmt: skip

_SIGN_IN = """mutation ($email: String!, $password: String!) {
  tokenCreate(email: $email, password: $password) { token errors { message } }
}"""
_SHELF = """query ($channel: String!) {
  products(first: 50, channel: $channel) { edges { node {
    slug variants { id pricing { price { gross { amount currency } } } }
  } } }
}"""
_CHECKOUT = """mutation ($input: CheckoutCreateInput!) {
  checkoutCreate(input: $input) { checkout { id shippingMethods { id } } errors { message } }
}"""
_DELIVERY = """mutation ($id: ID!, $method: ID!) {
  checkoutDeliveryMethodUpdate(id: $id, deliveryMethodId: $method) {
    checkout { id } errors { message }
  }
}"""
_PRICE = """query ($id: ID!) { checkout(id: $id) { totalPrice { gross { amount currency } } } }"""
_CHARGE = """mutation ($id: ID!, $transaction: TransactionCreateInput!) {
  transactionCreate(id: $id, transaction: $transaction) { errors { message } }
}"""
_COMPLETE = """mutation ($id: ID!) {
  checkoutComplete(id: $id) { order { id } errors { message } }
}"""


class StoreRefused(OSError):
    """The store did not do what a shopper may ask of it; the text is its own."""


@dataclass(frozen=True, slots=True)
class Goods:
    """What can be bought: a variant, with its price as text."""

    variant: str
    slug: str
    price: str
    currency: str


@dataclass(frozen=True, slots=True)
class Cart:
    """A checkout of a shopper, with address and delivery."""

    id: str


class Store:
    """Saleor as the storefront uses it."""

    def __init__(self, wire: Wire, channel: str, password: str) -> None:
        self._wire = wire
        self._channel = channel
        self._password = password
        self._tokens: dict[str, tuple[float, str]] = {}
        self.goods: list[Goods] = []

    async def open(self) -> None:
        """Looks what is on the shelf."""
        shelf = await self._ask(_SHELF, {"channel": self._channel}, await self._staff())
        for edge in shelf["products"]["edges"]:
            first = edge["node"]["variants"][0]
            price = first["pricing"]["price"]["gross"]
            slug = edge["node"]["slug"]
            self.goods.append(Goods(first["id"], slug, str(price["amount"]), price["currency"]))

    def close(self) -> None:
        """Hangs up."""
        self._wire.close()

    async def sign_in(self, email: str) -> str:
        """Saleor's token of a shopper."""
        return await self._token(email, self._password)

    async def fill_cart(self, email: str, chance: random.Random) -> Cart:
        """A checkout with some goods, an address and a delivery."""
        token = await self.sign_in(email)
        chosen = chance.sample(self.goods, k=2)
        wanted = {
            "channel": self._channel,
            "email": email,
            "lines": [
                {"variantId": one.variant, "quantity": chance.randint(1, 3)} for one in chosen
            ],
            "shippingAddress": ADDRESS,
            "billingAddress": ADDRESS,
        }
        made = await self._ask(_CHECKOUT, {"input": wanted}, token)
        found = made["checkoutCreate"]["checkout"]
        method = {"id": found["id"], "method": found["shippingMethods"][0]["id"]}
        await self._ask(_DELIVERY, method, token)
        return Cart(found["id"])

    async def buy(self, cart: Cart, email: str) -> None:
        """The whole price is paid by card, and the order placed."""
        token = await self.sign_in(email)
        seen = await self._ask(_PRICE, {"id": cart.id}, token)
        paid = {
            "name": "Card",
            "pspReference": cart.id,
            "availableActions": ["REFUND"],
            "amountCharged": seen["checkout"]["totalPrice"]["gross"],
        }
        await self._ask(_CHARGE, {"id": cart.id, "transaction": paid}, await self._staff())
        await self._ask(_COMPLETE, {"id": cart.id}, token)

    async def _staff(self) -> str:
        return await self._token(*STAFF)

    async def _token(self, email: str, password: str) -> str:
        known = self._tokens.get(email)
        if known is None or time.monotonic() - known[0] > TOKEN_SECONDS:
            variables = {"email": email, "password": password}
            made = await self._ask(_SIGN_IN, variables, None)
            known = (time.monotonic(), made["tokenCreate"]["token"])
            self._tokens[email] = known
        return known[1]

    async def _ask(
        self, document: str, variables: Mapping[str, Any], token: str | None
    ) -> dict[str, Any]:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        body = {"query": document, "variables": dict(variables)}
        answer = await self._wire.ask("POST", "/graphql/", headers=headers, body=body)
        data: dict[str, Any] = answer.body.get("data") or {}
        refusals = list(answer.body.get("errors") or ())
        for result in data.values():
            if isinstance(result, dict):
                refusals += result.get("errors") or ()
        if refusals:
            raise StoreRefused(refusals[0]["message"])
        return data
