"""A program of a hundred rules that all are on, and a cart of twenty lines before it.

The kinds of conditions take turns, so that there are about as many of each: on goods, on the order,
on the day, on the member, nested ones, and an expert's expressions on lines and on the order.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from bench.scene import program_document
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.facts import LineFacts, OrderFacts
from saleor_loyalty_app.programs.member_facts import MemberFacts

RULES, LINES = 100, 20
CHANNEL, CURRENCY = "default-channel", "USD"
PRICES = ("12.90", "34.50", "7.25", "119.00", "59.99")

Condition = dict[str, Any]
#: Makes the condition of a rule by its number.
ON_LINES: tuple[Callable[[int], Condition], ...] = (
    lambda n: {"type": "category", "slugs": [f"category-{n % 25}", f"category-{n % 7}"]},
    lambda n: {"type": "product", "products": [f"product-{(n + i) % 40}" for i in range(10)]},
    lambda n: {"type": "collection", "slugs": [f"collection-{n % 12}"]},
    lambda n: {"type": "variant", "variants": [f"sku-{(n * 3 + i) % 60}" for i in range(6)]},
    lambda n: {
        "type": "all",
        "of": [
            {"type": "quantity", "min": 1 + n % 3},
            {"type": "not", "of": {"type": "on_sale"}},
            {"type": "any", "of": [{"type": "product_type", "slugs": [f"type-{n % 4}"]},
                                   {"type": "category", "slugs": [f"category-{n % 9}"]}]},
        ],
    },
    lambda n: {
        "type": "expression",
        "cel": f'line.base >= money("{n % 40 + 5}") && "category-{n % 25}" in line.categories',
    },
    lambda n: {
        "type": "expression",
        "cel": f'line.quantity >= {n % 3 + 1} && order.subtotal > money("100") && !line.on_sale',
    },
)  # fmt: skip
ON_ORDER: tuple[Callable[[int], Condition], ...] = (
    lambda n: {
        "type": "order_value",
        "limits": [{"currency": CURRENCY, "min": str(100 + 40 * (n % 30))}],
    },
    lambda n: {"type": "weekday", "days": ["mon", "wed", "fri"] if n % 2 else ["sat", "sun"]},
    lambda n: {"type": "hour", "start": n % 12, "end": n % 12 + 10},
    lambda n: {"type": "tier", "tiers": ["gold"] if n % 2 else ["silver", "gold"]},
    lambda n: {"type": "member_since", "min": 30 * (n % 12)},
    lambda n: {"type": "nth_order", "every": n % 5 + 2},
    lambda n: {
        "type": "all",
        "of": [
            {"type": "country", "codes": ["US", "TR"]},
            {"type": "voucher_used", "value": False},
            {"type": "any_line", "of": {"type": "category", "slugs": [f"category-{n % 25}"]}},
        ],
    },
    lambda n: {
        "type": "expression",
        "cel": f'order.weekday in ["mon", "tue", "fri"] && order.subtotal >= money("{n * 5}")',
    },
)


def document() -> dict[str, Any]:
    """The program: a base rate, then rules on lines and on the order in turn."""
    rules: list[dict[str, Any]] = [{"id": "base", "then": {"type": "points_per_money"}}]
    for number in range(1, RULES):
        kinds = ON_LINES if number % 2 else ON_ORDER
        condition = kinds[number // 2 % len(kinds)](number)
        rules.append({"id": f"rule-{number}", **_of(number), "when": condition})
    known = program_document()
    return Program.model_validate(known | {"earning": {"rules": rules}}).model_dump(mode="json")


def _of(number: int) -> dict[str, Any]:
    """What a rule gives: points of its own, or a multiplier of what others gave."""
    on_line = bool(number % 2)
    scope = "line" if on_line else "order"
    if number % 5 == 0:
        return {"scope": scope, "then": {"type": "multiplier", "factor": "1.05"}}
    kind = "points_per_unit" if on_line else "points_per_order"
    return {"scope": scope, "then": {"type": kind, "points": number % 9 + 1}}


def order(at: datetime) -> OrderFacts:
    """The cart as an order that was made at a time."""
    lines = tuple(_line(number) for number in range(LINES))
    return OrderFacts(
        order_id="bench",
        channel=CHANNEL,
        currency=CURRENCY,
        created_at=at,
        country="US",
        language="en",
        voucher_used=False,
        nth_order=6,
        subtotal=sum((line.base for line in lines), Decimal(0)),
        lines=lines,
        shipping=Decimal("8.50"),
    )


def _line(number: int) -> LineFacts:
    quantity = number % 4 + 1
    amount = Decimal(PRICES[number % len(PRICES)]) * quantity
    return LineFacts(
        id=str(number),
        quantity=quantity,
        base=amount,
        gross=amount,
        product_id=f"UHJvZHVjdDo{number}",
        product_slug=f"product-{number}",
        variant_id=f"UHJvZHVjdFZhcmlhbnQ6{number}",
        sku=f"sku-{number}",
        categories=frozenset(f"category-{(number + step) % 25}" for step in (0, 8, 16)),
        collections=frozenset((f"collection-{number % 12}", "all")),
        product_type=f"type-{number % 4}",
        on_sale=number % 3 == 0,
    )


def member(at: datetime) -> MemberFacts:
    """Who makes the order."""
    return MemberFacts(tier="gold", joined_at=at - timedelta(days=400), orders=5, language="en")


def estimate_body() -> dict[str, Any]:
    """The cart as a storefront asks what it would earn."""
    return {
        "channel": CHANNEL,
        "currency": CURRENCY,
        "country": "US",
        "locale": "en-US",
        "lines": [
            {
                "quantity": line.quantity,
                "gross": str(line.gross),
                "product_id": line.product_id,
                "product_slug": line.product_slug,
                "variant_id": line.variant_id,
                "sku": line.sku,
                "categories": sorted(line.categories),
                "collections": sorted(line.collections),
                "product_type": line.product_type,
                "on_sale": line.on_sale,
            }
            for line in map(_line, range(LINES))
        ],
    }


def trial_body() -> dict[str, Any]:
    """The document and the cart as the Dashboard's page of rules tries them."""
    return {
        "document": document(),
        "cart": {
            "channel": CHANNEL,
            "country": "US",
            "nth_order": 6,
            "tier": "gold",
            "lines": [
                {
                    "amount": str(line.base),
                    "quantity": line.quantity,
                    "product": line.product_slug,
                    "sku": line.sku,
                    "product_type": line.product_type,
                    "categories": sorted(line.categories),
                    "collections": sorted(line.collections),
                    "on_sale": line.on_sale,
                }
                for line in map(_line, range(LINES))
            ],
        },
    }
