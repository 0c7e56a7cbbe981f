"""People at work in a sandbox store: they buy, pay, send, return, refund, cancel, change owners."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sandbox import InstalledApp, Sandbox
from tests.live import documents
from tests.live.shop import ADDRESS

Json = dict[str, Any]

VARIANTS = """
query($channel: String!) {
  products(first: 20, channel: $channel) { edges { node { slug variants { id } } } }
}
"""
LOOK = """
query($id: ID!) {
  order(id: $id) {
    id status total { gross { amount currency } } totalCharged { amount }
    channel { warehouses { id } }
    lines { id quantity quantityToFulfill }
    fulfillments { status lines { id quantity orderLine { id } } }
    transactions { id chargedAmount { amount } refundedAmount { amount } }
    payments { id }
  }
}
"""
GRANT = """
mutation($id: ID!, $input: OrderGrantRefundCreateInput!) {
  orderGrantRefundCreate(id: $id, input: $input) {
    grantedRefund { id } errors { field message code }
  }
}
"""
REFUND_GOODS = """
mutation($order: ID!, $input: OrderRefundProductsInput!) {
  orderFulfillmentRefundProducts(order: $order, input: $input) { errors { field message code } }
}
"""
MARK_PAID = "mutation($id: ID!) { orderMarkAsPaid(id: $id) { errors { field message code } } }"
CONFIRM_ORDER = "mutation($id: ID!) { orderConfirm(id: $id) { errors { field message code } } }"
OWNER = """
mutation($id: ID!, $email: String!) {
  orderUpdate(id: $id, input: {userEmail: $email}) { errors { field message code } }
}
"""


class Refused(Exception):
    """The store said no."""


@dataclass
class People:
    """Staff and shoppers of one store; every method is one thing that somebody does."""

    box: Sandbox
    channel: str = "default-channel"
    orders: list[str] = field(default_factory=list)
    _numbers: Any = field(default_factory=itertools.count)

    def ask(self, document: str, variables: Mapping[str, object], token: str | None = None) -> Json:
        """Asks the store, as staff unless a token is given; "" is nobody's.

        Raises:
            Refused: it understood the question and said no.
        """
        answer = self.box.execute(
            document, dict(variables), self.box.staff_token() if token is None else token or None
        )
        assert not answer.get("errors"), answer["errors"]
        data: Json = answer["data"]
        for result in data.values():
            if isinstance(result, dict) and result.get("errors"):
                raise Refused(result["errors"])
        return data

    def install(self) -> InstalledApp:
        """An app that may read orders and people."""
        manifest = {
            "id": "saleor.loyalty",
            "version": "1.0.0",
            "name": "Loyalty",
            "permissions": ["MANAGE_ORDERS", "MANAGE_USERS"],
            "appUrl": "http://127.0.0.1:8000/app",
            "tokenTargetUrl": "http://127.0.0.1:8000/api/register",
        }
        return self.box.install(manifest)

    def buy(
        self,
        goods: Mapping[str, int],
        *,
        email: str,
        account: bool = True,
        pay: Decimal = Decimal(1),
    ) -> str:
        """Buys goods (product slug → units) and pays a share of the total; gives the order's id."""
        edges = self.ask(VARIANTS, {"channel": self.channel})["products"]["edges"]
        variants = {edge["node"]["slug"]: edge["node"]["variants"][0]["id"] for edge in edges}
        token = self.box.shopper_token(email) if account else ""
        made = self.ask(
            documents.CHECKOUT,
            {
                "input": {
                    "channel": self.channel,
                    "email": email,
                    "lines": [
                        {"variantId": variants[slug], "quantity": units}
                        for slug, units in goods.items()
                    ],
                    "shippingAddress": ADDRESS,
                    "billingAddress": ADDRESS,
                }
            },
            token,
        )
        bought = made["checkoutCreate"]["checkout"]
        checkout = bought["id"]
        offered = self.ask(documents.SHIPPING, {"id": checkout})["checkout"]["shippingMethods"]
        if offered:
            method = {"id": checkout, "method": offered[0]["id"]}
            chosen = self.ask(documents.CHOOSE_SHIPPING, method)
            bought = chosen["checkoutDeliveryMethodUpdate"]["checkout"]
        total = bought["totalPrice"]["gross"]
        amount = (Decimal(str(total["amount"])) * pay).quantize(Decimal("0.01"))
        if amount:
            self._charge(checkout, amount, total["currency"])
        done = self.ask(documents.COMPLETE, {"id": checkout})
        order: str = done["checkoutComplete"]["order"]["id"]
        self.orders.append(order)
        return order

    def look(self, order: str) -> Json:
        """The order as staff see it."""
        found: Json = self.ask(LOOK, {"id": order})["order"]
        return found

    def pay(self, order: str, share: Decimal) -> None:
        """Charges a share of the total, whatever was charged before."""
        total = self.look(order)["total"]["gross"]
        amount = (Decimal(str(total["amount"])) * share).quantize(Decimal("0.01"))
        if amount <= 0:
            raise Refused("nothing to pay")
        self._charge(order, amount, total["currency"])

    def mark_paid(self, order: str) -> None:
        """Staff say that it was paid elsewhere."""
        self.ask(MARK_PAID, {"id": order})

    def fulfill(self, order: str, units: int) -> None:
        """Sends up to so many units of each line."""
        seen = self.look(order)
        lines = [
            {
                "orderLineId": line["id"],
                "stocks": [
                    {
                        "quantity": min(units, line["quantityToFulfill"]),
                        "warehouse": seen["channel"]["warehouses"][0]["id"],
                    }
                ],
            }
            for line in seen["lines"]
            if line["quantityToFulfill"]
        ]
        if not lines:
            raise Refused("nothing to send")
        self.ask(
            documents.FULFILL,
            {"order": order, "input": {"lines": lines, "allowStockToBeExceeded": True}},
        )

    def give_back(self, order: str, which: int) -> None:
        """One unit that was sent comes back, without money."""
        sent = [
            line
            for fulfillment in self.look(order)["fulfillments"]
            if fulfillment["status"] == "FULFILLED"
            for line in fulfillment["lines"]
        ]
        if not sent:
            raise Refused("nothing was sent")
        chosen = sent[which % len(sent)]
        back = [{"fulfillmentLineId": chosen["id"], "quantity": 1, "replace": which % 5 == 0}]
        self.ask(
            documents.RETURN, {"order": order, "input": {"refund": False, "fulfillmentLines": back}}
        )

    def refund(self, order: str, share: Decimal, which: int = 0) -> None:
        """Money back: a share of what a transaction still holds."""
        self._report(order, "REFUND_SUCCESS", share, which)

    def charge_back(self, order: str, share: Decimal, which: int = 0) -> None:
        """The bank takes a share of what a transaction holds."""
        self._report(order, "CHARGE_BACK", share, which)

    def grant(self, order: str, share: Decimal, *, with_shipping: bool = False) -> None:
        """Staff promise a refund; no money moves, and no event tells of it."""
        seen = self.look(order)
        held = [item for item in seen["transactions"] if item["chargedAmount"]["amount"]]
        if not held:
            raise Refused("nothing was charged")
        amount = Decimal(str(held[0]["chargedAmount"]["amount"])) * share
        self.ask(
            GRANT,
            {
                "id": order,
                "input": {
                    "amount": str(amount.quantize(Decimal("0.01"))),
                    "transactionId": held[0]["id"],
                    "grantRefundForShipping": with_shipping,
                },
            },
        )

    def confirm(self, order: str) -> None:
        """Staff confirm an order that waits for it."""
        self.ask(CONFIRM_ORDER, {"id": order})

    def cancel(self, order: str) -> None:
        """Staff cancel an order; its money stays."""
        self.ask(documents.CANCEL, {"id": order})

    def give_to(self, order: str, email: str) -> None:
        """Staff change the address of an order, and with it the customer."""
        self.ask(OWNER, {"id": order, "email": email})

    def expire(self) -> None:
        """Two hours pass, and what waits too long for confirmation and money expires."""
        self.box.clock.advance(timedelta(hours=2))
        self.box.tick()

    def _charge(self, subject: str, amount: Decimal, currency: str) -> None:
        self.ask(
            documents.PAY,
            {
                "id": subject,
                "transaction": {
                    "name": "Card",
                    "pspReference": f"charge-{next(self._numbers)}",
                    "availableActions": ["REFUND"],
                    "amountCharged": {"amount": str(amount), "currency": currency},
                },
            },
        )

    def _report(self, order: str, type_: str, share: Decimal, which: int) -> None:
        held = [
            item for item in self.look(order)["transactions"] if item["chargedAmount"]["amount"]
        ]
        if not held:
            raise Refused("nothing is held")
        chosen = held[which % len(held)]
        amount = (Decimal(str(chosen["chargedAmount"]["amount"])) * share).quantize(Decimal("0.01"))
        if amount <= 0:
            raise Refused("too little")
        self.ask(
            documents.REPORT,
            {
                "id": chosen["id"],
                "type": type_,
                "amount": str(amount),
                "psp": f"report-{next(self._numbers)}",
            },
        )
