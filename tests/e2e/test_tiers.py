"""Tiers in the Dashboard and the shop: switched on, published, reached, seen, and set by hand."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, expect

from demo import processes
from demo.setup import prepare
from tests.e2e import steps
from tests.e2e.conftest import World, start_app, start_store, up
from tests.e2e.dashboard import EN_LIGHT_1440, LOOKS, Look, open_page, require_accessible, shoot
from tests.ports import free_port

pytestmark = pytest.mark.browser
JOHN = "john@example.com"
#: So often a page is looked at again for what the app does in the background, every half second.
LOOKS_AGAIN = 120


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A store that installed the app and takes its mail; nothing is published yet."""
    places = prepare(tmp_path_factory.mktemp("tiers"), app_port=free_port(), store_port=free_port())
    started: list[processes.Process] = []
    try:
        started.append(start_store(places, "--mail-port", str(places.mail_port)))
        started.append(start_app(places))
        running = up(places, started)
        manifest = {"manifest_url": f"{running.app_url}/api/manifest"}
        assert "app_id" in running.control("install", manifest)
        yield running
    finally:
        processes.stop(started)


def until_in_the_panel(shop: Page, wanted: str) -> Locator:
    """Waits until the panel shows what the app does in the background; it reads again by itself."""
    found = shop.locator(f"loyalty-panel {wanted}")
    expect(found).to_be_visible(timeout=60_000)
    return found


def until_mailed(world: World, page: Page, words: str) -> None:
    for _ in range(LOOKS_AGAIN):
        if words in str(world.read("mails")):
            return
        page.wait_for_timeout(500)
    pytest.fail(f"no mail says {words!r}")


def level(frame: FrameLocator, name: str) -> Locator:
    """A level of the ladder, opened to be changed."""
    found = frame.locator(f'[data-level="{name}"]')
    found.locator('[data-act="edit"]').click()
    return found


def save(frame: FrameLocator) -> None:
    frame.locator('[data-savebar="save"]').click()
    expect(frame.locator('[data-savebar="save"]')).to_be_disabled()


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_the_ladder_says_what_each_level_means_and_what_is_wrong(
    world: World, new_page: Callable[..., Page], pictures: Path, look: Look
) -> None:
    page = new_page(language=look.language, width=look.width, height=look.height)
    frame = open_page(page, "/tiers", look)
    expect(frame.locator("[data-level]")).to_have_count(3)
    expect(frame.locator('input[name="enabled"]')).not_to_be_checked()
    frame.locator('input[name="enabled"]').check()
    example = frame.locator('[data-tier-example="silver"]')
    expect(example).to_contain_text("125")
    silver = level(frame, "silver")
    silver.locator('input[name="levels.1.entry_points"]').fill("50")
    expect(example).to_contain_text("50")
    sentences = example.locator("li").count()
    silver.locator('input[name="levels.1.keep"]').uncheck()
    expect(example.locator("li")).to_have_count(sentences + 1)
    expect(frame.locator('[data-tier-end="silver"]')).to_be_visible()
    shoot(page, pictures, f"120-tiers-{look.name}")
    require_accessible(page, f"tiers {look.name}")
    silver.locator('input[name="levels.1.spend.0.min"]').fill("1")
    expect(silver.locator(".kit-wrong").first).to_be_visible()
    require_accessible(page, f"tiers with a problem {look.name}")
    frame.locator('[data-savebar="discard"]').click()
    expect(frame.locator('input[name="enabled"]')).not_to_be_checked()


def test_a_purchase_raises_a_tier_that_shop_mail_and_staff_see(
    world: World, new_page: Callable[..., Page], pictures: Path
) -> None:
    look = EN_LIGHT_1440
    page = new_page(width=look.width, height=look.height)
    frame = open_page(page, "/tiers", look)
    frame.locator('input[name="enabled"]').check()
    level(frame, "bronze").locator('input[name="levels.0.entry_points"]').fill("40")
    save(frame)
    expect(frame.locator("[data-moving]")).to_have_attribute("data-moving", "0")
    steps.publish(page)

    shop = new_page(width=look.width, height=look.height)
    steps.sign_in(shop, JOHN)
    steps.fill_cart(shop, "linen-shirt", "linen-shirt")
    steps.check_out(shop)
    until_in_the_panel(shop, 'p[data-tier="bronze"]')
    expect(shop.locator('loyalty-panel [data-level="silver"]')).to_contain_text("$300.00")
    steps.shoot(shop, pictures, "121-tier-in-the-panel", whole=True)
    until_mailed(world, shop, "Bronze")
    shop.goto("/inbox")
    shop.locator(".mail-line", has_text="Bronze").first.click()
    steps.shoot(shop, pictures, "122-tier-mail")

    frame = open_page(page, "/tiers", look)
    expect(frame.locator('[data-figure="bronze"]')).to_contain_text("+1")
    level(frame, "silver").locator('input[name="levels.1.spend.1.min"]').fill("140")
    frame.locator('input[name="levels.1.entry_points"]').fill("60")
    save(frame)
    expect(frame.locator("[data-moving]")).to_have_attribute("data-moving", "1")
    expect(frame.locator("[data-entry-points]")).to_have_attribute("data-entry-points", "60")
    shoot(page, pictures, "123-tiers-in-use")
    frame = open_page(page, "/publish", look)
    expect(frame.locator("[data-moving]")).to_have_attribute("data-moving", "1")
    shoot(page, pictures, "124-publish-who-moves")
    require_accessible(page, "publish with moves")


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_staff_see_a_members_tier_set_one_by_hand_and_end_it(
    world: World, new_page: Callable[..., Page], pictures: Path, look: Look
) -> None:
    page = new_page(language=look.language, width=look.width, height=look.height)
    frame = open_page(page, "/tiers/bronze", look)
    frame.locator("tbody a").first.click()
    tier = frame.locator("p[data-tier]")
    expect(tier).to_have_attribute("data-tier", "bronze")
    frame.locator('button[data-tier="set"]').click()
    frame.locator('select[name="tier"]').select_option("gold")
    frame.locator('input[name="through"]').fill("2034-12-31")
    frame.locator('[data-dialog="yes"]').click()
    expect(frame.locator("dialog .kit-wrong")).to_be_visible()
    frame.locator('textarea[name="reason"]').fill("A late delivery.")
    frame.locator('[data-dialog="yes"]').click()
    expect(tier).to_have_attribute("data-tier", "gold")
    frame.locator("summary", has_text="tier" if look.language == "en" else "Seviye").click()
    expect(frame.locator("details[open] tbody tr").first).to_be_visible()
    shoot(page, pictures, f"125-member-tier-{look.name}")
    require_accessible(page, f"member's tier {look.name}")
    frame.locator('button[data-tier="end"]').click()
    frame.locator('[data-dialog="yes"]').click()
    expect(tier).to_have_attribute("data-tier", "bronze")
