"""What deeds bring beside points, and what waited for something, is given as soon as it can be."""

from collections.abc import Collection
from datetime import datetime
from functools import partial

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app import log
from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.deed_perks import look_again
from saleor_loyalty_app.flows.each_row import stores_told, tell_of_rows
from saleor_loyalty_app.flows.faults import DATABASES_FAULT, ROWS_FAULT
from saleor_loyalty_app.flows.known_member import lock_people
from saleor_loyalty_app.flows.perk_problems import NAMED
from saleor_loyalty_app.flows.perk_work import names_of
from saleor_loyalty_app.flows.spending_terms import today_of
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.programs import perk_rows
from saleor_loyalty_app.programs.deed_awards import DEEDS
from saleor_loyalty_app.programs.models import RulePerk
from saleor_loyalty_app.programs.perk_rows import TAKEN, WAITING
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.programs.rewards import NO_REWARDS
from saleor_loyalty_app.rewards import claims, redemptions
from saleor_loyalty_app.rewards.errors import SpendingBlocked
from saleor_loyalty_app.rewards.models import Redemption
from saleor_loyalty_app.stores.refs import StoreRef

logger = log.get(__name__)

#: What rows that fail are told by.
WORK = "deed_perks"
#: Rows that one transaction looks at.
PAGE = 20
#: Rows that are looked at in one go.
MOST = 400
_M, _P, _R = (table(one).c for one in (Member, RulePerk, Redemption))


def wake_deeds(
    db: Database, store: StoreRef, *, clock: Clock, keys: EmailKeys | None = None
) -> int:
    """Gives what waited and can be given by now; gives how many rows were looked at.

    What a cart that was paid used in the moment that it was taken back is the member's after all.
    A row that waits on, or cannot be looked at, goes behind all others: it keeps none of them
    waiting. `keys` find what is remembered of a member's address under older secrets, too.
    """
    if not store.earning_on:
        return 0
    found = db.read(partial(_due, store=store, now=clock()))
    failed = 0
    for first in range(0, len(found), PAGE):
        page = found[first : first + PAGE]
        try:
            db.write(partial(_look, store=store, ids=page, now=clock(), keys=keys))
        except ROWS_FAULT as failure:
            if isinstance(failure, DATABASES_FAULT):
                raise
            logger.warning("deed_page_failed", store_id=store.id, error_code=type(failure).__name__)
            failed += sum(not _looked_alone(db, store, one, clock, keys) for one in page)
    if failed or (len(found) < MOST and store.id in db.read(partial(stores_told, work=WORK))):
        db.write(partial(tell_of_rows, store=store, work=WORK, count=failed, now=clock()))
    return len(found)


def _looked_alone(
    db: Database, store: StoreRef, row_id: int, clock: Clock, keys: EmailKeys | None
) -> bool:
    try:
        db.write(partial(_look, store=store, ids=[row_id], now=clock(), keys=keys))
    except ROWS_FAULT as failure:
        if isinstance(failure, DATABASES_FAULT):
            raise
        logger.exception("perk_of_deed_failed", store_id=store.id, perk=row_id)
        db.write(partial(_put_behind, ids=[row_id], now=clock()))
        return False
    return True


def _look(
    conn: Connection,
    *,
    store: StoreRef,
    ids: Collection[int],
    now: datetime,
    keys: EmailKeys | None,
) -> None:
    rows = perk_rows.by_ids(conn, store.id, ids)
    gifts = redemptions.ids_of(conn, store.id, names_of(rows))
    redemptions.lock(conn, store.id, gifts)
    lock_people(conn, store, {row.member_id for row in rows}, now=now, gifts=gifts)
    for row in perk_rows.by_ids(conn, store.id, ids, lock=True):
        if row.state in (WAITING, TAKEN):
            look_again(conn, store, row, now=now, keys=keys)
    _put_behind(conn, ids=ids, now=now)


def _put_behind(conn: Connection, *, ids: Collection[int], now: datetime) -> None:
    conn.execute(sa.update(table(RulePerk)).where(_P.id.in_(sorted(ids))).values(changed_at=now))


def _due(conn: Connection, *, store: StoreRef, now: datetime) -> list[int]:
    """The rows to look at, those first that were not for longest."""
    waiting = _waiting(store, _out_of_reach(conn, store, now))
    found = sa.union_all(waiting, _used(store)).subquery().c
    query = sa.select(found.id).order_by(found.changed_at, found.id).limit(MOST)
    return list(conn.execute(query).scalars())


def _out_of_reach(conn: Connection, store: StoreRef, now: datetime) -> list[str]:
    """The rewards, by id, that nobody can be given now."""
    revision = revision_at(conn, store.id, now)
    items = ((None if revision is None else revision.program.rewards) or NO_REWARDS).items
    taken, today = claims.drawn(conn, store.id), today_of(store, now)
    return [
        item.id
        for item in items
        if (item.stock is not None and taken.get(item.id, 0) >= item.stock)
        or not (item.is_active(today) or item.is_over(today))
    ]


def _waiting(store: StoreRef, out_of_reach: Collection[str]) -> sa.Select[tuple[int, datetime]]:
    """What may be given by now: its member has an account and may, and the switches are on."""
    winner = table(Member).alias()
    owner = {
        name: sa.func.coalesce(winner.c[name], _M[name])
        for name in ("user_id", "state", "spending_blocked", "codes_blocked")
    }
    has_account, erased = owner["user_id"].is_not(None), owner["state"] == "erased"
    may = sa.and_(
        sa.literal(store.spending_on),
        owner["state"].in_(("active", "paused", "left")),
        owner["spending_blocked"].is_(sa.false()),
        sa.or_(_why("code") != SpendingBlocked.code, owner["codes_blocked"].is_(sa.false())),
        _why("detail", "reward").not_in(out_of_reach),
    )
    ready = sa.and_(has_account, sa.or_(_P.kind != "issue_reward", may))
    return (
        sa.select(_P.id, _P.changed_at)
        .join_from(table(RulePerk), table(Member), _M.id == _P.member_id)
        .outerjoin(winner, winner.c.id == _M.merged_into)
        .where(
            _P.store_id == store.id,
            _P.state == WAITING,
            _P.source.like(f"{DEEDS}%"),
            sa.or_(ready, erased),
        )
    )


def _why(*path: str) -> sa.ColumnElement[str]:
    """What a row waits for, as far as it is known; "" = nothing."""
    return sa.func.coalesce(_P.detail[path].as_string(), "")


def _used(store: StoreRef) -> sa.Select[tuple[int, datetime]]:
    """What was taken back, and used all the same."""
    named = _P.detail[NAMED].as_string()
    return (
        sa.select(_P.id, _P.changed_at)
        .join_from(
            table(RulePerk),
            table(Redemption),
            sa.and_(_R.store_id == _P.store_id, _R.public_id == named),
        )
        .where(
            _P.store_id == store.id,
            _P.state == TAKEN,
            _P.kind == "issue_reward",
            _P.source.like(f"{DEEDS}%"),
            _R.state == "consumed",
        )
    )
