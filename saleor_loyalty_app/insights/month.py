"""A month of the books by channel and currency, as accounting wants it.

opening + carried + issued − redeemed + restored − expired − reversed + adjusted = closing, in
points, and every closing is the opening of the next month.

A month that was closed keeps its figures. What a later posting says of it (an expiry found late,
books mended) is not written into it: the month that is open first carries the difference.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy.engine import Connection

from saleor_loyalty_app.insights.days import month_after, start_of
from saleor_loyalty_app.insights.movements import SETTLE, Place
from saleor_loyalty_app.insights.reading import Reading, holdings, sums, told_late
from saleor_loyalty_app.insights.valuation import UNIT, Rate, rate_of
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.repository import revision_at

_COLUMNS = {
    "earn": "issued",
    "redeem": "redeemed",
    "donate": "redeemed",
    "restore": "restored",
    "expire": "expired",
    "reverse": "reversed",
    "adjust": "adjusted",
    SETTLE: "adjusted",
}
#: Columns that are shown upwards although they take points away.
_OUTWARD = frozenset({"redeemed", "expired", "reversed"})


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One channel, currency and unit in one month.

    `rate` is what a point is worth in `money` (a currency) at the month's end, `opening_rate` what
    it was worth at its beginning; None where that is not certain.
    """

    channel: str
    currency: str
    unit: str
    opening: int = 0
    carried: int = 0
    issued: int = 0
    redeemed: int = 0
    restored: int = 0
    expired: int = 0
    reversed: int = 0
    adjusted: int = 0
    money: str | None = None
    rate: Fraction | None = None
    opening_rate: Fraction | None = None

    @property
    def place(self) -> Place:
        """Whose figures these are."""
        return Place(self.channel, self.currency, self.unit)

    @property
    def closing(self) -> int:
        """What members hold at the end, less what they owe."""
        came = self.opening + self.carried + self.issued + self.restored + self.adjusted
        return came - self.redeemed - self.expired - self.reversed

    def to_json(self) -> dict[str, Any]:
        """The row as JSON values, without loss."""
        return asdict(self) | {
            "rate": None if self.rate is None else str(self.rate),
            "opening_rate": None if self.opening_rate is None else str(self.opening_rate),
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "MonthRow":
        """The row that `to_json` wrote."""
        rates = {
            name: None if document[name] is None else Fraction(document[name])
            for name in ("rate", "opening_rate")
        }
        return cls(**{**document, **rates})


@dataclass(frozen=True, slots=True)
class Late:
    """Points booked in a month although they belong to a closed one by what happened when."""

    month: date
    channel: str
    currency: str
    kind: str
    amount: int


def month_rows(
    conn: Connection,
    reading: Reading,
    month: date,
    frozen: Mapping[Place, int] | None,
    frozen_rates: Mapping[Place, Rate] | None = None,
) -> list[MonthRow]:
    """The rows of a month from the books as they are at the reading's instant.

    Args:
        frozen: the closing of the month before as it was closed, where it was; what the books say
            otherwise by now is carried.
        frozen_rates: the rates at which that closing was valued.
    """
    end = month_after(month)
    known = holdings(conn, reading, month, UNIT)
    opening = known if frozen is None else frozen
    columns: dict[Place, Counter[str]] = {}
    found = sums(
        conn, reading, "channel", "currency", "unit", "kind", since=month, until=end, unit=UNIT
    )
    for (channel, currency, unit, kind), amount in found.items():
        column = _COLUMNS[kind]
        signed = -amount if column in _OUTWARD else amount
        columns.setdefault(Place(channel, currency, unit), Counter())[column] += signed
    before, after = (_program_at(conn, reading, day) for day in (month, end))
    rows = []
    for place in sorted(columns.keys() | known.keys() | opening.keys()):
        first = opening.get(place, 0)
        moved = columns.get(place, Counter())
        row = MonthRow(
            *place,
            opening=first,
            carried=known.get(place, 0) - first,
            issued=moved["issued"],
            redeemed=moved["redeemed"],
            restored=moved["restored"],
            expired=moved["expired"],
            reversed=moved["reversed"],
            adjusted=moved["adjusted"],
        )
        old = (frozen_rates or {}).get(place) or rate_of(before, place)
        rows.append(_with_rates(row, old, rate_of(after, place) or old))
    return [row for row in rows if _has_figures(row)]


def late_in(conn: Connection, reading: Reading, month: date, closed_before: date) -> list[Late]:
    """What the books took up in `month` and happened in months before `closed_before`."""
    found: Counter[tuple[Any, ...]] = Counter()
    for one in told_late(conn, reading, month, month_after(month), closed_before):
        if one.unit == UNIT:
            where = (one.effective_on.replace(day=1), one.channel, one.currency, one.kind)
            found[where] += one.amount
    return [
        Late(when, channel, currency, kind, amount)
        for (when, channel, currency, kind), amount in sorted(found.items())
        if amount
    ]


def _program_at(conn: Connection, reading: Reading, day: date) -> Program | None:
    """The program whose rates value what is held when a day begins."""
    moment: datetime = min(start_of(day, reading.tz), reading.now)
    revision = revision_at(conn, reading.store.id, moment)
    return None if revision is None else revision.program


def _with_rates(row: MonthRow, old: Rate | None, new: Rate | None) -> MonthRow:
    """A rate that went keeps its worth, as what members hold does not vanish with it."""
    if new is None:
        return row
    opening_rate = old[1] if old is not None and old[0] == new[0] else None
    return replace(row, money=new[0], rate=new[1], opening_rate=opening_rate)


def _has_figures(row: MonthRow) -> bool:
    return any(
        (row.opening, row.carried, row.issued, row.redeemed, row.restored, row.expired,
         row.reversed, row.adjusted)
    )  # fmt: skip
