"""Processes of the app under test: forked from one that has imported it, watched, killed."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from tests import nursery
from tests.crash.doomed import Doom, run

#: No wait of these tests takes longer, whatever else the machine does.
PATIENCE = 120.0


def wait_until(
    holds: Callable[[], bool], what: str, *, seconds: float = PATIENCE, pause: float = 0.05
) -> None:
    """Waits until it holds.

    Raises:
        AssertionError: it does not hold in time.
    """
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(pause)


@dataclass
class AppProcess:
    """One life of `saleor-loyalty …`."""

    arguments: Sequence[str]
    environment: Mapping[str, str]
    output: Path
    doom: Doom | None = None
    pace: float = 0.1
    patience: timedelta | None = None

    def __post_init__(self) -> None:
        self._process = nursery.context.Process(
            target=run,
            args=(
                self.arguments,
                self.environment,
                self.output,
                self.doom,
                self.pace,
                self.patience,
            ),
            daemon=True,
        )
        self._process.start()

    @property
    def exit_code(self) -> int | None:
        """None as long as it lives; -9 = killed."""
        return self._process.exitcode

    @property
    def pid(self) -> int:
        """Its number in the system."""
        assert self._process.pid is not None
        return self._process.pid

    def wait(self, seconds: float = PATIENCE) -> int:
        """Waits for its end; gives the exit code."""
        self._process.join(seconds)
        assert self.exit_code is not None, f"{self.arguments} did not end in {seconds:.0f} s"
        return self.exit_code

    def signal(self, number: signal.Signals) -> None:
        """Sends it a signal, if it still lives."""
        if self.exit_code is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """kill -9."""
        self.signal(signal.SIGKILL)
        self.wait()


@dataclass
class Supervisor:
    """Starts a process again whenever it was killed, as systemd does."""

    start: Callable[[], AppProcess]
    deaths: int = 0
    failure: str = ""
    process: AppProcess = field(init=False)

    def __post_init__(self) -> None:
        self._stopping = threading.Event()
        self.process = self.start()
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Kills it for good."""
        self._stopping.set()
        self._thread.join()
        self.process.kill()

    def _watch(self) -> None:
        while not self._stopping.wait(0.02):
            code = self.process.exit_code
            if code == -signal.SIGKILL:
                self.deaths += 1
                self.process = self.start()
            elif code is not None:
                self.failure = f"the app ended by itself with {code}: see {self.process.output}"
                return
