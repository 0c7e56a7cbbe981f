"""Saleor is slow, away, throttled, broken, or takes our token for dead, while people shop.

Whatever our app knows by itself it answers; what needs Saleor is refused at once with words and a
code, or goes on by itself; and once Saleor is back everything ends as if nothing had been.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import httpx
import pytest

from tests.crash.conftest import NewDatabase, NewScene
from tests.crash.control import books_by_reading
from tests.crash.spending_scene import PROGRAM_WITH_SPENDING, SETTINGS, SHOPPER, Spending
from tests.crash.spending_story import check_store
from tests.loopback import ask

pytestmark = [pytest.mark.crash, pytest.mark.timeout(600)]

#: A store that answers after ten seconds has answered too late.
PATIENCE = {"LOYALTY_SALEOR_TIMEOUT_SECONDS": "2"}
FREE = "Free from 50"
PROGRAM = PROGRAM_WITH_SPENDING | {
    "shipping": {
        "offers": [
            {
                "id": "free",
                "name": {"en": FREE},
                "prices": [{"channel": "default-channel", "currency": "USD", "price": "0"}],
                "thresholds": [{"channel": "default-channel", "currency": "USD", "money": "50"}],
            }
        ]
    }
}
#: No answer of ours that does not need Saleor may wait for it.
AT_ONCE = 8.0
DOWN = (503, "saleor_unavailable")
OWN = ("me", "me/history", "me/preferences", "me/membership")
DELIVERIES = """
mutation($id: ID!) {
  deliveryOptionsCalculate(id: $id) { deliveries { shippingMethod { name } } errors { message } }
}
"""


@dataclass(frozen=True)
class Trouble:
    """What Saleor does, what a shopper is told, and whether it is left alone after some tries."""

    name: str
    told: tuple[int, str]
    rests: bool = True


TROUBLES = (
    Trouble("refused", DOWN),
    Trouble("slow", DOWN),
    Trouble("throttled", DOWN, rests=False),
    Trouble("torn", DOWN),
    Trouble("denied", (502, "saleor_permission_denied"), rests=False),
    Trouble("gone", DOWN),
    Trouble("error", DOWN),
)
#: The others end as these do; their answers are under test in tests/unit/saleor.
QUICK = 5


class Shop(Spending):
    """A shopper whose requests are sent once, whatever comes back."""

    @contextmanager
    def trouble(self, trouble: Trouble) -> Iterator[None]:
        """Saleor is in trouble, for whoever asks it over the network."""
        if trouble.name == "refused":
            self.scene.door.shut()
        else:
            self.scene.service.set_faults(api_answer=trouble.name)
        try:
            yield
        finally:
            if trouble.name == "refused":
                self.scene.door.open()
            else:
                self.scene.service.set_faults(api_answer="")

    def once(
        self, method: str, path: str, *, key: str = "", language: str = "tr", **body: object
    ) -> httpx.Response:
        """One request of the shopper, and its answer."""
        box = self.scene.service.box
        with box.lock:
            token = box.shopper_token(SHOPPER)
        headers = {"Authorization": f"Bearer {token}", "Accept-Language": language}
        return ask(
            method,
            f"{self.scene.app_url}/api/storefront/v1/{path}",
            headers=headers | ({"Idempotency-Key": key} if key else {}),
            json=body or None,
            seconds=AT_ONCE,
        )

    def wish(self, checkout: str, key: str, language: str = "tr") -> httpx.Response:
        """The shopper wants to spend points."""
        return self.once(
            "POST", "redemptions", key=key, language=language, checkout_id=checkout, points=500
        )

    def is_free(self, checkout: str) -> bool:
        """Whether free shipping is among the deliveries, for which the store asks the app anew."""
        box = self.scene.service.box
        with box.lock:
            token = box.shopper_token(SHOPPER)
        made = self._in_the_store(DELIVERIES, {"id": checkout}, token)
        found = made["data"]["deliveryOptionsCalculate"]["deliveries"]
        return FREE in [one["shippingMethod"]["name"] for one in found]


@pytest.fixture
def shop(new_scene: NewScene) -> Shop:
    """A store whose shopper has points."""
    scene = new_scene("sqlite", program=PROGRAM, settings=SETTINGS | PATIENCE)
    scene.serve()
    scene.open_for_business()
    made = Shop(scene)
    made.give()
    return made


def test_shoppers_are_told_at_once_and_all_ends_as_if_nothing_had_been(
    shop: Shop, new_database: NewDatabase, depth: Callable[[int, int], int]
) -> None:
    for trouble in TROUBLES[: depth(QUICK, len(TROUBLES))]:
        undone = shop.redeemed(shop.cart(), key=f"undone-{trouble.name}")
        cart = shop.cart()
        shop.redeemed(cart, key=f"bought-{trouble.name}")
        shop.pay(cart)
        waits = shop.cart()
        shop.wait(partial(shop.is_free, waits), "shipping is free")
        with shop.trouble(trouble):
            what_the_app_knows_is_answered(shop, undone.public_id)
            what_needs_saleor_is_refused_with_words(shop, waits, trouble)
            assert shop.is_free(waits), trouble
            refused = shop.once("DELETE", f"redemptions/{undone.public_id}")
            assert (refused.status_code, refused.json()["error"]["code"]) == trouble.told, trouble
            shop.complete(cart)
            shop.until(f"bought-{trouble.name}", "consumed")
        shop.shopper("DELETE", f"redemptions/{undone.public_id}")
        shop.until(f"undone-{trouble.name}", "released")
        shop.redeemed(waits, key=f"after-{trouble.name}")
    shop.until_settled()
    check_store(shop)
    shop.scene.check()
    assert shop.scene.books().orders == books_by_reading(shop.scene, new_database("sqlite")).orders


def what_the_app_knows_is_answered(shop: Shop, redemption: str) -> None:
    """Points, history, preferences and redemptions are there."""
    for path in (*OWN, f"redemptions/{redemption}"):
        answer = shop.once("GET", path)
        assert answer.status_code == 200, (path, answer.text)
    store = f"127.0.0.1:{shop.scene.store_port}"
    assert shop.once("GET", f"program?store={store}").status_code == 200
    goods = "channel=default-channel&currency=USD&gross=75"
    assert shop.once("GET", f"estimate?store={store}&{goods}").json()["points"] == 750


def what_needs_saleor_is_refused_with_words(shop: Shop, cart: str, trouble: Trouble) -> None:
    """With a code and in the shopper's language, and nothing is set aside; then Saleor rests."""
    turkish = shop.wish(cart, f"refused-{trouble.name}")
    error = turkish.json()["error"]
    assert (turkish.status_code, error["code"]) == trouble.told, (trouble, turkish.text)
    english = shop.wish(cart, f"refused-{trouble.name}", "en").json()["error"]
    assert error["message"] != english["message"], error
    looked = shop.once("GET", f"checkouts/{cart}")
    assert (looked.status_code, looked.json()["error"]["code"]) == trouble.told, looked.text
    if trouble.name == "throttled":
        assert looked.headers["retry-after"] == "1"
    reasons = set()
    for number in range(6):
        if "resting" in reasons:
            break
        answer = shop.wish(cart, f"refused-{trouble.name}-{number}")
        reasons.add(answer.json()["error"]["detail"].get("reason"))
    assert ("resting" in reasons) is trouble.rests, (trouble, reasons)
    assert not [row for row in shop.rows() if f"refused-{trouble.name}" in row.request_key]
