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
from saleor_loyalty_app.ledger.models import Balance, Lot
from saleor_loyalty_app.messages.deliveries import unfinished
from saleor_loyalty_app.messages.outbox import Kind, tell
from saleor_loyalty_app.stores.refs import StoreRef

UNIT = "points"
#: What notices that cannot be written are told by.
WORK = "expiry_notices"
#: So long before it must be out the notice is written.
LEAD = timedelta(days=5)
REMINDER = timedelta(days=7)
#: Members that one transaction looks at, and lots that one message names.
PAGE, MOST_LOTS = 100, 500
_lot, _balance = table(Lot), table(Balance)
_Rows = Sequence[sa.Row[*tuple[Any, ...]]]


def candidates(conn: Connection, store: StoreRef, *, now: datetime) -> list[int]:
    """The members of whose points some may expire in the time of notices; each is looked at."""
    query = (
        sa.select(_balance.c.member_id)
        .where(
            _balance.c.store_id == store.id,
            _balance.c.unit == UNIT,
            _balance.c.next_expiry <= now + NOTICE + LEAD,
        )
        .order_by(_balance.c.member_id)
    )
    return list(conn.execute(query).scalars())


def notice_page(
    conn: Connection, store: StoreRef, members: Sequence[int], *, now: datetime
) -> None:
    """Writes the notices that these members have not got.

    A notice that could not be sent is written again a week later.
    """
    rows = _expiring(conn, store.id, members, now, now + NOTICE + LEAD, noticed=False)
    busy = unfinished(conn, {row.member_id for row in rows}, Kind.points_expiring)
    week = now.strftime("%G-W%V")
    for (member_id, date), lots in _by_date(rows).items():
        if member_id not in busy:
            key = f"expiring:{member_id}:{date.isoformat()}:{week}"
            _tell(conn, store, member_id, Kind.points_expiring, lots, key=key, now=now)


def reminder_page(
    conn: Connection, store: StoreRef, members: Sequence[int], *, now: datetime
) -> None:
    """Reminds those of the members whose notice was sent, a week before."""
    rows = _expiring(conn, store.id, members, now, now + REMINDER, noticed=True)
    for (member_id, date), lots in _by_date(rows).items():
        key = f"expiring-soon:{member_id}:{date.isoformat()}"
        _tell(conn, store, member_id, Kind.points_expiring_soon, lots, key=key, now=now)


def _expiring(
    conn: Connection,
    store_id: int,
    members: Sequence[int],
    now: datetime,
    until: datetime,
    *,
    noticed: bool,
) -> _Rows:
    return conn.execute(
        sa.select(_lot.c.id, _lot.c.member_id, _lot.c.remaining, _lot.c.expires_at)
        .where(
            _lot.c.store_id == store_id,
            _lot.c.member_id.in_(members),
            _lot.c.unit == UNIT,
            _lot.c.closed.is_(sa.false()),
            _lot.c.remaining > 0,
            _lot.c.expires_at > now,
            _lot.c.expires_at <= until,
            _lot.c.noticed_at.is_not(None) if noticed else _lot.c.noticed_at.is_(None),
        )
        .order_by(_lot.c.member_id, _lot.c.expires_at, _lot.c.id)
    ).all()


def _by_date(
    rows: _Rows,
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
