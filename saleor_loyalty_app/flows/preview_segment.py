"""How many members a rule would take in: counted on all of them, or on a steady sample.

The sample is by the bucket that each member got at the beginning. Nothing is written.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.flows.move_tiers import zone_of
from saleor_loyalty_app.flows.sweep_segments import facts_of_members
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.segment_match import holds, needs_of
from saleor_loyalty_app.programs.segments import SegmentRule
from saleor_loyalty_app.segments import fifths, repository, sweeps
from saleor_loyalty_app.segments.books import Day
from saleor_loyalty_app.stores.refs import StoreRef

#: So many members are looked at, at most about.
SAMPLE = 4_000
PAGE = 500
BUCKETS = 10_000
#: So many of those who fit are shown.
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Fitting:
    """What a rule comes to.

    Attributes:
        total: members of the store; `looked_at` of them were looked at, all or a sample.
        fit: of those looked at.
        shown: the first who fit.
    """

    total: int
    looked_at: int
    fit: int
    shown: tuple[int, ...] = ()

    @property
    def is_sample(self) -> bool:
        """Whether not everybody was looked at."""
        return self.looked_at < self.total

    @property
    def expected(self) -> int:
        """How many of all members fit, about."""
        if not self.is_sample or not self.looked_at:
            return self.fit
        return (self.fit * self.total + self.looked_at // 2) // self.looked_at


def preview_segment(
    conn: Connection, store: StoreRef, program: Program, rule: SegmentRule, *, now: datetime
) -> Fitting:
    """How many members of a store a rule would take in now, under the tiers of a program.

    Fifths of buyers are those of the sample, where a sample is looked at.
    """
    total = sweeps.count_members(conn, store.id)
    below = None if total <= SAMPLE else max(1, BUCKETS * SAMPLE // total)
    needs, day = needs_of([rule]), Day(now, zone_of(store))
    ends = fifths.count_fifths(conn, store.id, needs.rankings, day, below_bucket=below)
    found = Fitting(total, 0, 0)
    after = 0
    while True:
        page = repository.ids_after(conn, store.id, after, limit=PAGE, below_bucket=below)
        if page:
            whom = repository.these(page)
            facts = facts_of_members(conn, store, program, whom, needs, day, ends)
            fit = [member for member in sorted(facts) if holds(rule, facts[member])]
            found = replace(
                found,
                looked_at=found.looked_at + len(page),
                fit=found.fit + len(fit),
                shown=(*found.shown, *fit)[:SHOWN],
            )
            after = page[-1]
        if len(page) < PAGE:
            return found
