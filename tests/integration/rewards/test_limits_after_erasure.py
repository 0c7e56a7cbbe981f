"""Who is erased and comes back under the same address has what limits leave, and no more."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.bonuses.models import BonusMemory
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.erase_member import erase_member
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.rewards.errors import RewardLimit
from tests.claim_stage import claim, item_of, offer
from tests.come_back import come_back, name
from tests.deed_stage import birthday, on, publish
from tests.integration.rewards.test_rule_perks import states, switch
from tests.order_books import KEYS
from tests.redemption_stage import OTHER, SHOPPER, Stage

_memory = table(BonusMemory)


@pytest.mark.parametrize("period", ["month", "ever"])
def test_a_reward_that_was_taken_is_not_there_again_for_the_next_account(
    stage: Stage, period: str
) -> None:
    offer(stage, item_of("custom", limit={"times": 2, "period": period}))
    name(stage, SHOPPER)
    name(stage, OTHER)
    claim(stage)
    come_back(stage, SHOPPER)
    stage.give(2000)
    assert claim(stage).points == 500, "one of two was left"
    with pytest.raises(RewardLimit):
        claim(stage)
    come_back(stage, SHOPPER)
    stage.give(2000)
    with pytest.raises(RewardLimit):
        claim(stage)

    stage.give(2000, OTHER)
    for _ in range(2):
        claim(stage, email=OTHER)
    with pytest.raises(RewardLimit):
        claim(stage, email=OTHER)


def test_what_came_back_before_the_erasure_is_not_counted(stage: Stage) -> None:
    offer(stage, item_of({"type": "percent", "percent": 20}, limit={"times": 1, "period": "ever"}))
    name(stage, SHOPPER)
    stage.release(claim(stage))
    stage.sweep()
    come_back(stage, SHOPPER)
    stage.give(2000)
    assert claim(stage).state == "issued"


def test_a_new_month_begins_anew_and_its_limit_is_forgotten_soon_after(stage: Stage) -> None:
    offer(stage, item_of("custom", limit={"times": 1, "period": "month"}))
    name(stage, SHOPPER)
    claim(stage)
    come_back(stage, SHOPPER)
    stage.give(2000)
    kept = stage.database.read(lambda conn: conn.execute(sa.select(_memory)).one())
    assert kept.deed.startswith(f"reward:reward:month:{stage.now:%Y-%m}")
    assert kept.ends_at < stage.now + timedelta(days=70)
    assert "ayse" not in repr(kept)
    stage.box.clock.advance(timedelta(days=31))
    assert claim(stage).points == 500


def test_a_limit_is_found_under_a_secret_that_was_replaced(stage: Stage) -> None:
    offer(stage, item_of("custom", limit={"times": 1, "period": "ever"}))
    name(stage, SHOPPER)
    claim(stage)
    rotated = EmailKeys((b"a new secret", *KEYS.secrets))
    come_back(stage, SHOPPER, rotated)
    stage.give(2000)
    stage.spender = type(stage.spender)(stage.driver, stage.box.clock.now, keys=rotated)
    with pytest.raises(RewardLimit):
        claim(stage)


def test_who_is_erased_without_an_address_leaves_nothing(stage: Stage) -> None:
    offer(stage, item_of("custom", limit={"times": 1, "period": "ever"}))
    claim(stage)
    member = stage.members[SHOPPER]
    stage.database.write(lambda conn: erase_member(conn, stage.store, member, now=stage.now))
    assert stage.database.read(lambda conn: conn.execute(sa.select(_memory)).all()) == []


@pytest.mark.parametrize("year", [2026, 2027])
def test_what_waited_and_was_never_given_is_there_for_the_next_account(
    stage: Stage, year: int
) -> None:
    publish(stage, on("birthday", caps={"per_member": {"times": 1, "period": "ever"}}))
    name(stage, SHOPPER)
    switch(stage, spending_on=False)
    birthday(stage)
    assert states(stage) == ["waiting"]
    come_back(stage, SHOPPER)
    assert stage.database.read(lambda conn: conn.execute(sa.select(_memory)).all()) == []
    switch(stage, spending_on=True)
    birthday(stage, year)
    stage.book_orders()
    assert states(stage) == ["taken", "given"]


def test_a_deed_that_brought_points_beside_what_waited_comes_no_second_time(stage: Stage) -> None:
    points = {"id": "pays", "trigger": "birthday", "then": {"type": "points", "points": 50}}
    publish(stage, on("birthday", caps={"per_member": {"times": 1, "period": "ever"}}), points)
    name(stage, SHOPPER)
    switch(stage, spending_on=False)
    assert birthday(stage) == 50
    come_back(stage, SHOPPER)
    assert birthday(stage) == 0
    assert birthday(stage, 2027) == 50
    assert states(stage) == ["waiting", "waiting"]
