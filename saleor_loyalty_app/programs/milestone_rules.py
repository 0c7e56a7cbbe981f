"""Who has passed which line, and what follows from it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from saleor_loyalty_app.programs.milestones import Line, Milestone, PointsLine, SpendLine
from saleor_loyalty_app.programs.tier_measures import Missing

#: What is known of a member and a line. `waiting`: passed, the perk is to be given; `given`;
#: `nothing`: the rule gave nothing, which is settled too; `before`: passed before the line came
#: into force; `taking`: the perk is to be taken back; `taken`: it was.
PassedState = Literal["waiting", "given", "nothing", "before", "taking", "taken"]


@dataclass(frozen=True, slots=True)
class Totals:
    """What a member earned, bought and ordered in all; what went back is left out.

    Attributes:
        spend: by currency, in thousandths of its major unit.
    """

    points: int = 0
    orders: int = 0
    spend: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Passed:
    """What was noted of a member and a rule's line; `line` is its text then."""

    line: str
    state: PassedState


def missing_to_line(line: Line, totals: Totals) -> tuple[Missing, ...]:
    """What is missing to a line, of several currencies in each; empty when it is passed."""
    if isinstance(line, SpendLine):
        short = tuple(
            Missing("spend", limit.milli - totals.spend.get(limit.currency, 0), limit.currency)
            for limit in line.limits
            if totals.spend.get(limit.currency, 0) < limit.milli
        )
        return short if len(short) == len(line.limits) else ()
    reached = totals.points if isinstance(line, PointsLine) else totals.orders
    return (Missing(line.type, line.min - reached),) if reached < line.min else ()


def progress_percent(line: Line, totals: Totals) -> int:
    """How much of the way to a line is done, from 0 to 100; of several currencies the farthest."""
    if isinstance(line, SpendLine):
        done = max(
            totals.spend.get(limit.currency, 0) * 100 // limit.milli for limit in line.limits
        )
    else:
        reached = totals.points if isinstance(line, PointsLine) else totals.orders
        done = reached * 100 // line.min
    return min(max(done, 0), 100)


def next_state(
    milestone: Milestone, now: Totals, before: Totals, known: Passed | None, *, silent: bool = False
) -> PassedState | None:
    """What to note of a member and a line; None = what is noted stays.

    Whatever was given, settled or taken back stays so for ever, wherever the line is moved.

    Args:
        before: what counts from before the line came into force.
        silent: of the member nothing but history is new, which passes no line now.
    """
    passed = not missing_to_line(milestone.line, now)
    if known is not None and known.state == "given":
        return None if passed or milestone.keep else "taking"
    if known is not None and known.state == "before":
        settled = known.line == milestone.line.text and not milestone.retroactive
        return None if settled or not passed else _passed(milestone, before, silent=silent)
    if known is not None or not passed:
        return None
    return _passed(milestone, before, silent=silent)


def _passed(milestone: Milestone, before: Totals, *, silent: bool) -> PassedState:
    if milestone.retroactive:
        return "waiting"
    early = silent or not missing_to_line(milestone.line, before)
    return "before" if early else "waiting"
