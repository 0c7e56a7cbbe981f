"""The app was away, or its database came from a backup: it catches up by itself."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.crash.conftest import Backups, NewDatabase, NewScene
from tests.crash.control import books_by_reading
from tests.crash.scene import Scene

pytestmark = [pytest.mark.crash, pytest.mark.timeout(900)]
KINDS = pytest.mark.parametrize("kind", ["sqlite", "postgresql"])


def before(scene: Scene) -> list[str]:
    """Orders that the app knows: unpaid, paid, sent, partly returned, a guest's."""
    for channel in scene.service.box.store.channels.values():
        channel.allow_unpaid_orders = True
        channel.expire_orders_after = 60
    unpaid = scene.do(lambda p: p.buy({"black-tea": 1}, email="john@example.com", pay=Decimal(0)))
    paid = scene.do(lambda p: p.buy({"linen-shirt": 2}, email="ayse@example.com"))
    sent = scene.do(lambda p: p.buy({"ceramic-cup": 4}, email="maria@example.com"))
    scene.do(lambda p: p.fulfill(sent, 4))
    scene.do(lambda p: p.give_back(sent, 0))
    guest = scene.do(lambda p: p.buy({"black-tea": 3}, email="lara@example.com", account=False))
    scene.until_refreshed()
    return [unpaid, paid, sent, guest]


def meanwhile(scene: Scene, orders: list[str]) -> None:
    """What happens to them, and to others, while nobody listens."""
    unpaid, paid, sent, guest = orders
    scene.do(lambda p: p.pay(unpaid, Decimal(1)))
    scene.do(lambda p: p.refund(paid, Decimal("0.4")))
    scene.do(lambda p: p.give_back(sent, 0))
    scene.do(lambda p: p.cancel(guest))
    scene.move(timedelta(hours=5))
    new = scene.do(lambda p: p.buy({"linen-shirt": 1}, email="john@example.com"))
    scene.do(lambda p: p.fulfill(new, 1))
    scene.do(lambda p: p.buy({"black-tea": 2}, email="mert@example.com", account=False))
    gone = scene.do(lambda p: p.buy({"black-tea": 5}, email="john@example.com"))
    scene.do(lambda p: p.charge_back(gone, Decimal(1)))


@KINDS
def test_after_a_day_away_the_books_are_those_of_an_undisturbed_app(
    kind: str, new_scene: NewScene, new_database: NewDatabase
) -> None:
    scene = new_scene(kind)
    first = scene.serve()
    scene.open_for_business()
    orders = before(scene)
    known = scene.books()
    first.kill()
    meanwhile(scene, orders)
    scene.until_delivered()
    scene.move(timedelta(days=1))
    assert scene.books() == known
    scene.serve()
    scene.until_up()
    scene.heal()
    assert scene.books() == books_by_reading(scene, new_database("sqlite")) != known
    scene.check()


@KINDS
def test_a_restored_backup_is_brought_up_to_the_present(
    kind: str, new_scene: NewScene, new_database: NewDatabase, backups: Backups
) -> None:
    scene = new_scene(kind)
    first = scene.serve()
    scene.open_for_business()
    orders = before(scene)
    known = scene.books()
    first.kill()
    backup = backups.take(scene.database)
    second = scene.serve()
    meanwhile(scene, orders)
    scene.until_refreshed()
    scene.move(timedelta(days=3))
    scene.heal()
    present = scene.books()
    second.kill()
    backups.restore(backup, scene.database)
    assert scene.books() == known
    assert scene.command("reconcile", "--after-restore") == 0
    assert scene.books() == present == books_by_reading(scene, new_database("sqlite"))
    assert scene.command("audit") == 0
    scene.serve()
    scene.until_up()
    scene.heal()
    assert scene.books() == present
    scene.check()
