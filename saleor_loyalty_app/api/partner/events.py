"""Events that other systems report: `/events`."""

from functools import partial
from typing import Annotated

from fastapi import Path, Response
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.context import Faces, FacesOf, Language
from saleor_loyalty_app.api.errors import Refusal, detail_of, documented, invalid_input
from saleor_loyalty_app.api.partner.events_schemas import (
    EventAnswer,
    EventBatch,
    EventBatchInput,
    EventInput,
    EventResult,
    Outcome,
    Why,
)
from saleor_loyalty_app.api.partner.holder import ActorOf, Partner, ReaderOf, store_now
from saleor_loyalty_app.api.partner.refusals import OF_SCOPES, UNREADABLE
from saleor_loyalty_app.api.routing import partner_router
from saleor_loyalty_app.api.saleor_refusals import OF_SALEOR
from saleor_loyalty_app.api.storefront.answers import make_private
from saleor_loyalty_app.custom_events.errors import EventInvalid, EventNotFound
from saleor_loyalty_app.custom_events.incoming import Incoming, parts_of
from saleor_loyalty_app.custom_events.repository import Event
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.deed_words import rewards_brought
from saleor_loyalty_app.flows.event_words import code_of, why_words
from saleor_loyalty_app.flows.newcomers import is_newcomer
from saleor_loyalty_app.flows.take_event import Taken, find_event, take_back, take_event
from saleor_loyalty_app.flows.take_part import person_of_account, read_account
from saleor_loyalty_app.members.errors import MemberNotFound
from saleor_loyalty_app.members.refs import Person
from saleor_loyalty_app.members.repository import member_by_user
from saleor_loyalty_app.rewards.errors import UserInactive
from saleor_loyalty_app.stores.partner_keys import Scope
from saleor_loyalty_app.stores.refs import StoreRef

router = partner_router("/events")
EventId = Annotated[
    str, Path(max_length=200, description="The type and your id, with a colon between them.")
]
_OUTCOME: TypeAdapter[Outcome] = TypeAdapter(Outcome)
_INVALID: Refusal = (422, "event_invalid", {"fields": []})
_UNKNOWN: Refusal = (404, "event_not_found", {})


@router.post(
    "",
    status_code=201,
    responses=documented(
        *OF_SCOPES,
        UNREADABLE,
        (404, "member_not_found", {}),
        (409, "event_conflict", {"id": "store-visit:visit-4711"}),
        _INVALID,
        *OF_SALEOR,
    ),
)
async def report_event(
    response: Response, faces: FacesOf, partner: ActorOf, language: Language, what: EventInput
) -> EventAnswer:
    """Reports something that a member did, and gives what the program's rules say.

    Send it again until it is answered: your id makes it happen once.
    """
    told = await _take(faces, partner, what.incoming(), language)
    make_private(response, language)
    return told


@router.post("/batch", responses=documented(*OF_SCOPES, UNREADABLE, *OF_SALEOR))
async def report_events(
    response: Response, faces: FacesOf, partner: ActorOf, language: Language, what: EventBatchInput
) -> EventBatch:
    """Reports up to 100 events; each is booked or refused by itself, in their order.

    Each counts for the limit of requests, as if it had been sent alone.
    """
    results = [
        await _result(faces, partner, one, language, counted=number == 0)
        for number, one in enumerate(what.events)
    ]
    make_private(response, language)
    return EventBatch(results=results)


@router.get("/{event}", responses=documented(*OF_SCOPES, _UNKNOWN))
async def read_event(
    response: Response, faces: FacesOf, partner: ReaderOf, language: Language, event: EventId
) -> EventAnswer:
    """An event and what became of it."""
    type_id, reference = _parts(partner, event)
    now = faces.clock()

    def read(conn: Connection) -> EventAnswer:
        store = store_now(conn, partner)
        found = find_event(conn, store, type_id, reference, now=now)
        return _told(conn, store, found, partner, language)

    told = await faces.database.read_async(read)
    make_private(response, language)
    return told


@router.delete("/{event}", responses=documented(*OF_SCOPES, _UNKNOWN))
async def take_event_back(
    response: Response, faces: FacesOf, partner: ActorOf, language: Language, event: EventId
) -> EventAnswer:
    """Takes back what an event brought, such as for a post that was removed.

    How much of points that were spent meanwhile goes back is said by the program's refund policy.
    Doing it again changes nothing. Of an event that did not come yet the removal is kept: it is
    answered `reversed` when it comes, and brings nothing.
    """
    type_id, reference = _parts(partner, event)
    now, key_id = faces.clock(), partner.key.id

    def write(conn: Connection) -> EventAnswer:
        store = store_now(conn, partner)
        taken = take_back(conn, store, type_id, reference, key_id=key_id, now=now)
        return _told(conn, store, taken, partner, language)

    told = await faces.database.write_async(write)
    make_private(response, language)
    return told


async def _take(faces: Faces, partner: Partner, event: Incoming, language: str) -> EventAnswer:
    """Books an event; what was refused is kept too, and told as a failure.

    Raises:
        ScopeMissing, EventConflict, EventInvalid, MemberNotFound: as they say.
    """
    partner.need_events(event.type)
    newcomer = await _newcomer(faces, partner, event)
    now = faces.clock()

    def write(conn: Connection) -> tuple[Taken, EventAnswer]:
        store, key_id = store_now(conn, partner), partner.key.id
        taken = take_event(
            conn,
            store,
            event,
            key_id=key_id,
            now=now,
            keys=faces.email_keys,
            newcomer=newcomer,
        )
        return taken, _told(conn, store, taken, partner, language)

    taken, told = await faces.database.write_async(write)
    if taken.event.reversed_at is None and taken.event.outcome == "refused":
        raise EventInvalid(fields=_fields(taken, language))
    if taken.event.reversed_at is None and taken.event.outcome == "unknown_member":
        raise MemberNotFound
    return told


async def _newcomer(faces: Faces, partner: Partner, event: Incoming) -> Person | None:
    """Whom an event makes a member; None where they are one, or nobody who could become one.

    Raises:
        SaleorUnavailable and the like, SaleorBusy, SaleorSlow: the same event may be sent again.
    """
    if event.identity != "user_id":
        return None
    now = faces.clock()

    def read(conn: Connection) -> bool:
        store = store_now(conn, partner)
        member = member_by_user(conn, store.id, event.who)
        return is_newcomer(conn, store, member, now=now)

    if not await faces.database.read_async(read):
        return None
    try:
        account = await faces.calls.run(
            partial(read_account, faces.access, partner.store, event.who)
        )
    except UserInactive:
        return None
    return person_of_account(account)


async def _result(
    faces: Faces, partner: Partner, sent: object, language: str, *, counted: bool = True
) -> EventResult:
    """What one event of several is answered; `counted`: for the limit of requests it was."""
    try:
        if not counted:
            await faces.gate.act_as_partner(partner.counted_as)
        event = EventInput.model_validate(sent).incoming()
        told = await _take(faces, partner, event, language)
    except ValidationError as error:
        return _failed(invalid_input(error, language), language)
    except AppError as failure:
        if failure.status == 401 or failure.status >= 500:
            raise
        return _failed(failure, language)
    return EventResult(status=201, event=told, error=None)


def _failed(failure: AppError, language: str) -> EventResult:
    return EventResult(status=failure.status, event=None, error=detail_of(failure, language))


def _parts(partner: Partner, event: str) -> tuple[str, str]:
    """The type and the other system's id behind an address.

    Raises:
        EventNotFound: it is no id of an event.
        ScopeMissing: the key has nothing to do with the type.
    """
    parts = parts_of(event)
    if parts is None:
        raise EventNotFound
    partner.need_events(parts[0])
    return parts


def _fields(taken: Taken, language: str) -> list[dict[str, str]]:
    told = why_words(taken.event.why, language, taken.program, about_members=False)
    return [
        {"field": str(one["field"]), "problem": str(one["code"]), "message": message}
        for one, message in zip(taken.event.why, told, strict=True)
    ]


def _told(
    conn: Connection, store: StoreRef, taken: Taken, partner: Partner, language: str
) -> EventAnswer:
    event = taken.event
    reads = Scope.read_members in partner.key.terms.scopes
    words = why_words(event.why, language, taken.program, about_members=reads)
    codes = [code_of(one, about_members=reads) for one in event.why]
    rewards: list[str] = []
    if event.outcome == "given" and event.member_id is not None:
        rewards = rewards_brought(conn, store, event.member_id, event.deed_key, language=language)
    return EventAnswer(
        id=taken.id,
        type=event.type,
        external_id=event.reference,
        member_id=str(event.member_id) if reads and event.member_id is not None else None,
        at=event.at,
        received_at=event.received_at,
        outcome=outcome_of(event),
        points=event.points,
        status_points=event.status_points,
        rewards=rewards,
        why=[Why(code=code, message=told) for code, told in zip(codes, words, strict=True)],
        reversed_at=event.reversed_at,
        taken_back=event.taken_back,
        repeated=taken.again,
    )


def outcome_of(event: Event) -> Outcome:
    """What became of an event, as it is told."""
    if event.reversed_at is not None:
        return "reversed"
    return _OUTCOME.validate_python(event.outcome)
