"""Staff accept, change or decline what is suggested when an order went wrong.

What is given is an adjustment like any that staff make by hand: within their budget at once, above
it once another approves. Automatic goodwill has a budget of its own for the month.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from saleor_loyalty_app import log
from saleor_loyalty_app.adjustments.reasons import Reason
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.decide_case import CaseDecided, CaseUnknown
from saleor_loyalty_app.flows.give_points import Agent, Automatic, GiveRequest, give
from saleor_loyalty_app.flows.goodwill_news import note_given, reason_of
from saleor_loyalty_app.flows.known_member import everybody, lock_member
from saleor_loyalty_app.flows.known_past import goodwill_before
from saleor_loyalty_app.goodwill import prompts
from saleor_loyalty_app.goodwill.errors import GoodwillLimitReached, GoodwillWorthless
from saleor_loyalty_app.goodwill.prompts import Prompt
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.errors import MemberNotFound
from saleor_loyalty_app.members.repository import member_by_id, surviving_member
from saleor_loyalty_app.orders.repository import how_it_stands
from saleor_loyalty_app.programs.goodwill import Goodwill
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.stores import staff_actions
from saleor_loyalty_app.stores.refs import StoreRef

logger = log.get(__name__)


class GoodwillChoice(StrEnum):
    """What becomes of a prompt: what is suggested, other points, or nothing."""

    accept = "accept"
    change = "change"
    decline = "decline"


_ENDS: Mapping[GoodwillChoice, tuple[str, ...]] = {
    GoodwillChoice.accept: (prompts.GIVEN, prompts.WAITING),
    GoodwillChoice.change: (prompts.GIVEN, prompts.WAITING),
    GoodwillChoice.decline: (prompts.DECLINED,),
}


@dataclass(frozen=True, slots=True)
class GoodwillDecision:
    """What somebody decides; `points` are those of a change, `note` is for colleagues."""

    choice: GoodwillChoice
    note: str
    points: int = 0


def decide_goodwill(
    conn: Connection,
    store: StoreRef,
    prompt_id: int,
    decision: GoodwillDecision,
    agent: Agent | Automatic,
    *,
    keys: EmailKeys,
    now: datetime,
) -> Prompt:
    """Ends a prompt; deciding the same again changes nothing.

    The member is whose order it is now. A code is made afterwards, of the points that were given.

    Raises:
        CaseUnknown: there is no such prompt.
        CaseDecided: it ended otherwise, or somebody else was faster.
        GoodwillWorthless: nothing is suggested that has a worth; other points may be given.
        GoodwillLimitReached: the member had goodwill as often as the program allows.
        What `give_points.give` raises of the member and the books.
    """
    prompt = prompts.by_id(conn, store.id, prompt_id, lock=True)
    if prompt is None:
        raise CaseUnknown
    if prompt.state != prompts.OPEN:
        if prompt.state in _ENDS[decision.choice] and prompt.decided_by == agent.actor:
            return prompt
        raise CaseDecided(state=prompt.state)
    if decision.choice is GoodwillChoice.decline:
        ended = {"decided_at": now, "decided_by": agent.actor}
        note = decision.note.strip()
        prompts.change(conn, prompt.id, state=prompts.DECLINED, decision_note=note, **ended)
        return _decided(conn, store, prompt, agent, decision, now)
    changed = decision.choice is GoodwillChoice.change
    points = decision.points if changed else prompt.points
    if points <= 0:
        raise GoodwillWorthless
    member_id = _owner(conn, store, prompt)
    lock_member(conn, store, member_id)
    _check_limit(conn, store, prompt, member_id, keys, now)
    request = GiveRequest(
        member_id,
        points,
        Reason.goodwill,
        decision.note,
        agent,
        f"goodwill:{prompt.id}:{prompt.adjustment_id or 0}",
        prompt.order_number,
        reason_of(prompt, automatic=isinstance(agent, Automatic)),
    )
    made = give(conn, store, request, keys=keys, now=now)
    ready = replace(
        prompt,
        member_id=made.member_id,
        given=points,
        code_state="wanted" if prompt.as_code and not changed else "",
    )
    prompts.change(
        conn,
        prompt.id,
        member_id=ready.member_id,
        state=prompts.WAITING,
        given=points,
        adjustment_id=made.id,
        code_state=ready.code_state,
        decision_note=decision.note.strip(),
        decided_at=now,
        decided_by=agent.actor,
    )
    if made.state == "posted":
        note_given(conn, store, ready, now=now)
    return _decided(conn, store, prompt, agent, decision, now)


def give_automatic(
    conn: Connection, store: StoreRef, prompt_id: int, *, keys: EmailKeys, now: datetime
) -> bool:
    """Gives what is suggested without a person; gives whether it was.

    What cannot be given by itself, because the month's budget is used up, the member had enough or
    may not earn, waits for a person from then on.
    """
    section = _section(conn, store, now)
    prompt = prompts.by_id(conn, store.id, prompt_id, lock=True)
    if prompt is None or prompt.state != prompts.OPEN or not prompt.automatic:
        return False
    signal = section.signal(prompt.signal)
    budget = section.automatic_points
    if signal is None or not signal.automatic or budget is None:
        prompts.change(conn, prompt.id, automatic=False)
        return False
    decision, agent = GoodwillDecision(GoodwillChoice.accept, ""), Automatic(budget)
    try:
        # Of what is refused half-way nothing stays.
        with conn.begin_nested():
            decide_goodwill(conn, store, prompt.id, decision, agent, keys=keys, now=now)
    except AppError as refusal:
        logger.info("goodwill_waits", store_id=store.id, error_code=refusal.code)
        prompts.change(conn, prompt.id, automatic=False)
        return False
    return True


def _owner(conn: Connection, store: StoreRef, prompt: Prompt) -> int:
    """Whose order it is now; whose it was, where nobody owns it any more."""
    order = how_it_stands(conn, store.id, prompt.order_id)
    owner = prompt.member_id if order is None or order.member_id is None else order.member_id
    member = surviving_member(conn, store.id, owner)
    if member is None:
        raise MemberNotFound
    return member.id


def _check_limit(
    conn: Connection,
    store: StoreRef,
    prompt: Prompt,
    member_id: int,
    keys: EmailKeys,
    now: datetime,
) -> None:
    limit = _section(conn, store, now).limit
    since = now - timedelta(days=limit.days)
    people = everybody(conn, store, member_id)
    times = prompts.times_given(conn, store.id, people, since, but=prompt.id)
    member = member_by_id(conn, store.id, member_id)
    if member is not None:
        times += goodwill_before(conn, store, member, since=since, now=now, keys=keys)
    if times >= limit.times:
        raise GoodwillLimitReached(times=limit.times, days=limit.days)


def _section(conn: Connection, store: StoreRef, now: datetime) -> Goodwill:
    """What the program in force says; the defaults where it says nothing any more."""
    revision = revision_at(conn, store.id, now)
    return (None if revision is None else revision.program.goodwill) or Goodwill()


def _decided(
    conn: Connection,
    store: StoreRef,
    before: Prompt,
    agent: Agent | Automatic,
    decision: GoodwillDecision,
    now: datetime,
) -> Prompt:
    after = prompts.by_id(conn, store.id, before.id)
    if after is None:
        raise CaseUnknown
    staff_actions.note(
        conn,
        store.id,
        actor=agent.actor,
        kind="goodwill_decided",
        subject=f"order:{before.order_number}",
        before={"state": before.state, "points": before.points},
        after={
            "signal": before.signal,
            "choice": decision.choice.value,
            "state": after.state,
            "points": after.given,
        },
        now=now,
    )
    return after
