"""What the widget on the Dashboard's first page shows, read in one transaction."""

from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.dashboard.staff import Staff
from saleor_loyalty_app.api.dashboard.widget_schemas import HomeTrouble, HomeWidget
from saleor_loyalty_app.api.money import Money
from saleor_loyalty_app.insights.days import DAY, day_of, start_of
from saleor_loyalty_app.insights.people import people_of
from saleor_loyalty_app.insights.reading import holdings, open_reading, sums
from saleor_loyalty_app.insights.valuation import UNIT, liability_of
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.rewards.use_records import count_open
from saleor_loyalty_app.stores.problems import open_problems

DAYS = 30
_ISSUED = ("earn",)
_REDEEMED = ("redeem", "donate", "restore")


def home_widget(conn: Connection, staff: Staff, *, now: datetime, language: str) -> HomeWidget:
    """The figures of a store until now, and what they were in the last thirty days.

    Raises:
        InvalidToken: the store deactivated or uninstalled the app meanwhile.
    """
    store = still_active(conn, staff.store)
    revision = revision_at(conn, store.id, now)
    reading = open_reading(conn, store, now)
    tomorrow = day_of(now, reading.tz) + DAY
    since = tomorrow - timedelta(days=DAYS)
    kinds = sums(conn, reading, "kind", since=since, until=tomorrow, unit=UNIT)
    end = start_of(tomorrow, reading.tz)
    [people] = people_of(conn, store.id, [(start_of(since, reading.tz), end)])
    owed = liability_of(
        holdings(conn, reading, tomorrow, UNIT), revision.program if revision else None
    )
    return HomeWidget(
        live=revision is not None,
        days=DAYS,
        members=people.members,
        joined=people.joined,
        issued=sum(kinds[kind,] for kind in _ISSUED),
        redeemed=-sum(kinds[kind,] for kind in _REDEEMED),
        outstanding=owed.points,
        liability=[Money.of(one.value, one.currency) for one in owed.valued],
        cases=count_open(conn, store.id),
        problems=[
            HomeTrouble(key=one.key, message=one.said(language))
            for one in open_problems(conn, store.id)
        ],
    )
