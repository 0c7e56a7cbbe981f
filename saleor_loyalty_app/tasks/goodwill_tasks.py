"""Goodwill: what is given without a person, and the codes that are made of points."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from saleor_loyalty_app.flows.decide_goodwill import give_automatic
from saleor_loyalty_app.flows.each_row import EachRow, stores_told
from saleor_loyalty_app.flows.make_goodwill_code import CodeState, make_code
from saleor_loyalty_app.goodwill import prompts
from saleor_loyalty_app.queue import Schedule
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tasks.background import Background
from saleor_loyalty_app.tasks.per_store import for_each_store

#: Prompts of a store that one run works on before others have their turn.
PAGE = 20
#: What automatic goodwill that fails is told by.
WORK = "automatic_goodwill"


def schedules(work: Background) -> tuple[Schedule, ...]:
    """The schedules of this file."""
    return (Schedule("give_goodwill", timedelta(seconds=15), partial(give_goodwill, work)),)


def give_goodwill(work: Background) -> bool:
    """Gives what is automatic and makes the codes that are wanted, for the stores with any."""
    busy = work.database.read(lambda conn: prompts.stores_with_work(conn) | stores_told(conn, WORK))
    stores = [store for store in work.active_stores() if store.id in busy]
    return for_each_store("give_goodwill", stores, partial(_give, work), threads=work.threads)


def _automatic(work: Background, store: StoreRef, now: datetime, conn: Connection) -> list[int]:
    """The next prompts to be given; those that failed come again later."""

    def oldest(most: int) -> list[int]:
        return prompts.automatic_ones(conn, store.id, limit=most)

    return EachRow(conn, store, WORK, work.aside, now).ready(oldest, PAGE, lambda one: one)


def _give_one(
    work: Background, store: StoreRef, now: datetime, prompt_id: int, conn: Connection
) -> None:
    """A prompt in a transaction of its own: it holds its member's account to the end."""

    def give(ids: Sequence[int]) -> None:
        for one in ids:
            give_automatic(conn, store, one, keys=work.email_keys, now=now)

    EachRow(conn, store, WORK, work.aside, now).do([prompt_id], give, lambda one: one)


def _give(work: Background, store: StoreRef) -> bool:
    now = work.clock()
    found = work.database.write(partial(_automatic, work, store, now)) if store.earning_on else []
    for prompt_id in found:
        work.database.write(partial(_give_one, work, store, now, prompt_id))
    wanted = work.database.read(lambda conn: prompts.codes_wanted(conn, store.id, limit=PAGE))
    became = [
        make_code(work.database, work.services.spender, store, prompt, clock=work.clock)
        for prompt in wanted
    ]
    # What is on its way is looked at again by the next run, not at once.
    return len(found) == PAGE or (len(wanted) == PAGE and CodeState.wanted not in became)
