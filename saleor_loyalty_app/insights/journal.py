"""The journal of a month: what the liability for points did, as pairs of debit and credit. Pure.

Issuing points is an expense and a liability; spending them is paid out of the liability against
the discounts that were given; expiry releases it as breakage income; a reversal takes an expense
back. What a change of the rate, and rounding, make of the balance is revaluation, so that the
liability's account always ends at closing × rate.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from saleor_loyalty_app.insights.accounts import Purpose
from saleor_loyalty_app.insights.month import MonthRow
from saleor_loyalty_app.insights.valuation import in_money

#: Columns of a month by the account against the liability; below zero takes liability away.
_AGAINST = (
    ("issued", Purpose.expense, 1),
    ("redeemed", Purpose.redemption, -1),
    ("restored", Purpose.redemption, 1),
    ("expired", Purpose.breakage, -1),
    ("reversed", Purpose.expense, -1),
    ("adjusted", Purpose.adjustment, 1),
    ("carried", Purpose.adjustment, 1),
)
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Line:
    """One side of a booking, on the last day of the month; either debit or credit is 0.

    `why`: a column of the month, or "revaluation". `points` as they moved.
    """

    on: date
    number: int
    account: str
    debit: Decimal
    credit: Decimal
    currency: str
    channel: str
    why: str
    points: int


def values_of(row: MonthRow) -> tuple[Decimal, Decimal] | None:
    """What the opening and closing of a row are worth, each at its own rate; None = uncertain."""
    if row.money is None or row.rate is None:
        return None
    opening = row.opening_rate if row.opening_rate is not None else Fraction(0)
    return (
        in_money(row.opening, opening, row.money),
        in_money(row.closing, row.rate, row.money),
    )


def journal(rows: Iterable[MonthRow], codes: Mapping[Purpose, str], on: date) -> list[Line]:
    """The bookings of a month; every number has one debit and one credit of the same amount."""
    lines: list[Line] = []
    for row in rows:
        for why, purpose, points, amount in _moves(row):
            lines += _pair(row, codes, purpose, why, points, amount, on, len(lines) // 2 + 1)
    return lines


def unvalued_points(rows: Iterable[MonthRow]) -> int:
    """Closing points that no rate values, and that the journal therefore leaves out."""
    return sum(row.closing for row in rows if row.money is None)


def _moves(row: MonthRow) -> Iterator[tuple[str, Purpose, int, Decimal]]:
    values = values_of(row)
    if values is None or row.money is None or row.rate is None:
        return
    booked = _ZERO
    for column, purpose, sign in _AGAINST:
        points = sign * int(getattr(row, column))
        amount = in_money(points, row.rate, row.money)
        booked += amount
        if amount:
            yield column, purpose, points, amount
    rest = values[1] - values[0] - booked
    if rest:
        yield "revaluation", Purpose.revaluation, 0, rest


def _pair(
    row: MonthRow,
    codes: Mapping[Purpose, str],
    purpose: Purpose,
    why: str,
    points: int,
    amount: Decimal,
    on: date,
    number: int,
) -> list[Line]:
    """`amount` above zero adds to the liability: credit it, debit the other account."""
    more, less = (codes[purpose], codes[Purpose.liability])
    debited, credited = (more, less) if amount > 0 else (less, more)
    size = abs(amount)
    named = (row.money or "", row.channel, why, points)
    return [
        Line(on, number, debited, size, _ZERO, *named),
        Line(on, number, credited, _ZERO, size, *named),
    ]
