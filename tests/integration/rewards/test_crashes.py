"""A process dies at any network call or commit; whoever comes next brings the redemption home."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

import httpx
import pytest
from sqlalchemy import Connection

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.rewards.redemptions import LEASE, RedemptionRef
from tests.integration.rewards.conftest import MakeStage
from tests.redemption_stage import Stage, set_token

T = TypeVar("T")

#: More than a whole redemption has; a test beyond the last call proves that nothing was left out.
CALLS = range(1, 10)
COMMITS = range(1, 8)


class Died(BaseException):
    """The process is gone: nothing catches it."""


class Doom:
    """Counts calls or commits, and ends the process at one of them."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.seen = 0
        self.struck = False

    def strike(self) -> None:
        self.seen += 1
        if self.seen == self.at and not self.struck:
            self.struck = True
            raise Died


def begin(stage: Stage, checkout: str) -> RedemptionRef | None:
    """A request that its process does not survive; gives what it left, if anything."""
    request = stage.request(checkout, 500, key="doomed")
    try:
        return stage.spender.spend(stage.store, request, patience=timedelta(seconds=8))
    except Died:
        calm(stage)  # Another process is not doomed.
        return stage.spender._known(stage.store, request)


def calm(stage: Stage) -> None:
    """Nothing happens on the network any more."""
    stage.network.once(None)


def commits_die(monkeypatch: pytest.MonkeyPatch, doom: Doom, *, before: bool) -> None:
    """The process dies before a commit reaches the database, or just after."""
    write = Database.write

    def doomed(self: Database, fn: Callable[[Connection], T]) -> T:
        if before:
            doom.strike()
        result = write(self, fn)
        if not before:
            doom.strike()
        return result

    monkeypatch.setattr(Database, "write", doomed)


def assert_home(stage: Stage, checkout: str, left: RedemptionRef | None, *states: str) -> None:
    """The redemption is at rest, and Saleor, books and row say the same."""
    if left is None:
        assert stage.points() == (2000, 0)
        assert stage.box.store.vouchers == {}
        return
    after = stage.read(left)
    assert after.state in states
    assert after.leased_until is None
    vouchers = [one for one in stage.box.store.vouchers.values() if one.listings]
    if after.state == "attached":
        assert stage.points() == (1500, 500)
        assert stage.code_on(checkout) == after.code
        assert [one.name for one in vouchers] == [f"Loyalty {after.public_id}"]
        assert after.due_at == after.deadline
    else:
        assert stage.points() == (2000, 0)
        assert stage.code_on(checkout) is None
        assert all(one.end_date is not None and one.end_date < stage.now for one in vouchers)
        assert after.due_at is None


@pytest.mark.parametrize("heard", [False, True], ids=["unheard", "done"])
@pytest.mark.parametrize("call", CALLS)
def test_it_dies_at_a_call_and_is_attached_by_the_sweep(
    make_stage: MakeStage, call: int, heard: bool
) -> None:
    stage = make_stage()
    checkout = stage.cart()
    doom = Doom(call)
    stage.network.once(lambda _operation: doom.strike(), heard=heard)
    left = begin(stage, checkout)
    assert doom.struck == (call < max(CALLS))
    stage.sweep(LEASE)
    assert_home(stage, checkout, left, "attached")


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("commit", COMMITS)
def test_it_dies_at_a_commit_and_is_attached_by_the_sweep(
    make_stage: MakeStage, monkeypatch: pytest.MonkeyPatch, commit: int, before: bool
) -> None:
    stage = make_stage()
    checkout = stage.cart()
    doom = Doom(commit)
    commits_die(monkeypatch, doom, before=before)
    left = begin(stage, checkout)
    assert doom.struck == (commit < max(COMMITS))
    stage.sweep(LEASE)
    assert_home(stage, checkout, left, "attached")


@pytest.mark.parametrize("call", CALLS)
def test_it_dies_and_nobody_comes_before_the_time_is_over(make_stage: MakeStage, call: int) -> None:
    stage = make_stage()
    checkout = stage.cart()
    doom = Doom(call)
    stage.network.once(lambda _operation: doom.strike(), heard=True)
    left = begin(stage, checkout)
    calm(stage)
    stage.sweep(timedelta(hours=2))
    assert_home(stage, checkout, left, "expired")


@pytest.mark.parametrize("heard", [False, True], ids=["unheard", "done"])
@pytest.mark.parametrize("call", range(1, 11))
def test_it_dies_while_it_is_taken_back(make_stage: MakeStage, call: int, heard: bool) -> None:
    stage = make_stage()
    checkout = stage.cart()
    made = stage.spend(checkout)
    doom = Doom(call)
    stage.network.once(lambda _operation: doom.strike(), heard=heard)
    _survive(lambda: stage.release(made))
    calm(stage)
    stage.sweep(LEASE)
    if stage.read(made).state == "attached":
        # It died before the wish was written down: the shopper asks again.
        assert call == 1
        stage.release(made)
    assert_home(stage, checkout, made, "released")
    assert stage.told() == ["points_held", "points_returned"]


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("commit", range(1, 7))
def test_it_dies_at_a_commit_while_it_is_taken_back(
    make_stage: MakeStage, monkeypatch: pytest.MonkeyPatch, commit: int, before: bool
) -> None:
    stage = make_stage()
    checkout = stage.cart()
    made = stage.spend(checkout)
    commits_die(monkeypatch, Doom(commit), before=before)
    _survive(lambda: stage.release(made))
    stage.sweep(LEASE)
    if stage.read(made).state == "attached":
        assert (commit, before) == (1, True)
        stage.release(made)
    assert_home(stage, checkout, made, "released")
    assert stage.told() == ["points_held", "points_returned"]


@pytest.mark.parametrize("heard", [False, True], ids=["unheard", "done"])
@pytest.mark.parametrize(
    "operation",
    [
        "VoucherCreate",
        "VoucherOpen",
        "SpendingCheckout",
        "CheckoutAddPromoCode",
        "DeliveryOptionsCalculate",
        "PrivateMetadataUpdate",
    ],
)
def test_an_answer_that_is_lost_is_looked_up_by_the_sweep(
    stage: Stage, operation: str, heard: bool
) -> None:
    checkout = stage.cart()
    stage.network.lose(operation, heard=heard)
    made = stage.spend(checkout)
    assert (made.is_live, made.state == "attached", made.attempts) == (True, False, 1)
    assert made.due_at == stage.now + timedelta(seconds=2)
    assert stage.sweep() == 0
    stage.sweep(timedelta(seconds=2))
    assert_home(stage, checkout, made, "attached")


@pytest.mark.parametrize("heard", [False, True], ids=["unheard", "done"])
@pytest.mark.parametrize(
    "operation",
    ["CheckoutRemovePromoCode", "DeliveryOptionsCalculate", "OrdersWithCode", "VoucherUpdate"],
)
def test_an_answer_that_is_lost_while_it_is_taken_back(
    stage: Stage, operation: str, heard: bool
) -> None:
    checkout = stage.cart()
    made = stage.spend(checkout)
    stage.network.lose(operation, heard=heard)
    waiting = stage.release(made)
    assert (waiting.state, waiting.ending) == ("attached", "released")
    assert stage.points() == (1500, 500)
    stage.sweep(timedelta(seconds=2))
    assert_home(stage, checkout, made, "released")


def test_a_slow_saleor_is_asked_less_and_less_and_the_points_come_back(stage: Stage) -> None:
    checkout = stage.cart()

    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow", request=request)

    stage.network.meanwhile("VoucherCreate", lambda: _break(stage, away))
    made = stage.spend(checkout)
    assert made.state == "held"
    asked = 0
    for _ in range(60):
        before = len(stage.network.asked)
        stage.sweep(timedelta(seconds=60), rounds=1)
        asked += len(stage.network.asked) - before
    assert asked < 40
    assert stage.read(made).is_live
    stage.network.broken.clear()
    stage.sweep(timedelta(minutes=5))
    assert_home(stage, checkout, made, "expired")


@pytest.mark.parametrize("calls", range(1, 8))
def test_who_waits_is_answered_in_time_and_the_sweep_goes_on(stage: Stage, calls: int) -> None:
    checkout = stage.cart()
    patience = timedelta(seconds=4)
    left = iter(range(calls, 0, -1))

    def slow(_operation: str) -> None:
        if next(left, 0) == 1:
            stage.box.clock.advance(patience)

    stage.network.once(slow)
    made = stage.spender.spend(stage.store, stage.request(checkout), patience=patience)
    assert len(stage.network.operations) <= calls + 2
    assert (made.is_live, made.leased_until) == (True, None)
    assert (made.state == "attached") == (calls >= 6)
    stage.sweep()
    assert_home(stage, checkout, made, "attached")


def test_a_store_that_uninstalled_keeps_its_points_held_until_it_is_back(stage: Stage) -> None:
    checkout = stage.cart()
    made = stage.spend(checkout)
    token = set_token(stage, "")
    stage.sweep(timedelta(hours=1), rounds=1)
    assert (stage.read(made).state, stage.points()) == ("attached", (1500, 500))
    set_token(stage, token)
    stage.sweep(timedelta(minutes=5))
    assert_home(stage, checkout, made, "expired")


def _break(stage: Stage, answer: Callable[[httpx.Request], httpx.Response]) -> None:
    [origin] = stage.network.boxes
    stage.network.broken[origin] = answer


def _survive(act: Callable[[], Any]) -> None:
    try:
        act()
    except Died:
        return
