"""The way of a redemption to its discount, and its quiet ends."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.ledger.errors import IdempotencyConflict
from saleor_loyalty_app.rewards import redemptions
from saleor_loyalty_app.rewards.errors import RedemptionUnknown
from saleor_loyalty_app.rewards.spend_request import Bearer, OnDraft
from tests.claim_stage import buy, cancel, claim, item_of, offer, variant_of
from tests.integration.rewards.conftest import MakeStage
from tests.redemption_stage import OTHER, SHOPPER, Stage


class TestToADiscount:
    @pytest.mark.parametrize("version", ["3.22", "3.23", "3.24"])
    def test_points_become_a_discount_of_exactly_their_worth(
        self, make_stage: MakeStage, version: str
    ) -> None:
        stage = make_stage(version=version)
        checkout = stage.cart()
        before = stage.price(checkout)
        made = stage.spend(checkout, 500)
        assert (made.state, made.points, str(made.amount)) == ("attached", 500, "5.00")
        assert made.leased_until is None
        assert made.due_at == made.deadline == made.created_at + timedelta(minutes=60)
        assert stage.code_on(checkout) == made.code
        assert before - stage.price(checkout) >= made.amount
        assert stage.points() == (1500, 500)
        assert stage.told() == ["points_held"]

    def test_saleor_knows_whose_code_it_is_and_nobody_else_does(self, stage: Stage) -> None:
        checkout = stage.cart()
        made = stage.spend(checkout)
        voucher = stage.voucher(made)
        assert (voucher.name, voucher.single_use, voucher.usage_limit) == (
            f"Loyalty {made.public_id}",
            True,
            None,
        )
        assert voucher.end_date >= made.deadline + timedelta(days=90)
        assert voucher.private_metadata == {
            "loyalty.redemption": made.public_id,
            "loyalty.member": stage.users[SHOPPER],
            "loyalty.points": "500",
            "loyalty.checkout": checkout,
        }
        assert stage.box.node(checkout).private_metadata["loyalty.redemption"] == made.public_id
        assert stage.box.node(checkout).metadata == {}

    def test_it_takes_one_look_before_the_hold_and_few_calls_after(self, stage: Stage) -> None:
        checkout = stage.cart()
        stage.network.operations.clear()
        stage.spend(checkout)
        assert stage.network.operations == [
            "SpendingCheckoutAndUser",
            "VoucherCreate",
            "VoucherOpen",
            "SpendingCheckout",
            "CheckoutAddPromoCode",
            "DeliveryOptionsCalculate",
            "SpendingCheckout",
            "PrivateMetadataUpdate",
        ]

    def test_the_same_request_again_is_the_same_redemption(self, stage: Stage) -> None:
        checkout = stage.cart()
        first = stage.spend(checkout, 500, key="k")
        stage.network.operations.clear()
        assert stage.spend(checkout, 500, key="k") == first
        assert stage.network.operations == []
        assert stage.points() == (1500, 500)

    def test_the_same_key_for_another_request_is_a_conflict(self, stage: Stage) -> None:
        checkout = stage.cart()
        stage.spend(checkout, 500, key="k")
        with pytest.raises(IdempotencyConflict):
            stage.spend(checkout, 600, key="k")

    def test_two_members_may_use_the_same_key(self, stage: Stage) -> None:
        stage.give(1000, OTHER)
        first = stage.spend(stage.cart(), key="k")
        second = stage.spend(stage.cart(email=OTHER), key="k", email=OTHER)
        assert first.public_id != second.public_id
        assert stage.points(OTHER) == (500, 500)

    def test_a_failed_request_again_tells_the_same_failure(self, stage: Stage) -> None:
        stage.box.discounts.order_promotion(percentage=Decimal(10))
        checkout = stage.cart()
        first = stage.spend(checkout, 500, key="k")
        assert first.state == "failed"
        assert stage.spend(checkout, 500, key="k") == first

    def test_after_the_end_points_may_be_spent_on_the_cart_again(self, stage: Stage) -> None:
        checkout = stage.cart()
        stage.release(stage.spend(checkout, 500))
        again = stage.spend(checkout, 700)
        assert (again.state, stage.code_on(checkout)) == ("attached", again.code)

    def test_a_cart_without_a_delivery_is_fine(self, stage: Stage) -> None:
        checkout = stage.cart()
        stage.box.node(checkout).delivery = None
        assert stage.spend(checkout).state == "attached"

    def test_gift_cards_that_pay_all_do_not_hide_the_saving(self, stage: Stage) -> None:
        checkout = stage.cart()
        stage.box.discounts.cover(checkout, stage.price(checkout))
        assert stage.price(checkout) == 0
        assert stage.spend(checkout).state == "attached"

    def test_switched_off_spending_lets_live_redemptions_go_on(self, stage: Stage) -> None:
        made = stage.spend(stage.cart())
        stage.store = replace(stage.store, spending_on=False)
        assert stage.release(made).state == "released"
        assert stage.points() == (2000, 0)


class TestDrafts:
    def test_staff_spend_points_for_a_customer(self, stage: Stage) -> None:
        draft = stage.draft()
        made = stage.spend(OnDraft(draft))
        assert (made.state, made.order_id, made.checkout_id) == ("attached", draft, None)
        assert stage.code_on(draft) == made.code
        order = stage.box.node(draft)
        assert order.private_metadata["loyalty.redemption"] == made.public_id

    def test_taken_back_the_draft_has_its_price_again(self, stage: Stage) -> None:
        draft = stage.draft()
        before = stage.box.node(draft).total
        made = stage.spend(OnDraft(draft))
        assert stage.box.node(draft).total != before
        assert stage.release(made).state == "released"
        assert stage.box.node(draft).total == before
        assert stage.points() == (2000, 0)

    def test_one_live_redemption_a_draft(self, stage: Stage) -> None:
        draft = stage.draft()
        stage.spend(OnDraft(draft))
        with pytest.raises(AppError) as refused:
            stage.spend(OnDraft(draft))
        assert refused.value.code == "redemption_live"

    def test_a_draft_that_was_deleted_gives_the_points_back(self, stage: Stage) -> None:
        draft = stage.draft()
        made = stage.spend(OnDraft(draft))
        stage.box.store.orders.pop(stage.box.node(draft).pk)
        assert stage.wake(made).state == "released"
        assert stage.points() == (2000, 0)


class TestCodesHandedOut:
    def test_a_code_without_a_cart_waits_for_one(self, stage: Stage) -> None:
        made = stage.bearer(500)
        assert (made.state, made.checkout_id, stage.points()) == ("issued", None, (1500, 500))
        assert made.deadline == made.created_at + timedelta(days=14)
        assert stage.sweep() == 0

    def test_it_keeps_to_the_limits_of_the_program(self, make_stage: MakeStage) -> None:
        stage = make_stage(
            maximum_share=10,
            code_days=3,
            minimum_orders=[{"channel": "default-channel", "currency": "USD", "money": "20"}],
        )
        made = stage.bearer(500)
        [listing] = stage.voucher(made).listings.values()
        assert listing.min_spent == Decimal(50)
        assert made.deadline == made.created_at + timedelta(days=3)

    def test_unused_it_ends_in_time(self, stage: Stage) -> None:
        made = stage.bearer()
        stage.sweep(timedelta(days=14))
        assert stage.read(made).state == "expired"
        assert stage.voucher(made).end_date < stage.now
        assert stage.points() == (2000, 0)

    def test_a_bound_code_is_marked_where_the_shopper_put_it(self, stage: Stage) -> None:
        made = stage.bearer()
        checkout = stage.cart()
        stage.put_code(checkout, made.code)
        _bind(stage, made.id, checkout)
        assert stage.wake(made).state == "attached"
        assert stage.box.node(checkout).private_metadata["loyalty.redemption"] == made.public_id

    def test_an_unknown_channel_has_none(self, stage: Stage) -> None:
        with pytest.raises(AppError) as refused:
            stage.spend(Bearer("nowhere"))
        assert refused.value.code == "cart_unknown"


class TestGivenBack:
    def test_the_shopper_takes_it_back(self, stage: Stage) -> None:
        checkout = stage.cart()
        before = stage.price(checkout)
        made = stage.spend(checkout)
        ended = stage.release(made)
        assert (ended.state, ended.due_at, ended.leased_until) == ("released", None, None)
        assert stage.code_on(checkout) is None
        assert stage.price(checkout) == before
        assert stage.voucher(made).end_date < stage.now
        assert stage.points() == (2000, 0)
        assert stage.told() == ["points_held", "points_returned"]

    def test_twice_is_no_error_and_gives_nothing_more(self, stage: Stage) -> None:
        made = stage.spend(stage.cart())
        first = stage.release(made)
        assert stage.release(made) == first
        assert stage.points() == (2000, 0)

    def test_nobody_takes_back_what_is_not_theirs(self, stage: Stage) -> None:
        made = stage.spend(stage.cart())
        with pytest.raises(RedemptionUnknown):
            stage.release(made, OTHER)
        with pytest.raises(RedemptionUnknown):
            stage.spender.find(replace(stage.store, id=stage.store.id + 1), made.public_id, None)
        assert stage.read(made).state == "attached"

    def test_an_abandoned_cart_gives_the_points_back_in_time(self, stage: Stage) -> None:
        checkout = stage.cart()
        made = stage.spend(checkout)
        stage.sweep(timedelta(minutes=59))
        assert stage.read(made).state == "attached"
        stage.sweep(timedelta(minutes=1))
        assert stage.read(made).state == "expired"
        assert stage.code_on(checkout) is None
        assert stage.points() == (2000, 0)

    def test_a_code_that_the_shopper_takes_off_gives_the_points_back(self, stage: Stage) -> None:
        checkout = stage.cart()
        made = stage.spend(checkout)
        stage.take_code(checkout, made.code)
        after = stage.wake(made)
        assert (after.state, after.reason) == ("released", {"code": "taken_off"})
        assert stage.points() == (2000, 0)

    def test_news_of_a_cart_that_still_has_its_code_change_nothing(self, stage: Stage) -> None:
        made = stage.spend(stage.cart())
        after = stage.wake(made)
        assert (after.state, after.due_at) == ("attached", made.deadline)

    def test_points_come_back_with_the_programs_time_of_grace(self, make_stage: MakeStage) -> None:
        stage = make_stage(grace_days=7)
        stage.give_expiring(300, stage.now + timedelta(minutes=30), OTHER)
        made = stage.spend(stage.cart(email=OTHER), 300, email=OTHER)
        assert made.state == "attached"
        stage.sweep(timedelta(minutes=60))
        [expiring] = stage.balance(OTHER).expiring
        assert (expiring.amount, expiring.at) == (300, stage.now + timedelta(days=7))


def test_a_free_product_is_spent_and_restored_where_orders_tell_it_on_the_line_alone(
    stage: Stage,
) -> None:
    for channel in stage.box.store.channels.values():
        channel.legacy_line_discounts = False
    offer(stage, item_of({"type": "free_product", "variant": variant_of(stage)}))
    taken = claim(stage)
    checkout = stage.cart(2)
    stage.put_code(checkout, taken.code)
    order = buy(stage, checkout)
    told = stage.box.node(order)
    assert told.discounts == []
    assert [one.type for one in told.lines[0].discounts] == ["VOUCHER"]
    assert stage.read(taken).state == "consumed"
    cancel(stage, order)
    assert (stage.read(taken).state, stage.points()) == ("restored", (2000, 0))


def _bind(stage: Stage, redemption_id: int, checkout: str) -> None:
    stage.database.write(
        lambda conn: redemptions.change(conn, redemption_id, None, {"checkout_id": checkout})
    )
