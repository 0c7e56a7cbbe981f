"""Lets in whom the limits let in."""

import asyncio
import hashlib
import hmac
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import ClassVar

from limits import RateLimitItem
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from saleor_loyalty_app.clock import Clock, system_clock
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.limiting.rates import seconds_until_room
from saleor_loyalty_app.limiting.storage import DatabaseStorage

#: So many that were refused are remembered: a flood of theirs costs the database nothing.
MOST_REMEMBERED = 10_000
#: A refusal is told by this long at least, and is looked at again after this long at most.
SHORTEST_WAIT, LONGEST_MEMORY = 1.0, 60.0


class TooManyRequests(AppError):
    """Whoever asks did so too often; the rate says how often they may."""

    code: ClassVar[str] = "too_many_requests"
    status: ClassVar[int] = 429

    def __init__(self, rate: RateLimitItem, retry_after: float) -> None:
        super().__init__(limit=rate.amount, seconds=rate.get_expiry())
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Limit:
    """A rate under a name; those who ask are counted for each name by themselves."""

    name: str
    rate: RateLimitItem | None


class Limiter:
    """Counts in `storage` who asks how often; safe to use from any thread.

    Args:
        secret: keys the hashes under which they are counted.
        clock: the machine's, the same that the storage goes by.
    """

    def __init__(
        self,
        storage: DatabaseStorage | MemoryStorage,
        secret: str,
        *,
        clock: Clock = system_clock,
    ) -> None:
        self._storage: DatabaseStorage | MemoryStorage = storage
        self._strategy = SlidingWindowCounterRateLimiter(storage)
        self._secret = secret.encode()
        self._clock = clock
        self._refused: OrderedDict[str, float] = OrderedDict()
        self._lock = Lock()

    def require_room(self, limit: Limit, who: str) -> None:
        """Counts one request of `who`.

        Raises:
            TooManyRequests: they asked too often lately.
            sqlalchemy.exc.DBAPIError: the counters are in a database that does not work.
        """
        if limit.rate is None:
            return
        key = self._key_of(limit.rate, limit.name, who)
        if not self._strategy.hit(limit.rate, key):
            raise self._refusal(limit.rate, key)

    async def require_room_async(self, limit: Limit, who: str) -> None:
        """`require_room` for the event loop, which does not wait for a database.

        Raises:
            TooManyRequests, sqlalchemy.exc.DBAPIError: as there.
        """
        rate = limit.rate
        if rate is None or isinstance(self._storage, MemoryStorage):
            self.require_room(limit, who)
            return
        key = self._key_of(rate, limit.name, who)
        counted = rate.key_for(key)
        if not await self._storage.acquire_async(counted, rate.amount, rate.get_expiry()):
            loop = asyncio.get_running_loop()
            raise await loop.run_in_executor(None, self._refusal, rate, key)

    def _key_of(self, rate: RateLimitItem, name: str, who: str) -> str:
        """Under which they are counted.

        Raises:
            TooManyRequests: they were refused lately, and it is too early to count again.
        """
        key = self._key(name, who)
        if (left := self._still_refused(key)) > 0:
            raise TooManyRequests(rate, left)
        return key

    def _refusal(self, rate: RateLimitItem, key: str) -> TooManyRequests:
        wait = max(SHORTEST_WAIT, self._wait(rate, key))
        self._remember(key, wait)
        return TooManyRequests(rate, wait)

    def _wait(self, rate: RateLimitItem, key: str) -> float:
        window = rate.get_expiry()
        before, _, current, expires_in = self._storage.get_sliding_window(rate.key_for(key), window)
        return seconds_until_room(
            rate.amount, window, before=before, current=current, elapsed=2 * window - expires_in
        )

    def _key(self, name: str, who: str) -> str:
        digest = hmac.new(self._secret, f"{name}:{who}".encode(), hashlib.sha256)
        return digest.hexdigest()[:40]

    def _still_refused(self, key: str) -> float:
        with self._lock:
            return self._refused.get(key, 0.0) - self._clock().timestamp()

    def _remember(self, key: str, wait: float) -> None:
        with self._lock:
            self._refused[key] = self._clock().timestamp() + min(wait, LONGEST_MEMORY)
            self._refused.move_to_end(key)
            while len(self._refused) > MOST_REMEMBERED:
                self._refused.popitem(last=False)
