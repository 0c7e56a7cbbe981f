"""A store with a published program, and webhooks of orders ready to be sent to it."""

import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.clock import system_clock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.migrate import upgrade
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.models import ProgramRevision
from saleor_loyalty_app.stores.models import Store
from saleor_loyalty_app.stores.refs import StoreRef

NOW = system_clock()
LONG_AGO = NOW - timedelta(days=300)
PAID = NOW - timedelta(seconds=3)
SECRETS = EmailKeys.of(["bench-secret-of-at-least-thirty-two-characters"])
API_URL = "https://bench.example/graphql/"
APP_ID = "QXBwOjE="
CUSTOMERS = 500
SHOES = "129.90"
APPAREL = {"id": "Q2F0ZWdvcnk6MQ==", "slug": "apparel"}


def program_document() -> dict[str, Any]:
    """A program as a shop has it: a base rate, a category that counts double, a bonus per order."""
    return Program.model_validate(
        {
            "version": 1,
            "name": "Bench",
            "texts": {"en": {"program": "Bench", "point": "point", "points": "points"}},
            "currencies": [
                {
                    "channel": "default-channel",
                    "currency": "USD",
                    "earn_rate": {"points": 1, "money": "1"},
                    "spend_rate": {"points": 1, "money": "0.02"},
                }
            ],
            "earning": {
                "rules": [
                    {"id": "base", "then": {"type": "points_per_money"}},
                    {
                        "id": "sneakers",
                        "when": {"type": "category", "slugs": ["sneakers"]},
                        "then": {"type": "multiplier", "factor": "2"},
                    },
                    {
                        "id": "thanks",
                        "scope": "order",
                        "then": {"type": "points_per_order", "points": 25},
                    },
                ]
            },
            "shipping": {
                "offers": [
                    {
                        "id": "free",
                        "name": {"en": "Free shipping"},
                        "prices": [{"channel": "default-channel", "currency": "USD", "price": "0"}],
                        "thresholds": [
                            {"channel": "default-channel", "currency": "USD", "money": "100"}
                        ],
                    },
                    {
                        "id": "members",
                        "name": {"en": "Express for members"},
                        "method": "named",
                        "method_names": ["Express"],
                        "prices": [
                            {"channel": "default-channel", "currency": "USD", "price": "4.90"}
                        ],
                        "when": {"type": "member"},
                    },
                ]
            },
        }
    ).model_dump(mode="json")


@dataclass(frozen=True)
class Scene:
    """The store that receives, and the bodies of its webhooks."""

    store: StoreRef

    def bodies(self, first: int = 0) -> Iterator[bytes]:
        """ORDER_UPDATED of one paid order after another, of many customers in turn."""
        for number in itertools.count(first):
            yield json.dumps(order_event(number)).encode()


def prepare(database: Database, jwks: Mapping[str, Any] | None = None) -> Scene:
    """Makes the tables, the store (with its public keys) and its program in an empty database."""
    upgrade(database.url)

    def fill(conn: Connection) -> Scene:
        store = table(Store)
        store_id = conn.execute(
            sa.insert(store)
            .values(
                saleor_api_url=API_URL,
                app_id=APP_ID,
                token_encrypted="",
                jwks=jwks or {"keys": []},
                jwks_refreshed_at=LONG_AGO,
                schema_version="3.23",
                permissions=[],
                timezone="UTC",
                language="en",
                installed_at=LONG_AGO,
                active=True,
                earning_on=True,
                spending_on=True,
                shipping_on=True,
                messages_on=True,
            )
            .returning(store.c.id)
        ).scalar_one()
        conn.execute(
            sa.insert(table(ProgramRevision)).values(
                store_id=store_id,
                number=1,
                document=program_document(),
                digest="0" * 64,
                effective_from=LONG_AGO,
                published_at=LONG_AGO,
                published_by="bench",
                note="",
            )
        )
        return Scene(
            StoreRef(
                id=store_id,
                api_url=API_URL,
                app_id=APP_ID,
                timezone="UTC",
                language="en",
                schema_version="3.23",
                active=True,
                earning_on=True,
                spending_on=True,
                shipping_on=True,
                messages_on=True,
            )
        )

    return database.write(fill)


def order_event(number: int) -> dict[str, Any]:
    """What Saleor sends for an order of two lines that was just paid."""
    customer = number % CUSTOMERS
    return {
        "__typename": "OrderUpdated",
        "issuedAt": PAID.isoformat(),
        "version": "3.23.28",
        "issuingPrincipal": None,
        "recipient": {"id": APP_ID},
        "order": order(number, customer, PAID),
    }


def order(number: int, customer: int, paid: datetime) -> dict[str, Any]:
    """The order itself: two lines, shipping, one card payment at `paid`."""
    total, moment = "201.40", paid.isoformat()
    return {
        "id": f"T3JkZXI6{number:012d}",
        "number": str(number),
        "status": "UNFULFILLED",
        "origin": "CHECKOUT",
        "created": (paid - timedelta(seconds=2)).isoformat(),
        "updatedAt": moment,
        "checkoutId": f"Q2hlY2tvdXQ6{number:012d}",
        "languageCodeEnum": "EN",
        "displayGrossPrices": False,
        "userEmail": f"customer{customer}@example.com",
        "user": {
            "id": f"VXNlcjo{customer}",
            "email": f"customer{customer}@example.com",
            "isActive": True,
            "isConfirmed": True,
            "isStaff": False,
        },
        "channel": {"slug": "default-channel", "currencyCode": "USD"},
        "billingAddress": {"country": {"code": "US"}},
        "shippingAddress": {"country": {"code": "US"}},
        "chargeStatus": "FULL",
        "total": _taxed(total),
        "shippingPrice": _taxed("8.50"),
        "totalCharged": _money(total),
        "totalRefunded": _money("0"),
        "voucherCode": None,
        "discounts": [],
        "lines": [
            _line(f"{number}-1", 2, "63.00", "shirts", "shirt"),
            _line(f"{number}-2", 1, SHOES, "sneakers", "shoe"),
        ],
        "fulfillments": [],
        "grantedRefunds": [],
        "transactions": [
            {
                "id": f"VHJhbnNhY3Rpb25JdGVtO{number:012d}",
                "createdAt": moment,
                "chargedAmount": _money(total),
                "refundedAmount": _money("0"),
                "createdBy": {"__typename": "App", "id": "QXBwOjk="},
                "events": [
                    {
                        "id": f"VHJhbnNhY3Rpb25FdmVudDo{number:012d}",
                        "type": "CHARGE_SUCCESS",
                        "createdAt": moment,
                        "amount": _money(total),
                    }
                ],
            }
        ],
        "payments": [],
    }


def _line(key: str, quantity: int, total: str, category: str, kind: str) -> dict[str, Any]:
    return {
        "id": f"T3JkZXJMaW5lO{key}",
        "quantity": quantity,
        "isGift": False,
        "productSku": f"sku-{kind}",
        "productName": kind.title(),
        "undiscountedTotalPrice": _taxed(total),
        "totalPrice": _taxed(total),
        "variant": {
            "id": f"UHJvZHVjdFZhcmlhbnQ6{kind}",
            "sku": f"sku-{kind}",
            "product": {
                "id": f"UHJvZHVjdDo{kind}",
                "slug": kind,
                "productType": {"id": f"UHJvZHVjdFR5cGU6{kind}", "slug": kind, "kind": "NORMAL"},
                "category": {
                    "id": f"Q2F0ZWdvcnk6{category}",
                    "slug": category,
                    "ancestors": {
                        "edges": [{"node": {"id": "Q2F0ZWdvcnk6MQ==", "slug": "apparel"}}]
                    },
                },
                "collections": [{"id": "Q29sbGVjdGlvbjo1", "slug": "summer"}],
            },
        },
    }


def _money(amount: str) -> dict[str, Any]:
    return {"amount": float(amount), "currency": "USD"}


def _taxed(amount: str) -> dict[str, Any]:
    return {"gross": _money(amount), "net": _money(amount)}
