"""Orders that used a code beyond its points, and what staff decide of them: `/cases`."""

from datetime import datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.dashboard.refusals import OF_SERVING, OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_SEE_MEMBERS, TO_SERVE, StaffOf
from saleor_loyalty_app.api.errors import documented
from saleor_loyalty_app.api.money import Money
from saleor_loyalty_app.api.opaque import CursorInvalid, case_id, case_number
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.api.storefront.schemas import PageInfo
from saleor_loyalty_app.flows import decide_case
from saleor_loyalty_app.rewards.gift_told import gives_words, takes_off

router = staff_router("/cases")
Choice = Literal["charge", "restore", "dismiss"]
_EXAMPLE: dict[str, JsonValue] = {
    "id": "Y2FzZTox",
    "redemption": "rd_3f9a61c07be24d58a1c6e092",
    "order_id": "T3JkZXI6MTg=",
    "order_number": "18",
    "kind": "second",
    "by_stranger": False,
    "state": "open",
    "choices": ["charge", "dismiss"],
    "points": 250,
    "discount": {"amount": "5.00", "currency": "USD"},
    "gives": None,
    "seen_at": "2027-01-04T09:30:00Z",
    "decided_at": None,
    "decided_by": None,
}


class Case(BaseModel):
    """An order that got a discount for which no points were spent, or somebody else's."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"examples": [_EXAMPLE]}
    )

    id: str = Field(description="Opaque and stable.")
    redemption: str = Field(description="The redemption whose code was used.")
    order_id: str
    order_number: str
    kind: str = Field(
        description="second (again by the owner), foreign (by somebody else), late (after the "
        "points had gone back), first (the use that spent the points, by a stranger)."
    )
    by_stranger: bool = Field(description="The order's customer is not the owner of the points.")
    state: str = Field(description="open, charged, restored, dismissed or settled.")
    choices: list[str] = Field(description="How it can be decided; none = it is.")
    points: int = Field(ge=0, description="What charging takes or restoring gives back.")
    discount: Money = Field(description="What the code took off; 0 where that is no amount.")
    gives: str | None = Field(
        description="Of a reward that is no amount off the goods, what it gave, in words."
    )
    seen_at: datetime
    decided_at: datetime | None
    decided_by: str | None = Field(description="The staff member, as `user:<id>`.")

    @classmethod
    def of(cls, case: decide_case.Case, zone: ZoneInfo, language: str) -> "Case":
        """What is told of a case."""
        return cls(
            id=case_id(case.id),
            redemption=case.redemption,
            order_id=case.order_id,
            order_number=case.order_number,
            kind=case.kind,
            by_stranger=case.by_stranger,
            state=case.state,
            choices=list(case.choices),
            points=case.points,
            discount=Money.of(takes_off(case.terms, case.amount), case.currency),
            gives=gives_words(case.terms, case.amount, case.currency, language),
            seen_at=case.seen_at.astimezone(zone),
            decided_at=None if case.decided_at is None else case.decided_at.astimezone(zone),
            decided_by=case.decided_by or None,
        )


class Cases(BaseModel):
    """A page of the cases that wait to be decided, oldest first."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "cases": [_EXAMPLE],
                    "page_info": {"has_next_page": False, "end_cursor": None},
                    "open": 1,
                }
            ]
        },
    )

    cases: list[Case]
    page_info: PageInfo
    open: int = Field(ge=0, description="How many wait in all.")


class CaseInput(BaseModel):
    """How a case is decided."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"decision": "charge"}]}
    )

    decision: Choice = Field(
        description="charge takes the points once more, as debt where there are too few; restore "
        "gives back what a stranger spent; dismiss leaves all as it is."
    )


@router.get("", responses=documented(*OF_STAFF, *OF_SERVING, (400, "invalid_cursor", {})))
async def list_cases(
    faces: FacesOf,
    staff: StaffOf,
    language: Language,
    first: Annotated[int, Query(ge=1, le=100, description="How many at most.")] = 20,
    after: Annotated[
        str | None, Query(max_length=100, description="`end_cursor` of the page before.")
    ] = None,
) -> Cases:
    """The cases that wait to be decided, oldest first."""
    staff.need_one(TO_SEE_MEMBERS)
    await faces.gate.serve_customer(staff.key)
    start = None if after is None else case_number(after)
    if after is not None and start is None:
        raise CursorInvalid

    def read(conn: Connection) -> tuple[list[decide_case.Case], int]:
        store = still_active(conn, staff.store)
        page = decide_case.open_cases(conn, store.id, first=first + 1, after=start)
        return page, decide_case.count_open(conn, store.id)

    found, waiting = await faces.database.read_async(read)
    more = len(found) > first
    return Cases(
        cases=[Case.of(case, ZoneInfo(staff.store.timezone), language) for case in found[:first]],
        page_info=PageInfo(
            has_next_page=more, end_cursor=case_id(found[first - 1].id) if more else None
        ),
        open=waiting,
    )


@router.post(
    "/{case}",
    responses=documented(
        *OF_STAFF,
        *OF_SERVING,
        (400, "request_unreadable", {}),
        (404, "case_unknown", {}),
        (409, "case_decided", {"state": "charged"}),
        (409, "case_choice", {"choices": ["charge", "dismiss"]}),
    ),
)
async def decide(
    faces: FacesOf,
    staff: StaffOf,
    language: Language,
    case: Annotated[str, Path(max_length=100, description="`id` of the case.")],
    what: CaseInput,
) -> Case:
    """Decides a case; deciding the same again changes nothing."""
    staff.need(TO_SERVE)
    await faces.gate.serve_customer(staff.key)
    number, now = case_number(case), faces.clock()
    if number is None:
        raise decide_case.CaseUnknown

    def write(conn: Connection) -> decide_case.Case:
        store = still_active(conn, staff.store)
        return decide_case.decide(conn, store, number, what.decision, staff.actor, now)

    decided = await faces.database.write_async(write)
    return Case.of(decided, ZoneInfo(staff.store.timezone), language)
