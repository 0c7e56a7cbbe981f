"""Who comes into which segment and who leaves: members with news first, then everybody each day.

What a page needs is read beside everybody else, decided without the database, and only what changed
is written, in a short transaction. A page that was read before another was written is thrown away
(`SegmentSweep.turn`), so that an older look never undoes a newer one.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.move_tiers import in_program, zone_of
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.programs.segment_match import (
    Facts,
    Fifths,
    Needs,
    holds,
    needs_of,
    numbers_of,
)
from saleor_loyalty_app.programs.segments import digest_of
from saleor_loyalty_app.segments import books, fifths, looks, repository, sweeps
from saleor_loyalty_app.segments.books import Day
from saleor_loyalty_app.segments.repository import Whom
from saleor_loyalty_app.segments.sweeps import Sweep
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers.repository import Person
from saleor_loyalty_app.tiers.standing import counted_tier

#: Members whom one page looks at; on SQLite, where one writes at a time, its writing stays short.
PAGES = {"sqlite": 500, "postgresql": 2_000}


@dataclass(frozen=True, slots=True)
class Page:
    """What a page of members changes.

    Attributes:
        come: (member, segment, why) of who comes in.
        gone: members who leave, by segment.
        asked: the looks that are done with it.
        after, looked_at, more: how far the walk is then; None = the page is not of the walk.
    """

    sweep: Sweep
    come: Sequence[tuple[int, str, list[dict[str, Any]]]]
    gone: Mapping[str, Sequence[int]]
    asked: Sequence[int] = ()
    after: int | None = None
    looked_at: int = 0
    more: bool = False


def segments_page(database: Database, store: StoreRef, *, now: datetime) -> bool:
    """Looks at the next page of members of a store; gives whether more are waiting."""
    page = database.read(lambda conn: next_page(conn, store, now=now))
    if page is None:
        return False
    if isinstance(page, Beginning):
        return database.write(lambda conn: sweeps.begin(conn, page.known, page.sweep))
    database.write(lambda conn: write_page(conn, store, page, now=now))
    return page.after is None or page.more


@dataclass(frozen=True, slots=True)
class Beginning:
    """The walk begins anew."""

    known: Sweep | None
    sweep: Sweep


def next_page(conn: Connection, store: StoreRef, *, now: datetime) -> Page | Beginning | None:
    """What is to be done next; None = nothing. Nothing is written."""
    revision = revision_at(conn, store.id, now)
    program = None if revision is None else revision.program
    sweep = sweeps.sweep_of(conn, store.id)
    if is_stale(store, program, sweep, now):
        return _beginning(conn, store, program, sweep, now)
    if sweep is None:
        return None
    limit = PAGES[conn.dialect.name]
    asked = looks.waiting(conn, store.id, limit=limit)
    if asked.rows:
        page = changes(conn, store, program, sweep, repository.these(asked.members), now)
        return replace(page, asked=asked.rows)
    if not sweep.running:
        return None
    last, found = repository.page_after(conn, store.id, sweep.after, limit=limit)
    if not found:
        return Page(sweep, (), {}, after=sweep.after)
    whom = repository.between(sweep.after, last)
    page = changes(conn, store, program, sweep, whom, now)
    return replace(page, after=last, looked_at=found, more=found == limit)


def is_stale(store: StoreRef, program: Program | None, sweep: Sweep | None, now: datetime) -> bool:
    """Whether everybody is to be looked at anew: the segments changed, or a day has passed."""
    digest = "" if program is None else digest_of(program.segments, program.tiers)
    if sweep is None or digest != sweep.digest:
        return bool(digest) or sweep is not None
    zone = zone_of(store)
    old = sweep.started_at.astimezone(zone).date() < now.astimezone(zone).date()
    return bool(digest) and old


def write_page(conn: Connection, store: StoreRef, page: Page, *, now: datetime) -> bool:
    """Writes what a page changes; False where it was read before another was written."""
    if not sweeps.is_current(conn, store.id, page.sweep):
        return False
    repository.remove(conn, store.id, page.gone)
    repository.add(conn, store.id, page.come, now=now)
    looks.done(conn, page.asked)
    if page.after is None:
        sweeps.take_turn(conn, page.sweep)
    else:
        sweeps.advance(
            conn,
            page.sweep,
            after=page.after,
            looked_at=page.looked_at,
            more=page.more,
            now=now,
        )
    return True


def changes(
    conn: Connection,
    store: StoreRef,
    program: Program | None,
    sweep: Sweep,
    whom: Whom,
    now: datetime,
) -> Page:
    """Who of some members comes into which segment, and who leaves."""
    known = repository.segments_of(conn, store.id, whom)
    gone: defaultdict[str, list[int]] = defaultdict(list)
    come: list[tuple[int, str, list[dict[str, Any]]]] = []
    segments = () if program is None else program.segments or ()
    found: Mapping[int, Facts] = {}
    if program is not None and segments:
        needs = needs_of(segment.rule for segment in segments)
        day = Day(now, zone_of(store))
        ends = fifths.from_json(sweep.fifths)
        found = facts_of_members(conn, store, program, whom, needs, day, ends)
    for member_id, facts in found.items():
        before = known.get(member_id, ())
        for segment in segments:
            if not holds(segment.rule, facts):
                continue
            if segment.id not in before:
                come.append((member_id, segment.id, numbers_of(segment.rule, facts)))
    rules = {segment.id: segment.rule for segment in segments}
    for member_id, before in known.items():
        mine = found.get(member_id)
        for segment_id in before:
            rule = rules.get(segment_id)
            if mine is None or rule is None or not holds(rule, mine):
                gone[segment_id].append(member_id)
    return Page(sweep, come, gone)


def facts_of_members(
    conn: Connection,
    store: StoreRef,
    program: Program,
    whom: Whom,
    needs: Needs,
    day: Day,
    ends: Fifths,
) -> dict[int, Facts]:
    """What is known of the members who can be in a segment: those who can have a tier."""
    people = books.people(conn, store.id, whom, needs, day, ends)
    found = {}
    for member_id, one in people.items():
        person = Person(member_id, one.state, one.hold_out, day.now)
        if in_program(person, program):
            held = one.facts.tier
            tier = counted_tier(program, held, state=one.state, hold_out=one.hold_out)
            same = tier == one.facts.tier
            found[member_id] = one.facts if same else replace(one.facts, tier=tier)
    return found


def _beginning(
    conn: Connection,
    store: StoreRef,
    program: Program | None,
    known: Sweep | None,
    now: datetime,
) -> Beginning:
    segments = () if program is None else program.segments or ()
    needs = needs_of(segment.rule for segment in segments)
    ends = fifths.count_fifths(conn, store.id, needs.rankings, Day(now, zone_of(store)))
    sweep = Sweep(
        store_id=store.id,
        digest=digest_of(segments, None if program is None else program.tiers),
        turn=0,
        after=0,
        total=sweeps.count_members(conn, store.id),
        done=0,
        fifths=fifths.to_json(ends),
        started_at=now,
        finished_at=None,
    )
    return Beginning(known, sweep)
