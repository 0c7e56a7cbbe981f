"""Figures with their peers, and what was to be reached."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Figure:
    """One measured figure: the median of its rounds.

    Attributes:
        peer: what it is measured against in the same run; empty where it stands alone.
        ratio: the median of the rounds' own ratios to the peer, or of the figure to its limit.
        target: what `ratio` is to reach; with `at_most`, what it may not exceed.
        notes: numbers beside it, such as latencies.
    """

    group: str
    name: str
    value: float
    unit: str
    peer: str = ""
    ratio: float | None = None
    target: float | None = None
    at_most: bool = False
    rounds: Sequence[float] = ()
    notes: Mapping[str, float] = field(default_factory=dict)

    @property
    def reached(self) -> bool | None:
        """Whether the target was reached; None where there is none."""
        if self.target is None or self.ratio is None:
            return None
        return self.ratio <= self.target if self.at_most else self.ratio >= self.target

    def to_json(self) -> dict[str, Any]:
        """The figure as JSON values."""
        return asdict(self) | {"reached": self.reached}


def interleaved(
    cases: Mapping[str, Callable[[float], T]],
    seconds: float,
    rounds: int,
    tell: Callable[[str], None],
) -> dict[str, list[T]]:
    """Runs every case for so many seconds once a round, in turn.

    A busy moment of the machine hits all of them alike.
    """
    found: dict[str, list[T]] = {name: [] for name in cases}
    for number in range(rounds):
        for name, run in cases.items():
            tell(f"round {number + 1} of {rounds}: {name}")
            found[name].append(run(seconds))
    return found


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the rounds' ratios."""
    return statistics.median(one / other for one, other in zip(ours, theirs, strict=True))


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie (nearest rank)."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]
