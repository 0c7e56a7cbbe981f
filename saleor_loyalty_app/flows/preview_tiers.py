"""Who would move if other tiers came into force: counted, and never written.

Everybody is looked at where there are not too many; else a sample that stays the same, by the
bucket that each member got at the beginning, and the numbers say so.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.move_tiers import history_of, in_program, zone_of
from saleor_loyalty_app.members.models import Member
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
from saleor_loyalty_app.tiers import books, browsing, repository
from saleor_loyalty_app.tiers.repository import Held

#: So many members are looked at, at most about.
SAMPLE = 4_000
PAGE = 500
BUCKETS = 10_000
_members = table(Member)
_M = _members.c


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
        entry_points: what reaching levels would give on the day, to all members of the store at
            most: of a sample it is an estimate, and who had a level before is given nothing.
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
    total = int(
        conn.execute(
            sa.select(sa.func.count()).where(_M.store_id == store.id, _M.merged_into.is_(None))
        ).scalar_one()
    )
    if tiers is None or not tiers.enabled:
        return TierMoves(total, total, _losing(conn, store, now))
    below = BUCKETS if total <= SAMPLE else max(1, BUCKETS * SAMPLE // total)
    at_once: Counter[tuple[str, str]] = Counter()
    later: Counter[tuple[str, str]] = Counter()
    levels: Counter[tuple[str, str]] = Counter()
    looked_at = 0
    for page in _pages(conn, store.id, below):
        looked_at += len(page)
        for now_in, will_be, by_merit in _page(conn, store, program, tiers, page, now):
            levels[will_be, will_be] += 1
            if now_in != will_be:
                at_once[now_in, will_be] += 1
            if tiers.rank_of(by_merit) < tiers.rank_of(will_be):
                later[will_be, by_merit] += 1
    given = sum(_entry_points(tiers, *flow) * members for flow, members in at_once.items())
    return TierMoves(
        total,
        looked_at,
        _flows(at_once),
        _flows(later),
        _flows(levels),
        -(-given * total // looked_at) if looked_at else 0,
    )


def _entry_points(tiers: Tiers, before: str, after: str) -> int:
    """What somebody is given who rises, levels passed on the way included."""
    first, last = tiers.rank_of(before) + 1, tiers.rank_of(after) + 1
    return sum(level.entry_points or 0 for level in tiers.levels[first:last])


def _losing(conn: Connection, store: StoreRef, now: datetime) -> tuple[TierFlow, ...]:
    """Who has a tier that is in force now."""
    revision = revision_at(conn, store.id, now)
    live = None if revision is None else revision.program.tiers
    if live is None or not live.enabled:
        return ()
    held = browsing.counts(conn, store.id)
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
    states = {one.id: held[one.id].state if one.id in held else None for one in people}
    firsts = [
        history_from(tiers, states[one.id], today, one.since.astimezone(zone).date())
        for one in people
    ]
    since = None if None in firsts else min((day for day in firsts if day), default=None)
    counted = books.counted_of(conn, store.id, page, since=since, zone=zone)
    for one in people:
        before = held.get(one.id)
        state = states[one.id] or State(today)
        if not in_program(one, program):
            yield _tier(before), "", ""
            continue
        history = history_of(one, counted.get(one.id, ()), zone)
        state = kept_through_changes(tiers, state, history.joined_on, today)
        merit = tiers.at(rank_by_merit(tiers, measures_on(tiers, history, today)))
        yield _tier(before), next_state(tiers, state, history, today).tier(tiers), merit


def _tier(held: Held | None) -> str:
    return "" if held is None else held.tier


def _pages(conn: Connection, store_id: int, below: int) -> Iterator[list[int]]:
    after = 0
    while True:
        query = (
            sa.select(_M.id)
            .where(
                _M.store_id == store_id,
                _M.id > after,
                _M.merged_into.is_(None),
                _M.bucket < below,
            )
            .order_by(_M.id)
            .limit(PAGE)
        )
        page = list(conn.execute(query).scalars())
        if page:
            yield page
        if len(page) < PAGE:
            return
        after = page[-1]


def _flows(found: Counter[tuple[str, str]]) -> tuple[TierFlow, ...]:
    return tuple(TierFlow(one, other, count) for (one, other), count in sorted(found.items()))
