"""Members pass the lines of milestones: a page of them is looked at in one transaction.

What a look finds follows from the books and the orders as they are, so that it may be repeated, in
any order. Perks are given and taken back afterwards, each in a transaction of its own.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.flows.award_deed import reverse_deed
from saleor_loyalty_app.flows.deed_perks import lock_gifts_of_deeds
from saleor_loyalty_app.flows.each_row import Aside, EachRow
from saleor_loyalty_app.flows.give_bonus import give_once
from saleor_loyalty_app.flows.known_member import everybody, lock_member, lock_people
from saleor_loyalty_app.members.eligibility import takes_part
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.repository import surviving_member
from saleor_loyalty_app.messages.outbox import Kind, tell
from saleor_loyalty_app.milestones import passed, sweeps
from saleor_loyalty_app.milestones.passed import Note, OpenPassed
from saleor_loyalty_app.milestones.sweeps import Sweep
from saleor_loyalty_app.milestones.totals import totals_of
from saleor_loyalty_app.programs.deeds import DeedFacts
from saleor_loyalty_app.programs.document import Program, canonical_json
from saleor_loyalty_app.programs.milestone_rules import Totals, missing_to_line, next_state
from saleor_loyalty_app.programs.milestones import MILESTONE, Milestone, deed_key
from saleor_loyalty_app.programs.repository import Revision
from saleor_loyalty_app.programs.rules import EarningRule
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers import repository as people_of
from saleor_loyalty_app.tiers.looks import look_again

#: Names of the kinds of work, as rows that fail are told by.
PERKS, LINES = "milestone_perks", "milestone_lines"


@dataclass(frozen=True, slots=True)
class MilestoneRule:
    """A rule that waits for a line, and its line."""

    rule: EarningRule
    milestone: Milestone


def milestones_of(program: Program | None) -> tuple[MilestoneRule, ...]:
    """The milestones that are switched on in a program, as they stand in it."""
    return tuple(
        MilestoneRule(rule, rule.milestone)
        for rule in (() if program is None else program.earning.rules)
        if rule.enabled and rule.milestone is not None
    )


def digest_of(program: Program | None) -> str:
    """What tells milestones and who may pass them from others; "" for none.

    Who takes part is met anew too: whoever is taken in may be past a line.
    """
    found = milestones_of(program)
    if program is None or not found:
        return ""
    lines = {one.rule.id: one.milestone.model_dump(mode="json") for one in found}
    told = {"lines": lines, "enrollment": program.settings.enrollment}
    return hashlib.sha256(canonical_json(told)).hexdigest()


def lines_in_force(
    conn: Connection, store: StoreRef, revision: Revision | None, *, now: datetime
) -> Sweep | None:
    """The sweep of the lines in force, begun anew where they are others; None = there are none."""
    program = None if revision is None else revision.program
    found, digest = milestones_of(program), digest_of(program)
    known = sweeps.sweep_of(conn, store.id)
    if digest != ("" if known is None else known.digest):
        lines = {one.rule.id: one.milestone.line.text for one in found}
        since = now if revision is None else revision.effective_from
        known = sweeps.restart(conn, store.id, lines, digest, since=since, now=now)
    return known if digest else None


def look_at_lines(
    conn: Connection,
    store: StoreRef,
    revision: Revision,
    members: Sequence[int],
    *,
    now: datetime,
    silent: frozenset[int] = frozenset(),
) -> int:
    """Notes which lines some members have passed, or fell below; gives how many notes.

    Args:
        silent: members of whom nothing but history is new.
    """
    sweep = lines_in_force(conn, store, revision, now=now)
    if sweep is None or not members:
        return 0
    notes = notes_of(conn, store, revision, sweep, members, silent=silent)
    passed.note(conn, store.id, notes, now=now)
    return len(notes)


def look_at_each(
    conn: Connection,
    store: StoreRef,
    revision: Revision,
    members: Sequence[int],
    *,
    now: datetime,
    silent: frozenset[int] = frozenset(),
    aside: Aside | None = None,
) -> list[int]:
    """`look_at_lines` where one member at whom it fails keeps it from none; gives those members.

    They are to be looked at again: the caller sees to it.
    """

    def look(some: Sequence[int]) -> None:
        look_at_lines(conn, store, revision, some, now=now, silent=silent)

    each = EachRow(conn, store, LINES, aside or Aside(), now)
    return each.do(members, look, lambda member_id: member_id)


def notes_of(
    conn: Connection,
    store: StoreRef,
    revision: Revision,
    sweep: Sweep,
    members: Sequence[int],
    *,
    silent: frozenset[int] = frozenset(),
) -> list[Note]:
    """What `look_at_lines` would write down of some members; nothing is written."""
    ids = people_of.survivors(conn, store.id, members)
    automatic = revision.program.settings.enrollment == "automatic"
    people = people_of.people(conn, store.id, ids)
    inside = {
        one.id
        for one in people
        if takes_part(one.state, hold_out=one.hold_out, automatic=automatic)
    }
    looked_at = [one.id for one in people]
    absorbed = people_of.merged_into(conn, store.id, looked_at)
    totals = totals_of(conn, store.id, absorbed, looked_at)
    known = passed.known_of(conn, store.id, looked_at, absorbed)
    notes: list[Note] = []
    for one in milestones_of(revision.program):
        line = one.milestone.line
        early = _before(conn, store, sweep, one, totals, absorbed)
        for member_id, now_has in totals.items():
            noted = known.get((member_id, one.rule.id, line.type))
            state = next_state(
                one.milestone,
                now_has,
                early.get(member_id, Totals()),
                noted,
                silent=member_id in silent,
            )
            if state == "taking":
                # Each who became this member may have passed the line by themselves.
                person = [member_id, *(of for of, to in absorbed.items() if to == member_id)]
                theirs = passed.noted(
                    conn, store.id, person, one.rule.id, line.type, states=("given",)
                )
            else:
                theirs = [member_id] if state is not None and member_id in inside else []
            if state is not None:
                notes += [Note(of, one.rule.id, line.type, line.text, state) for of in theirs]
    return notes


def settle_milestones(
    conn: Connection,
    store: StoreRef,
    *,
    limit: int,
    keys: EmailKeys,
    now: datetime,
    aside: Aside | None = None,
) -> int:
    """Gives perks, and takes back those that fall with a refund; gives how many were looked at.

    What is to be given waits while earning is switched off.

    Args:
        aside: perks that failed, which others go before until they are tried again.
    """
    each = EachRow(conn, store, PERKS, aside or Aside(), now)

    def oldest(most: int) -> list[OpenPassed]:
        return passed.open_ones(conn, store.id, limit=most, giving=store.earning_on)

    def settle(ones: Sequence[OpenPassed]) -> None:
        for one in ones:
            if one.state == "waiting":
                _give(conn, store, one, keys, now)
            else:
                _take(conn, store, one, now)

    found = each.ready(oldest, limit, _name)
    falling = [(one.member_id, _key(one)) for one in found if one.state == "taking"]
    gifts = lock_gifts_of_deeds(conn, store, falling)
    lock_people(conn, store, {one.member_id for one in found}, now=now, gifts=gifts)
    each.do(found, settle, _name)
    return len(found)


def _before(
    conn: Connection,
    store: StoreRef,
    sweep: Sweep,
    one: MilestoneRule,
    totals: Mapping[int, Totals],
    absorbed: Mapping[int, int],
) -> dict[int, Totals]:
    """What counts from before a line came into force, of those who are past it now."""
    line = one.milestone.line
    past = [member_id for member_id, has in totals.items() if not missing_to_line(line, has)]
    if not past or one.milestone.retroactive:
        return {}
    theirs = {loser: winner for loser, winner in absorbed.items() if winner in set(past)}
    return totals_of(conn, store.id, theirs, past, until=sweep.since(one.rule.id))


def _give(
    conn: Connection, store: StoreRef, one: OpenPassed, keys: EmailKeys, now: datetime
) -> None:
    deed = DeedFacts(trigger=MILESTONE, on=one.rule_id, at=one.at, key=_key(one))
    awarded = give_once(conn, store, one.member_id, deed, keys=keys, now=now)
    if awarded.withheld == "earning_off":
        return
    if awarded.withheld and awarded.withheld != "given_before":
        passed.settle(conn, store.id, one, None)
        return
    given = awarded.created and bool(awarded.grants)
    points = awarded.total() if given else 0
    passed.settle(conn, store.id, one, "given" if awarded.grants else "nothing", points)
    if awarded.grants and not given and awarded.member_id is not None:
        # Another whom the member was merged with had the perk, which may have to fall.
        look_again(conn, store.id, (awarded.member_id,))
    if points and awarded.member_id is not None:
        tell(
            conn,
            store.id,
            awarded.member_id,
            Kind.bonus_given,
            {"points": points, "bonus": MILESTONE},
            key=f"bonus:{awarded.member_id}:{deed.key}",
            now=now,
        )


def _take(conn: Connection, store: StoreRef, one: OpenPassed, now: datetime) -> None:
    """Takes a perk back. Of several who became one each has a note and a deed of their own; only a
    perk that waited through a merge was given to another of them, of whom no perk is noted.
    """
    member = surviving_member(conn, store.id, one.member_id)
    if member is not None:
        lock_member(conn, store, member.id)
        person = everybody(conn, store, member.id)
        others = passed.noted(conn, store.id, person, one.rule_id, one.kind, states=passed.PERK)
        for whose in sorted({one.member_id, *({*person} - {*others})}):
            reverse_deed(conn, store, member.id, _key(one), now=now, why="below_line", of=[whose])
    passed.settle(conn, store.id, one, "taken")


def _name(one: OpenPassed) -> tuple[int, str, str]:
    return one.member_id, one.rule_id, one.kind


def _key(one: OpenPassed) -> str:
    return deed_key(one.rule_id, one.kind)
