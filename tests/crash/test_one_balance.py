"""Many at once want points that are enough for one: on PostgreSQL from two processes."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from sqlalchemy.engine import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.ledger import Account, Cause
from sandbox.box import id_of
from tests.contract.story_teller import Cast, Teller
from tests.crash.conftest import NewScene
from tests.crash.scene import Scene
from tests.factories import make_member
from tests.loopback import ask
from tests.ports import free_port

pytestmark = [pytest.mark.crash, pytest.mark.timeout(600)]

SHOPPER = "ayse@example.com"
WISHES, CHECKOUTS = 64, 4
POINTS = 500
#: What those who come too late are told.
LATE = {"not_enough_points", "redemption_live"}


class Rush:
    """A shopper with points for one discount, and four checkouts."""

    def __init__(self, scene: Scene, ports: list[int]) -> None:
        self.scene = scene
        self.ports = ports
        box = scene.service.box
        with box.lock:
            cast = Cast(box.staff_token(), box.gateway().token, box.shopper_token(SHOPPER))
            teller = Teller(box.execute, cast)
            goods = next(one for one in box.store.products.values() if one.slug == "linen-shirt")
            lines = [{"variantId": id_of(goods.variants[0]), "quantity": 2}]
            self.checkouts = [
                teller.checkout("default-channel", lines, "Standard", by=cast.shopper)
                for _ in range(CHECKOUTS)
            ]
            self.user = id_of(box.user(SHOPPER))
            self.token = cast.shopper
        store, now = scene.store(), scene.now()

        def give(conn: Connection) -> Account:
            account = Account(store.id, make_member(conn, store.id, user_id=self.user), "points")
            ledger.adjust(
                conn, account, POINTS, Cause("test", "points", "test"),
                key="gift", now=now, effective_at=now,
            )  # fmt: skip
            return account

        self.account = scene.database.write(give)

    def spend_all(self, keys: list[str]) -> list[httpx.Response]:
        """All wishes at one instant, spread over the checkouts and the processes."""
        at_once = threading.Barrier(len(keys))

        def spend(number: int) -> httpx.Response:
            port = self.ports[number % len(self.ports)]
            at_once.wait(60)
            return ask(
                "POST",
                f"http://127.0.0.1:{port}/api/storefront/v1/redemptions",
                headers=self.headers() | {"Idempotency-Key": keys[number]},
                json={"checkout_id": self.checkouts[number // 2 % CHECKOUTS], "points": POINTS},
                seconds=120,
            )

        with ThreadPoolExecutor(len(keys)) as threads:
            return list(threads.map(spend, range(len(keys))))

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def until_attached(self, redemption: str) -> str:
        """Waits for a discount that was on its way; gives its checkout."""
        found: dict[str, str] = {}

        def attached() -> bool:
            answer = ask(
                "GET",
                f"{self.scene.app_url}/api/storefront/v1/redemptions/{redemption}",
                headers=self.headers(),
                seconds=30,
            )
            found.update(answer.json())
            return found["state"] == "attached"

        self.scene.wait(attached, "the discount is on the checkout")
        return found["checkout_id"]

    def balance(self) -> tuple[int, int]:
        now = self.scene.now()
        view = self.scene.database.read(lambda conn: ledger.balance(conn, self.account, now=now))
        return view.available, view.held

    def with_code(self) -> list[str]:
        """The checkouts that bear a code."""
        box = self.scene.service.box
        with box.lock:
            return [one for one in self.checkouts if box.node(one).voucher_code]


@pytest.fixture(params=["sqlite", "postgresql"])
def rush(
    request: pytest.FixtureRequest, new_scene: NewScene, monkeypatch: pytest.MonkeyPatch
) -> Rush:
    """One process on SQLite, two on PostgreSQL; nobody counts how often a shopper asks."""
    usual = Scene.environment
    unlimited = {"LOYALTY_SPENDING_LIMIT": "off", "LOYALTY_SALEOR_TIMEOUT_SECONDS": "30"}
    monkeypatch.setattr(Scene, "environment", lambda scene: dict(usual(scene)) | unlimited)
    scene = new_scene(request.param)
    scene.serve()
    scene.open_for_business()
    ports = [scene.app_port]
    if request.param == "postgresql":
        ports.append(free_port())
        scene.serve(port=ports[1])
        scene.until_up(ports[1])
    return Rush(scene, ports)


def test_of_64_wishes_for_points_for_one_exactly_one_succeeds(rush: Rush) -> None:
    answers = rush.spend_all([f"wish-{number}" for number in range(WISHES)])
    done = [answer for answer in answers if answer.status_code in (201, 202)]
    assert Counter(answer.status_code for answer in answers)[409] == WISHES - 1, [
        answer.text for answer in answers if answer.status_code not in (201, 202, 409)
    ]
    assert len(done) == 1
    codes = {answer.json()["error"]["code"] for answer in answers if answer.status_code == 409}
    assert codes <= LATE
    checkout = rush.until_attached(done[0].json()["id"])
    assert rush.with_code() == [checkout]
    assert rush.balance() == (0, POINTS)
    rush.scene.check()


def test_the_same_wish_sent_many_times_at_once_is_one(rush: Rush) -> None:
    rush.checkouts = rush.checkouts[:1] * CHECKOUTS
    answers = rush.spend_all(["wish"] * 16)
    assert {answer.status_code for answer in answers} <= {201, 202}, [
        answer.text for answer in answers if answer.status_code not in (201, 202)
    ]
    [redemption] = {answer.json()["id"] for answer in answers}
    rush.until_attached(redemption)
    assert rush.balance() == (0, POINTS)
    rush.scene.check()
