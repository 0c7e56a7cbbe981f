"""Who is looked at for tiers, and in which order: who has news, whose time has come, all others.

Tiers that were changed are met by everybody, page by page, with progress to be seen; members who
come later are found behind the last one.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from saleor_loyalty_app.flows.each_row import Aside, EachRow
from saleor_loyalty_app.flows.move_tiers import look_at
from saleor_loyalty_app.flows.pass_milestones import LINES, look_at_each
from saleor_loyalty_app.flows.reward_tiers import give_rewards
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.messages import mirror_rows
from saleor_loyalty_app.messages.setup import setup_of
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.repository import Revision, revision_at
from saleor_loyalty_app.segments.looks import look_again as look_at_segments
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers import entry_rewards, looks, repository, sweeps

#: What members at whose tiers it cannot be looked are told by.
TIERS = "tier_looks"
#: Members whom one transaction looks at: on SQLite, where one writes at a time, it stays short.
PAGES = {"sqlite": 100, "postgresql": 500}
#: Rewards that one transaction gives.
REWARDS = 20
#: Ids are given before the rows are seen: who came in just now is left for the next time.
SETTLED = timedelta(minutes=1)


def tiers_page(
    conn: Connection, store: StoreRef, *, now: datetime, aside: Aside | None = None
) -> bool:
    """Looks at the next page of members of a store; gives whether more are waiting.

    Where tiers are off, what asked for a look is taken away. When they are switched on or off,
    what Saleor knows of everybody is told anew: nobody moves by that alone.

    Args:
        aside: members at whom it cannot be looked, before whom others have their turn.
    """
    aside = aside or Aside()
    lines, tiers = (EachRow(conn, store, work, aside, now) for work in (LINES, TIERS))
    revision = revision_at(conn, store.id, now)
    program = None if revision is None else revision.program
    digest = digest_of(program)
    sweep = sweeps.sweep_of(conn, store.id)
    if revision is not None and sweep is not None:
        sweep = _completed(conn, revision, sweep)
    known = "" if sweep is None else sweep.terms
    if digest != known:
        sweep = sweeps.restart(conn, store.id, sweep, digest, now)
        # Everybody is looked at anew, or nobody any more.
        tiers.forget_all()
        if not (digest and known) and setup_of(conn, store.id).setup.mirror != "off":
            mirror_rows.mark_all(conn, store.id, now)
    limit = PAGES[conn.dialect.name]
    resting = _resting(aside, store.id, now)
    asked = looks.waiting(conn, store.id, limit=limit, but=resting)
    more = len(asked.rows) == limit
    if not more:
        # Another process looked at them since.
        for each in (lines, tiers):
            each.forget_all_but({*asked.members, *resting})
    failed = set[int]()
    if revision is not None and asked.rows:
        silent, some = asked.silent, asked.members
        failed |= {*look_at_each(conn, store, revision, some, now=now, silent=silent, aside=aside)}
    if asked.rows:
        _look_at_segments(conn, store.id, asked.members)
    if revision is None or sweep is None or not digest:
        _ask_again(conn, store, asked, failed)
        return more
    if asked.rows:
        failed |= {*_look_at_tiers(tiers, revision, asked.members, asked.silent)}
        _ask_again(conn, store, asked, failed)
        return True
    if timely := repository.due(conn, store.id, now, limit=limit, but=resting):
        looks.look_again(conn, store.id, _look_at_tiers(tiers, revision, timely))
        return True
    return _sweep_page(tiers, revision, sweep)


def _look_at_tiers(
    each: EachRow,
    revision: Revision,
    members: Sequence[int],
    silent: frozenset[int] = frozenset(),
) -> list[int]:
    """Looks at members' tiers; gives those at whom it fails, who are to be looked at again."""
    conn, store, now = each.conn, each.store, each.now

    def look(some: Sequence[int]) -> None:
        look_at(conn, store, revision, some, now=now, silent=silent)

    ids = repository.survivors(conn, store.id, members)
    repository.lock(conn, store.id, [*ids, *repository.merged_into(conn, store.id, ids)])
    return each.do(sorted(members), look, lambda member_id: member_id)


def _resting(aside: Aside, store_id: int, now: datetime) -> set[int]:
    """The members at whom it could not be looked, for lines or for tiers, and whose rest is on."""
    rows = aside.resting(LINES, store_id, now) | aside.resting(TIERS, store_id, now)
    return {row for row in rows if isinstance(row, int)}


def _ask_again(conn: Connection, store: StoreRef, asked: looks.Looks, failed: set[int]) -> None:
    """What was asked for is done; those at whom it failed ask once more, behind all others."""
    looks.look_again(conn, store.id, failed - asked.silent)
    looks.look_again(conn, store.id, failed & asked.silent, silent=True)
    looks.done(conn, asked.rows)


def _look_at_segments(conn: Connection, store_id: int, members: Sequence[int]) -> None:
    """Whoever has news may be in other segments too, and who was merged into them in none."""
    ids = repository.survivors(conn, store_id, members)
    look_at_segments(conn, store_id, [*ids, *repository.merged_into(conn, store_id, ids)])


def has_work(conn: Connection, store: StoreRef, *, now: datetime) -> bool:
    """Whether there is anybody to look at, or a reward to give."""
    if is_changed(conn, store, now=now) or looks.waiting(conn, store.id, limit=1).rows:
        return True
    sweep = sweeps.sweep_of(conn, store.id)
    if sweep is None or not sweep.digest:
        return False
    settled = now - SETTLED
    return (
        bool(repository.due(conn, store.id, now, limit=1))
        or bool(entry_rewards.open_ones(conn, store.id, limit=1, giving=store.earning_on))
        or sweep.running
        or bool(
            repository.members_after(conn, store.id, sweep.after, created_before=settled, limit=1)
        )
    )


def is_changed(conn: Connection, store: StoreRef, *, now: datetime) -> bool:
    """Whether the tiers in force are others than those that members were looked at under."""
    revision = revision_at(conn, store.id, now)
    sweep = sweeps.sweep_of(conn, store.id)
    digest = digest_of(None if revision is None else revision.program)
    return digest != ("" if sweep is None else sweep.terms)


def progress(conn: Connection, store: StoreRef, *, now: datetime) -> sweeps.Sweep | None:
    """How far members were looked at under the tiers in force; None where there never were any.

    Where these were published a moment ago and no task has begun, everybody is still to be met.
    """
    revision = revision_at(conn, store.id, now)
    digest = digest_of(None if revision is None else revision.program)
    sweep = sweeps.sweep_of(conn, store.id)
    if digest == ("" if sweep is None else sweep.terms):
        return sweep
    return sweeps.beginning(conn, store.id, digest, now)


def rewards_page(
    conn: Connection,
    store: StoreRef,
    *,
    keys: EmailKeys,
    now: datetime,
    aside: Aside | None = None,
) -> bool:
    """Gives the next rewards of tiers that were reached, and takes back those of tiers that fell;
    gives whether more are waiting.
    """
    looked_at = give_rewards(conn, store, limit=REWARDS, keys=keys, now=now, aside=aside)
    return looked_at == REWARDS


def digest_of(program: Program | None) -> str:
    """What tells tiers and who may have one from others; "" where they are off.

    Who takes part is met anew too: whoever is taken in may have bought enough long ago.
    """
    if program is None or program.tiers is None or not program.tiers.enabled:
        return ""
    return f"{program.tiers.digest}:{program.settings.enrollment}"


def _completed(conn: Connection, revision: Revision, sweep: sweeps.Sweep) -> sweeps.Sweep:
    """The walk as it is; one that an older version of the app made, which noted neither who took
    part nor under which revision anybody was looked at, goes on where the tiers are the same:
    nobody meets others by an update.
    """
    tiers = revision.program.tiers
    if sweep.enrollment is not None or tiers is None or sweep.digest != tiers.digest:
        return sweep
    until = sweep.after if sweep.running else None
    repository.note_law(conn, sweep.store_id, revision.id, until=until)
    return sweeps.note_enrollment(conn, sweep, revision.program.settings.enrollment)


def _sweep_page(each: EachRow, revision: Revision, sweep: sweeps.Sweep) -> bool:
    conn, store, now = each.conn, each.store, each.now
    limit = PAGES[conn.dialect.name]
    found = repository.members_after(
        conn, store.id, sweep.after, created_before=now - SETTLED, limit=limit
    )
    looks.look_again(conn, store.id, _look_at_tiers(each, revision, found))
    more = len(found) == limit
    sweeps.advance(conn, sweep, found, more=more, now=now)
    return more
