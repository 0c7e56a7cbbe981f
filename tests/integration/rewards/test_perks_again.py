"""Rules that give rewards and tiers where things go wrong: nothing twice, and nothing for ever."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.tables import metadata, table
from saleor_loyalty_app.flows.rebuild_holds import rebuild_holds
from saleor_loyalty_app.flows.reconcile import reconcile_after_restore
from saleor_loyalty_app.flows.set_tier import set_tier
from saleor_loyalty_app.programs.models import CapUse
from saleor_loyalty_app.rewards.errors import RewardGiven
from saleor_loyalty_app.tiers.models import MemberTier
from tests.claim_stage import cancel, drawn, item_of, offer
from tests.integration.rewards.test_rule_perks import (
    BASE,
    LEVELS,
    STAFF,
    again,
    day,
    gifts,
    gives,
    order,
    perks,
    publish,
    raises,
    states,
    switch,
    tier,
)
from tests.order_books import KEYS
from tests.redemption_stage import SHOPPER, Stage

#: What a restored database does not know any more of a reward.
LOST = (
    "outbox_message",
    "redemption_use",
    "redemption_sighting",
    "reward_claim",
    "reward_stock",
    "redemption",
    "rule_perk",
)


def say(stage: Stage, tier_id: str, days: int) -> str:
    """Staff set a tier; gives the first day without it."""
    until = (stage.now + timedelta(days=days)).date()
    member = stage.members[SHOPPER]

    def write(conn: sa.Connection) -> None:
        set_tier(
            conn, stage.store, member, tier_id, until, STAFF,
            reason="a friend", language="en", keys=KEYS, now=stage.now,
        )  # fmt: skip

    stage.database.write(write)
    return (until + timedelta(days=1)).isoformat()


def refuse_vouchers(stage: Stage) -> Any:
    """Saleor takes the permission away; gives what brings it back."""
    [app] = [one for one in stage.box.store.apps.values() if one.identifier == "saleor.loyalty"]
    before = app.permissions
    app.permissions = before - {"MANAGE_DISCOUNTS"}
    return lambda: setattr(app, "permissions", before)


def lose(stage: Stage) -> None:
    """The books as they were before anything was given."""

    def wipe(conn: sa.Connection) -> None:
        for name in LOST:
            conn.execute(sa.delete(metadata.tables[name]))

    stage.database.write(wipe)


def rebuild(stage: Stage) -> list[str]:
    access = stage.driver.bench.access
    return rebuild_holds(access, stage.store, clock=stage.box.clock.now).rebuilt


class TestCaps:
    def test_a_code_that_saleor_refuses_takes_nothing_of_its_cap(self, stage: Stage) -> None:
        publish(stage, gives(caps={"per_member": {"times": 1, "period": "ever"}}))
        order(stage)
        allow = refuse_vouchers(stage)
        stage.sweep(rounds=20)
        assert states(stage) == ["refused"]
        used = sa.select(sa.func.count()).select_from(table(CapUse))
        assert stage.database.read(lambda conn: conn.execute(used).scalar_one()) == 0
        allow()
        order(stage)
        assert states(stage) == ["refused", "given"]


class TestShoppers:
    def test_what_was_given_for_nothing_is_not_given_up_by_mistake(self, stage: Stage) -> None:
        publish(stage, gives())
        order(stage)
        stage.sweep()
        [gift] = gifts(stage)
        with pytest.raises(RewardGiven):
            stage.release(gift)
        [gift] = gifts(stage)
        assert (gift.state, gift.ending) == ("issued", "")

    def test_a_code_that_lies_on_a_paid_cart_is_not_given_beside_another(
        self, stage: Stage
    ) -> None:
        publish(stage, gives())
        first = order(stage)
        stage.sweep()
        [gift] = gifts(stage)
        checkout = stage.cart()
        stage.put_code(checkout, gift.code)
        stage.charge(checkout)
        switch(stage, earning_on=False)
        cancel(stage, first)
        assert states(stage) == ["taken"]
        stage.complete(checkout)
        stage.box.clock.advance(timedelta(minutes=2))
        stage.sweep()
        stage.book_orders()
        stage.sweep()
        [gift] = gifts(stage)
        assert gift.state == "consumed"
        again(stage, first)
        assert states(stage)[0] == "kept"


class TestTiers:
    def test_what_staff_said_outlives_the_orders_whose_tiers_were_over_it(
        self, stage: Stage
    ) -> None:
        publish(stage, raises("gold", 10))
        until = say(stage, "silver", 90)
        first = order(stage)
        stage.box.clock.advance(timedelta(days=5))
        order(stage)
        stage.box.clock.advance(timedelta(days=6))
        cancel(stage, first)
        assert states(stage) == ["kept", "given"]
        assert tier(stage)[0] == "gold"
        stage.box.clock.advance(timedelta(days=5))
        assert tier(stage) == ("silver", until)

    def test_another_promise_follows_where_its_tier_is_dropped(self, stage: Stage) -> None:
        publish(stage, raises("gold", 10), raises("silver", 60))
        order(stage)
        ends = day(stage, 60)
        assert tier(stage)[0] == "gold"
        rules = {"rules": [BASE, raises("silver", 60)]}
        offer(
            stage,
            item_of("amount", amount="10"),
            earning=rules,
            tiers=LEVELS | {"levels": LEVELS["levels"][:1]},
        )
        assert tier(stage) == ("silver", ends)
        assert states(stage) == ["given", "given"]

    def test_a_tier_that_went_while_there_were_none_does_not_come_back_with_them(
        self, stage: Stage
    ) -> None:
        publish(stage, raises("gold", 30), raises("silver", 60))
        first, second = order(stage), order(stage)
        assert tier(stage)[0] == "gold"
        offer(stage, item_of("amount", amount="10"), earning={"rules": [BASE]})
        cancel(stage, first)
        cancel(stage, second)
        assert states(stage) == ["taken"] * 4
        publish(stage, raises("gold", 30))
        assert tier(stage) == ("", None)
        held = sa.select(table(MemberTier).c.manual)
        assert set(stage.database.read(lambda conn: list(conn.execute(held).scalars()))) == {""}


class TestRestored:
    def test_a_code_is_learned_again_and_no_other_is_given(self, stage: Stage) -> None:
        publish(stage, gives(), item=item_of("amount", amount="10", stock=5))
        first = order(stage)
        stage.sweep()
        [lost] = gifts(stage)
        lose(stage)
        reconcile_after_restore(
            stage.database,
            stage.store,
            stage.source,
            clock=stage.box.clock.now,
            secrets=KEYS,
            access=stage.driver.bench.access,
        )
        again(stage, first)
        [row] = perks(stage)
        assert (row.state, row.detail, row.rule_id, row.source) == (
            "given",
            {"redemption": lost.public_id},
            "gives",
            f"order:{first}",
        )
        assert [one.code for one in gifts(stage)] == [lost.code]
        assert drawn(stage) == 1
        cancel(stage, first)
        stage.sweep()
        assert states(stage) == ["taken"]
        assert [one.state for one in gifts(stage)] == ["released"]
        assert drawn(stage) == 0

    def test_one_that_was_given_again_before_that_ends(self, stage: Stage) -> None:
        publish(stage, gives())
        first = order(stage)
        stage.sweep()
        [lost] = gifts(stage)
        lose(stage)
        again(stage, first)
        stage.sweep()
        assert len(gifts(stage)) == 1
        assert rebuild(stage) == [lost.public_id]
        stage.sweep()
        again(stage, first)
        [row] = perks(stage)
        assert (row.state, row.detail["redemption"]) == ("given", lost.public_id)
        assert {one.public_id == lost.public_id: one.state for one in gifts(stage)} == {
            True: "issued",
            False: "released",
        }

    def test_one_that_was_used_since_is_used(self, stage: Stage) -> None:
        publish(stage, gives())
        first = order(stage)
        stage.sweep()
        [lost] = gifts(stage)
        checkout = stage.cart()
        stage.put_code(checkout, lost.code)
        second = stage.pay_and_complete(checkout)
        lose(stage)
        assert rebuild(stage) == [lost.public_id]
        stage.book_orders()
        again(stage, first, second)
        assert [one.state for one in gifts(stage) if one.public_id == lost.public_id] == [
            "consumed"
        ]
        cancel(stage, first)
        assert states(stage)[0] == "kept"
