"""Parcels: sending goods, and taking a sending back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.model.catalog import Warehouse
from sandbox.model.errors import Refused
from sandbox.model.order_history import record, refresh_status
from sandbox.model.store import Caller, Store

if TYPE_CHECKING:
    from sandbox.model.orders import Order, OrderLine


@dataclass(eq=False)
class FulfillmentLine:
    pk: int
    order_line: OrderLine
    quantity: int


@dataclass(eq=False)
class Fulfillment:
    pk: int
    order: Order
    fulfillment_order: int
    status: str
    created: datetime
    tracking_number: str = ""
    warehouse: Warehouse | None = None
    total_refunded: Decimal | None = None
    shipping_refunded: Decimal | None = None
    lines: list[FulfillmentLine] = field(default_factory=list)
    metadata: dict[str, str] = field(default_factory=dict)
    private_metadata: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Parcel:
    """So many of a line, sent from a warehouse."""

    line: OrderLine
    warehouse: Warehouse
    quantity: int


def new_fulfillment(store: Store, order: Order, status: str) -> Fulfillment:
    """An empty fulfillment, numbered within its order."""
    number = max((f.fulfillment_order for f in order.fulfillments), default=0) + 1
    fulfillment = Fulfillment(store.ids.next("Fulfillment"), order, number, status, store.now())
    order.fulfillments.append(fulfillment)
    return fulfillment


def add_line(store: Store, fulfillment: Fulfillment, line: OrderLine, quantity: int) -> None:
    """Put `quantity` of an order line into a fulfillment, joined with what is there of it."""
    for existing in fulfillment.lines:
        if existing.order_line is line:
            existing.quantity += quantity
            return
    fulfillment.lines.append(FulfillmentLine(store.ids.next("FulfillmentLine"), line, quantity))


def fulfill(
    store: Store, caller: Caller, order: Order, parcels: list[Parcel], tracking_number: str = ""
) -> list[Fulfillment]:
    """Send goods: one fulfillment a warehouse.

    Raises:
        Refused: nothing to send, more than is left, or the order is unpaid and must not be.
    """
    if not store.fulfillment_allow_unpaid and order.amounts.charged < order.total.gross_amount:
        raise Refused("CANNOT_FULFILL_UNPAID_ORDER", "Cannot fulfill unpaid order.", "order")
    _check(parcels)
    by_warehouse: defaultdict[str, list[Parcel]] = defaultdict(list)
    for parcel in parcels:
        if parcel.quantity > 0:
            by_warehouse[parcel.warehouse.pk].append(parcel)
    made = []
    for group in by_warehouse.values():
        fulfillment = new_fulfillment(store, order, "FULFILLED")
        fulfillment.warehouse = group[0].warehouse
        fulfillment.tracking_number = tracking_number
        for parcel in group:
            add_line(store, fulfillment, parcel.line, parcel.quantity)
            parcel.line.quantity_fulfilled += parcel.quantity
        made.append(fulfillment)
    refresh_status(store, order)
    record(store, order, "FULFILLMENT_FULFILLED_ITEMS", caller)
    complete = order.status == "FULFILLED"
    for event in (
        ("FULFILLMENT_CREATED", "FULFILLMENT_APPROVED") if complete else ("FULFILLMENT_CREATED",)
    ):
        for fulfillment in made:
            store.emit(event, fulfillment, caller)
    store.emit("ORDER_UPDATED", order, caller)
    if complete:
        store.emit("ORDER_FULFILLED", order, caller)
    return made


def _check(parcels: list[Parcel]) -> None:
    if sum(parcel.quantity for parcel in parcels) <= 0:
        raise Refused("ZERO_QUANTITY", "Total quantity must be larger than 0.", "lines")
    wanted: defaultdict[str, int] = defaultdict(int)
    for parcel in parcels:
        wanted[parcel.line.pk] += parcel.quantity
        left = parcel.line.quantity - parcel.line.quantity_fulfilled
        if wanted[parcel.line.pk] > left:
            items = "item" if left == 1 else "items"
            raise Refused(
                "FULFILL_ORDER_LINE",
                f"Only {left} {items} remaining to fulfill: {parcel.line.product_name}"
                f" ({parcel.line.variant_name})",
                "orderLineId",
            )


def cancel_fulfillment(store: Store, caller: Caller, fulfillment: Fulfillment) -> None:
    """Take a sending back: the goods wait to be sent again.

    Raises:
        Refused: it is not a sending any more.
    """
    if fulfillment.status not in {"FULFILLED", "WAITING_FOR_APPROVAL"}:
        raise Refused(
            "CANNOT_CANCEL_FULFILLMENT", "This fulfillment can't be canceled", "fulfillment"
        )
    order = fulfillment.order
    record(store, order, "FULFILLMENT_CANCELED", caller)
    for line in fulfillment.lines:
        line.order_line.quantity_fulfilled -= line.quantity
    fulfillment.status = "CANCELED"
    refresh_status(store, order)
    store.emit("FULFILLMENT_CANCELED", fulfillment, caller)
    store.emit("ORDER_UPDATED", order, caller)
