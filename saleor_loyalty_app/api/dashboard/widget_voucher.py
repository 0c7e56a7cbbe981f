"""What the widget beside a voucher shows: which redemption made it."""

from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.dashboard.staff import TO_SEE_MEMBERS, Staff
from saleor_loyalty_app.api.dashboard.widget_parts import customer_language, member_of
from saleor_loyalty_app.api.dashboard.widget_schemas import VoucherWidget, WidgetMember
from saleor_loyalty_app.api.redemption_schemas import Redemption
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.members.repository import member_by_id
from saleor_loyalty_app.orders.views import order_view
from saleor_loyalty_app.programs.words import points_words
from saleor_loyalty_app.rewards.redemptions import RedemptionRef, by_voucher
from saleor_loyalty_app.stores.refs import StoreRef

_NONE = VoucherWidget(redemption=None, member=None, order_number=None, sentences=[])


def voucher_widget(
    conn: Connection, staff: Staff, voucher_id: str, *, language: str
) -> VoucherWidget:
    """The widget for a voucher, by Saleor's id.

    Raises:
        InvalidToken: the store deactivated or uninstalled the app meanwhile.
    """
    store = still_active(conn, staff.store)
    found = by_voucher(conn, store.id, voucher_id)
    if found is None:
        return _NONE
    book = None if found.order_id is None else order_view(conn, store.id, found.order_id)
    number = None if book is None else book.number
    return VoucherWidget(
        redemption=Redemption.of(found, language),
        member=_member(conn, staff, store, found),
        order_number=number,
        sentences=_sentences(found, number, language),
    )


def _member(
    conn: Connection, staff: Staff, store: StoreRef, found: RedemptionRef
) -> WidgetMember | None:
    if not staff.permissions & TO_SEE_MEMBERS:
        return None
    member = member_by_id(conn, store.id, found.member_id)
    if member is None:
        return None
    return member_of(store, member, customer_language(conn, store, member))


def _sentences(found: RedemptionRef, number: str | None, language: str) -> list[str]:
    told = [
        translate(
            f"widget.voucher_{found.state}",
            language,
            points=points_words(found.points, language),
            order=number or translate("explain.unknown_order", language),
        )
    ]
    if found.restored > 0:
        back = points_words(found.restored, language)
        told.append(translate("widget.voucher_back", language, points=back))
    return told
