"""Events of other systems: what came lately, what became of each, and trying one: `/events`."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import Query
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import Faces, FacesOf, Language
from saleor_loyalty_app.api.dashboard.events_schemas import (
    EventLine,
    EventLog,
    EventsOfType,
    EventsOverview,
    TriedEvent,
    TriedRule,
    TryEventInput,
)
from saleor_loyalty_app.api.dashboard.members_schemas import (
    After,
    First,
    next_of,
    on_its_clocks,
    place_of,
)
from saleor_loyalty_app.api.dashboard.refusals import OF_SERVING, OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_SEE_MEMBERS, Staff, StaffOf
from saleor_loyalty_app.api.errors import Refusal, documented
from saleor_loyalty_app.api.partner.events import outcome_of
from saleor_loyalty_app.api.partner.events_schemas import Why
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.custom_events import repository
from saleor_loyalty_app.custom_events.incoming import Incoming
from saleor_loyalty_app.custom_events.repository import Event, Total
from saleor_loyalty_app.flows.deed_words import perk_sentences
from saleor_loyalty_app.flows.event_words import code_of, why_words
from saleor_loyalty_app.flows.find_members import MemberFilter, find_members
from saleor_loyalty_app.flows.take_event import program_now
from saleor_loyalty_app.flows.try_event import try_event
from saleor_loyalty_app.members.email_keys import normalize_email
from saleor_loyalty_app.members.errors import MemberNotFound
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.members.repository import member_by_id, names_of
from saleor_loyalty_app.members.search_terms import SearchTerms
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.perks_words import perk_words
from saleor_loyalty_app.programs.problems import read_program
from saleor_loyalty_app.stores import partner_keys
from saleor_loyalty_app.stores.refs import StoreRef

router = staff_router("/events")
#: How far back the numbers beside the types go.
DAYS = 30
OutcomeFilter = Literal["given", "nothing", "withheld", "unknown_member", "refused", "reversed"]
_UNREADABLE: Refusal = (400, "request_unreadable", {})


@router.get("", responses=documented(*OF_STAFF))
async def read_events(faces: FacesOf, staff: StaffOf) -> EventsOverview:
    """What other systems reported in the last 30 days, by type."""
    since = faces.clock() - timedelta(days=DAYS)
    totals = await faces.database.read_async(
        lambda conn: repository.totals(conn, still_active(conn, staff.store).id, since)
    )
    return EventsOverview(
        days=DAYS,
        types=_by_type(totals),
        api_url=f"{faces.public_url}/api/partner/v1",
    )


@router.get("/log", responses=documented(*OF_STAFF, *OF_SERVING, (400, "invalid_cursor", {})))
async def list_events(
    faces: FacesOf,
    staff: StaffOf,
    language: Language,
    event_type: Annotated[
        str, Query(alias="type", max_length=60, description="Of this type alone.")
    ] = "",
    outcome: Annotated[
        OutcomeFilter | None, Query(description="Of which this became alone.")
    ] = None,
    first: First = 25,
    after: After = None,
) -> EventLog:
    """Events as they came, newest first, with what became of each and why."""
    staff.need_one(TO_SEE_MEMBERS)
    await faces.gate.read(staff.key)
    before, now = place_of(after), faces.clock()

    def read(conn: Connection) -> EventLog:
        store = still_active(conn, staff.store)
        found = repository.page(
            conn,
            store.id,
            type_id=event_type.replace("\x00", ""),
            outcome=outcome or "",
            first=first + 1,
            before=before,
        )
        return EventLog(
            items=_lines(conn, store, found[:first], language, now),
            next=next_of(found[first - 1].id if len(found) > first else None),
        )

    return await faces.database.read_async(read)


@router.post(
    "/try",
    responses=documented(
        *OF_STAFF,
        *OF_SERVING,
        _UNREADABLE,
        (404, "member_not_found", {}),
        (422, "program_invalid", {"count": 1, "problems": []}),
    ),
)
async def try_one(
    faces: FacesOf, staff: StaffOf, language: Language, what: TryEventInput
) -> TriedEvent:
    """What an event would bring by a document that need not be published. Nothing is booked."""
    if what.member:
        staff.need_one(TO_SEE_MEMBERS)
    await faces.gate.read(staff.key)
    program, now = read_program(what.document), faces.clock()

    def read(conn: Connection) -> TriedEvent:
        return _tried(conn, faces, staff, program, what, language, now)

    return await faces.database.read_async(read)


def _by_type(totals: Iterable[Total]) -> list[EventsOfType]:
    counted: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for one in totals:
        kind = counted[one.type]
        kind["received"] += one.times
        kind[one.outcome] += one.times - one.reversed
        kind["reversed"] += one.reversed
        kind["points"] += one.points
    names = set(EventsOfType.model_fields) - {"type"}
    return [
        EventsOfType(type=kind, **{name: of_kind[name] for name in names})
        for kind, of_kind in sorted(counted.items())
    ]


def _lines(
    conn: Connection, store: StoreRef, found: list[Event], language: str, now: datetime
) -> list[EventLine]:
    program = program_now(conn, store, now)
    names = names_of(conn, store.id, [one.member_id for one in found if one.member_id])
    actors = {one.key_id: partner_keys.actor_of(one.key_id) for one in found}
    systems = partner_keys.names_of(conn, store.id, actors.values())
    given = [one for one in found if one.outcome == "given" and one.member_id is not None]
    members, keys = {one.member_id or 0 for one in given}, {one.deed_key for one in given}
    perks = perk_sentences(conn, store, members, keys, language=language)
    lines = [
        _line(one, program, names, systems.get(actors[one.key_id], ""), perks, language)
        for one in found
    ]
    return [on_its_clocks(one, store) for one in lines]


def _line(
    one: Event,
    program: Program | None,
    names: dict[int, str],
    system: str,
    perks: dict[str, list[str]],
    language: str,
) -> EventLine:
    return EventLine(
        id=str(one.id),
        type=one.type,
        type_name=one.type if program is None else program.event_name(one.type, language),
        external_id=one.reference,
        member_id=None if one.member_id is None else str(one.member_id),
        member_name=names.get(one.member_id or 0, ""),
        system=system,
        at=one.at,
        received_at=one.received_at,
        tries=one.tries,
        outcome=outcome_of(one),
        points=one.points,
        status_points=one.status_points,
        taken_back=one.taken_back,
        reversed_at=one.reversed_at,
        properties=one.properties,
        why=_why(one.why, language, program),
        perks=perks.get(one.deed_key, []),
    )


def _why(listed: list[dict[str, object]], language: str, program: Program | None) -> list[Why]:
    words = why_words(listed, language, program, about_members=True)
    codes = (code_of(one, about_members=True) for one in listed)
    return [Why(code=code, message=told) for code, told in zip(codes, words, strict=True)]


def _tried(
    conn: Connection,
    faces: Faces,
    staff: Staff,
    program: Program,
    what: TryEventInput,
    language: str,
    now: datetime,
) -> TriedEvent:
    store = still_active(conn, staff.store)
    member = _member(conn, faces, store, what.member.strip(), now)
    kind = None if program.events is None else program.events.type(what.type)
    event = Incoming(
        type=what.type,
        reference="try",
        identity="user_id" if kind is None else kind.identity[0],
        who="",
        at=what.at,
        properties=what.properties,
    )
    found = try_event(conn, store, program, event, member, now=now, keys=faces.email_keys)
    names = {} if member is None else names_of(conn, store.id, [member.id])
    return TriedEvent(
        outcome=found.outcome,
        member_name="" if member is None else names.get(member.id, ""),
        rules=[
            TriedRule(
                rule=one.rule_id,
                name=program.rule_name(one.rule_id, language),
                unit=one.unit,
                points=one.points,
                perk="" if one.perk is None else perk_words(one.perk, language, program),
            )
            for one in found.grants
        ],
        why=_why(found.why, language, program),
    )


def _member(
    conn: Connection, faces: Faces, store: StoreRef, said: str, now: datetime
) -> MemberRef | None:
    """Who was meant; None = nobody was named.

    Raises:
        MemberNotFound: somebody was, who is not there.
    """
    if not said:
        return None
    is_number = said.isascii() and said.isdigit() and len(said) <= _LONGEST_NUMBER
    terms = SearchTerms(
        member=int(said) if is_number else None,
        email=normalize_email(said) if "@" in said else "",
        user_id="" if is_number or "@" in said else said,
    )
    keys = faces.email_keys
    found = find_members(
        conn, store.id, MemberFilter(), terms, keys=keys, first=1, before=None, now=now
    )
    member = member_by_id(conn, store.id, found[0].id) if found else None
    if member is None:
        raise MemberNotFound
    return member


#: Greater numbers are no member's.
_LONGEST_NUMBER = 18
