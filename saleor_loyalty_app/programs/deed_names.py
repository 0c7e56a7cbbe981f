"""What that is called which a deed is about: a tier, a question, a type of event, a milestone."""

from collections.abc import Iterable

from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.milestones import MILESTONE
from saleor_loyalty_app.programs.rules import EarningRule


def name_about(program: Program, trigger: str, about: str, language: str) -> str | None:
    """The name of what a deed is about; None where the program has none for it.

    Args:
        about: an id; of a milestone that of its rule.
    """
    match trigger:
        case "tier_reached":
            levels = () if program.tiers is None else program.tiers.levels
            return next((one.label(language) for one in levels if one.id == about), None)
        case "question_answered":
            asked = None if program.bonuses is None else program.bonuses.question(about)
            return None if asked is None else asked.asked(language)
        case "custom_event":
            told = None if program.events is None else program.events.type(about)
            return None if told is None else told.label(language)
        case "milestone":
            rule = _rule(program, about)
            return rule.label(language) if rule is not None and rule.name else None
    return None


def names_waited_for(
    program: Program, rule_id: str, wanted: Iterable[str], language: str
) -> list[str] | None:
    """What a rule on deeds waits for, by name; None where a name is not known, or tells nothing.

    Args:
        rule_id: also that of what a tier gives to who reaches it.
    """
    rule = _rule(program, rule_id)
    trigger = "tier_reached" if rule is None else rule.trigger
    if trigger == MILESTONE:
        return None
    if trigger == "anniversary":
        return list(wanted)
    names = [name_about(program, trigger, one, language) for one in wanted]
    known = [one for one in names if one is not None]
    return known if len(known) == len(names) else None


def _rule(program: Program, rule_id: str) -> EarningRule | None:
    return next((one for one in program.earning.rules if one.id == rule_id), None)
