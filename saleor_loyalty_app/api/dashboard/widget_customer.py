"""What the widget beside a customer shows, read in one transaction."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.dashboard.staff import TO_GIVE, Staff
from saleor_loyalty_app.api.dashboard.widget_parts import (
    customer_language,
    member_of,
    told_entries,
)
from saleor_loyalty_app.api.dashboard.widget_schemas import CustomerWidget
from saleor_loyalty_app.api.storefront.board import UNIT, points_of, value_of
from saleor_loyalty_app.ledger.balance_view import BalanceView, Expiring, balance
from saleor_loyalty_app.ledger.history_page import HistoryPage, history
from saleor_loyalty_app.ledger.types import Account
from saleor_loyalty_app.members.repository import member_by_user
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.stores.refs import StoreRef

#: As many as fit a side bar.
LAST_ENTRIES = 5
_NOTHING = BalanceView(0, 0, 0, 0, 0, [])


def customer_widget(
    conn: Connection, staff: Staff, user_id: str, *, now: datetime, language: str
) -> CustomerWidget:
    """The widget for a customer, by Saleor's user id.

    Raises:
        InvalidToken: the store deactivated or uninstalled the app meanwhile.
    """
    store = still_active(conn, staff.store)
    revision = revision_at(conn, store.id, now)
    program = revision.program if revision else None
    member = member_by_user(conn, store.id, user_id)
    held, page = _NOTHING, HistoryPage([], None)
    if member is not None:
        account = Account(store.id, member.id, UNIT)
        held = balance(conn, account, now=now)
        page = history(conn, account, now=now, first=LAST_ENTRIES)
    theirs = customer_language(conn, store, member)
    return CustomerWidget(
        live=program is not None,
        member=None if member is None else member_of(store, member, theirs),
        points=points_of(_local(held, store), value_of(program, held.available)),
        debt=held.debt,
        entries=told_entries(conn, store, page.entries, language=language, for_customer=theirs),
        more=page.next_cursor is not None,
        may_give=staff.may(TO_GIVE),
    )


def _local(held: BalanceView, store: StoreRef) -> BalanceView:
    """The balance with its dates as the clocks of the store show them."""
    zone = ZoneInfo(store.timezone)
    dates = [Expiring(one.at.astimezone(zone), one.amount) for one in held.expiring]
    return replace(held, expiring=dates)
