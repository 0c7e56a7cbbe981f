"""Why points are not spent: before anything is set aside, and on the way."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.programs.models import ProgramRevision
from saleor_loyalty_app.rewards.errors import UserInactive, failure_of
from saleor_loyalty_app.rewards.models import Redemption
from saleor_loyalty_app.rewards.spend_request import Bearer, OnCheckout, OnDraft
from saleor_loyalty_app.saleor.errors import SaleorUnavailable
from sandbox.box import id_of
from tests.integration.rewards.conftest import MakeStage
from tests.redemption_stage import OTHER, PATIENCE, SHOPPER, Stage

STRANGE_IDS = [
    "",
    "zzz",
    "Q2hlY2tvdXQ6",
    "VXNlcjox",
    "Q2hlY2tvdXQ6MDAwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAw",
    "T3JkZXI6MDAwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAw",
    "\x00",
    "💥" * 400,
]


def refused(stage: Stage, *arguments: Any, **named: Any) -> AppError:
    """The refusal of a request that must not set anything aside."""
    before = stage.points(SHOPPER)
    with pytest.raises(AppError) as caught:
        stage.spend(*arguments, **named)
    assert stage.points(SHOPPER) == before
    assert stage.count("VoucherCreate") == 0
    rows = stage.database.read(
        lambda conn: conn.execute(sa.select(sa.func.count()).select_from(table(Redemption)))
        .scalar_one()
    )  # fmt: skip
    assert rows == 0
    return caught.value


def failed(stage: Stage, *arguments: Any, **named: Any) -> dict[str, Any]:
    """The reason of a redemption that failed on the way: everything is as it was before."""
    before = stage.points(SHOPPER)
    made = stage.spend(*arguments, **named)
    assert made.state == "failed"
    assert stage.points(SHOPPER) == before
    voucher = stage.voucher(made)
    assert voucher is None or voucher.end_date < stage.now
    assert stage.told() == ["points_held", "points_returned"]
    reason = dict(made.reason or {})
    assert failure_of(reason).code == reason["code"]
    return reason


class TestBeforeTheHold:
    def test_spending_is_switched_off(self, stage: Stage) -> None:
        stage.store = replace(stage.store, spending_on=False)
        assert refused(stage, stage.cart()).code == "spending_off"

    def test_no_program_is_in_force(self, stage: Stage) -> None:
        stage.database.write(lambda conn: conn.execute(sa.delete(table(ProgramRevision))))
        assert refused(stage, stage.cart()).code == "no_program"

    def test_the_currency_has_no_rate(self, stage: Stage) -> None:
        stage.box.node(checkout := stage.cart()).channel = stage.box.store.channel_by_slug(
            "channel-tr"
        )
        assert refused(stage, checkout).code == "currency_without_rate"

    def test_the_user_was_deactivated_since_the_token_was_given(self, stage: Stage) -> None:
        checkout = stage.cart()
        stage.box.user(SHOPPER).is_active = False
        assert refused(stage, checkout).code == "user_inactive"

    @pytest.mark.parametrize("user", ["=0pnyRIyi0=6rf", "User:1", "VXNlcjp4", ""])
    def test_what_is_no_id_of_a_user_never_reaches_saleor(self, stage: Stage, user: str) -> None:
        for target in (OnCheckout(stage.cart()), Bearer("default-channel")):
            request = replace(stage.request(target), user_id=user)
            with pytest.raises(UserInactive):
                stage.spender.spend(stage.store, request, patience=PATIENCE)

    @pytest.mark.parametrize(
        ("values", "why"),
        [
            ({"spending_blocked": True}, "blocked"),
            ({"state": "blocked"}, "blocked"),
            ({"state": "left"}, "left"),
            ({"state": "invited"}, "not_enrolled"),
        ],
    )
    def test_the_member_may_not(self, stage: Stage, values: dict[str, Any], why: str) -> None:
        checkout = stage.cart()
        members = table(Member)
        stage.database.write(lambda conn: conn.execute(sa.update(members).values(values)))
        refusal = refused(stage, checkout)
        assert (refusal.code, refusal.detail) == ("spending_blocked", {"reason": why})

    def test_a_paused_member_may(self, stage: Stage) -> None:
        checkout = stage.cart()
        members = table(Member)
        stage.database.write(lambda conn: conn.execute(sa.update(members).values(state="paused")))
        assert stage.spend(checkout).state == "attached"

    def test_there_are_too_few_points(self, stage: Stage) -> None:
        refusal = refused(stage, stage.cart(), 2001)
        assert refusal.code == "not_enough_points"
        assert refusal.detail == {"available": 2000, "needed": 2001}

    def test_a_user_who_is_no_member_has_none(self, stage: Stage) -> None:
        checkout = stage.cart()
        members = table(Member)
        stage.database.write(
            lambda conn: conn.execute(sa.update(members).values(user_id=None, state="guest"))
        )
        assert refused(stage, checkout).code == "not_enough_points"

    @pytest.mark.parametrize("points", [0, -5, 10_000_001, 10**30])
    def test_that_is_no_number_of_points(self, stage: Stage, points: int) -> None:
        assert refused(stage, stage.cart(), points).code == "invalid_points"

    def test_limits_of_the_program(self, make_stage: MakeStage) -> None:
        stage = make_stage(minimum_points=100, step=50, maximum_share=10)
        checkout = stage.cart()
        cases = {99: "below_minimum_points", 120: "not_a_multiple", 1550: "above_maximum"}
        for points, code in cases.items():
            assert refused(stage, checkout, points).code == code
        assert stage.spend(checkout, 1500).state == "attached"

    def test_the_cart_is_too_small(self, make_stage: MakeStage) -> None:
        minimum = {"channel": "default-channel", "currency": "USD", "money": "151"}
        stage = make_stage(minimum_orders=[minimum])
        refusal = refused(stage, stage.cart())
        assert refusal.code == "below_minimum_order"
        assert refusal.detail == {"minimum": "151", "missing": "1", "currency": "USD"}

    def test_another_code_is_on_the_cart(self, stage: Stage) -> None:
        checkout = stage.cart()
        stage.box.discounts.voucher(Decimal(1), "SUMMER")
        stage.put_code(checkout, "SUMMER")
        assert refused(stage, checkout).code == "other_code"
        assert stage.code_on(checkout) == "SUMMER"

    @pytest.mark.parametrize("target", [OnCheckout, OnDraft])
    @pytest.mark.parametrize("strange", STRANGE_IDS)
    def test_there_is_no_such_cart(
        self, stage: Stage, target: Callable[[str], Any], strange: str
    ) -> None:
        assert refused(stage, target(strange)).code == "cart_unknown"

    def test_the_cart_is_somebody_elses(self, stage: Stage) -> None:
        assert refused(stage, stage.cart(email=OTHER)).code == "cart_unknown"

    def test_the_cart_is_a_guests(self, stage: Stage) -> None:
        checkout = stage.cart()
        stage.box.node(checkout).user = None
        assert refused(stage, checkout).code == "cart_unknown"

    def test_the_draft_is_an_order(self, stage: Stage) -> None:
        draft = stage.draft()
        stage.box.node(draft).status = "UNFULFILLED"
        assert refused(stage, OnDraft(draft)).code == "cart_completed"

    def test_money_is_on_the_cart(self, stage: Stage) -> None:
        checkout = stage.cart()
        stage.charge(checkout, Decimal(1))
        assert refused(stage, checkout).code == "payment_under_way"

    def test_a_legacy_payment_is_on_the_cart(self, stage: Stage) -> None:
        checkout = stage.cart()
        stage.box.discounts.pay_the_old_way(checkout, Decimal(10), "NOT_CHARGED")
        assert refused(stage, checkout).code == "payment_under_way"

    def test_points_are_being_spent_there_already(self, stage: Stage) -> None:
        checkout = stage.cart()
        first = stage.spend(checkout)
        with pytest.raises(AppError) as caught:
            stage.spend(checkout)
        assert (caught.value.code, caught.value.detail) == (
            "redemption_live",
            {"id": first.public_id},
        )
        assert stage.points() == (1500, 500)

    def test_saleor_does_not_answer(self, stage: Stage) -> None:
        checkout = stage.cart()
        stage.network.lose("SpendingCheckoutAndUser", heard=False)
        assert isinstance(refused(stage, checkout), SaleorUnavailable)


class TestOnTheWay:
    def test_an_order_promotion_that_would_be_lost(self, stage: Stage) -> None:
        stage.box.discounts.order_promotion(percentage=Decimal(10))
        checkout = stage.cart()
        before = stage.price(checkout)
        reason = failed(stage, checkout, 500)
        assert reason == {
            "code": "worse_off",
            "promised": "5",
            "saved": "-10.8",
            "before": "151.2",
            "after": "162",
            "currency": "USD",
        }
        assert stage.price(checkout) == before

    def test_a_promotion_smaller_than_the_discount_is_told_by_its_rest(self, stage: Stage) -> None:
        stage.box.discounts.order_promotion(amount=Decimal(4))
        reason = failed(stage, stage.cart(), 500)
        assert (reason["code"], reason["saved"]) == ("worse_off", "1.08")

    def test_a_gift_that_would_be_lost(self, stage: Stage) -> None:
        tea = next(one for one in stage.box.store.products.values() if one.slug == "black-tea")
        stage.box.discounts.gift_promotion(id_of(tea.variants[0]))
        checkout = stage.cart()
        assert failed(stage, checkout, 500) == {"code": "gift_lost"}
        assert any(line.is_gift for line in stage.box.node(checkout).lines)

    @pytest.mark.parametrize("version", ["3.22", "3.23"])
    def test_a_delivery_that_needs_the_goods_price(
        self, make_stage: MakeStage, version: str
    ) -> None:
        stage = make_stage(version=version)
        checkout = stage.cart()
        _needs(stage, Decimal(148))
        before = stage.price(checkout)
        assert failed(stage, checkout, 500) == {"code": "delivery_lost"}
        assert stage.price(checkout) == before
        assert stage.box.node(checkout).delivery is not None
        stage.charge(checkout)
        assert stage.complete(checkout)

    @pytest.mark.parametrize("version", ["3.22", "3.23"])
    def test_a_delivery_is_found_again_also_where_the_answer_was_lost(
        self, make_stage: MakeStage, version: str
    ) -> None:
        stage = make_stage(version=version)
        checkout = stage.cart()
        _needs(stage, Decimal(148))
        before = stage.price(checkout)
        stage.network.lose("CheckoutRemovePromoCode", heard=True)
        made = stage.spend(checkout, 500)
        assert (made.state, made.ending) == ("issued", "failed")
        stage.sweep(timedelta(seconds=2))
        assert stage.read(made).state == "failed"
        assert stage.price(checkout) == before
        assert stage.box.node(checkout).delivery is not None
        stage.charge(checkout)
        assert stage.complete(checkout)

    def test_another_code_comes_while_ours_is_made(self, stage: Stage) -> None:
        checkout = stage.cart()
        stage.box.discounts.voucher(Decimal(1), "SUMMER")
        stage.network.meanwhile("VoucherOpen", lambda: stage.put_code(checkout, "SUMMER"))
        assert failed(stage, checkout) == {"code": "other_code"}
        assert stage.code_on(checkout) == "SUMMER"

    def test_another_code_replaces_ours_at_once(self, stage: Stage) -> None:
        checkout = stage.cart()
        stage.box.discounts.voucher(Decimal(1), "SUMMER")
        stage.network.meanwhile(
            "DeliveryOptionsCalculate", lambda: stage.put_code(checkout, "SUMMER")
        )
        assert failed(stage, checkout) == {"code": "other_code"}
        assert stage.code_on(checkout) == "SUMMER"

    def test_payment_begins_while_the_code_is_made(self, stage: Stage) -> None:
        checkout = stage.cart()
        stage.network.meanwhile("VoucherOpen", lambda: stage.charge(checkout, Decimal(1)))
        assert failed(stage, checkout) == {"code": "payment_under_way"}

    def test_the_shopper_signs_out_while_the_code_is_made(self, stage: Stage) -> None:
        checkout = stage.cart()
        stage.network.meanwhile(
            "VoucherOpen", lambda: setattr(stage.box.node(checkout), "user", None)
        )
        assert failed(stage, checkout) == {"code": "cart_unknown"}

    def test_the_cart_is_completed_while_the_code_is_made(self, stage: Stage) -> None:
        checkout = stage.cart()
        stage.network.meanwhile("VoucherOpen", lambda: stage.pay_and_complete(checkout))
        assert failed(stage, checkout) == {"code": "cart_unknown"}

    def test_a_cart_that_changes_meanwhile_is_compared_with_itself(self, stage: Stage) -> None:
        checkout = stage.cart(2)
        stage.network.meanwhile("CheckoutAddPromoCode", lambda: stage.change_lines(checkout, 1))
        made = stage.spend(checkout, 500)
        assert made.state == "attached"
        assert (made.before or {})["goods"] == "81"

    def test_a_cart_that_never_stands_still(self, stage: Stage) -> None:
        checkout = stage.cart(2)
        amounts = iter(range(3, 100))

        def change(operation: str) -> None:
            if operation == "CheckoutAddPromoCode":
                stage.change_lines(checkout, next(amounts))

        stage.network.before = change
        assert failed(stage, checkout) == {"code": "cart_changing"}
        assert stage.code_on(checkout) is None

    def test_saleor_does_not_take_the_code(self, stage: Stage) -> None:
        checkout = stage.cart()

        def spoil() -> None:
            for voucher in stage.box.store.vouchers.values():
                voucher.end_date = stage.now - timedelta(days=1)

        stage.network.meanwhile("CheckoutAddPromoCode", spoil)
        assert failed(stage, checkout) == {"code": "code_refused"}

    def test_the_app_may_not_make_vouchers(self, stage: Stage) -> None:
        checkout = stage.cart()
        [app] = [one for one in stage.box.store.apps.values() if one.identifier == "saleor.loyalty"]
        app.permissions = app.permissions - {"MANAGE_DISCOUNTS"}
        assert failed(stage, checkout) == {"code": "saleor_refused"}

    def test_saleor_does_not_make_the_voucher(self, stage: Stage) -> None:
        checkout = stage.cart()
        stage.network.edit = lambda told: _unmake(stage, told)
        assert failed(stage, checkout) == {"code": "saleor_refused"}


def _needs(stage: Stage, least: Decimal) -> None:
    """Deliveries are offered from this price of the goods on."""
    for method in stage.box.store.shipping_methods.values():
        method.minimum_order_prices["default-channel"] = least


def _unmake(stage: Stage, told: dict[str, Any]) -> None:
    """Saleor refused to make a voucher, and so has none."""
    if "voucherCreate" in (told.get("data") or {}):
        stage.box.store.vouchers.clear()
        stage.box.store.voucher_codes.clear()
        error = {"field": "name", "code": "INVALID", "message": "Too long."}
        told["data"]["voucherCreate"] = {"voucher": None, "errors": [error]}
