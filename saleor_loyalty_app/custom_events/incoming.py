"""An event as another system sends it, and what may be wrong with it. Pure."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from saleor_loyalty_app.programs.events import USUAL_TEXT, EventType, IdentifiedBy, Property

Value = str | int | bool
#: Clocks of others may be ahead of ours by so much; it counts as now then.
SKEW = timedelta(minutes=5)
#: Other systems' ids of events: they stand in addresses.
REFERENCE = r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$"
_REFERENCE = re.compile(REFERENCE)
_TYPE = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Incoming:
    """What another system says that a member did.

    Attributes:
        reference: its own id of the event, by which a repetition is told.
        identity: whether `who` is Saleor's user id or the hash of an address.
        at: when it happened; None = now.
    """

    type: str
    reference: str
    identity: IdentifiedBy
    who: str
    at: datetime | None
    properties: Mapping[str, Value]

    @property
    def id(self) -> str:
        """Its id in this API."""
        return f"{self.type}:{self.reference}"

    @property
    def input_hash(self) -> str:
        """The hash of all that was sent."""
        sent = {
            "identity": self.identity,
            "who": self.who,
            "at": None if self.at is None else self.at.isoformat(),
            "properties": dict(self.properties),
        }
        return hashlib.sha256(json.dumps(sent, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Unfit:
    """One thing that is wrong with an event: where, a stable code, and what completes its text."""

    field: str
    code: str
    detail: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {"field": self.field, "code": self.code, **self.detail}


def hash_of(reference: str) -> str:
    """What stays of another system's id for ever."""
    return hashlib.sha256(reference.encode()).hexdigest()


def parts_of(event_id: str) -> tuple[str, str] | None:
    """The type and the other system's id behind an id of this API; None where it is none."""
    kind, colon, reference = event_id.partition(":")
    if not colon or not _TYPE.fullmatch(kind) or not _REFERENCE.fullmatch(reference):
        return None
    return kind, reference


def time_of(event: Incoming, now: datetime) -> datetime:
    """When it happened, by our clock at most now."""
    return now if event.at is None else min(event.at, now)


def problems_of(event: Incoming, kind: EventType | None, now: datetime) -> list[Unfit]:
    """Everything that is wrong with an event; empty where it can be decided.

    Args:
        kind: its type in the program in force; None = there is none.
    """
    if kind is None:
        return [Unfit("type", "event_type_unknown", {"type": event.type})]
    if not kind.is_open:
        return [Unfit("type", "event_type_closed", {"type": event.type})]
    found = [*_times(event, kind, now), *_values(event.properties, kind)]
    if event.identity not in kind.identity:
        found.append(Unfit("member", "event_identity", {"wanted": kind.identity[0]}))
    return found


def _times(event: Incoming, kind: EventType, now: datetime) -> Iterator[Unfit]:
    if event.at is None:
        return
    if event.at > now + SKEW:
        yield Unfit("at", "event_in_future", {})
    elif event.at < now - timedelta(days=kind.max_age_days):
        yield Unfit("at", "event_too_old", {"days": kind.max_age_days})


def _values(told: Mapping[str, Value], kind: EventType) -> Iterator[Unfit]:
    for one in kind.properties:
        if one.name in told:
            yield from _value(told[one.name], one)
        elif one.required:
            yield Unfit(f"properties.{one.name}", "property_missing", {})
    known = {one.name for one in kind.properties}
    for name in told:
        if name not in known:
            yield Unfit(f"properties.{name}"[:80], "property_unknown", {})


def _value(value: Value, wanted: Property) -> Iterator[Unfit]:
    field = f"properties.{wanted.name}"
    if type(value) is not {"string": str, "int": int, "bool": bool}[wanted.kind]:
        yield Unfit(field, f"property_not_{wanted.kind}", {})
    elif wanted.allowed and value not in wanted.allowed:
        allowed = ", ".join(str(one) for one in wanted.allowed)
        yield Unfit(field, "property_not_allowed", {"allowed": allowed})
    elif isinstance(value, str):
        most = USUAL_TEXT if wanted.max is None else wanted.max
        if _CONTROL.search(value):
            yield Unfit(field, "property_unprintable", {})
        if len(value) > most:
            yield Unfit(field, "property_too_long", {"limit": most})
        elif wanted.min is not None and len(value) < wanted.min:
            yield Unfit(field, "property_too_short", {"limit": wanted.min})
    elif not isinstance(value, bool):
        if wanted.max is not None and value > wanted.max:
            yield Unfit(field, "property_too_large", {"limit": wanted.max})
        elif wanted.min is not None and value < wanted.min:
            yield Unfit(field, "property_too_small", {"limit": wanted.min})
