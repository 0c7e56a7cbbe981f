"""Campaigns through the sandbox: codes made and ended, budgets kept, orders counted and undone."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Connection

from saleor_loyalty_app.campaigns import check, repository, spending, vouchers
from saleor_loyalty_app.campaigns.errors import (
    CampaignChanged,
    CampaignCodeTaken,
    CampaignFixed,
    CampaignInvalid,
    CampaignStateUnfit,
)
from saleor_loyalty_app.flows import campaign_desk as desk
from saleor_loyalty_app.flows.campaign_board import campaigns_for
from saleor_loyalty_app.flows.campaign_forecast import promotions_meanwhile
from saleor_loyalty_app.flows.campaign_trial import try_points, why_not_in
from saleor_loyalty_app.members.repository import member_by_id
from saleor_loyalty_app.saleor.errors import SaleorUnavailable
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
from tests.claim_stage import book
from tests.contract.story_teller import Refusal
from tests.order_books import KEYS
from tests.redemption_stage import OTHER, SHOPPER, Stage

PROMOTE = """
mutation($input: PromotionCreateInput!) {
  promotionCreate(input: $input) { promotion { id } errors { field message code } }
}
"""


def test_the_recipe_of_a_shared_code_stops_at_its_budget_and_tells_what_overshot(
    stage: Stage,
) -> None:
    campaign = start(stage, recipe("campaign-shared-code"))
    made = stage.box.store.voucher_codes["MUSTERI10"].voucher
    assert (made.type, made.discount_value_type, made.single_use) == (
        "ENTIRE_ORDER",
        "PERCENTAGE",
        False,
    )
    assert made.apply_once_per_customer
    assert made.name == f"Flyer [{campaign.public_id}]"
    with pytest.raises(Refusal):
        stage.put_code(stage.cart(1), "NOBODYS")

    late = stage.cart(2, email=OTHER)
    buy(stage, "MUSTERI10")
    assert spent_of(stage, campaign).money == {"USD": 15_000}
    assert now_of(stage, campaign).warned_at is None
    stage.put_code(late, "MUSTERI10")
    stage.charge(late)
    second = stage.teller.complete(late, by=stage.box.shopper_token(OTHER))
    book(stage, second)
    warned = now_of(stage, campaign)
    assert (warned.state, warned.warned_at is not None) == ("running", True)

    third = stage.cart(2, email="maria@example.com")
    stage.put_code(third, "MUSTERI10")
    stage.charge(third)
    order = stage.teller.complete(third, by=stage.box.shopper_token("maria@example.com"))
    book(stage, order)
    ended = now_of(stage, campaign)
    assert (ended.state, ended.ended_why) == ("ended", "budget")
    beyond = spending.overshot(ended.terms.budget, spent_of(stage, campaign))
    assert beyond == {"USD": Decimal(5)}
    background(stage)
    with pytest.raises(Refusal):
        stage.put_code(stage.cart(1), "MUSTERI10")
    [code] = codes_of(stage, campaign)
    assert (code.state, code.uses) == ("ended", 3)

    refund(stage, order)
    assert spent_of(stage, campaign).money == {"USD": 30_000}
    assert now_of(stage, campaign).state == "ended"


def test_the_recipe_of_a_double_weekend_never_gives_beyond_its_budget(stage: Stage) -> None:
    campaign = start(stage, recipe("campaign-points-weekend"))
    before = stage.balance().total

    first = buy(stage)
    assert stage.balance().total - before == 300
    assert spent_of(stage, campaign).points == 150
    buy(stage)
    assert stage.balance().total - before == 300 + 200
    assert spent_of(stage, campaign).points == 200
    assert now_of(stage, campaign).ended_why == "budget"
    buy(stage)
    assert stage.balance().total - before == 500 + 150

    refund(stage, first)
    assert stage.balance().total - before == 350
    assert spent_of(stage, campaign).points == 50
    stage.points()


def test_the_recipe_of_a_coupon_comes_with_an_order_and_goes_with_its_refund(
    stage: Stage,
) -> None:
    campaign = start(stage, recipe("campaign-next-order"))
    small = buy(stage, quantity=1)
    assert codes_of(stage, campaign) == []
    first, second = buy(stage), buy(stage)
    background(stage)
    coupons = codes_of(stage, campaign)
    assert [one.state for one in coupons] == ["open", "open"]
    assert {one.issue_key for one in coupons} == {f"order:{first}", f"order:{second}"}
    batches = {one.voucher_id for one in coupons}
    assert len(batches) == 1

    member = stage.database.read(
        lambda conn: member_by_id(conn, stage.store.id, stage.members[SHOPPER])
    )
    assert member is not None
    shown = stage.database.read(
        lambda conn: campaigns_for(conn, stage.store, member, now=stage.now)
    )
    assert {one.code for one in shown} == {one.code for one in coupons}

    third = buy(stage, coupons[0].code)
    assert spent_of(stage, campaign).money == {"USD": 15_000}
    refund(stage, first)
    refund(stage, second)
    background(stage)
    after = {one.issue_key: one for one in codes_of(stage, campaign)}
    assert after[f"order:{first}"].state == "ended", "it does not come again"
    assert coupons[0].code in stage.box.store.voucher_codes, "another order was made with it"
    assert after[f"order:{second}"].state == "ended"
    assert after[f"order:{second}"].ended_why == "refund"
    assert coupons[1].code not in stage.box.store.voucher_codes
    assert f"order:{third}" in after
    refund(stage, small)


def test_personal_codes_are_made_in_pages_for_the_audience_alone_and_end_with_the_campaign(
    stage: Stage,
) -> None:
    codes = {"sharing": "personal"}
    campaign = start(stage, terms_of(stage, codes=codes, audience={"languages": ["tr"]}))
    assert codes_of(stage, campaign) == []

    everybody = start(stage, terms_of(stage, name="All", codes=codes))
    made = codes_of(stage, everybody)
    assert {one.member_id for one in made} == set(stage.members.values())
    assert all(one.code in stage.box.store.voucher_codes for one in made)
    background(stage)
    assert len(codes_of(stage, everybody)) == len(made)

    own = next(one for one in made if one.member_id == stage.members[SHOPPER])
    buy(stage, own.code)
    with pytest.raises(Refusal):
        stage.put_code(stage.cart(1), own.code)
    stage.database.write(
        lambda conn: desk.stop_campaign(
            conn, stage.store, everybody.public_id, actor=ACTOR, now=stage.now
        )
    )
    background(stage)
    assert {one.state for one in codes_of(stage, everybody)} == {"ended"}
    unused = next(one for one in made if one is not own)
    with pytest.raises(Refusal):
        stage.put_code(stage.cart(1), unused.code)


@pytest.mark.parametrize(
    "operation",
    ["CampaignVoucherCreate", "CampaignVoucherUpdate", "VoucherOpen"],
)
@pytest.mark.parametrize("heard", [True, False])
def test_work_that_broke_off_anywhere_goes_on_without_a_second_voucher(
    stage: Stage, operation: str, heard: bool
) -> None:
    campaign = start(stage, terms_of(stage, codes={"sharing": "personal"}), work=False)
    stage.network.lose(operation, heard=heard)
    with pytest.raises(SaleorUnavailable):
        background(stage)
    background(stage)

    made = codes_of(stage, campaign)
    assert {one.state for one in made} == {"open"}
    listed = [one for one in stage.box.store.vouchers.values() if one.listings]
    assert len(listed) == 1
    assert {code.code for code in listed[0].codes} == {one.code for one in made}


def test_a_code_that_is_in_saleor_is_taken_over_on_the_owners_word_alone(stage: Stage) -> None:
    theirs = stage.teller.ask(
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
        },
    )["voucher"]["id"]
    campaign = start(stage, terms_of(stage))
    assert now_of(stage, campaign).trouble == "code_taken"

    def adopt(conn: Connection) -> None:
        desk.adopt_code(conn, stage.store, campaign.public_id, actor=ACTOR, now=stage.now)

    stage.database.write(adopt)
    background(stage)
    assert now_of(stage, campaign).trouble == "code_differs"

    channel = next(
        one for one in stage.box.store.channels.values() if one.slug == "default-channel"
    )
    stage.teller.ask(
        "voucherChannelListingUpdate",
        "id: ID!, input: VoucherChannelListingInput!",
        "voucher { id }",
        stage.box.staff_token(),
        id=theirs,
        input={"addChannels": [{"channelId": id_of(channel), "discountValue": "10"}]},
    )
    voucher = stage.box.node(theirs)
    voucher.apply_once_per_order = True
    stage.database.write(adopt)
    background(stage)
    assert now_of(stage, campaign).trouble == "code_differs", "of the cheapest thing alone"

    voucher.apply_once_per_order = False
    stage.database.write(adopt)
    background(stage)
    adopted = now_of(stage, campaign)
    assert adopted.trouble == ""
    buy(stage, "AUTUMN10")
    assert spent_of(stage, campaign).money == {"USD": 15_000}
    stage.database.write(
        lambda conn: desk.stop_campaign(
            conn, stage.store, campaign.public_id, actor=ACTOR, now=stage.now
        )
    )
    background(stage)
    assert "AUTUMN10" not in stage.box.store.voucher_codes
    assert "OTHER" in stage.box.store.voucher_codes, "the owner's other codes stay"


def test_a_campaign_is_changed_by_version_and_keeps_what_was_promised(stage: Stage) -> None:
    campaign = start(stage, terms_of(stage, "points"))
    longer = campaign.terms.model_copy(update={"ends_at": campaign.ends_at + timedelta(days=2)})
    dearer = campaign.terms.model_copy(update={"times": Decimal(3)})

    def save(terms: object, version: int) -> None:
        stage.database.write(
            lambda conn: desk.change_campaign(
                conn,
                stage.store,
                campaign.public_id,
                terms,  # type: ignore[arg-type]
                version=version,
                actor=ACTOR,
                now=stage.now,
            )
        )

    with pytest.raises(CampaignFixed):
        save(dearer, 1)
    save(longer, 1)
    with pytest.raises(CampaignChanged):
        save(longer, 1)
    assert now_of(stage, campaign).version == 2

    stage.box.clock.advance(timedelta(days=13))
    background(stage)
    ended = now_of(stage, campaign)
    assert (ended.state, ended.ended_why, ended.ended_at) == ("ended", "time", longer.ends_at)
    with pytest.raises(CampaignStateUnfit):
        save(longer, 2)


def test_two_campaigns_never_share_a_code_and_what_does_not_fit_is_not_scheduled(
    stage: Stage,
) -> None:
    start(stage, terms_of(stage))
    with pytest.raises(CampaignCodeTaken):
        start(stage, terms_of(stage, name="Again"))
    elsewhere = [{"channel": "nowhere", "currency": "USD", "value": "10"}]
    with pytest.raises(CampaignInvalid) as refused:
        start(stage, terms_of(stage, channels=elsewhere, codes={"sharing": "personal"}))
    problems = refused.value.detail["problems"]
    assert isinstance(problems, list)
    assert [one["path"] for one in problems] == ["channels[0].channel"]


def test_a_draft_is_tried_on_one_member_with_a_code_that_works_for_two_days(
    stage: Stage,
) -> None:
    def plan(conn: Connection) -> str:
        terms = check.read(terms_of(stage, audience={"tiers": []}))
        made = desk.create_campaign(conn, stage.store, terms, actor=ACTOR, now=stage.now)
        member = stage.members[SHOPPER]
        desk.make_test_code(conn, stage.store, made.public_id, member, actor=ACTOR, now=stage.now)
        assert why_not_in(conn, stage.store, made, member, now=stage.now, keys=KEYS) == ""
        return made.public_id

    public_id = stage.database.write(plan)
    background(stage)
    campaign = stage.database.read(lambda conn: repository.get(conn, stage.store.id, public_id))
    [code] = codes_of(stage, campaign)
    assert (campaign.state, code.state) == ("draft", "open")
    stage.put_code(stage.cart(2), code.code)
    stage.box.clock.advance(timedelta(days=3))
    background(stage)
    assert codes_of(stage, campaign)[0].state == "ended"
    assert stage.database.read(lambda conn: vouchers.vouchers_of(conn, campaign.id))

    points = start(stage, terms_of(stage, "points"))
    tried = stage.database.read(
        lambda conn: try_points(
            conn,
            stage.store,
            points,
            stage.members[SHOPPER],
            None,
            Decimal(40),
            now=stage.now,
            keys=KEYS,
        )
    )
    assert tried == (40, 80)


def test_promotions_of_the_store_are_named_where_they_meet_the_campaign(stage: Stage) -> None:
    campaign = start(stage, terms_of(stage, "points"))
    for name, begin in (("Meanwhile", stage.now), ("Later", campaign.ends_at)):
        answer = stage.box.execute(
            PROMOTE,
            {
                "input": {
                    "name": name,
                    "type": "ORDER",
                    "startDate": begin.isoformat(),
                    "endDate": (begin + timedelta(days=1)).isoformat(),
                }
            },
            stage.box.staff_token(),
        )
        assert not answer["data"]["promotionCreate"]["errors"]

    found = promotions_meanwhile(stage.driver.bench.access, stage.store, campaign.terms)
    assert [(one.name, one.kind) for one in found] == [("Meanwhile", "ORDER")]


def test_what_saleor_refuses_is_not_asked_for_again_at_once(stage: Stage) -> None:
    campaign = start(stage, terms_of(stage), work=False)
    theirs = stage.box.store.apps
    for app in theirs.values():
        app.permissions -= {"MANAGE_DISCOUNTS"}
    background(stage)
    assert now_of(stage, campaign).trouble == "refused"
    asked = len(stage.network.operations)
    background(stage)
    assert len(stage.network.operations) == asked

    for app in theirs.values():
        app.permissions |= {"MANAGE_DISCOUNTS"}
    stage.box.clock.advance(timedelta(minutes=11))
    background(stage)
    assert now_of(stage, campaign).trouble == ""
    assert [one.state for one in codes_of(stage, campaign)] == ["open"]
