"""Many shoppers at once look, spend, undo and buy at random: nothing is lost, nothing is left over.

How fast they are served is measured by `python -m bench --only shoppers`.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bench.aftermath import look
from bench.shopping import Plan, shop
from bench.town import CHANNEL, PASSWORD, email_of, settle
from saleor_loyalty_app import ledger
from saleor_loyalty_app.ledger import Account, Cause
from tests.crash.conftest import NewScene
from tests.crash.scene import PROGRAM, Scene
from tests.factories import make_member
from tests.ports import free_port

pytestmark = [pytest.mark.crash, pytest.mark.timeout(300)]

SHOPPERS = 20
OFTEN = "1000000/minute"
#: They come from one address, and are quicker than people: nobody is to be turned away here.
SETTINGS = {
    f"LOYALTY_{name}_LIMIT": OFTEN for name in ("SPENDING", "READING", "PUBLIC", "ESTIMATE")
} | {"LOYALTY_SALEOR_TIMEOUT_SECONDS": "30"}


def give(scene: Scene, users: list[str]) -> None:
    """Points in some lots for each of them."""
    store, now = scene.store(), scene.now()

    def write(conn: sa.Connection) -> None:
        for user in users:
            account = Account(store.id, make_member(conn, store.id, user_id=user), "points")
            for number in range(4):
                ledger.adjust(
                    conn,
                    account,
                    20_000,
                    Cause("test", "points", "test"),
                    key=f"{user}:{number}",
                    now=now,
                    effective_at=now,
                    expires_at=now + timedelta(days=40 + number),
                    notice_required=False,
                )

    scene.database.write(write)


@pytest.mark.parametrize("kind", ["postgresql", "sqlite"])
def test_shoppers_at_random_lose_nothing_and_leave_nothing_behind(
    kind: str, new_scene: NewScene, depth: Callable[[int, int], int]
) -> None:
    scene = new_scene(kind, program=PROGRAM, settings=SETTINGS)
    scene.serve()
    ports = [scene.app_port]
    if kind == "postgresql":
        ports.append(free_port())
        scene.serve(port=ports[1])
    scene.open_for_business()
    for port in ports:
        scene.until_up(port)
    give(scene, settle(scene.service, SHOPPERS))
    plan = Plan(
        store_port=scene.store_port,
        app_ports=ports,
        emails=[email_of(number) for number in range(SHOPPERS)],
        password=PASSWORD,
        channel=CHANNEL,
        seconds=depth(5, 120),
        think=0.2,
        arrival=0.3,
        shares=(10, 10, 80),
    )
    found = asyncio.run(shop(plan))
    assert found.faults == []
    assert not [code for code in found.refusals if code.startswith("saleor_")], found.refusals
    assert found.deeds["redeemed"] > 0, found.refusals
    assert len(found.calls["session"]) == SHOPPERS
    left = look(
        scene.database, f"http://127.0.0.1:{scene.store_port}", clock=scene.now, patience=60
    )
    assert left.is_sound, left
    assert sum(left.redemptions.values()) >= found.deeds["redeemed"]
    scene.check()
