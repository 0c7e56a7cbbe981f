"""The widgets on the Dashboard's own pages: `/api/dashboard/v1/widgets`, one request a widget."""

from functools import partial
from typing import Annotated, ClassVar

from fastapi import Query

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import Faces, FacesOf, Language
from saleor_loyalty_app.api.dashboard.refusals import OF_SERVING, OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_CHANGE, TO_SEE_MEMBERS, StaffOf
from saleor_loyalty_app.api.dashboard.widget_customer import customer_widget
from saleor_loyalty_app.api.dashboard.widget_home import home_widget
from saleor_loyalty_app.api.dashboard.widget_order import order_widget, refund_told
from saleor_loyalty_app.api.dashboard.widget_schemas import (
    CustomerWidget,
    HomeWidget,
    OrderWidget,
    RefundInput,
    RefundTold,
    VoucherWidget,
)
from saleor_loyalty_app.api.dashboard.widget_voucher import voucher_widget
from saleor_loyalty_app.api.errors import ErrorDetail, detail_of, documented
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.api.saleor_refusals import OF_SALEOR
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.claim_order import OrderUnreadable
from saleor_loyalty_app.flows.store_orders import StoreOrders
from saleor_loyalty_app.saleor.checkout_preview import is_order_id
from saleor_loyalty_app.saleor.order_reader import OrderReader
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef

router = staff_router("/widgets")
_ID = r"^[A-Za-z0-9+/=_-]{1,200}$"
CustomerId = Annotated[str, Query(pattern=_ID, description="Saleor's id of the customer.")]
OrderId = Annotated[str, Query(pattern=_ID, description="Saleor's id of the order.")]
VoucherId = Annotated[str, Query(pattern=_ID, description="Saleor's id of the voucher.")]


class OrderGone(AppError):
    """Saleor knows no order with this id."""

    code: ClassVar[str] = "order_gone"
    status: ClassVar[int] = 404


@router.get("/customer", responses=documented(*OF_STAFF, *OF_SERVING))
async def read_customer(
    faces: FacesOf, staff: StaffOf, language: Language, customer_id: CustomerId
) -> CustomerWidget:
    """A customer's balance and last movements; zeros for who is not in the books yet."""
    staff.need_one(TO_SEE_MEMBERS)
    await faces.gate.serve_customer(staff.key)
    now = faces.clock()
    return await faces.database.read_async(
        lambda conn: customer_widget(conn, staff, customer_id, now=now, language=language)
    )


@router.get("/order", responses=documented(*OF_STAFF, *OF_SERVING))
async def read_order(
    faces: FacesOf, staff: StaffOf, language: Language, order_id: OrderId
) -> OrderWidget:
    """What an order earned and what was spent on it, with its lines as Saleor has them now.

    A Saleor that does not answer costs the lines only.
    """
    staff.need_one(TO_SEE_MEMBERS)
    await faces.gate.serve_customer(staff.key)
    snapshot: OrderSnapshot | None = None
    problem: ErrorDetail | None = None
    try:
        snapshot = await _look(faces, staff.store, order_id)
    except AppError as failure:
        problem = detail_of(failure, language)
    now = faces.clock()
    return await faces.database.read_async(
        lambda conn: order_widget(
            conn, staff, order_id, snapshot, problem, now=now, language=language
        )
    )


@router.post(
    "/order/refund-preview",
    responses=documented(
        *OF_STAFF,
        *OF_SERVING,
        (400, "request_unreadable", {}),
        (404, "order_gone", {}),
        (502, "order_unreadable", {}),
        *OF_SALEOR,
    ),
)
async def preview_refund(
    faces: FacesOf, staff: StaffOf, language: Language, what: RefundInput
) -> RefundTold:
    """What a refund of these units would take back and restore; nothing is changed."""
    staff.need_one(TO_SEE_MEMBERS)
    await faces.gate.serve_customer(staff.key)
    snapshot = await _look(faces, staff.store, what.order_id)
    now = faces.clock()
    return await faces.database.read_async(
        lambda conn: refund_told(conn, staff, what, snapshot, now=now, language=language)
    )


@router.get("/voucher", responses=documented(*OF_STAFF, *OF_SERVING))
async def read_voucher(
    faces: FacesOf, staff: StaffOf, language: Language, voucher_id: VoucherId
) -> VoucherWidget:
    """Which redemption made a voucher; none of a voucher that is not of points."""
    staff.need_one(TO_SEE_MEMBERS | TO_CHANGE)
    await faces.gate.serve_customer(staff.key)
    return await faces.database.read_async(
        lambda conn: voucher_widget(conn, staff, voucher_id, language=language)
    )


@router.get("/home", responses=documented(*OF_STAFF))
async def read_home(faces: FacesOf, staff: StaffOf, language: Language) -> HomeWidget:
    """How large the program is, what it moved lately, and what is wrong."""
    now = faces.clock()
    return await faces.database.read_async(
        lambda conn: home_widget(conn, staff, now=now, language=language)
    )


async def _look(faces: Faces, store: StoreRef, order_id: str) -> OrderSnapshot:
    """The order as Saleor has it now.

    Raises:
        OrderGone: Saleor has none with this id.
        OrderUnreadable: Saleor describes it in a way nobody here understands.
        SaleorUnavailable and the like, SaleorBusy, SaleorSlow: it can be tried again.
    """
    if not is_order_id(order_id):
        raise OrderGone
    active = await faces.database.read_async(partial(still_active, store=store))
    orders = StoreOrders(faces.access, OrderReader(faces.access.client))
    page = await faces.calls.run(partial(orders.orders_by_ids, active, [order_id]))
    if page.unreadable:
        raise OrderUnreadable
    if not page.orders:
        raise OrderGone
    return page.orders[0]
