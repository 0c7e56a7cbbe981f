"""Reads a store's latest orders, so that a program can be tried out on them before it is live."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.propose_program import MOST_ORDERS
from saleor_loyalty_app.orders.facts import facts_of
from saleor_loyalty_app.orders.money import paid_in_full_at
from saleor_loyalty_app.orders.source import OrderSource
from saleor_loyalty_app.programs import samples
from saleor_loyalty_app.programs.document import Settings
from saleor_loyalty_app.programs.facts import OrderFacts
from saleor_loyalty_app.programs.sampled import SampledOrder
from saleor_loyalty_app.programs.samples import Sampling
from saleor_loyalty_app.programs.stats import DAYS
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef

#: A sample older than this is read anew before it is used.
FRESH = timedelta(days=1)
_GROSS = Settings(price_basis="gross")
_NET = Settings(price_basis="net")
#: Orders in these states say nothing about what customers buy.
_NOT_SOLD = frozenset(("DRAFT", "UNCONFIRMED", "CANCELED", "EXPIRED"))


def begin(conn: Connection, store: StoreRef, *, now: datetime, anew: bool = False) -> Sampling:
    """Begins to read the orders of the last 90 days, unless that is under way.

    What was read today is kept, unless it is wanted `anew`.
    """
    present = samples.sampling_of(conn, store.id)
    if present is not None and not anew and is_fresh(present, now):
        return present
    return samples.begin_sampling(conn, store.id, since=now - timedelta(days=DAYS), now=now)


def is_fresh(sampling: Sampling, now: datetime) -> bool:
    """Whether the sample is complete, and no older than a day."""
    return sampling.state == "done" and now - sampling.started_at < FRESH


def read_pages(
    db: Database, source: OrderSource, store: StoreRef, *, clock: Clock, pages: int
) -> bool:
    """Reads the next pages of a store's sample; gives whether there are more.

    Raises:
        SaleorUnavailable and the like: the reading stays where it is, and is gone on with later.
    """
    for _ in range(pages):
        seen = db.read(lambda conn: samples.sampling_of(conn, store.id))
        if seen is None or seen.state != "running":
            return False
        _read_page(db, source, store, seen, clock)
    return True


def _read_page(
    db: Database, source: OrderSource, store: StoreRef, seen: Sampling, clock: Clock
) -> None:
    page = source.orders_created_since(store, seen.since, seen.cursor)
    found = {one.id: sampled for one in page.orders if (sampled := sample(one, store)) is not None}
    done = page.next_cursor is None or seen.orders + len(found) >= MOST_ORDERS
    until = max((one.created for one in page.orders), default=None)

    def write(conn: Connection) -> Sampling | None:
        return samples.add_page(
            conn,
            seen,
            found,
            until=until,
            cursor=page.next_cursor,
            done=done,
            now=clock(),
        )

    db.write(write)


def sample(order: OrderSnapshot, store: StoreRef) -> SampledOrder | None:
    """An order without its people; None where it says nothing about what customers buy.

    Orders of staff earn nothing and are left out.
    """
    if order.status in _NOT_SOLD or (order.user is not None and order.user.is_staff):
        return None
    paid_at = paid_in_full_at(order)
    at = paid_at or order.created
    gross = _kept(facts_of(order, _GROSS, app_id=store.app_id, paid_at=at))
    net = _kept(facts_of(order, _NET, app_id=store.app_id, paid_at=at))
    return SampledOrder(
        total=order.total.gross.amount,
        paid=paid_at is not None,
        shows_gross=order.display_gross_prices,
        gross=gross,
        net=None if gross == net else net,
    )


def _kept(facts: OrderFacts) -> OrderFacts:
    """Without metadata: other systems write there what may tell of people, or fill a book."""
    lines = tuple(replace(line, metadata={}) for line in facts.lines)
    return replace(facts, lines=lines, metadata={})
