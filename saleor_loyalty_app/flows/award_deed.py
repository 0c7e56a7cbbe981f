"""What a deed of a member brings is decided once and booked, and taken back where it is undone."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.flows.deed_perks import give_perks, lock_gifts_of_deeds, take_perks
from saleor_loyalty_app.flows.known_member import everybody, lock_member, member_facts
from saleor_loyalty_app.flows.points_life import end_of_life, life_for
from saleor_loyalty_app.ledger import Account, Cause, RefundPolicy
from saleor_loyalty_app.members.eligibility import why_not_earning
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.repository import surviving_member
from saleor_loyalty_app.programs import cap_uses, deed_awards
from saleor_loyalty_app.programs.cap_uses import Draw
from saleor_loyalty_app.programs.decide import POINTS, TIERS
from saleor_loyalty_app.programs.decide_deed import Grant, awaits, caps_of, decide_deed
from saleor_loyalty_app.programs.deed_awards import DeedRow
from saleor_loyalty_app.programs.deeds import DeedFacts
from saleor_loyalty_app.programs.document import Settings
from saleor_loyalty_app.programs.expiry import Life
from saleor_loyalty_app.programs.repository import Revision, programs_by_id, revision_at
from saleor_loyalty_app.stores import wind_downs
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers.looks import look_again


@dataclass(frozen=True, slots=True)
class Awarded:
    """What a deed brought.

    Attributes:
        member_id: whose books it went to; None = there is no such member.
        grants: what it brought, also where it was booked at another time.
        created: it was booked now.
        withheld: why nothing was decided, as a stable word; "" = the rules were asked.
    """

    member_id: int | None
    grants: tuple[Grant, ...] = ()
    created: bool = False
    withheld: str = ""

    def total(self, unit: str = "points") -> int:
        """What it brought in one unit."""
        return sum(grant.points for grant in self.grants if grant.unit == unit)


@dataclass(frozen=True, slots=True)
class ReversedDeed:
    """What was taken back, and what the refund policy forgave, by unit; not `created` = before."""

    posted: dict[str, int]
    waived: dict[str, int]
    created: bool


def award_deed(
    conn: Connection,
    store: StoreRef,
    member_id: int,
    deed: DeedFacts,
    *,
    now: datetime,
    keys: EmailKeys | None = None,
) -> Awarded:
    """Decides a deed by the revision in force when it happened, and books what it brings.

    A deed is decided once a member, whatever the rules say later; where it is withheld nothing is
    kept, and it may come again. Who was merged into another has had what the other had, and the
    other way round. Nobody is told: that is for who calls.

    Args:
        keys: find what is remembered of the member's address under older secrets, too.
    """
    member = surviving_member(conn, store.id, member_id)
    if member is None:
        return Awarded(None, withheld="unknown")
    lock_member(conn, store, member.id)
    people = everybody(conn, store, member.id)
    known = deed_awards.decided(conn, store.id, people, deed.key)
    if known is not None:
        return Awarded(member.id, known.grants)
    if not store.earning_on:
        return Awarded(member.id, withheld="earning_off")
    revision = revision_at(conn, store.id, deed.at)
    if revision is None:
        return Awarded(member.id, withheld="not_live")
    program = revision.program
    automatic = program.settings.enrollment == "automatic"
    if why := why_not_earning(member, automatic=automatic, at=deed.at):
        return Awarded(member.id, withheld=why)
    if wind_downs.earned_nothing(conn, store.id, deed.at):
        return Awarded(member.id, withheld="program_ended")
    if not awaits(program, deed.trigger):
        return Awarded(member.id)
    caps = caps_of(program, deed.trigger)
    facts = member_facts(conn, store, member, program, caps, at=deed.at, keys=keys)
    decision = decide_deed(program, deed, facts, store.timezone)
    row = deed_awards.add(conn, store.id, member.id, revision.id, deed, facts, decision, now=now)
    for grant in row.grants:
        if grant.perk is None:
            _book(conn, store, revision, row, grant, member.id, now)
    draws = {one.rule_id: Draw.of(Fraction(one.points)) for one in row.grants}
    draws |= give_perks(conn, store, row, member, people, now=now, keys=keys)
    if draws := {rule_id: one for rule_id, one in draws.items() if rule_id in caps}:
        cap_uses.draw(conn, store.id, member.id, row.source, draws, at=deed.at)
    if row.grants:
        look_again(conn, store.id, (member.id,))
    return Awarded(member.id, row.grants, created=True)


def reverse_deed(
    conn: Connection,
    store: StoreRef,
    member_id: int,
    deed_key: str,
    *,
    now: datetime,
    why: str,
    of: Collection[int] | None = None,
) -> ReversedDeed:
    """Takes back what a deed brought, as far as the refund policy of its program allows.

    A reward that it brought ends where nobody used it.

    The deed stays decided: done again it brings nothing. What it took of caps is given back, but
    for points that the policy forgave: who keeps them had them. A deed that brought nothing, or is
    not known, changes nothing.

    Args:
        why: a stable word for the books.
        of: whose deed it may be; by default the member's, or of who became one with them. The
            points come from whoever has them now.
    """
    nothing = ReversedDeed({}, {}, created=False)
    member = surviving_member(conn, store.id, member_id)
    if member is None:
        return nothing
    lock_gifts_of_deeds(conn, store, [(member.id, deed_key)])
    lock_member(conn, store, member.id)
    whose = everybody(conn, store, member.id) if of is None else of
    row = deed_awards.decided(conn, store.id, whose, deed_key)
    if row is None or row.reversed_at is not None:
        return nothing
    program = programs_by_id(conn, store.id, [row.revision_id])[row.revision_id]
    caps, kept = caps_of(program, row.trigger), dict[str, Draw]()
    posted: dict[str, int] = {}
    waived: dict[str, int] = {}
    for grant in row.grants:
        if grant.perk is not None:
            continue
        taken = ledger.reverse(
            conn,
            Account(store.id, member.id, grant.unit),
            grant.points,
            _cause(row, grant, {"code": "deed_reversed", "deed": row.trigger, "why": why}),
            key=f"{row.source}:{grant.rule_id}:reversed",
            now=now,
            effective_at=now,
            policy=_policy(program.settings, grant.unit),
        )
        posted[grant.unit] = posted.get(grant.unit, 0) + taken.posted
        waived[grant.unit] = waived.get(grant.unit, 0) + taken.waived
        if grant.rule_id in caps:
            kept[grant.rule_id] = Draw.of(Fraction(taken.waived))
    taken_perks = take_perks(conn, store, row, now=now)
    kept |= {rule_id: one for rule_id, one in taken_perks.items() if rule_id in caps}
    cap_uses.draw(conn, store.id, member.id, row.source, kept, at=row.at)
    deed_awards.mark_reversed(conn, row.id, now=now)
    if row.grants:
        look_again(conn, store.id, (member.id,))
    return ReversedDeed(posted, waived, created=True)


def _policy(settings: Settings, unit: str) -> RefundPolicy:
    """Status points are never spent, so that what came in is there to be taken back."""
    return RefundPolicy.within_balance if unit == "status" else RefundPolicy(settings.refund_policy)


def _book(
    conn: Connection,
    store: StoreRef,
    revision: Revision,
    row: DeedRow,
    grant: Grant,
    member_id: int,
    now: datetime,
) -> None:
    expiry = revision.program.settings.expiry
    spendable = grant.unit == "points"
    life = life_for(conn, store, member_id, expiry) if spendable else Life(None)
    ledger.earn(
        conn,
        Account(store.id, member_id, grant.unit),
        grant.points,
        _cause(row, grant, {**grant.reason, "code": "deed", "deed": row.trigger, **life.reason}),
        key=f"{row.source}:{grant.rule_id}",
        now=now,
        effective_at=row.at,
        available_from=now,
        expires_at=end_of_life(life, row.at, store.timezone),
        notice_required=life.months is not None and expiry.notice == "required",
    )


def _cause(row: DeedRow, grant: Grant, reason: dict[str, object]) -> Cause:
    return Cause(
        source=row.source,
        part=POINTS if grant.unit == "points" else TIERS,
        actor="app",
        revision_id=row.revision_id,
        rule_ids=(grant.rule_id,),
        reason=reason,
    )
