"""Which orders of the time before the program an import counts, and how much of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any, ClassVar, Literal

from sqlalchemy import Connection

from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.orders import imports
from saleor_loyalty_app.orders.plan import AwardPlan
from saleor_loyalty_app.programs.repository import Revision
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot

POINTS = "points"
STATUS = "status"
Mode = Literal["none", "days", "capped", "status_only"]
MOST_DAYS = 3650
MOST_CAP = 10_000_000


class InvalidImportChoice(AppError):
    """The choice of what to import makes no sense."""

    code: ClassVar[str] = "invalid_import_choice"
    status: ClassVar[int] = 422


@dataclass(frozen=True, slots=True)
class ImportChoice:
    """Which orders of the past count, and for what.

    none: nothing. days: those of the last `days`. capped: no member gets more than `cap` points.
    status_only: only for the unit "status". `days` narrows the latter two, none = ever.

    Raises:
        InvalidImportChoice: a number is missing, or out of bounds.
    """

    mode: Mode
    days: int | None = None
    cap: int | None = None

    def __post_init__(self) -> None:
        if self.mode not in ("none", "days", "capped", "status_only"):
            raise InvalidImportChoice(field="mode")
        if (self.mode == "days" and self.days is None) or not _within(self.days, MOST_DAYS):
            raise InvalidImportChoice(field="days", maximum=MOST_DAYS)
        if (self.mode == "capped") != (self.cap is not None) or not _within(self.cap, MOST_CAP):
            raise InvalidImportChoice(field="cap", maximum=MOST_CAP)

    def to_json(self) -> dict[str, Any]:
        """The choice as JSON values."""
        return {"mode": self.mode, "days": self.days, "cap": self.cap}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "ImportChoice":
        """The choice that `to_json` wrote."""
        return cls(document["mode"], document.get("days"), document.get("cap"))


@dataclass(frozen=True, slots=True)
class HistoryGrant:
    """Leave for one import to book orders from before the program (`order_plan.Grant`)."""

    revision: Revision
    since: datetime
    import_id: int
    choice: ImportChoice
    keys: EmailKeys
    store_id: int

    def limited(self, conn: Connection, plan: AwardPlan, snapshot: OrderSnapshot) -> AwardPlan:
        """The plan within the choice; what the customer gets is counted."""
        if self.choice.mode == "status_only":
            plan = plan.only(STATUS)
        customer = self.customer(snapshot)
        for unit in sorted({award.unit for award in plan.awards}):
            points = plan.exact(unit)
            if self.choice.cap is not None and unit == POINTS:
                had = imports.tally_of(conn, self.import_id, customer, unit)
                allowed = Fraction(max(0, self.choice.cap - had))
                if points > allowed:
                    plan = plan.scaled(unit, allowed / points)
                    points = allowed
            imports.add_to_tally(conn, self.import_id, customer, unit, int(points))
        return plan

    def customer(self, snapshot: OrderSnapshot) -> str:
        """A key that stands for the order's customer."""
        if snapshot.user is not None:
            return f"user:{snapshot.user.id}"
        return f"guest:{self.keys.current(self.store_id, snapshot.user_email or '')}"


def _within(number: int | None, maximum: int) -> bool:
    return number is None or (type(number) is int and 0 < number <= maximum)
