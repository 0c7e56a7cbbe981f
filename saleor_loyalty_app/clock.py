"""The one clock of the app: every module asks it for the time, none asks the system."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

#: A clock is any function without arguments that returns the present instant, UTC-aware.
Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The machine's time, UTC-aware."""
    return datetime.now(UTC)  # noqa: TID251


class ShiftedClock:
    """The system's time moved by the seconds written in a file; for the demo and tests.

    The file holds one integer and may be missing (no shift). Every process that reads the same
    file is moved together, at once.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self) -> datetime:
        return system_clock() + timedelta(seconds=self._seconds())

    def _seconds(self) -> int:
        try:
            text = self._path.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return 0
        return int(text or "0")


class ManualClock:
    """A clock that stands still until it is moved; for tests."""

    def __init__(self, now: datetime) -> None:
        if now.tzinfo is None:
            raise ValueError("a clock needs a UTC-aware time")
        self._now = now

    def __call__(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> None:
        """Moves the time on by `by`."""
        self._now += by

    def set(self, now: datetime) -> None:
        """Sets the time to `now`, also backwards."""
        if now.tzinfo is None:
            raise ValueError("a clock needs a UTC-aware time")
        self._now = now
