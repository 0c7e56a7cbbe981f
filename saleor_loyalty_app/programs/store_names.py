"""What a store calls what programs refer to: channels, categories, products and the like. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from saleor_loyalty_app.programs import conditions as c
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.segments import CategoryShare, segment_leaves

#: Names by "<kind>:<reference>", such as "category:shirts"; those of tiers by their ids alone.
Called = Mapping[str, str]
NOTHING: Called = {}


def called_in(known: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """How things are called in sentences; what has no name stays away.

    A channel stands with its slug, as people know it by either, and so does what shares its name.

    Args:
        known: names by kind and reference.
    """
    found = {}
    for kind, names in known.items():
        often = Counter(names.values())
        for reference, name in names.items():
            if name and name != reference:
                alone = kind != "channel" and often[name] == 1
                found[f"{kind}:{reference}"] = name if alone else f"{name} ({reference})"
    return found


def called(kind: str, reference: str, names: Called) -> str:
    """What something is called; its reference where it has no name."""
    return names.get(f"{kind}:{reference}", reference)


def references_in(programs: Iterable[Program]) -> dict[str, tuple[str, ...]]:
    """What programs refer to of the store's catalog, by kind, each once."""
    found: dict[str, dict[str, None]] = {}
    for program in programs:
        for kind, reference in _references(program):
            found.setdefault(kind, {})[reference] = None
    return {kind: tuple(references) for kind, references in found.items()}


def _references(program: Program) -> Iterator[tuple[str, str]]:
    for rule in program.earning.rules:
        if rule.when is not None:
            for leaf in c.leaves(rule.when):
                yield from _of_leaf(leaf)
    for segment in program.segments or ():
        for part in segment_leaves(segment.rule):
            if isinstance(part, CategoryShare):
                yield "category", part.category


def _of_leaf(leaf: c.Leaf) -> Iterator[tuple[str, str]]:
    match leaf:
        case c.OfProducts():
            yield from ((leaf.type, one) for one in leaf.products)
        case c.OfVariants():
            yield from ((leaf.type, one) for one in leaf.variants)
        case c.InCategories() | c.InCollections() | c.OfProductTypes():
            yield from ((leaf.type, one) for one in leaf.slugs)
        case _:
            pass
