"""On PostgreSQL serving and working are processes of their own, and both end cleanly."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.postgres import create_database, drop_database

ROOT = Path(__file__).parents[3]
Start = Callable[..., tuple[subprocess.Popen[str], str]]


@pytest.fixture(scope="module")
def environment(postgres_server_url: str) -> Iterator[dict[str, str]]:
    """Variables of an app on a migrated PostgreSQL database of its own."""
    name = f"loyalty_processes_{os.getpid()}"
    variables = {
        **{key: value for key, value in os.environ.items() if not key.startswith("LOYALTY_")},
        "LOYALTY_ENVIRONMENT": "test",
        "LOYALTY_DATABASE_URL": create_database(postgres_server_url, name),
        "LOYALTY_SECRET_KEY": "a secret for tests",
        "LOYALTY_APP_URL": "http://localhost:8000",
    }
    told = command(variables, "migrate")
    assert told.returncode == 0, told.stderr
    yield variables
    drop_database(postgres_server_url, name)


def command(variables: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "saleor_loyalty_app", *arguments],
        cwd=ROOT, env=variables, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Start]:
    """Starts a command that listens; gives the process and where it answers."""
    running: list[subprocess.Popen[str]] = []

    def begin(*arguments: str, option: str, path: str) -> tuple[subprocess.Popen[str], str]:
        port = free_port()
        process = subprocess.Popen(
            [sys.executable, "-m", "saleor_loyalty_app", *arguments, option, str(port)],
            cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        running.append(process)
        address = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 60
        while True:
            try:
                fetch(address + path)
            except (urllib.error.URLError, TimeoutError):
                assert process.poll() is None, process.communicate()[1]
                assert time.monotonic() < deadline
                time.sleep(0.2)
            else:
                return process, address

    yield begin
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate()


def fetch(url: str) -> str:
    with urllib.request.urlopen(url, timeout=5) as answer:
        text: str = answer.read().decode()
        return text


def test_a_worker_works_counts_and_ends_when_it_is_asked(start: Start) -> None:
    process, address = start("worker", option="--metrics-port", path="/metrics")
    deadline = time.monotonic() + 30
    while 'loyalty_schedule_runs_total{outcome="done",schedule="refresh_orders"}' not in (
        fetch(f"{address}/metrics")
    ):
        assert time.monotonic() < deadline, "no schedule ran"
        time.sleep(0.2)
    process.send_signal(signal.SIGTERM)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 0, said
    assert "worker_stopped" in said


def test_a_server_without_work_says_that_it_is_done_elsewhere(start: Start) -> None:
    process, address = start("serve", "--no-work", option="--port", path="/health")
    ready = json.loads(fetch(f"{address}/ready"))
    assert (ready["ready"], ready["worker"]) == (True, "elsewhere")
    process.send_signal(signal.SIGTERM)
    assert "app_stopped" in process.communicate(timeout=60)[1]


def test_a_database_that_was_not_migrated_is_not_served(
    postgres_server_url: str, environment: dict[str, str]
) -> None:
    name = f"loyalty_bare_{os.getpid()}"
    bare = {**environment, "LOYALTY_DATABASE_URL": create_database(postgres_server_url, name)}
    try:
        for arguments in (("serve",), ("worker",), ("audit",)):
            told = command(bare, *arguments)
            assert told.returncode == 1
            assert told.stderr.strip().endswith("run `saleor-loyalty migrate`.")
    finally:
        drop_database(postgres_server_url, name)
