"""Something went wrong with an order: a prompt is opened, once for the order and the signal."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.goodwill import prompts
from saleor_loyalty_app.goodwill.errors import GoodwillOff, GoodwillOrderUnknown
from saleor_loyalty_app.goodwill.offers import Offer, offer_for
from saleor_loyalty_app.goodwill.prompts import Prompt
from saleor_loyalty_app.goodwill.signals import Seen, signals_of
from saleor_loyalty_app.members.repository import surviving_member
from saleor_loyalty_app.orders.models import OrderState
from saleor_loyalty_app.orders.money import shipping_milli
from saleor_loyalty_app.programs.goodwill import Signal
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores import staff_actions
from saleor_loyalty_app.stores.refs import StoreRef

_O = table(OrderState).c
APP = "app"


@dataclass(frozen=True, slots=True)
class _Order:
    order_id: str
    number: str
    channel: str
    currency: str
    member_id: int
    shipping_milli: int | None


def watch_order(
    conn: Connection,
    store: StoreRef,
    member_id: int | None,
    snapshot: OrderSnapshot,
    paid_at: datetime,
    fulfilled_at: datetime | None,
    *,
    now: datetime,
) -> None:
    """Opens the prompts that a look at an order asks for; the order's row is locked."""
    revision = revision_at(conn, store.id, now)
    section = None if revision is None else revision.program.goodwill
    if revision is None or section is None or member_id is None:
        return
    found = signals_of(section, snapshot, paid_at=paid_at, fulfilled_at=fulfilled_at, now=now)
    for seen in found:
        signal = section.signal(seen.kind)
        if signal is not None:
            offer = offer_for(
                revision.program,
                signal.suggest,
                channel=snapshot.channel.slug,
                currency=snapshot.channel.currency_code,
                shipping_milli=shipping_milli(snapshot) or 0,
            )
            order = {
                "member_id": member_id,
                "order_id": snapshot.id,
                "order_number": snapshot.number,
                "channel": snapshot.channel.slug,
                "currency": snapshot.channel.currency_code,
            }
            prompts.add(conn, _values(store, order, seen, signal, offer, APP, "", now))


def open_complaint(
    conn: Connection,
    store: StoreRef,
    *,
    order_id: str = "",
    order_number: str = "",
    note: str,
    actor: str,
    now: datetime,
) -> Prompt:
    """Notes that a customer complained of an order; the same order again gives the same prompt.

    Args:
        order_id, order_number: one of them says which order it is.
        actor: "user:<id>" or "partner:<id>".

    Raises:
        GoodwillOff: the program in force does not watch complaints.
        GoodwillOrderUnknown: no member has paid such an order.
    """
    revision = revision_at(conn, store.id, now)
    section = None if revision is None else revision.program.goodwill
    if revision is None or section is None or section.complaint is None:
        raise GoodwillOff(signal="complaint")
    row = _order(conn, store, order_id, order_number)
    known = prompts.of_order(conn, store.id, row.order_id, "complaint")
    if known is not None:
        return known
    offer = offer_for(
        revision.program,
        section.complaint.suggest,
        channel=row.channel,
        currency=row.currency,
        shipping_milli=row.shipping_milli or 0,
    )
    order = {
        "member_id": row.member_id,
        "order_id": row.order_id,
        "order_number": row.number,
        "channel": row.channel,
        "currency": row.currency,
    }
    seen = Seen("complaint")
    values = _values(store, order, seen, section.complaint, offer, actor, note.strip(), now)
    if prompts.add(conn, values) is not None:
        staff_actions.note(
            conn,
            store.id,
            actor=actor,
            kind="goodwill_opened",
            subject=f"order:{row.number}",
            before=None,
            after={"signal": "complaint"},
            now=now,
        )
    opened = prompts.of_order(conn, store.id, row.order_id, "complaint")
    if opened is None:
        raise RuntimeError("a prompt that was opened is there")
    return opened


def _order(conn: Connection, store: StoreRef, order_id: str, order_number: str) -> _Order:
    query = sa.select(*(_O[name] for name in _Order.__dataclass_fields__)).where(
        _O.store_id == store.id,
        _O.order_id == order_id if order_id else _O.number == order_number,
        _O.paid_at.is_not(None),
        _O.member_id.is_not(None),
    )
    row = conn.execute(query.order_by(_O.id.desc()).limit(1)).one_or_none()
    member = None if row is None else surviving_member(conn, store.id, row.member_id)
    if row is None or member is None or member.state == "erased":
        raise GoodwillOrderUnknown
    return _Order(*row)


def _values(
    store: StoreRef,
    order: dict[str, object],
    seen: Seen,
    signal: Signal,
    offer: Offer,
    actor: str,
    note: str,
    now: datetime,
) -> dict[str, object]:
    return {
        **order,
        "store_id": store.id,
        "signal": seen.kind,
        "facts": seen.facts,
        "suggested": offer.type,
        "points": offer.points,
        "amount_milli": offer.amount_milli,
        "as_code": offer.as_code,
        "automatic": signal.automatic and offer.points > 0,
        "state": prompts.OPEN,
        "opened_at": now,
        "opened_by": actor,
        "note": note,
        "decision_note": "",
        "decided_by": "",
        "given": 0,
        "code_state": "",
        "code_why": "",
        "redemption": "",
    }
