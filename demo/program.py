"""The demo's program: what the app proposes, with limits on spending and offers of shipping."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Prices:
    """The demo's amounts of one channel, in its currency."""

    currency: str
    minimum_order: str
    free_from: str
    express: str
    free: str = "0"


PRICES = {
    "default-channel": Prices("USD", minimum_order="20", free_from="100", express="9"),
    "channel-tr": Prices("TRY", minimum_order="400", free_from="2000", express="90"),
}


def furnished(proposed: Mapping[str, Any]) -> dict[str, Any]:
    """The proposed program, with spending and shipping in the channels of the demo."""
    named = [one["channel"] for one in proposed["currencies"]]
    channels = {channel: PRICES[channel] for channel in named if channel in PRICES}
    if not channels:
        return dict(proposed)
    return {**proposed, "spending": _spending(channels), "shipping": _shipping(channels)}


def _spending(channels: Mapping[str, Prices]) -> dict[str, Any]:
    minimums = _money(channels, "money", lambda prices: prices.minimum_order)
    return {"minimum_points": 50, "maximum_share": 50, "minimum_orders": minimums}


def _shipping(channels: Mapping[str, Prices]) -> dict[str, Any]:
    return {
        "offers": [
            {
                "id": "free-shipping",
                "name": {"en": "Free shipping", "tr": "Ücretsiz kargo"},
                "method": "cheapest",
                "prices": _money(channels, "price", lambda prices: prices.free),
                "thresholds": _money(channels, "money", lambda prices: prices.free_from),
            },
            {
                "id": "member-express",
                "name": {"en": "Express for members", "tr": "Üyelere ekspres"},
                "method": "named",
                "method_names": ["Express"],
                "prices": _money(channels, "price", lambda prices: prices.express),
                "when": {"type": "member"},
            },
        ]
    }


def _money(
    channels: Mapping[str, Prices], name: str, amount: Callable[[Prices], str]
) -> list[dict[str, str]]:
    return [
        {"channel": channel, "currency": prices.currency, name: amount(prices)}
        for channel, prices in channels.items()
    ]
