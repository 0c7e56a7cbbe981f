"""The reading of all prices of a channel, page by page, into the lowest prices of days."""

from datetime import date, datetime
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from saleor_loyalty_app import log
from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.price_benefits import benefits_for_all, first_days
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
        # No page shows it any more, so that nobody else could switch it off.
        logger.warning("prices_without_channel", store_id=store.id, channel=watch.channel)
        access.database.write(
            lambda conn: watches.switch(
                conn, store.id, watch.channel, running=False, days=watch.days
            )
        )
        return True
    try:
        page = price_page(access, store, watch.channel, watch.cursor, now=now)
    except AppError as failure:
        why = failure.code
        logger.warning("prices_not_read", store_id=store.id, error_code=why)
        # Where the question itself was refused, the place in the catalog may be what is wrong.
        anew = not isinstance(failure, SaleorUnavailable)
        access.database.write(lambda conn: watches.rest(conn, watch, why, anew=anew, now=now))
        return False
    _note(access, store, watch, channel, page, now)
    return page.cursor is not None


def forget_page(access: StoreAccess, store: StoreRef, *, clock: Clock) -> bool:
    """Deletes a page of days that nothing is compared with any more."""
    now = clock()

    def forget(conn: Connection) -> bool:
        today = day_of(store, now)
        for channel in watches.of_store(conn, store.id):
            begins = [day_of(store, at) for at in first_days(conn, store, channel, now=now)]
            if days.forget(conn, store.id, channel, days.kept_from(today, begins)):
                return True
        return False

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


def _note(
    access: StoreAccess,
    store: StoreRef,
    watch: Watch,
    channel: ChannelRef,
    page: PricePage,
    now: datetime,
) -> None:
    """Notes a page in short transactions, and then that it was read.

    What breaks off in between is read again: of several prices of a day the lowest stays, so that
    nothing is noted twice.
    """
    today = day_of(store, now)
    terms = terms_of(channel)
    for_all = access.database.read(
        lambda conn: benefits_for_all(conn, store, channel.slug, now=now)
    )
    noted = [
        Noted(one.variant_id, one.currency, _applied(one, for_all, terms), terms.shown_gross)
        for one in page.prices
    ]
    for begin in range(0, len(noted), days.PAGE):
        part = noted[begin : begin + days.PAGE]
        if not access.database.write(partial(_note_part, watch=watch, today=today, part=part)):
            return
    number = len(noted)
    access.database.write(
        lambda conn: watches.go_on(
            conn, watch, noted=number, cursor=page.cursor, day=today, now=now
        )
    )


def _note_part(conn: Connection, *, watch: Watch, today: date, part: list[Noted]) -> bool:
    """Notes prices, unless the page counts no more: it was read, or switched off, meanwhile."""
    if not watches.stands(conn, watch):
        return False
    days.note(conn, watch.store_id, watch.channel, today, part)
    return True


def _applied(price: ShownPrice, for_all: list[Benefit], terms: PriceTerms) -> Decimal:
    """The lowest price that anybody could have: with a code for everybody, where there is one."""
    return min([terms.shown(price), *(price_with(one, price, terms) for one in for_all)])
