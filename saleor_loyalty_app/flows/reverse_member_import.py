"""Taking an import of members back: exactly what is still there, by entries of its own.

What was spent, expired or is held meanwhile stays as it is, and is told; a later import of the same
rows counts it as booked.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.book_member_rows import PART, UNIT
from saleor_loyalty_app.flows.import_members import require_import
from saleor_loyalty_app.ledger import Account, Cause, RefundPolicy
from saleor_loyalty_app.ledger.models import Entry, Lot
from saleor_loyalty_app.member_imports import carried, repository
from saleor_loyalty_app.member_imports.errors import MemberImportBusy, WrongImportState
from saleor_loyalty_app.member_imports.repository import ImportRef, bookings
from saleor_loyalty_app.stores import staff_actions
from saleor_loyalty_app.stores.refs import StoreRef

_entries, _lots = table(Entry), table(Lot)
#: So many members' points are taken back in one transaction.
PAGE = 100


@dataclass(frozen=True, slots=True)
class Remains:
    """What is left of an import.

    Attributes:
        imported: all points that it booked.
        there: what members still have of it; that is what a reversal takes.
        members: how many have some of it.
        held: what is on its way to be spent just now.
        expired: what expired since.
        taken_back: what reversals took.
        spent: the rest: spent, or gone in another way.
    """

    imported: int
    there: int
    members: int
    held: int
    expired: int
    taken_back: int
    spent: int


def remains_of(conn: Connection, store: StoreRef, row: ImportRef, *, now: datetime) -> Remains:
    """What is left of an import at `now`."""
    e, lot = _entries.c, _lots.c
    of_it = (e.store_id == store.id, e.source == row.source)
    total = sa.func.coalesce(sa.func.sum(e.amount), 0)
    imported = int(conn.execute(sa.select(total).where(*of_it, e.kind == "adjust")).scalar_one())
    back = -int(conn.execute(sa.select(total).where(*of_it, e.kind == "reverse")).scalar_one())
    due = sa.and_(
        lot.expires_at.is_not(None), lot.expires_at <= now, lot.notice_required.is_(False)
    )
    alive = sa.case((due, 0), else_=lot.remaining)
    there, members, held, expired = conn.execute(
        sa.select(
            sa.func.coalesce(sa.func.sum(alive), 0),
            sa.func.count(sa.case((alive > 0, lot.member_id)).distinct()),
            sa.func.coalesce(sa.func.sum(lot.held), 0),
            sa.func.coalesce(sa.func.sum(lot.expired + lot.remaining - alive), 0),
        ).where(lot.store_id == store.id, lot.source == row.source)
    ).one()
    gone = imported - int(there) - int(held) - int(expired) - back
    return Remains(imported, int(there), members, int(held), int(expired), back, max(0, gone))


def start_reversal(
    conn: Connection, store: StoreRef, import_id: int, *, actor: str, now: datetime
) -> ImportRef:
    """Has an import be taken back.

    Raises:
        MemberImportNotFound; WrongImportState: it booked nothing, or is not over.
        MemberImportBusy: another one is at work.
    """
    busy = repository.import_at_work(conn, store.id, lock=True)
    row = require_import(conn, store.id, import_id, lock=True)
    if row.state in ("reversing", "reversed"):
        return row
    if row.state not in ("done", "canceled") or row.started_at is None:
        raise WrongImportState(state=row.state)
    if busy is not None:
        raise MemberImportBusy
    before = asdict(remains_of(conn, store, row, now=now))
    repository.change_import(
        conn,
        row.id,
        state="reversing",
        cursor=0,
        handled=0,
        reversal={"actor": actor, "before": before, "taken": 0, "members": 0},
        finished_at=None,
        updated_at=now,
    )
    staff_actions.note(
        conn,
        store.id,
        actor=actor,
        kind="member_import_reversed",
        subject=f"member_import:{row.id}",
        before=before,
        now=now,
    )
    return require_import(conn, store.id, row.id)


def reverse_next_page(db: Database, store: StoreRef, import_id: int, *, now: datetime) -> ImportRef:
    """Takes back what some members still have; nothing happens to an import that is not reversed.

    Whoever's points were taken has none of them left: so a reversal that broke off goes on where
    it was, and ends.

    Raises:
        MemberImportNotFound: there is none.
    """
    return db.write(lambda conn: _reverse_page(conn, store, import_id, now))


def _reverse_page(conn: Connection, store: StoreRef, import_id: int, now: datetime) -> ImportRef:
    row = require_import(conn, store.id, import_id, lock=True)
    if row.state != "reversing" or row.reversal is None:
        return row
    lot = _lots.c
    owners = (
        conn.execute(
            sa.select(lot.member_id)
            .where(
                lot.store_id == store.id,
                lot.source == row.source,
                lot.unit == UNIT,
                lot.closed.is_(False),
                lot.remaining > 0,
            )
            .distinct()
            .order_by(lot.member_id)
            .limit(PAGE)
        )
        .scalars()
        .all()
    )
    if not owners:
        return _finish(conn, store, row, row.reversal, now)
    ledger.lock_accounts(conn, [Account(store.id, member_id, UNIT) for member_id in owners])
    taken = [_take_back(conn, store, row, row.reversal, member_id, now) for member_id in owners]
    repository.change_import(
        conn,
        row.id,
        handled=row.handled + len(owners),
        reversal={
            **row.reversal,
            "taken": row.reversal["taken"] + sum(taken),
            "members": row.reversal["members"] + sum(points > 0 for points in taken),
        },
        updated_at=now,
    )
    return require_import(conn, store.id, row.id)


def _take_back(
    conn: Connection,
    store: StoreRef,
    row: ImportRef,
    reversal: Mapping[str, object],
    member_id: int,
    now: datetime,
) -> int:
    """Takes what one member has left of an import; gives how much it was."""
    account = Account(store.id, member_id, UNIT)
    ledger.settle(conn, account, now=now)
    lot = _lots.c
    left = conn.execute(
        sa.select(lot.id, lot.follows, lot.entry_id, lot.remaining).where(
            lot.store_id == store.id,
            lot.source == row.source,
            lot.member_id == member_id,
            lot.unit == UNIT,
            lot.closed.is_(False),
            lot.remaining > 0,
        )
    ).all()
    points = sum(int(one.remaining) for one in left)
    if not points:
        return 0
    # Within a locked account no two postings follow the same entry.
    last = conn.execute(
        sa.select(sa.func.max(_entries.c.id)).where(
            _entries.c.member_id == member_id, _entries.c.unit == UNIT
        )
    ).scalar_one()
    ledger.reverse(
        conn,
        account,
        points,
        Cause(
            source=row.source,
            part=PART,
            actor=str(reversal["actor"]),
            reason={"code": "member_import_reversed", "import": row.id},
        ),
        key=f"member-import-back:{row.id}:{member_id}:{last}",
        now=now,
        effective_at=now,
        policy=RefundPolicy.within_balance,
    )
    for one in left:
        _give_up(conn, row.id, _first_entry(conn, one.follows, one.entry_id), one.remaining)
    return points


def _first_entry(conn: Connection, follows: int | None, entry_id: int) -> int:
    """The entry that brought a lot's points in, before they were spent and came back, or moved."""
    while follows is not None:
        row = conn.execute(
            sa.select(_lots.c.follows, _lots.c.entry_id).where(_lots.c.id == follows)
        ).one()
        follows, entry_id = row.follows, row.entry_id
    return entry_id


def _give_up(conn: Connection, import_id: int, entry_id: int, points: int) -> None:
    """Notes that so many points of a booking came back, so that its row may be booked anew."""
    booking = bookings.c
    not_yet = sa.case((booking.reversed.is_(False), booking.posted), else_=0)
    conn.execute(
        sa.update(bookings)
        .where(booking.import_id == import_id, booking.entry_id == entry_id)
        .values(used=booking.used + not_yet - points, reversed=True)
    )


def _finish(
    conn: Connection,
    store: StoreRef,
    row: ImportRef,
    reversal: Mapping[str, object],
    now: datetime,
) -> ImportRef:
    """Ends a reversal: what no member has any more counts as used."""
    booking = bookings.c
    conn.execute(
        sa.update(bookings)
        .where(booking.import_id == row.id, booking.reversed.is_(False))
        .values(used=booking.used + booking.posted, reversed=True)
    )
    ended = carried.take_consents_back(conn, row.id, now=now)
    carried.take_lifetimes_back(conn, row.id)
    repository.change_import(
        conn,
        row.id,
        state="reversed",
        reversal={
            **reversal,
            "consents": ended,
            "after": asdict(remains_of(conn, store, row, now=now)),
        },
        finished_at=now,
        updated_at=now,
    )
    return require_import(conn, store.id, row.id)
