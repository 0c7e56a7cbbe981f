"""What deeds cost, and what is not counted, in words."""

from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.programs import rule_words, words
from saleor_loyalty_app.programs.deed_costs import DeedCost, Uncounted
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.milestones import MILESTONE


def deed_words(cost: DeedCost, draft: Program, live: Program | None, language: str) -> str:
    """What happened: "Birthdays", "Answers to “Size?”", "Members who reached Gold"."""
    key = f"publishing.deed.{cost.trigger}{'.at_once' if cost.at_once else ''}"
    return translate(key, language, name=_name(cost.trigger, cost.on, draft, live, language))


def uncounted_words(what: Uncounted, draft: Program, language: str) -> str:
    """What is not counted, and why."""
    name = _name(what.why, what.on, draft, None, language)
    return translate(f"publishing.uncounted.{what.why}", language, name=name)


def _name(trigger: str, on: str, draft: Program, live: Program | None, language: str) -> str:
    """What it is about as the draft calls it, or else the program in force."""
    if not on:
        return ""
    for program in (draft, live):
        if program is not None and (name := _named(trigger, on, program, language)) is not None:
            return name
    return on


def _named(trigger: str, on: str, program: Program, language: str) -> str | None:
    match trigger:
        case "question_answered":
            question = None if program.bonuses is None else program.bonuses.question(on)
            return None if question is None else question.asked(language)
        case "tier_reached":
            return words.tier_names(program, language).get(on)
        case "custom_event":
            kind = None if program.events is None else program.events.type(on)
            return None if kind is None else kind.label(language)
        case _:
            rule = next((one for one in program.earning.rules if one.id == on), None)
            if rule is None:
                return None
            if trigger == MILESTONE and rule.milestone is not None and not rule.name:
                return rule_words.line_words(rule.milestone, language)
            return rule.label(language)
