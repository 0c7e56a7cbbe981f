"""Which lots pay: pure choices over open lots."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple, Protocol

_NEVER = datetime.max.replace(tzinfo=UTC)


class OpenLot(Protocol):
    """What a choice needs to know of a lot."""

    id: int
    part: str
    remaining: int
    available_from: datetime | None
    expires_at: datetime | None
    earned_at: datetime


class Take(NamedTuple):
    """So many points of that lot."""

    lot_id: int
    amount: int


def is_pending(available_from: datetime | None, now: datetime) -> bool:
    """Points are pending before `available_from`, and without an end where it is not known."""
    return available_from is None or available_from > now


def spending_order(lot: OpenLot) -> tuple[datetime, datetime, int]:
    """Soonest expiry first, then what never expires; among equals by age."""
    return (lot.expires_at or _NEVER, lot.earned_at, lot.id)


def own_first(lots: Iterable[OpenLot], part: str, now: datetime) -> list[OpenLot]:
    """The order in which a reversal takes its source's lots: same part, pending, soonest expiry."""
    return sorted(
        lots,
        key=lambda lot: (
            lot.part != part,
            not is_pending(lot.available_from, now),
            spending_order(lot),
        ),
    )


def available_first(lots: Iterable[OpenLot], now: datetime) -> list[OpenLot]:
    """The order in which staff and reversals take other lots: spendable ones, then pending ones."""
    return sorted(lots, key=lambda lot: (is_pending(lot.available_from, now), spending_order(lot)))


def take(lots: Sequence[OpenLot], amount: int) -> tuple[list[Take], int]:
    """Takes `amount` from `lots` in their order; gives the takes and what is missing."""
    takes: list[Take] = []
    for lot in lots:
        if not amount:
            break
        share = min(lot.remaining, amount)
        if share:
            takes.append(Take(lot.id, share))
            amount -= share
    return takes, amount
