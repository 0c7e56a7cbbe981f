"""Questions of Saleor's for shipping methods, and offers, each made in one line."""

import base64
from datetime import UTC, datetime
from typing import Any

from tests.program_samples import document_of

#: When the checkout was made, and when it was changed last.
CREATED = datetime(2027, 1, 1, 11, tzinfo=UTC)
UPDATED = datetime(2027, 1, 1, 11, 55, tzinfo=UTC)
STANDARD = base64.b64encode(b"ShippingMethod:1").decode()
EXPRESS = base64.b64encode(b"ShippingMethod:2").decode()
CHECKOUT = base64.b64encode(b"Checkout:6dd5e8f2").decode()
SHOPPER = base64.b64encode(b"User:7").decode()

FREE: dict[str, Any] = {
    "id": "free",
    "name": {"en": "Free shipping", "tr": "Ücretsiz kargo"},
    "prices": [
        {"channel": "default-channel", "currency": "USD", "price": "0"},
        {"channel": "channel-tr", "currency": "TRY", "price": "0"},
    ],
    "thresholds": [
        {"channel": "default-channel", "currency": "USD", "money": "100"},
        {"channel": "channel-tr", "currency": "TRY", "money": "1000"},
    ],
}


def _money(amount: object) -> dict[str, Any]:
    return {"amount": float(str(amount)), "currency": "USD"}


def offer_json(offer_id: str = "flat", price: str = "4.90", **values: Any) -> dict[str, Any]:
    """An offer of the cheapest method at a price in USD, without a threshold."""
    return {
        "id": offer_id,
        "name": {"en": offer_id.capitalize()},
        "prices": [{"channel": "default-channel", "currency": "USD", "price": price}],
    } | values


def shipping_document(*offers: dict[str, Any], **values: Any) -> dict[str, Any]:
    """A program with these shipping offers (by default free from 100 USD or 1000 TRY)."""
    return document_of(shipping={"offers": list(offers) or [FREE]}, **values)


def line_json(
    number: str,
    quantity: int,
    *,
    net: str = "50",
    gross: str = "54",
    listed_net: str | None = None,
    listed_gross: str | None = None,
    undiscounted: str | None = None,
) -> dict[str, Any]:
    """A line; `listed` is the unit's price without promotions, by default the same."""
    unit = float(undiscounted or listed_net or net)
    return {
        "id": f"line-{number}",
        "quantity": quantity,
        "isGift": False,
        "undiscountedUnitPrice": _money(unit),
        "undiscountedTotalPrice": _money(unit * quantity),
        "variant": {
            "pricing": {
                "price": {"net": _money(net), "gross": _money(gross)},
                "priceUndiscounted": {
                    "net": _money(listed_net or net),
                    "gross": _money(listed_gross or gross),
                },
            }
        },
    }


def checkout_json(**values: Any) -> dict[str, Any]:
    """A signed-in shopper's checkout of 2 × 50 USD net, shipped within the United States."""
    return {
        "id": CHECKOUT,
        "created": CREATED.isoformat(),
        "updatedAt": UPDATED.isoformat(),
        "languageCode": "EN",
        "user": {"id": SHOPPER},
        "channel": {"slug": "default-channel", "currencyCode": "USD"},
        "shippingAddress": {"country": {"code": "US"}},
        "voucherCode": None,
        "voucher": None,
        "discount": {"amount": 0.0, "currency": "USD"},
        "lines": [line_json("1", 2)],
    } | values


def method_json(method_id: str, name: str, amount: str, **values: Any) -> dict[str, Any]:
    """A shipping method as Saleor lists it."""
    return {
        "id": method_id,
        "name": name,
        "price": _money(amount),
        "minimumDeliveryDays": None,
        "maximumDeliveryDays": None,
    } | values


METHODS = (
    method_json(STANDARD, "Standard", "9.90", minimumDeliveryDays=2, maximumDeliveryDays=4),
    method_json(EXPRESS, "Express", "19.90"),
)


def question(typename: str = "ShippingListMethodsForCheckout", **values: Any) -> dict[str, Any]:
    """The fields of a question beside its envelope; `checkout` may be given changed."""
    checkout = values.pop("checkout", None) or checkout_json()
    kept = ("id", "user", "channel", "shippingAddress", "languageCode")
    fields: dict[str, Any] = {
        "checkoutRef": {name: checkout[name] for name in kept},
        "shippingMethods": list(METHODS),
    }
    if typename == "ShippingListMethodsForCheckout":
        fields["checkout"] = checkout
    return fields | values


def with_twins(answered: list[dict[str, Any]], app: str = "saleor.loyalty") -> list[dict[str, Any]]:
    """Saleor's own methods and those that an app answered, as the filter is asked for them."""
    twins = [
        method_json(
            base64.b64encode(f"app:{app}:{one['id']}".encode()).decode(), one["name"], one["amount"]
        )
        for one in answered
    ]
    return [*METHODS, *twins]
