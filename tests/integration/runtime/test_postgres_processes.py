"""On PostgreSQL serving and working are processes of their own, and both end cleanly."""

import itertools
import json
import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from saleor_loyalty_app import cli
from tests import nursery
from tests.ports import free_port
from tests.postgres import create_database, drop_database


@dataclass(frozen=True)
class Listening:
    """A command that answers at an address."""

    process: nursery.Forked
    address: str
    output: Path

    def ask_to_stop(self) -> tuple[int, str]:
        """Waits until it ended; gives its exit code and what it said."""
        os.kill(self.process.pid, signal.SIGTERM)
        return self.process.wait(60), self.output.read_text()


Start = Callable[..., Listening]


@pytest.fixture(scope="module")
def environment(
    postgres_server_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """Variables of an app on a migrated PostgreSQL database of its own."""
    name = f"loyalty_processes_{os.getpid()}"
    variables = {
        **{key: value for key, value in os.environ.items() if not key.startswith("LOYALTY_")},
        "LOYALTY_ENVIRONMENT": "test",
        "LOYALTY_DATABASE_URL": create_database(postgres_server_url, name),
        "LOYALTY_SECRET_KEY": "a secret for tests",
        "LOYALTY_APP_URL": "http://localhost:8000",
    }
    code, said = command(variables, tmp_path_factory.mktemp("migrate"), "migrate")
    assert code == 0, said
    yield variables
    drop_database(postgres_server_url, name)


def command(variables: dict[str, str], folder: Path, *arguments: str) -> tuple[int, str]:
    """Runs a command to its end; gives its exit code and what it said."""
    output = folder / f"{arguments[0]}.log"
    code = nursery.start(cli.run, arguments, variables, output).wait(120)
    return code, output.read_text()


@pytest.fixture
def start(environment: dict[str, str], tmp_path: Path) -> Iterator[Start]:
    """Starts a command that listens."""
    running: list[nursery.Forked] = []
    numbers = itertools.count(1)

    def begin(*arguments: str, option: str, path: str) -> Listening:
        port = free_port()
        output = tmp_path / f"{next(numbers)}.log"
        process = nursery.start(cli.run, [*arguments, option, str(port)], environment, output)
        running.append(process)
        address = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 60
        while True:
            try:
                fetch(address + path)
            except (urllib.error.URLError, TimeoutError):
                assert process.poll() is None, output.read_text()
                assert time.monotonic() < deadline
                time.sleep(0.2)
            else:
                return Listening(process, address, output)

    yield begin
    for process in running:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
        process.wait()


def fetch(url: str) -> str:
    with urllib.request.urlopen(url, timeout=5) as answer:
        text: str = answer.read().decode()
        return text


def test_a_worker_works_counts_and_ends_when_it_is_asked(start: Start) -> None:
    worker = start("worker", option="--metrics-port", path="/metrics")
    deadline = time.monotonic() + 30
    while 'loyalty_schedule_runs_total{outcome="done",schedule="refresh_orders"}' not in (
        fetch(f"{worker.address}/metrics")
    ):
        assert time.monotonic() < deadline, "no schedule ran"
        time.sleep(0.2)
    code, said = worker.ask_to_stop()
    assert code == 0, said
    assert "worker_stopped" in said


def test_a_server_without_work_says_that_it_is_done_elsewhere(start: Start) -> None:
    server = start("serve", "--no-work", option="--port", path="/health")
    ready = json.loads(fetch(f"{server.address}/ready"))
    assert (ready["ready"], ready["worker"]) == (True, "elsewhere")
    assert "app_stopped" in server.ask_to_stop()[1]


def test_a_database_that_was_not_migrated_is_not_served(
    postgres_server_url: str, environment: dict[str, str], tmp_path: Path
) -> None:
    name = f"loyalty_bare_{os.getpid()}"
    bare = {**environment, "LOYALTY_DATABASE_URL": create_database(postgres_server_url, name)}
    try:
        for asked in ("serve", "worker", "audit"):
            code, said = command(bare, tmp_path, asked)
            assert code == 1
            assert said.strip().endswith("run `saleor-loyalty migrate`.")
    finally:
        drop_database(postgres_server_url, name)
