"""An event that another system reports is looked at, decided and booked; and taken back again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from saleor_loyalty_app.custom_events import repository
from saleor_loyalty_app.custom_events.errors import EventConflict, EventNotFound
from saleor_loyalty_app.custom_events.incoming import Incoming, problems_of, time_of
from saleor_loyalty_app.custom_events.repository import Event
from saleor_loyalty_app.flows.award_deed import award_deed, reverse_deed
from saleor_loyalty_app.flows.join_member import take_in
from saleor_loyalty_app.flows.known_member import everybody
from saleor_loyalty_app.members import repository as members
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.refs import MemberRef, Person
from saleor_loyalty_app.messages.outbox import Kind, tell
from saleor_loyalty_app.programs import deed_awards
from saleor_loyalty_app.programs.deeds import DeedFacts
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.events import EventType
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.stores.refs import StoreRef

TRIGGER = "custom_event"
#: Why a deed was taken back, in the books.
REMOVED = "event_removed"


@dataclass(frozen=True, slots=True)
class Taken:
    """An event after it was looked at.

    Attributes:
        id: what the API calls it, also once its reference is forgotten.
        again: it had been decided before; nothing was done now.
        program: in force, which names rules and types; None = there is none.
    """

    id: str
    event: Event
    again: bool
    program: Program | None


def take_event(
    conn: Connection,
    store: StoreRef,
    event: Incoming,
    *,
    key_id: int,
    now: datetime,
    keys: EmailKeys | None = None,
    newcomer: Person | None = None,
) -> Taken:
    """Books what an event brings, once an id of its type, and keeps what became of it.

    What was refused, withheld, or is of nobody known may come again under its id. Whoever names the
    member by the hash of an address reaches who proved to own it, and nobody else.

    Args:
        keys: find what is remembered of the member's address under older secrets, too.
        newcomer: whom it is about, if they are to become a member with it.

    Raises:
        EventConflict: another event came under the id, and is not refused or of nobody known.
    """
    at = time_of(event, now)
    row, made = repository.claim(conn, store.id, event, key_id=key_id, at=at, now=now)
    program = program_now(conn, store, now)
    if not made:
        differs = row.input_hash not in ("", event.input_hash)
        if differs and (row.is_over or row.outcome == "withheld"):
            raise EventConflict(id=event.id)
        if row.is_over:
            return Taken(event.id, row, True, program)
    values = {
        "input_hash": event.input_hash,
        "identity": event.identity,
        # An erasure meanwhile forgot the row: it tells of somebody again, and is forgotten again.
        "reference": event.reference,
        "forgotten_at": None,
        "at": at,
        "received_at": now,
        "tries": row.tries if made else row.tries + 1,
        "properties": dict(event.properties),
    }
    found = _decided(conn, store, event, row, program, at, now, keys, newcomer)
    return Taken(event.id, repository.settle(conn, row.id, **values, **found), False, program)


def take_back(
    conn: Connection,
    store: StoreRef,
    type_id: str,
    reference: str,
    *,
    key_id: int,
    now: datetime,
) -> Taken:
    """Takes back what an event brought, by the refund policy; doing it again changes nothing.

    An event that brought nothing so far brings nothing any more, and so does one that comes after
    its removal: systems send both on ways of their own.

    Args:
        key_id: by which a removal is known whose event did not come.

    Raises:
        EventNotFound: none came under the id, and the program has no such type that could.
    """
    program = program_now(conn, store, now)
    if (
        type_in(program, type_id) is None
        and repository.find(conn, store.id, type_id, reference) is None
    ):
        raise EventNotFound
    row, made = repository.claim_removed(conn, store.id, type_id, reference, key_id=key_id, now=now)
    if made:
        return Taken(f"{type_id}:{reference}", row, False, program)
    event_id = f"{type_id}:{reference}"
    if row.reversed_at is not None:
        return Taken(event_id, row, True, program)
    taken = 0
    if row.outcome == "given" and row.member_id is not None:
        reversed_ = reverse_deed(conn, store, row.member_id, row.deed_key, now=now, why=REMOVED)
        taken = reversed_.posted.get("points", 0)
        if taken:
            _tell(conn, store, row, Kind.points_reversed, {"points": taken}, now)
    row = repository.settle(conn, row.id, reversed_at=now, taken_back=taken)
    return Taken(event_id, row, False, program)


def find_event(
    conn: Connection, store: StoreRef, type_id: str, reference: str, *, now: datetime
) -> Taken:
    """An event as it stands.

    Raises:
        EventNotFound: none came under the id.
    """
    row = repository.find(conn, store.id, type_id, reference)
    if row is None:
        raise EventNotFound
    return Taken(f"{type_id}:{reference}", row, True, program_now(conn, store, now))


def program_now(conn: Connection, store: StoreRef, now: datetime) -> Program | None:
    """The program in force; None = there is none."""
    revision = revision_at(conn, store.id, now)
    return None if revision is None else revision.program


def type_in(program: Program | None, type_id: str) -> EventType | None:
    """The type of an id in a program; None = it has none."""
    return None if program is None or program.events is None else program.events.type(type_id)


def member_named(conn: Connection, store: StoreRef, event: Incoming) -> MemberRef | None:
    """Whom an event is about, kept from being merged until the transaction ends."""
    if event.identity == "user_id":
        return members.member_by_user(conn, store.id, event.who, lock=True)
    return members.member_by_address_hash(conn, store.id, event.who)


def deed_of(event: Incoming, key: str, at: datetime) -> DeedFacts:
    """The event as rules look at it."""
    return DeedFacts(TRIGGER, event.type, at, key, properties=event.properties)


def telling(misses: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The misses that say something: not those of rules for other types; or that there is none."""
    kept = [one for one in misses if one["reason"].get("code") != "on_another"]
    return kept or [{"code": "no_rule"}]


def _decided(
    conn: Connection,
    store: StoreRef,
    event: Incoming,
    row: Event,
    program: Program | None,
    at: datetime,
    now: datetime,
    keys: EmailKeys | None,
    newcomer: Person | None,
) -> dict[str, object]:
    """What became of an event, as columns of its row."""
    unfit = problems_of(event, type_in(program, event.type), now)
    if unfit:
        why = [one.to_json() for one in unfit]
        return {"outcome": "refused", "why": why, "member_id": None}
    if newcomer is not None:
        take_in(conn, store, newcomer, keys=keys, now=now)
    member = member_named(conn, store, event)
    if member is None:
        why = [{"code": "member_unknown"}]
        return {"outcome": "unknown_member", "why": why, "member_id": None}
    deed = deed_of(event, row.deed_key, at)
    awarded = award_deed(conn, store, member.id, deed, now=now, keys=keys)
    settled: dict[str, object] = {"member_id": awarded.member_id}
    if awarded.withheld:
        return {**settled, "outcome": "withheld", "why": [{"code": awarded.withheld}]}
    people = everybody(conn, store, member.id)
    misses = deed_awards.misses_of(conn, store.id, people, row.deed_key)
    points, status = awarded.total(), awarded.total("status")
    if awarded.created and points:
        _tell(conn, store, row, Kind.bonus_given, {"points": points}, now, member.id)
    return {
        **settled,
        "outcome": "given" if awarded.grants else "nothing",
        "why": [] if awarded.grants else telling(misses),
        "points": points,
        "status_points": status,
    }


def _tell(
    conn: Connection,
    store: StoreRef,
    row: Event,
    kind: Kind,
    data: dict[str, object],
    now: datetime,
    member_id: int | None = None,
) -> None:
    found = members.surviving_member(conn, store.id, member_id or row.member_id or 0)
    if found is not None:
        told = {**data, "bonus": TRIGGER}
        tell(conn, store.id, found.id, kind, told, key=f"event:{row.id}:{kind}", now=now)
