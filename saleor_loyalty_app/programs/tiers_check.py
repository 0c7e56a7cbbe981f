"""Whether the tiers of a program rise, and fit its store and its rules."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision

from saleor_loyalty_app.programs import conditions as c
from saleor_loyalty_app.programs.choices import choice_of
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.problems import Problem
from saleor_loyalty_app.programs.scalars import plain
from saleor_loyalty_app.programs.shipping_conditions import shipping_leaves
from saleor_loyalty_app.programs.tiers import Level, Requirements, Tiers


def tier_problems(program: Program, currencies: frozenset[str]) -> Iterator[Problem]:
    """All problems of the tiers, and of rules that name tiers; `currencies` are the store's."""
    tiers = program.tiers
    yield from _rule_problems(program)
    if tiers is None:
        return
    for index, level in enumerate(tiers.levels):
        path = f"tiers.levels[{index}]"
        if index:
            yield from _rising(tiers.levels[index - 1], level, f"{path}.requirements")
        yield from _spend_problems(level.requirements, f"{path}.requirements.spend", currencies)
        for locale in program.texts:
            if locale not in level.names:
                detail = {"tier": level.id, "locale": locale}
                yield Problem("tier_name_missing", f"{path}.names", "warning", detail)
    if tiers.enabled and _asks_for_status(tiers) and not _gives_status(program):
        yield Problem("status_not_earned", "tiers.levels", "warning")


def _rising(lower: Level, higher: Level, path: str) -> Iterator[Problem]:
    """A level must take more than the one below it, and nothing that it takes may be less."""
    below, above = _limits(lower.requirements), _limits(higher.requirements)
    names = {"tier": higher.id, "below": lower.id}
    if not above:
        yield Problem("tier_empty", path, detail=names)
        return
    shared = [name for name in above if name in below]
    alone = higher.requirements.match == "any"
    for name in shared:
        if above[name] < below[name] or (alone and above[name] == below[name]):
            detail = {**names, "limit": plain(below[name])}
            yield Problem("tier_falls", f"{path}.{_place(higher, name)}", detail=detail)
    rises = any(above[name] > below[name] for name in shared)
    if not rises and not (set(above) - set(below)) and not _falls(above, below, alone=alone):
        yield Problem("tier_not_higher", path, detail=names)
    for name in below:
        kind, _, currency = name.partition(":")
        if kind == "spend" and name not in above and higher.requirements.spend is not None:
            detail = {**names, "currency": currency}
            yield Problem("tier_currency_missing", f"{path}.spend.limits", "warning", detail)


def _falls(above: Mapping[str, Decimal], below: Mapping[str, Decimal], *, alone: bool) -> bool:
    return any(
        limit < below[name] or (alone and limit == below[name])
        for name, limit in above.items()
        if name in below
    )


def _limits(requirements: Requirements) -> dict[str, Decimal]:
    """What is asked for, by kind; spend by currency."""
    limits: dict[str, Decimal] = {}
    if requirements.spend is not None:
        for one in requirements.spend.limits:
            limits[f"spend:{one.currency}"] = one.min
    for kind, limit in (
        ("status_points", requirements.status_points),
        ("orders", requirements.orders),
        ("tenure_days", requirements.tenure_days),
    ):
        if limit is not None:
            limits[kind] = Decimal(limit.min)
    return limits


def _place(level: Level, name: str) -> str:
    kind, _, currency = name.partition(":")
    if kind != "spend" or level.requirements.spend is None:
        return f"{kind}.min"
    listed = [one.currency for one in level.requirements.spend.limits]
    return f"spend.limits[{listed.index(currency)}].min"


def _spend_problems(
    requirements: Requirements, path: str, currencies: frozenset[str]
) -> Iterator[Problem]:
    for index, limit in enumerate(requirements.spend.limits if requirements.spend else ()):
        here = f"{path}.limits[{index}]"
        if limit.currency not in currencies:
            detail = {
                "currency": limit.currency,
                **choice_of(limit.currency, sorted(currencies)),
            }
            yield Problem("tier_currency_unknown", f"{here}.currency", "warning", detail)
        places = get_currency_precision(limit.currency)
        if limit.min != round(limit.min, places):
            yield Problem("too_many_places", f"{here}.min", detail={"limit": str(places)})


def _rule_problems(program: Program) -> Iterator[Problem]:
    """Rules and offers that name a tier there is none of, or wait for tiers that are off."""
    tiers = program.tiers if program.tiers is not None and program.tiers.enabled else None
    known = {level.id for level in tiers.levels} if tiers is not None else set()
    for index, rule in enumerate(program.earning.rules):
        if not rule.enabled:
            continue
        path = f"earning.rules[{index}]"
        named = list(rule.on or ()) if rule.trigger == "tier_reached" else []
        for leaf in c.leaves(rule.when) if rule.when is not None else ():
            if isinstance(leaf, c.InTiers):
                named += leaf.tiers
        for tier in named:
            if tier not in known:
                yield Problem("tier_unknown", path, "warning", tier_choice(program, tier))
        if rule.trigger == "tier_reached" and not named and tiers is None:
            yield Problem("tiers_needed", path, "warning")
    for index, offer in enumerate(program.shipping.offers if program.shipping else ()):
        for part in shipping_leaves(offer.when) if offer.enabled and offer.when else ():
            for tier in part.tiers if isinstance(part, c.InTiers) else ():
                if tier not in known:
                    path = f"shipping.offers[{index}].when"
                    detail = {"offer": offer.id, **tier_choice(program, tier)}
                    yield Problem("shipping_tier_unknown", path, "warning", detail)


def tier_choice(program: Program, tier: str) -> dict[str, Any]:
    """For the detail of a problem: a tier that is not in force, and which are instead."""
    tiers = program.tiers
    if tiers is not None and not tiers.enabled and tiers.rank_of(tier) >= 0:
        return {"tier": tier, "case": "off"}
    known = [level.id for level in tiers.levels] if tiers is not None and tiers.enabled else []
    return {"tier": tier, **choice_of(tier, known)}


def uses_status_points(program: Program) -> bool:
    """Whether a rule that is on gives status points, or a tier asks for them."""
    tiers = program.tiers
    asked = tiers is not None and tiers.enabled and _asks_for_status(tiers)
    return asked or _gives_status(program)


def _asks_for_status(tiers: Tiers) -> bool:
    return any(level.requirements.status_points is not None for level in tiers.levels)


def _gives_status(program: Program) -> bool:
    return any(rule.enabled and rule.then.unit == "status" for rule in program.earning.rules)
