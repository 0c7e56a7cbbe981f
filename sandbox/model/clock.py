"""The time of the store: an injected clock, moved by tests and by the control panel."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Now = Callable[[], datetime]

_START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


class ManualClock:
    """Stands still until it is moved."""

    def __init__(self, start: datetime = _START) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def advance(self, step: timedelta) -> None:
        """Move forward by `step`.

        Raises:
            ValueError: `step` is negative.
        """
        if step < timedelta(0):
            raise ValueError("the clock only moves forward")
        self._now += step


class OffsetClock:
    """Runs with a source of real time, `offset` ahead of it."""

    def __init__(self, source: Now, offset: timedelta = timedelta(0)) -> None:
        self._source = source
        self.offset = offset

    def now(self) -> datetime:
        return self._source() + self.offset

    def advance(self, step: timedelta) -> None:
        """Move forward by `step`.

        Raises:
            ValueError: `step` is negative.
        """
        if step < timedelta(0):
            raise ValueError("the clock only moves forward")
        self.offset += step


Clock = ManualClock | OffsetClock


class Ticker:
    """Time stamps that never repeat, so that the order of happening can be read from them."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._last: datetime | None = None

    def stamp(self) -> datetime:
        now = self.clock.now()
        if self._last is not None and now <= self._last:
            now = self._last + _TICK
        self._last = now
        return now
