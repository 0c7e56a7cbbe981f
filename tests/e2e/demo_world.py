"""Worlds to begin from: the demo as `make demo` leaves it, and a store that installed the app."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo import past, processes, story
from demo.setup import Places, prepare
from tests import nursery
from tests.e2e.conftest import World, start_app, start_store, up
from tests.ports import free_port

#: An app that shares its processor with other tests takes its time to start.
SLOW_SECONDS = 300.0


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
        nursery.call(story.publish, places)
        yield running
    finally:
        processes.stop(started)


@contextmanager
def installed_world(places: Places) -> Iterator[World]:
    """A store that installed the app, with a proposed program and no past."""
    started: list[processes.Process] = []
    try:
        started += [start_store(places), start_app(places)]
        processes.wait_until_up(started[1], f"{places.app_url}/ready", seconds=SLOW_SECONDS)
        running = up(places, started)
        manifest = {"manifest_url": f"{running.app_url}/api/manifest"}
        assert "app_id" in running.control("install", manifest)
        yield running
    finally:
        processes.stop(started)
