"""How long points live that no order earned: by the country of the order that they are given for,
else by the one that is known of their member.
"""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.orders.repository import country_of_order
from saleor_loyalty_app.programs.expiry import Expiry, Life
from saleor_loyalty_app.segments.books import countries_of
from saleor_loyalty_app.segments.repository import these
from saleor_loyalty_app.stores.refs import StoreRef


def life_for(
    conn: Connection, store: StoreRef, member_id: int, expiry: Expiry, *, order: str = ""
) -> Life:
    """How long points live that a member is given now, as the program says.

    Their country is where the order went to that they are given for, as it was paid; without one
    of which that is known, where their last paid order went to, as segments know it.

    Args:
        order: the number of the order that they are given for; "" = of none.
    """
    if not expiry.exceptions:
        return expiry.life_in("")
    if order and (country := country_of_order(conn, store.id, order)):
        return replace(expiry.life_in(country), of_order=True)
    countries = countries_of(conn, store.id, these([member_id]))
    return expiry.life_in(countries.get(member_id, ""))


def end_of_life(life: Life, since: datetime, timezone: str) -> datetime | None:
    """When points expire that live from `since` on; None = never."""
    if life.months is None:
        return None
    return ledger.end_of_month_after(since, life.months, ZoneInfo(timezone))
