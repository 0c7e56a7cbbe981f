"""Orders: any event means "look at the state", so the smallest set of events that misses nothing.

Saleor fires ORDER_CREATED for each new order, ORDER_UPDATED with every later change (also beside
ORDER_PAID, FULLY_PAID, REFUNDED, CANCELLED, EXPIRED and the FULFILLMENT_* events, and alone for
returns and charge-backs), and only ORDER_CONFIRMED when staff confirm an order. Granted refunds and
a guest's orders that are given to a user fire nothing: reconciliation finds them.
"""

from collections.abc import Sequence

from saleor_loyalty_app import log
from saleor_loyalty_app.flows.converge_order import converge_order, converge_page
from saleor_loyalty_app.flows.event_handler import EventContext, Handler
from saleor_loyalty_app.i18n import Words
from saleor_loyalty_app.orders import refresh
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.saleor.event import (
    MalformedEvent,
    NodeRef,
    OrderEvent,
    OrderRefEvent,
    OrderRefsEvent,
    OrdersEvent,
    parse,
)
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.problems import report_words

#: So many orders of one body are booked at once; more are read in pages, to keep writes short.
MOST_AT_ONCE = 10
#: Saleor's import takes some hundred orders at most.
MOST_ORDERS = 2000
LONGEST_ID = 200
UNREADABLE = "unreadable-order"

_log = log.get(__name__)


def receive_order(context: EventContext) -> None:
    """Books what an event shows of its order, or has the order read again.

    Raises:
        MalformedEvent: not even the order's id can be read.
    """
    try:
        event = parse(context.body, OrderEvent)
    except MalformedEvent as failure:
        reference = parse(context.body, OrderRefEvent).order_ref
        if reference is None:
            raise
        _read_instead(context, (reference,), failure)
        return
    order, reference = event.order, event.order_ref
    if order is None:
        _wish(context, () if reference is None else (reference,))
        return
    _check((order,))
    converge_order(
        context.conn,
        context.store,
        order,
        Look.webhook(context.received_at),
        now=context.now,
        secrets=context.secrets,
    )


def receive_orders(context: EventContext) -> None:
    """Books the orders of a small import; those of a large one are read in pages.

    Raises:
        MalformedEvent: not even the orders' ids can be read, or there are too many.
    """
    references = parse(context.body, OrderRefsEvent).order_refs or ()
    if len(references) > MOST_AT_ONCE:
        _wish(context, references)
        return
    try:
        orders = parse(context.body, OrdersEvent).orders
    except MalformedEvent as failure:
        _read_instead(context, references, failure)
        return
    if not orders:
        _wish(context, references)
        return
    _check(orders)
    converge_page(
        context.conn,
        context.store,
        orders,
        Look.webhook(context.received_at),
        now=context.now,
        secrets=context.secrets,
        origin="webhook",
    )


def _check(subjects: Sequence[NodeRef | OrderSnapshot]) -> None:
    if not subjects:
        raise MalformedEvent("nothing_in_it")
    if len(subjects) > MOST_ORDERS:
        raise MalformedEvent("too_many_orders")
    if any(not 0 < len(subject.id) <= LONGEST_ID for subject in subjects):
        raise MalformedEvent("unusable_id")


def _read_instead(
    context: EventContext, references: Sequence[NodeRef], failure: MalformedEvent
) -> None:
    """The body is kept for those who mend the app, and the orders are read from Saleor."""
    if not references:
        raise failure
    _log.warning(
        "order_unreadable",
        store_id=context.store.id,
        event_type=context.envelope.typename,
        reason=failure.reason,
        field=failure.place,
        count=len(references),
    )
    _wish(context, references)
    context.keep_dead_letter(failure.reason, failure.place)
    words = Words("problem.unreadable_order", {"place": failure.place[:200]})
    report_words(context.conn, context.store, UNREADABLE, words, context.now)


def _wish(context: EventContext, references: Sequence[NodeRef]) -> None:
    _check(references)
    refresh.wish_refresh(
        context.conn,
        context.store.id,
        [reference.id for reference in references],
        due_at=context.now,
        now=context.now,
    )


ORDERS = Handler(
    name="orders",
    events=("ORDER_CREATED", "ORDER_UPDATED", "ORDER_CONFIRMED"),
    document="orders",
    receive=receive_order,
    understands=(
        "ORDER_PAID",
        "ORDER_FULLY_PAID",
        "ORDER_REFUNDED",
        "ORDER_FULLY_REFUNDED",
        "ORDER_FULFILLED",
        "ORDER_CANCELLED",
        "ORDER_EXPIRED",
        "ORDER_METADATA_UPDATED",
        "FULFILLMENT_CREATED",
        "FULFILLMENT_CANCELED",
        "FULFILLMENT_APPROVED",
        "FULFILLMENT_METADATA_UPDATED",
        "FULFILLMENT_TRACKING_NUMBER_UPDATED",
    ),
)

ORDERS_BULK = Handler(
    name="orders-bulk",
    events=("ORDER_BULK_CREATED",),
    document="orders_bulk",
    receive=receive_orders,
)
