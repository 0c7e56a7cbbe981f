"""How well the payments of a checkout cover its total."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.model.money import ZERO
from sandbox.model.pricing import checkout_prices

if TYPE_CHECKING:
    from sandbox.model.checkouts import Checkout
    from sandbox.model.store import Store


def cover(store: Store, checkout: Checkout) -> None:
    """Compare the transactions with the total, and write down how they stand."""
    due = checkout_prices(store, checkout).total.gross_amount
    sums = [item.amounts for item in checkout.transactions]
    charged = max(sum((s.charged + s.charge_pending for s in sums), ZERO), ZERO)
    authorized = sum((s.authorized + s.authorize_pending for s in sums), ZERO)
    free = bool(checkout.lines) and due <= ZERO
    if charged <= ZERO:
        checkout.charge_status = "FULL" if free else "NONE"
    elif charged == due:
        checkout.charge_status = "FULL"
    else:
        checkout.charge_status = "PARTIAL" if charged < due else "OVERCHARGED"
    covered = charged + authorized
    if free or covered >= due > ZERO:
        checkout.authorize_status = "FULL"
    else:
        checkout.authorize_status = "PARTIAL" if covered > ZERO else "NONE"
