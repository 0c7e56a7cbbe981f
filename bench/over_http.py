"""The same over HTTP: signed webhooks to `saleor-loyalty serve`, one process and two."""

import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from bench import ceiling
from bench.figures import Figure, interleaved, ratio
from bench.http_load import write_requests
from bench.in_process import BODIES_PER_SECOND, Orders, welcome
from bench.scene import API_URL, Scene, prepare
from bench.servers import Server
from bench.signing import Signer
from saleor_loyalty_app.db.database import open_database
from saleor_loyalty_app.handlers.orders import ORDERS

GROUP = "webhook to booked points, over HTTP with signature"
CONNECTIONS = (1, 16)
PROCESSES = (1, 2)
SHARE_OF_CEILING = 0.20
AIM = 0.35
SECRET = "bench-secret-of-at-least-thirty-two-characters"
#: Signing takes long; nothing books more than this a second.
REQUESTS_PER_SECOND = BODIES_PER_SECOND // 3
PATIENCE = 60.0
#: Before anything is measured, every process works for so long.
WARM_SECONDS = 2.0

Result = dict[str, Any]


def measure(
    server: Server, rounds: int, seconds: float, tell: Callable[[str], None]
) -> Iterator[Figure]:
    """Measures everything in turn and gives the figures."""
    signer, url = Signer(), server.database("bench_http")
    database = open_database(url)
    with (
        tempfile.TemporaryDirectory(prefix="loyalty-bench-") as folder,
        contextlib.closing(database),
    ):
        scene = prepare(database, signer.jwks)
        welcome(database, scene)
        script = ceiling.of(database, scene)
        sender = Sender(scene, signer, Path(folder))
        with contextlib.ExitStack() as stack:
            ports = [stack.enter_context(serving(url)) for _ in range(max(PROCESSES))]
            null = stack.enter_context(started([sys.executable, "-m", "bench.http_null"], {}))
            cases: dict[str, Callable[[float], Result]] = {}
            for lanes in CONNECTIONS:
                cases[f"ceiling {lanes}"] = partial(_ceiling, server, url, script, lanes)
                cases[f"nothing {lanes}"] = partial(sender.send, lanes, [null])
                for processes in PROCESSES:
                    cases[f"{processes} {lanes}"] = partial(sender.send, lanes, ports[:processes])
            for chosen in ports:
                sender.send(max(CONNECTIONS), [chosen], WARM_SECONDS)
            yield from _figures(interleaved(cases, seconds, rounds, tell))


class Sender:
    """Signs requests and has them sent by a process of its own."""

    def __init__(self, scene: Scene, signer: Signer, folder: Path) -> None:
        self._orders = Orders(scene)
        self._signer = signer
        self._file = folder / "requests"

    def send(self, connections: int, ports: Sequence[int], seconds: float) -> Result:
        """What the load process found.

        Raises:
            RuntimeError: an answer was not 200, or there were too few requests.
        """
        bodies = self._orders.take(int(seconds * REQUESTS_PER_SECOND))
        write_requests(
            self._file, [self._signer.request(ORDERS.path, API_URL, body) for body in bodies]
        )
        return load(self._file, connections, seconds, 0.0, ports)


def load(file: Path, connections: int, seconds: float, rate: float, ports: Sequence[int]) -> Result:
    """What the load process found with the requests of a file; see `bench.http_load`.

    Raises:
        RuntimeError: an answer was not 200, or there was none.
    """
    done = subprocess.run(
        [
            *(sys.executable, "-m", "bench.http_load", str(file)),
            *(str(connections), str(seconds), str(rate), *map(str, ports)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    found: Result = json.loads(done.stdout)
    if set(found["statuses"]) != {"200"}:
        raise RuntimeError(f"answers: {found['statuses']}")
    return found


@contextlib.contextmanager
def serving(database_url: str, more: Mapping[str, str] | None = None) -> Iterator[int]:
    """A web process of the app, without the worker where it may be so; gives its port.

    Args:
        more: settings beside those of all benchmarks.
    """
    settings = {
        "LOYALTY_ENVIRONMENT": "test",
        "LOYALTY_DATABASE_URL": database_url,
        "LOYALTY_SECRET_KEY": SECRET,
        "LOYALTY_APP_URL": "http://127.0.0.1",
        "LOYALTY_LOG_LEVEL": "WARNING",
    } | dict(more or {})
    work = [] if database_url.startswith("sqlite") else ["--no-work"]
    command = [sys.executable, "-m", "saleor_loyalty_app", "serve", *work, "--port"]
    with started(command, settings) as port:
        yield port


@contextlib.contextmanager
def started(command: Sequence[str], settings: dict[str, str]) -> Iterator[int]:
    """A process that listens at the port that its command ends with; stopped at the end."""
    port = free_port()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [*command, str(port)], env=os.environ | settings, stdout=output, stderr=output
        )
        try:
            _await(process, port, output)
            yield port
        finally:
            process.terminate()
            process.wait(PATIENCE)


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await(process: subprocess.Popen[bytes], port: int, output: Any) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    output.seek(0)
    raise RuntimeError(f"it did not start: {output.read().decode(errors='replace')[-2000:]}")


def _ceiling(server: Server, url: str, script: str, clients: int, seconds: float) -> Result:
    return {"per_second": ceiling.run(server, url, script, clients, seconds)}


def _figures(found: dict[str, list[Result]]) -> Iterator[Figure]:
    for name, results in found.items():
        kind, connections = name.split()
        values = [result["per_second"] for result in results]
        notes: dict[str, float] = {
            key: statistics.median(result[key] for result in results)
            for key in ("p50", "p99")
            if key in results[0]
        }
        ceilings = [result["per_second"] for result in found[f"ceiling {connections}"]]
        lanes = f"{connections} connection{'' if connections == '1' else 's'}"
        value = statistics.median(values)
        if kind == "ceiling":
            yield Figure(GROUP, f"ceiling, {connections}", value, "per s", rounds=values)
        elif kind == "nothing":
            label = f"the load process alone, {lanes}"
            yield Figure(GROUP, label, value, "per s", rounds=values, notes=notes)
        else:
            yield Figure(
                GROUP,
                f"{kind} process{'' if kind == '1' else 'es'}, {lanes}",
                value,
                "per s",
                peer=f"pgbench, {connections}",
                ratio=ratio(values, ceilings),
                target=SHARE_OF_CEILING,
                rounds=values,
                notes=notes,
            )
