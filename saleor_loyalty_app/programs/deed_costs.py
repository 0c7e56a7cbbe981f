"""What a program gives for what members did, or what befell them, other than ordering. Pure.

How often it happened is counted elsewhere; a deed is taken to bring what its rules give to somebody
for whom each of them holds, before caps, so that what is told of a number of deeds is their most.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from saleor_loyalty_app.programs.bonuses import DEFAULTS
from saleor_loyalty_app.programs.decide_deed import most_points
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.milestones import MILESTONE
from saleor_loyalty_app.programs.perks import IssueReward, SetTier
from saleor_loyalty_app.programs.rules import EarningRule

#: A trigger and what the deed is about: a question, a level, a type of event, a rule on a
#: milestone; "" where there is nothing.
Deed = tuple[str, str]
CONFIRMED, BIRTHDAY, ANNIVERSARY = "account_confirmed", "birthday", "anniversary"
ANSWER, TIER, EVENT = "question_answered", "tier_reached", "custom_event"
#: The longest time with the program that a rule can ask for.
_YEARS = range(1, 101)


@dataclass(frozen=True, slots=True)
class DeedCost:
    """What one kind of deed costs.

    Attributes:
        times: how often it happened; of a sample (`about`) it is an estimate.
        each: points that one brings at most by the draft.
        points, points_before: that so many bring, by the draft and by the program in force.
        at_once: it is no count of the past: so many are given the perk when the draft is published.
    """

    trigger: str
    on: str
    times: int
    each: int
    points: int
    points_before: int
    about: bool = False
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Uncounted:
    """What a draft may cost besides, and what nothing of the past tells how often.

    Attributes:
        why: a stable word: the trigger of a deed that nobody could do so far, "reward" or "tier" of
            a rule that gives one, or "shipping".
        on: the question, level, type of event or rule; "" where there is nothing.
    """

    why: str
    on: str = ""


def points_for(program: Program | None, trigger: str, on: str) -> int:
    """The points that one deed brings at most; 0 where nobody can do it under the program."""
    if program is None:
        return 0
    bonuses = program.bonuses or DEFAULTS
    if trigger == BIRTHDAY and not bonuses.birthdays.asked:
        return 0
    if trigger == ANSWER:
        question = bonuses.question(on)
        if question is None or not question.enabled:
            return 0
    if trigger == EVENT:
        kind = None if program.events is None else program.events.type(on)
        if kind is None or not kind.is_open:
            return 0
    if trigger == TIER and on not in levels_in_force(program):
        return 0
    return most_points(program, trigger, on)


def deeds_of(program: Program | None) -> list[Deed]:
    """The deeds that bring points under a program; anniversaries of all years are one."""
    if program is None:
        return []
    years = any(points_for(program, ANNIVERSARY, str(year)) for year in _YEARS)
    found = [(ANNIVERSARY, "")] if years else []
    return [
        *(deed for deed in _possible(program) if points_for(program, *deed)),
        *found,
    ]


def _possible(program: Program) -> Iterator[Deed]:
    yield CONFIRMED, ""
    yield BIRTHDAY, ""
    for question in (program.bonuses or DEFAULTS).questions:
        yield ANSWER, question.id
    for level in levels_in_force(program):
        yield TIER, level
    for kind in () if program.events is None else program.events.types:
        yield EVENT, kind.id
    for rule in program.earning.rules:
        if rule.enabled and rule.trigger == MILESTONE:
            yield MILESTONE, rule.id


def levels_in_force(program: Program | None) -> list[str]:
    """The ids of the levels that members can reach."""
    tiers = None if program is None else program.tiers
    return [level.id for level in tiers.levels] if tiers is not None and tiers.enabled else []


def cost_of(
    deed: Deed, draft: Program, live: Program | None, times: int, *, about: bool = False
) -> DeedCost:
    """What so many deeds of one kind cost."""
    each, before = points_for(draft, *deed), points_for(live, *deed)
    return DeedCost(*deed, times, each, times * each, times * before, about)


def cost_of_anniversaries(
    draft: Program, live: Program | None, by_year: Mapping[int, int]
) -> DeedCost:
    """What anniversaries cost, of which so many were the first, the second and so on."""

    def points(program: Program | None) -> int:
        return sum(
            times * points_for(program, ANNIVERSARY, str(year)) for year, times in by_year.items()
        )

    most = max(points_for(draft, ANNIVERSARY, str(year)) for year in _YEARS)
    paid = {
        year: times
        for year, times in by_year.items()
        if points_for(draft, ANNIVERSARY, str(year)) or points_for(live, ANNIVERSARY, str(year))
    }
    return DeedCost(ANNIVERSARY, "", sum(paid.values()), most, points(draft), points(live))


def uncounted_deeds(draft: Program, live: Program | None, *, birthdays_known: int) -> list[Deed]:
    """Deeds that the draft pays for and that nobody could do so far, or on other terms."""
    tiers_alike = (
        draft.tiers is not None
        and live is not None
        and live.tiers is not None
        and live.tiers.enabled
        and live.tiers.digest == draft.tiers.digest
    )
    found = []
    for trigger, on in deeds_of(draft):
        new = {
            BIRTHDAY: birthdays_known == 0,
            ANSWER: not _asked(live, on),
            TIER: not tiers_alike,
            EVENT: not _taken(live, on),
        }
        if new.get(trigger, False):
            found.append((trigger, on))
    return found


def _asked(program: Program | None, question_id: str) -> bool:
    bonuses = None if program is None else program.bonuses
    question = None if bonuses is None else bonuses.question(question_id)
    return question is not None and question.enabled


def _taken(program: Program | None, type_id: str) -> bool:
    events = None if program is None else program.events
    kind = None if events is None else events.type(type_id)
    return kind is not None and kind.is_open


def uncounted_perks(draft: Program) -> list[Uncounted]:
    """What a draft gives that is no points, and costs money or multiplies points."""
    found = [
        Uncounted("reward" if isinstance(rule.then, IssueReward) else "tier", rule.id)
        for rule in draft.earning.rules
        if rule.enabled and _gives(rule)
    ]
    if draft.shipping is not None and draft.shipping.live:
        found.append(Uncounted("shipping"))
    return found


def _gives(rule: EarningRule) -> bool:
    return isinstance(rule.then, IssueReward | SetTier)


def automatic_goodwill(program: Program | None) -> int:
    """The points that goodwill without a person gives in a calendar month at most."""
    goodwill = None if program is None else program.goodwill
    if goodwill is None:
        return 0
    signals = (goodwill.late_delivery, goodwill.cancelled_line, goodwill.complaint)
    if not any(signal is not None and signal.automatic for signal in signals):
        return 0
    return goodwill.automatic_points or 0
