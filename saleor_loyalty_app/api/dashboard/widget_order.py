"""What the widget beside an order shows, and what a refund would do to the customer's points."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.dashboard.staff import Staff
from saleor_loyalty_app.api.dashboard.widget_parts import (
    customer_language,
    local,
    member_of,
    told_entries,
)
from saleor_loyalty_app.api.dashboard.widget_schemas import (
    OrderWidget,
    RefundInput,
    RefundTold,
    SpentOnOrder,
    WidgetLine,
)
from saleor_loyalty_app.api.errors import ErrorDetail
from saleor_loyalty_app.api.money import Money
from saleor_loyalty_app.api.storefront.board import UNIT
from saleor_loyalty_app.flows.preview_refund import (
    RefundPreview,
    preview_refund,
    redemptions_of_order,
)
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.ledger.history_page import EntryState, EntryView, movements_of
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.members.repository import member_by_id
from saleor_loyalty_app.orders.goods import has_ended, lost_units
from saleor_loyalty_app.orders.repository import units_of
from saleor_loyalty_app.orders.views import OrderView, order_view
from saleor_loyalty_app.programs.explain import explain_miss
from saleor_loyalty_app.programs.repository import programs_by_id, revision_at
from saleor_loyalty_app.programs.words import points_words
from saleor_loyalty_app.rewards.gift_told import gives_words, takes_off
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.saleor.order_snapshot import OrderLine, OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef

#: So many reasons why rules gave nothing are told.
MOST_REASONS = 3


def order_widget(
    conn: Connection,
    staff: Staff,
    order_id: str,
    snapshot: OrderSnapshot | None,
    problem: ErrorDetail | None,
    *,
    now: datetime,
    language: str,
) -> OrderWidget:
    """The widget for an order, by Saleor's id.

    Args:
        snapshot: the order as Saleor has it now; none where it could not be read.
        problem: why it could not.

    Raises:
        InvalidToken: the store deactivated or uninstalled the app meanwhile.
    """
    store = still_active(conn, staff.store)
    book = order_view(conn, store.id, order_id)
    spent = redemptions_of_order(conn, store.id, order_id)
    sources = [f"order:{order_id}", *(f"redemption:{one.public_id}" for one in spent)]
    views = movements_of(conn, store.id, sources, UNIT, now=now)
    owner = _owner(conn, store, book, spent)
    theirs = customer_language(conn, store, owner)
    units = units_of(conn, book.id) if book is not None else {}
    ours = [row for row in units.values() if row.unit == UNIT]
    earning = [view for view in views if view.source == sources[0]]
    state, available_from = _state(earning)
    earned = sum(row.booked for row in ours)
    return OrderWidget(
        live=revision_at(conn, store.id, now) is not None,
        number=_number(book, snapshot),
        member=None if owner is None else member_of(store, owner, theirs),
        earned=earned,
        taken_back=-sum(view.amount for view in earning if view.kind == "reverse"),
        forgiven=sum(row.waived for row in ours),
        state=state,
        available_from=local(store, available_from),
        waits_for=_waits_for(book, snapshot, state, available_from),
        spent=[
            SpentOnOrder(
                id=one.public_id,
                points=one.points,
                restored=one.restored,
                discount=Money.of(takes_off(one.terms, one.amount), one.currency),
                gives=gives_words(one.terms, one.amount, one.currency, language),
            )
            for one in spent
        ],
        note=None if earning else _why_nothing(conn, store, book, language),
        entries=told_entries(
            conn,
            store,
            views,
            language=language,
            for_customer=theirs,
            line_names=_names(snapshot),
        ),
        lines=None if snapshot is None else _lines(snapshot, language),
        problem=problem,
    )


def refund_told(
    conn: Connection,
    staff: Staff,
    wish: RefundInput,
    snapshot: OrderSnapshot,
    *,
    now: datetime,
    language: str,
) -> RefundTold:
    """What the refund of these units would do.

    Raises:
        InvalidToken: the store deactivated or uninstalled the app meanwhile.
    """
    store = still_active(conn, staff.store)
    units: dict[str, int] = {}
    for line in wish.lines:
        units[line.id] = units.get(line.id, 0) + line.quantity
    told = preview_refund(conn, store, snapshot, units, now=now)
    return RefundTold(
        takes_back=told.takes_back,
        forgiven=told.forgiven,
        restores=told.restores,
        sentences=_sentences(told, language),
    )


def _sentences(told: RefundPreview, language: str) -> list[str]:
    parts = (
        ("takes_back", told.takes_back),
        ("forgiven", told.forgiven),
        ("restores", told.restores),
    )
    found = [
        translate(f"widget.refund_{name}", language, points=points_words(points, language))
        for name, points in parts
        if points
    ]
    return found or [translate("widget.refund_nothing", language)]


def _owner(
    conn: Connection, store: StoreRef, book: OrderView | None, spent: Sequence[RedemptionRef]
) -> MemberRef | None:
    """Whose the order is; where it earned for nobody, whose points were spent on it."""
    if book is not None and book.member_id is not None:
        return member_by_id(conn, store.id, book.member_id)
    return member_by_id(conn, store.id, spent[0].member_id) if spent else None


def _number(book: OrderView | None, snapshot: OrderSnapshot | None) -> str | None:
    if book is not None:
        return book.number
    return None if snapshot is None else snapshot.number


def _state(earning: Sequence[EntryView]) -> tuple[str, datetime | None]:
    """Pending where any of it is, and from when the first of that can be spent."""
    pending = [view for view in earning if view.state is EntryState.pending]
    if pending:
        dates = [view.available_from for view in pending]
        return "pending", min((one for one in dates if one is not None), default=None)
    return ("available" if earning else "none"), None


def _waits_for(
    book: OrderView | None,
    snapshot: OrderSnapshot | None,
    state: str,
    available_from: datetime | None,
) -> str | None:
    if snapshot is not None and has_ended(snapshot):
        return None
    if book is None or book.paid_at is None:
        return "payment"
    if state == "pending" and available_from is None:
        return "fulfillment"
    return None


def _why_nothing(
    conn: Connection, store: StoreRef, book: OrderView | None, language: str
) -> str | None:
    """Why an order without any movement of its own has none."""
    if book is None or book.paid_at is None:
        return translate("widget.unpaid", language)
    if book.deferred:
        return translate("widget.earning_off", language)
    if book.withheld:
        return translate(f"withheld.{book.withheld}", language)
    plan = book.award_plan
    if plan is None:
        return translate("widget.unpaid", language)
    if plan.none:
        return translate(f"withheld.{plan.none}", language)
    programs = programs_by_id(conn, store.id, {book.revision_id} if book.revision_id else set())
    program = programs.get(book.revision_id or 0)
    if program is None or not plan.misses:
        return translate("widget.nothing", language)
    return "\n".join(
        explain_miss(rule, reason, language=language, program=program)
        for rule, reason in plan.misses[:MOST_REASONS]
    )


def _lines(snapshot: OrderSnapshot, language: str) -> list[WidgetLine]:
    lost = lost_units(snapshot)
    ended = has_ended(snapshot)
    return [
        WidgetLine(
            id=line.id,
            name=_name(line, number, language),
            quantity=line.quantity,
            left=0 if ended else line.quantity - lost.get(line.id, 0),
        )
        for number, line in enumerate(snapshot.lines, start=1)
        if line.quantity > 0
    ]


def _names(snapshot: OrderSnapshot | None) -> dict[str, str]:
    """Product names by line; the books hold none."""
    lines = () if snapshot is None else snapshot.lines
    return {line.id: line.product_name for line in lines if line.product_name}


def _name(line: OrderLine, number: int, language: str) -> str:
    return line.product_name or translate("explain.line", language, number=number)
