"""What a decision may look at of a member: plain values, as of what is decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Used:
    """What a member had by a rule in the running period of its cap."""

    points: int = 0
    times: int = 0


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """A member at the time of what is decided; all empty where nobody is known.

    Attributes:
        tier: the tier's id; "" = none.
        joined_at: since when they take part; None = not known.
        orders: paid orders before this.
        language: as in Saleor ("EN", "PT_BR") or BCP 47.
        country: two letters.
        segments: the ids of the segments that they are in.
        tags: what rules and staff marked them with.
        used: by rule id, for rules with a cap per member.

    Raises:
        ValueError: the time has no zone, or the number of orders is negative.
    """

    tier: str = ""
    joined_at: datetime | None = None
    orders: int = 0
    language: str = ""
    country: str = ""
    segments: frozenset[str] = frozenset()
    used: Mapping[str, Used] = field(default_factory=dict)
    tags: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.joined_at is not None and self.joined_at.tzinfo is None:
            raise ValueError("the time of joining has no zone")
        if self.orders < 0:
            raise ValueError(f"a member has {self.orders} orders")

    def to_json(self) -> dict[str, Any]:
        """The facts as JSON values, without what has no value."""
        values: dict[str, Any] = {
            "tier": self.tier,
            "joined_at": None if self.joined_at is None else self.joined_at.isoformat(),
            "orders": self.orders,
            "language": self.language,
            "country": self.country,
            "segments": sorted(self.segments),
            "tags": sorted(self.tags),
            "used": {
                rule: {"points": used.points, "times": used.times}
                for rule, used in self.used.items()
            },
        }
        return {name: value for name, value in values.items() if value}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "MemberFacts":
        """The facts that `to_json` wrote."""
        joined = document.get("joined_at")
        return cls(
            tier=document.get("tier", ""),
            joined_at=None if joined is None else datetime.fromisoformat(joined),
            orders=document.get("orders", 0),
            language=document.get("language", ""),
            country=document.get("country", ""),
            segments=frozenset(document.get("segments", ())),
            used={rule: Used(**used) for rule, used in document.get("used", {}).items()},
            tags=frozenset(document.get("tags", ())),
        )


#: Where nobody is known.
NOBODY = MemberFacts()
