"""Goods that not everybody may buy came into a cart whose delivery may be chosen already.

Saleor 3.23 asks for the methods of a changed cart once more when it is completed, but then goes by
what it knew before: an answer that takes the chosen method away counts from the next time on. So
the app has it ask as soon as it hears of the cart. Earlier versions ask at every change.
"""

from datetime import datetime

from sqlalchemy.engine import Connection

from saleor_loyalty_app.flows.early_access_filter import gates_in
from saleor_loyalty_app.flows.recalculate_shipping import CALCULATES, RECALCULATE, Recalculation
from saleor_loyalty_app.programs.early_access import shut
from saleor_loyalty_app.queue import enqueue
from saleor_loyalty_app.saleor.checkout_event import CheckoutNews
from saleor_loyalty_app.saleor.version import spoken_version
from saleor_loyalty_app.segments import access_passes
from saleor_loyalty_app.stores.refs import StoreRef


def concerns(conn: Connection, store: StoreRef, news: CheckoutNews, *, now: datetime) -> bool:
    """Whether the cart holds something to which nobody was let in there; reads only if it may."""
    if not store.shipping_on or spoken_version(store.schema_version) < CALCULATES:
        return False
    closed = shut(gates_in(news), now=now, timezone=store.timezone)
    if not closed:
        return False
    user_id = news.user_id or ""
    return not access_passes.holds(conn, store.id, news.id, user_id, closed, now=now)


def note_checkout(conn: Connection, store: StoreRef, news: CheckoutNews, *, now: datetime) -> None:
    """Has the methods of such a cart calculated again, also where money is on it."""
    if concerns(conn, store, news, now=now):
        enqueue(
            conn,
            RECALCULATE,
            Recalculation(store.id, news.id, kept_back=True),
            dedup_key=f"{store.id}:{news.id}:kept:{now.isoformat()}",
        )
