"""200 shoppers at two processes on PostgreSQL, before a store in a box: see `bench.shopping`.

`LOYALTY_BENCH_SHOPPERS` and `LOYALTY_BENCH_THINK` (seconds between two pages) name others.
"""

import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg

from bench.aftermath import Aftermath, look
from bench.figures import Figure, percentile
from bench.over_http import free_port
from bench.redemptions import add_member
from bench.scene import Scene, program_document
from bench.servers import Server
from bench.shopping import Found, Plan
from bench.town import CHANNEL, PASSWORD, email_of
from bench.usage import processor_seconds
from bench.whole_redemption import waited_in
from demo import processes, story
from demo.setup import ROOT, Places, prepare
from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.stores.repository import all_stores

GROUP = "shoppers at two processes, PostgreSQL"
SHOPPERS = int(os.environ.get("LOYALTY_BENCH_SHOPPERS", "200"))
#: Twice as brisk as people: they look at a page for 54 seconds on average (Contentsquare, Digital
#: Experience Benchmark 2021).
THINK = float(os.environ.get("LOYALTY_BENCH_THINK", "30"))
#: They come one after the other, and each begins a session, which asks Saleor.
ARRIVAL = 60.0
WEB_PROCESSES = 2
#: Migrations and starts take long where the disk is slow.
SET_UP_SECONDS = 180.0
#: A round is no shorter: shoppers pause between two pages.
LEAST_SECONDS = 20.0
P95_MS = 60.0
#: Each shopper has so many points, in lots.
LOTS, LOT = 12, 2500
#: Calls that our app answers by itself; the others wait for Saleor.
OWN = (
    "me",
    "history",
    "preferences",
    "change of preferences",
    "program",
    "estimate",
    "redemption",
    "preflight",
)
WAITING = ("session", "checkout", "redeem", "undo")
SPENDING = {"minimum_points": 100, "step": 50, "maximum_share": 50}


@dataclass(frozen=True, slots=True)
class Stage(Places):
    """Where everything is; all shoppers come from one address, so that is not counted."""

    database_url: str

    def environment(self) -> dict[str, str]:
        """See `Places`."""
        theirs = Places.environment(self) | {
            "LOYALTY_DATABASE_URL": self.database_url,
            "LOYALTY_PUBLIC_LIMIT": "1000000/minute",
            "LOYALTY_ESTIMATE_LIMIT": "1000000/minute",
            "LOYALTY_LOG_LEVEL": "WARNING",
        }
        # A clock that can be moved is read from its file again and again; nobody moves it here.
        return {name: value for name, value in theirs.items() if name != "LOYALTY_CLOCK_FILE"}

    @property
    def store_url(self) -> str:
        """See `Places`; all that is asked goes to one spelling of this machine."""
        return f"http://127.0.0.1:{self.store_port}"


@dataclass(frozen=True, slots=True)
class Used:
    """Processor time in seconds, by who used it, and the seconds waited for Saleor."""

    processor: Mapping[str, float]
    waited: float


def measure(
    server: Server, rounds: int, seconds: float, tell: Callable[[str], None]
) -> Iterator[Figure]:
    """Lets them shop and gives the figures.

    Raises:
        RuntimeError: somebody got an answer that nobody should get, or something was left behind.
    """
    length = max(seconds, LEAST_SECONDS)
    with tempfile.TemporaryDirectory(prefix="loyalty-bench-") as folder:
        places = prepare(Path(folder), app_port=free_port(), store_port=free_port())
        url = server.database("bench_shoppers")
        stage = Stage(places.folder, places.app_port, places.store_port, url)
        tell("the store and the app start, the program is published")
        with _open(stage) as town, contextlib.closing(open_database(url)) as database:
            tell("the shoppers get their points")
            give_points(database)
            found, used = town.shop(rounds * length, lambda: tell(f"{SHOPPERS} shoppers shop"))
            if found.faults:
                said = "".join(one.read_text()[-1500:] for one in stage.folder.glob("app-*.log"))
                raise RuntimeError(f"{len(found.faults)} faults: {found.faults[:5]}\n{said}")
            tell("the sweep, and a look at what was left behind")
            left = look(database, stage.store_url)
    yield from figures(found, used, left, rounds=rounds, seconds=length)


def give_points(database: Database) -> None:
    """Every shopper becomes a member with points that may be spent at once."""
    scene = Scene(database.read(all_stores)[0])
    for number in users_of(SHOPPERS):
        add_member(database, scene, number, lots=LOTS, lot=LOT)


def users_of(people: int) -> range:
    """The numbers that the store in a box gives to so many people who move in."""
    from sandbox.http.app import create_app

    first = max(create_app().state.service.box.store.users) + 1
    return range(first, first + people)


def figures(
    found: Found, used: Used, left: Aftermath, *, rounds: int, seconds: float
) -> Iterator[Figure]:
    """The figures of a run."""
    own = [one for name in OWN for one in found.calls.get(name, ())]
    waiting = [one for name in WAITING for one in found.calls.get(name, ())]
    by_round = [
        percentile([ms for at, ms, _ in own if at // seconds == number] or [0.0], 0.95)
        for number in range(rounds)
    ]
    yield Figure(
        GROUP,
        f"{SHOPPERS} shoppers: what the app answers by itself",
        statistics.median(by_round),
        "ms p95",
        peer=f"{P95_MS:.0f} ms",
        ratio=statistics.median(by_round) / P95_MS,
        target=1.0,
        at_most=True,
        rounds=by_round,
        notes=_notes(own, found.seconds),
    )
    yield from _calls(found, OWN)
    whole = sum(ms for _, ms, _ in waiting)
    yield Figure(
        GROUP,
        "what waits for Saleor",
        percentile([ms for _, ms, _ in waiting], 0.95),
        "ms p95",
        notes=_notes(waiting, found.seconds)
        | {"of it ours, mean": (whole - used.waited * 1000) / len(waiting)},
    )
    yield from _calls(found, WAITING)
    yield from _left(left, found)
    for name, spent in used.processor.items():
        yield Figure(GROUP, f"processor, {name}", spent / found.seconds * 100, "% of a core")


def _calls(found: Found, names: Sequence[str]) -> Iterator[Figure]:
    for name in names:
        if calls := found.calls.get(name):
            p95 = percentile([ms for _, ms, _ in calls], 0.95)
            yield Figure(GROUP, f"… {name}", p95, "ms p95", notes=_notes(calls, found.seconds))


def _notes(calls: Sequence[tuple[float, float, int]], seconds: float) -> dict[str, float]:
    times = [ms for _, ms, _ in calls]
    return {
        "p50": percentile(times, 0.50),
        "p99": percentile(times, 0.99),
        "per s": len(times) / seconds,
    }


def _left(left: Aftermath, found: Found) -> Iterator[Figure]:
    many = sum(left.redemptions.values())
    late = sum(times for code, times in found.refusals.items() if code.startswith("saleor_"))
    for name, value in (
        ("accounts that drift", left.drifting),
        ("redemptions left half-done", left.half_done),
        ("codes that outlive their redemption", left.outliving),
        ("live redemptions without their code", left.missing),
        ("answers for which the store was too slow", late),
    ):
        yield Figure(
            GROUP,
            name,
            value,
            f"at {many} redemptions",
            peer="none",
            ratio=float(value),
            target=0.0,
            at_most=True,
        )
    yield Figure(
        GROUP,
        "wishes fulfilled",
        found.deeds["redeemed"] + found.deeds["undone"],
        "redeemed or undone",
        notes={"bought": float(found.deeds["bought"]), "refused": sum(found.refusals.values())},
    )


class Town:
    """The running processes, and the shoppers as a process of their own."""

    def __init__(self, stage: Stage, ports: Sequence[int], pids: Mapping[str, list[int]]) -> None:
        self._stage = stage
        self._ports = ports
        self._pids = pids

    def shop(self, seconds: float, begun: Callable[[], None]) -> tuple[Found, Used]:
        """They come, and shop for so many seconds; what was used is of that time alone.

        Raises:
            RuntimeError: they could not.
        """
        plan = Plan(
            store_port=self._stage.store_port,
            app_ports=list(self._ports),
            emails=[email_of(number) for number in range(SHOPPERS)],
            password=PASSWORD,
            channel=CHANNEL,
            seconds=seconds,
            think=THINK,
            arrival=ARRIVAL,
        )
        begun()
        with ThreadPoolExecutor(1) as waiting:
            done: Future[Found] = waiting.submit(_run_shoppers, plan)
            threading.Event().wait(ARRIVAL)
            before = self._used()
            found = done.result()
            after = self._used()
        processor = {name: after.processor[name] - before.processor[name] for name in self._pids}
        return found, Used(
            processor | {"the shoppers": found.processor}, after.waited - before.waited
        )

    def _used(self) -> Used:
        pages = [
            httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=10, trust_env=False).content
            for port in self._ports
        ]
        return Used(
            {name: sum(map(processor_seconds, pids)) for name, pids in self._pids.items()},
            sum(map(waited_in, pages)),
        )


def _run_shoppers(plan: Plan) -> Found:
    done = subprocess.run(
        [sys.executable, "-m", "bench.shopping"],
        input=json.dumps(asdict(plan)).encode(),
        capture_output=True,
        cwd=ROOT,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace")[-2000:])
    return Found.of(json.loads(done.stdout))


@contextlib.contextmanager
def _open(stage: Stage) -> Iterator[Town]:
    """The store with its people, two web processes of the app and a worker, all set up."""
    started: list[processes.Process] = []
    ours = [sys.executable, "-m", "saleor_loyalty_app"]

    def start(name: str, command: Sequence[str]) -> processes.Process:
        output = stage.folder / f"{name}.log"
        began = processes.start(
            name, command, environment=stage.environment(), folder=ROOT, output=output
        )
        started.append(began)
        return began

    ports = [stage.app_port, *(free_port() for _ in range(WEB_PROCESSES - 1))]
    try:
        places = (str(stage.store_port), str(SHOPPERS), str(stage.mail_port))
        store = start("store", [sys.executable, "-m", "bench.town", *places])
        migrated = start("migrate", [*ours, "migrate"]).process.wait(SET_UP_SECONDS)
        if migrated:
            raise RuntimeError("the database could not be migrated")
        apps = [
            start(f"app-{port}", [*ours, "serve", "--no-work", "--port", str(port)])
            for port in ports
        ]
        worker = start("worker", [*ours, "worker"])
        processes.wait_until_up(store, f"{stage.store_url}/_control/state", seconds=SET_UP_SECONDS)
        for app, port in zip(apps, ports, strict=True):
            processes.wait_until_up(app, f"http://127.0.0.1:{port}/ready", seconds=SET_UP_SECONDS)
        story.install(stage)
        _publish(stage, ours)
        pids = {
            "two web processes": [app.process.pid for app in apps],
            "worker": [worker.process.pid],
            "PostgreSQL": [_postmaster(stage.database_url)],
            "the store in a box": [store.process.pid],
        }
        yield Town(stage, ports, pids)
    finally:
        processes.stop(started)


def _publish(stage: Stage, ours: Sequence[str]) -> None:
    file = stage.folder / "program.yaml"
    file.write_text(json.dumps(document()))
    done = subprocess.run(
        [*ours, "program", "publish", str(file)],
        cwd=ROOT,
        env={**os.environ, **stage.environment()},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"not published: {done.stderr[-1000:]}")


def document() -> dict[str, Any]:
    """The program of `bench.scene`, with limits of spending."""
    return program_document() | {"spending": SPENDING}


def _postmaster(url: str) -> int:
    """The process of PostgreSQL that began all its others."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
        # It is asked while the connection is open: its process ends with it.
        return _parent(int(row[0])) if row else 0


def _parent(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[1])
