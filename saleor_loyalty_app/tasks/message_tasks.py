"""Messages: what is due is sent, the books are looked at for news, balances are mirrored."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.engine import Connection

from saleor_loyalty_app.flows import expiry_notices
from saleor_loyalty_app.flows.each_row import Aside, EachRow, stores_told
from saleor_loyalty_app.flows.message_context import dressed_setup, shop_name
from saleor_loyalty_app.flows.mirror_balances import mirror_page
from saleor_loyalty_app.flows.monthly_statements import month_to_tell, statement_page
from saleor_loyalty_app.flows.order_news import tell_available
from saleor_loyalty_app.flows.send_messages import Postman
from saleor_loyalty_app.flows.send_partner_events import PartnerCourier
from saleor_loyalty_app.i18n import Words
from saleor_loyalty_app.messages import (
    consent_register,
    cursors,
    deliveries,
    partner_deliveries,
)
from saleor_loyalty_app.messages.deliveries import LOG_DAYS
from saleor_loyalty_app.messages.setup import setup_of
from saleor_loyalty_app.queue import Schedule
from saleor_loyalty_app.stores.problems import report_words, resolve_problem
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.retention import Kept, spans
from saleor_loyalty_app.tasks.background import Background
from saleor_loyalty_app.tasks.per_store import for_each_store

#: Lots that are looked at in one transaction.
PAGE = 200
AVAILABLE = "available"
NO_NOTICES, REGISTER_DUE = "expiry-notices", "consents-due"
#: So long before the register has to be told the owner is reminded.
REMINDED_BEFORE = timedelta(days=1)


def schedules(work: Background) -> tuple[Schedule, ...]:
    """The schedules of this file."""
    return (
        Schedule("send_messages", timedelta(seconds=5), partial(send_messages, work)),
        Schedule("send_partner_events", timedelta(seconds=5), partial(send_partner_events, work)),
        Schedule("tell_available", timedelta(minutes=1), partial(tell_of_available, work)),
        Schedule("tell_expiry", timedelta(hours=1), partial(tell_of_expiry, work)),
        Schedule("tell_statements", timedelta(hours=1), partial(tell_statements, work)),
        Schedule("mirror_balances", timedelta(seconds=5), partial(mirror_balances, work)),
        Schedule("forget_messages", timedelta(hours=1), partial(forget_messages, work)),
    )


def send_messages(work: Background) -> bool:
    """Sends the messages that are due, for the stores that have any and let them."""
    now = work.clock()
    busy = work.database.read(lambda conn: deliveries.stores_with_work(conn, now))
    postman = Postman(work.database, work.services.outbound, work.email_keys, work.clock)
    return for_each_store(
        "send_messages", _telling(work, busy), postman.send_page, threads=work.threads
    )


def send_partner_events(work: Background) -> bool:
    """Sends what partners are to be told."""
    now = work.clock()
    busy = work.database.read(lambda conn: partner_deliveries.stores_with_due(conn, now))
    courier = PartnerCourier(work.database, work.services.outbound, work.clock)
    return for_each_store(
        "send_partner_events", _telling(work, busy), courier.send_page, threads=work.threads
    )


def tell_of_available(work: Background) -> bool:
    """Tells members of points that became spendable since the last look."""
    now = work.clock()

    def tell(store: StoreRef) -> bool:
        until = work.database.write(lambda conn: _tell_available(conn, store, now))
        return until < now

    return for_each_store("tell_available", work.active_stores(), tell)


def tell_of_expiry(work: Background) -> bool:
    """Writes notices and reminders of expiry, and looks whether consents are to be reported."""
    now = work.clock()

    def tell(store: StoreRef) -> bool:
        work.database.write(lambda conn: _remind_of_register(conn, store, now))
        if not store.messages_on or not _can_write(work, store, now):
            return False
        members = work.database.read(lambda conn: expiry_notices.candidates(conn, store, now=now))
        known = work.aside.known(expiry_notices.WORK, store.id)
        if known.difference(members) or (not members and store.id in work.database.read(_told)):
            work.database.write(
                partial(_forget_others, store=store, members=members, now=now, aside=work.aside)
            )
        for first in range(0, len(members), expiry_notices.PAGE):
            page = members[first : first + expiry_notices.PAGE]
            work.database.write(
                partial(_tell_of_expiry, store=store, members=page, now=now, aside=work.aside)
            )
        return False

    return for_each_store("tell_expiry", work.active_stores(), tell)


def tell_statements(work: Background) -> bool:
    """Writes the statements of the month before, on the first days of a month."""
    now = work.clock()

    def tell(store: StoreRef) -> bool:
        if store.messages_on and month_to_tell(store, now) is not None:
            _walk(work, store, partial(statement_page, now=now))
        return False

    return for_each_store("tell_statements", work.active_stores(), tell)


def mirror_balances(work: Background) -> bool:
    """Writes balances that changed to Saleor."""
    return for_each_store(
        "mirror_balances",
        work.active_stores(),
        lambda store: mirror_page(work.services.access, store, work.clock),
        threads=work.threads,
    )


def forget_messages(work: Background) -> bool:
    """Deletes what was sent long ago, a page of each kind."""
    now, gone = work.clock(), 0
    for kind, delete_old in (
        (Kept.messages, deliveries.delete_old),
        (Kept.partner_events, partner_deliveries.delete_old),
    ):
        for span in work.database.read(partial(spans, kind=kind, usual=LOG_DAYS)):
            before = now - timedelta(days=span.days)
            gone += work.database.write(partial(delete_old, before=before, whose=span.whose))
    return gone > 0


def _telling(work: Background, busy: set[int]) -> list[StoreRef]:
    return [store for store in work.active_stores() if store.id in busy and store.messages_on]


def _tell_available(conn: Connection, store: StoreRef, now: datetime) -> datetime:
    since = cursors.position(conn, store.id, AVAILABLE)
    until = now
    if since is not None and since < now:
        until = tell_available(conn, store, since=since, now=now, limit=PAGE)
    cursors.move(conn, store.id, AVAILABLE, until)
    return until


def _told(conn: Connection) -> set[int]:
    return stores_told(conn, expiry_notices.WORK)


def _forget_others(
    conn: Connection, *, store: StoreRef, members: Sequence[int], now: datetime, aside: Aside
) -> None:
    """Whoever has no points that expire any more is no trouble either."""
    each = EachRow(conn, store, expiry_notices.WORK, aside, now)
    if members:
        each.forget_all_but(members)
    else:
        each.forget_all()


def _tell_of_expiry(
    conn: Connection, *, store: StoreRef, members: Sequence[int], now: datetime, aside: Aside
) -> None:
    def tell(some: Sequence[int]) -> None:
        expiry_notices.notice_page(conn, store, some, now=now)
        expiry_notices.reminder_page(conn, store, some, now=now)

    each = EachRow(conn, store, expiry_notices.WORK, aside, now)
    each.do(members, tell, lambda member_id: member_id)


def _walk(work: Background, store: StoreRef, page: Callable[..., int | None]) -> None:
    """Looks at all members of a store, a page of them in each transaction."""
    after: int | None = 0
    while after is not None:
        after = work.database.write(partial(_page_after, page=page, store=store, after=after))


def _page_after(
    conn: Connection, *, page: Callable[..., int | None], store: StoreRef, after: int
) -> int | None:
    return page(conn, store, after=after)


def _can_write(work: Background, store: StoreRef, now: datetime) -> bool:
    """Whether the store can send mail; the owner is told where points wait for that to expire."""

    def look(conn: Connection) -> bool:
        setup = dressed_setup(conn, store, work.settings.browser_url)
        place = work.services.outbound.mail_place(conn, store, setup, shop_name(store, setup))
        if place is not None or not expiry_notices.candidates(conn, store, now=now):
            resolve_problem(conn, store.id, NO_NOTICES, now)
        else:
            report_words(conn, store, NO_NOTICES, Words("problem.expiry_notices"), now)
        return place is not None

    return work.database.write(look)


def _remind_of_register(conn: Connection, store: StoreRef, now: datetime) -> None:
    used = setup_of(conn, store.id).setup.consent_register.used
    waiting = consent_register.unreported(conn, store.id)
    if used and waiting.deadline is not None and waiting.deadline <= now + REMINDED_BEFORE:
        words = Words("problem.consents_due", {"count": waiting.count})
        report_words(conn, store, REGISTER_DUE, words, now)
    else:
        resolve_problem(conn, store.id, REGISTER_DUE, now)
