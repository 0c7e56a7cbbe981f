"""Codes of a member's own: shown while they work, and anew where an order came back whole."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from saleor_loyalty_app.campaigns import check
from saleor_loyalty_app.campaigns.repository import CampaignRow
from saleor_loyalty_app.flows import campaign_desk as desk
from saleor_loyalty_app.flows.campaign_again import bring_again
from saleor_loyalty_app.flows.campaign_board import campaigns_for
from saleor_loyalty_app.members.repository import member_by_id
from tests.campaign_stage import (
    ACTOR,
    background,
    buy,
    codes_of,
    recipe,
    refund,
    spent_of,
    start,
    terms_of,
)
from tests.contract.story_teller import Refusal
from tests.redemption_stage import SHOPPER, Stage

PERSONAL = {"sharing": "personal"}


def shown(stage: Stage) -> list[str]:
    """The codes that the shopper sees."""

    def read(conn: Connection) -> list[str]:
        member = member_by_id(conn, stage.store.id, stage.members[SHOPPER])
        assert member is not None
        return [one.code for one in campaigns_for(conn, stage.store, member, now=stage.now)]

    background(stage)
    return stage.database.read(read)


def stop(stage: Stage, campaign: CampaignRow) -> None:
    stage.database.write(
        lambda conn: desk.stop_campaign(
            conn, stage.store, campaign.public_id, actor=ACTOR, now=stage.now
        )
    )


def test_a_code_is_shown_from_its_first_day_on_and_one_to_try_a_draft_at_once(
    stage: Stage,
) -> None:
    ahead = (stage.now + timedelta(days=2)).isoformat()
    campaign = start(stage, terms_of(stage, codes=PERSONAL, starts_at=ahead))
    assert [one.state for one in codes_of(stage, campaign)] == ["open", "open"]
    assert shown(stage) == []

    def try_out(conn: Connection) -> None:
        terms = check.read(terms_of(stage, codes=PERSONAL, starts_at=ahead))
        made = desk.create_campaign(conn, stage.store, terms, actor=ACTOR, now=stage.now)
        member = stage.members[SHOPPER]
        desk.make_test_code(conn, stage.store, made.public_id, member, actor=ACTOR, now=stage.now)

    stage.database.write(try_out)
    [trial] = shown(stage)
    stage.put_code(stage.cart(1), trial)
    stage.box.clock.advance(timedelta(days=2, hours=1))
    [own] = shown(stage)
    assert own in {one.code for one in codes_of(stage, campaign)}


def test_a_code_whose_order_came_back_is_not_shown_and_another_one_comes_in_its_place(
    stage: Stage,
) -> None:
    campaign = start(stage, terms_of(stage, codes=PERSONAL))
    [first] = shown(stage)
    order = buy(stage, first)
    assert shown(stage) == []
    refund(stage, order)
    with pytest.raises(Refusal):
        stage.put_code(stage.cart(1), first)
    [second] = shown(stage)
    assert second != first

    refund(stage, buy(stage, second))
    [third] = shown(stage)
    assert third not in (first, second)
    assert spent_of(stage, campaign).money == {"USD": 0}
    order = buy(stage, third)
    stop(stage, campaign)
    refund(stage, order)
    assert shown(stage) == []
    assert {one.state for one in codes_of(stage, campaign)} == {"ended"}


@pytest.mark.parametrize("first", [True, False], ids=["with it first", "for it first"])
def test_a_coupon_comes_again_unless_the_order_that_it_came_with_came_back(
    stage: Stage, first: bool
) -> None:
    campaign = start(stage, recipe("campaign-next-order"))
    brought = buy(stage)
    [coupon] = shown(stage)
    made = buy(stage, coupon, quantity=1)
    assert shown(stage) == []
    if first:
        refund(stage, made)
        [again] = shown(stage)
        assert again != coupon
        refund(stage, brought)
        assert shown(stage) == []
        assert again not in stage.box.store.voucher_codes
    else:
        refund(stage, brought)
        refund(stage, made)
    assert shown(stage) == []
    assert {one.ended_why for one in codes_of(stage, campaign)} == {"refund"}
    assert coupon in stage.box.store.voucher_codes, "what an order was made with is left to it"


def test_a_code_comes_again_once_and_goes_unused_where_the_order_counts_after_all(
    stage: Stage,
) -> None:
    campaign = start(stage, terms_of(stage, codes=PERSONAL))
    [first] = shown(stage)
    buy(stage, first)
    [used] = [one for one in codes_of(stage, campaign) if one.code == first]

    def look(kept: bool) -> None:
        stage.database.write(
            lambda conn: bring_again(conn, stage.store, used, kept=kept, now=stage.now)
        )

    look(kept=False)
    look(kept=False)
    [again] = shown(stage)
    look(kept=True)
    assert shown(stage) == []
    assert again not in stage.box.store.voucher_codes
