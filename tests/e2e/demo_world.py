"""The demo as `make demo` leaves it: with a past, a program in force, and points to spend."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo import past, processes, story
from demo.setup import prepare
from tests.e2e.conftest import World, free_port, start_app, start_store, up


@contextmanager
def demo_world(folder: Path) -> Iterator[World]:
    """A demo of its own in `folder`, until it is no more needed."""
    places = prepare(folder, app_port=free_port(), store_port=free_port())
    started: list[processes.Process] = []
    try:
        past.begin(places)
        started.append(start_store(places))
        processes.wait_until_up(started[0], f"{places.store_url}/_control/state")
        past.relive(places)
        started.append(start_app(places))
        running = up(places, started)
        story.install(places)
        story.publish(places)
        yield running
    finally:
        processes.stop(started)
