"""Earning rules in the Dashboard: one is built as its owner would, published, and earns."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.e2e import steps
from tests.e2e.conftest import World
from tests.e2e.dashboard import (
    EN_LIGHT_1440,
    LOOKS,
    TR_DARK_390,
    Look,
    open_page,
    press,
    require_accessible,
    shoot,
)
from tests.e2e.test_rewards_catalog import write

pytestmark = pytest.mark.browser
NAMES = {"en": "Weekend shirts", "tr": "Hafta sonu gömlekleri"}
THANKS = {
    "en": (
        "Thank you for your order",
        "Packed by hand.\n\nSee you on Friday.",
    ),
    "tr": (
        "Siparişiniz için teşekkürler",
        "Elle hazırlanıyor.\n\nCuma günü bekleriz.",
    ),
}
MUG = {"en": "A mug with your name", "tr": "Adınız yazılı kupa"}
FIRST = {"en": "First order", "tr": "İlk sipariş"}
#: What the app does in the background takes its time on a busy machine.
SLOW = 120_000
SENTENCES = {
    "en": "in the category “Shirts” or below and it is the weekend",
    "tr": "“Shirts” kategorisinde veya altında ve hafta sonu",
}


def pick_shirts(editor: FrameLocator) -> None:
    editor.locator("[data-add]").last.select_option("category")
    editor.locator("[data-catalog-open]").click()
    steps.pick(editor, "shirt", "shirts")
    editor.locator("[data-catalog-open]").click()


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_a_rule_is_built_by_search_and_reads_as_a_sentence(
    installed: World, new_page: Callable[..., Page], pictures: Path, look: Look
) -> None:
    page = new_page(language=look.language, width=look.width, height=look.height)
    frame = open_page(page, "/rules", look)
    expect(frame.locator("[data-rule]")).to_have_count(1)
    frame.locator('[data-rules="add"]').click()
    for language, name in NAMES.items():
        frame.locator(f'input[name$=".name.{language}"]').fill(name)
    pick_shirts(frame)
    frame.locator("[data-add]").last.select_option("weekday")
    for day in ("sat", "sun"):
        frame.locator(f'input[value="{day}"]').check()
    expect(frame.locator("[data-sentence]")).to_contain_text(SENTENCES[look.language])
    expect(frame.locator("[data-rule-example]")).to_be_visible()
    up = frame.locator('li[aria-current] [data-act="up"]')
    up.focus()
    up.press("Enter")
    expect(frame.locator("[data-rule]").first).to_have_attribute("aria-current", "true")
    expect(frame.locator('li[aria-current] [data-act="edit"]')).to_be_focused()
    shoot(page, pictures, f"110-rules-{look.name}")
    require_accessible(page, f"rules {look.name}")
    frame.locator('[data-remove$=".of.0"]').click()
    frame.locator('[data-condition="weekday"] input[value="sat"]').uncheck()
    frame.locator('[data-condition="weekday"] input[value="sun"]').uncheck()
    expect(frame.locator('[data-condition="weekday"] .kit-wrong')).to_be_visible()
    require_accessible(page, f"rules with a problem {look.name}")
    frame.locator('[data-savebar="discard"]').click()
    expect(frame.locator("[data-rule]")).to_have_count(1)


def test_a_published_rule_earns_by_what_it_says(
    installed: World, new_page: Callable[..., Page], pictures: Path
) -> None:
    page = new_page(width=EN_LIGHT_1440.width, height=EN_LIGHT_1440.height)
    frame = open_page(page, "/rules", EN_LIGHT_1440)
    frame.locator('[data-rules="add"]').click()
    frame.locator('input[name$=".name.en"]').fill("Shirts")
    pick_shirts(frame)
    frame.locator('select[name$=".then.kind"]').select_option("points_per_unit")
    frame.locator('input[name$=".then.points"]').fill("1000")
    frame.locator('[data-savebar="save"]').click()
    expect(frame.locator('[data-savebar="save"]')).to_be_disabled()
    steps.publish(page)
    steps.sign_in(page, "john@example.com")
    steps.fill_cart(page, "linen-shirt", "ceramic-cup")
    steps.check_out(page)
    earned = re.compile(r"^1[.,]\d{3}$")
    expect(steps.points(page, "pending")).to_have_text(earned)
    frame = open_page(page, "/rules", EN_LIGHT_1440)
    rule = frame.locator("[data-rule]").last
    expect(rule.locator("[data-used]")).to_have_attribute("data-used", "1")
    expect(rule).to_contain_text("1,000")
    shoot(page, pictures, "111-rules-used")


def test_a_milestone_brings_a_reward_that_was_previewed_and_published(
    installed: World, new_page: Callable[..., Page], pictures: Path
) -> None:
    look = EN_LIGHT_1440
    page = new_page(width=look.width, height=look.height)
    frame = open_page(page, "/reward-catalog", look)
    write(frame, 0, MUG, "custom", 100)
    press(frame, '[data-savebar="save"]')
    expect(frame.locator('[data-savebar="save"]')).to_be_disabled()

    frame = open_page(page, "/rules", look)
    frame.locator('[data-rules="add-milestone"]').click()
    for language, name in FIRST.items():
        frame.locator(f'input[name$=".name.{language}"]').fill(name)
    frame.locator('input[name$=".milestone.min"]').fill("1")
    frame.locator('select[name$=".then.kind"]').select_option("issue_reward")
    frame.locator('select[name$=".then.reward"]').select_option(label=MUG["en"])
    expect(frame.locator("[data-sentence]")).to_contain_text(f"the reward “{MUG['en']}”")
    frame.locator("[data-count-past]").click()
    expect(frame.locator("[data-past]")).to_contain_text("past this line")
    require_accessible(page, "a milestone that brings a reward")
    shoot(page, pictures, "118-rule-reward-milestone")
    press(frame, '[data-savebar="save"]')
    expect(frame.locator('[data-savebar="save"]')).to_be_disabled()
    frame = open_page(page, "/publish", look)
    told = f"Rule “{FIRST['en']}” is added: the reward “{MUG['en']}” for nothing"
    expect(frame.locator("[data-changes]")).to_contain_text(told)
    steps.publish(page)

    shop = new_page()
    steps.sign_in(shop, "maria@example.com")
    steps.fill_cart(shop, "ceramic-cup")
    steps.check_out(shop)
    given = shop.locator("loyalty-panel [data-state=requested]")
    expect(given).to_contain_text(MUG["en"], timeout=SLOW)

    page = new_page(language="tr", width=TR_DARK_390.width, height=TR_DARK_390.height)
    frame = open_page(page, "/rules", TR_DARK_390)
    rule = frame.locator("[data-rule]").last
    told = f"Toplam 1 sipariş ödendiğinde “{MUG['tr']}” ödülü ücretsiz verilir."
    expect(rule).to_contain_text(told)
    expect(rule.locator("[data-used]")).to_have_attribute("data-used", "1")
    require_accessible(page, "rules with a reward, in Turkish")
    shoot(page, pictures, "118-rule-reward-milestone-tr")


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_a_rule_tells_members_something_in_each_language(
    installed: World, new_page: Callable[..., Page], pictures: Path, look: Look
) -> None:
    page = new_page(language=look.language, width=look.width, height=look.height)
    frame = open_page(page, "/rules", look)
    rules = frame.locator("[data-rule]")
    before = rules.count()
    frame.locator('[data-rules="add"]').click()
    for language, name in (("en", "Thank-you"), ("tr", "Teşekkür")):
        frame.locator(f'input[name$=".name.{language}"]').fill(name)
    frame.locator('select[name$=".then.kind"]').select_option("message")
    title, body = THANKS["en"]
    frame.locator('textarea[name$=".texts.en.body"]').fill(body)
    expect(frame.locator('input[name$=".texts.en.title"]')).to_have_attribute(
        "aria-invalid", "true"
    )
    require_accessible(page, f"a message without a title {look.name}")
    frame.locator('input[name$=".texts.en.title"]').fill(title)
    expect(frame.locator(".rules-doubt")).to_contain_text("“tr”")
    title, body = THANKS["tr"]
    frame.locator('input[name$=".texts.tr.title"]').fill(title)
    frame.locator('textarea[name$=".texts.tr.body"]').fill(body)
    expect(frame.locator(".rules-doubt")).to_have_count(0)
    expect(rules.last).to_contain_text(THANKS[look.language][0])
    press(frame, '[data-savebar="save"]')
    expect(frame.locator('[data-savebar="save"]')).to_be_disabled()
    frame = open_page(page, "/rules", look)
    frame.locator("[data-rule]").last.locator('[data-act="edit"]').click()
    for language, (title, body) in THANKS.items():
        written = frame.locator(f'[data-message="{language}"]')
        expect(written.locator("input")).to_have_value(title)
        expect(written.locator("textarea")).to_have_value(body)
    require_accessible(page, f"a message of a rule {look.name}")
    shoot(page, pictures, f"117-rule-message-{look.name}")
    frame.locator('li[aria-current] [data-act="delete"]').click()
    press(frame, '[data-savebar="save"]')
    expect(frame.locator('[data-savebar="save"]')).to_be_disabled()
    expect(frame.locator("[data-rule]")).to_have_count(before)
