"""Everybody is looked at again, and nothing may change: tiers that are held, lines that are passed.

Who waits to be looked at is left out, and so is everybody while changed tiers or lines are met.
"""

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.among import among
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.move_tiers import found_of, in_program, zone_of
from saleor_loyalty_app.flows.pass_milestones import digest_of as digest_of_lines
from saleor_loyalty_app.flows.pass_milestones import notes_of
from saleor_loyalty_app.flows.sweep_tiers import SETTLED
from saleor_loyalty_app.flows.sweep_tiers import digest_of as digest_of_tiers
from saleor_loyalty_app.ledger.auditing import Drift
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.milestones import sweeps as sweeps_of_lines
from saleor_loyalty_app.programs.repository import Revision, revision_at
from saleor_loyalty_app.programs.tier_rules import State
from saleor_loyalty_app.stores import wind_downs
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers import repository, sweeps
from saleor_loyalty_app.tiers.models import MemberTier, TierLook
from saleor_loyalty_app.tiers.repository import Held

#: Members of a page.
PAGE = 1000
_L, _M, _T = table(TierLook).c, table(Member).c, table(MemberTier).c


def standing_drifts(conn: Connection, store: StoreRef, *, now: datetime) -> Iterator[Drift]:
    """Members of a store who do not stand where the books and their orders put them.

    To be run on a connection that reads one snapshot.
    """
    revision = revision_at(conn, store.id, now)
    if revision is None:
        return
    swept = _swept_to(conn, store, revision)
    lines = _lines_in_force(conn, store, revision)
    if swept is None and lines is None:
        return
    waiting, after = _waiting(conn, store.id), 0
    while members := repository.members_after(
        conn, store.id, after, created_before=now - SETTLED, limit=PAGE
    ):
        settled = [one for one in members if one not in waiting]
        if swept is not None:
            looked = [one for one in settled if one <= swept]
            yield from _tiers(conn, store, revision, looked, now)
        if lines is not None:
            yield from _lines(conn, store, revision, lines, settled)
        after = members[-1]


def _swept_to(conn: Connection, store: StoreRef, revision: Revision) -> int | None:
    """The last member who was met under the tiers in force; None where there is none to compare."""
    digest, sweep = digest_of_tiers(revision.program), sweeps.sweep_of(conn, store.id)
    if not digest or sweep is None or sweep.terms != digest or sweep.running:
        return None
    return sweep.after


def _lines_in_force(
    conn: Connection, store: StoreRef, revision: Revision
) -> sweeps_of_lines.Sweep | None:
    """What everybody was met with. Perks that are withheld are asked for again until they may be
    given, so that there is nothing to compare while a store earns nothing.
    """
    digest = digest_of_lines(revision.program)
    sweep = sweeps_of_lines.sweep_of(conn, store.id)
    if not digest or sweep is None or sweep.digest != digest or sweep.running:
        return None
    if not store.earning_on or wind_downs.standing_plan(conn, store.id) is not None:
        return None
    return sweep


def _waiting(conn: Connection, store_id: int) -> set[int]:
    """Who is to be looked at, and who was merged with them."""
    person = sa.func.coalesce(_M.merged_into, _M.id)
    asked = (
        sa.select(person)
        .join_from(table(TierLook), table(Member), _M.id == _L.member_id)
        .where(_L.store_id == store_id)
    )
    return set(
        conn.execute(sa.select(_M.id).where(_M.store_id == store_id, person.in_(asked))).scalars()
    )


def _tiers(
    conn: Connection, store: StoreRef, revision: Revision, members: list[int], now: datetime
) -> Iterator[Drift]:
    tiers = revision.program.tiers
    if tiers is None or not members:
        return
    today = now.astimezone(zone_of(store)).date()
    due = conn.execute(
        sa.select(_T.member_id).where(
            _T.store_id == store.id, among(conn, _T.member_id, members), _T.due_at <= now
        )
    ).scalars()
    ids = sorted({*members} - {*due})
    people = repository.people(conn, store.id, ids)
    absorbed = repository.merged_into(conn, store.id, [one.id for one in people])
    held = repository.held(conn, store.id, [*ids, *absorbed])
    for one in people:
        if one.id not in held and in_program(one, revision.program):
            held[one.id] = Held(one.id, "", now, State(today))
    for looked in found_of(conn, store, revision, people, held, absorbed, now=now):
        before, after = looked.before.tier, looked.after.tier
        if before != after and not looked.changed:
            yield Drift(
                "tier",
                store.id,
                looked.person.id,
                "status",
                None,
                tiers.rank_of(after) + 1,
                tiers.rank_of(before) + 1,
                f"{before or '–'} → {after or '–'}",
            )


def _lines(
    conn: Connection,
    store: StoreRef,
    revision: Revision,
    sweep: sweeps_of_lines.Sweep,
    members: list[int],
) -> Iterator[Drift]:
    blocked = set(
        conn.execute(
            sa.select(_M.id).where(
                _M.store_id == store.id, among(conn, _M.id, members), _M.earning_blocked
            )
        ).scalars()
    )
    people = [one for one in members if one not in blocked]
    for note in notes_of(conn, store, revision, sweep, people):
        has = int(note.state == "taking")
        yield Drift("milestone", store.id, note.member_id, "", None, 1 - has, has, note.rule_id)
