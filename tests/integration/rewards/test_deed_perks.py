"""Rules that give rewards for deeds: once, whatever comes twice, and back where one is undone."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from saleor_loyalty_app.custom_events.models import ReceivedEvent
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.deed_words import perk_sentences
from saleor_loyalty_app.flows.explain_entry import explain_entries
from saleor_loyalty_app.ledger.models import Entry
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.programs.deed_awards import perk_source
from saleor_loyalty_app.programs.models import CapUse, DeedAward
from saleor_loyalty_app.stores.problems import open_problems
from tests.claim_stage import book, buy, cancel, drawn, item_of, offer
from tests.deed_stage import (
    BASE,
    ITEM,
    TIERS,
    at_line,
    birthday,
    on,
    publish,
    remove,
    report,
    settle,
)
from tests.integration.rewards.test_perks_again import lose, rebuild
from tests.integration.rewards.test_rule_perks import gifts, order, perks, states, switch
from tests.redemption_stage import OTHER, SHOPPER, Stage

ONCE = {"per_member": {"times": 1, "period": "ever"}}


def uses(stage: Stage) -> int:
    """How often caps were drawn upon."""
    query = sa.select(sa.func.coalesce(sa.func.sum(table(CapUse).c.times), 0))
    return stage.database.read(lambda conn: int(conn.execute(query).scalar_one()))


def publish_tier(stage: Stage, least: int) -> None:
    """A program whose Silver, from so many orders on, does not keep the reward that it brings."""
    level = TIERS["levels"][0] | {"requirements": {"orders": {"min": least}}, "keep": False}
    rule = on("tier_reached", on=["silver"], caps=ONCE)
    offer(stage, ITEM, earning={"rules": [BASE, rule]}, tiers=TIERS | {"levels": [level]})


class TestGiving:
    def test_a_birthday_brings_a_code_once_that_takes_off_at_the_checkout(
        self, stage: Stage
    ) -> None:
        publish(stage, on("birthday"))
        for _ in range(3):
            assert birthday(stage) == 0
        [row] = perks(stage)
        assert (row.state, row.source) == (
            "given",
            perk_source(stage.members[SHOPPER], "birthday:2026"),
        )
        stage.sweep()
        [gift] = gifts(stage)
        assert (gift.state, gift.points, drawn(stage)) == ("issued", 0, 1)
        assert "reward_issued" in stage.told()
        assert "bonus_given" not in stage.told()
        checkout = stage.cart()
        before = stage.price(checkout)
        stage.put_code(checkout, gift.code)
        assert stage.price(checkout) < before
        buy(stage, checkout)
        assert gifts(stage)[0].state == "consumed"
        birthday(stage, 2027)
        assert states(stage) == ["given", "given"]

    def test_beside_points_of_another_rule_both_come_and_best_compares_points_alone(
        self, stage: Stage
    ) -> None:
        points = {"id": "pays", "trigger": "birthday", "then": {"type": "points", "points": 50}}
        more = points | {"id": "pays-more", "then": {"type": "points", "points": 80}}
        before = stage.balance().total
        publish(stage, on("birthday"), points, more, stacking="best")
        assert birthday(stage) == 80
        assert (states(stage), stage.balance().total - before) == (["given"], 80)

    def test_the_tenth_order_brings_it_and_a_refund_and_passing_again_bring_nothing(
        self, stage: Stage
    ) -> None:
        publish(stage, at_line(2))
        settle(stage)
        order(stage)
        settle(stage)
        assert states(stage) == []
        second = order(stage)
        settle(stage)
        assert states(stage) == ["given"]
        cancel(stage, second)
        settle(stage)
        assert states(stage) == ["given"]
        order(stage)
        settle(stage)
        assert (states(stage), len(gifts(stage))) == (["given"], 1)

    def test_who_reaches_a_tier_gets_it_once(self, stage: Stage) -> None:
        publish(stage, on("tier_reached", on=["silver"]))
        settle(stage)
        first = order(stage)
        settle(stage)
        assert states(stage) == ["given"]
        cancel(stage, first)
        settle(stage)
        order(stage)
        settle(stage)
        assert (states(stage), len(gifts(stage))) == (["given"], 1)

    def test_an_event_brings_it_and_its_removal_ends_an_unused_code(self, stage: Stage) -> None:
        publish(stage, on("custom_event", on=["visit"], caps=ONCE))
        assert report(stage) == "given"
        assert report(stage) == "given"
        assert (states(stage), uses(stage)) == (["given"], 1)
        assert report(stage, "two") == "nothing"
        stage.sweep()
        remove(stage)
        remove(stage)
        assert (states(stage), uses(stage)) == (["taken"], 0)
        stage.sweep()
        [gift] = gifts(stage)
        assert (gift.state, (gift.reason or {})["code"]) == ("released", "deed_back")
        assert drawn(stage) == 0
        assert report(stage) == "given"
        assert states(stage) == ["taken"]
        assert report(stage, "three") == "given"
        assert (states(stage), uses(stage)) == (["taken", "given"], 1)

    def test_a_newcomer_has_the_tier_that_everybody_has(self, stage: Stage) -> None:
        bronze = {"id": "bronze", "names": {"en": "Bronze"}}
        tiers = TIERS | {"levels": [bronze, *TIERS["levels"]]}
        item = ITEM | {"who": {"tiers": ["bronze"]}}
        offer(stage, item, earning={"rules": [BASE, on("birthday")]}, tiers=tiers)
        birthday(stage)
        assert states(stage) == ["given"]

    def test_it_is_good_where_the_member_ordered_last(self, stage: Stage) -> None:
        other = {"channel": "channel-tr", "currency": "TRY", "amount": "40"}
        item = item_of("amount", amount="10")
        item["channels"] = [other, *item["channels"]]
        publish(stage, on("birthday"), item=item)
        birthday(stage)
        order(stage)
        birthday(stage, 2027)
        assert [one.channel for one in gifts(stage)] == ["channel-tr", "default-channel"]


class TestUndoing:
    def test_a_line_that_is_not_kept_takes_the_unused_code_and_leaves_the_used_one(
        self, stage: Stage
    ) -> None:
        publish(stage, at_line(1, keep=False))
        settle(stage)
        first = order(stage)
        settle(stage)
        assert states(stage) == ["given"]
        cancel(stage, first)
        settle(stage)
        assert states(stage) == ["taken"]
        stage.sweep()
        assert [one.state for one in gifts(stage)] == ["released"]
        order(stage)
        settle(stage)
        assert (states(stage), len(gifts(stage))) == (["taken"], 1)

    def test_a_tier_that_does_not_keep_it_takes_the_unused_code_and_gives_another(
        self, stage: Stage
    ) -> None:
        publish_tier(stage, 1)
        settle(stage)
        first = order(stage)
        settle(stage)
        assert (states(stage), uses(stage)) == (["given"], 1)
        cancel(stage, first)
        settle(stage)
        assert (states(stage), uses(stage)) == (["taken"], 0)
        stage.sweep()
        assert [one.state for one in gifts(stage)] == ["released"]
        order(stage)
        settle(stage)
        settle(stage)
        assert (states(stage), uses(stage)) == (["taken", "given"], 1)
        sources = [row.source for row in perks(stage)]
        names = [perk_source(stage.members[SHOPPER], f"tier:silver{more}") for more in ("", ":2")]
        assert sources == names

    def test_a_tier_that_does_not_keep_it_gives_no_other_to_whoever_used_it(
        self, stage: Stage
    ) -> None:
        publish_tier(stage, 2)
        settle(stage)
        orders = [order(stage), order(stage)]
        settle(stage)
        stage.sweep()
        checkout = stage.cart()
        stage.put_code(checkout, gifts(stage)[0].code)
        buy(stage, checkout)
        settle(stage)
        for one in orders:
            cancel(stage, one)
        settle(stage)
        assert (states(stage), uses(stage)) == (["kept"], 1)
        order(stage)
        settle(stage)
        assert (states(stage), len(gifts(stage))) == (["kept"], 1)

    def test_what_was_used_stays_and_counts(self, stage: Stage) -> None:
        publish(stage, on("custom_event", on=["visit"], caps=ONCE))
        report(stage)
        stage.sweep()
        checkout = stage.cart()
        stage.put_code(checkout, gifts(stage)[0].code)
        buy(stage, checkout)
        remove(stage)
        assert (states(stage), uses(stage)) == (["kept"], 1)
        assert report(stage, "two") == "nothing"

    def test_a_code_that_is_used_while_it_is_taken_back_stays_the_members(
        self, stage: Stage
    ) -> None:
        publish(stage, on("custom_event", on=["visit"], caps=ONCE))
        report(stage)
        stage.sweep()
        checkout = stage.cart()
        stage.put_code(checkout, gifts(stage)[0].code)
        made = stage.pay_and_complete(checkout)
        remove(stage)
        assert (states(stage), uses(stage)) == (["taken"], 0)
        stage.box.clock.advance(timedelta(minutes=1))
        stage.sweep()
        book(stage, made)
        assert gifts(stage)[0].state == "consumed"
        stage.book_orders()
        assert (states(stage), uses(stage)) == (["kept"], 1)


class TestWaiting:
    def test_it_waits_for_the_switch_of_spending(self, stage: Stage) -> None:
        publish(stage, on("birthday", caps=ONCE))
        switch(stage, spending_on=False)
        birthday(stage)
        assert (states(stage), uses(stage)) == (["waiting"], 1)
        stage.book_orders()
        assert states(stage) == ["waiting"]
        switch(stage, spending_on=True)
        stage.book_orders()
        assert (states(stage), len(gifts(stage)), uses(stage)) == (["given"], 1, 1)

    def test_it_waits_until_a_new_address_has_rested(self, stage: Stage) -> None:
        publish(stage, on("birthday"))
        rows = table(Member)
        mine = sa.update(rows).where(rows.c.id == stage.members[SHOPPER])
        stage.database.write(lambda conn: conn.execute(mine.values(email_changed_at=stage.now)))
        birthday(stage)
        stage.book_orders()
        assert states(stage) == ["waiting"]
        stage.box.clock.advance(timedelta(hours=49))
        stage.book_orders()
        assert (states(stage), len(gifts(stage))) == (["given"], 1)

    def test_a_guest_gets_it_with_an_account(self, stage: Stage) -> None:
        publish(stage, on("birthday"))
        member = stage.members[OTHER]
        rows = table(Member)

        def account(user: str | None) -> None:
            change = sa.update(rows).where(rows.c.id == member).values(user_id=user)
            stage.database.write(lambda conn: conn.execute(change))

        account(None)
        birthday(stage, member=member)
        assert states(stage) == ["waiting"]
        stage.book_orders()
        assert states(stage) == ["waiting"]
        account(stage.users[OTHER])
        stage.book_orders()
        assert states(stage) == ["given"]

    def test_what_is_sold_out_is_told_and_blocks_nothing_else(self, stage: Stage) -> None:
        points = {"id": "pays", "trigger": "birthday", "then": {"type": "points", "points": 50}}
        rule = on("birthday", caps=ONCE)
        publish(stage, rule, points, item=item_of("amount", amount="10", stock=1))
        assert birthday(stage) == 50
        assert birthday(stage, member=stage.members[OTHER]) == 50
        assert (states(stage), uses(stage)) == (["given", "waiting"], 2)
        [problem] = stage.database.read(lambda conn: open_problems(conn, stage.store.id))
        assert problem.key == "perk-not-given:gives"
        for language in ("en", "tr"):
            assert "{" not in problem.said(language)
        assert "to a member" in problem.said("en")

    def test_a_code_that_saleor_refuses_is_told_and_counts_for_no_cap(self, stage: Stage) -> None:
        publish(stage, on("birthday", caps=ONCE))
        birthday(stage)
        [app] = [one for one in stage.box.store.apps.values() if one.identifier == "saleor.loyalty"]
        app.permissions = app.permissions - {"MANAGE_DISCOUNTS"}
        stage.sweep(rounds=20)
        assert (states(stage), uses(stage)) == (["refused"], 0)
        found = stage.database.read(lambda conn: open_problems(conn, stage.store.id))
        assert "perk-not-given:gives" in [one.key for one in found]


class TestRestoring:
    def test_a_deed_that_the_books_lost_brings_the_code_that_is_out_and_no_other(
        self, stage: Stage
    ) -> None:
        publish(stage, on("custom_event", on=["visit"], caps=ONCE))
        report(stage)
        stage.sweep()
        [lost] = gifts(stage)
        lose(stage)
        stage.database.write(forget_deeds)
        assert rebuild(stage) == [lost.public_id]
        assert report(stage) == "given"
        stage.sweep()
        assert [one.public_id for one in gifts(stage)] == [lost.public_id]
        assert (states(stage), uses(stage)) == (["given"], 1)
        remove(stage)
        stage.sweep()
        assert (states(stage), uses(stage)) == (["taken"], 0)
        assert [one.state for one in gifts(stage)] == ["released"]


def forget_deeds(conn: sa.Connection) -> None:
    """The books as they were before any deed was decided."""
    for model in (CapUse, DeedAward, ReceivedEvent):
        conn.execute(sa.delete(table(model)))


class TestTelling:
    def test_the_entry_beside_it_and_the_list_of_bonuses_tell_of_it(self, stage: Stage) -> None:
        points = {
            "id": "pays",
            "trigger": "custom_event",
            "then": {"type": "points", "points": 50},
        }
        publish(stage, on("custom_event", on=["visit"]), points)
        report(stage)
        member = stage.members[SHOPPER]

        def told(conn: sa.Connection) -> tuple[str, list[str]]:
            entries = table(Entry).c
            ids = list(conn.execute(sa.select(entries.id).where(entries.kind == "earn")).scalars())
            found = explain_entries(conn, stage.store.id, ids, language="en")
            keys = conn.execute(sa.select(table(DeedAward).c.deed_key)).scalars().all()
            said = perk_sentences(conn, stage.store, [member], keys, language="tr")
            return " ".join(text for one in found for text in one.sentences), said[keys[0]]

        entry, listed = stage.database.read(told)
        assert "by the rule “gives”: the reward “A reward” for nothing" in entry
        assert listed == ["Puanların yanında, “gives” kuralıyla: “Bir ödül” ödülü ücretsiz."]
        remove(stage)
        entry, listed = stage.database.read(told)
        assert "It was taken back, as the occasion was undone." in entry
        assert listed[-1] == "Vesilesi ortadan kalktığı için geri alındı."

    def test_a_page_of_deeds_costs_as_many_queries_as_one(self, stage: Stage) -> None:
        points = on("custom_event", "pays", on=["visit"], then={"type": "points", "points": 50})
        publish(stage, on("custom_event", on=["visit"]), points)
        for reference in ("one", "two"):
            report(stage, reference)

        def queries(conn: sa.Connection, ids: Sequence[int]) -> int:
            statements: list[str] = []

            def note(*arguments: Any) -> None:
                statements.append(arguments[2])

            sa.event.listen(conn, "before_cursor_execute", note)
            found = explain_entries(conn, stage.store.id, ids, language="en")
            sa.event.remove(conn, "before_cursor_execute", note)
            assert ["A reward" in " ".join(one.sentences) for one in found] == [True] * len(ids)
            return len(statements)

        def counted(conn: sa.Connection) -> list[int]:
            entries = table(Entry).c
            one_by_one = sa.select(entries.id).where(entries.source.startswith("deed:"))
            ids = conn.execute(one_by_one.where(entries.kind == "earn")).scalars().all()
            assert len(ids) == 2
            return [queries(conn, ids[:1]), queries(conn, ids)]

        one, two = stage.database.read(counted)
        assert one == two
