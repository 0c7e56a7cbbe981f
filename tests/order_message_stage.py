"""A store whose rule thanks for orders with a message; for tests of messages of earning rules."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from msgspec import structs

from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.messages.models import OutboxMessage
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.programs.models import RulePerk
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from tests.audited import drifts_of
from tests.factories import make_revision
from tests.integration.orders.purchases import bought
from tests.message_stage import NOON, TEXTS, MessageStage, rows_of
from tests.order_books import KEYS, program
from tests.order_samples import START, at, paid, shopper

USER = "user:ayse@example.com"
AYSE = shopper(USER, "ayse@example.com")
CAN = shopper("user:can@example.com", "can@example.com")
WORDS = {
    "en": {"title": "Thank you", "body": "Come again.\nSoon."},
    "tr": {"title": "Teşekkürler", "body": "Yine bekleriz {{ x }} <b>&</b>."},
}
BASE: dict[str, Any] = {"id": "base", "then": {"type": "points_per_money"}}
THANKS: dict[str, Any] = {
    "id": "thanks",
    "scope": "order",
    "then": {"type": "message", "texts": WORDS},
}
#: The minutes from when orders of tests are made to when the stage begins.
LATELY = (NOON - START).total_seconds() / 60
BEGUN = datetime(2026, 6, 1, tzinfo=UTC)


@contextmanager
def thanking(stage: MessageStage) -> Iterator[MessageStage]:
    """The stage, with a rule that says thank you; news of points are switched off."""
    publish(stage, BASE, THANKS)
    stage.change_setup(switched_off=["points_earned", "points_reversed"])
    yield stage
    drifts = stage.database.read(lambda conn: drifts_of(conn, stage.store.id, now=stage.clock()))
    assert drifts == []


def publish(stage: MessageStage, *rules: dict[str, Any], since: datetime = BEGUN) -> None:
    """A program with these rules, in force since then."""
    document = program() | {"texts": TEXTS, "earning": {"rules": list(rules)}}
    stage.database.write(
        lambda conn: make_revision(conn, stage.store.id, document, effective_from=since)
    )


def receive(stage: MessageStage, told: OrderSnapshot) -> None:
    """A minute later the order is read."""
    stage.wait(minutes=1)
    now = stage.clock()
    current = stage.current()
    stage.database.write(
        lambda conn: converge_order(conn, current, told, Look.read(now), now=now, secrets=KEYS)
    )


def cancel(stage: MessageStage, told: OrderSnapshot) -> None:
    """The order comes back as a whole."""
    receive(stage, structs.replace(told, status="CANCELED", updated_at=stage.clock()))


def again(stage: MessageStage, told: OrderSnapshot) -> None:
    """The order is as it was."""
    receive(stage, structs.replace(told, updated_at=stage.clock()))


def of(user: dict[str, Any] | None, number: int = 1, *, minute: float = LATELY) -> OrderSnapshot:
    """An order that is paid at that minute; of a guest with Ayşe's address where there is no user.

    Args:
        minute: since orders of tests are made; the stage begins at `LATELY`.
    """
    email = "ayse@example.com" if user is None else user["email"]
    return bought(
        number,
        user=user,
        userEmail=email,
        created=at(minute),
        transactions=[paid(minutes=minute)],
        updated=minute,
    )


def states(stage: MessageStage) -> list[str]:
    """What became of what the rule gave, by order."""
    return [row.state for row in rows_of(stage.database, RulePerk)]


def fates(stage: MessageStage) -> list[tuple[str, str]]:
    """What became of the messages of rules, oldest first."""
    return [(state, why) for kind, state, why in stage.fates() if kind == "order_message"]


def told_of(stage: MessageStage) -> list[sa.Row[Any]]:
    """What the outbox has of rules."""
    return [one for one in rows_of(stage.database, OutboxMessage) if one.kind == "order_message"]
