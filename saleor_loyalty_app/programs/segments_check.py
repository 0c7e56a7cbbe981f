"""Whether the segments of a program fit its store and its tiers, and rules name segments it has."""

from collections.abc import Iterator

from babel.numbers import get_currency_precision

from saleor_loyalty_app.programs import conditions as c
from saleor_loyalty_app.programs.choices import choice_of
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.problems import Problem
from saleor_loyalty_app.programs.segments import (
    CategoryShare,
    SegmentLeaf,
    SpendWithin,
    segment_leaves,
)
from saleor_loyalty_app.programs.shipping_conditions import shipping_leaves
from saleor_loyalty_app.programs.tiers_check import tier_choice


def segment_problems(program: Program, currencies: frozenset[str]) -> Iterator[Problem]:
    """All problems of the segments, and of what names segments; `currencies` are the store's."""
    for index, segment in enumerate(program.segments or ()):
        path = f"segments[{index}]"
        for leaf in segment_leaves(segment.rule):
            yield from _leaf_problems(program, leaf, f"{path}.rule", currencies)
        for locale in program.texts:
            if locale not in segment.names:
                detail = {"segment": segment.id, "locale": locale}
                yield Problem("segment_name_missing", f"{path}.names", "warning", detail)
    yield from _unknown(program)


def _leaf_problems(
    program: Program, leaf: SegmentLeaf, path: str, currencies: frozenset[str]
) -> Iterator[Problem]:
    currency = getattr(leaf, "currency", None)
    if currency is not None and currency not in currencies:
        detail = {"currency": currency, **choice_of(currency, sorted(currencies))}
        yield Problem("segment_currency_unknown", path, "warning", detail)
    if isinstance(leaf, SpendWithin):
        places = get_currency_precision(leaf.currency)
        for amount in (leaf.min, leaf.max):
            if amount is not None and amount != round(amount, places):
                yield Problem("too_many_places", path, detail={"limit": str(places)})
    elif isinstance(leaf, CategoryShare) and (leaf.min, leaf.max) == (0, None):
        yield Problem("segment_share_any", path, "warning")
    elif isinstance(leaf, c.InTiers):
        tiers = program.tiers
        for tier in leaf.tiers:
            if tiers is None or not tiers.enabled or tiers.rank_of(tier) < 0:
                detail = tier_choice(program, tier)
                yield Problem("segment_tier_unknown", path, "warning", detail)


def _unknown(program: Program) -> Iterator[Problem]:
    """Rules and offers that name a segment there is none of."""
    known = [segment.id for segment in program.segments or ()]
    for index, rule in enumerate(program.earning.rules):
        for leaf in c.leaves(rule.when) if rule.enabled and rule.when is not None else ():
            for segment in leaf.segments if isinstance(leaf, c.InSegments) else ():
                if segment not in known:
                    path = f"earning.rules[{index}]"
                    detail = {"segment": segment, **choice_of(segment, known)}
                    yield Problem("segment_unknown", path, "warning", detail)
    for index, offer in enumerate(program.shipping.offers if program.shipping else ()):
        for part in shipping_leaves(offer.when) if offer.enabled and offer.when else ():
            for segment in part.segments if isinstance(part, c.InSegments) else ():
                if segment not in known:
                    path = f"shipping.offers[{index}].when"
                    detail = {"segment": segment, **choice_of(segment, known)}
                    yield Problem("segment_unknown", path, "warning", detail)
