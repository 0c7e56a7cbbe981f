"""Bonuses in the Dashboard: a question and a birthday bring points, and staff see what was told."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.e2e import steps
from tests.e2e.axe import findings
from tests.e2e.conftest import World
from tests.e2e.dashboard import (
    EN_LIGHT_1440,
    LOOKS,
    TR_DARK_390,
    Look,
    open_page,
    require_accessible,
    shoot,
)

pytestmark = pytest.mark.browser
JOHN = "john@example.com"
QUESTION = ("Which size do you wear?", "Kaç beden giyiyorsunuz?")
OPTIONS = (("Small", "Küçük"), ("Large", "Büyük"))


def ask_for_birthdays(frame: FrameLocator) -> None:
    """Birthdays are asked for and bring 100 points."""
    frame.locator('input[name="birthday.asked"]').check()
    frame.locator('input[name="birthday.on"]').check()
    frame.locator('input[name="birthday.points"]').fill("100")


def ask_for_the_size(frame: FrameLocator) -> None:
    """A question with two options; its first answer brings 25 points."""
    frame.locator('[data-questions="add"]').click()
    for place, question in enumerate(QUESTION):
        frame.locator(f'input[name="questions.0.texts.{place}.text"]').fill(question)
        for at, labels in enumerate(OPTIONS):
            name = f"questions.0.options.{at}.labels.{place}.text"
            frame.locator(f'input[name="{name}"]').fill(labels[place])
    frame.locator('input[name="questions.0.points"]').fill("25")


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_bonuses_are_filled_in_with_what_they_come_to_and_what_is_missing(
    installed: World, new_page: Callable[..., Page], pictures: Path, look: Look
) -> None:
    page = new_page(language=look.language, width=look.width, height=look.height)
    frame = open_page(page, "/bonuses", look)
    require_accessible(page, f"bonuses {look.name}")
    ask_for_birthdays(frame)
    expect(frame.locator(".bonuses-example")).to_contain_text("100")
    frame.locator('[data-questions="add"]').click()
    wrong = frame.locator(".bonuses-questions .kit-input[data-wrong]")
    expect(wrong).to_have_count(3)
    require_accessible(page, f"bonuses with problems {look.name}")
    shoot(page, pictures, f"113-bonuses-problems-{look.name}")
    frame.locator('[data-savebar="discard"]').click()
    expect(frame.locator('[data-questions="add"]')).to_be_visible()
    ask_for_birthdays(frame)
    ask_for_the_size(frame)
    asked = QUESTION[look.language == "tr"]
    expect(frame.locator(".bonuses-questions h3")).to_have_text(asked)
    expect(wrong).to_have_count(0)
    require_accessible(page, f"bonuses filled in {look.name}")
    shoot(page, pictures, f"114-bonuses-{look.name}")


def test_an_answer_and_a_birthday_bring_points_once_and_staff_see_both(
    installed: World, new_page: Callable[..., Page], pictures: Path
) -> None:
    page = new_page(width=EN_LIGHT_1440.width, height=EN_LIGHT_1440.height)
    frame = open_page(page, "/bonuses", EN_LIGHT_1440)
    ask_for_birthdays(frame)
    ask_for_the_size(frame)
    frame.locator('[data-savebar="save"]').click()
    expect(frame.locator('[data-savebar="save"]')).to_be_disabled()
    steps.publish(page)

    shop = new_page()
    steps.sign_in(shop, JOHN)
    steps.fill_cart(shop, "ceramic-cup")
    steps.check_out(shop)
    shop.locator('select[id^="question-"]').select_option(label=OPTIONS[1][0])
    shop.locator('button[id^="question-"][id$="-save"]').click()
    expect(steps.points(shop, "available")).to_have_text("25")
    # The rest is told in the shop's other language, on a telephone.
    phone = new_page(language="tr-TR", width=TR_DARK_390.width, height=TR_DARK_390.height)
    steps.sign_in(phone, JOHN)
    expect(phone.locator("loyalty-panel")).to_contain_text(QUESTION[1])
    expect(phone.locator('select[id^="question-"]')).to_contain_text(OPTIONS[1][1])
    steps.shoot(phone, pictures, "115-panel-questions-tr", part='[id^="question-"][id$="-save"]')
    # The store's days are those of UTC: its country has several zones.
    born = datetime.fromisoformat(str(installed.state()["now"])) + timedelta(days=15)
    phone.locator("#birthday-day").select_option(str(born.day))
    phone.locator("#birthday-month").select_option(str(born.month))
    phone.locator("#birthday-save").click()
    expect(phone.locator("#birthday-delete")).to_be_visible()
    assert findings(phone, "loyalty-panel") == []
    steps.shoot(phone, pictures, "115-panel-told-tr", part="#birthday-delete")
    shop.reload()
    expect(shop.locator("#birthday-delete")).to_be_visible()
    assert findings(shop, "loyalty-panel") == []
    steps.shoot(shop, pictures, "115-panel-told", part="#birthday-delete")
    steps.advance(shop, "1296000")
    expect(steps.points(shop, "available")).to_have_text("125")

    frame = open_page(page, "/members", EN_LIGHT_1440)
    frame.locator("tbody a").click()
    frame.locator('[data-tab="bonuses"]').click()
    given = frame.locator("tbody tr")
    expect(given).to_have_count(3)
    require_accessible(page, "a member's bonuses")
    shoot(page, pictures, "116-member-bonuses")
    frame = open_page(page, "/bonuses", EN_LIGHT_1440)
    expect(frame.locator('[data-given="birthday"]')).to_contain_text("given 1 time, 100 points")
    expect(frame.locator(".bonuses-questions")).to_contain_text("1 answer")
