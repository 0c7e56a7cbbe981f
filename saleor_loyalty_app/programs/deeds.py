"""What members do, or what befalls them, other than ordering: a birthday, an answer, a new tier."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class DeedFacts:
    """One deed.

    Attributes:
        trigger: one of the triggers of rules but "order".
        on: which question, tier or type of event it is about; "" where there is none.
        at: when it happened.
        key: of one member, what makes it happen once: "birthday:2026", "answer:size".
        number: the years of an anniversary.
        properties: what else is known of it.

    Raises:
        ValueError: the time has no zone, the key is empty, or it is an order.
    """

    trigger: str
    on: str
    at: datetime
    key: str
    number: int = 0
    properties: Mapping[str, str | int | bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("the time of the deed has no zone")
        if not self.key:
            raise ValueError("a deed needs a key")
        if self.trigger == "order":
            raise ValueError("an order is no deed")
