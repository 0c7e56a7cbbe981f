"""Orders that go wrong, and who decides on goodwill for them; for tests."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.flows.decide_goodwill import (
    GoodwillChoice,
    GoodwillDecision,
    decide_goodwill,
)
from saleor_loyalty_app.flows.give_points import Agent
from saleor_loyalty_app.flows.open_goodwill import open_complaint
from saleor_loyalty_app.goodwill import prompts
from saleor_loyalty_app.goodwill.models import GoodwillPrompt
from saleor_loyalty_app.goodwill.prompts import Prompt
from saleor_loyalty_app.ledger.models import Lot
from saleor_loyalty_app.messages.models import OutboxMessage
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef
from tests.order_books import KEYS, NOW, books_of, program
from tests.order_samples import fulfillment, line, order, paid, shopper

AYSE = shopper()
STAFF, CHIEF = Agent("VXNlcjo5", "staff@example.com"), Agent("VXNlcjo4", "chief@example.com")
DAY = 24 * 60
PROMPTS, OUTBOX, LOTS = table(GoodwillPrompt), table(OutboxMessage), table(Lot)
LATE = {"late_delivery": {"days": 3, "suggest": {"type": "points", "points": 200}}}
CANCELLED = {"cancelled_line": {"suggest": {"type": "shipping"}}}
COMPLAINT = {"complaint": {"suggest": {"type": "points", "points": 150}}}
ACCEPT, DECLINE = GoodwillChoice.accept, GoodwillChoice.decline


def kind(**goodwill: Any) -> dict[str, Any]:
    """A program with this section on goodwill."""
    return program() | {"goodwill": goodwill}


def receive(database: Database, store: StoreRef, told: OrderSnapshot, now: datetime = NOW) -> None:
    """The order as Saleor tells it."""
    database.write(
        lambda conn: converge_order(conn, store, told, Look.webhook(now), now=now, secrets=KEYS)
    )


def bought(number: int = 1, updated: float = 1, **more: Any) -> OrderSnapshot:
    """A paid order of two units."""
    lines = more.pop("lines", (line("L1", 2),))
    values = {"id": f"O{number}", "number": str(number), "user": AYSE, "transactions": [paid()]}
    return order(*lines, **(values | {"updated": updated} | more))


def sent(number: int = 1, days: float = 5, **more: Any) -> OrderSnapshot:
    """The order, fulfilled so many days after it was paid."""
    left = fulfillment("FULFILLED", days * DAY, L1=2)
    values: dict[str, Any] = {
        "updated": days * DAY + 1,
        "status": "FULFILLED",
        "fulfillments": [left],
    }
    return bought(number, **(values | more))


def opened(database: Database, store: StoreRef) -> list[Prompt]:
    """What waits for a decision."""
    return database.read(lambda conn: prompts.page(conn, store.id, waiting=True, first=50))


def decided(
    database: Database,
    store: StoreRef,
    prompt: Prompt,
    choice: GoodwillChoice = ACCEPT,
    *,
    points: int = 0,
    agent: Agent = STAFF,
    now: datetime = NOW,
) -> Prompt:
    """Somebody decides."""
    wish = GoodwillDecision(choice, "It was our fault", points)
    return database.write(
        lambda conn: decide_goodwill(conn, store, prompt.id, wish, agent, keys=KEYS, now=now)
    )


def told(database: Database, store: StoreRef) -> list[dict[str, Any]]:
    """What the messages on goodwill say, the first first."""
    query = (
        sa.select(OUTBOX.c.data)
        .where(OUTBOX.c.store_id == store.id, OUTBOX.c.kind == "goodwill")
        .order_by(OUTBOX.c.id)
    )
    return database.read(lambda conn: list(conn.execute(query).scalars()))


def points(database: Database, store: StoreRef) -> int:
    """What Ayşe has."""
    books = database.read(lambda conn: books_of(conn, store))
    return books.balances.get((AYSE["id"], "points"), 0)


def complain(database: Database, store: StoreRef, number: int = 1, **more: Any) -> Prompt:
    """Staff note a complaint on an order."""
    return database.write(
        lambda conn: open_complaint(
            conn,
            store,
            order_number=str(number),
            note="The box was open",
            actor=STAFF.actor,
            now=more.get("now", NOW),
        )
    )


def values_of(one: Any) -> dict[str, Any]:
    """What a row says, by name."""
    return {name: getattr(one, name) for name in type(one).__dataclass_fields__}
