"""The lowest prices of days as rows, and what they say of a span of days. Never commits."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.prices.models import PriceDay

_days = table(PriceDay)
_D = _days.c
_MILLI = Decimal(1000)
#: So long a day is kept, counted from what may still be asked about it.
KEPT = timedelta(days=40)
#: And so long at the most, however long a campaign runs.
KEPT_AT_MOST = timedelta(days=400)
#: Rows that one transaction writes or deletes.
PAGE = 200


@dataclass(frozen=True, slots=True)
class Span:
    """Days before a reduction: from `first` on, up to but without `end`."""

    first: date
    end: date

    @classmethod
    def before(cls, end: date, days: int) -> "Span":
        """The last `days` days before `end`."""
        return cls(end - timedelta(days=days), end)

    @property
    def last(self) -> date:
        """The last one of them."""
        return self.end - timedelta(days=1)

    @property
    def days(self) -> int:
        """How many they are."""
        return (self.end - self.first).days


@dataclass(frozen=True, slots=True)
class Lowest:
    """The lowest price of a variant in a span, and how much of the span is known.

    `since`: the first day in it with a price; `days`: how many days of it have one.
    """

    price: Decimal
    currency: str
    since: date
    days: int


@dataclass(frozen=True, slots=True)
class Noted:
    """A price that was read, with tax or without it as the channel shows it."""

    variant_id: str
    currency: str
    price: Decimal
    with_tax: bool


def note(conn: Connection, store_id: int, channel: str, day: date, prices: Iterable[Noted]) -> int:
    """Notes prices of a day; of several the lowest stays. Gives the number of variants.

    A channel that changed its currency, or that shows tax now and did not before, begins its day
    anew: prices of two kinds are not compared.
    """
    insert = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    rows = {
        one.variant_id: {
            "store_id": store_id,
            "channel": channel,
            "variant_id": one.variant_id,
            "day": day.isoformat(),
            "currency": one.currency,
            "lowest_milli": int(one.price * _MILLI),
            "with_tax": one.with_tax,
        }
        for one in prices
    }
    if not rows:
        return 0
    statement = insert(_days).values(list(rows.values()))
    new = statement.excluded
    lower = sa.or_(
        _D.currency != new.currency,
        _D.with_tax != new.with_tax,
        new.lowest_milli < _D.lowest_milli,
    )
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=[_D.store_id, _D.channel, _D.variant_id, _D.day],
            set_={
                "lowest_milli": new.lowest_milli,
                "currency": new.currency,
                "with_tax": new.with_tax,
            },
            where=lower,
        )
    )
    return len(rows)


def lowest(
    conn: Connection,
    store_id: int,
    channel: str,
    currency: str,
    spans: Mapping[str, Span],
    *,
    with_tax: bool,
) -> dict[str, Lowest]:
    """The lowest price of variants, each in its own span; those without any day are left out.

    Days on which the channel had another currency, or showed tax otherwise, count as not known.
    """
    by_span: dict[Span, list[str]] = {}
    for variant_id, span in spans.items():
        by_span.setdefault(span, []).append(variant_id)
    found: dict[str, Lowest] = {}
    for span, variant_ids in by_span.items():
        found |= _lowest(conn, store_id, channel, currency, span, variant_ids, with_tax)
    return found


def _lowest(
    conn: Connection,
    store_id: int,
    channel: str,
    currency: str,
    span: Span,
    variant_ids: Collection[str],
    with_tax: bool,
) -> dict[str, Lowest]:
    query = (
        sa.select(
            _D.variant_id,
            sa.func.min(_D.lowest_milli),
            sa.func.min(_D.day),
            sa.func.count(),
        )
        .where(
            _D.store_id == store_id,
            _D.channel == channel,
            _D.variant_id.in_(list(variant_ids)),
            _D.day >= span.first.isoformat(),
            _D.day < span.end.isoformat(),
            _D.currency == currency,
            _D.with_tax.is_(with_tax),
        )
        .group_by(_D.variant_id)
    )
    return {
        variant_id: Lowest(Decimal(milli) / _MILLI, currency, date.fromisoformat(day), days)
        for variant_id, milli, day, days in conn.execute(query)
    }


def forget(conn: Connection, store_id: int, channel: str, before: date) -> bool:
    """Deletes a page of days that nobody asks about any more; gives whether there may be more."""
    over = list(
        conn.execute(
            sa.select(_D.id)
            .where(_D.store_id == store_id, _D.channel == channel, _D.day < before.isoformat())
            .order_by(_D.day)
            .limit(PAGE)
        ).scalars()
    )
    if over:
        conn.execute(sa.delete(_days).where(_D.id.in_(over)))
    return len(over) == PAGE


def kept_from(today: date, reductions: Iterable[date]) -> date:
    """The first day that is kept: that a reduction under way may be compared with. Pure.

    Args:
        reductions: when those begin or began that people are still told of.
    """
    earliest = min([today, *reductions])
    return max(earliest - KEPT, today - KEPT_AT_MOST)
