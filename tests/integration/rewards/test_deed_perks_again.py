"""Rewards for deeds where things go wrong: what cannot be given keeps nobody else waiting."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.bonuses.models import BonusGiven
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows import perk_work, wake_deeds
from saleor_loyalty_app.flows.erase_member import erase_member
from saleor_loyalty_app.flows.give_points import Agent
from saleor_loyalty_app.flows.merge_members import merge_members
from saleor_loyalty_app.flows.perk_rewards import give_reward
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.members.refs import Person
from saleor_loyalty_app.members.repository import member_by_id
from saleor_loyalty_app.members.service import set_identity
from saleor_loyalty_app.programs import perk_rows
from saleor_loyalty_app.programs.models import DeedAward, RulePerk
from saleor_loyalty_app.rewards.models import Redemption
from tests.claim_stage import book, cancel
from tests.deed_stage import at_line, birthday, on, publish, remove, report, settle
from tests.integration.rewards.test_deed_perks import ONCE, forget_deeds, uses
from tests.integration.rewards.test_perks_again import lose, rebuild
from tests.integration.rewards.test_rule_perks import gifts, order, perks, states, switch
from tests.order_books import KEYS
from tests.redemption_stage import OTHER, SHOPPER, Stage

ADDRESS = "somebody@example.com"
STAFF = Agent("U9", "staff@example.com")


def write(stage: Stage, statement: Any) -> None:
    stage.database.write(lambda conn: conn.execute(statement))


def merge(stage: Stage) -> None:
    """The shopper and the other one turn out to be one person."""
    loser, winner = stage.members[OTHER], stage.members[SHOPPER]
    stage.database.write(
        lambda conn: merge_members(
            conn, stage.store, loser, winner, STAFF, keys=KEYS, now=stage.now
        )
    )


def erase(stage: Stage) -> None:
    member = stage.members[SHOPPER]
    stage.database.write(lambda conn: erase_member(conn, stage.store, member, now=stage.now))


def introduce(stage: Stage, member_id: int) -> None:
    """A member turns out to own the address."""

    def tell(conn: sa.Connection) -> None:
        member = member_by_id(conn, stage.store.id, member_id)
        assert member is not None
        person = Person(user_id=member.user_id or "", email=ADDRESS, confirmed=True)
        set_identity(conn, member, person, keys=KEYS, now=stage.now)

    stage.database.write(tell)


def everybodys(stage: Stage) -> set[str]:
    """The public ids of all rewards that were given for nothing, whoever has them."""
    rows = table(Redemption).c
    query = sa.select(rows.public_id).where(rows.points == 0)
    return set(stage.database.read(lambda conn: conn.execute(query).scalars().all()))


def let_wait(stage: Stage) -> None:
    """The first reward waits for its own code to end, which lies on a cart for ever."""
    row = perks(stage)[0]
    rows, codes = table(RulePerk), table(Redemption)
    values = {"state": "waiting", "detail": {"code": "code_open", **row.detail}}
    write(stage, sa.update(rows).where(rows.c.id == row.id).values(values))
    its = codes.c.public_id == row.detail["redemption"]
    write(stage, sa.update(codes).where(its).values(ending="released", due_at=None))


class TestStarving:
    @pytest.fixture(autouse=True)
    def small_page(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(wake_deeds, "PAGE", 1)
        monkeypatch.setattr(wake_deeds, "MOST", 1)

    def test_what_waits_for_its_code_keeps_no_other_from_being_given(self, stage: Stage) -> None:
        publish(stage, on("birthday"))
        birthday(stage)
        stage.sweep()
        switch(stage, spending_on=False)
        birthday(stage, member=stage.members[OTHER])
        switch(stage, spending_on=True)
        let_wait(stage)
        for _ in range(2):
            stage.box.clock.advance(timedelta(minutes=1))
            stage.book_orders()
        assert states(stage) == ["waiting", "given"]

    def test_what_was_used_after_all_is_found_while_another_waits(self, stage: Stage) -> None:
        publish(stage, on("custom_event", on=["visit"], caps=ONCE), on("birthday", "party"))
        birthday(stage)
        report(stage)
        stage.sweep()
        checkout = stage.cart()
        [visit] = [one for one in perks(stage) if one.rule_id == "gives"]
        [gift] = [one for one in gifts(stage) if one.public_id == visit.detail["redemption"]]
        stage.put_code(checkout, gift.code)
        made = stage.pay_and_complete(checkout)
        remove(stage)
        let_wait(stage)
        stage.sweep()
        book(stage, made)
        for _ in range(2):
            stage.box.clock.advance(timedelta(minutes=1))
            stage.book_orders()
        assert states(stage) == ["waiting", "kept"]


class TestBreaking:
    def test_what_cannot_be_looked_at_blocks_neither_others_nor_orders(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        publish(stage, on("birthday"))
        switch(stage, spending_on=False)
        birthday(stage)
        birthday(stage, member=stage.members[OTHER])
        switch(stage, spending_on=True)

        def breaks(*arguments: Any, **more: Any) -> Any:
            if arguments[3].id == stage.members[SHOPPER]:
                raise ValueError("a bug")
            return give_reward(*arguments, **more)

        with monkeypatch.context() as broken:
            broken.setattr(perk_work, "give_reward", breaks)
            stage.book_orders()
        assert states(stage) == ["waiting", "given"]
        stage.box.clock.advance(timedelta(minutes=1))
        stage.book_orders()
        assert states(stage) == ["given", "given"]

    def test_what_waits_for_a_deed_that_is_not_there_is_over_and_blocks_nothing(
        self, stage: Stage
    ) -> None:
        publish(stage, on("birthday"))
        switch(stage, spending_on=False)
        birthday(stage)
        stage.database.write(forget_deeds)
        birthday(stage, member=stage.members[OTHER])
        switch(stage, spending_on=True)
        stage.book_orders()
        assert states(stage) == ["ended", "given"]


class TestMerging:
    def test_who_both_had_it_keep_both_get_no_third_and_lose_each_with_its_deed(
        self, stage: Stage
    ) -> None:
        publish(stage, at_line(1, keep=False), on("birthday", "party", caps=ONCE))
        settle(stage)
        first = order(stage)
        settle(stage)
        birthday(stage)
        birthday(stage, member=stage.members[OTHER])
        stage.sweep()
        merge(stage)
        settle(stage)
        assert birthday(stage) == birthday(stage, member=stage.members[OTHER]) == 0
        assert (states(stage), len(everybodys(stage)), uses(stage)) == (["given"] * 3, 3, 2)
        # The person had it as often as the cap lets anybody, and more.
        birthday(stage, 2027)
        assert states(stage) == ["given"] * 3
        cancel(stage, first)
        settle(stage)
        stage.sweep()
        assert states(stage) == ["taken", "given", "given"]

    def test_what_waited_for_an_account_goes_to_whom_the_guest_became(self, stage: Stage) -> None:
        publish(stage, on("birthday", caps=ONCE))
        members = table(Member)
        guest = stage.members[OTHER]
        write(stage, sa.update(members).where(members.c.id == guest).values(user_id=None))
        birthday(stage, member=guest)
        assert states(stage) == ["waiting"]
        merge(stage)
        stage.book_orders()
        [row] = perks(stage)
        assert (row.state, row.member_id, uses(stage)) == ("given", stage.members[SHOPPER], 1)
        assert birthday(stage) == 0
        assert states(stage) == ["given"]

    def test_who_became_one_after_a_restore_lost_the_deeds_of_both_gets_no_third(
        self, stage: Stage
    ) -> None:
        publish(stage, on("birthday", caps=ONCE))
        birthday(stage)
        birthday(stage, member=stage.members[OTHER])
        stage.sweep()
        before = everybodys(stage)
        lose(stage)
        stage.database.write(forget_deeds)
        assert set(rebuild(stage)) == before
        merge(stage)
        write(stage, sa.delete(table(BonusGiven)))
        assert birthday(stage) == 0
        stage.sweep()
        assert everybodys(stage) == before
        assert states(stage) == ["given", "given"]


class TestRestoring:
    def test_what_is_written_down_again_in_the_same_moment_is_not_given_beside_it(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        publish(stage, on("birthday", caps=ONCE))
        birthday(stage)
        stage.sweep()
        before = everybodys(stage)
        lose(stage)
        stage.database.write(forget_deeds)
        write(stage, sa.delete(table(BonusGiven)))
        rebuild(stage)
        with monkeypatch.context() as late:
            # The deed is decided by one who does not see the row yet.
            late.setattr(perk_rows, "of_sources", lambda *_, **__: [])
            birthday(stage)
        assert (states(stage), uses(stage), everybodys(stage)) == (["given"], 1, before)


class TestErasing:
    def test_what_waited_is_given_to_nobody_and_gives_its_cap_back(self, stage: Stage) -> None:
        publish(stage, on("birthday", caps=ONCE))
        switch(stage, spending_on=False)
        birthday(stage)
        assert (states(stage), uses(stage)) == (["waiting"], 1)
        erase(stage)
        switch(stage, spending_on=True)
        stage.book_orders()
        assert (states(stage), uses(stage), gifts(stage)) == (["taken"], 0, [])
        stage.book_orders()
        assert states(stage) == ["taken"]

    def test_what_was_given_names_nobody_and_comes_not_again_with_a_new_account(
        self, stage: Stage
    ) -> None:
        publish(stage, on("birthday"))
        old, new = stage.members[SHOPPER], stage.members[OTHER]
        introduce(stage, old)
        birthday(stage)
        stage.sweep()
        erase(stage)
        stage.book_orders()
        [row] = perks(stage)
        assert set(row.detail) == {"redemption"}
        facts = sa.select(table(DeedAward).c.member_facts)
        told = stage.database.read(lambda conn: conn.execute(facts).scalars().all())
        assert ADDRESS not in str(told)
        introduce(stage, new)
        assert birthday(stage, member=new) == 0
        assert (states(stage), len(everybodys(stage))) == (["given"], 1)
        birthday(stage, 2027, member=new)
        assert states(stage) == ["given", "given"]
