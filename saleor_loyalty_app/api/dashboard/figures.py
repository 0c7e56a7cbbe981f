"""How large the program is now: three numbers for the app's page."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.ledger.models import Balance, Lot
from saleor_loyalty_app.members.models import Member

_MEMBERS, _BALANCES, _LOTS = table(Member), table(Balance), table(Lot)
_UNIT = "points"
_IN = ("active", "paused", "blocked")


@dataclass(frozen=True, slots=True)
class Figures:
    """Members with an account, all points that members hold, and those not yet spendable."""

    members: int
    outstanding: int
    pending: int


def figures(conn: Connection, store_id: int, now: datetime) -> Figures:
    """The figures of a store at `now`. Points set aside count as outstanding; what is due to expire
    counts until it is booked."""
    members = sa.select(sa.func.count()).where(
        _MEMBERS.c.store_id == store_id,
        _MEMBERS.c.state.in_(_IN),
        _MEMBERS.c.merged_into.is_(None),
    )
    outstanding = sa.select(
        sa.func.coalesce(sa.func.sum(_BALANCES.c.lots + _BALANCES.c.held), 0)
    ).where(_BALANCES.c.store_id == store_id, _BALANCES.c.unit == _UNIT)
    undated = _open_lots(store_id, _LOTS.c.available_from.is_(None))
    later = _open_lots(store_id, _LOTS.c.available_from > now)
    row = conn.execute(
        sa.select(*(one.scalar_subquery() for one in (members, outstanding, undated, later)))
    ).one()
    return Figures(int(row[0]), int(row[1]), int(row[2]) + int(row[3]))


def _open_lots(store_id: int, when: sa.ColumnElement[bool]) -> sa.Select[int]:
    """The points in a store's open lots; one range of their index for one range of `when`."""
    return sa.select(sa.func.coalesce(sa.func.sum(_LOTS.c.remaining), 0)).where(
        _LOTS.c.store_id == store_id, _LOTS.c.unit == _UNIT, _LOTS.c.closed.is_(False), when
    )
