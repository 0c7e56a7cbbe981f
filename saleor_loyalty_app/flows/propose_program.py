"""The first draft of a store: read what it sold lately, propose a program, keep it as the draft."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from saleor_loyalty_app.orders.source import OrderSource
from saleor_loyalty_app.programs import repository
from saleor_loyalty_app.programs.proposal import propose
from saleor_loyalty_app.programs.repository import Draft
from saleor_loyalty_app.programs.stats import DAYS, OrderStats, OrderTotal, stats_of
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import channels

#: So many orders are enough to know a store by; more would only keep the owner waiting.
MOST_ORDERS = 10_000

#: Orders in these states say nothing about what customers buy.
_NOT_SOLD = frozenset(("DRAFT", "UNCONFIRMED", "CANCELED", "EXPIRED"))

#: The author of drafts that no person has touched.
APP = "app"


def recent_stats(source: OrderSource, store: StoreRef, *, now: datetime) -> list[OrderStats]:
    """What the store sold in the last 90 days, per channel and currency. A network call.

    After 10,000 orders reading ends, and the days are those that were read.

    Raises:
        Whatever the source raises when Saleor does not answer.
    """
    since = now - timedelta(days=DAYS)
    sold: list[OrderTotal] = []
    until = now
    for order in _read(source, store, since):
        if order.status not in _NOT_SOLD:
            sold.append(
                OrderTotal(
                    order.channel.slug, order.channel.currency_code, order.total.gross.amount
                )
            )
        if len(sold) >= MOST_ORDERS:
            until = order.created
            break
    return stats_of(sold, days=max(1, min(DAYS, round((until - since) / timedelta(days=1)))))


def propose_program(
    conn: Connection, store: StoreRef, stats: Sequence[OrderStats], *, now: datetime
) -> Draft:
    """Writes a proposal as the store's draft and gives the draft.

    A draft that a person saved or published is left alone, so that installing again loses nothing.
    """
    repository.lock_programs(conn, store.id)
    present = repository.find_draft(conn, store.id)
    if present is not None and present.updated_by != APP:
        return present
    proposal = propose(
        stats,
        channels(conn, store.id),
        language=store.language,
        now=now,
        timezone=store.timezone,
    )
    repository.put_draft(
        conn,
        store.id,
        proposal.program.document,
        by=APP,
        now=now,
        evidence=proposal.evidence_json(),
    )
    return repository.get_draft(conn, store.id)


def _read(source: OrderSource, store: StoreRef, since: datetime) -> Iterator[OrderSnapshot]:
    cursor: str | None = None
    while True:
        page = source.orders_created_since(store, since, cursor)
        yield from page.orders
        cursor = page.next_cursor
        if cursor is None:
            return
