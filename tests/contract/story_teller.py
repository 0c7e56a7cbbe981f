"""Tells the story of an order to a store, in Saleor's own mutations.

The teller knows the store only by `execute`, so that the same story can be told to a real Saleor.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Execute = Callable[[str, dict[str, Any], str | None], dict[str, Any]]
Data = dict[str, Any]

_PROBLEMS = {"orderBulkCreate": "path message code"}

ADDRESS = {
    "firstName": "Sam",
    "lastName": "Shopper",
    "streetAddress1": "100 Main St",
    "city": "NEW YORK",
    "postalCode": "10001",
    "country": "US",
    "countryArea": "NY",
}


class Refusal(AssertionError):
    """The store did not do what the story asks for."""


@dataclass(frozen=True)
class Cast:
    """The tokens of those who act."""

    staff: str
    app: str
    shopper: str | None


@dataclass
class Teller:
    """`orders` are the ids of the orders placed so far."""

    execute: Execute
    cast: Cast
    orders: list[str] = field(default_factory=list)

    def ask(
        self, name: str, arguments: str, selection: str, token: str | None, **given: Any
    ) -> Data:
        """Run one mutation; `arguments` declares the variables that `given` fills.

        Raises:
            Refusal: the store answered with errors.
        """
        declared = ", ".join(f"${key}: {kind}" for key, kind in _declared(arguments))
        passed = ", ".join(f"{key}: ${key}" for key, _ in _declared(arguments))
        document = (
            f"mutation ({declared}) {{ {name}({passed}) {{ {selection}"
            f" errors {{ {_PROBLEMS.get(name, 'field message code')} }} }} }}"
        )
        answer = self.execute(document, given, token)
        payload = (answer.get("data") or {}).get(name) or {}
        if answer.get("errors") or payload.get("errors"):
            raise Refusal(f"{name}: {answer}")
        return dict(payload)

    # Buying

    def checkout(
        self,
        channel: str,
        lines: list[Data],
        shipping: str,
        *,
        by: str | None,
        email: str | None = None,
    ) -> str:
        """Open a checkout with its delivery chosen; returns its id."""
        given = {
            "channel": channel,
            "email": email,
            "lines": lines,
            "shippingAddress": ADDRESS,
            "billingAddress": ADDRESS,
        }
        made = self.ask(
            "checkoutCreate",
            "input: CheckoutCreateInput!",
            "checkout { id shippingMethods { id name } }",
            by,
            input={key: value for key, value in given.items() if value is not None},
        )["checkout"]
        methods = {each["name"]: each["id"] for each in made["shippingMethods"]}
        self.ask(
            "checkoutDeliveryMethodUpdate",
            "id: ID!, deliveryMethodId: ID!",
            "checkout { id }",
            by,
            id=made["id"],
            deliveryMethodId=methods[shipping],
        )
        return str(made["id"])

    def transact(self, source: str, name: str, currency: str, *, by: str, **amounts: str) -> str:
        """A transaction with `amountCharged` or `amountAuthorized`; returns its id."""
        given: Data = {"name": name, "availableActions": ["REFUND", "CHARGE", "CANCEL"]}
        for key, amount in amounts.items():
            given[key] = {"amount": amount, "currency": currency}
        made = self.ask(
            "transactionCreate",
            "id: ID!, transaction: TransactionCreateInput!",
            "transaction { id }",
            by,
            id=source,
            transaction=given,
        )
        return str(made["transaction"]["id"])

    def complete(self, checkout: str, *, by: str | None) -> str:
        made = self.ask("checkoutComplete", "id: ID!", "order { id }", by, id=checkout)
        self.orders.append(made["order"]["id"])
        return self.orders[-1]

    # Sending and taking back

    def lines(self, order: str) -> list[Data]:
        found = self.read(
            order, "lines { id quantity variant { sku } unitPrice { gross { amount } } }"
        )
        return list(found["lines"])

    def fulfill(self, order: str, parcels: list[tuple[str, str, int]]) -> None:
        """Send (line id, warehouse id, quantity)."""
        lines = [
            {"orderLineId": line, "stocks": [{"warehouse": warehouse, "quantity": quantity}]}
            for line, warehouse, quantity in parcels
        ]
        self.ask(
            "orderFulfill",
            "order: ID!, input: OrderFulfillInput!",
            "order { id }",
            self.cast.staff,
            order=order,
            input={"lines": lines, "notifyCustomer": False},
        )

    def return_sent(self, order: str, line: str, quantity: int) -> None:
        """Take back so many of an order line that was sent."""
        sent = self.read(order, "fulfillments { lines { id quantity orderLine { id } } }")
        fulfilled = next(
            each["id"]
            for fulfillment in sent["fulfillments"]
            for each in fulfillment["lines"]
            if each["orderLine"]["id"] == line
        )
        self.ask(
            "orderFulfillmentReturnProducts",
            "order: ID!, input: OrderReturnProductsInput!",
            "order { id }",
            self.cast.staff,
            order=order,
            input={"fulfillmentLines": [{"fulfillmentLineId": fulfilled, "quantity": quantity}]},
        )

    def cancel(self, order: str) -> None:
        self.ask("orderCancel", "id: ID!", "order { id }", self.cast.staff, id=order)

    # Money

    def report(self, transaction: str, kind: str, amount: str, reference: str) -> None:
        self.ask(
            "transactionEventReport",
            "id: ID!, type: TransactionEventTypeEnum!, amount: PositiveDecimal!,"
            " pspReference: String!",
            "alreadyProcessed",
            self.cast.app,
            id=transaction,
            type=kind,
            amount=amount,
            pspReference=reference,
        )

    def request(self, transaction: str, action: str, amount: str) -> None:
        self.ask(
            "transactionRequestAction",
            "id: ID!, actionType: TransactionActionEnum!, amount: PositiveDecimal!",
            "transaction { id }",
            self.cast.staff,
            id=transaction,
            actionType=action,
            amount=amount,
        )

    def grant_and_refund(
        self, order: str, transaction: str, *, line: str | None = None, amount: str | None = None
    ) -> None:
        """Grant a refund of one unit of a line, or of an amount, and ask for its payment."""
        given: Data = {"transactionId": transaction, "reason": "returned"}
        if amount is not None:
            given["amount"] = amount
        if line is not None:
            given["lines"] = [{"id": line, "quantity": 1}]
        granted = self.ask(
            "orderGrantRefundCreate",
            "id: ID!, input: OrderGrantRefundCreateInput!",
            "grantedRefund { id }",
            self.cast.staff,
            id=order,
            input=given,
        )["grantedRefund"]["id"]
        self.ask(
            "transactionRequestRefundForGrantedRefund",
            "id: ID!, grantedRefundId: ID!",
            "transaction { id }",
            self.cast.staff,
            id=transaction,
            grantedRefundId=granted,
        )

    def initialize(self, checkout: str, gateway: str, amount: str, *, by: str | None) -> str:
        """Start a payment at an app's gateway; returns the transaction's id."""
        made = self.ask(
            "transactionInitialize",
            "id: ID!, amount: PositiveDecimal!, paymentGateway: PaymentGatewayToInitialize!",
            "transaction { id }",
            by,
            id=checkout,
            amount=amount,
            paymentGateway={"id": gateway, "data": {}},
        )
        return str(made["transaction"]["id"])

    def import_orders(self, orders: list[Data]) -> None:
        made = self.ask(
            "orderBulkCreate",
            "orders: [OrderBulkCreateInput!]!",
            "count results { order { id } }",
            self.cast.app,
            orders=orders,
        )
        self.orders += [result["order"]["id"] for result in made["results"]]

    def read(self, order: str, selection: str) -> Data:
        """Some fields of an order, as staff see them."""
        document = f"query ($id: ID!) {{ order(id: $id) {{ {selection} }} }}"
        answer = self.execute(document, {"id": order}, self.cast.staff)
        if answer.get("errors"):
            raise Refusal(str(answer["errors"]))
        return dict(answer["data"]["order"])


def _declared(arguments: str) -> list[tuple[str, str]]:
    parts = (part.partition(":") for part in arguments.split(","))
    return [(name.strip(), kind.strip()) for name, _, kind in parts]
