"""Codes of campaigns keep to the switch for spending, and end with the program."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from saleor_loyalty_app.flows import campaign_desk as desk
from saleor_loyalty_app.flows.wind_down import advance, plan_end
from saleor_loyalty_app.stores.switches import Part, set_switch
from tests.campaign_stage import (
    ACTOR,
    background,
    buy,
    codes_of,
    now_of,
    recipe,
    start,
    terms_of,
)
from tests.contract.story_teller import Refusal
from tests.redemption_stage import Stage

PERSONAL = {"sharing": "personal"}


def switch_spending(stage: Stage, on: bool) -> None:
    stage.database.write(
        lambda conn: set_switch(conn, stage.store.id, Part.SPENDING, on, stage.now)
    )
    stage.store = replace(stage.store, spending_on=on)


def test_no_code_is_made_while_spending_is_off_and_what_waited_comes_after(stage: Stage) -> None:
    running = start(stage, terms_of(stage, codes=PERSONAL))
    [out, *_] = codes_of(stage, running)
    switch_spending(stage, on=False)
    shared = start(stage, terms_of(stage))
    personal = start(stage, terms_of(stage, name="Own", codes=PERSONAL))
    coupons = start(stage, recipe("campaign-next-order"))
    buy(stage)
    background(stage)
    assert [one.state for one in codes_of(stage, shared)] == ["wanted"]
    assert codes_of(stage, personal) == []
    assert [one.state for one in codes_of(stage, coupons)] == ["wanted"]
    assert set(stage.box.store.voucher_codes) == {one.code for one in codes_of(stage, running)}

    stage.database.write(
        lambda conn: desk.revoke_codes(
            conn, stage.store, running.public_id, [out.id], actor=ACTOR, now=stage.now
        )
    )
    background(stage)
    assert out.code not in stage.box.store.voucher_codes, "what is to end ends"

    switch_spending(stage, on=True)
    background(stage)
    for campaign in (shared, personal, coupons):
        assert {one.state for one in codes_of(stage, campaign)} == {"open"}


def test_campaigns_and_their_codes_end_with_spending(stage: Stage) -> None:
    shared = start(stage, terms_of(stage))
    points = start(stage, terms_of(stage, "points"))
    coupons = start(stage, recipe("campaign-next-order"))
    buy(stage)
    background(stage)
    [coupon] = codes_of(stage, coupons)
    stage.put_code(stage.cart(1), coupon.code)

    def plan(conn: Connection) -> None:
        today = stage.now.date()
        plan_end(
            conn,
            stage.store,
            earning_ends_on=today,
            last_spending_on=today,
            tell_members=False,
            version=0,
            actor=ACTOR,
            now=stage.now,
        )

    stage.database.write(plan)
    while advance(stage.database, stage.store, now=stage.now):
        pass
    assert now_of(stage, shared).state == "running", "to the end of the last day"
    stage.box.clock.advance(timedelta(days=1))
    while advance(stage.database, stage.store, now=stage.now):
        pass
    for campaign in (shared, points, coupons):
        ended = now_of(stage, campaign)
        assert (ended.state, ended.ended_why) == ("ended", "program")
    background(stage)
    for code in ("AUTUMN10", coupon.code):
        with pytest.raises(Refusal):
            stage.put_code(stage.cart(1), code)

    late = start(stage, terms_of(stage, name="Late", codes={"sharing": "shared", "code": "LATE"}))
    assert "LATE" not in stage.box.store.voucher_codes
    advance(stage.database, stage.store, now=stage.now)
    assert now_of(stage, late).ended_why == "program"
