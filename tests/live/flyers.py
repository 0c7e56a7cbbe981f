"""A code for everybody, as a flyer has it: ten percent off what costs enough."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from saleor_loyalty_app.clock import system_clock
from tests.live.patience import until
from tests.live.scene import Scene
from tests.live.shopper import Shopper


def fresh_code() -> str:
    """A code that the store does not know yet."""
    return f"LIVE{system_clock():%H%M%S%f}"


def begin(scene: Scene, code: str, *, minimum: Decimal, budget: Decimal) -> dict[str, Any]:
    """Schedules a campaign with a shared code; gives it as it is told once Saleor has the code.

    Args:
        minimum: what the goods cost at least, in dollars; `budget` is in dollars too.
    """
    now = system_clock()
    terms = {
        "kind": "percent",
        "name": "Live flyer",
        "texts": {"en": {"title": "10% off"}, "tr": {"title": "%10 indirim"}},
        "starts_at": (now - timedelta(hours=1)).isoformat(),
        "ends_at": (now + timedelta(days=1)).isoformat(),
        "channels": [
            {
                "channel": scene.shop.channel,
                "currency": "USD",
                "value": "10",
                "minimum": str(minimum),
            }
        ],
        "codes": {"sharing": "shared", "code": code, "once_per_customer": True},
        "budget": {"money": {"USD": str(budget)}},
    }
    drawn = scene.told("POST", "campaigns", {"terms": terms})
    path = f"campaigns/{drawn['id']}"
    scene.told("POST", f"{path}/schedule", {"version": drawn["version"]})
    return until(
        lambda: scene.told("GET", path), lambda seen: bool(seen["code_counts"]["open"] == 1)
    )


def voucher_of(scene: Scene, campaign: str) -> str:
    """The id of the voucher that a campaign has in Saleor."""
    (voucher,) = [key for key, name in scene.shop.vouchers().items() if campaign in name]
    return voucher


def codes_shown(shopper: Shopper) -> list[str]:
    """The codes that a shopper is shown."""
    return [one["code"] for one in shopper.read("me/campaigns")["campaigns"]]
