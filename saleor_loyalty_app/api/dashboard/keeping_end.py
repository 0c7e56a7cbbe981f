"""The end of the program: planned, changed, called off, and what is left expired: `/end`."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import FacesOf
from saleor_loyalty_app.api.dashboard.keeping_schemas import (
    EndExpiryInput,
    EndInput,
    EndLeft,
    EndPage,
    EndPlan,
    EndStep,
    EndVersion,
)
from saleor_loyalty_app.api.dashboard.refusals import OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_SET_UP, StaffOf
from saleor_loyalty_app.api.errors import Refusal, documented
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.flows.wind_down import call_off, expire_what_is_left, plan_end
from saleor_loyalty_app.flows.wind_down_left import left
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.wind_downs import Plan, standing_plan

router = staff_router()
_WRITES: tuple[Refusal, ...] = (
    *OF_STAFF,
    (400, "request_unreadable", {}),
    (409, "end_changed", {}),
    (422, "request_invalid", {"fields": []}),
)
_UNPLANNED: Refusal = (404, "end_not_planned", {})


@router.get("/end", responses=documented(*OF_STAFF))
async def read_end(faces: FacesOf, staff: StaffOf) -> EndPage:
    """Whether the program ends, when, how far that is and what is left."""
    staff.need(TO_SET_UP)
    now = faces.clock()
    return await faces.database.read_async(
        lambda conn: _page(conn, still_active(conn, staff.store), now)
    )


@router.put(
    "/end",
    responses=documented(
        *_WRITES,
        (409, "end_step_done", {"step": "earning"}),
        (422, "end_dates_invalid", {"problem": "order", "today": "2027-01-01"}),
    ),
)
async def plan(faces: FacesOf, staff: StaffOf, what: EndInput) -> EndPage:
    """Plans the end, or changes its dates as long as they have not come."""
    staff.need(TO_SET_UP)
    now = faces.clock()

    def write(conn: Connection) -> EndPage:
        store = still_active(conn, staff.store)
        plan_end(
            conn,
            store,
            earning_ends_on=what.earning_ends_on,
            last_spending_on=what.last_spending_on,
            tell_members=what.tell_members,
            version=what.version,
            actor=staff.actor,
            now=now,
        )
        return _page(conn, store, now)

    return await faces.database.write_async(write)


@router.post("/end/call-off", responses=documented(*_WRITES, _UNPLANNED))
async def call_end_off(faces: FacesOf, staff: StaffOf, what: EndVersion) -> EndPage:
    """The program goes on; what has happened stays as it is."""
    staff.need(TO_SET_UP)
    now = faces.clock()

    def write(conn: Connection) -> EndPage:
        store = still_active(conn, staff.store)
        call_off(conn, store, version=what.version, actor=staff.actor, now=now)
        return _page(conn, store, now)

    return await faces.database.write_async(write)


@router.post(
    "/end/expiry",
    responses=documented(
        *_WRITES,
        _UNPLANNED,
        (409, "points_still_spendable", {}),
        (409, "rewards_still_waiting", {"count": 3}),
        (409, "points_changed", {"points": 120}),
    ),
)
async def expire_rest(faces: FacesOf, staff: StaffOf, what: EndExpiryInput) -> EndPage:
    """Confirms that the points that are left expire, by entries in the books."""
    staff.need(TO_SET_UP)
    now = faces.clock()

    def write(conn: Connection) -> EndPage:
        store = still_active(conn, staff.store)
        expire_what_is_left(
            conn,
            store,
            version=what.version,
            points=what.points,
            actor=staff.actor,
            now=now,
        )
        return _page(conn, store, now)

    return await faces.database.write_async(write)


def _page(conn: Connection, store: StoreRef, now: datetime) -> EndPage:
    found = standing_plan(conn, store.id)
    rest = left(conn, store.id)
    return EndPage(
        today=now.astimezone(ZoneInfo(store.timezone)).date(),
        plan=None if found is None else _plan(found),
        left=EndLeft(
            members=rest.members,
            points=rest.points,
            held=rest.held,
            codes=rest.live,
            paying=rest.paying,
            waiting=rest.waiting,
        ),
        may_expire=found is not None
        and found.codes_ended_at is not None
        and found.expiry_asked_at is None
        and rest.waiting == 0
        and rest.points > 0,
    )


def _plan(found: Plan) -> EndPlan:
    steps = [
        EndStep(name="earning_ended", due_at=found.earning_ends_at, done_at=found.earning_ended_at),
        EndStep(
            name="spending_ended", due_at=found.spending_ends_at, done_at=found.spending_ended_at
        ),
        EndStep(name="codes_ended", due_at=None, done_at=found.codes_ended_at),
    ]
    if found.tell_members:
        steps.insert(0, EndStep(name="announced", due_at=found.planned_at, done_at=found.told_at))
    if found.expiry_asked_at is not None:
        steps.append(
            EndStep(name="expired", due_at=found.expiry_asked_at, done_at=found.expired_at)
        )
    return EndPlan(
        version=found.version,
        earning_ends_on=date.fromisoformat(found.earning_ends_on),
        last_spending_on=date.fromisoformat(found.last_spending_on),
        tell_members=found.tell_members,
        planned_at=found.planned_at,
        steps=steps,
        expired_points=found.expired_points,
    )
