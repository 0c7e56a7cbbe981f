"""A year in the life of a store, told to the app by webhooks and by what it reads."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import sqlalchemy as sa

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.orders.models import HistoryImport
from saleor_loyalty_app.programs.models import ProgramRevision
from sandbox.box import id_of
from tests.crash.scene import Scene
from tests.live.documents import CONFIRM
from tests.order_books import Books
from tests.sandbox_shop import People

_imports, _revisions = table(HistoryImport), table(ProgramRevision)
#: Orders from before the program: several pages.
PAST = (
    ("john@example.com", {"black-tea": 1}),
    ("ayse@example.com", {"linen-shirt": 1}),
    ("lara@example.com", {"ceramic-cup": 2}),
    ("john@example.com", {"linen-shirt": 2}),
    ("maria@example.com", {"black-tea": 3}),
)


def tell(scene: Scene) -> list[Books]:
    """Installs, publishes, imports history; sells, sends, takes back; loses news; lets time pass.

    The app may be killed at any time as long as somebody starts it again. Gives the books after the
    chapters.
    """
    _install_and_publish(scene)
    _import_history(scene)
    _sell_and_take_back(scene)
    _lose_news(scene)
    chapters = [scene.books()]
    _change_hands(scene)
    chapters.append(scene.books())
    scene.move(timedelta(days=400))
    scene.heal()
    chapters.append(scene.books())
    scene.check()
    assert _revisions_of(scene) == 1
    return chapters


def _install_and_publish(scene: Scene) -> None:
    for email, goods in PAST:
        scene.do(partial(_place_order, email=email, goods=goods))
        scene.move(timedelta(hours=1))
    scene.install()
    scene.publish(doomed=True)
    scene.until_delivered()


def _place_order(people: People, *, email: str, goods: dict[str, int]) -> None:
    people.box.place_order(goods, email=email)


def _import_history(scene: Scene) -> None:
    states = sa.select(_imports.c.state)

    def begun() -> bool:
        if scene.database.read(lambda conn: conn.execute(states).all()):
            return True
        scene.command("import-history", "--mode", "days", "--days", "30", "--book", doomed=True)
        return False

    def done() -> bool:
        return scene.database.read(lambda conn: conn.execute(states).scalars().all()) == ["done"]

    scene.wait(begun, "the import begins")
    scene.wait(done, "the import is done")


def _sell_and_take_back(scene: Scene) -> None:
    tea = scene.do(lambda p: p.buy({"black-tea": 2, "linen-shirt": 1}, email="john@example.com"))
    cup = scene.do(lambda p: p.buy({"ceramic-cup": 3}, email="ayse@example.com"))
    scene.do(lambda p: p.buy({"linen-shirt": 2}, email="lara@example.com", account=False))
    scene.until_refreshed()
    scene.do(lambda p: p.fulfill(tea, 2))
    scene.do(lambda p: p.fulfill(cup, 2))
    scene.until_refreshed()
    scene.do(lambda p: p.give_back(cup, 1))
    scene.do(lambda p: p.refund(tea, Decimal("0.33")))
    scene.until_refreshed()


def _lose_news(scene: Scene) -> None:
    """What no webhook tells is found by the cursor and by the daily pass."""
    scene.service.set_faults(drop=1.0)
    scene.do(lambda p: p.buy({"black-tea": 1}, email="maria@example.com"))
    scene.do(lambda p: p.cancel(scene.people.orders[2]))
    scene.do(lambda p: p.give_back(scene.people.orders[1], 0))
    scene.until_delivered()
    scene.service.set_faults(drop=0.0)
    scene.heal()


def _change_hands(scene: Scene) -> None:
    guest = scene.do(lambda p: p.buy({"linen-shirt": 1}, email="new@example.com", account=False))
    scene.until_refreshed()
    customer = id_of(scene.service.box.user("new@example.com"))
    scene.do(lambda p: p.ask(CONFIRM, {"id": customer}))
    scene.do(lambda p: p.give_to(scene.people.orders[0], "maria@example.com"))
    scene.until_refreshed()
    scene.do(lambda p: p.fulfill(guest, 1))
    scene.until_refreshed()
    scene.move(timedelta(days=20))
    scene.heal()


def _revisions_of(scene: Scene) -> int:
    """How many programs were published."""
    return scene.database.read(
        lambda conn: conn.execute(sa.select(sa.func.count()).select_from(_revisions)).scalar_one()
    )
