"""What a deed brought waits for whatever passes, and is given then: a deed comes once."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows import wake_deeds
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.rewards.instruments.hand_over import HAND_OVER
from saleor_loyalty_app.stores.problems import open_problems
from tests.claim_stage import drawn, item_of
from tests.deed_stage import ITEM, birthday, on, publish, remove, report
from tests.integration.rewards.test_deed_perks import ONCE, uses
from tests.integration.rewards.test_rule_perks import gifts, perks, states
from tests.redemption_stage import OTHER, SHOPPER, Stage

RULE = on("birthday", caps=ONCE)


def set_member(stage: Stage, **values: Any) -> None:
    rows = table(Member)
    mine = sa.update(rows).where(rows.c.id == stage.members[SHOPPER]).values(values)
    stage.database.write(lambda conn: conn.execute(mine))


def due(stage: Stage) -> int:
    """How many rows the next look takes in hand."""
    return len(
        stage.database.read(lambda conn: wake_deeds._due(conn, store=stage.store, now=stage.now))
    )


def told(stage: Stage) -> list[str]:
    found = stage.database.read(lambda conn: open_problems(conn, stage.store.id))
    return [one.key for one in found if one.key.startswith("perk-not-given")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"spending_blocked": True}, {"spending_blocked": False}),
        ({"codes_blocked": True}, {"codes_blocked": False}),
    ],
)
def test_it_waits_while_staff_block_the_member(
    stage: Stage, before: dict[str, Any], after: dict[str, Any]
) -> None:
    publish(stage, RULE)
    set_member(stage, **before)
    birthday(stage)
    assert (states(stage), uses(stage), due(stage), told(stage)) == (["waiting"], 1, 0, [])
    stage.book_orders()
    assert states(stage) == ["waiting"]
    set_member(stage, **after)
    stage.book_orders()
    assert (states(stage), len(gifts(stage)), uses(stage)) == (["given"], 1, 1)


def test_a_member_without_codes_has_what_is_handed_over_at_once(stage: Stage) -> None:
    publish(stage, RULE, item=item_of("custom"))
    set_member(stage, codes_blocked=True)
    birthday(stage)
    assert [one.instrument for one in gifts(stage)] == [HAND_OVER]


def test_it_waits_until_who_has_an_account_joins(stage: Stage) -> None:
    publish(stage, on("custom_event", on=["visit"]))
    set_member(stage, state="invited")
    report(stage)
    assert (states(stage), due(stage), told(stage)) == (["waiting"], 0, [])
    set_member(stage, state="active")
    stage.book_orders()
    assert states(stage) == ["given"]


def test_who_left_for_good_is_told_no_more(stage: Stage) -> None:
    publish(stage, RULE)
    set_member(stage, spending_blocked=True)
    birthday(stage)
    set_member(stage, spending_blocked=False, state="left")
    stage.book_orders()
    assert states(stage) == ["refused"]


SOLD_OUT = item_of("amount", amount="10", stock=1)


@pytest.mark.parametrize("change", [{"stock": 2}, {"stock": None}])
def test_it_waits_until_there_are_more(stage: Stage, change: dict[str, Any]) -> None:
    publish(stage, RULE, item=SOLD_OUT)
    birthday(stage, member=stage.members[OTHER])
    birthday(stage)
    assert (states(stage), uses(stage), due(stage)) == (["given", "waiting"], 2, 0)
    assert told(stage) == ["perk-not-given:gives"]
    publish(stage, RULE, item=SOLD_OUT | change)
    assert due(stage) == 1
    stage.book_orders()
    assert (states(stage), drawn(stage), told(stage)) == (["given", "given"], 2, [])


def test_what_another_gives_back_goes_to_who_waited(stage: Stage) -> None:
    publish(stage, on("custom_event", on=["visit"]), on("birthday", "party"), item=SOLD_OUT)
    report(stage)
    birthday(stage, member=stage.members[OTHER])
    assert [row.state for row in perks(stage)] == ["given", "waiting"]
    remove(stage)
    stage.sweep()
    stage.book_orders()
    assert [row.state for row in perks(stage)] == ["taken", "given"]


def test_it_waits_for_a_reward_that_is_switched_off_or_has_not_begun(stage: Stage) -> None:
    for off in ({"enabled": False}, {"active_from": f"{stage.now + timedelta(days=3):%Y-%m-%d}"}):
        publish(stage, on("birthday"), item=ITEM | off)
        birthday(stage, 2026 + len(states(stage)))
        assert (states(stage)[-1], due(stage)) == ("waiting", 0)
    stage.box.clock.advance(timedelta(days=3))
    assert due(stage) == 2
    stage.book_orders()
    assert states(stage) == ["given", "given"]


def test_what_is_over_or_not_in_the_catalog_is_refused(stage: Stage) -> None:
    over = {"active_until": f"{stage.now - timedelta(days=3):%Y-%m-%d}"}
    publish(stage, on("birthday"), item=ITEM | over)
    birthday(stage)
    publish(stage, on("birthday"), item=ITEM | {"id": "another"})
    birthday(stage, 2027)
    assert states(stage) == ["refused", "refused"]
    assert told(stage) == ["perk-not-given:gives"]
