"""A backup is restored: what was spent since then is rebuilt from Saleor, and goes on as ever."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from saleor_loyalty_app import ledger
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from tests.crash.conftest import Backups, NewScene
from tests.crash.doomed import Doom
from tests.crash.spending_scene import POINTS, PROGRAM_WITH_SPENDING, SETTINGS, Spending

pytestmark = [pytest.mark.crash, pytest.mark.timeout(900)]
#: The steps of the command that are about redemptions.
REBUILDS = r"redemption|asking (LoyaltyVouchers|OrdersWithCode)"


def spend_in_every_way(spending: Spending) -> dict[str, str]:
    """What the backup will not know; gives Saleor's ids of what goes on later."""
    cart, paid = spending.cart(), spending.cart()
    spending.redeemed(cart, key="on-cart")
    spending.redeemed(paid, key="paid")
    spending.pay(paid)
    order = spending.complete(paid)
    spending.until("paid", "consumed")
    undone = spending.redeemed(spending.cart(), key="undone")
    answer = spending.shopper("DELETE", f"redemptions/{undone.public_id}")
    assert answer.status_code in (200, 202), answer.text
    spending.until("undone", "released")
    draft = spending.draft()
    assert spending.staff({"order_id": draft}, key="drafted").status_code in (201, 202)
    spending.until("drafted", "attached")
    answer = spending.staff({"channel": "default-channel"}, key="handed-out")
    assert answer.status_code in (201, 202), answer.text
    spending.until("handed-out", "issued")
    return {"cart": cart, "order": order, "draft": draft}


def by_id(spending: Spending) -> dict[str, tuple[str, int, int, str, str | None]]:
    """What is known of the redemptions that a rebuilt one has to be equal in."""
    return {
        one.public_id: (one.state, one.points, one.restored, one.code, one.checkout_id)
        for one in spending.rows()
    }


def name(one: RedemptionRef) -> str:
    """What its request called it."""
    return one.request_key.rpartition(":")[2]


def go_on(spending: Spending, spent: dict[str, RedemptionRef], things: dict[str, str]) -> None:
    """One is taken back, one comes back with its order, one becomes an order."""
    answer = spending.shopper("DELETE", f"redemptions/{spent['on-cart'].public_id}")
    assert answer.status_code in (200, 202), answer.text
    spending.scene.do(lambda people: people.cancel(things["order"]))
    spending.complete_draft(things["draft"])
    ends = {"on-cart": "released", "paid": "restored", "drafted": "consumed"}

    def ended() -> bool:
        now = by_id(spending)
        return all(now[spent[key].public_id][0] == state for key, state in ends.items())

    spending.scene.wait(ended, str(ends))
    assert spending.code_on(things["cart"]) is None


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_points_spent_after_the_backup_are_held_and_spent_again(
    kind: str,
    new_scene: NewScene,
    backups: Backups,
    depth: Callable[[int, int], int],
    tmp_path: Path,
) -> None:
    scene = new_scene(kind, program=PROGRAM_WITH_SPENDING, settings=SETTINGS)
    first = scene.serve()
    scene.open_for_business()
    spending = Spending(scene)
    account = spending.give()

    def points() -> tuple[int, int]:
        now = scene.now()
        view = scene.database.read(lambda conn: ledger.balance(conn, account, now=now))
        return view.available, view.held

    before_cart = spending.cart()
    spending.redeemed(before_cart, key="before")
    spending.until_settled()
    first.kill()
    backup = backups.take(scene.database)
    known, kept = by_id(spending), points()
    second = scene.serve()
    scene.until_up()
    things = spend_in_every_way(spending)
    spending.pay(before_cart)
    spending.complete(before_cart)
    spending.until("before", "consumed")
    spending.until_settled()
    present, books, present_points = by_id(spending), scene.books(), points()
    spent = {name(one): one for one in spending.rows()}
    second.kill()
    backups.restore(backup, scene.database)
    assert (by_id(spending), points()) == (known, kept)

    # The app was up before anybody thought of the command, which is killed at its every step.
    third = scene.serve()
    scene.until_up()
    spending.until_settled()
    third.kill()
    scene.doom = Doom(tmp_path / "journal", 0, depth(6, 1), REBUILDS)
    command = partial(scene.command, "reconcile", "--after-restore", doomed=True)
    scene.wait(lambda: command() == 0, "all is rebuilt", pause=0)
    assert "died" in (tmp_path / "journal").read_text()
    assert scene.command("audit") == 0
    scene.serve()
    scene.until_up()
    spending.until_settled()
    # What ended unused needs no row: its points are free, and its code is dead.
    del present[spent["undone"].public_id]
    assert by_id(spending) == present
    assert points() == present_points
    assert scene.books().balances == books.balances
    assert spending.code_on(things["cart"]) == spent["on-cart"].code
    go_on(spending, spent, things)
    spending.until_settled()
    assert points() == (present_points[0] + 2 * POINTS, POINTS)
    scene.check()
