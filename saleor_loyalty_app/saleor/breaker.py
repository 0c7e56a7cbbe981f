"""Stops asking a store that does not answer, so that it cannot hold up work for the others."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

#: Failures in a row after which a store is left alone, and for how many seconds.
FAILURES = 5
REST = 30.0


@dataclass(slots=True)
class _Circuit:
    failures: int = 0
    open_until: float = 0.0
    on_trial: bool = False


@dataclass(slots=True)
class Breaker:
    """One circuit for each name; `seconds` is a monotonic clock. Safe to use from any thread."""

    seconds: Callable[[], float]
    _circuits: dict[str, _Circuit] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait_for(self, name: str) -> float:
        """The seconds for which `name` must not be asked; 0 lets the caller through.

        After a rest one caller is let through at a time until one succeeds.
        """
        with self._lock:
            circuit = self._circuits.get(name)
            if circuit is None or circuit.failures < FAILURES:
                return 0.0
            left = circuit.open_until - self.seconds()
            if left > 0:
                return left
            if circuit.on_trial:
                return REST
            circuit.on_trial = True
            return 0.0

    def succeeded(self, name: str) -> None:
        """`name` answered: forget its failures."""
        with self._lock:
            self._circuits.pop(name, None)

    def failed(self, name: str) -> None:
        """`name` did not answer."""
        with self._lock:
            circuit = self._circuits.setdefault(name, _Circuit())
            circuit.failures += 1
            circuit.on_trial = False
            if circuit.failures >= FAILURES:
                circuit.open_until = self.seconds() + REST
