"""SQLite has one writer: a bulk of orders keeps no webhook waiting, and no write fails."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.orders.models import HistoryImport
from sandbox.model.store import NOBODY
from tests.crash.conftest import NewDatabase, NewScene
from tests.crash.control import books_by_reading
from tests.crash.scene import Scene

pytestmark = [pytest.mark.crash, pytest.mark.timeout(900)]

BUYERS = ("john@example.com", "ayse@example.com", "maria@example.com")
#: So long a webhook may wait for its answer beside a bulk, on a machine that is busy with tests.
#: Saleor waits 10 s.
PATIENT_SECONDS = 5.0
#: What must not be heard of.
TROUBLES = (
    "database is locked",
    "webhook_not_stored",
    "webhook_handler_failed",
    "schedule_failed",
    "schedule_not_finished",
    "store_work_failed",
    "tick_failed",
    "job_failed",
)
_imports = table(HistoryImport)


def in_bulk(scene: Scene, count: int, *, told: bool) -> None:
    """So many orders come to be at once; `told`: by one event, as after an import into Saleor."""
    box = scene.service.box
    with box.lock:
        orders = [box.place_order({"black-tea": 1}, email=BUYERS[n % 3]) for n in range(count)]
        if told:
            box.store.emit("ORDER_BULK_CREATED", orders, NOBODY)


def sell(scene: Scene) -> None:
    """Somebody buys, the goods are sent, and all webhooks of it are taken at the first try."""
    order = scene.do(lambda p: p.buy({"linen-shirt": 1}, email="john@example.com"))
    scene.do(lambda p: p.fulfill(order, 1))
    scene.until_delivered()
    for parcel in scene.service.box.deliveries:
        assert (parcel.delivery.status, parcel.tries) == ("SUCCESS", 1), parcel.delivery.event_type


def slowest_webhook(scene: Scene) -> float:
    """An upper bound of the seconds that any webhook about an order took in the app."""
    pattern = r'loyalty_webhook_seconds_bucket\{handler="orders",le="([\d.]+|\+Inf)"\} ([\d.]+)'
    buckets = [(float(le), float(n)) for le, n in re.findall(pattern, scene.metrics())]
    return min(le for le, n in buckets if n == buckets[-1][1])


def test_a_bulk_beside_live_webhooks_loses_and_delays_none(
    new_scene: NewScene, new_database: NewDatabase, depth: Callable[[int, int], int]
) -> None:
    scene = new_scene("sqlite")
    in_bulk(scene, depth(150, 1500), told=False)
    scene.serve()
    scene.open_for_business()
    importing = scene.begin("import-history", "--mode", "days", "--days", "30", "--book")
    sold = 0
    while importing.exit_code is None:
        sell(scene)
        sold += 1
    assert importing.wait() == 0
    assert sold > 1
    [report] = scene.database.read(
        lambda conn: conn.execute(sa.select(_imports.c.report)).scalars().all()
    )
    assert report["orders"]["counted"] == depth(150, 1500)
    for number in range(4):
        in_bulk(scene, (8, 40)[number % 2], told=True)
        sell(scene)
    scene.until_refreshed()
    scene.heal()
    expected = books_by_reading(scene, new_database("sqlite"))
    found = scene.books()
    assert (found.orders, found.balances) == (expected.orders, expected.balances)
    scene.check()
    assert slowest_webhook(scene) <= PATIENT_SECONDS
    told = scene.output()
    for trouble in TROUBLES:
        assert trouble not in told, re.findall(f".*{trouble}.*", told)[:3]
