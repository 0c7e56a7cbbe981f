"""The whole story in a browser: install, publish, buy, wait, refund."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import steps
from tests.e2e.conftest import World

pytestmark = pytest.mark.browser
AYSE, JOHN = "ayse@example.com", "john@example.com"
FIFTEEN_DAYS = "1296000"


def test_points_follow_an_order_from_its_payment_to_its_refund(
    world: World, new_page: Callable[..., Page], pictures: Path
) -> None:
    staff, shop = new_page(as_dashboard=True), new_page()

    shop.goto("/")
    steps.shoot(shop, pictures, "01-welcome")

    steps.sign_in(shop, JOHN)
    for product in ("linen-shirt", "espresso-beans"):
        steps.fill_cart(shop, product)
        steps.check_out(shop)
    expect(shop.locator('#board [data-problem="app_not_installed"]')).to_be_visible()
    shop.locator("#sign-out").click()

    staff.goto("/dashboard")
    steps.shoot(staff, pictures, "02-dashboard-empty")
    steps.install(staff)
    frame = steps.app(staff)
    expect(steps.program(staff)).to_have_attribute("data-program-state", "proposed")
    expect(frame.locator('[data-step="published"]')).to_have_attribute("data-done", "false")
    steps.shoot(staff, pictures, "03-proposal")

    staff.goto("/dashboard#/publish")
    frame.locator('[data-publish="ask"]').click()
    expect(frame.locator('[data-dialog="yes"]')).to_be_visible()
    steps.shoot(staff, pictures, "04-confirm-publishing")
    frame.locator('[data-dialog="no"]').click()
    staff.goto("/dashboard#/")
    expect(steps.program(staff)).to_have_attribute("data-program-state", "proposed")
    steps.publish(staff)
    expect(frame.locator('[data-step="published"]')).to_have_attribute("data-done", "true")
    steps.shoot(staff, pictures, "05-in-force")

    steps.sign_in(shop, JOHN)
    expect(steps.points(shop, "lifetime")).to_have_text("0")
    shop.locator("#sign-out").click()
    steps.sign_in(shop, AYSE)
    expect(steps.points(shop, "available")).to_have_text("0")
    steps.fill_cart(shop, "linen-shirt", "wool-scarf")
    shop.locator("#to-checkout").click()
    expect(shop.locator("#pay-full")).to_be_visible()
    steps.shoot(shop, pictures, "06-checkout")
    shop.locator("#pay-full").click()
    expect(steps.points(shop, "pending")).to_have_text("120")
    expect(shop.locator(".entry.pending")).to_contain_text("Order 3 earned 120 points")
    steps.shoot(shop, pictures, "07-points-pending")

    steps.open_order(staff, 3)
    steps.do(staff, "fulfill")
    expect(staff.locator(".order-head .chip").first).to_have_text("Fulfilled")
    steps.shoot(staff, pictures, "08-fulfilled")

    steps.advance(shop, FIFTEEN_DAYS)
    expect(steps.points(shop, "available")).to_have_text("120")
    expect(steps.points(shop, "pending")).to_have_text("0")
    expect(shop.locator("#board .worth")).to_have_text("Worth $2.40")
    expect(shop.locator("#board .expiring")).to_contain_text("120 points expire on")
    steps.shoot(shop, pictures, "09-points-available")

    steps.open_order(staff, 3)
    staff.locator("#return-0").fill("1")
    steps.do(staff, "return")
    expect(steps.points(shop, "available")).to_have_text("45")
    steps.shoot(staff, pictures, "10-shirt-taken-back")

    steps.open_order(staff, 3)
    steps.do(staff, "refund")
    expect(steps.points(shop, "available")).to_have_text("0")
    expect(shop.locator(".entry")).to_have_count(3)
    steps.shoot(shop, pictures, "11-points-gone")

    staff.goto("/dashboard")
    expect(frame.locator('[data-figure="members"]')).to_have_text(re.compile(r"^[1-9]\d*$"))
    expect(frame.locator('[data-figure="outstanding"]')).to_have_text("0")
