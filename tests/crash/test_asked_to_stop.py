"""SIGTERM in the middle: what was begun is ended, what was not is done by the next start."""

import signal
from collections.abc import Callable
from decimal import Decimal
from operator import methodcaller

import pytest

from tests.crash.conftest import NewDatabase, NewScene
from tests.crash.control import books_by_reading

pytestmark = [pytest.mark.crash, pytest.mark.timeout(600)]

#: What the process is given for its end: requests 15 s, jobs 10 s.
GRACE = 30.0
BUYERS = ("john@example.com", "ayse@example.com", "maria@example.com")


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_asked_to_stop_under_load_it_ends_by_itself_and_loses_nothing(
    kind: str, new_scene: NewScene, new_database: NewDatabase, depth: Callable[[int, int], int]
) -> None:
    scene = new_scene(kind)
    running = scene.serve()
    scene.open_for_business()
    for round_ in range(depth(1, 10)):
        for number in range(12):
            buyer = BUYERS[number % 3]
            order = scene.do(methodcaller("buy", {"black-tea": 1}, email=buyer))
            if number % 3 == round_ % 3:
                scene.do(methodcaller("refund", order, Decimal("0.5")))
            if number == 6:
                running.signal(signal.SIGTERM)
        # uvicorn ends by the signal it was sent, after it has cleaned up.
        assert running.wait(GRACE) in (0, -signal.SIGTERM)
        assert scene.output().count("app_stopped") == round_ + 1
        running = scene.serve()
        scene.until_up()
        scene.until_refreshed()
    scene.heal()
    assert scene.books() == books_by_reading(scene, new_database("sqlite"))
    scene.check()


def test_a_worker_that_is_asked_to_stop_leaves_its_work_to_the_other_at_once(
    new_scene: NewScene, new_database: NewDatabase
) -> None:
    scene = new_scene("postgresql", pace=1)
    worker = scene.begin("worker")
    scene.serve()
    scene.open_for_business()
    for buyer in BUYERS:
        scene.do(methodcaller("buy", {"linen-shirt": 1}, email=buyer))
    worker.signal(signal.SIGTERM)
    assert worker.wait(GRACE) == 0
    scene.until_refreshed()
    scene.heal()
    assert scene.books() == books_by_reading(scene, new_database("sqlite"))
    scene.check()
