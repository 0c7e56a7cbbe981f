"""How long points live that come by no order: by the country that is known of their member."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.programs.expiry import Expiry, Life
from saleor_loyalty_app.segments.books import countries_of
from saleor_loyalty_app.segments.repository import these
from saleor_loyalty_app.stores.refs import StoreRef


def life_for(conn: Connection, store: StoreRef, member_id: int, expiry: Expiry) -> Life:
    """How long points live that a member is given now, as the program says.

    Their country is where their last paid order went to, as segments know it.
    """
    if not expiry.exceptions:
        return expiry.life_in("")
    countries = countries_of(conn, store.id, these([member_id]))
    return expiry.life_in(countries.get(member_id, ""))


def end_of_life(life: Life, since: datetime, timezone: str) -> datetime | None:
    """When points expire that live from `since` on; None = never."""
    if life.months is None:
        return None
    return ledger.end_of_month_after(since, life.months, ZoneInfo(timezone))
