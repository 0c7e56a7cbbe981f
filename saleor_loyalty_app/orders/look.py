"""A look at an order: how its snapshot came here, and whether it may be booked. Pure."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import msgspec

from saleor_loyalty_app.orders.money import is_consistent
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Look:
    """How a snapshot came here.

    `at` is when the webhook arrived, or when the read began: what happened in Saleor before a read
    began is in it.
    """

    at: datetime
    is_read: bool

    @classmethod
    def webhook(cls, received_at: datetime) -> "Look":
        """A webhook's payload that arrived at `received_at`."""
        return cls(received_at, is_read=False)

    @classmethod
    def read(cls, started_at: datetime) -> "Look":
        """A query of ours that began at `started_at`."""
        return cls(started_at, is_read=True)


class Verdict(StrEnum):
    """What becomes of a snapshot."""

    book = "book"
    #: The same as booked last.
    unchanged = "unchanged"
    #: A webhook that is not newer than what is booked, or a read that began before another.
    not_newer = "not_newer"
    #: A read that shows an older order than what is booked: Saleor's replica lags behind.
    lagging = "lagging"
    #: The snapshot contradicts itself.
    torn = "torn"
    #: A read that began before an event arrived.
    overtaken = "overtaken"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an order from earlier looks."""

    updated_at: datetime | None
    snapshot_hash: str
    last_event_at: datetime | None
    checked_at: datetime | None
    #: Nothing may be skipped: points wait for a switch, or an import may book them.
    unsettled: bool


def digest_of(snapshot: OrderSnapshot) -> str:
    """SHA-256 of the canonical snapshot, in hexadecimal.

    Without metadata: what other systems write there day by day is looked at when the award plan is
    frozen, and changes no books afterwards.
    """
    told = msgspec.to_builtins(snapshot)
    del told["privateMetadata"]
    for line in told["lines"]:
        product = (line["variant"] or {}).get("product")
        if product is not None:
            del product["metadata"]
    return hashlib.sha256(_encode(told)).hexdigest()


def judge(known: Known, snapshot: OrderSnapshot, digest: str, look: Look) -> Verdict:
    """Whether the snapshot may be booked.

    A webhook books only if it is newer than the last booked look, as its payload shows the order
    when it was rendered and `updatedAt` may stay equal while the state changes. A read shows the
    truth of its time: it wins if it is not older and began after the last event arrived.
    """
    if look.is_read:
        if known.last_event_at is not None and look.at < known.last_event_at:
            return Verdict.overtaken
        if known.checked_at is not None and look.at < known.checked_at:
            return Verdict.not_newer
        if known.updated_at is not None and snapshot.updated_at < known.updated_at:
            return Verdict.lagging
    elif known.updated_at is not None and snapshot.updated_at <= known.updated_at:
        return Verdict.not_newer
    if not is_consistent(snapshot):
        return Verdict.torn
    if known.snapshot_hash == digest and not known.unsettled:
        return Verdict.unchanged
    return Verdict.book
