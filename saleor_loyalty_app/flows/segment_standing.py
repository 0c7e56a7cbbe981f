"""Why members are in a segment or not: each condition, the member's number now, and the line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.flows.move_tiers import zone_of
from saleor_loyalty_app.flows.sweep_segments import facts_of_members
from saleor_loyalty_app.members.errors import MemberNotFound
from saleor_loyalty_app.members.repository import surviving_member
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.programs.segment_match import (
    Facts,
    Number,
    holds,
    leaf_holds,
    needs_of,
    number_of,
)
from saleor_loyalty_app.programs.segments import Segment, SegmentLeaf, segment_leaves
from saleor_loyalty_app.segments import fifths, repository
from saleor_loyalty_app.segments.books import Day
from saleor_loyalty_app.segments.sweeps import sweep_of
from saleor_loyalty_app.stores.refs import StoreRef


@dataclass(frozen=True, slots=True)
class Reason:
    """One condition, what it looks at of the member, and whether it holds."""

    leaf: SegmentLeaf
    number: Number
    holds: bool


@dataclass(frozen=True, slots=True)
class SegmentStanding:
    """A segment and a member.

    Attributes:
        since: when they came in; None = they are not in it.
        fits: whether they fulfill the rule now; it is followed within seconds, or with the next
            look at everybody.
        reasons: empty for somebody who takes no part in the program.
    """

    segment: Segment
    since: datetime | None
    fits: bool
    reasons: tuple[Reason, ...]


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
    return [
        SegmentStanding(
            segment,
            rows[segment.id].since if segment.id in rows else None,
            facts is not None and holds(segment.rule, facts),
            () if facts is None else reasons_of(segment, facts),
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


def reasons_of(segment: Segment, facts: Facts) -> tuple[Reason, ...]:
    """Each condition of a segment with the member's number."""
    found = []
    for leaf in segment_leaves(segment.rule):
        number = number_of(leaf, facts)
        found.append(Reason(leaf, number, leaf_holds(leaf, number)))
    return tuple(found)
