"""Tells stories to a real Saleor over its GraphQL API."""

import itertools
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import httpx

from tests.live import documents

ADDRESS = {
    "firstName": "Sam",
    "lastName": "Shopper",
    "streetAddress1": "100 Main St",
    "city": "New York",
    "postalCode": "10001",
    "country": "US",
    "countryArea": "NY",
    "phone": "+12125550123",
}


#: More than all runs together buy of one thing.
ENOUGH = 1_000_000


class StoreRefused(AssertionError):
    """The store answered with errors."""


def base(order: Mapping[str, Any]) -> Decimal:
    """Σ of the lines' totals on the side of the tax that the channel displays."""
    side = "gross" if order["displayGrossPrices"] else "net"
    amounts = (Decimal(str(line["totalPrice"][side]["amount"])) for line in order["lines"])
    return sum(amounts, Decimal(0))


def money(told: Mapping[str, Any]) -> Decimal:
    """An amount of Saleor's, with tax."""
    return Decimal(str(told["gross"]["amount"]))


@dataclass(frozen=True)
class Variant:
    """Something to buy, with the price of one as displayed in the channel."""

    id: str
    sku: str
    product: str
    name: str
    warehouse: str
    price: Decimal
    #: The slug of the product's type.
    kind: str


@dataclass(frozen=True)
class Shown:
    """What a variant costs everybody, as displayed, with and without the store's promotions."""

    product: str
    price: Decimal
    regular: Decimal
    with_tax: bool


@dataclass
class Shop:
    """One store, seen by its staff (`email`, `password`) and its shoppers."""

    api_url: str
    email: str
    password: str
    channel: str = "default-channel"
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=60))
    _staff: tuple[str, float] | None = None
    _numbers: Any = field(default_factory=itertools.count)

    def ask(
        self, document: str, variables: Mapping[str, object] | None = None, token: str | None = None
    ) -> dict[str, Any]:
        """Asks the store; without a token, as staff. Raises StoreRefused on any error."""
        headers = {"Authorization-Bearer": token or self.staff_token()}
        if token == "":
            headers = {}
        response = self.http.post(
            self.api_url, json={"query": document, "variables": variables or {}}, headers=headers
        )
        answer = response.json()
        if answer.get("errors"):
            raise StoreRefused(answer["errors"])
        data: dict[str, Any] = answer["data"]
        for result in data.values():
            if isinstance(result, dict) and result.get("errors"):
                raise StoreRefused(result["errors"])
        return data

    def token(self, email: str, password: str) -> str:
        """A fresh access token of a user."""
        response = self.http.post(
            self.api_url,
            json={
                "query": documents.TOKEN,
                "variables": {"email": email, "password": password},
            },
        )
        created = response.json()["data"]["tokenCreate"]
        if created["errors"]:
            raise StoreRefused(created["errors"])
        token: str = created["token"]
        return token

    def staff_token(self) -> str:
        """The staff's token, renewed before its five minutes are over."""
        if self._staff is None or time.monotonic() - self._staff[1] > 200:
            self._staff = (self.token(self.email, self.password), time.monotonic())
        return self._staff[0]

    def variants(self) -> list[Variant]:
        """What is for sale, needs shipping and is in stock."""
        found = []
        catalog = self.ask(documents.CATALOG, {"channel": self.channel})
        for edge in catalog["products"]["edges"]:
            product = edge["node"]
            kind = product["productType"]
            if not kind["isShippingRequired"] or kind["kind"] != "NORMAL":
                continue
            for variant in product["variants"]:
                stocks = [stock for stock in variant["stocks"] or [] if stock["quantity"] > 10]
                priced = variant["pricing"] and variant["pricing"]["price"]
                if stocks and priced and variant["quantityAvailable"]:
                    found.append(
                        Variant(
                            variant["id"],
                            variant["sku"] or "",
                            product["id"],
                            variant["name"],
                            stocks[0]["warehouse"]["id"],
                            Decimal(str(priced["gross"]["amount"])),
                            kind["slug"],
                        )
                    )
        return found

    def restock(self, variant: str) -> None:
        """Enough of a thing in each warehouse: orders of former runs keep what they took."""
        stocks = self.ask(documents.STOCKS, {"id": variant})["productVariant"]["stocks"]
        wish = [{"warehouse": one["warehouse"]["id"], "quantity": ENOUGH} for one in stocks]
        self.ask(documents.RESTOCK, {"id": variant, "stocks": wish})

    def shown_prices(self) -> dict[str, Shown]:
        """What anybody sees of prices, by the ids of variants."""
        found: dict[str, Shown] = {}
        after: str | None = None
        while True:
            seen = {"channel": self.channel, "after": after}
            page = self.ask(documents.SHOWN, seen, token="")["products"]
            for product in (edge["node"] for edge in page["edges"]):
                gross = bool(product["pricing"] and product["pricing"]["displayGrossPrices"])
                side = "gross" if gross else "net"
                for variant in product["variants"]:
                    pricing = variant["pricing"]
                    if pricing and pricing["price"]:
                        found[variant["id"]] = Shown(
                            product["id"],
                            Decimal(str(pricing["price"][side]["amount"])),
                            Decimal(str(pricing["priceUndiscounted"][side]["amount"])),
                            gross,
                        )
            if not page["pageInfo"]["hasNextPage"]:
                return found
            after = page["pageInfo"]["endCursor"]

    def listing(self, product: str) -> dict[str, Any]:
        """How a product stands in the channel: `slug`, `isPublished`, `publishedAt`."""
        seen = self.ask(documents.LISTING, {"product": product})["product"]
        (found,) = [
            one for one in seen["channelListings"] if one["channel"]["slug"] == self.channel
        ]
        return {"slug": seen["slug"], **found}

    def install(self, manifest_url: str, permissions: list[str], seconds: float = 60) -> str:
        """Installs an app by its manifest and waits; gives the app's id, or raises the message."""
        before = self.apps()
        made = self.ask(
            documents.INSTALL,
            {
                "input": {
                    "appName": "Loyalty",
                    "manifestUrl": manifest_url,
                    "activateAfterInstallation": True,
                    "permissions": permissions,
                }
            },
        )
        installation = made["appInstall"]["appInstallation"]["id"]
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            waiting = self.ask(documents.INSTALLATIONS)["appsInstallations"]
            mine = next((item for item in waiting if item["id"] == installation), None)
            if mine is None:
                return next(iter(set(self.apps()) - set(before)))
            if mine["status"] == "FAILED":
                raise StoreRefused(mine["message"])
            time.sleep(0.5)
        raise StoreRefused("the installation did not end")

    def apps(self) -> dict[str, str]:
        """The identifiers of the installed apps by id."""
        edges = self.ask(documents.APPS)["apps"]["edges"]
        return {edge["node"]["id"]: edge["node"]["identifier"] for edge in edges}

    def staff_token_for(self, app_id: str) -> str:
        """The token that the Dashboard gives an app's page about the staff member."""
        token: str = self.ask(documents.STAFF_TOKEN_FOR_APP, {"id": app_id})["app"]["accessToken"]
        return token

    def vouchers(self) -> dict[str, str]:
        """The names of the store's vouchers by id."""
        found: dict[str, str] = {}
        after: str | None = None
        while True:
            page = self.ask(documents.VOUCHERS, {"after": after})["vouchers"]
            found |= {edge["node"]["id"]: edge["node"]["name"] for edge in page["edges"]}
            if not page["pageInfo"]["hasNextPage"]:
                return found
            after = page["pageInfo"]["endCursor"]

    def look_at_voucher(self, voucher: str) -> dict[str, Any]:
        """The voucher as the store shows it."""
        seen: dict[str, Any] = self.ask(documents.VOUCHER, {"id": voucher})["voucher"]
        return seen

    def delete_voucher(self, voucher: str) -> None:
        """Deletes a voucher."""
        self.ask(documents.VOUCHER_DELETE, {"id": voucher})

    def uninstall(self, app_id: str) -> None:
        """Deletes an app."""
        self.ask(documents.APP_DELETE, {"id": app_id})

    def say(self, thing: str, said: Mapping[str, str], token: str | None = None) -> None:
        """Writes public metadata on a thing of the store."""
        self.ask(documents.SAY, {"id": thing, "input": _pairs(said)}, token)

    def note(self, thing: str, key: str, value: str, token: str | None = None) -> None:
        """Writes private metadata on a thing of the store."""
        self.ask(documents.NOTE, {"id": thing, "input": _pairs({key: value})}, token)

    def channel_id(self) -> str:
        """The id of the channel that the suite sells in."""
        channel: str = self.ask(documents.CHANNEL, {"slug": self.channel})["channel"]["id"]
        return channel

    def write_draft(self, items: Mapping[str, int], *, user: str) -> str:
        """Staff write an order for a customer; gives its id."""
        made = self.ask(
            documents.DRAFT,
            {
                "input": {
                    "channelId": self.channel_id(),
                    "user": user,
                    "shippingAddress": ADDRESS,
                    "billingAddress": ADDRESS,
                    "lines": [
                        {"variantId": variant, "quantity": quantity}
                        for variant, quantity in items.items()
                    ],
                }
            },
        )
        draft = made["draftOrderCreate"]["order"]
        self.ask(
            documents.DRAFT_SHIPPING,
            {"id": draft["id"], "method": draft["shippingMethods"][0]["id"]},
        )
        written: str = draft["id"]
        return written

    def complete_draft(self, draft: str) -> None:
        """The draft becomes an order, without money."""
        self.ask(documents.DRAFT_COMPLETE, {"id": draft})

    def look_at_draft(self, draft: str) -> dict[str, Any]:
        """The draft as the store shows it."""
        seen: dict[str, Any] = self.ask(documents.LOOK_AT_DRAFT, {"id": draft})["order"]
        return seen

    def charge(self, subject: str, amount: Decimal, currency: str) -> str:
        """Charges money on a checkout or an order; gives the transaction's id."""
        paid = self.ask(
            documents.PAY,
            {
                "id": subject,
                "transaction": {
                    "name": "Card",
                    "pspReference": f"live-{time.time_ns()}-{next(self._numbers)}",
                    "availableActions": ["REFUND"],
                    "amountCharged": {"amount": str(amount), "currency": currency},
                },
            },
        )
        transaction: str = paid["transactionCreate"]["transaction"]["id"]
        return transaction

    def look(self, order: str) -> dict[str, Any]:
        """The order as the store shows it."""
        found: dict[str, Any] = self.ask(documents.ORDER, {"id": order})["order"]
        return found

    def fulfill(self, order: str) -> None:
        """Sends everything that is left."""
        lines = [
            {
                "orderLineId": line["id"],
                "stocks": [
                    {
                        "quantity": line["quantity"],
                        "warehouse": line["variant"]["stocks"][0]["warehouse"]["id"],
                    }
                ],
            }
            for line in self.look(order)["lines"]
        ]
        self.ask(
            documents.FULFILL,
            {"order": order, "input": {"lines": lines, "allowStockToBeExceeded": True}},
        )

    def refund(self, order: str, amount: Decimal) -> None:
        """Money back on the order's first transaction."""
        self.report(order, "REFUND_SUCCESS", amount)

    def report(self, order: str, event: str, amount: Decimal) -> None:
        """Reports an event of the payment service on the order's first transaction."""
        transaction = self.look(order)["transactions"][0]["id"]
        self.ask(
            documents.REPORT,
            {
                "id": transaction,
                "type": event,
                "amount": str(amount),
                "psp": f"live-{time.time_ns()}-{next(self._numbers)}",
            },
        )

    def return_line(self, order: str, line: str, quantity: int) -> None:
        """Goods of a fulfilled line come back, without money."""
        shipped = next(
            item
            for fulfillment in self.look(order)["fulfillments"]
            for item in fulfillment["lines"]
            if item["orderLine"]["id"] == line and fulfillment["status"] == "FULFILLED"
        )
        self.ask(
            documents.RETURN,
            {
                "order": order,
                "input": {
                    "refund": False,
                    "fulfillmentLines": [
                        {"fulfillmentLineId": shipped["id"], "quantity": quantity, "replace": False}
                    ],
                },
            },
        )

    def cancel(self, order: str) -> None:
        """Cancels the order; the money stays where it is."""
        self.ask(documents.CANCEL, {"id": order})


def _pairs(said: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in said.items()]
