"""Who would move if other tiers came into force: counted, and never written.

Everybody is looked at where there are not too many; else a sample that stays the same, by the
bucket that each member got at the beginning, and the numbers say so.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.flows.move_tiers import history_of, in_program, zone_of
from saleor_loyalty_app.members.sampling import count_people, sampled_pages
from saleor_loyalty_app.programs.decide_deed import most_points
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.programs.tier_measures import measures_on, rank_by_merit
from saleor_loyalty_app.programs.tier_rules import (
    State,
    history_from,
    kept_through_changes,
    next_state,
)
from saleor_loyalty_app.programs.tiers import Tiers
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers import books, repository
from saleor_loyalty_app.tiers.holders import counts
from saleor_loyalty_app.tiers.repository import Held


@dataclass(frozen=True, slots=True)
class TierFlow:
    """So many members of those looked at go from one level to another; ids, "" = none."""

    from_tier: str
    to_tier: str
    members: int


@dataclass(frozen=True, slots=True)
class TierMoves:
    """What tiers would do.

    Attributes:
        total: members of the store; `looked_at` of them were looked at, all or a sample.
        at_once: who moves on the day.
        later: where those who stay for now would fall when their period ends, if by then they have
            bought as much as today.
        levels: by level, how many of those looked at would be in it on the day.
        entry_points: what reaching levels would give on the day, by themselves and by earning rules
            on them, to all members of the store at most: of a sample it is an estimate, and who had
            a level before is given nothing.
    """

    total: int
    looked_at: int
    at_once: tuple[TierFlow, ...] = ()
    later: tuple[TierFlow, ...] = ()
    levels: tuple[TierFlow, ...] = ()
    entry_points: int = 0

    @property
    def is_sample(self) -> bool:
        """Whether not everybody was looked at."""
        return self.looked_at < self.total


def preview_moves(
    conn: Connection, store: StoreRef, program: Program, *, now: datetime
) -> TierMoves:
    """Who would move if a program came into force now; where its tiers are off, all lose theirs."""
    tiers = program.tiers
    total = count_people(conn, store.id)
    if tiers is None or not tiers.enabled:
        return TierMoves(total, total, _losing(conn, store, now))
    at_once: Counter[tuple[str, str]] = Counter()
    later: Counter[tuple[str, str]] = Counter()
    levels: Counter[tuple[str, str]] = Counter()
    looked_at = 0
    for page in sampled_pages(conn, store.id, total):
        looked_at += len(page)
        for now_in, will_be, by_merit in _page(conn, store, program, tiers, page, now):
            levels[will_be, will_be] += 1
            if now_in != will_be:
                at_once[now_in, will_be] += 1
            if tiers.rank_of(by_merit) < tiers.rank_of(will_be):
                later[will_be, by_merit] += 1
    given = sum(_entry_points(program, tiers, *flow) * members for flow, members in at_once.items())
    return TierMoves(
        total,
        looked_at,
        _flows(at_once),
        _flows(later),
        _flows(levels),
        -(-given * total // looked_at) if looked_at else 0,
    )


def _entry_points(program: Program, tiers: Tiers, before: str, after: str) -> int:
    """What somebody is given at most who rises, levels passed on the way included."""
    first, last = tiers.rank_of(before) + 1, tiers.rank_of(after) + 1
    return sum(most_points(program, "tier_reached", one.id) for one in tiers.levels[first:last])


def _losing(conn: Connection, store: StoreRef, now: datetime) -> tuple[TierFlow, ...]:
    """Who has a tier that is in force now."""
    revision = revision_at(conn, store.id, now)
    live = None if revision is None else revision.program.tiers
    if revision is None or live is None or not live.enabled:
        return ()
    held = counts(conn, store.id, revision.program)
    return tuple(TierFlow(one.id, "", held[one.id]) for one in live.levels if one.id in held)


def _page(
    conn: Connection,
    store: StoreRef,
    program: Program,
    tiers: Tiers,
    page: list[int],
    now: datetime,
) -> Iterator[tuple[str, str, str]]:
    """Of each member: the tier of today, that under the new tiers, and that by merit alone."""
    zone = zone_of(store)
    today = now.astimezone(zone).date()
    people = repository.people(conn, store.id, page)
    held = repository.held(conn, store.id, page)
    joined = {one.id: one.since.astimezone(zone).date() for one in people}
    states = {
        one.id: kept_through_changes(known.law, tiers, known.state, joined[one.id], today)
        if (known := held.get(one.id)) is not None
        else State(today)
        for one in people
    }
    firsts = [history_from(tiers, states[one.id], today, joined[one.id]) for one in people]
    since = None if None in firsts else min((day for day in firsts if day), default=None)
    counted = books.counted_of(conn, store.id, page, since=since, zone=zone)
    for one in people:
        before = held.get(one.id)
        if not in_program(one, program):
            yield _tier(before), "", ""
            continue
        history = history_of(one, counted.get(one.id, ()), zone)
        merit = tiers.at(rank_by_merit(tiers, measures_on(tiers, history, today)))
        will_be = next_state(tiers, states[one.id], history, today).tier(tiers)
        yield _tier(before), will_be, merit


def _tier(held: Held | None) -> str:
    return "" if held is None else held.tier


def _flows(found: Counter[tuple[str, str]]) -> tuple[TierFlow, ...]:
    return tuple(TierFlow(one, other, count) for (one, other), count in sorted(found.items()))
