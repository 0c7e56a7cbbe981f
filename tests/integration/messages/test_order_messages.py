"""Messages of earning rules: once an order, as offers are sent, and withdrawn while unsent."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec import structs

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.messages import deliveries, withdrawing
from saleor_loyalty_app.messages.deliveries import WAITING
from saleor_loyalty_app.messages.models import MessageDelivery, OutboxMessage
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.programs.models import RulePerk
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from tests.audited import drifts_of
from tests.factories import make_revision
from tests.integration.orders.purchases import bought
from tests.mail_server import MailServer, part
from tests.message_stage import TEXTS, MessageStage, rows_of
from tests.order_books import KEYS, program
from tests.order_samples import shopper

USER = "user:ayse@example.com"
AYSE = shopper(USER, "ayse@example.com")
WORDS = {
    "en": {"title": "Thank you", "body": "Come again.\nSoon."},
    "tr": {"title": "Teşekkürler", "body": "Yine bekleriz {{ x }}."},
}
RULES = [
    {"id": "base", "then": {"type": "points_per_money"}},
    {"id": "thanks", "scope": "order", "then": {"type": "message", "texts": WORDS}},
]


@pytest.fixture
def shop(stage: MessageStage) -> Iterator[MessageStage]:
    """The stage, with a rule that says thank you; news of points are switched off."""
    document = program() | {"texts": TEXTS, "earning": {"rules": RULES}}
    begun = datetime(2026, 6, 1, tzinfo=UTC)
    stage.database.write(
        lambda conn: make_revision(conn, stage.store.id, document, effective_from=begun)
    )
    stage.change_setup(switched_off=["points_earned", "points_reversed"])
    yield stage
    drifts = stage.database.read(lambda conn: drifts_of(conn, stage.store.id, now=stage.clock()))
    assert drifts == []


def receive(stage: MessageStage, told: OrderSnapshot) -> None:
    stage.wait(minutes=1)
    now = stage.clock()
    stage.database.write(
        lambda conn: converge_order(conn, stage.store, told, Look.read(now), now=now, secrets=KEYS)
    )


def cancel(stage: MessageStage, told: OrderSnapshot) -> None:
    receive(stage, structs.replace(told, status="CANCELED", updated_at=stage.clock()))


def states(stage: MessageStage) -> list[str]:
    return [row.state for row in rows_of(stage.database, RulePerk)]


def fates(stage: MessageStage) -> list[tuple[str, str]]:
    return [(state, why) for kind, state, why in stage.fates() if kind == "order_message"]


def told_of(stage: MessageStage) -> list[sa.Row[Any]]:
    """What the outbox has of rules."""
    return [one for one in rows_of(stage.database, OutboxMessage) if one.kind == "order_message"]


def of_ayse(number: int) -> OrderSnapshot:
    return bought(number, user=AYSE, userEmail="ayse@example.com")


def test_who_agreed_to_offers_is_told_once_in_their_language(
    shop: MessageStage, mails: MailServer
) -> None:
    shop.agree(shop.member())
    first = of_ayse(1)
    receive(shop, first)
    receive(shop, first)
    shop.send(3)
    [mail] = mails.mails
    assert mail["Subject"] == "Teşekkürler"
    assert mail["List-Unsubscribe"] is not None
    assert "Yine bekleriz {{ x }}." in part(mail, "plain")
    assert (states(shop), fates(shop)) == (["given"], [("sent", "")])
    receive(shop, of_ayse(2))
    shop.send(3)
    assert len(mails.mails) == 2


def test_it_is_an_offer_that_needs_consent_and_waits_for_the_morning(
    shop: MessageStage, mails: MailServer
) -> None:
    member = shop.member()
    receive(shop, of_ayse(1))
    shop.send()
    assert fates(shop) == [("skipped", "no_consent")]
    shop.agree(member)
    shop.wait(hours=13)
    receive(shop, of_ayse(2))
    shop.send()
    assert fates(shop)[1] == ("waiting", "quiet_hours")
    shop.wait(hours=12)
    shop.send()
    assert fates(shop)[1] == ("sent", "")
    assert len(mails.mails) == 1


@pytest.mark.parametrize("planned", [False, True], ids=["in-the-outbox", "on-its-way"])
def test_what_was_not_sent_is_withdrawn_with_its_order(
    shop: MessageStage, mails: MailServer, planned: bool
) -> None:
    shop.agree(shop.member())
    if planned:
        shop.wait(hours=13)
    told = of_ayse(1)
    receive(shop, told)
    if planned:
        shop.send()
        assert fates(shop) == [("waiting", "quiet_hours")]
    cancel(shop, told)
    assert states(shop) == ["taken"]
    shop.wait(hours=35 if planned else 24)
    shop.send(2)
    assert mails.mails == []
    assert set(fates(shop)) == {("skipped", "withdrawn")}
    receive(shop, structs.replace(told, updated_at=shop.clock()))
    shop.send(2)
    assert (states(shop), len(mails.mails)) == (["given"], 1)


def test_what_was_sent_stays_sent_and_is_not_sent_again(
    shop: MessageStage, mails: MailServer
) -> None:
    shop.agree(shop.member())
    told = of_ayse(1)
    receive(shop, told)
    shop.send(2)
    cancel(shop, told)
    assert (states(shop), fates(shop)) == (["kept"], [("sent", "")])
    receive(shop, structs.replace(told, updated_at=shop.clock()))
    can = shopper("user:can@example.com", "can@example.com")
    shop.agree(shop.member("can@example.com", name="Can"))
    moved = structs.replace(told, updated_at=shop.clock() + timedelta(minutes=1))
    receive(shop, moved)
    shop.send(2)
    assert (states(shop), len(mails.mails)) == (["given"], 1)
    other = bought(1, user=can, userEmail="can@example.com", updated=99_999)
    receive(shop, other)
    shop.send(2)
    assert (states(shop), len(mails.mails)) == (["kept"], 1)


def test_what_went_out_while_it_was_withdrawn_counts_as_sent(shop: MessageStage) -> None:
    shop.agree(shop.member())
    told = of_ayse(1)
    receive(shop, told)
    shop.wait(hours=13)
    shop.send()
    sent = rows_of(shop.database, MessageDelivery)
    [row] = [one for one in sent if one.kind == "order_message"]
    assert row.state == WAITING
    cancel(shop, told)
    ended = shop.database.write(
        lambda conn: deliveries.finish(conn, row.id, deliveries.SENT, attempts=1, now=shop.clock())
    )
    assert ended
    assert fates(shop) == [("sent", "")]
    receive(shop, structs.replace(told, updated_at=shop.clock()))
    assert states(shop) == ["given"]
    assert (
        len([one for one in rows_of(shop.database, OutboxMessage) if one.kind == "order_message"])
        == 1
    )


def test_who_plans_at_the_moment_of_withdrawing_sends_nothing(
    database: Database, shop: MessageStage
) -> None:
    """The sender read the outbox before, and plans after: nothing is added to what is there."""
    member = shop.member()
    shop.agree(member)
    receive(shop, of_ayse(1))
    [message] = [
        one for one in rows_of(shop.database, OutboxMessage) if one.kind == "order_message"
    ]
    key = message.dedup_key
    assert shop.database.write(
        lambda conn: withdrawing.withdraw(conn, shop.store.id, key, now=shop.clock())
    )
    both = [deliveries.Wanted("email"), deliveries.Wanted("sms")]
    shop.database.write(lambda conn: deliveries.plan(conn, message, both, now=shop.clock()))
    assert set(fates(shop)) == {("skipped", "withdrawn")}
    assert not shop.database.write(
        lambda conn: withdrawing.withdraw(
            conn, shop.store.id, "order_message:0:1", now=shop.clock()
        )
    )
