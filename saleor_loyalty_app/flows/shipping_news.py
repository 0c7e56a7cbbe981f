"""Somebody signed in or out at a checkout: Saleor does not ask for its methods again by itself.

What is asked for again is decided by one row that the answers keep (`rewards.shipping_asks`): for
whom they were given last. So a new calculation, which makes an answer and perhaps an event, ends
the matter, whatever order the events arrive in.
"""

from datetime import datetime
from typing import Protocol

from sqlalchemy.engine import Connection

from saleor_loyalty_app.flows.recalculate_shipping import RECALCULATE, Recalculation
from saleor_loyalty_app.queue import enqueue
from saleor_loyalty_app.rewards import shipping_asks
from saleor_loyalty_app.stores.refs import StoreRef


class ShippingNews(Protocol):
    """What an event about a checkout has to tell here; a user of None or "" is a guest."""

    @property
    def id(self) -> str: ...
    @property
    def user_id(self) -> str | None: ...


def concerns(conn: Connection, store: StoreRef, news: ShippingNews) -> bool:
    """Whether the methods were offered to somebody else last; one indexed read."""
    asked = shipping_asks.find(conn, store.id, news.id)
    return asked is not None and asked.user_id != (news.user_id or "")


def note_checkout(conn: Connection, store: StoreRef, news: ShippingNews, *, now: datetime) -> bool:
    """Has the methods calculated again where they were offered to somebody else.

    One indexed read; it writes only where the user changed since Saleor asked last. Gives whether a
    calculation was asked for.
    """
    user_id = news.user_id or ""
    asked = shipping_asks.find(conn, store.id, news.id)
    if asked is None or asked.user_id == user_id:
        return False
    if not shipping_asks.change_user(conn, store.id, news.id, asked.user_id, user_id, now):
        return False
    enqueue(
        conn,
        RECALCULATE,
        Recalculation(store.id, news.id),
        dedup_key=f"{store.id}:{news.id}:{now.isoformat()}",
    )
    return True
