"""What became of the units of an order, from one snapshot. Pure."""

from collections import Counter
from datetime import datetime

from saleor_loyalty_app.saleor.order_snapshot import Fulfillment, OrderSnapshot

#: Fulfillment statuses under which Saleor keeps units that came back or were paid back.
LOST_STATUSES = frozenset({"RETURNED", "REFUNDED", "REFUNDED_AND_RETURNED", "REPLACED"})
SHIPPED_STATUS = "FULFILLED"

#: The order earns nothing any more.
ENDED_STATUSES = frozenset({"CANCELED", "EXPIRED"})
#: More of it may come back or be sent, without a change of its status: then Saleor leaves the
#: order's `updatedAt` alone, as it does for a second partial fulfillment.
PARTLY_BACK_STATUSES = frozenset({"PARTIALLY_RETURNED"})
#: The order goes on by itself, and Saleor does not tell of every step.
OPEN_STATUSES = (
    frozenset({"DRAFT", "UNCONFIRMED", "UNFULFILLED", "PARTIALLY_FULFILLED"}) | PARTLY_BACK_STATUSES
)


def lost_units(snapshot: OrderSnapshot) -> dict[str, int]:
    """Units of each line that were returned, refunded or replaced, never more than it has."""
    lost = _units(snapshot, LOST_STATUSES)
    return {
        line.id: min(lost[line.id], line.quantity) for line in snapshot.lines if lost[line.id] > 0
    }


def fulfilled_at(snapshot: OrderSnapshot) -> datetime | None:
    """When the last unit left; none while some unit has not.

    Saleor moves returned units into a fulfillment of their own with a later date, so the date is
    that of the fulfillments still out; where none is, that of the others.
    """
    done = _units(snapshot, LOST_STATUSES | {SHIPPED_STATUS})
    if not snapshot.lines or any(done[line.id] < line.quantity for line in snapshot.lines):
        return None
    shipped = [item.created for item in snapshot.fulfillments if _is_out(item)]
    others = [item.created for item in snapshot.fulfillments if item.status in LOST_STATUSES]
    return max(shipped or others, default=None)


def is_open(snapshot: OrderSnapshot) -> bool:
    """Whether the daily pass has to look at the order again."""
    return snapshot.status in OPEN_STATUSES


def has_ended(snapshot: OrderSnapshot) -> bool:
    """Whether the order was canceled or has expired."""
    return snapshot.status in ENDED_STATUSES


def _units(snapshot: OrderSnapshot, statuses: frozenset[str]) -> Counter[str]:
    units: Counter[str] = Counter()
    for fulfillment in snapshot.fulfillments:
        if fulfillment.status in statuses:
            for line in fulfillment.lines or ():
                if line.order_line is not None:
                    units[line.order_line.id] += line.quantity
    return units


def _is_out(fulfillment: Fulfillment) -> bool:
    return fulfillment.status == SHIPPED_STATUS and bool(fulfillment.lines)
