"""What a range of days brought, beside the range before.

How it stays quick is told, with what was measured, in `insights.roll_up`.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.engine import Connection

from saleor_loyalty_app.insights.days import start_of
from saleor_loyalty_app.insights.movements import EXPIRE
from saleor_loyalty_app.insights.orders import OrdersOf, Tally, orders_between
from saleor_loyalty_app.insights.people import People, people_of
from saleor_loyalty_app.insights.ranges import Range, Step
from saleor_loyalty_app.insights.reading import (
    Reading,
    count_active,
    holdings,
    open_reading,
    sums,
)
from saleor_loyalty_app.insights.valuation import (
    UNIT,
    Liability,
    average,
    liability_of,
    share,
)
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.stores.refs import StoreRef

_ISSUED = ("earn",)
_REDEEMED = ("redeem", "donate", "restore")


@dataclass(frozen=True, slots=True)
class Group:
    """Members with points, or the control group without: what they bought in one currency."""

    members: int
    orders: int
    revenue: Decimal
    average: Decimal | None
    per_member: Decimal | None


@dataclass(frozen=True, slots=True)
class HoldOut:
    """One currency: members who take part, beside the control group."""

    currency: str
    taking_part: Group
    control: Group


@dataclass(frozen=True, slots=True)
class Side:
    """The figures of one range. Points are whole; `redeemed` is less what came back.

    `redemption_rate` and `with_points_share` are shares to four places, None of nothing.
    """

    range: Range
    members: int
    joined: int
    active: int
    issued: int
    redeemed: int
    expired: int
    liability: Liability
    redemption_rate: Decimal | None
    orders: tuple[OrdersOf, ...]
    hold_out: tuple[HoldOut, ...]

    @property
    def order_count(self) -> int:
        """The orders of all currencies."""
        return sum(one.all.orders for one in self.orders)

    @property
    def with_points_share(self) -> Decimal | None:
        """The share of orders on which points were spent."""
        return share(sum(one.with_points.orders for one in self.orders), self.order_count)


@dataclass(frozen=True, slots=True)
class Point:
    """What one step of the chart shows; `outstanding` at its end."""

    range: Range
    issued: int
    redeemed: int
    expired: int
    outstanding: int


@dataclass(frozen=True, slots=True)
class Overview:
    """A range, the range before, and the range in steps."""

    now: Side
    before: Side
    step: Step
    series: tuple[Point, ...]


def figures(
    conn: Connection, store: StoreRef, asked: Range, step: Step, *, now: datetime
) -> Overview:
    """The figures of a range, beside those of the range before.

    To be read on a connection that sees one snapshot.
    """
    reading = open_reading(conn, store, now)
    ranges = (asked, asked.before)
    people = people_of(
        conn,
        store.id,
        [(start_of(one.since, reading.tz), start_of(one.end, reading.tz)) for one in ranges],
    )
    sides = [_side(conn, reading, one, there) for one, there in zip(ranges, people, strict=True)]
    return Overview(sides[0], sides[1], step, tuple(_series(conn, reading, asked, step)))


def _side(conn: Connection, reading: Reading, asked: Range, there: People) -> Side:
    store_id = reading.store.id
    until = start_of(asked.end, reading.tz)
    kinds = sums(conn, reading, "kind", since=asked.since, until=asked.end, unit=UNIT)
    issued, redeemed, expired = _of_kinds(Counter({kind: kinds[kind,] for (kind,) in kinds}))
    revision = revision_at(conn, store_id, min(until, reading.now))
    held = holdings(conn, reading, asked.end, UNIT)
    orders = orders_between(conn, reading, asked.since, asked.end)
    return Side(
        range=asked,
        members=there.members,
        joined=there.joined,
        active=count_active(conn, reading, asked.since, asked.end),
        issued=issued,
        redeemed=redeemed,
        expired=expired,
        liability=liability_of(held, revision.program if revision else None),
        redemption_rate=share(redeemed, issued),
        orders=orders,
        hold_out=_hold_out(orders, there) if there.hold_out else (),
    )


def _of_kinds(kinds: Counter[str]) -> tuple[int, int, int]:
    """Issued, redeemed and expired points, each counted upwards."""
    return (
        sum(kinds[kind] for kind in _ISSUED),
        -sum(kinds[kind] for kind in _REDEEMED),
        -kinds[EXPIRE],
    )


def _series(conn: Connection, reading: Reading, asked: Range, step: Step) -> list[Point]:
    by_day: dict[date, Counter[str]] = {}
    found = sums(conn, reading, "day", "kind", since=asked.since, until=asked.end, unit=UNIT)
    for (day, kind), amount in found.items():
        by_day.setdefault(day, Counter())[kind] += amount
    outstanding = sum(sums(conn, reading, until=asked.since, unit=UNIT).values())
    points = []
    for part in asked.steps(step):
        kinds: Counter[str] = Counter()
        for one in part.steps(Step.day):
            kinds.update(by_day.get(one.since, {}))
        outstanding += sum(kinds.values())
        points.append(Point(part, *_of_kinds(kinds), outstanding))
    return points


def _hold_out(orders: tuple[OrdersOf, ...], there: People) -> tuple[HoldOut, ...]:
    taking_part = there.members - there.hold_out
    return tuple(
        HoldOut(
            one.currency,
            _group(one.of_members, taking_part, one.currency),
            _group(one.of_control, there.hold_out, one.currency),
        )
        for one in orders
        if one.of_members.orders or one.of_control.orders
    )


def _group(tally: Tally, members: int, currency: str) -> Group:
    return Group(
        members=members,
        orders=tally.orders,
        revenue=average(tally.total_milli, 1, currency) or Decimal(0),
        average=average(tally.total_milli, tally.priced, currency),
        per_member=average(tally.total_milli, members, currency),
    )
