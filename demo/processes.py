"""The two processes of the demo: started, watched, waited for, and stopped together."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import httpx

from demo.failures import DemoFailed

#: As long as they live they may start slowly: a machine may have much else to do.
START_SECONDS = 180.0
STOP_SECONDS = 15.0


class Running(Protocol):
    """What is known of a process: `subprocess.Popen` and what is like it."""

    pid: int

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int: ...


@dataclass(frozen=True, slots=True)
class Process:
    """A running process whose output goes to a file."""

    name: str
    process: Running
    output: Path

    def last_words(self) -> str:
        """The last line that it wrote."""
        lines = self.output.read_text(errors="replace").strip().splitlines()
        return lines[-1][:300] if lines else "it said nothing"


def require_free_port(port: int, variable: str) -> None:
    """Raises DemoFailed if something listens on `port`; `variable` is how another is chosen."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except PermissionError:
            raise DemoFailed(
                f"Port {port} may not be used by you: choose one above 1023, "
                f"such as make demo {variable}={port + 8000}."
            ) from None
        except OSError:
            raise DemoFailed(
                f"Port {port} is taken: stop what listens there, "
                f"or choose another, such as make demo {variable}={port + 1}."
            ) from None


def start(
    name: str, command: Sequence[str], *, environment: Mapping[str, str], folder: Path, output: Path
) -> Process:
    """Starts a process in a group of its own, so that Ctrl-C reaches only the demo itself."""
    with output.open("wb") as stream:
        process = subprocess.Popen(  # noqa: S603
            command,
            cwd=folder,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Process(name, process, output)


def wait_until_up(process: Process, url: str, *, seconds: float = START_SECONDS) -> None:
    """Waits until `url` answers 200.

    Raises:
        DemoFailed: the process ended, or does not answer in time.
    """
    deadline = time.monotonic() + seconds
    with httpx.Client(timeout=10, trust_env=False) as http:
        while time.monotonic() < deadline:
            if process.process.poll() is not None:
                raise DemoFailed(f"{process.name} could not start: {process.last_words()}")
            try:
                if http.get(url).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
    raise DemoFailed(
        f"{process.name} did not answer within {seconds:.0f} seconds: see {process.output}."
    )


def watch(processes: Sequence[Process]) -> None:
    """Waits as long as all processes run.

    Raises:
        DemoFailed: one has ended.
    """
    while True:
        for process in processes:
            if process.process.poll() is not None:
                raise DemoFailed(f"{process.name} has ended: {process.last_words()}")
        time.sleep(0.5)


def stop(processes: Sequence[Process]) -> None:
    """Ends all processes, politely first."""
    for process in processes:
        _signal(process, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes:
        try:
            process.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            _signal(process, signal.SIGKILL)
            process.process.wait()


def _signal(process: Process, number: signal.Signals) -> None:
    if process.process.poll() is None:
        os.killpg(process.process.pid, number)
