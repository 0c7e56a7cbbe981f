"""The places of the Dashboard where the app stands: beside customers, orders and vouchers, on the
first page, in the search and in a popup, as the store's staff see them.
"""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, expect

from tests.e2e import steps
from tests.e2e.conftest import World
from tests.e2e.dashboard import EN_LIGHT_1440, LOOKS, TR_DARK_390, Look, require_accessible
from tests.e2e.furnished import AYSE, JOHN, furnished_world
from tests.loopback import ask

pytestmark = pytest.mark.browser
#: Points that a code was made for.
SPENT = 50
Open = Callable[[Look], Page]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A store in use, in which a customer has a code."""
    with furnished_world(tmp_path_factory.mktemp("mounts")) as running:
        make_code(running)
        yield running


def make_code(world: World) -> None:
    """Staff make Ayşe a code for some of her points: a voucher in the store."""
    [app] = world.read("state")["apps"]
    token = world.control("app_token", {"app_id": app["id"]})["token"]
    answer = ask(
        "POST",
        f"{world.app_url}/api/dashboard/v1/redemptions",
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "a-code"},
        json={"user_id": customer(world, AYSE), "points": SPENT, "channel": "default-channel"},
    )
    assert answer.is_success, answer.text
    for _ in range(60):
        if any(one["name"] != "Welcome" for one in people(world)["vouchers"]):
            return
        time.sleep(1)
    pytest.fail("the code was not made")


@pytest.fixture
def opened(new_page: Callable[..., Page]) -> Open:
    """A browser that shows the Dashboard in a look."""

    def open_browser(look: Look) -> Page:
        return new_page(
            language=look.language, width=look.width, height=look.height, as_dashboard=True
        )

    return open_browser


def go(page: Page, place: str, look: Look) -> None:
    """Opens a page of the Dashboard itself, in the language and theme of a look."""
    page.goto(f"/dashboard{place}")
    page.locator(f'input[name="theme"][value="{look.theme}"]').check(force=True)
    page.locator(f'input[name="locale"][value="{look.language}"]').check(force=True)


def frame(page: Page, extension: str) -> FrameLocator:
    return page.frame_locator(f'iframe[data-extension="{extension}"][data-loaded]')


def shown(page: Page, extension: str, look: Look) -> FrameLocator:
    """A widget or popup that has loaded, in the look of the Dashboard around it."""
    found = frame(page, extension)
    expect(found.locator("html")).to_have_attribute("lang", look.language)
    expect(found.locator("html")).to_have_attribute("data-theme", look.theme)
    expect(found.locator("main > *").first).to_be_visible()
    expect(found.locator(".kit-skeleton")).to_have_count(0)
    return found


def require_sound(page: Page, extension: str, name: str) -> None:
    """Fails for what axe calls serious or critical, and for what is wider than its frame."""
    require_accessible(page, name, f'iframe[data-extension="{extension}"]', headed=False)


def require_whole(page: Page, extension: str) -> None:
    """The Dashboard made the frame as high as the widget is: nothing scrolls within it."""
    element = page.locator(f'iframe[data-extension="{extension}"]')
    inner = frame(page, extension).locator("main")
    expect(inner).to_be_visible()
    page.wait_for_function(
        """([outer, extension]) => document.querySelector(
            `iframe[data-extension="${extension}"]`).clientHeight !== 200""",
        arg=[0, extension],
    )
    outer, content = element.bounding_box(), inner.bounding_box()
    assert outer is not None
    assert content is not None
    assert 0 <= outer["height"] - content["height"] < 24


def shoot(page: Page, folder: Path, name: str) -> None:
    """The whole page where it is wide, the widget alone on a telephone."""
    page.evaluate("document.querySelectorAll('.toast').forEach((toast) => toast.remove())")
    card = page.locator(".dash-widget")
    card.scroll_into_view_if_needed()
    size = page.viewport_size
    if size is not None and size["width"] > 1000:
        page.screenshot(path=folder / f"{name}.png", full_page=True)
    else:
        card.screenshot(path=folder / f"{name}.png")


def customer(world: World, email: str) -> str:
    return next(str(one["id"]) for one in people(world)["customers"] if one["email"] == email)


def people(world: World) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = world.read("people")
    return found


def figure(widget: FrameLocator, name: str) -> Locator:
    return widget.locator(f'[data-figure="{name}"]')


def points(widget: FrameLocator, name: str) -> int:
    """A figure of points below a thousand."""
    return int(figure(widget, name).locator(".kit-numeric").first.inner_text())


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_beside_a_customer_stand_balance_movements_and_why(
    world: World, opened: Open, pictures: Path, look: Look
) -> None:
    page, turkish = opened(look), look.language == "tr"
    go(page, f"/customers/{customer(world, AYSE)}", look)
    widget = shown(page, "loyalty-customer", look)
    assert points(widget, "available") > 400
    assert points(widget, "pending") > 0
    expect(widget.locator(".widget-entries > li").first).to_be_visible()
    widget.locator("summary").first.click()
    expect(widget.locator(".widget-why").first).to_contain_text("puan" if turkish else "points")
    require_whole(page, "loyalty-customer")
    require_sound(page, "loyalty-customer", "the customer's widget")
    shoot(page, pictures, f"91-widget-customer-{look.name}")


def test_the_explanation_is_copied_in_the_customers_language(world: World, opened: Open) -> None:
    page = opened(EN_LIGHT_1440)
    page.context.grant_permissions(["clipboard-read"])
    go(page, f"/customers/{customer(world, AYSE)}", EN_LIGHT_1440)
    widget = shown(page, "loyalty-customer", EN_LIGHT_1440)
    widget.locator("summary").first.click()
    headline = widget.locator(".widget-entry > span").first.inner_text()
    widget.locator("[data-copy]").first.click()
    expect(page.locator(".toast.good").last).to_contain_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.splitlines()[0] == headline
    assert len(copied.splitlines()) > 1


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_points_are_given_in_a_popup_and_the_page_behind_it_follows(
    world: World, opened: Open, pictures: Path, look: Look
) -> None:
    page = opened(look)
    go(page, f"/customers/{customer(world, JOHN)}", look)
    widget = shown(page, "loyalty-customer", look)
    before = points(widget, "available")
    widget.locator('[data-deed="give"]').click()
    popup = shown(page, "loyalty-give-points", look)
    expect(popup.locator('input[name="points"]')).to_be_visible()
    popup.locator('[data-deed="send"]').click()
    expect(popup.locator(".kit-wrong").first).to_be_visible()
    popup.locator('input[name="points"]').fill("25")
    popup.locator('select[name="reason"]').select_option("goodwill")
    require_sound(page, "loyalty-give-points", "the popup")
    steps.shoot(page, pictures, f"92-popup-points-{look.name}")
    popup.locator('[data-deed="send"]').click()
    expect(page.locator("#popup")).to_be_hidden()
    expect(page.locator(".toast.good").last).to_contain_text("25")
    expect(page.locator('.dash-body[data-refreshed="1"]')).to_be_visible()
    expect(figure(widget, "available")).to_contain_text(str(before + 25))


def test_the_menu_of_a_customer_opens_the_popup_too(world: World, opened: Open) -> None:
    page = opened(EN_LIGHT_1440)
    go(page, f"/customers/{customer(world, AYSE)}", EN_LIGHT_1440)
    have = points(shown(page, "loyalty-customer", EN_LIGHT_1440), "available")
    page.locator('.dash-more [data-action="loyalty-give-points"]').click()
    popup = shown(page, "loyalty-give-points", EN_LIGHT_1440)
    popup.locator('input[value="take"]').check()
    popup.locator('input[name="points"]').fill("100000")
    popup.locator('select[name="reason"]').select_option("correction")
    popup.locator('[data-deed="send"]').click()
    expect(popup.locator(".kit-wrong").first).to_contain_text(str(have))


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_beside_an_order_stands_what_a_refund_would_change(
    world: World, opened: Open, pictures: Path, look: Look
) -> None:
    page = opened(look)
    go(page, "/orders", look)
    page.locator(".dash-table a").first.click()
    widget = shown(page, "loyalty-order", look)
    expect(figure(widget, "earned")).to_be_visible()
    widget.locator(".widget-refund > summary").click()
    widget.locator(".widget-refund select").first.select_option("1")
    expect(widget.locator("[data-refund] li").first).to_contain_text(
        "puan" if look.language == "tr" else "point"
    )
    require_whole(page, "loyalty-order")
    require_sound(page, "loyalty-order", "the order's widget")
    shoot(page, pictures, f"93-widget-order-{look.name}")


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_beside_a_voucher_stands_the_redemption_that_made_it(
    world: World, opened: Open, pictures: Path, look: Look
) -> None:
    page = opened(look)
    go(page, "/discounts/vouchers", look)
    page.locator(".dash-table a").first.click()
    widget = shown(page, "loyalty-voucher", look)
    expect(figure(widget, "points")).to_contain_text(str(SPENT))
    require_whole(page, "loyalty-voucher")
    require_sound(page, "loyalty-voucher", "the voucher's widget")
    shoot(page, pictures, f"94-widget-voucher-{look.name}")


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_the_first_page_has_a_card_of_the_program(
    world: World, opened: Open, pictures: Path, look: Look
) -> None:
    page = opened(look)
    go(page, "/home", look)
    widget = shown(page, "loyalty-home", look)
    for name in ("members", "issued", "redeemed", "liability"):
        expect(figure(widget, name)).to_be_visible()
    expect(figure(widget, "members")).to_contain_text(re.compile(r"\d"))
    require_sound(page, "loyalty-home", "the home widget")
    shoot(page, pictures, f"95-widget-home-{look.name}")


def test_the_search_finds_the_members_in_both_languages(world: World, opened: Open) -> None:
    page = opened(EN_LIGHT_1440)
    go(page, "/orders", EN_LIGHT_1440)
    page.keyboard.press("Control+k")
    found = page.locator('#search-list [data-action="loyalty-search"]')
    page.locator("#search-input").fill("stock")
    expect(found).to_have_count(0)
    for word in ("puan", "sadakat", "points", "loyalty"):
        page.locator("#search-input").fill(word)
        expect(found).to_be_visible()
    found.click()
    expect(page).to_have_url(re.compile(r"/dashboard/extensions/app/[^/]+/members$"))
    expect(steps.app(page).locator("main h1")).to_be_visible()


def test_the_menu_below_customers_leads_to_the_app_and_its_address_stays(
    world: World, opened: Open
) -> None:
    page = opened(EN_LIGHT_1440)
    go(page, "/customers", EN_LIGHT_1440)
    page.locator('#customer-apps [data-extension="loyalty-navigation"]').click()
    heading = steps.app(page).locator("main h1")
    expect(heading).to_be_visible()
    before = heading.inner_text()
    steps.app(page).locator('nav a[href="/members"]').click()
    expect(page).to_have_url(re.compile(r"/members$"))
    expect(heading).not_to_have_text(before)
    title = heading.inner_text()
    page.reload()
    expect(heading).to_have_text(title)


def test_a_widget_outlives_its_token(world: World, opened: Open) -> None:
    page = opened(EN_LIGHT_1440)
    go(page, f"/customers/{customer(world, AYSE)}", EN_LIGHT_1440)
    widget = shown(page, "loyalty-customer", EN_LIGHT_1440)
    world.control("clock", {"advance_seconds": 3600})
    widget.locator('[data-deed="give"]').click()
    popup = shown(page, "loyalty-give-points", EN_LIGHT_1440)
    expect(popup.locator('input[name="points"]')).to_be_visible()


def test_frames_are_opened_as_the_real_dashboard_opens_them(world: World, opened: Open) -> None:
    """As seen on Saleor: parameters twice, loaded twice, the theme in the second address only."""
    page = opened(TR_DARK_390)
    addresses: list[str] = []
    page.on(
        "request",
        lambda asked: addresses.append(asked.url) if "/widget/customer?" in asked.url else None,
    )
    go(page, f"/customers/{customer(world, AYSE)}", TR_DARK_390)
    shown(page, "loyalty-customer", TR_DARK_390)
    first, second = addresses[-2:]
    for address in (first, second):
        assert len(re.findall(r"[?&]saleorApiUrl=", address)) == 2
        assert len(re.findall(r"[?&]customerId=", address)) == 1
        assert "locale=" not in address
    assert "theme=" not in first
    assert "theme=" in second
    sandbox = page.locator('iframe[data-extension="loyalty-customer"]').get_attribute("sandbox")
    assert sandbox == ("allow-same-origin allow-forms allow-scripts allow-downloads allow-popups")


def test_who_may_see_no_vouchers_is_shown_no_widget_there(world: World, opened: Open) -> None:
    page = opened(TR_DARK_390)
    go(page, "/home", TR_DARK_390)
    page.locator("#agent").select_option("support@example.com")
    shown(page, "loyalty-home", TR_DARK_390)
    page.goto("/dashboard/discounts/vouchers")
    page.locator(".dash-table a").first.click()
    expect(page.locator(".dash-facts")).to_be_visible()
    expect(page.locator("iframe")).to_have_count(0)
