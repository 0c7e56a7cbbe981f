"""Points by hand: giving and taking, budgets, and requests that wait for approval."""

from datetime import datetime
from typing import Annotated

from fastapi import Path, Query, Response
from sqlalchemy.engine import Connection

from saleor_loyalty_app.adjustments import repository
from saleor_loyalty_app.adjustments.reasons import Reason
from saleor_loyalty_app.adjustments.repository import AdjustmentRef
from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.dashboard.members_points_schemas import (
    AdjustmentLine,
    AdjustmentPage,
    DecisionInput,
    PointsInput,
    PointsTerms,
    ReasonTerms,
    SpendingChannel,
)
from saleor_loyalty_app.api.dashboard.members_reading import staff_names
from saleor_loyalty_app.api.dashboard.members_schemas import (
    After,
    First,
    MemberId,
    next_of,
    number_of,
    on_its_clocks,
    place_of,
)
from saleor_loyalty_app.api.dashboard.refusals import OF_SERVING, OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import (
    TO_CHANGE,
    TO_GIVE,
    TO_SEE_MEMBERS,
    Staff,
    StaffOf,
)
from saleor_loyalty_app.api.errors import Refusal, documented
from saleor_loyalty_app.api.redemption_answers import IdempotencyKey
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.flows.give_points import (
    Agent,
    Decision,
    GiveRequest,
    budget_of,
    decide,
    give,
)
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.members.repository import merged_members, names_of
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import channels

router = staff_router()
#: Why points are not moved, for the documentation.
OF_MOVING: tuple[Refusal, ...] = (
    (400, "request_unreadable", {}),
    (403, "own_account", {}),
    (404, "member_not_found", {}),
    (409, "member_erased", {}),
    (409, "wrong_member_state", {"state": "left"}),
    (409, "earning_blocked", {}),
    (409, "no_program", {}),
    (409, "insufficient_points", {"available": 120, "needed": 250, "unit": "points"}),
)


def agent_of(staff: Staff) -> Agent:
    """The staff member as the flows know them."""
    return Agent(staff.user_id, staff.email)


@router.get("/points-terms", responses=documented(*OF_STAFF, *OF_SERVING))
async def read_terms(faces: FacesOf, staff: StaffOf, language: Language) -> PointsTerms:
    """What the person may give and take by hand now, and for which reasons."""
    await faces.gate.read(staff.key)
    now = faces.clock()

    def read(conn: Connection) -> PointsTerms:
        store = still_active(conn, staff.store)
        budget = budget_of(conn, store, agent_of(staff), now=now)
        return PointsTerms(
            may_give=staff.may(TO_GIVE),
            may_decide=staff.may(TO_CHANGE),
            per_day=budget.allowance.per_day,
            per_month=budget.allowance.per_month,
            left_today=budget.left_today,
            left_this_month=budget.left_this_month,
            reasons=[
                ReasonTerms(
                    code=reason.value,
                    name=translate(f"reason.{reason.value}", language),
                    gives=reason.gives,
                    takes=reason.takes,
                )
                for reason in Reason
            ],
            waiting=repository.count_waiting(conn, store.id),
            channels=_spending_channels(conn, store, now),
        )

    return await faces.database.read_async(read)


@router.post(
    "/members/{member}/points",
    status_code=201,
    responses={
        202: {
            "model": AdjustmentLine,
            "description": "It goes beyond the person's budget and waits for approval.",
        },
        **documented(
            *OF_STAFF,
            *OF_SERVING,
            *OF_MOVING,
            (409, "idempotency_conflict", {"key": "0b9ff1c2"}),
            (422, "reason_unfit", {"reason": "misuse"}),
            (422, "note_needed", {}),
            (422, "invalid_amount", {"amount": "0", "maximum": 10**12}),
        ),
    },
)
async def move_points(
    response: Response,
    faces: FacesOf,
    staff: StaffOf,
    language: Language,
    member: MemberId,
    what: PointsInput,
    idempotency_key: IdempotencyKey,
) -> AdjustmentLine:
    """Gives points to a member, or takes them: at once, or after approval."""
    staff.need(TO_GIVE)
    await faces.gate.serve_customer(staff.key)
    wish = GiveRequest(
        number_of(member), what.points, what.reason, what.note, agent_of(staff), idempotency_key
    )
    now = faces.clock()

    def write(conn: Connection) -> AdjustmentLine:
        store = still_active(conn, staff.store)
        made = give(conn, store, wish, keys=faces.email_keys, now=now)
        return _told(conn, store, [made], staff, language)[0]

    made = await faces.database.write_async(write)
    if made.state == "waiting":
        response.status_code = 202
    return made


@router.get(
    "/adjustments",
    responses=documented(
        *OF_STAFF, *OF_SERVING, (400, "invalid_cursor", {}), (404, "member_not_found", {})
    ),
)
async def list_adjustments(
    faces: FacesOf,
    staff: StaffOf,
    language: Language,
    state: Annotated[
        str | None, Query(pattern="^(waiting|posted|refused|withdrawn)$", description="Only those.")
    ] = None,
    member: Annotated[str | None, Query(max_length=40, description="Only of this member.")] = None,
    first: First = 25,
    after: After = None,
) -> AdjustmentPage:
    """Points moved by hand and requests for it, newest first."""
    staff.need_one(TO_SEE_MEMBERS | TO_CHANGE)
    await faces.gate.read(staff.key)
    before = place_of(after)
    number = None if member is None else number_of(member)

    def read(conn: Connection) -> AdjustmentPage:
        store = still_active(conn, staff.store)
        whose = [] if number is None else [number, *merged_members(conn, store.id, number)]
        found = repository.page(
            conn, store.id, first=first + 1, before=before, state=state, member_ids=whose
        )
        return AdjustmentPage(
            items=_told(conn, store, found[:first], staff, language),
            next=next_of(found[first - 1].id if len(found) > first else None),
            waiting=repository.count_waiting(conn, store.id),
        )

    return await faces.database.read_async(read)


@router.post(
    "/adjustments/{adjustment}",
    responses=documented(
        *OF_STAFF,
        *OF_SERVING,
        *OF_MOVING,
        (403, "own_request", {}),
        (403, "request_of_another", {}),
        (404, "adjustment_unknown", {}),
        (409, "adjustment_decided", {"state": "refused"}),
    ),
)
async def decide_adjustment(
    faces: FacesOf,
    staff: StaffOf,
    language: Language,
    adjustment: Annotated[int, Path(ge=1, lt=2**63)],
    what: DecisionInput,
) -> AdjustmentLine:
    """Approves, refuses or withdraws a request; doing the same again changes nothing."""
    staff.need(TO_GIVE if what.decision is Decision.withdraw else TO_CHANGE)
    await faces.gate.serve_customer(staff.key)
    now = faces.clock()

    def write(conn: Connection) -> AdjustmentLine:
        store = still_active(conn, staff.store)
        made = decide(
            conn,
            store,
            adjustment,
            what.decision,
            agent_of(staff),
            what.note,
            keys=faces.email_keys,
            now=now,
        )
        return _told(conn, store, [made], staff, language)[0]

    return await faces.database.write_async(write)


def _spending_channels(conn: Connection, store: StoreRef, now: datetime) -> list[SpendingChannel]:
    revision = revision_at(conn, store.id, now)
    rates = revision.program.currencies if revision else ()
    spent_in = {one.channel for one in rates if one.spend_rate is not None}
    return [
        SpendingChannel(slug=one.slug, name=one.name, currency=one.currency)
        for one in channels(conn, store.id)
        if one.slug in spent_in and one.active
    ]


def _told(
    conn: Connection, store: StoreRef, found: list[AdjustmentRef], staff: Staff, language: str
) -> list[AdjustmentLine]:
    actors = [actor for made in found for actor in (made.requested_by, made.decided_by) if actor]
    names = staff_names(conn, store.id, actors)
    called = names_of(conn, store.id, [made.member_id for made in found])
    return [
        on_its_clocks(AdjustmentLine.of(made, names, called, staff, language), store)
        for made in found
    ]
