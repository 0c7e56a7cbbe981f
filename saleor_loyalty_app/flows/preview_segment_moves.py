"""Who would come into segments and leave them if other rules came into force: never written.

Everybody is looked at where there are not too many; else the sample that `preview_segment` takes,
and the numbers say so. Both rules are held against what is known of a member now, their tier
included, so that only the change of the program counts, and nothing that a refresh would have
brought anyway.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from saleor_loyalty_app.flows.move_tiers import zone_of
from saleor_loyalty_app.flows.preview_segment import BUCKETS, PAGE, SAMPLE
from saleor_loyalty_app.flows.sweep_segments import facts_of_members
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.segment_match import Facts, Fifths, Needs, holds, needs_of
from saleor_loyalty_app.programs.segments import Segment, SegmentRule, segment_leaves
from saleor_loyalty_app.segments import fifths, repository, sweeps
from saleor_loyalty_app.segments.books import Day
from saleor_loyalty_app.stores.refs import StoreRef

SegmentChanged = Literal["new", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class SegmentFlow:
    """What becomes of one segment, of those looked at.

    Attributes:
        segment: as the draft has it; as it is in force where it is removed.
        before, after: how many members its rule in force takes in now, and that of the draft.
        come, gone: how many come in and go out.
    """

    segment: Segment
    changed: SegmentChanged
    before: int = 0
    after: int = 0
    come: int = 0
    gone: int = 0


@dataclass(frozen=True, slots=True)
class SegmentMoves:
    """The segments that differ; of `total` members `looked_at` were, all or a sample."""

    total: int
    looked_at: int
    flows: tuple[SegmentFlow, ...] = ()

    @property
    def is_sample(self) -> bool:
        """Whether not everybody was looked at."""
        return self.looked_at < self.total

    def expected(self, number: int) -> int:
        """How many of all members a number of those looked at stands for, about."""
        if not self.is_sample or not self.looked_at:
            return number
        return (number * self.total + self.looked_at // 2) // self.looked_at


@dataclass(frozen=True, slots=True)
class _Pair:
    """A segment in force and in the draft; None = it is not there."""

    old: Segment | None
    new: Segment | None

    @property
    def segment(self) -> Segment:
        found = self.new or self.old
        if found is None:
            raise ValueError("a pair of nothing")
        return found

    @property
    def changed(self) -> SegmentChanged:
        if self.old is None:
            return "new"
        return "removed" if self.new is None else "changed"

    @property
    def rules(self) -> tuple[SegmentRule, ...]:
        return tuple(one.rule for one in (self.old, self.new) if one is not None)


def preview_segment_moves(
    conn: Connection,
    store: StoreRef,
    live: Program | None,
    draft: Program,
    *,
    now: datetime,
) -> SegmentMoves:
    """Who moves between the segments of the program in force and those of a draft, as of now.

    Looked at are segments whose rule differs, new and removed ones; and those whose rule is the
    same where other members take part, or a level that it asks for is there or not.
    """
    pairs = _differing(live, draft)
    total = sweeps.count_members(conn, store.id)
    if not pairs:
        return SegmentMoves(total, total)
    below = None if total <= SAMPLE else max(1, BUCKETS * SAMPLE // total)
    needs, day = needs_of(rule for pair in pairs for rule in pair.rules), Day(now, zone_of(store))
    ends = fifths.count_fifths(conn, store.id, needs.rankings, day, below_bucket=below)
    found: Counter[tuple[str, str]] = Counter()
    looked_at = after = 0
    while True:
        page = repository.ids_after(conn, store.id, after, limit=PAGE, below_bucket=below)
        if page:
            looked_at += len(page)
            before, later = _known(conn, store, live, draft, page, needs, day, ends)
            for pair in pairs:
                found.update(_counted(pair, page, before, later))
            after = page[-1]
        if len(page) < PAGE:
            return SegmentMoves(total, looked_at, tuple(_flow(pair, found) for pair in pairs))


def _differing(live: Program | None, draft: Program) -> list[_Pair]:
    """The segments of which somebody may come or go, those of the draft first."""
    old = {one.id: one for one in (() if live is None else live.segments or ())}
    new = {one.id: one for one in draft.segments or ()}
    others = live is not None and live.settings.enrollment != draft.settings.enrollment
    levels = _levels(live) != _levels(draft)
    pairs = [_Pair(old.get(name), one) for name, one in new.items()]
    pairs += [_Pair(one, None) for name, one in old.items() if name not in new]
    return [pair for pair in pairs if others or _differs(pair, levels=levels)]


def _differs(pair: _Pair, *, levels: bool) -> bool:
    if pair.old is None or pair.new is None or pair.old.rule != pair.new.rule:
        return True
    return levels and any(leaf.type == "tier" for leaf in segment_leaves(pair.new.rule))


def _levels(program: Program | None) -> list[str]:
    """The levels that are in force under a program."""
    tiers = None if program is None else program.tiers
    return [level.id for level in tiers.levels] if tiers is not None and tiers.enabled else []


def _known(
    conn: Connection,
    store: StoreRef,
    live: Program | None,
    draft: Program,
    page: Sequence[int],
    needs: Needs,
    day: Day,
    ends: Fifths,
) -> tuple[Mapping[int, Facts], Mapping[int, Facts]]:
    """What a page of members is under the program in force, and under the draft."""
    whom = repository.these(page)
    later = facts_of_members(conn, store, draft, whom, needs, day, ends)
    if live is None:
        return {}, later
    alike = live.settings.enrollment == draft.settings.enrollment and _levels(live) == _levels(
        draft
    )
    before = later if alike else facts_of_members(conn, store, live, whom, needs, day, ends)
    return before, later


def _counted(
    pair: _Pair, page: Sequence[int], before: Mapping[int, Facts], later: Mapping[int, Facts]
) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    name = pair.segment.id
    for member in page:
        was, will = _is_in(pair.old, before.get(member)), _is_in(pair.new, later.get(member))
        found[name, "before"] += was
        found[name, "after"] += will
        found[name, "come"] += will and not was
        found[name, "gone"] += was and not will
    return found


def _is_in(segment: Segment | None, facts: Facts | None) -> bool:
    return segment is not None and facts is not None and holds(segment.rule, facts)


def _flow(pair: _Pair, found: Counter[tuple[str, str]]) -> SegmentFlow:
    name = pair.segment.id
    return SegmentFlow(
        pair.segment,
        pair.changed,
        before=found[name, "before"],
        after=found[name, "after"],
        come=found[name, "come"],
        gone=found[name, "gone"],
    )
