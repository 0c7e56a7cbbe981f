"""Points live longer in some countries: set in the editor, published, seen by staff and shopper."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.e2e import steps
from tests.e2e.conftest import World
from tests.e2e.dashboard import (
    EN_LIGHT_1440,
    LOOKS,
    Look,
    open_page,
    require_accessible,
    shoot,
)

pytestmark = pytest.mark.browser
JOHN = "john@example.com"
CHIPS = {"en": ("Germany", "Netherlands"), "tr": ("Almanya", "Hollanda")}
CHANGED = {
    "en": "for orders to Germany, Netherlands: never",
    "tr": "şu ülkelere giden siparişlerde (Almanya, Hollanda): hiçbir zaman",
}
FOR_EVER = {
    "en": "They never expire: that is the program’s rule for Germany.",
    "tr": "Bu puanların süresi dolmaz: programda Almanya için kural böyledir.",
}
LONGER = {
    "en": "They expire after 24 months, at the end of the month: that is the program’s rule"
    " for Türkiye.",
    "tr": "Bu puanların süresi 24 ay sonra, ay sonunda dolar: programda Türkiye için kural"
    " böyledir.",
}
NEVER = {"en": "never", "tr": "süresiz"}


def this_year() -> int:
    return datetime.now(UTC).year  # noqa: TID251 - of the processes of this test


def seen(new_page: Callable[..., Page], path: str, look: Look) -> tuple[Page, FrameLocator]:
    page = new_page(language=look.language, width=look.width, height=look.height)
    return page, open_page(page, path, look)


def send_to(page: Page, country: str) -> None:
    """Takes another address at the checkout."""
    page.locator("details.address summary").click()
    page.locator("#address-country").select_option(country)
    page.locator("#address-save").click()
    expect(page.locator("details.address[open]")).to_have_count(0)


def buy(page: Page, email: str, *countries: str) -> None:
    """Buys a shirt once for each country, to be sent there."""
    steps.sign_in(page, email)
    for country in countries:
        steps.fill_cart(page, "linen-shirt")
        steps.begin_checkout(page)
        send_to(page, country)
        steps.pay(page)


def test_an_exception_is_added_in_the_editor_and_told_back(
    installed: World, new_page: Callable[..., Page], pictures: Path
) -> None:
    page, frame = seen(new_page, "/program", EN_LIGHT_1440)
    add = frame.get_by_role("button", name="Add countries with another expiry")
    add.click()
    first = frame.locator('[data-exception="0"]')
    expect(first.locator(".kit-wrong")).to_have_text(
        "There are too few of these (0 of at least 1). Add 1 or more."
    )
    shoot(page, pictures, "200-expiry-exception-empty")
    for country in ("DE", "NL"):
        first.locator("select").select_option(country)
    add.click()
    second = frame.locator('[data-exception="1"]')
    expect(second.locator('option[value="DE"]')).to_have_count(0)
    second.locator("select").select_option("TR")
    second.get_by_role("switch").click()
    second.get_by_label("Good for", exact=True).fill("24")
    example = frame.locator('[data-example="settings.expiry"] li')
    expect(example).to_have_count(3)
    expect(example.nth(1)).to_have_text(
        "Points of orders to Germany, Netherlands are good for ever."
    )
    expect(frame.locator(".kit-wrong")).to_have_count(0)
    frame.locator('[data-savebar="save"]').click()
    expect(frame.locator('[data-savebar="save"]')).to_be_disabled()

    months = frame.locator('input[name="expiry_months"]')
    months.fill("")
    wrong = frame.get_by_text("This is not a whole number.")
    expect(wrong).to_be_visible()
    expect(example).to_have_count(0)
    months.fill("12")
    expect(wrong).to_have_count(0)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_editor_and_publishing_name_the_countries_in_the_readers_language(
    installed: World, new_page: Callable[..., Page], pictures: Path, look: Look
) -> None:
    page, frame = seen(new_page, "/program", look)
    first = frame.locator('[data-exception="0"]')
    expect(first.locator("[data-chosen]")).to_contain_text(list(CHIPS[look.language]))
    require_accessible(page, f"expiry by country {look.name}")
    shoot(page, pictures, f"201-expiry-by-country-{look.name}")
    frame = open_page(page, "/publish", look)
    expect(frame.get_by_text(CHANGED[look.language]).first).to_be_visible()
    shoot(page, pictures, f"202-expiry-publish-{look.name}")


@pytest.fixture(scope="module")
def bought(installed: World, browser: Browser) -> World:
    """The program is in force, and a customer bought for two countries."""
    context = browser.new_context(base_url=installed.store_url, locale="en-US")
    context.set_default_timeout(45_000)
    page = context.new_page()
    steps.publish(page)
    buy(page, JOHN, "DE", "TR")
    expect(page.locator(".entry")).to_have_count(2)
    context.close()
    return installed


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_points_live_as_the_country_of_their_order_says_for_staff_and_shopper(
    bought: World, new_page: Callable[..., Page], pictures: Path, look: Look
) -> None:
    shop = new_page(language=look.language, width=look.width, height=look.height)
    steps.sign_in(shop, JOHN)
    entries = shop.locator("#board .entry")
    expect(entries).to_have_count(2)
    for entry, said in zip(entries.all(), (LONGER, FOR_EVER), strict=True):
        entry.locator("summary").click()
        expect(entry.get_by_text(said[look.language])).to_be_visible()
    expect(shop.locator("#board .expiring")).to_have_count(1)
    expect(shop.locator("#board .expiring")).to_contain_text("75 ")
    expect(shop.locator("#board .expiring")).to_contain_text(str(this_year() + 2))
    steps.shoot(shop, pictures, f"203-expiry-board-{look.name}", whole=True)

    page, frame = seen(new_page, "/members", look)
    frame.locator("tbody a").first.click()
    rows = frame.locator("tbody tr")
    expect(rows).to_have_count(2)
    for row, said in zip(rows.all(), (LONGER, FOR_EVER), strict=True):
        row.locator("summary").click()
        expect(row.get_by_text(said[look.language])).to_be_visible()
    expect(rows.nth(0)).to_contain_text(str(this_year() + 2))
    require_accessible(page, f"a member {look.name}")
    shoot(page, pictures, f"204-expiry-member-{look.name}")
    frame.locator('[data-tab="lots"]').click()
    expect(rows.filter(has_text=NEVER[look.language])).to_have_count(1)
