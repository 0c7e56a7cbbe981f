"""What a store keeps for days of its own goes when they are over, and only of that store."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.inbox.models import DeadLetter
from saleor_loyalty_app.inbox.retention import delete_dead_letters
from saleor_loyalty_app.messages import deliveries, partner_deliveries
from saleor_loyalty_app.messages.models import (
    MessageDelivery,
    OutboxMessage,
    PartnerDelivery,
    PartnerWebhook,
)
from saleor_loyalty_app.rewards.models import CheckoutTotal
from saleor_loyalty_app.rewards.offer_rows import delete_old_offers
from saleor_loyalty_app.stores.retention import Kept, Span, choose_days, spans
from tests.factories import make_member, make_store

#: Days that the operator keeps everything here, and that one store chose.
USUAL, CHOSEN = 60, 30
_message, _sent = table(OutboxMessage), table(MessageDelivery)
_hook, _told = table(PartnerWebhook), table(PartnerDelivery)
_letter, _total = table(DeadLetter), table(CheckoutTotal)

Add = Callable[[Connection, int, str, datetime], None]
Delete = Callable[[Connection, Span, datetime], int]


@dataclass(frozen=True, slots=True)
class Keeping:
    """A kind of rows: how one is made, named and forgotten."""

    add: Add
    delete: Delete
    names: sa.Select[Any]


def add_message(
    conn: Connection, store_id: int, name: str, at: datetime, *, kind: str = "points_earned"
) -> int:
    found = conn.execute(
        sa.insert(_message)
        .values(
            store_id=store_id,
            member_id=make_member(conn, store_id),
            kind=kind,
            data={},
            dedup_key=name,
            created_at=at,
            planned_at=at,
        )
        .returning(_message.c.id)
    )
    return int(found.scalar_one())


def add_sent(conn: Connection, store_id: int, name: str, at: datetime) -> None:
    add_message(conn, store_id, name, at)


def add_told(conn: Connection, store_id: int, name: str, at: datetime) -> None:
    hook = {"store_id": store_id, "url": "https://partner.example.com", "description": ""}
    hook |= {"events": [], "active": True, "off_because": "", "created_at": at}
    made = conn.execute(sa.insert(_hook).values(hook).returning(_hook.c.id)).scalar_one()
    row = {"store_id": store_id, "webhook_id": made, "event_id": name, "event": "points.earned"}
    row |= {"body": "{}", "state": "sent", "attempts": 1, "status": 200, "answer": ""}
    row |= {"due_at": at, "created_at": at, "ended_at": at}
    conn.execute(sa.insert(_told).values(row))


def add_letter(conn: Connection, store_id: int, name: str, at: datetime) -> None:
    row = {"store_id": store_id, "handler": "orders", "event": "E", "body_hash": name}
    row |= {"body": b"x", "reason": "not_json", "place": "", "received_at": at}
    conn.execute(sa.insert(_letter).values(row))


def add_total(conn: Connection, store_id: int, name: str, at: datetime) -> None:
    row = {"store_id": store_id, "checkout_id": name, "cart_hash": "", "subtotal": "1"}
    conn.execute(sa.insert(_total).values(row | {"read_at": at}))


KEPT: Mapping[Kept, Keeping] = {
    Kept.messages: Keeping(
        add_sent,
        lambda conn, span, now: deliveries.delete_old(
            conn, now - timedelta(span.days), whose=span.whose
        ),
        sa.select(_message.c.store_id, _message.c.dedup_key),
    ),
    Kept.partner_events: Keeping(
        add_told,
        lambda conn, span, now: partner_deliveries.delete_old(
            conn, now - timedelta(span.days), whose=span.whose
        ),
        sa.select(_told.c.store_id, _told.c.event_id),
    ),
    Kept.dead_letters: Keeping(
        add_letter,
        lambda conn, span, now: delete_dead_letters(
            conn, now=now, days=span.days, whose=span.whose
        ),
        sa.select(_letter.c.store_id, _letter.c.body_hash),
    ),
    Kept.offers: Keeping(
        add_total,
        lambda conn, span, now: delete_old_offers(
            conn, now=now, kept=timedelta(span.days), whose=span.whose
        ),
        sa.select(_total.c.store_id, _total.c.checkout_id),
    ),
}


def forget(database: Database, kind: Kept, now: datetime) -> None:
    for span in database.read(lambda conn: spans(conn, kind, USUAL)):
        database.write(partial(_delete, kind, span, now))


def _delete(kind: Kept, span: Span, now: datetime, conn: Connection) -> int:
    return KEPT[kind].delete(conn, span, now)


def left(database: Database, kind: Kept) -> set[tuple[int, str]]:
    query = KEPT[kind].names
    return {(row[0], row[1]) for row in database.read(lambda conn: conn.execute(query).all())}


@pytest.mark.parametrize("kind", KEPT, ids=lambda kind: kind.value)
def test_only_what_is_due_goes_and_only_of_that_store(
    database: Database, clock: ManualClock, kind: Kept
) -> None:
    now = clock()

    def fill(conn: Connection) -> tuple[int, int]:
        own, other = make_store(conn).id, make_store(conn).id
        for store_id in (own, other):
            for age in (CHOSEN - 1, CHOSEN + 1, USUAL + 1):
                KEPT[kind].add(conn, store_id, f"{age}", now - timedelta(age))
        choose_days(conn, own, {kind: CHOSEN}, version=0, now=now)
        return own, other

    own, other = database.write(fill)
    forget(database, kind, now)
    assert left(database, kind) == {(own, "29"), (other, "29"), (other, "31")}
    forget(database, kind, now)
    assert len(left(database, kind)) == 3


def test_a_welcome_and_what_still_waits_are_kept(database: Database, clock: ManualClock) -> None:
    now = clock()
    long_ago = now - timedelta(10 * USUAL)

    def fill(conn: Connection) -> int:
        store_id = make_store(conn).id
        add_message(conn, store_id, "welcome", long_ago, kind="welcome")
        add_message(conn, store_id, "told", long_ago)
        waits = add_message(conn, store_id, "waits", long_ago)
        member = conn.execute(
            sa.select(_message.c.member_id).where(_message.c.id == waits)
        ).scalar_one()
        row = {"store_id": store_id, "message_id": waits, "member_id": member, "why": ""}
        row |= {"kind": "points_earned", "channel": "email", "address_role": "current"}
        row |= {"state": "waiting", "answer": "", "attempts": 0, "due_at": now, "created_at": now}
        conn.execute(sa.insert(_sent).values(row))
        return store_id

    store_id = database.write(fill)
    forget(database, Kept.messages, now)
    assert left(database, Kept.messages) == {(store_id, "welcome"), (store_id, "waits")}
