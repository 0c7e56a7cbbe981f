"""Goodwill: orders that went wrong, and what staff give for it: `/goodwill`."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from fastapi import Path, Query
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.dashboard.goodwill_schemas import (
    ComplaintInput,
    GoodwillInput,
    GoodwillNumbers,
    GoodwillPage,
    GoodwillPrompt,
)
from saleor_loyalty_app.api.dashboard.members_points import OF_MOVING, agent_of
from saleor_loyalty_app.api.dashboard.members_schemas import (
    After,
    First,
    next_of,
    on_its_clocks,
    place_of,
)
from saleor_loyalty_app.api.dashboard.refusals import OF_SERVING, OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_GIVE, TO_SEE_MEMBERS, StaffOf
from saleor_loyalty_app.api.dashboard.staff_names import staff_names
from saleor_loyalty_app.api.errors import documented
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.flows.decide_goodwill import GoodwillDecision, decide_goodwill
from saleor_loyalty_app.flows.give_points import Automatic, automatic_budget
from saleor_loyalty_app.flows.open_goodwill import open_complaint
from saleor_loyalty_app.goodwill import prompts
from saleor_loyalty_app.goodwill.prompts import Prompt
from saleor_loyalty_app.members.repository import names_of
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.stores.refs import StoreRef

router = staff_router("/goodwill")
#: How far back the numbers go.
DAYS = 90


@router.get("", responses=documented(*OF_STAFF, *OF_SERVING, (400, "invalid_cursor", {})))
async def list_goodwill(
    faces: FacesOf,
    staff: StaffOf,
    language: Language,
    decided: Annotated[
        bool, Query(description="Those that were decided, newest first; else those that wait.")
    ] = False,
    first: First = 25,
    after: After = None,
) -> GoodwillPage:
    """Orders that went wrong: those that wait for staff, oldest first, or those decided."""
    staff.need_one(TO_SEE_MEMBERS)
    await faces.gate.read(staff.key)
    place = place_of(after)

    def read(conn: Connection) -> GoodwillPage:
        store = still_active(conn, staff.store)
        found = prompts.page(conn, store.id, waiting=not decided, first=first + 1, after=place)
        return GoodwillPage(
            items=_told(conn, store, found[:first], language),
            next=next_of(found[first - 1].id if len(found) > first else None),
            open=prompts.count_open(conn, store.id),
        )

    return await faces.database.read_async(read)


@router.get("/numbers", responses=documented(*OF_STAFF))
async def read_goodwill_numbers(faces: FacesOf, staff: StaffOf) -> GoodwillNumbers:
    """What goodwill was given in the last 90 days, and what is left of the month's budget."""
    now = faces.clock()

    def read(conn: Connection) -> GoodwillNumbers:
        store = still_active(conn, staff.store)
        revision = revision_at(conn, store.id, now)
        section = None if revision is None else revision.program.goodwill
        budget = None if section is None else section.automatic_points
        left = None
        if budget is not None:
            left = automatic_budget(conn, store, Automatic(budget), now=now).left_this_month
        return GoodwillNumbers(
            days=DAYS,
            open=prompts.count_open(conn, store.id),
            signals=GoodwillNumbers.by_signal(
                prompts.tallies(conn, store.id, now - timedelta(days=DAYS))
            ),
            automatic_left=left,
        )

    return await faces.database.read_async(read)


@router.post(
    "",
    status_code=201,
    responses=documented(
        *OF_STAFF,
        *OF_SERVING,
        (400, "request_unreadable", {}),
        (404, "goodwill_order", {}),
        (409, "goodwill_off", {"signal": "complaint"}),
    ),
)
async def note_complaint(
    faces: FacesOf, staff: StaffOf, language: Language, what: ComplaintInput
) -> GoodwillPrompt:
    """Notes that a customer complained of an order; the same order again gives the same prompt."""
    staff.need_one(TO_SEE_MEMBERS)
    await faces.gate.serve_customer(staff.key)
    now = faces.clock()

    def write(conn: Connection) -> GoodwillPrompt:
        store = still_active(conn, staff.store)
        made = open_complaint(
            conn,
            store,
            order_number=what.order_number.strip().removeprefix("#"),
            note=what.note,
            actor=staff.actor,
            now=now,
        )
        return _told(conn, store, [made], language)[0]

    return await faces.database.write_async(write)


@router.post(
    "/{prompt}",
    responses=documented(
        *OF_STAFF,
        *OF_SERVING,
        *OF_MOVING,
        (404, "case_unknown", {}),
        (409, "case_decided", {"state": "given"}),
        (409, "goodwill_limit", {"times": 2, "days": 90}),
        (409, "goodwill_worthless", {}),
        (422, "invalid_amount", {"amount": "0", "maximum": 10**12}),
    ),
)
async def decide_prompt(
    faces: FacesOf,
    staff: StaffOf,
    language: Language,
    prompt: Annotated[int, Path(ge=1, lt=2**63)],
    what: GoodwillInput,
) -> GoodwillPrompt:
    """Gives what is suggested, other points, or nothing; doing the same again changes nothing."""
    staff.need(TO_GIVE)
    await faces.gate.serve_customer(staff.key)
    now = faces.clock()
    decision = GoodwillDecision(what.choice, what.note, what.points or 0)

    def write(conn: Connection) -> GoodwillPrompt:
        store = still_active(conn, staff.store)
        made = decide_goodwill(
            conn, store, prompt, decision, agent_of(staff), keys=faces.email_keys, now=now
        )
        return _told(conn, store, [made], language)[0]

    return await faces.database.write_async(write)


def _told(
    conn: Connection, store: StoreRef, found: Sequence[Prompt], language: str
) -> list[GoodwillPrompt]:
    actors = {actor for one in found for actor in (one.opened_by, one.decided_by) if actor}
    names = staff_names(conn, store.id, actors, language)
    called = names_of(conn, store.id, [one.member_id for one in found])
    return [on_its_clocks(GoodwillPrompt.of(one, names, called, language), store) for one in found]
