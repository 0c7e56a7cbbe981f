"""One story told to a real Saleor from outside (`make live`).

Each test is a chapter of its own: it makes its own customer and waits for what the app's storefront
API says, as a storefront would.
"""

import time
import uuid
from decimal import Decimal
from functools import partial
from typing import Any

import httpx
import pytest

from tests.live.patience import PATIENCE
from tests.live.programs import EARNING
from tests.live.scene import Scene
from tests.live.shop import StoreRefused, base
from tests.live.shopper import Shopper

pytestmark = pytest.mark.live

PROGRAM = EARNING


def pending_less_than(before: int, points: dict[str, Any]) -> bool:
    return bool(points["pending"] < before)


def test_a_paid_order_earns_pending_points_and_fulfillment_dates_them(scene: Scene) -> None:
    shopper = Shopper(scene)
    first, second = scene.variants[0], scene.variants[1]
    order = scene.order({first.id: 2, second.id: 1}, email=shopper.email, token=shopper.token())
    expected = int(base(scene.shop.look(order)) * scene.rate)
    assert expected > 0
    points = shopper.wait_for(lambda points: points["pending"] == expected)
    assert points["available"] == 0
    scene.shop.fulfill(order)
    end = time.monotonic() + PATIENCE
    while shopper.history()[0]["available_from"] is None and time.monotonic() < end:
        time.sleep(1)
    entry = shopper.history()[0]
    assert entry["available_from"] is not None
    assert entry["order_number"] == scene.shop.look(order)["number"]
    assert entry["explanation"]


def test_refunds_in_three_cuts_take_all_points_back(scene: Scene) -> None:
    shopper = Shopper(scene)
    order = scene.order({scene.variants[2].id: 3}, email=shopper.email, token=shopper.token())
    look = scene.shop.look(order)
    total = Decimal(str(look["total"]["gross"]["amount"]))
    earned = shopper.wait_for(lambda points: points["pending"] > 0)["pending"]
    scene.shop.fulfill(order)
    third = (total / 3).quantize(Decimal("0.01"))
    left = earned
    for cut in (third, third, total - 2 * third):
        scene.shop.refund(order, cut)
        left = shopper.wait_for(partial(pending_less_than, left))["pending"]
    shopper.wait_for(lambda points: points["pending"] == 0 and points["available"] == 0)
    assert sum(entry["amount"] for entry in shopper.history()) == 0


def test_a_returned_item_loses_its_own_points(scene: Scene) -> None:
    shopper = Shopper(scene)
    order = scene.order({scene.variants[2].id: 2}, email=shopper.email, token=shopper.token())
    earned = shopper.wait_for(lambda points: points["pending"] > 0)["pending"]
    scene.shop.fulfill(order)
    look = scene.shop.look(order)
    scene.shop.return_line(order, look["lines"][0]["id"], 1)
    half = int(base(look) * scene.rate / 2)
    assert half < earned
    shopper.wait_for(lambda points: points["pending"] == half)


def test_a_canceled_order_keeps_nothing(scene: Scene) -> None:
    shopper = Shopper(scene)
    order = scene.order({scene.variants[0].id: 1}, email=shopper.email, token=shopper.token())
    shopper.wait_for(lambda points: points["pending"] > 0)
    scene.shop.cancel(order)
    shopper.wait_for(lambda points: points["pending"] == 0)


def test_an_order_paid_in_two_parts_earns_only_when_it_is_paid_in_full(scene: Scene) -> None:
    shopper = Shopper(scene)
    order = scene.shop.write_draft({scene.variants[0].id: 2}, user=shopper.user)
    scene.shop.complete_draft(order)
    look = scene.shop.look(order)
    total = Decimal(str(look["total"]["gross"]["amount"]))
    currency = look["total"]["gross"]["currency"]
    scene.shop.charge(order, Decimal("0.50"), currency)
    time.sleep(8)
    assert shopper.points()["pending"] == 0
    scene.shop.charge(order, total - Decimal("0.50"), currency)
    expected = int(base(look) * scene.rate)
    shopper.wait_for(lambda points: points["pending"] == expected)


def test_a_guest_gets_the_points_when_the_account_is_confirmed(scene: Scene) -> None:
    email = f"guest-{uuid.uuid4().hex[:10]}@example.com"
    order = scene.order({scene.variants[0].id: 1}, email=email)
    expected = int(base(scene.shop.look(order)) * scene.rate)
    time.sleep(3)
    shopper = Shopper(scene, email)
    shopper.wait_for(lambda points: points["pending"] == expected)


def test_the_doctor_finds_nothing_wrong(scene: Scene) -> None:
    scene.command("doctor")


def test_uninstalled_the_app_is_silent_and_reinstalled_it_remembers(scene: Scene) -> None:
    shopper = Shopper(scene)
    scene.order({scene.variants[0].id: 1}, email=shopper.email, token=shopper.token())
    before = shopper.wait_for(lambda points: points["pending"] > 0)["pending"]
    scene.uninstall()
    end = time.monotonic() + PATIENCE
    refused = 0
    while refused != 401 and time.monotonic() < end:
        time.sleep(1)
        refused = httpx.get(
            f"{scene.app_url}/api/storefront/v1/me",
            headers={"Authorization": f"Bearer {shopper.token()}"},
            timeout=20,
        ).status_code
    assert refused == 401
    missed = scene.order({scene.variants[1].id: 1}, email=shopper.email, token=shopper.token())
    scene.install()
    healed = before + int(base(scene.shop.look(missed)) * scene.rate)
    shopper.wait_for(lambda points: points["pending"] == healed)
    scene.command("audit")


def test_a_store_that_is_not_allowed_is_refused_with_a_sentence(scene: Scene) -> None:
    scene.uninstall()
    with scene.app_for_strangers() as stranger, pytest.raises(StoreRefused) as refusal:
        scene.shop.install(f"{stranger}/api/manifest", scene.permissions)
    assert "may not install the app" in str(refusal.value)
