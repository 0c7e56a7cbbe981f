"""Rules that give rewards and tiers: with the payment, once, and back with the order."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.explain_entry import explain_entries
from saleor_loyalty_app.flows.give_points import Agent
from saleor_loyalty_app.flows.set_tier import end_tier, set_tier
from saleor_loyalty_app.flows.sweep_tiers import tiers_page
from saleor_loyalty_app.ledger.models import Entry
from saleor_loyalty_app.orders import repository
from saleor_loyalty_app.programs import perk_rows
from saleor_loyalty_app.programs.models import RulePerk
from saleor_loyalty_app.programs.perk_rows import PerkRow
from saleor_loyalty_app.rewards import redemptions
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.stores.models import Store
from saleor_loyalty_app.stores.problems import open_problems
from saleor_loyalty_app.stores.repository import store_by_id
from saleor_loyalty_app.tiers import repository as tiers
from tests.audited import drifts_of
from tests.claim_stage import book, buy, cancel, drawn, item_of, offer
from tests.order_books import KEYS
from tests.redemption_stage import SHOPPER, Stage

BASE: dict[str, Any] = {"id": "base", "then": {"type": "points_per_money"}}
LEVELS: dict[str, Any] = {
    "enabled": True,
    "levels": [
        {
            "id": name,
            "names": {"en": name.title(), "tr": name.title()},
            "requirements": {"orders": {"min": least}},
        }
        for name, least in (("silver", 10), ("gold", 20))
    ],
}
STAFF = Agent(user_id="staff", email="staff@example.com")


def gives(reward: str = "reward", rule_id: str = "gives", **values: Any) -> dict[str, Any]:
    then = {"type": "issue_reward", "reward": reward}
    return {"id": rule_id, "scope": "order", "then": then} | values


def raises(tier: str, days: int, rule_id: str = "", **values: Any) -> dict[str, Any]:
    then = {"type": "set_tier", "tier": tier, "days": days}
    return {"id": rule_id or f"to-{tier}", "scope": "order", "then": then} | values


def publish(stage: Stage, *rules: dict[str, Any], item: dict[str, Any] | None = None) -> None:
    """A program with points on every purchase, these rules, one reward and two tiers."""
    reward = item or item_of("amount", amount="10")
    offer(stage, reward, earning={"rules": [BASE, *rules]}, tiers=LEVELS)


def perks(stage: Stage) -> list[PerkRow]:
    """What rules gave in the store, oldest first; the books are audited on the way."""
    assert stage.database.read(lambda conn: drifts_of(conn, stage.store.id, now=stage.now)) == []
    sources = sa.select(table(RulePerk).c.source).distinct()

    def read(conn: sa.Connection) -> list[PerkRow]:
        named = list(conn.execute(sources).scalars())
        return perk_rows.of_sources(conn, stage.store.id, named)

    return stage.database.read(read)


def states(stage: Stage) -> list[str]:
    return [row.state for row in perks(stage)]


def gifts(stage: Stage) -> list[RedemptionRef]:
    """The redemptions for nothing of the shopper, oldest first."""
    member = stage.members[SHOPPER]
    found = stage.database.read(
        lambda conn: redemptions.of_member(conn, stage.store.id, member, first=100)
    )
    return [one for one in reversed(found) if one.is_gift]


def order(stage: Stage) -> str:
    """The shopper buys two shirts."""
    return buy(stage, stage.cart())


def tier(stage: Stage) -> tuple[str, str | None]:
    """The shopper's tier in force, and the day before which it was set."""
    member = stage.members[SHOPPER]

    def look(conn: sa.Connection) -> tuple[str, str | None]:
        while tiers_page(conn, stage.store, now=stage.now):
            pass
        held = tiers.held(conn, stage.store.id, [member]).get(member)
        if held is None:
            return "", None
        until = held.state.manual_until
        return held.tier, None if until is None else until.isoformat()

    return stage.database.write(look)


def day(stage: Stage, days: int) -> str:
    return (stage.now + timedelta(days=days)).date().isoformat()


def switch(stage: Stage, **values: Any) -> None:
    """Staff turn a kill switch."""

    def write(conn: sa.Connection) -> Any:
        row = table(Store)
        conn.execute(sa.update(row).where(row.c.id == stage.store.id).values(**values))
        return store_by_id(conn, stage.store.id)

    stage.store = stage.database.write(write)


def again(stage: Stage, *orders: str) -> None:
    """The orders are looked at once more, though nothing changed."""
    stage.box.clock.advance(timedelta(minutes=1))
    stage.database.write(lambda conn: repository.forget_looks(conn, stage.store.id, list(orders)))
    book(stage, *orders)


class TestRewards:
    def test_an_order_brings_a_code_that_takes_off_at_the_next_checkout(self, stage: Stage) -> None:
        publish(stage, gives())
        first = order(stage)
        [row] = perks(stage)
        assert (row.state, row.turns) == ("given", 1)
        [gift] = gifts(stage)
        assert (gift.points, gift.state, gift.public_id) == (0, "held", row.detail["redemption"])
        stage.sweep()
        [gift] = gifts(stage)
        assert (gift.state, drawn(stage)) == ("issued", 1)
        assert stage.told()[-1] == "reward_issued"
        assert "points_held" not in stage.told()
        checkout = stage.cart()
        before = stage.price(checkout)
        stage.put_code(checkout, gift.code)
        assert before - stage.price(checkout) == Decimal("10.80")
        buy(stage, checkout)
        assert gifts(stage)[0].state == "consumed"
        cancel(stage, first)
        assert [row.state for row in perks(stage)] == ["kept", "given"]

    def test_an_unused_code_ends_with_its_order(self, stage: Stage) -> None:
        publish(stage, gives(), item=item_of("amount", amount="10", stock=1))
        first = order(stage)
        stage.sweep()
        [gift] = gifts(stage)
        cancel(stage, first)
        assert states(stage) == ["taken"]
        stage.sweep()
        [gift] = gifts(stage)
        assert (gift.state, (gift.reason or {})["code"]) == ("released", "order_back")
        assert drawn(stage) == 0
        voucher = stage.voucher(gift)
        checkout = stage.cart()
        before = stage.price(checkout)
        if voucher is not None:
            assert voucher.end_date is not None
            assert voucher.end_date <= stage.now
        assert stage.price(checkout) == before
        assert "points_returned" not in stage.told()
        again(stage, first)
        assert (states(stage), len(gifts(stage))) == (["taken"], 1)

    def test_looks_in_any_number_give_once(self, stage: Stage) -> None:
        publish(stage, gives())
        first = order(stage)
        for _ in range(3):
            again(stage, first)
        assert (states(stage), len(gifts(stage))) == (["given"], 1)

    def test_an_order_that_was_never_kept_brings_nothing(self, stage: Stage) -> None:
        publish(stage, gives())
        checkout = stage.cart()
        made = stage.pay_and_complete(checkout)
        stage.box.clock.advance(timedelta(minutes=1))
        stage.teller.cancel(made)
        stage.box.clock.advance(timedelta(minutes=1))
        book(stage, made)
        assert (states(stage), gifts(stage)) == ([], [])

    def test_what_is_sold_out_is_told_and_blocks_no_points(self, stage: Stage) -> None:
        publish(stage, gives(), item=item_of("amount", amount="10", stock=1))
        first, second = order(stage), order(stage)
        assert states(stage) == ["given", "refused"]
        assert stage.balance().total == 2000 + 300
        [problem] = stage.database.read(lambda conn: open_problems(conn, stage.store.id))
        assert problem.key == "perk-not-given:gives"
        assert "A reward" in problem.said("en")
        assert "{" not in problem.said("en") + problem.said("tr")
        cancel(stage, first)
        stage.sweep()
        again(stage, second)
        assert states(stage) == ["taken", "refused"]
        order(stage)
        assert states(stage) == ["taken", "refused", "given"]
        assert stage.database.read(lambda conn: open_problems(conn, stage.store.id)) == []

    def test_the_limit_of_a_member_holds(self, stage: Stage) -> None:
        limit = {"times": 1, "period": "ever"}
        publish(stage, gives(), item=item_of("amount", amount="10", limit=limit))
        order(stage)
        order(stage)
        assert states(stage) == ["given", "refused"]
        assert perks(stage)[1].detail["code"] == "reward_limit"

    def test_a_cap_counts_what_was_given_and_gives_it_back(self, stage: Stage) -> None:
        caps = {"per_member": {"times": 1, "period": "ever"}}
        publish(stage, gives(caps=caps))
        first = order(stage)
        order(stage)
        assert states(stage) == ["given"]
        cancel(stage, first)
        order(stage)
        assert states(stage) == ["taken", "given"]

    def test_it_waits_for_the_switches(self, stage: Stage) -> None:
        publish(stage, gives(), raises("gold", 30))
        switch(stage, spending_on=False)
        order(stage)
        assert states(stage) == ["waiting", "given"]
        stage.box.clock.advance(timedelta(minutes=1))
        stage.book_orders()
        assert states(stage) == ["waiting", "given"]
        switch(stage, spending_on=True)
        stage.book_orders()
        assert states(stage) == ["given", "given"]
        switch(stage, earning_on=False)
        order(stage)
        assert states(stage) == ["given", "given", "waiting", "waiting"]
        switch(stage, earning_on=True)
        stage.book_orders()
        assert states(stage) == ["given"] * 4

    def test_early_access_is_taken_back_and_a_note_that_was_read_is_kept(
        self, stage: Stage
    ) -> None:
        publish(stage, gives(), item=item_of("early_access"))
        first = order(stage)
        assert [one.state for one in gifts(stage)] == ["consumed"]
        cancel(stage, first)
        assert (states(stage), [one.state for one in gifts(stage)]) == (["taken"], ["restored"])
        assert drawn(stage) == 0
        note = {"type": "invitation", "notes": {"en": "Come on Friday", "tr": "Cuma günü gelin"}}
        publish(stage, gives(), item=item_of(note))
        second = order(stage)
        cancel(stage, second)
        assert states(stage) == ["taken", "kept"]

    def test_a_code_that_saleor_refuses_is_told(self, stage: Stage) -> None:
        publish(stage, gives())
        order(stage)
        [app] = [one for one in stage.box.store.apps.values() if one.identifier == "saleor.loyalty"]
        app.permissions = app.permissions - {"MANAGE_DISCOUNTS"}
        stage.sweep(rounds=20)
        assert states(stage) == ["refused"]
        assert [one.state for one in gifts(stage)] == ["failed"]
        keys = [
            one.key for one in stage.database.read(lambda conn: open_problems(conn, stage.store.id))
        ]
        assert "perk-not-given:gives" in keys

    def test_an_explanation_tells_of_it(self, stage: Stage) -> None:
        publish(stage, gives())
        first = order(stage)

        def told(conn: sa.Connection) -> str:
            entries = table(Entry).c
            query = sa.select(entries.id).where(
                entries.source == f"order:{first}", entries.kind == "earn"
            )
            ids = list(conn.execute(query).scalars())
            found = explain_entries(conn, stage.store.id, ids, language="en")
            return " ".join(text for one in found for text in one.sentences)

        assert "the reward “A reward” for nothing" in stage.database.read(told)
        cancel(stage, first)
        assert "It was taken back with the order." in stage.database.read(told)


class TestTiers:
    def test_an_order_brings_a_tier_for_its_days_and_takes_it_away(self, stage: Stage) -> None:
        publish(stage, raises("gold", 30))
        first = order(stage)
        assert states(stage) == ["given"]
        assert tier(stage) == ("gold", day(stage, 30))
        again(stage, first)
        assert tier(stage) == ("gold", day(stage, 30))
        cancel(stage, first)
        assert (states(stage), tier(stage)) == (["taken"], ("", None))

    def test_it_ends_by_itself_and_is_kept_then(self, stage: Stage) -> None:
        publish(stage, raises("gold", 30))
        first = order(stage)
        stage.box.clock.advance(timedelta(days=31))
        assert tier(stage) == ("", None)
        cancel(stage, first)
        assert states(stage) == ["kept"]

    def test_of_two_the_highest_is_in_force_and_the_other_follows(self, stage: Stage) -> None:
        publish(stage, raises("gold", 10), raises("silver", 60))
        order(stage)
        ends = day(stage, 60)
        assert tier(stage)[0] == "gold"
        stage.box.clock.advance(timedelta(days=11))
        assert tier(stage) == ("silver", ends)
        assert states(stage) == ["given", "given"]
        stage.box.clock.advance(timedelta(days=60))
        assert tier(stage) == ("", None)

    def test_orders_that_come_back_in_any_order_leave_the_same(self, stage: Stage) -> None:
        publish(stage, raises("gold", 10))
        first, second = order(stage), order(stage)
        cancel(stage, second)
        assert tier(stage)[0] == "gold"
        cancel(stage, first)
        assert (states(stage), tier(stage)) == (["taken", "taken"], ("", None))

    def test_what_staff_said_comes_back_and_what_they_say_stays(self, stage: Stage) -> None:
        publish(stage, raises("gold", 10))
        member, until = stage.members[SHOPPER], (stage.now + timedelta(days=90)).date()

        def say(conn: sa.Connection) -> None:
            set_tier(
                conn, stage.store, member, "silver", until, STAFF,
                reason="a friend", language="en", keys=KEYS, now=stage.now,
            )  # fmt: skip

        stage.database.write(say)
        first = order(stage)
        assert tier(stage)[0] == "gold"
        cancel(stage, first)
        assert tier(stage)[0] == "silver"
        order(stage)
        stage.box.clock.advance(timedelta(days=11))
        assert tier(stage) == ("silver", (until + timedelta(days=1)).isoformat())
        third = order(stage)
        stage.database.write(
            lambda conn: end_tier(conn, stage.store, member, STAFF, keys=KEYS, now=stage.now)
        )
        assert tier(stage) == ("", None)
        assert states(stage)[-1] == "ended"
        cancel(stage, third)
        assert (tier(stage), states(stage)[-1]) == (("", None), "ended")

    def test_a_program_without_tiers_refuses_it(self, stage: Stage) -> None:
        offer(
            stage,
            item_of("amount", amount="10"),
            earning={"rules": [BASE, raises("gold", 10)]},
            tiers=LEVELS | {"enabled": False},
        )
        order(stage)
        [row] = perks(stage)
        assert (row.state, row.detail["code"]) == ("refused", "tiers_off")
