"""Whether what rules give beside points fits the rest of the program."""

from collections.abc import Iterator

from saleor_loyalty_app.programs.choices import choice_of
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.perks import IssueReward, SendMessage, SetTier
from saleor_loyalty_app.programs.problems import Problem
from saleor_loyalty_app.programs.rewards import NO_REWARDS


def perk_problems(program: Program) -> Iterator[Problem]:
    """The problems of rules that give rewards, tiers or messages; not of those switched off."""
    for index, rule in enumerate(program.earning.rules):
        if not rule.enabled:
            continue
        path = f"earning.rules[{index}].then"
        if isinstance(rule.then, IssueReward):
            yield from _reward_problems(program, rule.then.reward, f"{path}.reward")
        elif isinstance(rule.then, SetTier):
            yield from _tier_problems(program, rule.then.tier, f"{path}.tier")
        elif isinstance(rule.then, SendMessage):
            yield from _message_problems(program, rule.then, f"{path}.texts")


def _message_problems(program: Program, message: SendMessage, path: str) -> Iterator[Problem]:
    for locale in program.texts:
        if locale not in message.texts:
            yield Problem("perk_message_locale", path, "warning", {"locale": locale})
    for locale, text in message.texts.items():
        for field, said in (("title", text.title), ("body", text.body)):
            # As the texts of the mails have them, which members would read as they stand here.
            if "{{" in said or "{%" in said:
                where = f"{path}.{locale}.{field}"
                yield Problem("perk_message_placeholder", where, "warning", {"locale": locale})


def _reward_problems(program: Program, reward: str, path: str) -> Iterator[Problem]:
    catalog = program.rewards or NO_REWARDS
    item = catalog.item(reward)
    if item is None:
        detail = {"reward": reward, **choice_of(reward, [one.id for one in catalog.items])}
        yield Problem("perk_reward_unknown", path, detail=detail)
    elif item.needs_cart:
        yield Problem("perk_reward_needs_cart", path, detail={"reward": reward})
    elif not item.enabled:
        yield Problem("perk_reward_off", path, "warning", {"reward": reward})


def _tier_problems(program: Program, tier: str, path: str) -> Iterator[Problem]:
    tiers = program.tiers
    if tiers is None or tiers.rank_of(tier) < 0:
        known = [] if tiers is None else [level.id for level in tiers.levels]
        yield Problem("perk_tier_unknown", path, detail={"tier": tier, **choice_of(tier, known)})
    elif not tiers.enabled:
        yield Problem("perk_tiers_off", path, "warning", {"tier": tier})
