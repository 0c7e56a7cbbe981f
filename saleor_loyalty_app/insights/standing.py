"""What members held at the end of any day: worth, age, and what would expire."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.engine import Connection

from saleor_loyalty_app.insights.aging import Aging, Breakage, aging_at, breakage_at
from saleor_loyalty_app.insights.days import DAY, start_of
from saleor_loyalty_app.insights.ranges import range_of
from saleor_loyalty_app.insights.reading import holdings, open_reading
from saleor_loyalty_app.insights.valuation import UNIT, Liability, liability_of
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.stores.refs import StoreRef


@dataclass(frozen=True, slots=True)
class Standing:
    """What members held at a moment."""

    liability: Liability
    aging: Aging
    breakage: Breakage


def standing_on(conn: Connection, store: StoreRef, on: date, now: datetime) -> Standing:
    """How the books stood at the end of a day, at the rates of then.

    To be read on a connection that sees one snapshot.

    Raises:
        RangeInvalid: the day lies in the future.
    """
    reading = open_reading(conn, store, now)
    range_of(on, on, today=reading.today)
    end = on + DAY
    revision = revision_at(conn, store.id, min(start_of(end, reading.tz), now))
    held = holdings(conn, reading, end, UNIT)
    return Standing(
        liability_of(held, revision.program if revision else None),
        aging_at(conn, reading, end),
        breakage_at(conn, reading, end),
    )
