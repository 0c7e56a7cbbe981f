"""Once a month, who agreed to offers reads what they earned and spent in the month before."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.ledger.models import Entry
from saleor_loyalty_app.members.consents import agreeing
from saleor_loyalty_app.messages.outbox import Kind, tell
from saleor_loyalty_app.messages.setup import setup_of
from saleor_loyalty_app.stores.locale import usable_timezone
from saleor_loyalty_app.stores.refs import StoreRef

UNIT, PAGE = "points", 100
#: Days of a month on which the month before is still told of.
LAST_DAY = 5
_entry = table(Entry)


def month_to_tell(store: StoreRef, now: datetime) -> tuple[datetime, datetime] | None:
    """Beginning and end of the month that is to be told of; None = not in these days."""
    zone = ZoneInfo(usable_timezone(store.timezone))
    local = now.astimezone(zone)
    if local.day > LAST_DAY:
        return None
    end = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    begin = (end - timedelta(days=1)).replace(day=1)
    return begin.astimezone(UTC), end.astimezone(UTC)


def statement_page(conn: Connection, store: StoreRef, *, after: int, now: datetime) -> int | None:
    """Tells a page of members; gives the last one, None when all were told.

    Nobody hears of a month in which nothing moved, and each month is told once.
    """
    month = month_to_tell(store, now)
    off = setup_of(conn, store.id).setup.switched_off
    if month is None or Kind.monthly_statement in off:
        return None
    members = agreeing(conn, store.id, after=after, limit=PAGE)
    begin, end = month
    name = begin.astimezone(ZoneInfo(usable_timezone(store.timezone))).strftime("%Y-%m")
    for member_id, moved in _moved(conn, store.id, members, begin, end).items():
        tell(
            conn,
            store.id,
            member_id,
            Kind.monthly_statement,
            {"month": name, **moved},
            key=f"statement:{name}:{member_id}",
            now=now,
        )
    return members[-1] if len(members) == PAGE else None


def _moved(
    conn: Connection, store_id: int, members: list[int], begin: datetime, end: datetime
) -> dict[int, dict[str, int]]:
    rows = conn.execute(
        sa.select(_entry.c.member_id, _entry.c.kind, sa.func.sum(_entry.c.amount).label("amount"))
        .where(
            _entry.c.store_id == store_id,
            _entry.c.member_id.in_(members),
            _entry.c.unit == UNIT,
            _entry.c.posted_at >= begin,
            _entry.c.posted_at < end,
        )
        .group_by(_entry.c.member_id, _entry.c.kind)
    )
    found: dict[int, dict[str, int]] = {}
    for row in rows:
        moved = found.setdefault(row.member_id, {"earned": 0, "spent": 0, "expired": 0})
        amount = int(row.amount)
        if row.kind in ("earn", "reverse"):
            moved["earned"] += amount
        elif row.kind in ("redeem", "donate", "restore"):
            moved["spent"] -= amount
        elif row.kind == "expire":
            moved["expired"] -= amount
        elif amount > 0:
            moved["earned"] += amount
        else:
            moved["spent"] -= amount
    return found
