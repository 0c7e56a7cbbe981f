"""Programs and orders for tests, each made in one line."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.facts import LineFacts, OrderFacts
from saleor_loyalty_app.programs.problems import read_program
from saleor_loyalty_app.stores.refs import ChannelRef

#: A Friday, 14:30 in Istanbul.
MOMENT = datetime(2026, 11, 27, 11, 30, tzinfo=UTC)

TEXTS = {
    "en": {"program": "Points program", "point": "point", "points": "points"},
    "tr": {"program": "Puan Programı", "point": "puan", "points": "puan"},
}
RATES = [
    {
        "channel": "default-channel",
        "currency": "USD",
        "earn_rate": {"points": 1, "money": "1"},
        "spend_rate": {"points": 1, "money": "0.02"},
    },
    {
        "channel": "channel-tr",
        "currency": "TRY",
        "earn_rate": {"points": 1, "money": "10"},
        "spend_rate": {"points": 1, "money": "0.2"},
    },
]
PURCHASES: dict[str, Any] = {
    "id": "purchases",
    "name": {"en": "Points on every purchase", "tr": "Her alışverişe puan"},
    "then": {"type": "points_per_money"},
}


def document_of(*rules: dict[str, Any], **values: Any) -> dict[str, Any]:
    """A document with these rules (by default points on every purchase)."""
    earning = {"rules": list(rules) if rules else [PURCHASES]}
    if stacking := values.pop("stacking", None):
        earning["stacking"] = stacking
    return {
        "version": 1,
        "name": "Points program",
        "texts": TEXTS,
        "currencies": RATES,
        "earning": earning,
    } | values


def program_of(*rules: dict[str, Any], **values: Any) -> Program:
    """The program of `document_of`."""
    return read_program(document_of(*rules, **values))


def rule_of(then: dict[str, Any], rule_id: str = "rule", **values: Any) -> dict[str, Any]:
    """A rule with this effect."""
    return {"id": rule_id, "then": then} | values


def line_of(base: str = "10", line_id: str = "line-1", **values: Any) -> LineFacts:
    """A line whose gross price is its base."""
    amount = Decimal(base)
    facts: dict[str, Any] = {"id": line_id, "quantity": 1, "base": amount, "gross": amount}
    return LineFacts(**(facts | values))


def order_of(*lines: LineFacts, **values: Any) -> OrderFacts:
    """A dollar order of these lines (by default one of 10)."""
    items = lines or (line_of(),)
    facts: dict[str, Any] = {
        "order_id": "T3JkZXI6MQ==",
        "channel": "default-channel",
        "currency": "USD",
        "created_at": MOMENT,
        "country": "US",
        "language": "EN",
        "voucher_used": False,
        "nth_order": 1,
        "subtotal": sum((line.base for line in items), Decimal(0)),
        "lines": tuple(items),
        "shipping": Decimal(0),
    }
    return OrderFacts(**(facts | values))


def channel_of(slug: str = "default-channel", currency: str = "USD", **values: Any) -> ChannelRef:
    """An active channel."""
    facts: dict[str, Any] = {
        "slug": slug,
        "name": slug,
        "currency": currency,
        "active": True,
        "default_country": "US",
        "countries": ("US",),
        "prices_entered_with_tax": False,
        "display_gross_prices": False,
    }
    return ChannelRef(**(facts | values))


CHANNELS = [channel_of(), channel_of("channel-tr", "TRY", default_country="TR")]
