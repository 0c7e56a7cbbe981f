"""Members as staff find and read them: `/members`."""

from datetime import UTC, date, datetime, time
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import Query
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.dashboard.members_reading import (
    read_lots,
    read_member,
    read_redemptions,
    read_statement,
)
from saleor_loyalty_app.api.dashboard.members_schemas import (
    After,
    First,
    LotPage,
    MemberDetail,
    MemberId,
    MemberLine,
    MemberPage,
    MemberRedemptions,
    StatementPage,
    next_of,
    number_of,
    on_its_clocks,
    place_of,
)
from saleor_loyalty_app.api.dashboard.refusals import OF_SERVING, OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_SEE_MEMBERS, StaffOf
from saleor_loyalty_app.api.errors import documented
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.api.units import POINTS, AskedUnit
from saleor_loyalty_app.flows.find_members import (
    LONGEST_WINDOW,
    FoundMember,
    MemberFilter,
    find_members,
)
from saleor_loyalty_app.members import search_terms
from saleor_loyalty_app.rewards.quote import MOST_POINTS

router = staff_router("/members")
State = Literal["guest", "invited", "active", "paused", "blocked", "left", "erased"]
Points = Annotated[int | None, Query(ge=0, le=MOST_POINTS * 1_000)]
_OF_LISTS = documented(*OF_STAFF, *OF_SERVING, (400, "invalid_cursor", {}))
_OF_ONE = documented(*OF_STAFF, *OF_SERVING, (404, "member_not_found", {}))
_OF_LISTS_OF_ONE = documented(
    *OF_STAFF, *OF_SERVING, (400, "invalid_cursor", {}), (404, "member_not_found", {})
)


@router.get("", responses=_OF_LISTS)
async def list_members(
    faces: FacesOf,
    staff: StaffOf,
    q: Annotated[
        str,
        Query(
            max_length=search_terms.LONGEST,
            description="The beginning of a name or address, a whole address, Saleor's id of a "
            "customer or order, or the number of a member or order (`#18` = of an order).",
        ),
    ] = "",
    state: State | None = None,
    blocked: Annotated[bool | None, Query(description="Something of them is blocked.")] = None,
    debt: Annotated[bool | None, Query(description="They owe points.")] = None,
    least: Points = None,
    most: Points = None,
    expiring_days: Annotated[
        int | None, Query(ge=1, le=LONGEST_WINDOW, description="Points expire within these days.")
    ] = None,
    joined_since: Annotated[date | None, Query(description="A day of the store's.")] = None,
    to_do: Annotated[bool | None, Query(description="A note about them is due.")] = None,
    user_id: Annotated[
        str | None,
        Query(pattern=r"^[A-Za-z0-9+/=_-]{1,200}$", description="Saleor's id of the customer."),
    ] = None,
    first: First = 25,
    after: After = None,
) -> MemberPage:
    """Members, the newest first. Who became another member is found as that one."""
    staff.need_one(TO_SEE_MEMBERS)
    await faces.gate.read(staff.key)
    terms, before, now = search_terms.search_terms(q), place_of(after), faces.clock()
    if q.strip() and terms is None:
        return MemberPage(items=[], next=None)

    def read(conn: Connection) -> list[FoundMember]:
        store = still_active(conn, staff.store)
        zone = ZoneInfo(store.timezone)
        wanted = MemberFilter(
            state=state,
            blocked=blocked,
            in_debt=debt,
            least=least,
            most=most,
            expiring_days=expiring_days,
            joined_since=_start_of(joined_since, zone),
            to_do_by=now.astimezone(zone).date() if to_do else None,
            user_id=user_id,
        )
        return find_members(
            conn,
            store.id,
            wanted,
            terms,
            keys=faces.email_keys,
            first=first + 1,
            before=before,
            now=now,
        )

    found = await faces.database.read_async(read)
    more = len(found) > first
    page = MemberPage(
        items=[MemberLine.of(one) for one in found[:first]],
        next=next_of(found[first - 1].id if more else None),
    )
    return on_its_clocks(page, staff.store)


@router.get("/{member}", responses=_OF_ONE)
async def show_member(faces: FacesOf, staff: StaffOf, member: MemberId) -> MemberDetail:
    """One member with what they have."""
    staff.need_one(TO_SEE_MEMBERS)
    await faces.gate.read(staff.key)
    number, now = number_of(member), faces.clock()
    found = await faces.database.read_async(
        lambda conn: read_member(conn, staff, number, keys=faces.email_keys, now=now)
    )
    return on_its_clocks(found, staff.store)


@router.get("/{member}/lots", responses=_OF_LISTS_OF_ONE)
async def list_lots(
    faces: FacesOf, staff: StaffOf, member: MemberId, first: First = 25, after: After = None
) -> LotPage:
    """What is left of the member's earnings, in the order in which it is spent."""
    staff.need_one(TO_SEE_MEMBERS)
    await faces.gate.read(staff.key)
    number, place, now = number_of(member), place_of(after), faces.clock()
    place = None if place is None else min(place, 2**31 - 1)
    found = await faces.database.read_async(
        lambda conn: read_lots(conn, staff, number, first=first, after=place, now=now)
    )
    return on_its_clocks(found, staff.store)


@router.get("/{member}/statement", responses=_OF_LISTS_OF_ONE)
async def list_movements(
    faces: FacesOf,
    staff: StaffOf,
    language: Language,
    member: MemberId,
    unit: AskedUnit = POINTS,
    first: First = 25,
    after: After = None,
) -> StatementPage:
    """The member's movements in one unit, newest first, each with its explanation."""
    staff.need_one(TO_SEE_MEMBERS)
    await faces.gate.read(staff.key)
    number, place, now = number_of(member), place_of(after), faces.clock()
    found = await faces.database.read_async(
        lambda conn: read_statement(
            conn, staff, number, unit=unit, first=first, after=place, now=now, language=language
        )
    )
    return on_its_clocks(found, staff.store)


@router.get("/{member}/redemptions", responses=_OF_LISTS_OF_ONE)
async def list_redemptions_of_member(
    faces: FacesOf,
    staff: StaffOf,
    language: Language,
    member: MemberId,
    first: First = 25,
    after: After = None,
) -> MemberRedemptions:
    """The member's redemptions, newest first; `DELETE /redemptions/{id}` cancels one."""
    staff.need_one(TO_SEE_MEMBERS)
    await faces.gate.read(staff.key)
    number, place = number_of(member), place_of(after)
    found = await faces.database.read_async(
        lambda conn: read_redemptions(
            conn, staff, number, first=first, after=place, language=language
        )
    )
    return on_its_clocks(found, staff.store)


def _start_of(day: date | None, zone: ZoneInfo) -> datetime | None:
    if day is None:
        return None
    if day.year in (1, 9999):
        return datetime.combine(day, time(), tzinfo=UTC)
    return datetime.combine(day, time(), tzinfo=zone)
