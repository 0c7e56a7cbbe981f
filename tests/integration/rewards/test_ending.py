"""A redemption ends only where no order and no payment stands behind its code."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from saleor_loyalty_app.rewards import redemptions, sightings
from saleor_loyalty_app.rewards.errors import PaymentUnderWay, RedemptionConsumed
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.rewards.spend_request import OnDraft
from tests.redemption_stage import OTHER, SHOPPER, Stage

HOUR = timedelta(hours=1)


def assert_waits(stage: Stage, made: RedemptionRef, checkout: str) -> None:
    """Money is on the cart: its code is good, and it is looked at hourly."""
    waiting = stage.read(made)
    assert (waiting.state, waiting.code_ended_at) == ("attached", None)
    assert waiting.due_at == stage.now + HOUR
    assert stage.code_on(checkout) == made.code
    assert stage.voucher(made).end_date > stage.now
    assert stage.points() == (1500, 500)


class TestMoney:
    @pytest.mark.parametrize("kind", ["amountAuthorized", "amountCharged"])
    def test_the_time_is_over_while_money_is_on_the_checkout(self, stage: Stage, kind: str) -> None:
        checkout = stage.cart()
        made = stage.spend(checkout)
        paid = {kind: str(stage.price(checkout))}
        stage.teller.transact(checkout, "Card", "USD", by=stage.teller.cast.app, **paid)
        stage.sweep(HOUR)
        assert_waits(stage, made, checkout)
        order = stage.complete(checkout)
        assert stage.box.node(order).voucher_code == made.code

    def test_a_legacy_payment_keeps_the_code(self, stage: Stage) -> None:
        checkout = stage.cart()
        made = stage.spend(checkout)
        stage.box.discounts.pay_the_old_way(checkout, stage.price(checkout), "NOT_CHARGED")
        stage.sweep(HOUR)
        assert_waits(stage, made, checkout)

    def test_money_that_goes_lets_the_points_go(self, stage: Stage) -> None:
        checkout = stage.cart()
        made = stage.spend(checkout)
        amount = str(stage.price(checkout))
        paid = stage.charge(checkout)
        stage.sweep(HOUR)
        assert_waits(stage, made, checkout)
        stage.teller.report(paid, "REFUND_SUCCESS", amount, "back")
        stage.sweep(HOUR)
        assert stage.read(made).state == "expired"
        assert stage.points() == (2000, 0)

    def test_money_that_appears_while_the_code_is_taken_off_brings_it_back(
        self, stage: Stage
    ) -> None:
        checkout = stage.cart()
        made = stage.spend(checkout)
        reduced = stage.price(checkout)
        stage.network.meanwhile("CheckoutRemovePromoCode", lambda: stage.charge(checkout, reduced))
        stage.sweep(HOUR)
        assert_waits(stage, made, checkout)
        assert stage.price(checkout) == reduced
        assert stage.complete(checkout)

    def test_money_that_appears_with_the_code_after_its_end_revives_it(self, stage: Stage) -> None:
        checkout = stage.cart()
        made = stage.spend(checkout)

        def put_back_and_pay() -> None:
            stage.put_code(checkout, made.code)
            stage.charge(checkout)

        stage.network.meanwhile("VoucherUpdate", put_back_and_pay)
        stage.sweep(HOUR)
        assert_waits(stage, made, checkout)
        assert stage.complete(checkout)

    def test_a_code_that_is_put_back_without_money_is_taken_off_again(self, stage: Stage) -> None:
        checkout = stage.cart()
        made = stage.spend(checkout)
        stage.network.meanwhile("VoucherUpdate", lambda: stage.put_code(checkout, made.code))
        stage.sweep(HOUR)
        assert stage.read(made).state == "expired"
        assert stage.code_on(checkout) is None
        assert stage.points() == (2000, 0)

    def test_who_pays_cannot_take_the_points_back(self, stage: Stage) -> None:
        checkout = stage.cart()
        made = stage.spend(checkout)
        stage.charge(checkout)
        with pytest.raises(PaymentUnderWay):
            stage.release(made)
        after = stage.read(made)
        assert (after.state, after.ending, stage.code_on(checkout)) == ("attached", "", made.code)


class TestOrders:
    def test_an_order_that_nobody_told_of_is_found_and_spends_the_points(
        self, stage: Stage
    ) -> None:
        checkout = stage.cart()
        made = stage.spend(checkout)
        stage.pay_and_complete(checkout)
        stage.sweep(HOUR, rounds=1)
        assert (stage.read(made).state, stage.points()) == ("attached", (1500, 500))
        stage.book_orders()
        after = stage.read(made)
        assert (after.state, after.order_id) == ("consumed", stage.teller.orders[-1])
        assert stage.balance().held == 0
        stage.sweep(HOUR)
        assert stage.read(made).state == "consumed"
        with pytest.raises(RedemptionConsumed):
            stage.release(made)

    @pytest.mark.parametrize("operation", ["SpendingCheckout", "CheckoutRemovePromoCode"])
    def test_an_order_that_is_made_while_the_time_runs_out(
        self, stage: Stage, operation: str
    ) -> None:
        checkout = stage.cart()
        made = stage.spend(checkout)
        stage.network.meanwhile(operation, lambda: stage.pay_and_complete(checkout))
        stage.sweep(HOUR, rounds=1)
        assert stage.read(made).is_live
        stage.book_orders()
        assert stage.read(made).state == "consumed"

    def test_an_order_that_is_made_between_the_last_look_and_the_end(self, stage: Stage) -> None:
        checkout = stage.cart()
        made = stage.spend(checkout)

        def buy() -> None:
            stage.put_code(checkout, made.code)
            stage.pay_and_complete(checkout)

        stage.network.meanwhile("VoucherUpdate", buy)
        stage.sweep(HOUR, rounds=1)
        assert stage.read(made).is_live
        stage.book_orders()
        assert stage.read(made).state == "consumed"

    def test_a_checkout_completed_without_the_code_gives_the_points_back(
        self, stage: Stage
    ) -> None:
        checkout = stage.cart()
        made = stage.spend(checkout)
        stage.take_code(checkout, made.code)
        stage.pay_and_complete(checkout)
        after = stage.wake(made)
        assert (after.state, after.reason) == ("released", {"code": "cart_gone"})
        assert stage.points() == (2000, 0)

    def test_a_checkout_that_saleor_deleted_gives_the_points_back(self, stage: Stage) -> None:
        checkout = stage.cart()
        made = stage.spend(checkout)
        stage.box.store.checkouts.pop(stage.box.node(checkout).pk)
        assert stage.wake(made).state == "released"
        assert stage.points() == (2000, 0)

    def test_a_draft_that_became_an_order_is_booked_before_anything_else(
        self, stage: Stage
    ) -> None:
        draft = stage.draft()
        made = stage.spend(OnDraft(draft))
        stage.box.node(draft).status = "UNFULFILLED"
        after = stage.wake(made)
        assert after.is_live
        stage.book_orders()
        assert stage.read(made).state == "consumed"

    def test_a_draft_completed_while_it_is_taken_back_keeps_the_points_spent(
        self, stage: Stage
    ) -> None:
        draft = stage.draft()
        made = stage.spend(OnDraft(draft))
        stage.network.meanwhile(
            "DraftOrderUpdate", lambda: setattr(stage.box.node(draft), "status", "UNFULFILLED")
        )
        assert stage.release(made).is_live
        stage.book_orders()
        assert stage.read(made).state == "consumed"

    @pytest.mark.parametrize("taken_back", [True, False])
    def test_a_draft_that_became_an_order_with_the_code_but_no_discount_keeps_no_points(
        self, stage: Stage, taken_back: bool
    ) -> None:
        draft = stage.draft()
        made = stage.spend(OnDraft(draft))
        node = stage.box.node(draft)
        node.status, node.discounts = "UNFULFILLED", []
        for line in node.lines:
            line.discounts = []
        assert node.voucher_code == made.code
        after = stage.release(made) if taken_back else stage.wake(made)
        assert after.state == "released"
        assert stage.points() == (2000, 0)


class TestOtherPlaces:
    def test_an_order_that_used_another_code_is_not_waited_for(self, stage: Stage) -> None:
        """Both codes were on its checkout, and the order tells a voucher's discount without one."""
        checkout = stage.cart()
        handed = stage.bearer()
        self._seen(stage, handed, checkout, stage.users[SHOPPER])
        stage.take_code(checkout, handed.code)
        made = stage.spend(checkout)
        order = stage.box.node(stage.pay_and_complete(checkout))
        order.voucher_code = None
        order.discounts[0].name = "Renamed by staff"
        assert stage.release(handed).state == "released"
        assert stage.wake(made).is_live
        stage.book_orders()
        assert stage.read(made).state == "consumed"

    def _seen(self, stage: Stage, made: RedemptionRef, checkout: str, user: str | None) -> None:
        stage.put_code(checkout, made.code)
        stage.database.write(
            lambda conn: sightings.note(
                conn, stage.store.id, made.id, checkout, user_id=user, foreign=True, now=stage.now
            )
        )

    def test_the_code_is_taken_off_wherever_it_was_seen(self, stage: Stage) -> None:
        made, elsewhere = stage.spend(stage.cart()), stage.cart(email=OTHER)
        self._seen(stage, made, elsewhere, stage.users[OTHER])
        assert stage.release(made).state == "released"
        assert stage.code_on(elsewhere) is None

    def test_it_is_not_ended_on_a_strangers_cart_that_is_paid(self, stage: Stage) -> None:
        made, elsewhere = stage.spend(stage.cart()), stage.cart(email=OTHER)
        self._seen(stage, made, elsewhere, stage.users[OTHER])
        stage.charge(elsewhere)
        after = stage.release(made)
        assert (after.is_live, after.ending) == (True, "released")
        assert stage.voucher(made).end_date > stage.now
        assert stage.complete(elsewhere)


class TestLooks:
    def test_a_wish_to_look_during_the_work_is_not_lost(self, stage: Stage) -> None:
        checkout = stage.cart()

        def news() -> None:
            stage.database.write(
                lambda conn: redemptions.wake(conn, stage.store.id, [1], stage.now + _TICK)
            )

        stage.network.meanwhile("PrivateMetadataUpdate", news)
        made = stage.spend(checkout)
        assert (made.state, made.due_at) == ("attached", stage.now + _TICK)

    @pytest.mark.parametrize("reason", ["released", "expired"])
    def test_whatever_it_ends_for_it_ends_once(self, stage: Stage, reason: str) -> None:
        made = stage.spend(stage.cart())
        ends: list[Callable[[], object]] = [
            lambda: stage.release(made),
            lambda: stage.sweep(HOUR),
        ]
        for end in ends if reason == "released" else reversed(ends):
            end()
        assert stage.read(made).state == reason
        assert stage.told() == ["points_held", "points_returned"]
        assert stage.points() == (2000, 0)


_TICK = timedelta(seconds=1)
