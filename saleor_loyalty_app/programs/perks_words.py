"""What rules give beside points, in words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.perks import IssueReward, PerkEffect, effect_of


def perk_words(effect: PerkEffect, language: str, program: Program | None = None) -> str:
    """What is given, such as "the reward “A mug”"; by its id where no program names it."""
    if isinstance(effect, IssueReward):
        name = effect.reward
        if program is not None:
            name = program.reward_name(name, language)
        return translate("effect.issue_reward", language, reward=name)
    name = effect.tier
    if program is not None and program.tiers is not None:
        rank = program.tiers.rank_of(name)
        name = name if rank < 0 else program.tiers.levels[rank].label(language)
    key = "effect.set_tier.one" if effect.days == 1 else "effect.set_tier"
    return translate(key, language, tier=name, days=effect.days)


def planned_words(
    perks: Sequence[Mapping[str, Any]], language: str, program: Program | None
) -> Iterator[str]:
    """What an award plan gives beside points, a sentence each."""
    for one in perks:
        rule = one["rule"] if program is None else program.rule_name(one["rule"], language)
        said = perk_words(effect_of(one["effect"]), language, program)
        yield translate("explain.perk", language, rule=rule, perk=said)
