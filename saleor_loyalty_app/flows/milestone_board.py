"""How far one member is to each milestone, and what would lie behind a line for all of them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.flows.pass_milestones import MilestoneRule, milestones_of
from saleor_loyalty_app.flows.reward_outlook import not_now
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.members.eligibility import takes_part
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.errors import MemberNotFound
from saleor_loyalty_app.members.refs import MemberRef, Newcomer
from saleor_loyalty_app.members.repository import member_by_id
from saleor_loyalty_app.members.sampling import count_people, sampled_pages
from saleor_loyalty_app.milestones import passed
from saleor_loyalty_app.milestones.totals import totals_of
from saleor_loyalty_app.programs import words
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.milestone_rules import missing_to_line, progress_percent
from saleor_loyalty_app.programs.perks import IssueReward, PerkEffect
from saleor_loyalty_app.programs.perks_words import perk_name
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.programs.rules import EarningRule
from saleor_loyalty_app.programs.tier_measures import Missing
from saleor_loyalty_app.programs.tiers_words import missing_words
from saleor_loyalty_app.rewards.errors import SpendingRefused
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers import repository as people_of

#: The perk was given or is about to be, or never will be.
_DONE = ("waiting", "given")
_NEVER = ("before", "taken", "nothing")


@dataclass(frozen=True, slots=True)
class Ahead:
    """A milestone as it stands for a member.

    Attributes:
        reached: it was passed, and the perk is theirs.
        percent: of the way, 0 to 100.
        missing: to the line; of several currencies one is enough.
        program: in force, which names rewards.
        not_now: why its reward would not be given as things are; None = it would.
    """

    rule: EarningRule
    kind: str
    reached: bool
    percent: int
    missing: tuple[Missing, ...]
    program: Program | None = None
    not_now: SpendingRefused | None = None

    @property
    def points(self) -> int:
        """What the line brings."""
        return getattr(self.rule.then, "points", None) or 0

    def reward(self, language: str) -> str:
        """What the reward is called that the line brings; "" where it brings points."""
        effect = self.rule.then
        return perk_name(effect, language, self.program) if isinstance(effect, PerkEffect) else ""

    def told(self, language: str) -> str:
        """What is missing, as a sentence: "$320.00 more until 500 points."; "" for nothing."""
        if not self.missing or self.reached:
            return ""
        unit = self.rule.then.unit
        if unit == "perk":
            brings = words.effect_words(self.rule.then, language, self.program)
        else:
            brings = words.amount_words(self.points, unit, language)
        name = self.rule.label(language) if self.rule.name else ""
        missing = missing_words(self.missing, language)
        key = "milestone.ahead_named" if name else "milestone.ahead"
        return translate(key, language, missing=missing, points=brings, name=name)


@dataclass(frozen=True, slots=True)
class Behind:
    """Who is past the line of a rule that is being written.

    Attributes:
        total: members of the store; `looked_at` of them were looked at, all or a sample.
        past: of those looked at, past the line and not given the rule's perk yet.
        had: of those looked at, given it already: nobody gets it twice.
    """

    total: int
    looked_at: int
    past: int
    had: int

    @property
    def expected(self) -> int:
        """How many of all members are past the line, as far as the sample tells; rounded up."""
        return -(-self.past * self.total // self.looked_at) if self.looked_at else 0


def milestone_board(
    conn: Connection,
    store: StoreRef,
    member: int | MemberRef,
    *,
    now: datetime,
    keys: EmailKeys | None = None,
) -> list[Ahead]:
    """The milestones in force for a member: the nearest first, then those reached.

    Left out is what they cannot get any more: a line passed before it came into force, or a perk
    that fell with a refund.

    Args:
        member: also a newcomer.
        keys: find what is remembered of the member's address under older secrets, too.

    Raises:
        MemberNotFound: there is no such member.
    """
    revision = revision_at(conn, store.id, now)
    person = people_of.person_of(conn, store.id, member)
    if person is None:
        raise MemberNotFound
    ids = [person.id]
    found = milestones_of(None if revision is None else revision.program)
    if revision is None or not found:
        return []
    automatic = revision.program.settings.enrollment == "automatic"
    if not takes_part(person.state, hold_out=person.hold_out, automatic=automatic):
        return []
    absorbed = people_of.merged_into(conn, store.id, ids)
    totals = totals_of(conn, store.id, absorbed, ids)[person.id]
    known = passed.known_of(conn, store.id, ids, absorbed)
    who: int | Newcomer = member if isinstance(member, Newcomer) else person.id
    missed = _not_now(conn, store, revision.program, who, now, keys)
    board = []
    for one in found:
        line = one.milestone.line
        noted = known.get((person.id, one.rule.id, line.type))
        if noted is not None and noted.state in _NEVER and noted.line == line.text:
            continue
        reached = noted is not None and noted.state in _DONE
        missing = missing_to_line(line, totals)
        percent = 100 if reached else progress_percent(line, totals)
        left = () if reached else missing
        why = None if reached else missed.get(getattr(one.rule.then, "reward", ""))
        board.append(Ahead(one.rule, line.type, reached, percent, left, revision.program, why))
    return sorted(board, key=lambda one: (one.reached, -one.percent))


def _not_now(
    conn: Connection,
    store: StoreRef,
    program: Program,
    who: int | Newcomer,
    now: datetime,
    keys: EmailKeys | None,
) -> dict[str, SpendingRefused]:
    """Why rewards of lines would not be given, by their ids."""
    effects = (one.rule.then for one in milestones_of(program))
    rewards = {one.reward for one in effects if isinstance(one, IssueReward)}
    if not rewards:
        return {}
    member = who if isinstance(who, Newcomer) else member_by_id(conn, store.id, who)
    if member is None:
        return {}
    found = not_now(conn, store, member, program, rewards, at=now, keys=keys)
    return {one.reward: one.why for one in found}


def preview_line(conn: Connection, store: StoreRef, program: Program, rule_id: str) -> Behind:
    """How many members are past the line of a rule; nothing is written."""
    total = count_people(conn, store.id)
    rule = next((one for one in milestones_of(program) if one.rule.id == rule_id), None)
    if rule is None:
        return Behind(total, 0, 0, 0)
    looked_at = past = had = 0
    for page in sampled_pages(conn, store.id, total):
        looked_at += len(page)
        more, already = _page(conn, store, program, rule, page)
        past, had = past + more, had + already
    return Behind(total, looked_at, past, had)


def _page(
    conn: Connection, store: StoreRef, program: Program, rule: MilestoneRule, page: list[int]
) -> tuple[int, int]:
    automatic = program.settings.enrollment == "automatic"
    inside = [
        one.id
        for one in people_of.people(conn, store.id, page)
        if takes_part(one.state, hold_out=one.hold_out, automatic=automatic)
    ]
    absorbed = people_of.merged_into(conn, store.id, inside)
    known = passed.known_of(conn, store.id, inside, absorbed)
    line = rule.milestone.line
    past = had = 0
    for member_id, totals in totals_of(conn, store.id, absorbed, inside).items():
        noted = known.get((member_id, rule.rule.id, line.type))
        if noted is not None and noted.state != "before":
            had += 1
        elif not missing_to_line(line, totals):
            past += 1
    return past, had
