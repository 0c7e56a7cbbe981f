"""Rewards in the Dashboard: a catalog is written, a shopper takes one, staff hand it over."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, expect

from tests.e2e import steps
from tests.e2e.axe import findings
from tests.e2e.conftest import World
from tests.e2e.dashboard import EN_LIGHT_1440, LOOKS, Look, open_page, require_accessible, shoot
from tests.e2e.furnished import AYSE, furnished_world

pytestmark = pytest.mark.browser
NAMES = {"en": "A mug with your name", "tr": "Adınız yazılı kupa"}
NAMES_OF_SHARE = {"en": "A share of your next order", "tr": "Sıradaki siparişte indirim"}
NAMES_OF_SHIRT = {"en": "A linen shirt", "tr": "Keten gömlek"}
#: A busy machine takes its time.
SLOW = 120_000


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A store with a program in force and customers who have points."""
    with furnished_world(tmp_path_factory.mktemp("rewards")) as running:
        yield running


def write(frame: FrameLocator, at: int, names: dict[str, str], kind: str, points: int) -> None:
    """Adds a reward and fills in what every kind has."""
    frame.locator('[data-rewards="add"]').click()
    for place, language in enumerate(("en", "tr")):
        frame.locator(f'input[name="items.{at}.names.{place}.text"]').fill(names[language])
    frame.locator(f'select[name="items.{at}.kind"]').select_option(kind)
    frame.locator(f'input[name="items.{at}.points"]').fill(str(points))


def pick_shirt(frame: FrameLocator) -> None:
    """Finds the product that is free by its name."""
    search = frame.locator('input[name="search"]')
    frame.locator(".kit-field[data-variant] button").click()
    try:
        expect(search).to_be_visible(timeout=15_000)
    except AssertionError:
        # What came meanwhile moved the button away from under the press: people press again.
        frame.locator(".kit-field[data-variant] button").click()
    search.fill("linen")
    frame.locator('[data-pick="LINEN-SHIRT"]').click()
    expect(frame.locator(".kit-field[data-variant]")).to_contain_text("Linen shirt")


def points_in(figure: Locator) -> int:
    """A number of points that is shown."""
    return int((figure.text_content() or "").replace(",", ""))


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_a_catalog_is_written_with_a_product_found_by_its_name(
    world: World, new_page: Callable[..., Page], pictures: Path, look: Look
) -> None:
    page = new_page(language=look.language, width=look.width, height=look.height)
    frame = open_page(page, "/reward-catalog", look)
    write(frame, 0, NAMES_OF_SHIRT, "free_product", 1500)
    pick_shirt(frame)
    shoot(page, pictures, f"161-rewards-{look.name}")
    require_accessible(page, f"rewards {look.name}")
    frame.locator('[data-savebar="discard"]').click()
    expect(frame.locator("[data-reward]")).to_have_count(0)


def test_a_shopper_takes_gives_back_and_takes_again_and_staff_hand_over(
    world: World, new_page: Callable[..., Page], pictures: Path
) -> None:
    page = new_page(width=EN_LIGHT_1440.width, height=EN_LIGHT_1440.height)
    frame = open_page(page, "/reward-catalog", EN_LIGHT_1440)
    write(frame, 0, NAMES, "custom", 100)
    write(frame, 1, NAMES_OF_SHIRT, "free_product", 90_000)
    pick_shirt(frame)
    write(frame, 2, NAMES_OF_SHARE, "percent", 50)
    frame.locator('input[name="items.2.percent"]').fill("10")
    frame.locator('[data-savebar="save"]').click()
    expect(frame.locator('[data-savebar="save"]')).to_be_disabled()
    steps.publish(page)

    shop = new_page(width=EN_LIGHT_1440.width, height=EN_LIGHT_1440.height)
    steps.sign_in(shop, AYSE)
    panel = shop.locator("loyalty-panel")
    available = panel.locator("[data-points=available]")
    too_dear = panel.locator("[part=reward]", has_text="A linen shirt")
    expect(too_dear).to_contain_text("There are not enough points: 90,000 needed")
    before = points_in(available)
    take = panel.get_by_role("button", name="Take for 100 points: A mug with your name")
    take.click()
    expect(panel.locator("[data-state=requested]")).to_be_visible(timeout=SLOW)
    expect(available).to_have_text(f"{before - 100:,}")
    give_up = panel.get_by_role("button", name="Give back for 100 points: A mug with your name")
    give_up.click()
    expect(panel.locator("[data-state=requested]")).to_have_count(0)
    expect(available).to_have_text(f"{before:,}")
    take.click()
    expect(give_up).to_be_visible(timeout=SLOW)
    panel.get_by_role("button", name="Take for 50 points: A share of your next order").click()
    code = panel.locator("[data-state=ready] .code")
    expect(code).to_be_visible(timeout=SLOW)
    expect(available).to_have_text(f"{before - 150:,}")
    assert findings(shop, "loyalty-panel") == []
    steps.shoot(shop, pictures, "162-rewards-in-the-panel", whole=True)

    frame = open_page(page, "/reward-catalog", EN_LIGHT_1440)
    mug = frame.locator("[data-reward]").first
    expect(mug).to_contain_text("1 waits for you")
    frame.locator('[data-move="handed_over"]').click()
    frame.locator('dialog button[type="submit"]').click()
    expect(frame.locator("[data-move]")).to_have_count(0)
    expect(mug).to_contain_text("1 used")
    # What is over makes room for what can still be used.
    expect(panel.locator("[data-state=requested]")).to_have_count(0, timeout=SLOW)
    expect(panel.locator("[data-state=handed_over]")).to_have_count(0)
    expect(code).to_be_visible()
    shoot(page, pictures, "163-rewards-handed-over")
    require_accessible(page, "rewards handed over")
    frame = open_page(page, "/activity/redemptions", EN_LIGHT_1440)
    expect(frame.locator("tbody")).to_contain_text("10% off the goods")
    expect(frame.locator("tbody")).to_contain_text("handed over by the store")
    shoot(page, pictures, "164-redemptions-of-rewards")
