"""A sandbox store with somebody who buys in it."""

from dataclasses import dataclass
from typing import Any

from sandbox import Emitted, InstalledApp, Sandbox
from sandbox.box import id_of
from tests.contract.story_teller import Cast, Teller

SHOPPER = "ayse@example.com"
ORDER_EVENTS = ("OrderCreated", "OrderUpdated", "OrderPaid", "OrderFullyPaid", "OrderRefunded")
ENVELOPE = "__typename issuedAt version issuingPrincipal { __typename } recipient { id }"


def subscription(selection: str, *events: str) -> str:
    """A subscription that selects the same of the order of each event."""
    parts = " ".join(f"... on {event} {{ order {{ {selection} }} }}" for event in events)
    return f"subscription {{ event {{ {ENVELOPE} {parts} }} }}"


def manifest(query: str, **changes: Any) -> dict[str, Any]:
    """A manifest with one webhook."""
    return {
        "id": "saleor.loyalty",
        "name": "Loyalty",
        "version": "1.0.0",
        "permissions": ["MANAGE_ORDERS", "MANAGE_USERS"],
        "appUrl": "http://app.test/",
        "tokenTargetUrl": "http://app.test/api/register",
        "webhooks": [{"name": "orders", "targetUrl": "http://app.test/hook", "query": query}],
        **changes,
    }


@dataclass
class Shop:
    box: Sandbox
    teller: Teller

    @classmethod
    def open(cls, **options: Any) -> "Shop":
        box = Sandbox(**options)
        cast = Cast(box.staff_token(), box.gateway().token, box.shopper_token(SHOPPER))
        return cls(box, Teller(lambda text, given, token: box.execute(text, given, token), cast))

    def variant(self, slug: str) -> str:
        products = self.box.store.products.values()
        return next(id_of(p.variants[0]) for p in products if p.slug == slug)

    def cart(self, quantity: int = 2, slug: str = "linen-shirt", **more: Any) -> str:
        """A checkout in USD with so many of a product."""
        given = {"by": self.teller.cast.shopper, **more}
        lines = [{"variantId": self.variant(slug), "quantity": quantity}]
        return self.teller.checkout("default-channel", lines, "Standard", **given)

    def buy(self, charged: str = "167.40", quantity: int = 2) -> tuple[str, str]:
        """An order of shirts at 81.00 and shipping at 5.40; its id and the transaction's."""
        checkout = self.cart(quantity)
        item = self.teller.transact(
            checkout, "Card", "USD", by=self.teller.cast.app, amountCharged=charged
        )
        return self.teller.complete(checkout, by=self.teller.cast.shopper), item

    def events(self) -> list[str]:
        """The names of what happened since the last time."""
        return [emitted.event for emitted in self.box.take_emitted()]

    def happened(self, event: str) -> Emitted:
        """The last event of that name."""
        return next(each for each in reversed(self.box.emitted) if each.event == event)

    def app(self, selection: str = "id", *events: str) -> InstalledApp:
        query = subscription(selection, *(events or ORDER_EVENTS))
        return self.box.install(manifest(query))
