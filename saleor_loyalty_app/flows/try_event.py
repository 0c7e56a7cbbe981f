"""What an event would bring, before another system reports it. Nothing is written."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection

from saleor_loyalty_app.custom_events.incoming import Incoming, problems_of, time_of
from saleor_loyalty_app.flows.known_member import member_facts
from saleor_loyalty_app.flows.take_event import TRIGGER, deed_of, telling, type_in
from saleor_loyalty_app.members.eligibility import why_not_earning
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.programs.decide_deed import Grant, caps_of, decide_deed
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.member_facts import NOBODY
from saleor_loyalty_app.stores.refs import StoreRef


@dataclass(frozen=True, slots=True)
class Tried:
    """What an event would bring, as `take_event` would keep it."""

    outcome: Literal["given", "nothing", "withheld", "refused"]
    grants: tuple[Grant, ...]
    why: list[dict[str, Any]]


def try_event(
    conn: Connection,
    store: StoreRef,
    program: Program,
    event: Incoming,
    member: MemberRef | None,
    *,
    now: datetime,
    keys: EmailKeys,
) -> Tried:
    """Decides an event by a program that need not be published.

    Args:
        member: whose caps, tier and state count; None = somebody new without any.
        keys: find what is remembered of the member's address under older secrets, too.
    """
    unfit = problems_of(event, type_in(program, event.type), now)
    if unfit:
        return Tried("refused", (), [one.to_json() for one in unfit])
    at, facts = time_of(event, now), NOBODY
    if member is not None:
        automatic = program.settings.enrollment == "automatic"
        withheld = why_not_earning(member, automatic=automatic, at=at)
        if withheld or not store.earning_on:
            return Tried("withheld", (), [{"code": withheld or "earning_off"}])
        caps = caps_of(program, TRIGGER)
        facts = member_facts(conn, store, member, program, caps, at=at, keys=keys)
    decision = decide_deed(program, deed_of(event, "try", at), facts, store.timezone)
    if decision.grants:
        return Tried("given", decision.grants, [])
    misses = [{"rule": one.rule_id, "reason": one.reason} for one in decision.misses]
    return Tried("nothing", (), telling(misses))
