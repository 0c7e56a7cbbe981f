"""Codes that were handed out, which the shopper put on a cart, and what is left once they are off.

Nobody put such a code on a cart for the shopper: news of the cart bound it there. So the app never
puts it back; and a reward that was taken as a code, with a last day, stays good until then.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Connection

from saleor_loyalty_app.rewards import sightings
from saleor_loyalty_app.rewards.redemptions import RedemptionRef

#: What makes a code one that has seen no cart.
UNBOUND: Mapping[str, Any] = {"state": "issued", "checkout_id": None, "attached_at": None}


def came_by_news(conn: Connection, redemption: RedemptionRef) -> bool:
    """Whether its checkout was only told of by news; a code that the app puts on has a `before`."""
    if redemption.before is not None or redemption.checkout_id is None:
        return False
    return sightings.find(conn, redemption.id, redemption.checkout_id) is not None


def stays_a_code(redemption: RedemptionRef, *, by_news: bool) -> bool:
    """Whether it goes on without a cart when it is not on its cart (any more). Pure.

    Points that a code stands for come back once the shopper took it off a cart where it was; a
    reward is still theirs. News of a cart where it never was found were old.
    """
    if not by_news or redemption.ending or not redemption.is_live:
        return False
    return redemption.terms is not None or redemption.state == "issued"
