"""Requests that ask Saleor: bounded, and nobody is kept waiting for ever."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from saleor_loyalty_app.api.saleor_calls import SaleorBusy, SaleorCalls, SaleorSlow


@pytest.fixture
def thread() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as made:
        yield made


def test_the_result_or_the_failure_comes_back(thread: ThreadPoolExecutor) -> None:
    calls = SaleorCalls(thread, size=1, patience=5)

    def fail() -> int:
        raise LookupError("no such thing")

    assert asyncio.run(calls.run(lambda: 42)) == 42
    with pytest.raises(LookupError, match="no such thing"):
        asyncio.run(calls.run(fail))


def test_who_waits_too_long_is_told_and_what_was_begun_goes_on(
    thread: ThreadPoolExecutor,
) -> None:
    calls = SaleorCalls(thread, size=1, patience=0.05)
    answered, done = threading.Event(), threading.Event()

    def slow() -> None:
        answered.wait(10)
        done.set()

    async def ask() -> SaleorSlow:
        with pytest.raises(SaleorSlow) as told:
            await calls.run(slow)
        answered.set()
        await asyncio.to_thread(done.wait, 10)
        return told.value

    told = asyncio.run(ask())
    assert (told.status, told.retry_after, done.is_set()) == (504, 3, True)


def test_more_than_can_be_served_are_turned_away_at_once(thread: ThreadPoolExecutor) -> None:
    calls = SaleorCalls(thread, size=1, patience=10)
    answered = threading.Event()

    async def rush() -> list[bool | BaseException]:
        waiting = [asyncio.ensure_future(calls.run(lambda: answered.wait(10))) for _ in range(5)]
        await asyncio.sleep(0)
        with pytest.raises(SaleorBusy):
            await calls.run(lambda: True)
        answered.set()
        return list(await asyncio.gather(*waiting, return_exceptions=True))

    assert asyncio.run(rush()) == [True] * 5


def test_there_is_room_again_when_calls_are_done(thread: ThreadPoolExecutor) -> None:
    calls = SaleorCalls(thread, size=1, patience=10)

    async def one_after_another() -> int:
        return sum([await calls.run(lambda: 1) for _ in range(20)])

    assert asyncio.run(one_after_another()) == 20


def test_what_others_ask_for_is_waited_for_without_a_thread(thread: ThreadPoolExecutor) -> None:
    calls = SaleorCalls(thread, size=0, patience=0.05)
    known, failed, open_still = Future[int](), Future[int](), Future[int]()
    known.set_result(42)
    failed.set_exception(LookupError("no such thing"))
    assert asyncio.run(calls.asked_by_others([])) == []
    assert asyncio.run(calls.asked_by_others([known])) == [42]
    with pytest.raises(LookupError, match="no such thing"):
        asyncio.run(calls.asked_by_others([known, failed]))
    with pytest.raises(SaleorSlow):
        asyncio.run(calls.asked_by_others([known, open_still]))
    assert not open_still.cancelled(), "others wait for it too"
