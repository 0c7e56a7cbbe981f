"""Rewards: whoever took a code and has not used it hears of it before its time is over."""

from datetime import timedelta
from functools import partial

from sqlalchemy import Connection

from saleor_loyalty_app.flows.reward_news import tell_of_end
from saleor_loyalty_app.queue import Schedule
from saleor_loyalty_app.rewards import claims
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tasks.background import Background
from saleor_loyalty_app.tasks.per_store import for_each_store

#: So long before the end it is told, which is the end of a day: at noon three days before it …
AHEAD = timedelta(days=3, hours=12)
#: … but not sooner after the code was made, as for one that is good for a day or two.
FRESH = timedelta(days=1)


def schedules(work: Background) -> tuple[Schedule, ...]:
    """The schedules of this file."""
    return (Schedule("warn_of_rewards", timedelta(minutes=15), partial(warn_of_rewards, work)),)


def warn_of_rewards(work: Background) -> bool:
    """Tells the members of all stores whose codes end soon; a page of each store at a time."""
    return for_each_store("warn_of_rewards", work.active_stores(), partial(_warn, work))


def _warn(work: Background, store: StoreRef) -> bool:
    now = work.clock()

    def write(conn: Connection) -> int:
        found = claims.about_to_end(
            conn, store.id, now=now, until=now + AHEAD, held_since=now - FRESH
        )
        for claim, public_id in found:
            claims.change(conn, claim.id, warned_at=now)
            tell_of_end(conn, claim, public_id, now=now)
        return len(found)

    if not work.database.read(
        lambda conn: claims.about_to_end(
            conn, store.id, now=now, until=now + AHEAD, held_since=now - FRESH
        )
    ):
        return False
    return work.database.write(write) == claims.PAGE
