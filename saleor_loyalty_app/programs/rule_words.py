"""On what a rule waits, when it holds, and what it gives at most, in words."""

from collections.abc import Mapping

from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.programs.caps import Caps
from saleor_loyalty_app.programs.deed_names import name_about
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.milestones import Milestone, SpendLine
from saleor_loyalty_app.programs.rules import EarningRule
from saleor_loyalty_app.programs.words import (
    condition_words,
    list_words,
    member_names,
    money_words,
    number_words,
)


def rule_when_words(
    rule: EarningRule, program: Program, language: str, store: Mapping[str, str] | None = None
) -> str:
    """On what a rule waits, and when it holds.

    Args:
        store: what the store calls things (`store_names.Called`); others go by their references.
    """
    names = {**(store or {}), **member_names(program, language)}
    when = condition_words(rule.when, language, names)
    if rule.trigger == "order":
        return when
    deed = trigger_words(rule, program, language)
    return deed if rule.when is None else f"{deed} {translate('words.and', language)} {when}"


def trigger_words(rule: EarningRule, program: Program, language: str) -> str:
    """On what a rule waits, such as "on the birthday"."""
    if rule.milestone is not None:
        return line_words(rule.milestone, language)
    if rule.on is None:
        return translate(f"trigger.{rule.trigger}", language)
    named = [name_about(program, rule.trigger, item, language) or item for item in rule.on]
    items = list_words(named, language)
    return translate(f"trigger.{rule.trigger}.on", language, items=items)


def line_words(milestone: Milestone, language: str) -> str:
    """The line that a milestone is, such as "when 10 orders have been paid"."""
    line = milestone.line
    if isinstance(line, SpendLine):
        amounts = [money_words(one.min, one.currency, language) for one in line.limits]
        text = translate("milestone.line.spend", language, amount=" / ".join(amounts))
    else:
        number = number_words(line.min, language)
        key = f"milestone.line.{line.type}.one" if line.min == 1 else f"milestone.line.{line.type}"
        text = translate(key, language, number=number)
    more = [
        *(["milestone.retroactive"] if milestone.retroactive else []),
        *([] if milestone.keep else ["milestone.not_kept"]),
    ]
    told = ", ".join(translate(key, language) for key in more)
    return f"{text} ({told})" if told else text


def caps_words(caps: Caps | None, language: str) -> str:
    """What a rule gives at most."""
    if caps is None:
        return translate("value.none", language)
    parts = []
    if caps.per_order is not None:
        limit = number_words(caps.per_order, language)
        parts.append(translate("cap.per_order", language, limit=limit))
    cap = caps.per_member
    if cap is not None:
        period = translate(f"cap.period.{cap.period}", language)
        for name, number in (("points", cap.points), ("times", cap.times)):
            if number is not None:
                limit = number_words(number, language)
                key = "cap.times.one" if (name, number) == ("times", 1) else f"cap.{name}"
                parts.append(translate(key, language, limit=limit, period=period))
    return ", ".join(parts)
