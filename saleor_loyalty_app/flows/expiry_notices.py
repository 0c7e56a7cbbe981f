"""Members are told in time that points expire; without that nothing expires.

The notice is written early enough for several tries. It counts from when it was sent, and names
the first date that it is in time for (see `send_messages.note_sent`).
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.ledger.expiry import NOTICE
from saleor_loyalty_app.ledger.models import Lot
from saleor_loyalty_app.messages.deliveries import unfinished
from saleor_loyalty_app.messages.outbox import Kind, tell
from saleor_loyalty_app.stores.refs import StoreRef

UNIT = "points"
#: So long before it must be out the notice is written.
LEAD = timedelta(days=5)
REMINDER = timedelta(days=7)
#: Members that one transaction looks at, and lots that one message names.
PAGE, MOST_LOTS = 200, 500
_lot = table(Lot)


def notice_page(conn: Connection, store: StoreRef, *, after: int, now: datetime) -> int | None:
    """Writes notices to a page of members; gives the last one, None when all were looked at.

    A notice that could not be sent is written again a week later.
    """
    rows = _page(conn, store.id, after, now, now + NOTICE + LEAD, noticed=False)
    if not rows:
        return None
    members = sorted({row.member_id for row in rows})
    busy = unfinished(conn, members, Kind.points_expiring)
    for (member_id, date), lots in _by_date(rows).items():
        if member_id not in busy:
            week = now.strftime("%G-W%V")
            _tell(
                conn,
                store,
                member_id,
                Kind.points_expiring,
                lots,
                key=f"expiring:{member_id}:{date.isoformat()}:{week}",
                now=now,
            )
    return int(members[-1])


def reminder_page(conn: Connection, store: StoreRef, *, after: int, now: datetime) -> int | None:
    """Reminds a page of members whose notice was sent, a week before; as `notice_page`."""
    rows = _page(conn, store.id, after, now, now + REMINDER, noticed=True)
    if not rows:
        return None
    for (member_id, date), lots in _by_date(rows).items():
        _tell(
            conn,
            store,
            member_id,
            Kind.points_expiring_soon,
            lots,
            key=f"expiring-soon:{member_id}:{date.isoformat()}",
            now=now,
        )
    return int(rows[-1].member_id)


def any_to_notice(conn: Connection, store: StoreRef, *, now: datetime) -> bool:
    """Whether somebody has to be told, so that a store that cannot write mail hears of it."""
    return bool(_page(conn, store.id, 0, now, now + NOTICE + LEAD, noticed=False, members=1))


def _page(
    conn: Connection,
    store_id: int,
    after: int,
    now: datetime,
    until: datetime,
    *,
    noticed: bool,
    members: int = PAGE,
) -> Sequence[sa.Row[*tuple[Any, ...]]]:
    wanted = (
        _lot.c.store_id == store_id,
        _lot.c.unit == UNIT,
        _lot.c.closed.is_(sa.false()),
        _lot.c.remaining > 0,
        _lot.c.expires_at > now,
        _lot.c.expires_at <= until,
        _lot.c.noticed_at.is_not(None) if noticed else _lot.c.noticed_at.is_(None),
    )
    ids = (
        sa.select(_lot.c.member_id)
        .where(*wanted, _lot.c.member_id > after)
        .distinct()
        .order_by(_lot.c.member_id)
        .limit(members)
    )
    return conn.execute(
        sa.select(_lot.c.id, _lot.c.member_id, _lot.c.remaining, _lot.c.expires_at)
        .where(*wanted, _lot.c.member_id.in_(ids))
        .order_by(_lot.c.member_id, _lot.c.expires_at, _lot.c.id)
    ).all()


def _by_date(
    rows: Sequence[sa.Row[*tuple[Any, ...]]],
) -> dict[tuple[int, datetime], list[sa.Row[*tuple[Any, ...]]]]:
    grouped: defaultdict[tuple[int, datetime], list[sa.Row[*tuple[Any, ...]]]] = defaultdict(list)
    for row in rows:
        grouped[row.member_id, row.expires_at].append(row)
    return grouped


def _tell(
    conn: Connection,
    store: StoreRef,
    member_id: int,
    kind: Kind,
    lots: list[sa.Row[*tuple[Any, ...]]],
    *,
    key: str,
    now: datetime,
) -> None:
    named = lots[:MOST_LOTS]
    data = {
        "points": sum(lot.remaining for lot in named),
        "expires_at": named[0].expires_at.isoformat(),
        "lots": [lot.id for lot in named],
    }
    tell(conn, store.id, member_id, kind, data, key=key, now=now)
