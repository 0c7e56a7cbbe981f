"""How many points staff may move by hand: `/allowances`, set by who manages the app."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import Query
from pydantic import ConfigDict, Field, JsonValue, StrictInt, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy.engine import Connection

from saleor_loyalty_app.adjustments import allowances
from saleor_loyalty_app.adjustments.budget import DEFAULT, Allowance
from saleor_loyalty_app.adjustments.errors import InvalidStaffEmail
from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import FacesOf
from saleor_loyalty_app.api.dashboard.members_reading import staff_names
from saleor_loyalty_app.api.dashboard.members_schemas import Answer, on_its_clocks
from saleor_loyalty_app.api.dashboard.refusals import OF_SERVING, OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_SET_UP, Staff, StaffOf
from saleor_loyalty_app.api.errors import documented
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.members.email_keys import normalize_email
from saleor_loyalty_app.rewards.quote import MOST_POINTS
from saleor_loyalty_app.stores import staff_actions

router = staff_router("/allowances")
_ONE: dict[str, JsonValue] = {
    "email": "agent@example.com",
    "per_day": 2000,
    "per_month": 20000,
    "set_by": "owner@example.com",
    "set_at": "2027-01-04T09:30:00Z",
}
_EVERYBODY: dict[str, JsonValue] = {
    "email": None,
    "per_day": 2000,
    "per_month": 20000,
    "set_by": None,
    "set_at": None,
}
Email = Annotated[str, Field(max_length=allowances.LONGEST_EMAIL, pattern=r"^[^\x00]*$")]


class AllowanceLine(Answer):
    """How many points may be moved without approval, given and taken together."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [_ONE]})

    email: str | None = Field(description="null = everybody without an own one.")
    per_day: int
    per_month: int
    set_by: str | None = Field(description="null = nobody; the app's own proposal holds.")
    set_at: datetime | None


class AllowanceList(Answer):
    """All allowances, everybody's first."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"items": [_EVERYBODY, _ONE]}]},
    )

    items: list[AllowanceLine]


class AllowanceInput(Answer):
    """An allowance to set."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"email": "agent@example.com", "per_day": 2000, "per_month": 20000}]
        },
    )

    email: Email | None = Field(description="Of a staff member; null = everybody without one.")
    per_day: StrictInt = Field(ge=0, le=MOST_POINTS, description="0 = everything is approved.")
    per_month: StrictInt = Field(ge=0, le=MOST_POINTS)

    @model_validator(mode="after")
    def _day_within_month(self) -> Self:
        if self.per_day > self.per_month:
            raise PydanticCustomError("day_above_month", "a day holds no more than its month")
        return self


@router.get("", responses=documented(*OF_STAFF, *OF_SERVING))
async def list_allowances(faces: FacesOf, staff: StaffOf) -> AllowanceList:
    """Who may move how many points by hand."""
    staff.need(TO_SET_UP)
    await faces.gate.read(staff.key)
    return await faces.database.read_async(lambda conn: _read(conn, staff))


@router.put(
    "",
    responses=documented(
        *OF_STAFF, *OF_SERVING, (400, "request_unreadable", {}), (422, "invalid_staff_email", {})
    ),
)
async def set_allowance(faces: FacesOf, staff: StaffOf, what: AllowanceInput) -> AllowanceList:
    """Sets the allowance of one staff member, or of everybody else."""
    staff.need(TO_SET_UP)
    await faces.gate.serve_customer(staff.key)
    now, wanted = faces.clock(), Allowance(what.per_day, what.per_month)
    email = allowances.EVERYBODY if what.email is None else normalize_email(what.email)
    if what.email is not None and not email:
        raise InvalidStaffEmail

    def write(conn: Connection) -> AllowanceList:
        store = still_active(conn, staff.store)
        before = allowances.set_allowance(conn, store.id, email, wanted, actor=staff.actor, now=now)
        staff_actions.note(
            conn,
            store.id,
            actor=staff.actor,
            kind="allowance_set",
            subject="allowance:own" if email else "allowance:everybody",
            before={"per_day": before.per_day, "per_month": before.per_month},
            after={"per_day": wanted.per_day, "per_month": wanted.per_month},
            now=now,
        )
        return _read(conn, staff)

    return await faces.database.write_async(write)


@router.delete("", responses=documented(*OF_STAFF, *OF_SERVING, (404, "allowance_unknown", {})))
async def drop_allowance(
    faces: FacesOf,
    staff: StaffOf,
    email: Annotated[str, Query(max_length=allowances.LONGEST_EMAIL, pattern=r"^[^\x00]*$")] = "",
) -> AllowanceList:
    """Everybody's allowance holds for an address again; without one, the app's own proposal."""
    staff.need(TO_SET_UP)
    await faces.gate.serve_customer(staff.key)
    now, whose = faces.clock(), normalize_email(email)

    def write(conn: Connection) -> AllowanceList:
        store = still_active(conn, staff.store)
        before = allowances.drop_allowance(conn, store.id, whose)
        staff_actions.note(
            conn,
            store.id,
            actor=staff.actor,
            kind="allowance_dropped",
            subject="allowance:own" if whose else "allowance:everybody",
            before={"per_day": before.per_day, "per_month": before.per_month},
            now=now,
        )
        return _read(conn, staff)

    return await faces.database.write_async(write)


def _read(conn: Connection, staff: Staff) -> AllowanceList:
    store = still_active(conn, staff.store)
    found = allowances.allowances(conn, store.id)
    names = staff_names(conn, store.id, [one.set_by for one in found])
    lines = [
        AllowanceLine(
            email=one.email or None,
            per_day=one.allowance.per_day,
            per_month=one.allowance.per_month,
            set_by=names[one.set_by],
            set_at=one.set_at,
        )
        for one in found
    ]
    if not any(line.email is None for line in lines):
        proposed = AllowanceLine(
            email=None,
            per_day=DEFAULT.per_day,
            per_month=DEFAULT.per_month,
            set_by=None,
            set_at=None,
        )
        lines.insert(0, proposed)
    return on_its_clocks(AllowanceList(items=lines), store)
