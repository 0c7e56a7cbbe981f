"""What the owner set in train: the end of a program, and files that were asked for."""

from datetime import timedelta
from functools import partial

from saleor_loyalty_app.flows.wind_down import advance
from saleor_loyalty_app.queue import Schedule
from saleor_loyalty_app.stores import exports, signing_secrets, wind_downs
from saleor_loyalty_app.stores.sealing import note_keys
from saleor_loyalty_app.tasks.background import Background
from saleor_loyalty_app.tasks.per_store import for_each_store


def schedules(work: Background) -> tuple[Schedule, ...]:
    """The schedules of this file."""
    return (
        Schedule("wind_down", timedelta(seconds=30), partial(wind_down, work)),
        Schedule("note_keys", timedelta(hours=6), partial(keep_keys, work), at_start=True),
        Schedule("forget_rotated", timedelta(hours=1), partial(forget_rotated, work)),
        Schedule("forget_exports", timedelta(minutes=10), partial(forget_exports, work)),
    )


def wind_down(work: Background) -> bool:
    """Takes the steps that are due of programs that end, a page of each."""
    now = work.clock()
    ending = work.database.read(wind_downs.stores_with_plans)
    stores = [store for store in work.active_stores() if store.id in ending]
    return for_each_store("wind_down", stores, lambda store: advance(work.database, store, now=now))


def keep_keys(work: Background) -> bool:
    """Writes down since when the keys that seal secrets are known: that tells their age."""
    now, cipher = work.clock(), work.services.access.cipher
    work.database.write(lambda conn: note_keys(conn, cipher, now))
    return False


def forget_rotated(work: Background) -> bool:
    """Deletes the signing secrets of keys whose time after a rotation is over."""
    now = work.clock()
    work.database.write(lambda conn: signing_secrets.forget_rotated(conn, now=now))
    return False


def forget_exports(work: Background) -> bool:
    """Deletes files with everything of a store whose day is over, a page of their pieces."""
    now = work.clock()
    return work.database.write(lambda conn: exports.forget_page(conn, now=now)) > 0
