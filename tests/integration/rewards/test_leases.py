"""One works on a redemption at a time; who is too slow stops without a word."""

import contextlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.rewards import redemptions
from saleor_loyalty_app.rewards.errors import RedemptionUnknown
from saleor_loyalty_app.rewards.redemptions import LEASE, RedemptionRef
from tests.redemption_stage import PATIENCE, Stage


def take(stage: Stage, known: RedemptionRef) -> RedemptionRef | None:
    return stage.database.write(
        lambda conn: redemptions.take_lease(conn, stage.store.id, known.id, stage.now)
    )


def wait_for_the_end(stage: Stage, known: RedemptionRef) -> None:
    """Until whoever has the lease has ended it; a release that finds it taken does not wait."""
    deadline = time.monotonic() + 60
    while stage.read(known).is_live:
        assert time.monotonic() < deadline
        time.sleep(0.02)


class TestLease:
    def test_a_lease_is_had_by_one_and_counts_the_fence_up(self, stage: Stage) -> None:
        made = stage.bearer()
        first = take(stage, made)
        assert first is not None
        assert (first.fence, first.leased_until) == (made.fence + 1, stage.now + LEASE)
        assert take(stage, made) is None
        stage.box.clock.advance(LEASE)
        second = take(stage, made)
        assert second is not None
        assert second.fence == first.fence + 1

    def test_a_lease_from_a_clock_that_was_set_back_holds_nobody_up(self, stage: Stage) -> None:
        made = stage.bearer()
        ahead = stage.now + timedelta(days=2)
        assert stage.database.write(
            lambda conn: redemptions.take_lease(conn, stage.store.id, made.id, ahead)
        )
        assert take(stage, made) is not None

    def test_only_the_newest_lease_writes(self, stage: Stage) -> None:
        made = stage.bearer()
        first = take(stage, made)
        stage.box.clock.advance(LEASE)
        second = take(stage, made)
        assert first is not None
        assert second is not None

        def write(fence: int, attempts: int) -> RedemptionRef | None:
            return stage.database.write(
                lambda conn: redemptions.change(conn, made.id, fence, {"attempts": attempts})
            )

        assert write(first.fence, 7) is None
        changed = write(second.fence, 8)
        assert changed is not None
        assert stage.read(made).attempts == changed.attempts == 8

    def test_a_change_under_the_lock_takes_the_work_away(self, stage: Stage) -> None:
        checkout = stage.cart()

        def consume() -> None:
            stage.database.write(
                lambda conn: redemptions.change(conn, 1, None, {"order_id": "T3JkZXI6MQ=="})
            )

        stage.network.meanwhile("CheckoutAddPromoCode", consume)
        made = stage.spend(checkout)
        assert (made.state, made.order_id, made.leased_until) == ("issued", "T3JkZXI6MQ==", None)

    def test_who_is_too_slow_writes_nothing_and_raises_nothing(self, stage: Stage) -> None:
        checkout = stage.cart()

        def taken_over() -> None:
            stage.sweep(timedelta(hours=1))

        stage.network.meanwhile("CheckoutAddPromoCode", taken_over)
        slow = stage.spend(checkout)
        assert slow.state == "expired"
        assert stage.code_on(checkout) is None
        assert stage.points() == (2000, 0)
        assert stage.told() == ["points_held", "points_returned"]

    def test_the_sweep_leaves_what_somebody_is_at(self, stage: Stage) -> None:
        checkout = stage.cart()
        drives: list[int] = []
        stage.network.meanwhile("VoucherOpen", lambda: drives.append(stage.sweep()))
        made = stage.spend(checkout)
        assert (made.state, drives) == ("attached", [0])


class TestRequestsMeet:
    def test_the_request_and_the_sweep_race_and_double_no_step(self, stage: Stage) -> None:
        checkout = stage.cart()
        stop = threading.Event()

        def sweep() -> None:
            while not stop.is_set():
                for number in range(1, 4):
                    with contextlib.suppress(RedemptionUnknown):
                        stage.driver.drive(stage.store, number)

        with ThreadPoolExecutor(2) as threads:
            sweeping = [threads.submit(sweep) for _ in range(2)]
            try:
                made = [stage.spend(checkout)]
                made.append(stage.release(made[0]))
                wait_for_the_end(stage, made[0])
                made.append(stage.spend(checkout))
            finally:
                stop.set()
            for one in sweeping:
                one.result(60)
        stage.sweep()
        assert [stage.read(one).state for one in (made[0], made[2])] == ["released", "attached"]
        assert (stage.count("VoucherCreate"), stage.count("CheckoutAddPromoCode")) == (2, 2)
        assert stage.points() == (1500, 500)

    def test_the_same_request_from_many_threads_is_one_redemption(self, stage: Stage) -> None:
        checkout = stage.cart()
        request = stage.request(checkout, 500, key="same")
        gate = threading.Barrier(8)

        def spend() -> RedemptionRef:
            gate.wait(30)
            return stage.spender.spend(stage.store, request, patience=PATIENCE)

        with ThreadPoolExecutor(8) as threads:
            told = [one.result(60) for one in [threads.submit(spend) for _ in range(8)]]
        assert len({one.public_id for one in told}) == 1
        stage.sweep(LEASE)
        assert stage.read(told[0]).state == "attached"
        assert stage.count("VoucherCreate") == 1
        assert stage.points() == (1500, 500)

    @pytest.mark.parametrize("points", [2000, 1500])
    def test_of_sixteen_on_one_balance_over_four_carts_one_succeeds(
        self, stage: Stage, points: int
    ) -> None:
        carts = [stage.cart() for _ in range(4)]
        gate = threading.Barrier(16)

        def spend(number: int) -> RedemptionRef | str:
            gate.wait(30)
            try:
                return stage.spend(carts[number % 4], points, key=f"racer-{number}")
            except AppError as refused:
                return refused.code

        with ThreadPoolExecutor(16) as threads:
            told = [one.result(120) for one in [threads.submit(spend, n) for n in range(16)]]
        won = [one for one in told if isinstance(one, RedemptionRef)]
        assert [one.state for one in won] == ["attached"]
        lost = {one for one in told if isinstance(one, str)}
        assert lost <= {"not_enough_points", "redemption_live", "other_code"}
        assert stage.points() == (2000 - points, points)
        assert stage.count("VoucherCreate") == 1
        [code] = [stage.code_on(cart) for cart in carts if stage.code_on(cart)]
        assert code == won[0].code

    def test_many_take_it_back_at_once(self, stage: Stage) -> None:
        made = stage.spend(stage.cart())
        gate = threading.Barrier(6)

        def release() -> str:
            gate.wait(30)
            return stage.release(made).state

        with ThreadPoolExecutor(6) as threads:
            told = [one.result(60) for one in [threads.submit(release) for _ in range(6)]]
        assert set(told) <= {"released", "attached"}
        stage.sweep(LEASE)
        assert stage.read(made).state == "released"
        assert stage.points() == (2000, 0)
        assert stage.told() == ["points_held", "points_returned"]
