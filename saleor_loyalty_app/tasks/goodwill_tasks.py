"""Goodwill: what is given without a person, and the codes that are made of points."""

from datetime import timedelta
from functools import partial

from saleor_loyalty_app.flows.decide_goodwill import give_automatic
from saleor_loyalty_app.flows.make_goodwill_code import CodeState, make_code
from saleor_loyalty_app.goodwill import prompts
from saleor_loyalty_app.queue import Schedule
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tasks.background import Background
from saleor_loyalty_app.tasks.per_store import for_each_store

#: Prompts of a store that one run works on before others have their turn.
PAGE = 20


def schedules(work: Background) -> tuple[Schedule, ...]:
    """The schedules of this file."""
    return (Schedule("give_goodwill", timedelta(seconds=15), partial(give_goodwill, work)),)


def give_goodwill(work: Background) -> bool:
    """Gives what is automatic and makes the codes that are wanted, for the stores with any."""
    busy = work.database.read(prompts.stores_with_work)
    stores = [store for store in work.active_stores() if store.id in busy]
    return for_each_store("give_goodwill", stores, partial(_give, work), threads=work.threads)


def _give(work: Background, store: StoreRef) -> bool:
    now = work.clock()
    found = (
        work.database.read(lambda conn: prompts.automatic_ones(conn, store.id, limit=PAGE))
        if store.earning_on
        else []
    )
    for prompt_id in found:
        work.database.write(
            partial(give_automatic, store=store, prompt_id=prompt_id, keys=work.email_keys, now=now)
        )
    wanted = work.database.read(lambda conn: prompts.codes_wanted(conn, store.id, limit=PAGE))
    became = [
        make_code(work.database, work.services.spender, store, prompt, clock=work.clock)
        for prompt in wanted
    ]
    # What is on its way is looked at again by the next run, not at once.
    return len(found) == PAGE or (len(wanted) == PAGE and CodeState.wanted not in became)
