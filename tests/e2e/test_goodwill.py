"""Milestones and goodwill: set up in the Dashboard, seen in the shop, a complaint made up for."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.e2e import steps
from tests.e2e.axe import findings
from tests.e2e.conftest import World
from tests.e2e.dashboard import (
    EN_LIGHT_1440,
    LOOKS,
    Look,
    open_page,
    press,
    require_accessible,
    shoot,
)

pytestmark = pytest.mark.browser
JOHN = "john@example.com"
SENTENCES = {
    "en": "When 2 orders have been paid",
    "tr": "Toplam 2 sipariş ödendiğinde",
}
#: What the customer wrote, of each of John's orders.
NOTES = ("The cup came without its handle.", "Two weeks late, and nobody answered.")


def ask_for_two_orders(frame: FrameLocator) -> None:
    """A milestone of two orders, which brings what a new one brings."""
    frame.locator('[data-rules="add-milestone"]').click()
    frame.locator('input[name$=".milestone.min"]').fill("2")


def save(frame: FrameLocator) -> None:
    frame.locator('[data-savebar="save"]').click()
    expect(frame.locator('[data-savebar="save"]')).to_be_disabled()


def complain(frame: FrameLocator, order: str, note: str) -> None:
    """Notes a complaint, and waits until it stands in the list."""
    frame.locator('[data-goodwill="complain"]').click()
    dialog = frame.locator("dialog[open]")
    dialog.locator('input[name="order"]').fill(order)
    dialog.locator('textarea[name="note"]').fill(note)
    dialog.locator('[data-dialog="yes"]').click()
    expect(dialog).to_have_count(0)
    expect(frame.locator('[data-prompt="complaint"]', has_text=note)).to_be_visible()


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_a_line_and_what_is_watched_are_set_up(
    installed: World, new_page: Callable[..., Page], pictures: Path, look: Look
) -> None:
    page = new_page(language=look.language, width=look.width, height=look.height)
    frame = open_page(page, "/rules", look)
    ask_for_two_orders(frame)
    expect(frame.locator("[data-sentence]")).to_contain_text(SENTENCES[look.language])
    frame.locator("[data-count-past]").click()
    expect(frame.locator("[data-past]")).to_be_visible()
    shoot(page, pictures, f"150-milestone-{look.name}")
    require_accessible(page, f"milestone {look.name}")
    frame.locator('[data-savebar="discard"]').click()
    frame = open_page(page, "/bonuses", look)
    for signal in ("late_delivery", "complaint"):
        frame.locator(f'input[name="goodwill.{signal}.on"]').click()
    frame.locator('select[name="goodwill.late_delivery.type"]').select_option("amount")
    shoot(page, pictures, f"151-goodwill-{look.name}")
    require_accessible(page, f"goodwill {look.name}")
    frame.locator('[data-savebar="discard"]').click()


def test_a_line_is_passed_and_a_complaint_is_made_up_for(
    installed: World, new_page: Callable[..., Page], pictures: Path
) -> None:
    look = EN_LIGHT_1440
    page = new_page(width=look.width, height=look.height)
    frame = open_page(page, "/rules", look)
    ask_for_two_orders(frame)
    frame.locator('input[name$=".name.en"]').last.fill("Second order")
    frame.locator('input[name$=".then.points"]').fill("150")
    save(frame)
    frame = open_page(page, "/bonuses", look)
    frame.locator('input[name="goodwill.complaint.on"]').click()
    frame.locator('input[name="goodwill.complaint.points"]').fill("40")
    frame.locator('textarea[name="goodwill.apology.0.text"]').fill("We are sorry.")
    save(frame)
    steps.publish(page)

    shop = new_page(width=look.width, height=look.height)
    steps.sign_in(shop, JOHN)
    steps.fill_cart(shop, "ceramic-cup")
    steps.check_out(shop)
    ahead = shop.locator("loyalty-panel .milestones li")
    expect(ahead).to_have_text(["1 order more until 150 points (Second order)."])
    assert findings(shop, "loyalty-panel") == []
    steps.shoot(shop, pictures, "152-milestone-in-the-panel", part="loyalty-panel .milestones")
    steps.fill_cart(shop, "black-tea")
    steps.check_out(shop)
    expect(steps.points(shop, "available")).to_have_text("150", timeout=60_000)
    expect(ahead).to_have_count(0)

    frame = open_page(page, "/activity/cases", look)
    frame.locator('[data-goodwill="complain"]').click()
    dialog = frame.locator("dialog[open]")
    dialog.locator('input[name="order"]').fill("4711")
    dialog.locator('[data-dialog="yes"]').click()
    expect(dialog.locator(".kit-notice")).to_contain_text("no paid order of a member")
    dialog.locator('[data-dialog="no"]').click()
    for number, note in enumerate(NOTES, start=1):
        complain(frame, str(number), note)
    first = frame.locator("tr", has_text=NOTES[0])
    first.locator('[data-choice="accept"]').click()
    expect(first).to_have_count(0)
    expect(frame.locator("[data-goodwill-numbers]")).to_have_attribute("data-goodwill-numbers", "1")
    shop.reload()
    expect(steps.points(shop, "available")).to_have_text("190")


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_staff_see_what_went_wrong_and_who_decided_what(
    installed: World, new_page: Callable[..., Page], pictures: Path, look: Look
) -> None:
    page = new_page(language=look.language, width=look.width, height=look.height)
    frame = open_page(page, "/activity/cases", look)
    expect(frame.locator('[data-prompt="complaint"]')).to_contain_text(NOTES[1])
    shoot(page, pictures, f"153-goodwill-cases-{look.name}")
    require_accessible(page, f"goodwill cases {look.name}")
    frame.locator('[data-goodwill="complain"]').click()
    expect(frame.locator('dialog[open] input[name="order"]')).to_be_focused()
    shoot(page, pictures, f"154-goodwill-complaint-{look.name}")
    require_accessible(page, f"a complaint {look.name}")
    press(frame, '[data-dialog="no"]')
    frame.locator('[data-choice="change"]').click()
    dialog = frame.locator("dialog[open]")
    expect(dialog.locator('input[name="points"]')).to_have_value("40")
    press(frame, 'dialog[open] [data-dialog="yes"]')
    expect(dialog.locator(".kit-wrong")).to_be_visible()
    require_accessible(page, f"other goodwill {look.name}")
    press(frame, '[data-dialog="no"]')
    frame.locator('[data-goodwill="decided"]').click()
    expect(frame.locator('[data-outcome="given"]')).to_be_visible()
    shoot(page, pictures, f"155-goodwill-decided-{look.name}")
    require_accessible(page, f"goodwill decided {look.name}")
