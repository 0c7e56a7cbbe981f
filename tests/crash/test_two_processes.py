"""Two processes on one PostgreSQL: one is killed in the middle, the other goes on in its place."""

import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from operator import methodcaller

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.queue.models import ScheduleState
from tests.crash.conftest import NewDatabase, NewScene
from tests.crash.control import books_by_reading
from tests.crash.processes import AppProcess
from tests.crash.scene import Scene
from tests.ports import free_port

pytestmark = [pytest.mark.crash, pytest.mark.timeout(600)]

#: The promise of the documentation.
MINUTE = 60.0
BUYERS = ("john@example.com", "ayse@example.com", "maria@example.com")
_schedules = table(ScheduleState)


def busy(scene: Scene, process: AppProcess) -> bool:
    """Whether the process is reading orders just now."""
    query = sa.select(_schedules.c.leased_by).where(
        _schedules.c.name == "refresh_orders", _schedules.c.leased_by.is_not(None)
    )
    holder = scene.database.read(lambda conn: conn.execute(query).scalar_one_or_none())
    return holder is not None and f"-{process.pid}-" in holder


@pytest.mark.parametrize("second", ["worker", "serve"])
def test_one_is_killed_at_work_and_the_other_takes_over_within_a_minute(
    second: str,
    new_scene: NewScene,
    new_database: NewDatabase,
    depth: Callable[[int, int], int],
) -> None:
    scene = new_scene("postgresql", pace=1 if depth(0, 1) else 0.2)
    victim = scene.serve()
    scene.open_for_business()
    other = scene.begin("worker") if second == "worker" else scene.serve(port=free_port())
    for number in range(depth(12, 60)):
        buyer = BUYERS[number % 3]
        order = scene.do(methodcaller("buy", {"black-tea": 1}, email=buyer))
        if number % 4 == 0:
            scene.do(methodcaller("refund", order, Decimal("0.5")))
    scene.until_delivered()
    scene.move(timedelta(seconds=61))
    scene.wait(lambda: busy(scene, victim), "the first reads orders", pause=0.002)
    victim.kill()
    killed = time.monotonic()
    scene.until_refreshed()
    assert time.monotonic() - killed < MINUTE
    scene.heal()
    assert other.exit_code is None
    assert scene.books() == books_by_reading(scene, new_database("sqlite"))
    scene.check()


def test_two_that_serve_and_work_book_every_order_once(
    new_scene: NewScene, new_database: NewDatabase, depth: Callable[[int, int], int]
) -> None:
    scene = new_scene("postgresql")
    scene.serve()
    scene.open_for_business()
    scene.serve(port=free_port())
    scene.service.set_faults(duplicate=0.5, shuffle=True)
    for number in range(depth(12, 60)):
        buyer = BUYERS[number % 3]
        order = scene.do(methodcaller("buy", {"linen-shirt": 1}, email=buyer))
        scene.do(methodcaller("fulfill", order, 1))
    scene.until_refreshed()
    scene.heal()
    assert scene.books() == books_by_reading(scene, new_database("sqlite"))
    scene.check()
