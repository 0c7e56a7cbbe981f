"""Bonuses of the day, those that waited, and what is not remembered for ever."""

from datetime import timedelta
from functools import partial

from saleor_loyalty_app.bonuses import given, waiting
from saleor_loyalty_app.bonuses.runs import Celebrated
from saleor_loyalty_app.flows.celebrate import celebrate_page
from saleor_loyalty_app.flows.each_row import stores_told
from saleor_loyalty_app.flows.give_bonus import WAITING, give_waiting
from saleor_loyalty_app.queue import Schedule
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tasks.background import Background
from saleor_loyalty_app.tasks.per_store import for_each_store

#: Addresses that are forgotten in one transaction.
PAGE = 500
#: Bonuses that one transaction gives.
BONUSES = 20


def schedules(work: Background) -> tuple[Schedule, ...]:
    """The schedules of this file."""
    return (
        Schedule("birthdays", timedelta(minutes=10), partial(celebrate, work, "birthday")),
        Schedule("anniversaries", timedelta(minutes=10), partial(celebrate, work, "anniversary")),
        Schedule("waiting_bonuses", timedelta(seconds=30), partial(give_those_waiting, work)),
        Schedule("forget_bonuses", timedelta(hours=1), partial(forget, work)),
    )


def celebrate(work: Background, kind: Celebrated) -> bool:
    """Celebrates what is due, a page of members of each store; missed days come first."""
    now = work.clock()

    def one(store: StoreRef) -> bool:
        return work.database.write(
            lambda conn: celebrate_page(conn, store, kind, keys=work.email_keys, now=now)
        )

    return for_each_store(kind, work.active_stores(), one)


def give_those_waiting(work: Background) -> bool:
    """Gives the bonuses that waited, where earning is on, a page of each store."""
    now = work.clock()
    busy = work.database.read(
        lambda conn: waiting.stores_waiting(conn) | stores_told(conn, WAITING)
    )
    stores = [store for store in work.active_stores() if store.id in busy]

    def one(store: StoreRef) -> bool:
        given_now = work.database.write(
            lambda conn: give_waiting(
                conn, store, limit=BONUSES, keys=work.email_keys, now=now, aside=work.aside
            )
        )
        return given_now == BONUSES

    return for_each_store("waiting_bonuses", stores, one)


def forget(work: Background) -> bool:
    """Forgets addresses whose time is over, a page of them."""
    now = work.clock()
    gone = work.database.write(lambda conn: given.forget_ended(conn, now=now, limit=PAGE))
    return gone == PAGE
