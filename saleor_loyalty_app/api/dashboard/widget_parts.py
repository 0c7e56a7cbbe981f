"""What several widgets show: the member, and movements with their explanations."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.dashboard.widget_schemas import Explanation, WidgetEntry, WidgetMember
from saleor_loyalty_app.api.opaque import entry_id
from saleor_loyalty_app.flows.explain_entry import explain_entries
from saleor_loyalty_app.i18n import language_of
from saleor_loyalty_app.ledger.history_page import EntryView
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.members.repository import identities
from saleor_loyalty_app.stores.refs import StoreRef


def customer_language(conn: Connection, store: StoreRef, member: MemberRef | None) -> str:
    """The language (en, tr) in which a member is written to; the store's where none is known."""
    known: str | None = None
    if member is not None:
        known = conn.execute(
            sa.select(identities.c.language).where(
                identities.c.store_id == store.id, identities.c.member_id == member.id
            )
        ).scalar_one_or_none()
    return language_of([tag for tag in (known, store.language) if tag])


def local(store: StoreRef, moment: datetime | None) -> datetime | None:
    """The same instant as the clocks of the store show it."""
    return None if moment is None else moment.astimezone(ZoneInfo(store.timezone))


def member_of(store: StoreRef, member: MemberRef, language: str) -> WidgetMember:
    """What is told of a member; `language` is theirs."""
    return WidgetMember(
        id=str(member.id),
        user_id=member.user_id,
        state=member.state,
        since=local(store, member.enrolled_at),
        language=language,
        spending_blocked=member.spending_blocked,
        earning_blocked=member.earning_blocked,
        codes_blocked=member.codes_blocked,
    )


def told_entries(
    conn: Connection,
    store: StoreRef,
    views: Sequence[EntryView],
    *,
    language: str,
    for_customer: str,
    line_names: Mapping[str, str] | None = None,
) -> list[WidgetEntry]:
    """Movements with their explanations in two languages, that of staff and the customer's."""
    ids = [view.id for view in views]
    ours, theirs = (
        {
            one.entry_id: one
            for one in explain_entries(conn, store.id, ids, language=spoken, line_names=line_names)
        }
        for spoken in (language, for_customer)
    )
    return [
        WidgetEntry(
            id=entry_id(view.id),
            kind=view.kind,
            amount=view.amount,
            state=view.state,
            time=view.effective_at.astimezone(ZoneInfo(store.timezone)),
            order_number=_order_number(view),
            explanation=list(ours[view.id].sentences),
            for_customer=Explanation(
                language=for_customer, text="\n".join(theirs[view.id].sentences)
            ),
            available_from=local(store, view.available_from),
            expires_at=local(store, view.expires_at),
        )
        for view in views
    ]


def _order_number(view: EntryView) -> str | None:
    order = view.reason.get("order")
    return None if order is None else str(order)
