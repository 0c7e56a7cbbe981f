"""The reading of all prices of a channel, page by page, into the lowest prices of days."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from saleor_loyalty_app import log
from saleor_loyalty_app.campaigns import repository as campaigns
from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.price_benefits import benefits_for_all
from saleor_loyalty_app.flows.shown_prices import PricePage, price_page
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.prices import days, watches
from saleor_loyalty_app.prices.days import Noted
from saleor_loyalty_app.prices.personal import Benefit, PriceTerms, ShownPrice, price_with
from saleor_loyalty_app.prices.watches import Watch
from saleor_loyalty_app.saleor.errors import SaleorUnavailable
from saleor_loyalty_app.stores.locale import usable_timezone
from saleor_loyalty_app.stores.refs import ChannelRef, StoreRef
from saleor_loyalty_app.stores.repository import channels

logger = log.get(__name__)
#: What is told of a channel that the store does not have any more.
NO_CHANNEL = "no_channel"


def note_page(access: StoreAccess, store: StoreRef, *, clock: Clock) -> bool:
    """Reads and notes the next page of the channel whose turn it is; gives whether there are more.

    Where Saleor does not answer, the channel rests and says so.
    """
    now = clock()
    watch = access.database.read(lambda conn: watches.next_due(conn, store.id, now))
    if watch is None:
        return False
    channel = access.database.read(lambda conn: channel_of(conn, store.id, watch.channel))
    if channel is None:
        access.database.write(
            lambda conn: watches.rest(conn, watch, NO_CHANNEL, anew=True, now=now)
        )
        return False
    try:
        page = price_page(access, store, watch.channel, watch.cursor)
    except AppError as failure:
        why = failure.code
        logger.warning("prices_not_read", store_id=store.id, error_code=why)
        # Where the question itself was refused, the place in the catalog may be what is wrong.
        anew = not isinstance(failure, SaleorUnavailable)
        access.database.write(lambda conn: watches.rest(conn, watch, why, anew=anew, now=now))
        return False
    access.database.write(lambda conn: _noted(conn, store, watch, channel, page, now))
    return page.cursor is not None


def forget_page(access: StoreAccess, store: StoreRef, *, clock: Clock) -> bool:
    """Deletes a page of days that nothing is compared with any more."""
    now = clock()

    def forget(conn: Connection) -> bool:
        begins = [day_of(store, one.starts_at) for one in campaigns.open_ones(conn, store.id)]
        return days.forget(conn, store.id, days.kept_from(day_of(store, now), begins))

    return access.database.write(forget)


def day_of(store: StoreRef, at: datetime) -> date:
    """The day of a moment by the store's calendar."""
    return at.astimezone(ZoneInfo(usable_timezone(store.timezone))).date()


def channel_of(conn: Connection, store_id: int, slug: str) -> ChannelRef | None:
    """A channel of a store."""
    return next((one for one in channels(conn, store_id) if one.slug == slug), None)


def terms_of(channel: ChannelRef) -> PriceTerms:
    """How a channel shows prices, and how they were entered."""
    return PriceTerms(channel.display_gross_prices, channel.prices_entered_with_tax)


def _noted(
    conn: Connection,
    store: StoreRef,
    watch: Watch,
    channel: ChannelRef,
    page: PricePage,
    now: datetime,
) -> None:
    today = day_of(store, now)
    if not watches.go_on(
        conn, watch, noted=len(page.prices), cursor=page.cursor, day=today, now=now
    ):
        return
    for_all = benefits_for_all(conn, store, channel.slug, now=now)
    terms = terms_of(channel)
    noted = [
        Noted(one.variant_id, one.currency, _applied(one, for_all, terms)) for one in page.prices
    ]
    for begin in range(0, len(noted), days.PAGE):
        days.note(conn, store.id, channel.slug, today, noted[begin : begin + days.PAGE])


def _applied(price: ShownPrice, for_all: list[Benefit], terms: PriceTerms) -> Decimal:
    """The lowest price that anybody could have: with a code for everybody, where there is one."""
    return min([terms.shown(price), *(price_with(one, price, terms) for one in for_all)])
