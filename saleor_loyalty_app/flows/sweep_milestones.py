"""Lines that come into force are met by everybody, page by page, with progress to be seen.

Who had passed a line before is noted so that nothing is given for it later, or given the perk where
the owner said that it counts for the past too.
"""

from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.flows.each_row import Aside
from saleor_loyalty_app.flows.pass_milestones import (
    digest_of,
    lines_in_force,
    look_at_each,
)
from saleor_loyalty_app.milestones import sweeps
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers.looks import look_again
from saleor_loyalty_app.tiers.repository import members_after

#: Members whom one transaction looks at: on SQLite, where one writes at a time, it stays short.
PAGES = {"sqlite": 100, "postgresql": 500}


def is_due(conn: Connection, store: StoreRef, *, now: datetime) -> bool:
    """Whether lines were changed, or members are still to be looked at for them."""
    revision = revision_at(conn, store.id, now)
    digest = digest_of(None if revision is None else revision.program)
    sweep = sweeps.sweep_of(conn, store.id)
    if sweep is None:
        return bool(digest)
    return sweep.digest != digest or sweep.running


def milestones_page(
    conn: Connection, store: StoreRef, *, now: datetime, aside: Aside | None = None
) -> bool:
    """Looks at the next page of members for the lines in force; gives whether more are waiting.

    Members at whom it cannot be looked are left to `sweep_tiers`, with those who have news.
    """
    revision = revision_at(conn, store.id, now)
    sweep = lines_in_force(conn, store, revision, now=now)
    if revision is None or sweep is None or not sweep.running:
        return False
    limit = PAGES[conn.dialect.name]
    found = members_after(conn, store.id, sweep.after, created_before=now, limit=limit)
    failed = look_at_each(conn, store, revision, found, now=now, aside=aside)
    look_again(conn, store.id, failed)
    more = len(found) == limit
    sweeps.advance(conn, sweep, found, more=more, now=now)
    return more
