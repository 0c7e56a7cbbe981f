"""Vouchers of campaigns: each has its turn, the owner's are the owner's, and codes come again."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection

from saleor_loyalty_app.campaigns import codes, repository, vouchers
from saleor_loyalty_app.campaigns.repository import CampaignRow
from saleor_loyalty_app.flows import campaign_desk as desk
from sandbox.box import id_of
from tests.campaign_stage import (
    ACTOR,
    background,
    buy,
    codes_of,
    now_of,
    recipe,
    refund,
    spent_of,
    start,
    terms_of,
)
from tests.contract.story_teller import Refusal
from tests.redemption_stage import OTHER, Stage

MANY = 25


def stop(stage: Stage, campaign: CampaignRow) -> None:
    stage.database.write(
        lambda conn: desk.stop_campaign(
            conn, stage.store, campaign.public_id, actor=ACTOR, now=stage.now
        )
    )


def adopt(stage: Stage, campaign: CampaignRow) -> CampaignRow:
    stage.database.write(
        lambda conn: desk.adopt_code(
            conn, stage.store, campaign.public_id, actor=ACTOR, now=stage.now
        )
    )
    background(stage)
    return now_of(stage, campaign)


def own_voucher(stage: Stage, **values: Any) -> str:
    """A voucher that the owner made: AUTUMN10 and OTHER take 10 percent off."""
    made: str = stage.teller.ask(
        "voucherCreate",
        "input: VoucherInput!",
        "voucher { id }",
        stage.box.staff_token(),
        input={
            "name": "Mine",
            "type": "ENTIRE_ORDER",
            "discountValueType": "PERCENTAGE",
            "applyOncePerCustomer": True,
            "addCodes": ["AUTUMN10", "OTHER"],
            **values,
        },
    )["voucher"]["id"]
    channel = next(
        one for one in stage.box.store.channels.values() if one.slug == "default-channel"
    )
    stage.teller.ask(
        "voucherChannelListingUpdate",
        "id: ID!, input: VoucherChannelListingInput!",
        "voucher { id }",
        stage.box.staff_token(),
        id=made,
        input={"addChannels": [{"channelId": id_of(channel), "discountValue": "10"}]},
    )
    return made


def wait(stage: Stage, **time: float) -> None:
    """Time goes by, and who acts signs in again."""
    stage.box.clock.advance(timedelta(**time))
    stage.teller.cast = replace(stage.teller.cast, staff=stage.box.staff_token())


def test_vouchers_that_need_nothing_or_rest_keep_no_other_one_from_its_turn(
    stage: Stage,
) -> None:
    coupons = start(stage, recipe("campaign-next-order"))

    def crowd(conn: Connection) -> None:
        for number in range(MANY):
            idle = vouchers.need_voucher(
                conn,
                stage.store.id,
                coupons.id,
                f"day-{number}",
                starts_at=stage.now,
                ends_at=stage.now + timedelta(days=31),
            )
            vouchers.set_voucher(conn, idle.id, state="open", voucher_id="gone", told="all")
            refused = vouchers.need_voucher(
                conn,
                stage.store.id,
                coupons.id,
                f"refused-{number}",
                starts_at=stage.now,
                ends_at=stage.now + timedelta(days=31),
            )
            codes.issue(conn, stage.store.id, refused, f"order:{number}", now=stage.now)
            vouchers.set_voucher(
                conn,
                refused.id,
                state="to_end" if number % 2 else "wanted",
                voucher_id="gone",
                tried_at=stage.now,
            )

    stage.database.write(crowd)
    for number in range(MANY):
        shared = {"sharing": "shared", "code": f"TAKEN{number}"}
        waits = start(stage, terms_of(stage, codes=shared), work=False)
        stage.database.write(
            partial(repository.change, campaign_id=waits.id, values={"trouble": "code_taken"})
        )

    campaign = start(stage, terms_of(stage))
    assert [one.state for one in codes_of(stage, campaign)] == ["open"]
    asked = len(stage.network.operations)
    background(stage)
    assert len(stage.network.operations) == asked, "nothing is asked where nothing is to do"

    stop(stage, campaign)
    background(stage)
    with pytest.raises(Refusal):
        stage.put_code(stage.cart(1), "AUTUMN10")
    assert [one.state for one in codes_of(stage, campaign)] == ["ended"]


def test_ends_come_before_everything_else_and_a_refused_one_is_tried_again_in_a_minute(
    stage: Stage,
) -> None:
    campaign = start(stage, terms_of(stage, codes={"sharing": "personal"}))
    own = codes_of(stage, campaign)
    stop(stage, campaign)
    later = [start(stage, terms_of(stage, name=f"New {n}", codes={"sharing": "personal"}),
                   work=False) for n in range(2)]  # fmt: skip

    def first(conn: Connection) -> vouchers.VoucherRow:
        return vouchers.vouchers_at_work(conn, stage.store.id, now=stage.now, limit=1)[0]

    assert stage.database.read(first).campaign_id == campaign.id
    for app in stage.box.store.apps.values():
        app.permissions -= {"MANAGE_DISCOUNTS"}
    background(stage)
    for app in stage.box.store.apps.values():
        app.permissions |= {"MANAGE_DISCOUNTS"}
    background(stage)
    assert {one.state for one in codes_of(stage, campaign)} == {"to_end"}
    wait(stage, seconds=61)
    background(stage)
    assert {one.state for one in codes_of(stage, campaign)} == {"ended"}
    assert own[0].code in stage.box.store.voucher_codes, "its voucher ended, and with it the code"
    assert {one.state for new in later for one in codes_of(stage, new)} == {"wanted"}
    wait(stage, minutes=10)
    background(stage)
    assert {one.state for new in later for one in codes_of(stage, new)} == {"open"}


def test_a_value_that_is_lowered_while_saleor_is_told_is_told_again(stage: Stage) -> None:
    channel = {"channel": "default-channel", "currency": "USD", "value": "10", "reduced": "4"}
    budget = {"money": {"USD": "20"}, "warn_percent": 50, "when_reached": "reduce"}
    campaign = start(stage, terms_of(stage, channels=[channel], budget=budget), work=False)
    stage.network.meanwhile(
        "VoucherOpen",
        lambda: stage.database.write(
            lambda conn: repository.change(conn, campaign.id, {"reduced_at": stage.now})
        ),
    )
    background(stage)
    background(stage)

    voucher = stage.box.store.voucher_codes["AUTUMN10"].voucher
    assert voucher.listings["default-channel"].discount_value == 4


def test_an_owners_code_ends_with_the_campaign_and_nothing_else_of_the_voucher_changes(
    stage: Stage,
) -> None:
    owned = own_voucher(stage)
    campaign = start(stage, terms_of(stage))
    adopt(stage, campaign)
    voucher = stage.box.node(owned)
    before = (voucher.start_date, voucher.end_date)
    longer = campaign.terms.model_copy(update={"ends_at": campaign.ends_at + timedelta(days=1)})
    stage.database.write(
        lambda conn: desk.change_campaign(
            conn, stage.store, campaign.public_id, longer, version=1, actor=ACTOR, now=stage.now
        )
    )
    background(stage)
    assert (now_of(stage, campaign).trouble, [one.state for one in codes_of(stage, campaign)]) == (
        "",
        ["open"],
    )

    wait(stage, days=11, minutes=1)
    background(stage)
    [code] = codes_of(stage, campaign)
    assert (code.state, code.ended_why) == ("ended", "time")
    assert "AUTUMN10" not in stage.box.store.voucher_codes
    assert "OTHER" in stage.box.store.voucher_codes
    assert (voucher.start_date, voucher.end_date) == before


def test_it_is_said_in_what_an_owners_code_differs_also_once_it_was_taken_over(
    stage: Stage,
) -> None:
    owned = own_voucher(
        stage,
        applyOncePerCustomer=False,
        onlyForStaff=True,
        usageLimit=5,
        singleUse=True,
        minCheckoutItemsQuantity=3,
        endDate=(stage.now + timedelta(days=3)).isoformat(),
    )
    campaign = start(stage, terms_of(stage))
    refused = adopt(stage, campaign)
    assert refused.trouble == "code_differs"
    assert refused.differs == [
        "dates",
        "uses",
        "single_use",
        "once_per_customer",
        "staff_only",
        "least_items",
    ]

    voucher = stage.box.node(owned)
    voucher.apply_once_per_customer, voucher.only_for_staff = True, False
    voucher.usage_limit = voucher.min_checkout_items_quantity = voucher.end_date = None
    voucher.single_use = False
    taken = adopt(stage, campaign)
    assert (taken.trouble, taken.differs) == ("", [])

    budget = {"money": {"USD": "50"}, "when_reached": "reduce"}
    channel = taken.terms.channels[0].model_copy(update={"reduced": taken.terms.channels[0].value})
    lowers = taken.terms.model_validate(
        {**taken.terms.document, "budget": budget, "channels": [channel.model_dump(mode="json")]}
    )
    stage.database.write(
        lambda conn: repository.save(conn, taken, lowers, version=taken.version, now=stage.now)
    )
    background(stage)
    told = now_of(stage, campaign)
    assert (told.trouble, told.differs) == ("code_differs", ["reduce"])
    assert voucher.listings["default-channel"].discount_value == 10
    stop(stage, campaign)
    over = now_of(stage, campaign)
    assert (over.trouble, over.differs) == ("", []), "nothing is the owner's to settle any more"


def test_what_was_bought_with_an_owners_code_before_its_campaign_began_is_not_the_campaigns(
    stage: Stage,
) -> None:
    own_voucher(stage, applyOncePerCustomer=False)
    once = {"sharing": "shared", "code": "AUTUMN10", "once_per_customer": False}
    begins = stage.now + timedelta(days=1)
    campaign = start(stage, terms_of(stage, codes=once, starts_at=begins.isoformat()))
    adopt(stage, campaign)
    assert [one.state for one in codes_of(stage, campaign)] == ["open"]
    early = buy(stage, "AUTUMN10")
    assert spent_of(stage, campaign).money == {}

    wait(stage, days=1, minutes=1)
    background(stage)
    buy(stage, "AUTUMN10")
    assert spent_of(stage, campaign).money == {"USD": 15_000}
    refund(stage, early)
    assert spent_of(stage, campaign).money == {"USD": 15_000}


def test_a_code_comes_again_with_a_campaign_of_next_year_and_old_orders_stay_with_the_old_one(
    stage: Stage,
) -> None:
    first = start(stage, terms_of(stage))
    old = buy(stage, "AUTUMN10")
    wait(stage, days=11)
    background(stage)
    assert [one.state for one in codes_of(stage, first)] == ["ended"]

    clone = stage.database.write(
        lambda conn: desk.clone_campaign(
            conn, stage.store, first.public_id, name="Again", actor=ACTOR, now=stage.now
        )
    )
    stage.database.write(
        lambda conn: desk.schedule_campaign(
            conn, stage.store, clone.public_id, version=1, actor=ACTOR, now=stage.now
        )
    )
    wait(stage, days=1, minutes=1)
    for _ in range(2):
        background(stage)
    assert now_of(stage, clone).trouble == ""
    buy(stage, "AUTUMN10", email=OTHER)
    assert spent_of(stage, clone).money == {"USD": 15_000}

    refund(stage, old)
    assert spent_of(stage, first).money == {"USD": 0}
    assert spent_of(stage, clone).money == {"USD": 15_000}
