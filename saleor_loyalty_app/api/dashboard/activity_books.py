"""What was spent, whether the books add up, and who changed what: `/activity`."""

from collections.abc import Sequence
from typing import Annotated, Final, Literal

from fastapi import Query
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.dashboard.activity_inbox import (
    Since,
    Until,
    next_of,
    zone_of,
    zoned,
)
from saleor_loyalty_app.api.dashboard.activity_schemas import (
    After,
    AuditOfBooks,
    AuditsOfBooks,
    First,
    NotedAction,
    NotedActions,
    RedemptionInList,
    RedemptionsOfStore,
    WaitingCase,
    WaitingCases,
    Word,
)
from saleor_loyalty_app.api.dashboard.cases import Case
from saleor_loyalty_app.api.dashboard.refusals import OF_SERVING, OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_SEE_MEMBERS, TO_SET_UP, StaffOf
from saleor_loyalty_app.api.dashboard.staff_names import staff_names
from saleor_loyalty_app.api.errors import Refusal, documented
from saleor_loyalty_app.api.opaque import number_after
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.flows import decide_case
from saleor_loyalty_app.flows.audit_store import ask_audit
from saleor_loyalty_app.insights import audits
from saleor_loyalty_app.rewards import browsing
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.stores import staff_actions

router = staff_router("/activity")
RedemptionState = Literal[
    "held", "issued", "attached", "consumed", "restored", "released", "expired", "failed"
]
_LIST: Final[tuple[Refusal, ...]] = (
    (400, "invalid_cursor", {}),
    (422, "request_invalid", {"fields": []}),
)


@router.get("/redemptions", responses=documented(*OF_STAFF, *_LIST))
async def list_redemptions_of_store(
    faces: FacesOf,
    staff: StaffOf,
    language: Language,
    state: Annotated[list[RedemptionState] | None, Query(description="One of these.")] = None,
    channel: Word = None,
    since: Since = None,
    until: Until = None,
    first: First = 25,
    after: After = None,
) -> RedemptionsOfStore:
    """All redemptions of the store, newest first."""
    staff.need_one(TO_SEE_MEMBERS)
    before = number_after(after)
    wanted = browsing.Wanted(state or None, channel, zoned(since), zoned(until))

    def read(conn: Connection) -> list[RedemptionRef]:
        store = still_active(conn, staff.store)
        return browsing.of_store(conn, store.id, wanted, first=first + 1, before=before)

    found = await faces.database.read_async(read)
    return RedemptionsOfStore(
        items=[RedemptionInList.of(one, language, zone_of(staff)) for one in found[:first]],
        next=next_of([one.id for one in found], first),
    )


@router.get("/cases", responses=documented(*OF_STAFF, *_LIST))
async def list_waiting_cases(
    faces: FacesOf, staff: StaffOf, language: Language, first: First = 25, after: After = None
) -> WaitingCases:
    """The cases that wait to be decided, oldest first; `POST /cases/{case}` decides one."""
    staff.need_one(TO_SEE_MEMBERS)
    start = number_after(after)

    def read(conn: Connection) -> tuple[list[decide_case.Case], int]:
        store = still_active(conn, staff.store)
        page = decide_case.open_cases(conn, store.id, first=first + 1, after=start)
        return page, decide_case.count_open(conn, store.id)

    found, waiting = await faces.database.read_async(read)
    return WaitingCases(
        items=[
            WaitingCase(case=Case.of(one, zone_of(staff), language), member=str(one.member_id))
            for one in found[:first]
        ],
        next=next_of([one.id for one in found], first),
        open=waiting,
    )


@router.get("/audits", responses=documented(*OF_STAFF, *_LIST))
async def list_audits(
    faces: FacesOf, staff: StaffOf, language: Language, first: First = 10, after: After = None
) -> AuditsOfBooks:
    """The recomputations of the books, newest first: every night's, and those asked for."""
    before = number_after(after)

    def read(conn: Connection) -> tuple[list[audits.Audit], dict[str, str]]:
        store = still_active(conn, staff.store)
        found = audits.page(conn, store.id, first + 1, before)
        return found, staff_names(conn, store.id, (one.asked_by for one in found), language)

    found, names = await faces.database.read_async(read)
    return AuditsOfBooks(
        items=[AuditOfBooks.of(one, language, names, zone_of(staff)) for one in found[:first]],
        next=next_of([one.id for one in found], first),
    )


@router.post("/audits", status_code=202, responses=documented(*OF_STAFF, *OF_SERVING))
async def begin_audit(faces: FacesOf, staff: StaffOf, language: Language) -> AuditOfBooks:
    """Has the books recomputed; the audit under way is given where there is one."""
    staff.need(TO_SET_UP)
    await faces.gate.serve_customer(staff.key)
    now = faces.clock()

    def write(conn: Connection) -> tuple[audits.Audit, dict[str, str]]:
        store = still_active(conn, staff.store)
        asked = ask_audit(conn, store, by=staff.actor, now=now)
        return asked, staff_names(conn, store.id, [asked.asked_by], language)

    asked, names = await faces.database.write_async(write)
    return AuditOfBooks.of(asked, language, names, zone_of(staff))


@router.get("/staff-actions", responses=documented(*OF_STAFF, *_LIST))
async def list_staff_actions(
    faces: FacesOf,
    staff: StaffOf,
    language: Language,
    kind: Word = None,
    subject: Annotated[str | None, Query(min_length=1, max_length=200)] = None,
    actor: Annotated[str | None, Query(min_length=1, max_length=200)] = None,
    first: First = 25,
    after: After = None,
) -> NotedActions:
    """Who changed what, newest first."""
    before = number_after(after)

    def read(conn: Connection) -> tuple[Sequence[staff_actions.Action], dict[str, str]]:
        store = still_active(conn, staff.store)
        found = staff_actions.page(
            conn, store.id, first + 1, before, kind=kind, subject=subject, actor=actor
        )
        return found, staff_names(conn, store.id, (one.actor for one in found), language)

    found, names = await faces.database.read_async(read)
    return NotedActions(
        items=[NotedAction.of(one, language, names, zone_of(staff)) for one in found[:first]],
        next=next_of([one.id for one in found], first),
    )
