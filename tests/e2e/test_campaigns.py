"""A campaign in the Dashboard: written, scheduled, its code used, stopped."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.e2e import steps
from tests.e2e.axe import findings
from tests.e2e.conftest import World
from tests.e2e.dashboard import EN_LIGHT_1440, LOOKS, Look, open_page, require_accessible, shoot
from tests.e2e.furnished import JOHN, furnished_world

pytestmark = pytest.mark.browser
#: The background makes codes every few seconds; a busy machine takes its time.
SLOW = 120_000


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A store with a program in force and customers who take part."""
    with furnished_world(tmp_path_factory.mktemp("campaigns")) as running:
        yield running


def write(frame: FrameLocator, name: str, code: str) -> None:
    frame.locator('input[name="name"]').fill(name)
    for title in frame.locator('input[name$=".title"]').all():
        title.fill("10 % off everything")
    for value in frame.locator('input[name$=".value"]').all():
        value.fill("10")
    frame.locator('input[name="code"]').fill(code)
    for amount in frame.locator('input[name^="money."]').all():
        amount.fill("500")


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_a_campaign_is_written_and_says_what_is_wrong(
    world: World, new_page: Callable[..., Page], pictures: Path, look: Look
) -> None:
    page = new_page(language=look.language, width=look.width, height=look.height)
    frame = open_page(page, "/campaigns/new", look)
    write(frame, "Flyer", "kleinbuchstaben")
    frame.locator('[data-savebar="save"]').click()
    called = "Kod:" if look.language == "tr" else "Code:"
    expect(frame.locator(".campaigns-problems")).to_contain_text(called)
    shoot(page, pictures, f"156-campaign-new-{look.name}")
    require_accessible(page, f"new campaign {look.name}")
    code = "FLYER" + re.sub("[^A-Z0-9]", "", look.name.upper())
    frame.locator('input[name="code"]').fill(code)
    frame.locator('input[name="starts"]').fill("2026-01-01T00:00")
    frame.locator('[data-savebar="save"]').click()
    expect(frame.locator('[data-figure="orders"]')).to_be_visible(timeout=SLOW)
    shoot(page, pictures, f"157-campaign-draft-{look.name}")
    require_accessible(page, f"campaign {look.name}")
    frame = open_page(page, "/campaigns", look)
    expect(frame.get_by_text(code)).to_be_visible()
    shoot(page, pictures, f"158-campaigns-{look.name}")
    require_accessible(page, f"campaigns {look.name}")
    notes_past_prices(frame)
    shoot(page, pictures, f"158-past-prices-{look.name}")
    require_accessible(page, f"past prices {look.name}")


def notes_past_prices(frame: FrameLocator) -> None:
    """Waits until the past prices of the first channel are noted and read."""
    noted = frame.locator(".campaigns-channels li").first
    if not noted.get_by_role("switch").is_checked():
        noted.get_by_role("switch").click()
    expect(noted.locator("time")).to_be_visible(timeout=SLOW)


def test_a_shared_code_is_seen_used_and_counted_until_the_campaign_is_stopped(
    world: World, new_page: Callable[..., Page], pictures: Path
) -> None:
    page = new_page(width=EN_LIGHT_1440.width, height=EN_LIGHT_1440.height)
    frame = open_page(page, "/campaigns/new", EN_LIGHT_1440)
    write(frame, "Musteri", "MUSTERI10")
    frame.locator('input[name="starts"]').fill("2026-01-01T00:00")
    frame.locator('[data-savebar="save"]').click()
    frame.get_by_role("button", name="Schedule").click()
    frame.locator('[data-dialog="yes"]').click()
    expect(
        frame.get_by_role("region", name="Codes").get_by_text("Valid", exact=True)
    ).to_be_visible(timeout=SLOW)
    shop = new_page(width=EN_LIGHT_1440.width, height=EN_LIGHT_1440.height)
    steps.sign_in(shop, JOHN)
    mine = shop.locator("loyalty-panel [part=campaign]", has_text="MUSTERI10")
    expect(mine).to_contain_text("10% off")
    assert findings(shop, "loyalty-panel") == []
    steps.shoot(shop, pictures, "159-campaign-in-the-panel", whole=True)
    price = shop.locator("loyalty-price", has_text="MUSTERI10").first
    expect(price).to_contain_text("MUSTERI10")
    assert findings(shop, "loyalty-price") == []
    price.scroll_into_view_if_needed()
    shop.screenshot(path=pictures / "159-price-on-a-card.png")
    steps.fill_cart(shop, "linen-shirt")
    steps.begin_checkout(shop)
    shop.locator("#code").fill("MUSTERI10")
    shop.locator("#apply-code").click()
    expect(shop.locator("#checkout-codes .code")).to_have_text("MUSTERI10")
    expect(shop.locator("#checkout-summary")).to_contain_text("−$7.50")
    steps.pay(shop)

    expect(frame.locator('[data-figure="orders"]')).to_contain_text("1", timeout=SLOW)
    expect(frame.locator('[data-figure="cost"]')).to_contain_text("$7.50")
    expect(frame.locator(".campaigns-bar")).to_contain_text("1%")
    shoot(page, pictures, "160-campaign-running")
    require_accessible(page, "a running campaign")
    frame.get_by_role("button", name="Stop").click()
    frame.locator('[data-dialog="yes"]').click()
    expect(frame.get_by_text("Stopped", exact=True).first).to_be_visible(timeout=SLOW)
    expect(mine).to_have_count(0, timeout=SLOW)
    expect(
        frame.get_by_role("region", name="Codes").get_by_text("Ended", exact=True)
    ).to_be_visible(timeout=SLOW)
    steps.fill_cart(shop, "linen-shirt")
    steps.begin_checkout(shop)
    shop.locator("#code").fill("MUSTERI10")
    shop.locator("#apply-code").click()
    expect(shop.locator("#code-problem")).not_to_be_empty()
