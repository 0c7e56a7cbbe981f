"""Why members are in a segment or not: each condition with the member's number, now and then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.flows.move_tiers import zone_of
from saleor_loyalty_app.flows.sweep_segments import facts_of_members
from saleor_loyalty_app.members.errors import MemberNotFound
from saleor_loyalty_app.members.repository import surviving_member
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.repository import revision_at, scheduled_revisions
from saleor_loyalty_app.programs.segment_match import Facts, Number, holds, needs_of
from saleor_loyalty_app.programs.segment_reasons import Reason, found_then, reasons_of
from saleor_loyalty_app.programs.segments import Segment, SegmentLeaf, SegmentRule
from saleor_loyalty_app.segments import fifths, repository
from saleor_loyalty_app.segments.books import Day
from saleor_loyalty_app.segments.sweeps import sweep_of
from saleor_loyalty_app.stores.refs import StoreRef


@dataclass(frozen=True, slots=True)
class SegmentStanding:
    """A segment and a member.

    Attributes:
        since: when they came in; None = they are not in it.
        fits: whether they fulfill the rule now; it is followed within seconds, or with the next
            look at everybody.
        reasons: what the rule asks for, all of it; empty for who takes no part in the program.
        came_in: what each condition looked at when they came in.
    """

    segment: Segment
    since: datetime | None
    fits: bool
    reasons: tuple[Reason, ...]
    came_in: Sequence[tuple[SegmentLeaf, Number]] = ()


def why(
    conn: Connection, store: StoreRef, member_id: int, *, now: datetime
) -> list[SegmentStanding]:
    """A member and each segment of the program in force; nothing without a program.

    Raises:
        MemberNotFound: there is no such member.
    """
    member = surviving_member(conn, store.id, member_id)
    if member is None:
        raise MemberNotFound
    revision = revision_at(conn, store.id, now)
    if revision is None:
        return []
    segments = revision.program.segments or ()
    facts = facts_now(conn, store, revision.program, segments, [member.id], now=now).get(member.id)
    rows = repository.rows_of(conn, store.id, member.id)
    then = Then(conn, store)
    return [
        SegmentStanding(
            segment,
            rows[segment.id].since if segment.id in rows else None,
            facts is not None and holds(segment.rule, facts),
            () if facts is None else reasons_of(segment.rule, facts),
            then.came_in(rows[segment.id]) if segment.id in rows else (),
        )
        for segment in segments
    ]


def facts_now(
    conn: Connection,
    store: StoreRef,
    program: Program,
    segments: Sequence[Segment],
    members: Sequence[int],
    *,
    now: datetime,
) -> dict[int, Facts]:
    """What the rules of segments look at of members who take part, as it is now."""
    if not segments or not members:
        return {}
    sweep = sweep_of(conn, store.id)
    return facts_of_members(
        conn,
        store,
        program,
        repository.these(members),
        needs_of(segment.rule for segment in segments),
        Day(now, zone_of(store)),
        fifths.from_json({} if sweep is None else sweep.fifths),
    )


class Then:
    """The rules of segments at moments of the past, for what members had when they came in."""

    def __init__(self, conn: Connection, store: StoreRef) -> None:
        self._conn, self._store = conn, store
        #: From when on a program was in force, until when (None = still), and its rules.
        self._known: list[tuple[datetime, datetime | None, Mapping[str, SegmentRule]]] = []

    def came_in(self, row: repository.Row) -> list[tuple[SegmentLeaf, Number]]:
        """What each condition looked at when a member came in, by the rule of that moment."""
        rule = self._rules(row.since).get(row.segment)
        return [] if rule is None else found_then(rule, row.why)

    def _rules(self, moment: datetime) -> Mapping[str, SegmentRule]:
        for start, end, rules in self._known:
            if start <= moment and (end is None or moment < end):
                return rules
        revision = revision_at(self._conn, self._store.id, moment)
        if revision is None:
            return {}
        rules = {one.id: one.rule for one in revision.program.segments or ()}
        later = scheduled_revisions(self._conn, self._store.id, moment)
        end = later[0].effective_from if later else None
        self._known.append((revision.effective_from, end, rules))
        return rules
