"""Staff give or take points: within their budget at once, above it once another approves.

Other systems of the store do the same by an API key, within the key's day limit and never above.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.adjustments import repository
from saleor_loyalty_app.adjustments.allowances import allowance_of
from saleor_loyalty_app.adjustments.budget import Allowance, Budget, day_of
from saleor_loyalty_app.adjustments.errors import (
    AdjustmentDecided,
    AdjustmentUnknown,
    DayLimitReached,
    EarningBlocked,
    EarningOff,
    NoteNeeded,
    OwnAccount,
    OwnRequest,
    ReasonUnfit,
    RequestOfAnother,
)
from saleor_loyalty_app.adjustments.reasons import Reason
from saleor_loyalty_app.adjustments.repository import AdjustmentRef
from saleor_loyalty_app.flows.adjustment_posting import note_adjustment, post_adjustment, reread
from saleor_loyalty_app.flows.goodwill_news import reason_of_request, settle_prompt
from saleor_loyalty_app.ledger import Account
from saleor_loyalty_app.ledger.errors import IdempotencyConflict
from saleor_loyalty_app.ledger.posting import check_amount
from saleor_loyalty_app.members.email_keys import EmailKeys, normalize_email
from saleor_loyalty_app.members.errors import MemberErased, MemberNotFound, WrongMemberState
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.members.repository import surviving_member
from saleor_loyalty_app.members.same_person import is_same_person
from saleor_loyalty_app.programs.repository import Revision, revision_at
from saleor_loyalty_app.rewards.errors import NoProgram
from saleor_loyalty_app.stores import partner_keys
from saleor_loyalty_app.stores.refs import StoreRef

UNIT = "points"
#: A key has a limit for the day alone.
_NO_LIMIT = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Agent:
    """The staff member at work: Saleor's user id, and the address that their token names."""

    user_id: str
    email: str

    @property
    def actor(self) -> str:
        """The name under which the books keep what they do."""
        return f"user:{self.user_id}"


@dataclass(frozen=True, slots=True)
class PartnerSystem:
    """Another system of the store, by the API key that it came with."""

    key_id: int

    @property
    def actor(self) -> str:
        """The name under which the books keep what it did."""
        return partner_keys.actor_of(self.key_id)


@dataclass(frozen=True, slots=True)
class Automatic:
    """The app itself, where the owner lets it give up to so many points in a month."""

    per_month: int

    @property
    def actor(self) -> str:
        """The name under which the books keep what it did."""
        return "app:goodwill"


@dataclass(frozen=True, slots=True)
class GiveRequest:
    """What a staff member or system wants: `points` are given above zero, taken below.

    `key` is of the wish: the same agent and key are the same wish, however often it comes.
    `order` is the number of the order that it is about; "" = of none. `because` is what the entry
    says of why, where it knows more than `reason`.
    """

    member_id: int
    points: int
    reason: Reason
    note: str
    agent: Agent | PartnerSystem | Automatic
    key: str
    order: str = ""
    because: Mapping[str, Any] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """SHA-256 of what is asked for."""
        asked: tuple[int | str, ...] = (
            self.member_id,
            self.points,
            self.reason.value,
            self.note,
            *((self.order,) if self.order else ()),
        )
        return hashlib.sha256(msgspec.json.encode(asked)).hexdigest()


class Decision(StrEnum):
    """What becomes of a request that waits."""

    approve = "approve"
    refuse = "refuse"
    withdraw = "withdraw"


def give(
    conn: Connection, store: StoreRef, request: GiveRequest, *, keys: EmailKeys, now: datetime
) -> AdjustmentRef:
    """Moves the points, or has the request wait where it goes beyond the agent's budget.

    Budgets are drawn one deed at a time, so that clicks at once do not add up to more.

    Raises:
        ReasonUnfit, NoteNeeded: the reason asks for something else.
        MemberNotFound, MemberErased, WrongMemberState, EarningBlocked: not to this member.
        OwnAccount: the agent would give to themselves.
        EarningOff: the store switched earning off; staff may give all the same, systems not.
        DayLimitReached: it goes beyond what the API key may move today, or the app by itself in
            this month; nothing waits.
        PartnerKeyInvalid: the key was ended since the request came in.
        NoProgram: nothing is live in the store.
        InsufficientPoints, InvalidAmount: it cannot be booked.
        IdempotencyConflict: the key was used for another wish.
    """
    agent = request.agent
    known = _known(conn, store, request)
    if known is not None:
        return known
    check_amount(request.points, signed=True)
    if not request.reason.fits(request.points):
        raise ReasonUnfit(reason=request.reason.value)
    if request.reason.needs_note(request.points) and not request.note.strip():
        raise NoteNeeded
    people = [agent] if isinstance(agent, Agent) else []
    if not people and request.points > 0 and not store.earning_on:
        raise EarningOff
    member, revision = _allowed(conn, store, request.member_id, request.points, people, keys, now)
    account = Account(store.id, member.id, UNIT)
    ledger.lock_accounts(conn, [account])
    budget = draw(conn, store, agent, now=now)
    known = _known(conn, store, request)
    if known is not None:
        return known
    at_once = budget.allows(request.points)
    if not at_once and not isinstance(agent, Agent):
        raise DayLimitReached(limit=budget.allowance.per_day, left=budget.left_today)
    adjustment_id = repository.insert(
        conn,
        {
            "store_id": store.id,
            "member_id": member.id,
            "points": request.points,
            "reason": request.reason.value,
            "note": request.note.strip(),
            "order_number": request.order,
            "state": "waiting",
            "requested_by": agent.actor,
            "request_key": request.key,
            "request_hash": request.digest,
            "requested_at": now,
            "requested_on": day_of(now, store.timezone).isoformat(),
            "within_budget": at_once,
            "decided_by": "",
            "decision_note": "",
        },
    )
    made = reread(conn, store, adjustment_id)
    kind = "points_requested"
    if at_once:
        kind = "points_given" if request.points > 0 else "points_taken"
        made = post_adjustment(conn, store, made, account, revision, request.because, now)
    note_adjustment(conn, store, made, agent.actor, kind, None, now)
    return made


def decide(
    conn: Connection,
    store: StoreRef,
    adjustment_id: int,
    decision: Decision,
    agent: Agent,
    note: str,
    *,
    keys: EmailKeys,
    now: datetime,
) -> AdjustmentRef:
    """Ends a request that waits; deciding the same again changes nothing.

    Raises:
        AdjustmentUnknown: there is none.
        AdjustmentDecided: it ended in another way.
        OwnRequest: who asked approves or refuses; RequestOfAnother: somebody else withdraws.
        OwnAccount: the points would go to who approves.
        What `give` raises of the member and of the books.
    """
    asked = repository.by_id(conn, store.id, adjustment_id, lock=True)
    if asked is None:
        raise AdjustmentUnknown
    if (asked.requested_by == agent.actor) is not (decision is Decision.withdraw):
        raise RequestOfAnother if decision is Decision.withdraw else OwnRequest
    wanted = _ENDS[decision]
    if asked.state == wanted and (asked.decided_by or asked.requested_by) == agent.actor:
        return asked
    if asked.state != "waiting":
        raise AdjustmentDecided(state=asked.state)
    ended = {"decided_by": agent.actor, "decided_at": now, "decision_note": note.strip()}
    if decision is Decision.approve:
        member, revision = _allowed(conn, store, asked.member_id, asked.points, [agent], keys, now)
        account = Account(store.id, member.id, UNIT)
        ledger.lock_accounts(conn, [account])
        repository.change(conn, asked.id, **ended)
        because = reason_of_request(conn, store, asked.id)
        post_adjustment(conn, store, asked, account, revision, because, now)
    else:
        repository.change(conn, asked.id, state=wanted, **ended)
    settle_prompt(conn, store, asked.id, approved=decision is Decision.approve, now=now)
    repository.remember_staff(conn, store.id, agent.actor, normalize_email(agent.email), now=now)
    made = reread(conn, store, asked.id)
    note_adjustment(conn, store, made, agent.actor, f"points_{_NOTED[decision]}", asked.state, now)
    return made


_ENDS: dict[Decision, Literal["posted", "refused", "withdrawn"]] = {
    Decision.approve: "posted",
    Decision.refuse: "refused",
    Decision.withdraw: "withdrawn",
}
_NOTED = {
    Decision.approve: "approved",
    Decision.refuse: "refused",
    Decision.withdraw: "withdrawn",
}


def budget_of(conn: Connection, store: StoreRef, agent: Agent, *, now: datetime) -> Budget:
    """What an agent may still move today and this month."""
    allowance = allowance_of(conn, store.id, normalize_email(agent.email))
    day = day_of(now, store.timezone)
    return Budget(allowance, repository.moved(conn, store.id, agent.actor, day))


def draw(
    conn: Connection, store: StoreRef, agent: Agent | PartnerSystem | Automatic, *, now: datetime
) -> Budget:
    """The budget of an agent, locked until the transaction ends.

    Raises:
        PartnerKeyInvalid: the key was ended since the request came in.
    """
    if isinstance(agent, PartnerSystem):
        key = partner_keys.working(conn, store.id, agent.key_id, now=now)
        return key_budget(conn, store, key, now=now)
    if isinstance(agent, Automatic):
        repository.remember_staff(conn, store.id, agent.actor, "", now=now)
        return automatic_budget(conn, store, agent, now=now)
    repository.remember_staff(conn, store.id, agent.actor, normalize_email(agent.email), now=now)
    return budget_of(conn, store, agent, now=now)


def automatic_budget(
    conn: Connection, store: StoreRef, agent: Automatic, *, now: datetime
) -> Budget:
    """What may still be given without a person this month."""
    moved = repository.moved(conn, store.id, agent.actor, day_of(now, store.timezone))
    return Budget(Allowance(agent.per_month, agent.per_month), moved)


def key_budget(
    conn: Connection, store: StoreRef, key: partner_keys.Key, *, now: datetime
) -> Budget:
    """What may still be moved by an API key today."""
    moved = repository.moved(conn, store.id, key.actor, day_of(now, store.timezone))
    return Budget(Allowance(key.terms.day_limit, _NO_LIMIT), moved)


def require_other(
    conn: Connection, store: StoreRef, member: MemberRef, agent: Agent, keys: EmailKeys
) -> None:
    """Raises OwnAccount, where the member is the agent: by account, or by address."""
    if is_same_person(conn, store.id, member.id, agent.user_id, agent.email, keys):
        raise OwnAccount


def _known(conn: Connection, store: StoreRef, request: GiveRequest) -> AdjustmentRef | None:
    known = repository.by_request(conn, store.id, request.agent.actor, request.key)
    if known is not None and known.request_hash != request.digest:
        raise IdempotencyConflict(key=request.key)
    return known


def _allowed(
    conn: Connection,
    store: StoreRef,
    member_id: int,
    points: int,
    agents: list[Agent],
    keys: EmailKeys,
    now: datetime,
) -> tuple[MemberRef, Revision]:
    member = surviving_member(conn, store.id, member_id)
    if member is None:
        raise MemberNotFound
    if member.state == "erased":
        raise MemberErased
    for agent in agents:
        require_other(conn, store, member, agent, keys)
    if points > 0 and member.state == "left":
        raise WrongMemberState(state=member.state)
    if points > 0 and (member.earning_blocked or member.state == "blocked"):
        raise EarningBlocked
    revision = revision_at(conn, store.id, now)
    if revision is None:
        raise NoProgram
    return member, revision
