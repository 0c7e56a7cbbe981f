"""What went wrong with an order, as its snapshot tells. Pure."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from saleor_loyalty_app.orders.goods import SHIPPED_STATUS, has_ended
from saleor_loyalty_app.programs.goodwill import Goodwill, SignalKind
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot

#: Nobody is apologized to for what lies further back.
LATEST = timedelta(days=30)
_DAY = timedelta(days=1)
#: Statuses of fulfillments whose units had left before they came back.
_HAD_LEFT = frozenset({SHIPPED_STATUS, "RETURNED", "REFUNDED_AND_RETURNED", "REPLACED"})
#: Units that were paid back without having come back.
_PAID_BACK = "REFUNDED"


@dataclass(frozen=True, slots=True)
class Seen:
    """A signal, and what it rests on as JSON values."""

    kind: SignalKind
    facts: dict[str, Any] = field(default_factory=dict)


def has_news(snapshot: OrderSnapshot, fulfilled_at: datetime | None) -> bool:
    """Whether there is anything to look at, of an order that was not sent at the look before."""
    return fulfilled_at is not None or has_ended(snapshot) or bool(_never_sent(snapshot))


def signals_of(
    section: Goodwill,
    snapshot: OrderSnapshot,
    *,
    paid_at: datetime,
    fulfilled_at: datetime | None,
    now: datetime,
) -> list[Seen]:
    """What went wrong with an order that was not sent at the look before, of what is watched.

    A line counts as cancelled by the store where units of a paid order are paid back, or the order
    is canceled, before they have left: Saleor does not say whose wish it was.
    """
    found: list[Seen] = []
    late = section.late_delivery
    if late is not None and fulfilled_at is not None and now - fulfilled_at <= LATEST:
        days, limit = (fulfilled_at - paid_at) // _DAY, late.days_in(snapshot.channel.slug)
        if days > limit and not _never_sent(snapshot, whole=True):
            found.append(Seen("late_delivery", {"days": days, "limit": limit}))
    if section.cancelled_line is not None and now - snapshot.updated_at <= LATEST:
        units = sum(_never_sent(snapshot).values())
        if has_ended(snapshot) and snapshot.status == "CANCELED":
            units = sum(line.quantity for line in snapshot.lines) - sum(_left(snapshot).values())
        if units > 0:
            found.append(Seen("cancelled_line", {"units": units}))
    return found


def _left(snapshot: OrderSnapshot) -> dict[str, int]:
    """Units of each line that left the store."""
    return _units(snapshot, _HAD_LEFT)


def _never_sent(snapshot: OrderSnapshot, *, whole: bool = False) -> dict[str, int]:
    """Units of each line that were paid back before they left; `whole` = nothing else is there."""
    left = _left(snapshot)
    back = _units(snapshot, frozenset({_PAID_BACK}))
    for refund in snapshot.granted_refunds:
        for one in refund.lines or ():
            line_id = one.order_line.id
            back[line_id] = max(back.get(line_id, 0), one.quantity)
    units = {line.id: line.quantity for line in snapshot.lines}
    found = {
        line_id: min(number, units[line_id] - left.get(line_id, 0))
        for line_id, number in back.items()
        if line_id in units and units[line_id] > left.get(line_id, 0)
    }
    if whole and any(left.values()):
        return {}
    return found


def _units(snapshot: OrderSnapshot, statuses: frozenset[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for fulfillment in snapshot.fulfillments:
        if fulfillment.status in statuses:
            for line in fulfillment.lines or ():
                if line.order_line is not None:
                    found[line.order_line.id] = found.get(line.order_line.id, 0) + line.quantity
    return found
