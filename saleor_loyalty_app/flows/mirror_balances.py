"""Balances and tiers stand in the metadata of Saleor's customers too, for who looks there.

A copy, never the truth: it follows the books within a minute, after the commit, and is written only
where it differs from what was written last.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app import ledger, log
from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.ledger import Account
from saleor_loyalty_app.ledger.models import Entry
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.messages import cursors, mirror_rows, timing
from saleor_loyalty_app.messages.mirror_rows import Stale
from saleor_loyalty_app.messages.setup import setup_of
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.saleor.errors import SaleorQueryError
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers.standing import tier_in_force

logger = log.get(__name__)

UNIT = "points"
#: Balances that one look writes to a Saleor: five in a second, as the schedule is.
PAGE = 25
#: Entries that one look goes through, and members that one statement marks.
ENTRIES, MEMBERS = 2000, 500
CURSOR = "mirror"
#: Entries are booked with the time at which their transaction began: some are seen late.
OVERLAP = timedelta(minutes=2)
KEYS = ("loyalty.points", "loyalty.pending", "loyalty.balance")
#: The id of the tier; "" = none. Written where tiers are on.
TIER_KEY = "loyalty.tier"
_entry, _member = table(Entry), table(Member)
_WRITE = {"private": "mutations/private_metadata_update", "public": "mutations/metadata_update"}
_DELETE = {"private": "mutations/private_metadata_delete", "public": "mutations/metadata_delete"}


@dataclass(frozen=True, slots=True)
class Copy:
    """What is to stand in Saleor for a member; `text` is what it is compared by.

    Attributes:
        tier: "" = the member has none; None = tiers are off.
    """

    user_id: str
    mode: str
    values: tuple[int, int, int]
    tier: str | None

    @property
    def text(self) -> str:
        """The copy in one line; "" = nothing is to stand there."""
        if self.mode == "off":
            return ""
        known = [str(value) for value in self.values]
        if self.tier is not None:
            known.append(self.tier)
        return f"{self.mode}:{'/'.join(known)}"


def mirror_page(access: StoreAccess, store: StoreRef, clock: Clock) -> bool:
    """Writes a page of a store's balances to Saleor; gives whether entries are left to look at.

    Raises:
        StoreInactive, TokenUnreadable: nothing can be written there.
    """
    now = clock()
    more = access.database.write(lambda conn: notice_changes(conn, store, now))
    stale = access.database.read(lambda conn: mirror_rows.due(conn, store.id, now, limit=PAGE))
    for one in stale:
        _mirror(access, store, one, clock)
    return more


def notice_changes(conn: Connection, store: StoreRef, now: datetime) -> bool:
    """Marks whose books were written since the last look; gives whether more is to be looked at."""
    if setup_of(conn, store.id).setup.mirror == "off":
        cursors.move(conn, store.id, CURSOR, now)
        return False
    since = cursors.position(conn, store.id, CURSOR)
    if since is None:
        cursors.move(conn, store.id, CURSOR, now)
        return False
    until = _end_of_page(conn, store.id, since, now)
    fresh = conn.execute(
        sa.select(_entry.c.member_id)
        .where(
            _entry.c.store_id == store.id,
            _entry.c.posted_at > since - OVERLAP,
            _entry.c.posted_at <= until,
        )
        .distinct()
    ).scalars()
    members = fresh.all()
    for first in range(0, len(members), MEMBERS):
        mirror_rows.mark(conn, store.id, members[first : first + MEMBERS], now)
    cursors.move(conn, store.id, CURSOR, until)
    return until < now


def _end_of_page(conn: Connection, store_id: int, since: datetime, now: datetime) -> datetime:
    """The instant up to which there are about `ENTRIES` entries; those of one stay together."""
    last: datetime | None = conn.execute(
        sa.select(_entry.c.posted_at)
        .where(
            _entry.c.store_id == store_id,
            _entry.c.posted_at > since,
            _entry.c.posted_at <= now,
        )
        .order_by(_entry.c.posted_at)
        .offset(ENTRIES)
        .limit(1)
    ).scalar_one_or_none()
    return last or now


def _mirror(access: StoreAccess, store: StoreRef, stale: Stale, clock: Clock) -> None:
    now = clock()
    wanted = access.database.read(lambda conn: _copy(conn, store, stale.member_id, now))
    if wanted is None or wanted.text == stale.told:
        access.database.write(
            lambda conn: mirror_rows.unchanged(conn, stale.member_id, read_at=now)
        )
        return
    try:
        _write(access, store, wanted, stale.told)
    except AppError as failure:
        gone = isinstance(failure, SaleorQueryError)
        attempts = stale.attempts + 1
        pause = timedelta(days=1) if gone else timing.next_try(attempts)
        logger.warning(
            "balance_not_mirrored", store_id=store.id, error_code=failure.code, attempt=attempts
        )
        access.database.write(
            lambda conn: mirror_rows.put_off(conn, stale.member_id, now + pause, attempts)
        )
        return
    access.database.write(
        lambda conn: mirror_rows.told(conn, stale.member_id, wanted.text, read_at=now, now=clock())
    )


def _write(access: StoreAccess, store: StoreRef, wanted: Copy, told: str) -> None:
    """Writing twice does no harm: the values are the same. `told` is what stands there."""
    before, _, known = told.partition(":")
    had_tier = known.count("/") == len(KEYS)
    if wanted.mode in _WRITE:
        pairs = [
            {"key": key, "value": str(value)}
            for key, value in zip(KEYS, wanted.values, strict=True)
        ]
        if wanted.tier is not None or had_tier:
            pairs.append({"key": TIER_KEY, "value": wanted.tier or ""})
        access.change(store, _WRITE[wanted.mode], {"id": wanted.user_id, "input": pairs})
    if before in _DELETE and before != wanted.mode:
        keys = [*KEYS, TIER_KEY] if had_tier else list(KEYS)
        access.change(store, _DELETE[before], {"id": wanted.user_id, "keys": keys})


def _copy(conn: Connection, store: StoreRef, member_id: int, now: datetime) -> Copy | None:
    """What is to stand in Saleor; None for who has no account there."""
    user_id = conn.execute(
        sa.select(_member.c.user_id).where(
            _member.c.store_id == store.id,
            _member.c.id == member_id,
            _member.c.merged_into.is_(None),
        )
    ).scalar_one_or_none()
    if not user_id:
        return None
    mode = setup_of(conn, store.id).setup.mirror
    balance = ledger.balance(conn, Account(store.id, member_id, UNIT), now=now)
    revision = revision_at(conn, store.id, now)
    program = None if revision is None else revision.program
    tier = None
    if program is not None and program.tiers is not None and program.tiers.enabled:
        tier = tier_in_force(conn, store.id, member_id, program)
    return Copy(user_id, mode, (balance.available, balance.pending, balance.total), tier)
