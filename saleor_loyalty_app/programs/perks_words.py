"""What rules give beside points, in words."""

from collections.abc import Iterator, Mapping, Sequence
from textwrap import shorten
from typing import Any

from saleor_loyalty_app.i18n import filled, translate
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.perks import (
    GiveTag,
    IssueReward,
    PerkEffect,
    PlannedEffect,
    PlannedMessage,
    SendMessage,
    effect_of,
)

#: So much of a message's text is told of it.
SHOWN = 80
#: What became of some kinds is said in words of their own.
_OWN_WORDS = frozenset(
    {("ended", "tag"), ("given", "message"), ("taken", "message"), ("kept", "message")}
)


def perk_name(effect: PerkEffect | PlannedEffect, language: str, program: Program | None) -> str:
    """What the reward or the tier is called; its id where no program names it.

    A tag is called as it is, a message by its title.
    """
    if isinstance(effect, PlannedMessage):
        return translate("effect.some_message", language)
    if isinstance(effect, SendMessage):
        return effect.text_for([language]).title
    if isinstance(effect, GiveTag):
        return effect.tag
    if isinstance(effect, IssueReward):
        return effect.reward if program is None else program.reward_name(effect.reward, language)
    if program is None or program.tiers is None:
        return effect.tier
    rank = program.tiers.rank_of(effect.tier)
    return effect.tier if rank < 0 else program.tiers.levels[rank].label(language)


def perk_words(
    effect: PerkEffect | PlannedEffect, language: str, program: Program | None = None
) -> str:
    """What is given, such as "the reward “A mug”"; by its id where no program names it."""
    name = perk_name(effect, language, program)
    if isinstance(effect, IssueReward):
        return translate("effect.issue_reward", language, reward=name)
    if isinstance(effect, GiveTag):
        return translate("effect.tag", language, tag=name)
    if isinstance(effect, PlannedMessage):
        return name
    if isinstance(effect, SendMessage):
        body = shorten(effect.text_for([language]).body, SHOWN, placeholder="…").rstrip(".")
        locales = ", ".join(sorted(effect.texts))
        return translate("effect.message", language, title=name, body=body, locales=locales)
    key = "effect.set_tier.one" if effect.days == 1 else "effect.set_tier"
    return translate(key, language, tier=name, days=effect.days)


def rewritten(old: object, new: object) -> tuple[str, ...]:
    """The languages in which a rule tells something else than it did, by their codes."""
    if not isinstance(old, SendMessage) or not isinstance(new, SendMessage):
        return ()
    locales = sorted({*old.texts, *new.texts})
    return tuple(one for one in locales if old.texts.get(one) != new.texts.get(one))


def planned_words(
    perks: Sequence[Mapping[str, Any]],
    language: str,
    program: Program | None,
    *,
    of_deed: bool = False,
) -> Iterator[str]:
    """What an award plan or a deed gives beside points, a sentence each, and what became of it.

    Args:
        perks: as plans keep them; with "state" and "detail" where a row says what became of it.
    """
    for one in perks:
        rule = one["rule"] if program is None else program.rule_name(one["rule"], language)
        effect = _whole(effect_of(one["effect"]), one["rule"], program)
        said = perk_words(effect, language, program)
        yield translate("explain.perk", language, rule=rule, perk=said)
        state = one.get("state", "")
        own = (state, effect.type) in _OWN_WORDS
        if own or state not in ("", "given"):
            detail = one["detail"]
            why = ""
            if state == "refused":
                arguments = detail.get("detail", {})
                why = filled(f"error.{detail['code']}", language, arguments)
            key = f"{state}_{effect.type}" if own else state
            key = f"{key}_deed" if of_deed and state == "taken" else key
            yield translate(f"explain.perk.{key}", language, why=why)


def _whole(
    effect: PlannedEffect, rule_id: str, program: Program | None
) -> PerkEffect | PlannedEffect:
    """A planned message with the texts that its program has."""
    if not isinstance(effect, PlannedMessage) or program is None:
        return effect
    return program.message_of(rule_id) or effect
