"""Messages of earning rules that come late, meet another program, or concern somebody who goes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.flows.erase_member import erase_member
from saleor_loyalty_app.flows.explain_entry import explain_entries
from saleor_loyalty_app.flows.export_member import export_member
from saleor_loyalty_app.flows.give_points import Agent
from saleor_loyalty_app.flows.merge_members import merge_members
from saleor_loyalty_app.ledger.models import Entry
from saleor_loyalty_app.messages.deliveries import SENT, finish
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.orders.plan import AwardPlan
from saleor_loyalty_app.programs.repository import Revision, revision_at
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.switches import Part, set_switch
from tests.mail_server import MailServer
from tests.message_stage import MessageStage
from tests.order_books import KEYS, order_row
from tests.order_message_stage import (
    AYSE,
    BASE,
    CAN,
    LATELY,
    THANKS,
    again,
    cancel,
    fates,
    of,
    publish,
    receive,
    states,
    thanking,
    told_of,
)

DAY = 24 * 60


@dataclass(frozen=True)
class Everything:
    """An import of history without a limit."""

    revision: Revision
    since: datetime

    def limited(self, conn: sa.Connection, plan: AwardPlan, snapshot: OrderSnapshot) -> AwardPlan:
        """The plan as it is."""
        return plan


@pytest.fixture
def shop(stage: MessageStage) -> Iterator[MessageStage]:
    """The stage, with a rule that says thank you."""
    with thanking(stage) as ready:
        yield ready


def switch(shop: MessageStage, part: Part, on: bool) -> None:
    """Somebody pulls a switch."""
    shop.database.write(lambda conn: set_switch(conn, shop.store.id, part, on, shop.clock()))


@pytest.mark.parametrize(
    ("days", "fate"), [(1, ("sent", "")), (6, ("sent", "")), (8, ("skipped", "stale"))]
)
def test_an_order_that_is_seen_late_is_thanked_for_within_a_week(
    shop: MessageStage, mails: MailServer, days: int, fate: tuple[str, str]
) -> None:
    """Nobody is told of a parcel that came long ago, whatever held up the app."""
    shop.agree(shop.member())
    receive(shop, of(AYSE, minute=LATELY - days * DAY))
    shop.send(2)
    assert (states(shop), fates(shop)) == (["given"], [fate])
    assert len(mails.mails) == (fate[0] == "sent")


@pytest.mark.parametrize(("days", "sent"), [(2, 1), (9, 0)])
def test_a_guest_is_thanked_who_has_an_account_within_a_week(
    shop: MessageStage, mails: MailServer, days: int, sent: int
) -> None:
    receive(shop, of(None))
    shop.send()
    assert (states(shop), told_of(shop)) == (["waiting"], [])
    shop.wait(days=days)
    shop.agree(shop.member())
    again(shop, of(AYSE))
    shop.send(2)
    assert (states(shop), len(mails.mails)) == (["given"], sent)


@pytest.mark.parametrize(("days", "sent"), [(2, 1), (9, 0)])
def test_it_waits_while_earning_is_off_though_not_for_ever(
    shop: MessageStage, mails: MailServer, days: int, sent: int
) -> None:
    shop.agree(shop.member())
    switch(shop, Part.EARNING, False)
    told = of(AYSE)
    receive(shop, told)
    assert (states(shop), told_of(shop)) == (["waiting"], [])
    shop.wait(days=days)
    switch(shop, Part.EARNING, True)
    again(shop, told)
    shop.send(2)
    assert (states(shop), len(mails.mails)) == (["given"], sent)


def test_what_went_out_after_all_is_not_sent_anew_when_earning_is_on_again(
    shop: MessageStage,
) -> None:
    """The mail server had it when the order came back, and its word came while earning was off."""
    shop.agree(shop.member())
    shop.wait(hours=13)
    told = of(AYSE)
    receive(shop, told)
    shop.send()
    [row] = [one for one in shop.log() if one.kind == "order_message"]
    cancel(shop, told)
    switch(shop, Part.EARNING, False)
    again(shop, told)
    assert states(shop) == ["waiting"]
    sent = shop.database.write(
        lambda conn: finish(conn, row.id, SENT, attempts=1, now=shop.clock())
    )
    assert sent
    switch(shop, Part.EARNING, True)
    again(shop, told)
    assert (states(shop), len(told_of(shop))) == (["given"], 1)
    cancel(shop, told)
    assert states(shop) == ["kept"]


def test_the_switch_of_messages_and_of_the_kind_hold_it_back(
    shop: MessageStage, mails: MailServer
) -> None:
    shop.agree(shop.member())
    switch(shop, Part.MESSAGES, False)
    receive(shop, of(AYSE))
    shop.send()
    assert mails.mails == []
    switch(shop, Part.MESSAGES, True)
    shop.change_setup(switched_off=["points_earned", "points_reversed", "order_message"])
    shop.send(2)
    assert (fates(shop), mails.mails) == ([("skipped", "switched_off")], [])


def test_the_rule_of_the_day_tells_whatever_is_published_since(
    shop: MessageStage, mails: MailServer
) -> None:
    """A guest's order waits; the rule is gone when its owner has an account."""
    receive(shop, of(None))
    shop.wait(hours=1)
    publish(shop, BASE, since=shop.clock())
    shop.wait(hours=1)
    shop.agree(shop.member())
    again(shop, of(AYSE))
    receive(shop, of(AYSE, 2, minute=LATELY + 150))
    shop.send(2)
    assert [mail["Subject"] for mail in mails.mails] == ["Teşekkürler"]
    plan = shop.database.read(lambda conn: order_row(conn, shop.store, "O1").plan)
    assert plan["perks"] == [{"rule": "thanks", "effect": {"type": "message"}}]


def test_a_cap_counts_what_was_not_withdrawn(shop: MessageStage, mails: MailServer) -> None:
    shop.agree(shop.member())
    once = THANKS | {"caps": {"per_member": {"times": 1, "period": "year"}}}
    publish(shop, BASE, once, since=datetime(2026, 12, 1, tzinfo=UTC))
    first, second, third = (of(AYSE, number, minute=LATELY + number) for number in (1, 2, 3))
    receive(shop, first)
    cancel(shop, first)
    receive(shop, second)
    receive(shop, third)
    shop.send(2)
    assert (states(shop), len(mails.mails)) == (["taken", "given"], 1)


def test_history_is_thanked_for_by_nobody(shop: MessageStage) -> None:
    shop.agree(shop.member())
    now = shop.clock()

    def book(conn: sa.Connection) -> None:
        revision = revision_at(conn, shop.store.id, now)
        assert revision is not None
        past = of(AYSE, minute=-9999 * DAY)
        converge_order(
            conn,
            shop.store,
            past,
            Look.read(now),
            now=now,
            secrets=KEYS,
            origin="import",
            grant=Everything(revision, now),
        )

    shop.database.write(book)
    assert (states(shop), told_of(shop)) == ([], [])
    plan = shop.database.read(lambda conn: order_row(conn, shop.store, "O1").plan)
    assert (plan["imported"], "perks" in plan) == (True, False)


def test_who_is_erased_before_it_was_sent_is_written_to_no_more(
    shop: MessageStage, mails: MailServer
) -> None:
    member = shop.member()
    shop.agree(member)
    shop.wait(hours=13)
    receive(shop, of(AYSE, minute=LATELY + 13 * 60))
    shop.send()
    assert fates(shop) == [("waiting", "quiet_hours")]
    now = shop.clock()
    told = shop.database.read(lambda conn: export_member(conn, shop.store, member, now=now))
    tables = told["tables"]
    titles = [one["data"].get("title") for one in tables["outbox_message"]]
    assert "Teşekkürler" in titles
    assert "quiet_hours" in [one["why"] for one in tables["message_delivery"]]
    assert [one["kind"] for one in tables["rule_perk"]] == ["message"]
    shop.database.write(lambda conn: erase_member(conn, shop.store, member, now=now))
    shop.wait(hours=12)
    shop.send()
    assert (fates(shop), mails.mails) == ([("skipped", "erased")], [])


def test_members_who_become_one_are_written_to_where_the_one_agreed(
    shop: MessageStage, mails: MailServer
) -> None:
    loser, winner = shop.member(), shop.member("can@example.com", name="Can")
    shop.agree(loser)
    shop.agree(winner)
    told = of(AYSE)
    receive(shop, told)
    agent = Agent("U9", "staff@example.com")
    now = shop.clock()
    shop.database.write(
        lambda conn: merge_members(conn, shop.store, loser, winner, agent, keys=KEYS, now=now)
    )
    again(shop, of(CAN))
    shop.send(2)
    assert [mail["To"] for mail in mails.mails] == ["can@example.com"]
    assert (states(shop), len(told_of(shop))) == (["given"], 1)


def test_staff_read_of_it_in_the_explanation_and_shoppers_do_not(shop: MessageStage) -> None:
    """Who did not agree to offers is not to read one among their points."""
    shop.member()
    receive(shop, of(AYSE))

    def sentences(conn: sa.Connection, to_shopper: bool) -> str:
        ids = list(conn.execute(sa.select(table(Entry).c.id)).scalars())
        found = explain_entries(conn, shop.store.id, ids, language="en", to_shopper=to_shopper)
        return " ".join(text for one in found for text in one.sentences)

    to_staff = shop.database.read(lambda conn: sentences(conn, False))
    to_shopper = shop.database.read(lambda conn: sentences(conn, True))
    assert "the message “Thank you” (en, tr)" in to_staff
    assert "message" not in to_shopper
    assert to_staff.startswith(to_shopper)
