"""Why a member is in a segment or not: its rule taken apart, with the member's numbers. Pure.

What a rule turns around is told where it stands: "not (a and b)" as "not a, or not b" (De Morgan),
so that each condition that is shown counts for being in, and its mark says whether it is met.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from saleor_loyalty_app.programs import segments as s
from saleor_loyalty_app.programs.segment_match import Facts, Number, leaf_holds, number_of


@dataclass(frozen=True, slots=True)
class Line:
    """One condition; `turned`: it is not to hold."""

    leaf: s.SegmentLeaf
    turned: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Of two or more parts each is to hold ("all"), or one ("any")."""

    joint: Literal["all", "any"]
    of: "tuple[Line | Group, ...]"


@dataclass(frozen=True, slots=True)
class Reason:
    """A part of a rule, and whether it is met.

    Attributes:
        number: what the condition looks at; None for a group.
        of: the reasons of a group.
    """

    part: Line | Group
    number: Number
    holds: bool
    of: "tuple[Reason, ...]" = ()


def parts_told(rule: s.SegmentRule) -> tuple[Line | Group, ...]:
    """What a member has to meet, each of it: the parts of the rule, taken apart."""
    whole = _apart(rule, turned=False)
    return whole.of if isinstance(whole, Group) and whole.joint == "all" else (whole,)


def flat(parts: tuple[Line | Group, ...]) -> Iterator[Line | Group]:
    """Each part, and after a group its own."""
    for part in parts:
        yield part
        if isinstance(part, Group):
            yield from flat(part.of)


def reasons_of(rule: s.SegmentRule, facts: Facts) -> tuple[Reason, ...]:
    """Each part of a rule with the member's number; the member is in if all of them hold."""
    return tuple(_reason(part, facts) for part in parts_told(rule))


def flat_reasons(reasons: tuple[Reason, ...]) -> Iterator[Reason]:
    """Each reason, and after a group its own: in the order of `flat`."""
    for one in reasons:
        yield one
        yield from flat_reasons(one.of)


def found_then(rule: s.SegmentRule, noted: list[dict[str, Any]]) -> list[tuple[s.SegmentLeaf, Any]]:
    """The conditions with the numbers that `segment_match.numbers_of` noted under the same rule.

    Nothing where these are the numbers of another rule.
    """
    leaves = list(s.segment_leaves(rule))
    if [leaf.type for leaf in leaves] != [one.get("type") for one in noted]:
        return []
    return [(leaf, one.get("number")) for leaf, one in zip(leaves, noted, strict=True)]


def _apart(rule: s.SegmentRule, *, turned: bool) -> Line | Group:
    match rule:
        case s.SegmentNot():
            return _apart(rule.of, turned=not turned)
        case s.SegmentAllOf() | s.SegmentAnyOf():
            joint: Literal["all", "any"] = (
                "all" if isinstance(rule, s.SegmentAllOf) is not turned else "any"
            )
            return _together(joint, [_apart(part, turned=turned) for part in rule.of])
        case _:
            return Line(rule, turned)


def _together(joint: Literal["all", "any"], parts: list[Line | Group]) -> Line | Group:
    """A group without groups of its own kind in it; one part alone is no group."""
    found: dict[Line | Group, None] = {}
    for part in parts:
        inner = part.of if isinstance(part, Group) and part.joint == joint else (part,)
        found.update(dict.fromkeys(inner))
    return next(iter(found)) if len(found) == 1 else Group(joint, tuple(found))


def _reason(part: Line | Group, facts: Facts) -> Reason:
    if isinstance(part, Line):
        number = number_of(part.leaf, facts)
        return Reason(part, number, leaf_holds(part.leaf, number) is not part.turned)
    of = tuple(_reason(one, facts) for one in part.of)
    held = [one.holds for one in of]
    return Reason(part, None, all(held) if part.joint == "all" else any(held), of)
