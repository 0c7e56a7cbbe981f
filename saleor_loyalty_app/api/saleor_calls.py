"""Requests of shoppers that ask Saleor: on threads of their own, never more than can be served.

A Saleor that is slow keeps these threads busy and nothing else: webhooks, pages and what is read
from the books have other ones.
"""

import asyncio
from collections.abc import Callable, Collection
from concurrent.futures import Executor, Future
from typing import ClassVar, TypeVar

from saleor_loyalty_app.errors import AppError

T = TypeVar("T")
#: So many requests for each thread are taken; more could not be answered in time.
WAITING_PER_THREAD = 4


class SaleorBusy(AppError):
    """So many requests wait for Saleor that no further one is taken."""

    code: ClassVar[str] = "saleor_busy"
    status: ClassVar[int] = 503

    def __init__(self) -> None:
        super().__init__()
        self.retry_after = 3


class SaleorSlow(AppError):
    """Saleor did not answer in time; what was begun goes on."""

    code: ClassVar[str] = "saleor_slow"
    status: ClassVar[int] = 504

    def __init__(self) -> None:
        super().__init__()
        self.retry_after = 3


class SaleorCalls:
    """Runs functions that ask Saleor.

    Args:
        threads: on which they run.
        size: how many threads these are.
        patience: seconds after which the one who asks is no longer kept waiting.
    """

    def __init__(self, threads: Executor, *, size: int, patience: float) -> None:
        self._threads = threads
        self._most = size * (1 + WAITING_PER_THREAD)
        self._patience = patience
        self._taken = 0

    async def run(self, ask: Callable[[], T]) -> T:
        """The result of `ask`, which goes on also when nobody waits for it any more.

        Raises:
            SaleorBusy: it was not begun.
            SaleorSlow: it is not done yet.
        """
        if self._taken >= self._most:
            raise SaleorBusy
        self._taken += 1
        begun = asyncio.get_running_loop().run_in_executor(self._threads, ask)
        begun.add_done_callback(self._done)
        done, _ = await asyncio.wait([begun], timeout=self._patience)
        if not done:
            raise SaleorSlow
        return begun.result()

    async def asked_by_others(self, begun: Collection[Future[T]]) -> list[T]:
        """The results of what other requests asked already: waiting for them takes no thread.

        Raises:
            SaleorSlow: one of them is not done yet.
            What one of them raised.
        """
        waiting = [asyncio.wrap_future(one) for one in begun]
        for one in waiting:
            one.add_done_callback(_look_at)
        if waiting:
            _, late = await asyncio.wait(waiting, timeout=self._patience)
            if late:
                raise SaleorSlow
        return [one.result() for one in waiting]

    def _done(self, begun: asyncio.Future[T]) -> None:
        self._taken -= 1
        _look_at(begun)


def _look_at(begun: asyncio.Future[T]) -> None:
    """Keeps what nobody waits for any more from being told as forgotten."""
    if not begun.cancelled():
        begun.exception()
