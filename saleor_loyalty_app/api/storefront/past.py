"""A page of a shopper's movements with their explanations, read in one transaction."""

from datetime import datetime

from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.opaque import cursor_of, entry_id, ledger_cursor
from saleor_loyalty_app.api.storefront.schemas import Entry, History, PageInfo
from saleor_loyalty_app.api.storefront.shopper import Shopper, shopper_now
from saleor_loyalty_app.flows.explain_entry import explain_entries
from saleor_loyalty_app.ledger.history_page import EntryView, history
from saleor_loyalty_app.ledger.types import Account
from saleor_loyalty_app.programs.rules import UnitCode


def read_history(
    conn: Connection,
    shopper: Shopper,
    *,
    unit: UnitCode,
    first: int,
    after: str | None,
    now: datetime,
    language: str,
) -> History:
    """The shopper's movements in a unit, newest first; none of who is not in the books yet.

    Args:
        first: 1 to 100.
        after: the `end_cursor` of the page before.

    Raises:
        CursorInvalid: `after` did not come from here.
        InvalidToken: the store deactivated or uninstalled the app meanwhile.
    """
    start = None if after is None else ledger_cursor(after)
    store, member = shopper_now(conn, shopper)
    if member is None:
        return History(entries=[], page_info=PageInfo(has_next_page=False, end_cursor=None))
    account = Account(store.id, member.id, unit)
    page = history(conn, account, now=now, first=first, after=start)
    told = {
        found.entry_id: list(found.sentences)
        for found in explain_entries(
            conn, store.id, [view.id for view in page.entries], language=language, to_shopper=True
        )
    }
    end = page.next_cursor
    return History(
        entries=[_entry(view, told[view.id]) for view in page.entries],
        page_info=PageInfo(
            has_next_page=end is not None, end_cursor=None if end is None else cursor_of(end)
        ),
    )


def _entry(view: EntryView, sentences: list[str]) -> Entry:
    order = view.reason.get("order")
    return Entry(
        id=entry_id(view.id),
        kind=view.kind,
        amount=view.amount,
        state=view.state,
        time=view.effective_at,
        order_number=None if order is None else str(order),
        reason=str(view.reason.get("code") or view.kind),
        explanation=sentences,
        available_from=view.available_from,
        expires_at=view.expires_at,
    )
