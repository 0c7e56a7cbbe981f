"""Orders of a range: with points spent and without, and those of the control group.

An order counts on the day on which it was paid in full, with its whole gross total. Orders may
come late, change their owner or have points restored, so the days that are kept added up are made
anew every night; what is younger is read from the orders, by `ix_order_state_paid`.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.insights.days import day_of, day_of_quarter, quarter, start_of
from saleor_loyalty_app.insights.models import OrderDay
from saleor_loyalty_app.insights.reading import Reading
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.orders.models import OrderState
from saleor_loyalty_app.rewards.models import Redemption

_ORDERS, _MEMBERS, _REDEMPTIONS = table(OrderState), table(Member), table(Redemption)
_DAYS = table(OrderDay)
_O, _D = _ORDERS.c, _DAYS.c
#: Points were spent on the order of such a redemption, whether or not some came back later.
_SPENT = ("consumed", "restored")
GUEST, MEMBER, CONTROL = "guest", "member", "control"


class Cell(NamedTuple):
    """Orders of one day, currency and sort of buyer, with points spent on them or without.

    `priced` of them have a known total; these add up to `total_milli`.
    """

    day: date
    currency: str
    buyer: str
    spent: bool
    orders: int
    priced: int
    total_milli: int


@dataclass(frozen=True, slots=True)
class Tally:
    """So many orders; `priced` of them, whose totals are known, add up to `total_milli`."""

    orders: int = 0
    priced: int = 0
    total_milli: int = 0

    def plus(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(
            self.orders + other.orders,
            self.priced + other.priced,
            self.total_milli + other.total_milli,
        )


@dataclass(frozen=True, slots=True)
class OrdersOf:
    """Orders of one currency: all, those of members (the control group is apart), with points."""

    currency: str
    all: Tally
    of_members: Tally
    of_control: Tally
    with_points: Tally
    without_points: Tally


_SPENT_ON = (
    sa.select(_REDEMPTIONS.c.id)
    .where(
        _REDEMPTIONS.c.store_id == _O.store_id,
        _REDEMPTIONS.c.order_id == _O.order_id,
        _REDEMPTIONS.c.state.in_(_SPENT),
    )
    .correlate(_ORDERS)
    .exists()
)
_BUYER = sa.case(
    (_MEMBERS.c.enrolled_at.is_(None), GUEST), (_MEMBERS.c.hold_out, CONTROL), else_=MEMBER
)


def orders_paid(
    conn: Connection, store_id: int, since: datetime, until: datetime, tz: tzinfo
) -> list[Cell]:
    """The orders paid from `since` to before `until`, added up from the orders themselves."""
    rows = (
        sa.select(
            quarter(_O.paid_at).label("paid"),
            _O.currency,
            _BUYER.label("buyer"),
            _SPENT_ON.label("spent"),
            _O.total_milli,
        )
        .select_from(_ORDERS.outerjoin(_MEMBERS, _MEMBERS.c.id == _O.member_id))
        .where(_O.store_id == store_id, _O.paid_at >= since, _O.paid_at < until)
        .subquery()
    )
    named = (rows.c.paid, rows.c.currency, rows.c.buyer, rows.c.spent)
    query = sa.select(
        *named,
        sa.func.count().label("orders"),
        sa.func.count(rows.c.total_milli).label("priced"),
        sa.func.coalesce(sa.func.sum(rows.c.total_milli), 0).label("total_milli"),
    ).group_by(*named)
    sums: dict[tuple[Any, ...], Tally] = {}
    for row in conn.execute(query):
        where = (day_of_quarter(row.paid, tz), row.currency, row.buyer, bool(row.spent))
        sums[where] = sums.get(where, Tally()).plus(_tally(row))
    return [
        Cell(day, currency, buyer, spent, one.orders, one.priced, one.total_milli)
        for (day, currency, buyer, spent), one in sorted(sums.items())
    ]


def orders_between(
    conn: Connection, reading: Reading, since: date, until: date
) -> tuple[OrdersOf, ...]:
    """The orders paid on the days from `since` to before `until`, by currency."""
    found: dict[tuple[str, str, bool], Tally] = {}
    for cell in _cells(conn, reading, since, until):
        where = (cell.currency, cell.buyer, bool(cell.spent))
        found[where] = found.get(where, Tally()).plus(_tally(cell))
    return tuple(
        OrdersOf(
            currency,
            all=_sum(found, currency),
            of_members=_sum(found, currency, buyer=MEMBER),
            of_control=_sum(found, currency, buyer=CONTROL),
            with_points=_sum(found, currency, spent=True),
            without_points=_sum(found, currency, spent=False),
        )
        for currency in sorted({currency for currency, _, _ in found})
    )


def first_paid(conn: Connection, store_id: int) -> datetime | None:
    """When the first order of a store was paid; None while there is none."""
    query = (
        sa.select(_O.paid_at)
        .where(_O.store_id == store_id, _O.paid_at.is_not(None))
        .order_by(_O.paid_at)
        .limit(1)
    )
    found: datetime | None = conn.execute(query).scalar_one_or_none()
    return found


def first_day(conn: Connection, store_id: int, tz: tzinfo) -> date | None:
    """The day on which the first order of a store was paid."""
    moment = first_paid(conn, store_id)
    return None if moment is None else day_of(moment, tz)


def changed_orders(
    conn: Connection, store_id: int, since: date, until: date, tz: tzinfo
) -> list[Cell] | None:
    """What is to be kept of some days, read anew; None where just that is kept."""
    cells = orders_paid(conn, store_id, start_of(since, tz), start_of(until, tz), tz)
    kept = conn.execute(_kept(store_id, since, until))
    return None if Counter(cells) == Counter(Cell(*row) for row in kept) else cells


def keep_orders(
    conn: Connection, store_id: int, since: date, until: date, cells: Iterable[Cell]
) -> None:
    """Keeps the orders of some days, instead of what was kept of them."""
    conn.execute(sa.delete(_DAYS).where(_D.store_id == store_id, _D.day >= since, _D.day < until))
    rows = [{"store_id": store_id, **cell._asdict()} for cell in cells]
    if rows:
        conn.execute(sa.insert(_DAYS), rows)


def _cells(conn: Connection, reading: Reading, since: date, until: date) -> list[Cell]:
    store_id, tz = reading.store.id, reading.tz
    young_from = since if reading.kept_until is None else max(since, reading.kept_until)
    cells: list[Cell] = []
    if since < young_from:
        rows = conn.execute(_kept(store_id, since, min(until, young_from)))
        cells += [Cell(*row) for row in rows]
    if young_from < until:
        cells += orders_paid(conn, store_id, start_of(young_from, tz), start_of(until, tz), tz)
    return cells


def _kept(store_id: int, since: date, until: date) -> sa.Select[Any]:
    return sa.select(*(_D[name] for name in Cell._fields)).where(
        _D.store_id == store_id, _D.day >= since, _D.day < until
    )


def _sum(
    found: dict[tuple[str, str, bool], Tally],
    currency: str,
    *,
    buyer: str | None = None,
    spent: bool | None = None,
) -> Tally:
    total = Tally()
    for (of_currency, of_buyer, of_spent), tally in found.items():
        if of_currency == currency and buyer in (None, of_buyer) and spent in (None, of_spent):
            total = total.plus(tally)
    return total


def _tally(row: Any) -> Tally:
    return Tally(int(row.orders), int(row.priced), int(row.total_milli))
