"""What a program would give, tried before it is published: `/program/try`."""

from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.dashboard.program_schemas import (
    BookedPoints,
    TriedProgram,
    TryInput,
)
from saleor_loyalty_app.api.dashboard.refusals import OF_SERVING, OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_SEE_MEMBERS, Staff, StaffOf
from saleor_loyalty_app.api.errors import documented
from saleor_loyalty_app.api.money import Money
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.api.saleor_refusals import OF_SALEOR
from saleor_loyalty_app.api.storefront.board import ChannelUnknown
from saleor_loyalty_app.flows.claim_order import OrderUnknown
from saleor_loyalty_app.flows.try_program import Trial, TriedCart, TriedLine, try_cart, try_order
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.problems import read_program
from saleor_loyalty_app.saleor.order_reader import OrderReader
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import channels

router = staff_router("/program")


@router.post(
    "/try",
    responses=documented(
        *OF_STAFF,
        *OF_SERVING,
        *OF_SALEOR,
        (400, "request_unreadable", {}),
        (404, "order_unknown", {}),
        (400, "channel_unknown", {"channel": "no-such"}),
        (422, "program_invalid", {"count": 1, "problems": []}),
    ),
)
async def try_out(
    faces: FacesOf, staff: StaffOf, language: Language, what: TryInput
) -> TriedProgram:
    """What a past order or a made-up cart would earn under a document, and why."""
    await faces.gate.serve_customer(staff.key)
    program = read_program(what.document)
    now = faces.clock()
    if what.order is None:
        return await faces.database.read_async(
            lambda conn: _tried_cart(conn, staff, program, what, now, language)
        )
    staff.need_one(TO_SEE_MEMBERS)
    store = await faces.database.read_async(partial(still_active, store=staff.store))
    number, keys = what.order, faces.email_keys
    reader = OrderReader(faces.access.client)
    order = await faces.calls.run(lambda: reader.by_number(faces.access.endpoint(store), number))
    if order is None:
        raise OrderUnknown
    return await faces.database.read_async(
        lambda conn: _tried(
            try_order(conn, store, program, order, now=now, language=language, keys=keys),
            store,
            language,
        )
    )


def _tried_cart(
    conn: Connection,
    staff: Staff,
    program: Program,
    what: TryInput,
    now: datetime,
    language: str,
) -> TriedProgram:
    store = still_active(conn, staff.store)
    wish = what.cart
    if wish is None:
        raise TypeError("neither an order nor a cart")
    channel = next((one for one in channels(conn, store.id) if one.slug == wish.channel), None)
    if channel is None:
        raise ChannelUnknown(wish.channel)
    cart = TriedCart(
        lines=tuple(
            TriedLine(
                amount=one.amount,
                quantity=one.quantity,
                product=one.product or "",
                sku=one.sku or "",
                product_type=one.product_type or "",
                categories=tuple(one.categories),
                collections=tuple(one.collections),
                on_sale=one.on_sale,
            )
            for one in wish.lines
        ),
        shipping=wish.shipping,
        country=wish.country or "",
        voucher_used=wish.voucher_used,
        nth_order=wish.nth_order,
        tier=wish.tier or "",
        segments=frozenset(wish.segments),
        tags=frozenset(wish.tags),
    )
    trial = try_cart(store, channel, program, cart, now=now, language=language)
    return _tried(trial, store, language)


def _tried(trial: Trial, store: StoreRef, language: str) -> TriedProgram:
    available = trial.available_from
    return TriedProgram(
        number=trial.number,
        channel=trial.channel,
        points=trial.points,
        status_points=trial.status_points,
        worth=None if trial.worth is None else Money.of(trial.worth, trial.currency),
        because=list(trial.because),
        misses=list(trial.misses),
        available_from=None
        if available is None
        else available.astimezone(ZoneInfo(store.timezone)),
        paid=trial.paid,
        withheld=translate(f"withheld.{trial.withheld}", language) if trial.withheld else None,
        booked=None
        if trial.booked is None
        else BookedPoints(
            points=trial.booked.points,
            status_points=trial.booked.status_points,
            revision=trial.booked.revision,
        ),
    )
