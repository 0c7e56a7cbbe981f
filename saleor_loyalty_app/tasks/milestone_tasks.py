"""Milestones: everybody is looked at for lines that came into force, and perks are given."""

from datetime import timedelta
from functools import partial

from saleor_loyalty_app.flows import pass_milestones
from saleor_loyalty_app.flows.each_row import stores_told
from saleor_loyalty_app.flows.pass_milestones import settle_milestones
from saleor_loyalty_app.flows.sweep_milestones import is_due, milestones_page
from saleor_loyalty_app.milestones import passed
from saleor_loyalty_app.queue import Schedule
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tasks.background import Background
from saleor_loyalty_app.tasks.per_store import for_each_store

#: Pages of a store that one run works on before others have their turn.
PAGES = 20
#: Perks that one transaction gives or takes back.
PERKS = 20


def schedules(work: Background) -> tuple[Schedule, ...]:
    """The schedules of this file."""
    return (
        Schedule("sweep_milestones", timedelta(minutes=1), partial(sweep_milestones, work)),
        Schedule("give_milestones", timedelta(seconds=10), partial(give_milestones, work)),
    )


def sweep_milestones(work: Background) -> bool:
    """Looks at everybody in the stores whose lines came into force or were changed."""
    return for_each_store("sweep_milestones", work.active_stores(), partial(_sweep, work))


def give_milestones(work: Background) -> bool:
    """Gives the perks of lines that were passed, and takes back those that fall with a refund."""
    busy = work.database.read(
        lambda conn: passed.stores_waiting(conn) | stores_told(conn, pass_milestones.PERKS)
    )
    stores = [store for store in work.active_stores() if store.id in busy]
    return for_each_store("give_milestones", stores, partial(_give, work))


def _sweep(work: Background, store: StoreRef) -> bool:
    now = work.clock()
    if not work.database.read(lambda conn: is_due(conn, store, now=now)):
        return False
    more = True
    for _ in range(PAGES):
        more = work.database.write(
            lambda conn: milestones_page(conn, store, now=now, aside=work.aside)
        )
        if not more:
            break
    return more


def _give(work: Background, store: StoreRef) -> bool:
    now = work.clock()
    settled = work.database.write(
        lambda conn: settle_milestones(
            conn, store, limit=PERKS, keys=work.email_keys, now=now, aside=work.aside
        )
    )
    return settled == PERKS
