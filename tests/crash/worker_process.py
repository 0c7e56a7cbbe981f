"""A worker to be killed, which `work` runs in a process of its own.

Each job writes when it begins and when it ends; a job named "slow" takes as long as it is let.
"""

import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from saleor_loyalty_app.clock import system_clock
from saleor_loyalty_app.db.database import open_database
from saleor_loyalty_app.queue import Job, Schedule, Worker, WorkerOptions, bind
from tests.nursery import end_with_parent


@dataclass(frozen=True)
class Work:
    """What a job is to do."""

    name: str
    seconds: float = 0.0


WORK = Job("work", Work, attempts=3, first_delay=timedelta(seconds=0.2))


def work(url: str, diary: Path) -> None:
    """Works until it is killed, or the tests end."""
    end_with_parent()
    database = open_database(url)

    def note(text: str) -> None:
        with diary.open("a") as stream:
            stream.write(f"{text}\n")

    def do(payload: Work) -> None:
        note(f"begin {payload.name}")
        time.sleep(payload.seconds)
        note(f"end {payload.name}")

    def tick() -> bool:
        note("tick")
        time.sleep(0.2)
        return False

    worker = Worker(
        database,
        [bind(WORK, do)],
        [Schedule("tick", timedelta(seconds=1), tick)],
        clock=system_clock,
        options=WorkerOptions(concurrency=8, pulse=timedelta(seconds=0.2)),
    )
    worker.start()
    note("ready")
    while True:
        time.sleep(1)
