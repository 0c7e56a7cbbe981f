"""Processes that are forked from one that has imported the app and the store.

A start then costs a fork and not the import of everything, which takes seconds of processor.
"""

import multiprocessing
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path

#: One forkserver serves a process of tests: all that any of them needs is imported there.
context = multiprocessing.get_context("forkserver")
context.set_forkserver_preload(
    [
        "pytest",
        "tests.crash.doomed",
        "saleor_loyalty_app.app",
        "sandbox.__main__",
        "tests.frozen_heap",
    ]
)


class Forked:
    """A forked process that is waited for as `subprocess.Popen` is."""

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process
        assert process.pid is not None
        self.pid = process.pid

    def poll(self) -> int | None:
        """Its exit code; None as long as it lives."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Waits for its end.

        Raises:
            subprocess.TimeoutExpired: it lives on.
        """
        self._process.join(timeout)
        code = self._process.exitcode
        if code is None:
            raise subprocess.TimeoutExpired("a forked process", timeout or 0.0)
        return code


def start(
    main: Callable[[list[str]], int],
    arguments: Sequence[str],
    environment: Mapping[str, str],
    output: Path,
) -> Forked:
    """Runs `main(arguments)` in a process group of its own; what it says goes to `output`."""
    process = context.Process(
        target=_run, args=(main, list(arguments), dict(environment), output), daemon=True
    )
    process.start()
    return Forked(process)


def call(function: Callable[..., object], *arguments: object) -> None:
    """Calls `function` in a process of its own, where logging and whatever it sets up ends.

    Raises:
        AssertionError: it failed; what it said is in the output of the test.
    """
    process = context.Process(target=function, args=arguments, daemon=True)
    process.start()
    process.join()
    assert process.exitcode == 0, f"{function.__name__} failed"


def _run(
    main: Callable[[list[str]], int],
    arguments: list[str],
    environment: dict[str, str],
    output: Path,
) -> None:
    os.setsid()
    with output.open("wb", buffering=0) as stream:
        os.dup2(stream.fileno(), 1)
        os.dup2(stream.fileno(), 2)
    os.environ.update(environment)
    end_with_parent()
    sys.exit(main(arguments))


def end_with_parent() -> None:
    """Sees to it that this process does not outlive the tests, however they end."""
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
