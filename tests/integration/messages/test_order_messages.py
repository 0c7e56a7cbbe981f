"""Messages of earning rules: once an order, as offers are sent, and withdrawn while unsent."""

from collections.abc import Iterator
from threading import Event, Thread
from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.database import open_database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.messages import deliveries, withdrawing
from saleor_loyalty_app.messages.deliveries import WAITING
from saleor_loyalty_app.messages.kinds import Kind
from saleor_loyalty_app.messages.models import MessageDelivery, OutboxMessage
from tests.mail_server import MailServer, part
from tests.message_stage import MessageStage, message_stage, rows_of
from tests.order_message_stage import (
    AYSE,
    CAN,
    again,
    cancel,
    fates,
    of,
    receive,
    states,
    thanking,
    told_of,
)


@pytest.fixture
def shop(stage: MessageStage) -> Iterator[MessageStage]:
    """The stage, with a rule that says thank you."""
    with thanking(stage) as ready:
        yield ready


def test_who_agreed_to_offers_is_told_once_in_their_language(
    shop: MessageStage, mails: MailServer
) -> None:
    shop.agree(shop.member())
    first = of(AYSE, 1)
    receive(shop, first)
    receive(shop, first)
    shop.send(3)
    [mail] = mails.mails
    assert mail["Subject"] == "Teşekkürler"
    assert mail["List-Unsubscribe"] is not None
    assert "Yine bekleriz {{ x }} <b>&</b>." in part(mail, "plain")
    assert "Yine bekleriz {{ x }} &lt;b&gt;&amp;&lt;/b&gt;." in part(mail, "html")
    assert (states(shop), fates(shop)) == (["given"], [("sent", "")])
    receive(shop, of(AYSE, 2))
    shop.send(3)
    assert len(mails.mails) == 2


def test_it_is_an_offer_that_needs_consent_and_waits_for_the_morning(
    shop: MessageStage, mails: MailServer
) -> None:
    member = shop.member()
    receive(shop, of(AYSE, 1))
    shop.send()
    assert fates(shop) == [("skipped", "no_consent")]
    shop.agree(member)
    shop.wait(hours=13)
    receive(shop, of(AYSE, 2))
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
    told = of(AYSE, 1)
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
    again(shop, told)
    shop.send(2)
    assert (states(shop), len(mails.mails)) == (["given"], 1)


def test_what_was_sent_stays_sent_and_is_not_sent_again(
    shop: MessageStage, mails: MailServer
) -> None:
    shop.agree(shop.member())
    told = of(AYSE, 1)
    receive(shop, told)
    shop.send(2)
    cancel(shop, told)
    assert (states(shop), fates(shop)) == (["kept"], [("sent", "")])
    again(shop, told)
    shop.agree(shop.member("can@example.com", name="Can"))
    again(shop, told)
    shop.send(2)
    assert (states(shop), len(mails.mails)) == (["given"], 1)
    again(shop, of(CAN))
    shop.send(2)
    assert (states(shop), len(mails.mails)) == (["kept"], 1)


def test_what_went_out_while_it_was_withdrawn_counts_as_sent(shop: MessageStage) -> None:
    shop.agree(shop.member())
    told = of(AYSE, 1)
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
    assert (states(shop), fates(shop)) == (["taken"], [("sent", "")])
    cancel(shop, told)
    assert states(shop) == ["kept"]
    again(shop, told)
    assert states(shop) == ["given"]
    assert len(told_of(shop)) == 1


def test_who_plans_at_the_moment_of_withdrawing_sends_nothing(shop: MessageStage) -> None:
    """The sender read the outbox before, and plans after: nothing is added to what is there."""
    member = shop.member()
    shop.agree(member)
    receive(shop, of(AYSE, 1))
    [message] = told_of(shop)
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


def test_who_plans_and_who_withdraws_never_wait_for_each_other(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both write the deliveries and then the message: with another order one of them would die."""
    looked, planning = Event(), Event()
    plan = deliveries.plan

    def plan_later(*told: Any, **more: Any) -> None:
        looked.set()
        planning.wait(1)
        plan(*told, **more)

    database = open_database(postgres_url, pool_size=4)
    try:
        with message_stage(database, None) as stage:
            stage.tell(stage.member(), Kind.order_message, key="thanks")
            [message] = told_of(stage)
            withdrawn: list[bool] = []

            def withdraw() -> None:
                with database.engine.begin() as conn:
                    done = withdrawing.withdraw(conn, stage.store.id, "thanks", now=stage.clock())
                    withdrawn.append(done)

            monkeypatch.setattr(deliveries, "plan", plan_later)
            other = Thread(target=withdraw)
            other.start()
            assert looked.wait(5)
            with database.engine.begin() as conn:
                conn.execute(sa.insert(table(MessageDelivery)).values(_on_its_way(message)))
                planning.set()
                other.join(0.3)
                assert other.is_alive()
                planned = sa.update(table(OutboxMessage)).values(planned_at=stage.clock())
                conn.execute(planned.where(table(OutboxMessage).c.id == message.id))
            other.join(10)
            assert withdrawn == [True]
            assert set(fates(stage)) == {("skipped", "withdrawn")}
    finally:
        database.close()


def _on_its_way(message: sa.Row[Any]) -> dict[str, Any]:
    """A mail that somebody is planning."""
    moment = message.created_at
    return {
        "store_id": message.store_id,
        "message_id": message.id,
        "member_id": message.member_id,
        "kind": message.kind,
        "channel": "email",
        "address_role": "current",
        "state": WAITING,
        "why": "",
        "answer": "",
        "attempts": 0,
        "due_at": moment,
        "created_at": moment,
    }
