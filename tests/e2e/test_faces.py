"""The pages in Turkish, in the dark, on a telephone, and while things go wrong."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import ConsoleMessage, Page, Response, expect

from tests.e2e import steps
from tests.e2e.conftest import World
from tests.e2e.dashboard import (
    LOOKS,
    TR_DARK_390,
    Look,
    open_page,
    require_accessible,
    shoot,
)

pytestmark = pytest.mark.browser
AYSE, JOHN, MARIA = "ayse@example.com", "john@example.com", "maria@example.com"


@pytest.fixture(scope="module")
def running(world: World) -> World:
    """The app is installed, and nothing published yet."""
    answer = world.control("install", {"manifest_url": f"{world.app_url}/api/manifest"})
    assert "app_id" in answer, answer
    return world


def go_live(page: Page) -> None:
    """Publishes unless a test before did."""
    page.goto("/dashboard")
    expect(steps.program(page)).to_be_visible()
    if steps.program(page).get_attribute("data-program-state") == "proposed":
        steps.publish(page)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: str(look.name))
def test_the_start_page_leads_to_a_published_program_and_is_accessible(
    running: World, new_page: Callable[..., Page], pictures: Path, look: Look
) -> None:
    page = new_page(language=look.language, width=look.width, height=look.height)
    frame = open_page(page, "/", look)
    expect(steps.program(page)).to_have_attribute("data-program-state", "proposed")
    expect(frame.locator('[data-step="store_connected"]')).to_have_attribute("data-done", "true")
    expect(frame.locator('[data-step="published"]')).to_have_attribute("data-done", "false")
    expect(frame.locator('[aria-current="step"]')).to_have_count(1)
    require_accessible(page, f"start, {look.name}")
    shoot(page, pictures, f"20-start-{look.name}")


def test_the_page_follows_the_language_and_theme_of_the_dashboard_while_it_is_open(
    running: World, new_page: Callable[..., Page]
) -> None:
    page = new_page(language="tr-TR")
    frame = open_page(page, "/", TR_DARK_390)
    expect(frame.locator("main h1")).to_have_text("Sadakat")
    expect(frame.locator("#switch-earning")).to_be_checked()
    ground = frame.locator("html").evaluate("element => getComputedStyle(element).backgroundColor")
    assert max(int(part) for part in re.findall(r"\d+", ground)[:3]) < 60
    page.locator('input[name="locale"][value="en"]').check()
    page.locator('input[name="theme"][value="light"]').check()
    expect(frame.locator("main h1")).to_have_text("Loyalty")
    expect(frame.locator("html")).to_have_attribute("data-theme", "light")
    expect(frame.locator("html")).to_have_attribute("lang", "en")
    page.locator('input[name="locale"][value="tr"]').check()
    expect(frame.locator("main h1")).to_have_text("Sadakat")


def test_the_dashboards_address_follows_the_page_and_opens_it_again(
    running: World, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    frame = open_page(page, "/")
    frame.get_by_role("link", name="Program", exact=True).click()
    expect(frame.get_by_role("link", name="Program", exact=True)).to_have_attribute(
        "aria-current", "page"
    )
    expect(page).to_have_url(re.compile(r"/program$"))
    heading = frame.locator("main h1").text_content()
    page.reload()
    expect(steps.app(page).locator("main h1")).to_have_text(heading or "")


def test_a_switch_stops_earning_and_the_page_says_so(
    running: World, new_page: Callable[..., Page], pictures: Path
) -> None:
    page = new_page()
    go_live(page)
    earning = steps.app(page).locator("#switch-earning")
    earning.uncheck()
    expect(page.locator(".toast.good").last).to_contain_text("Switched off")
    page.reload()
    expect(earning).not_to_be_checked()
    shoot(page, pictures, "22-earning-off")
    earning.click()
    expect(page.locator(".toast.good").last).to_contain_text("Switched on")
    expect(earning).to_be_checked()


def test_a_click_with_a_token_that_ran_out_is_done_as_soon_as_the_dashboard_sends_another(
    running: World, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    go_live(page)
    answers: list[int] = []

    def note(answer: Response) -> None:
        if "switches/messages" in answer.url:
            answers.append(answer.status)

    page.on("response", note)
    switch = steps.app(page).locator("#switch-messages")
    expect(switch).to_be_checked()
    running.control("clock", {"advance_seconds": 86400})
    switch.click()
    expect(page.locator(".toast.good").last).to_contain_text("Switched off")
    expect(switch).not_to_be_checked()
    expect(steps.app(page).locator('[data-tone="error"]')).to_have_count(0)
    assert answers[-1] == 200
    switch.click()
    expect(page.locator(".toast.good").last).to_contain_text("Switched on")
    expect(switch).to_be_checked()


@pytest.mark.parametrize("path", ["/", "/members/5?id=1&id=1"])
def test_opened_outside_the_dashboard_the_page_says_where_it_belongs(
    running: World, new_page: Callable[..., Page], pictures: Path, path: str
) -> None:
    page = new_page()
    page.goto(running.app_url + path)
    expect(page.locator("#outside h1")).to_have_text("This page belongs in the Saleor Dashboard")
    expect(page.locator("#outside code")).to_have_text(f"{running.app_url}/api/manifest")
    steps.shoot(page, pictures, "23-outside")


def test_nothing_of_the_page_breaks_its_content_policy(
    running: World, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    refused: list[str] = []

    def listen(said: ConsoleMessage) -> None:
        if "Content Security Policy" in said.text:
            refused.append(said.text)

    page.on("console", listen)
    open_page(page, "/")
    for path in ("/program", "/publish"):
        open_page(page, path)
    assert refused == []


def test_an_order_paid_in_two_parts_earns_once_it_is_paid_in_full(
    running: World, new_page: Callable[..., Page], pictures: Path
) -> None:
    page = new_page(language="tr-TR")
    go_live(page)
    steps.sign_in(page, JOHN)
    page.locator("#channel-channel-tr").click()
    steps.fill_cart(page, "wool-scarf")
    steps.check_out(page, "half")
    expect(page.locator(".order .chip.partial")).to_have_text("Kısmen ödendi")
    expect(steps.points(page, "pending")).to_have_text("0")
    page.locator('[id^="rest-"]').click()
    expect(page.locator(".order .chip.full")).to_have_text("Ödendi")
    expect(steps.points(page, "pending")).to_have_text("85")
    expect(page.locator(".entry").first).to_contain_text("85 puan")
    steps.shoot(page, pictures, "24-shop-turkish", whole=True)


def test_faults_on_the_way_change_nothing_in_the_end(
    running: World, new_page: Callable[..., Page], pictures: Path
) -> None:
    page = new_page()
    go_live(page)
    page.goto("/faults")
    page.locator("#fault-duplicate").fill("100")
    expect(page.locator('output[for="fault-duplicate"]')).to_have_text("100 %")
    page.locator("#fault-shuffle").check()
    expect(page.locator(".toast.good").last).to_be_visible()
    steps.sign_in(page, MARIA)
    steps.fill_cart(page, "linen-shirt", "ceramic-cup")
    steps.check_out(page)
    expect(steps.points(page, "pending")).to_have_text("93")
    page.goto("/faults")
    expect(page.locator("#deliveries tbody tr").first).to_be_visible()
    expect(page.locator("#fault-duplicate")).to_have_value("100")
    steps.shoot(page, pictures, "25-faults")
    page.locator("#faults-off").click()
    expect(page.locator('output[for="fault-duplicate"]')).to_have_text("0 %")
    expect(page.locator("#fault-shuffle")).not_to_be_checked()
    page.goto("/shop")
    expect(steps.points(page, "pending")).to_have_text("93")


def test_points_arrive_late_when_the_app_was_down(
    running: World, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    go_live(page)
    page.goto("/faults")
    page.locator("#fault-app_down").check()
    expect(page.locator(".toast.good").last).to_be_visible()
    steps.sign_in(page, AYSE)
    before = int(steps.points(page, "lifetime").text_content() or "0")
    steps.fill_cart(page, "espresso-beans")
    steps.check_out(page)
    page.goto("/faults")
    expect(page.locator("#deliveries tbody tr").first.locator(".chip")).to_have_text("Waiting")
    page.locator("#fault-app_down").uncheck()
    expect(page.locator(".toast.good").last).to_be_visible()
    steps.advance(page, "86400")
    page.goto("/shop")
    expect(steps.points(page, "lifetime")).to_have_text(str(before + 42))


def test_points_survive_that_the_app_is_removed_and_installed_again(
    running: World, new_page: Callable[..., Page]
) -> None:
    page, shop = new_page(), new_page()
    go_live(page)
    steps.sign_in(shop, AYSE)
    before = int(steps.points(shop, "lifetime").text_content() or "0")
    steps.fill_cart(shop, "wool-scarf")
    steps.check_out(shop)
    expect(steps.points(shop, "lifetime")).to_have_text(str(before + 45))
    page.locator("#uninstall").click()
    expect(page.locator(".dash-empty")).to_be_visible()
    expect(shop.locator('#board [data-problem="app_not_installed"]')).to_be_visible()
    steps.install(page)
    expect(steps.program(page)).to_have_attribute("data-program-state", "in_force")
    expect(steps.points(shop, "lifetime")).to_have_text(str(before + 45))


@pytest.mark.parametrize("language", ["en-US", "tr-TR"])
@pytest.mark.parametrize("place", ["/", "/shop", "/desk", "/dashboard", "/faults"])
def test_every_page_fits_a_telephone_and_names_what_can_be_pressed(
    running: World, new_page: Callable[..., Page], pictures: Path, place: str, language: str
) -> None:
    page = new_page(language=language, width=375, height=760)
    page.goto(place)
    page.wait_for_load_state("networkidle")
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{place} is {wide} px too wide"
    nameless = page.evaluate(
        """[...document.querySelectorAll('button, a, input:not([type=hidden])')]
            .filter((one) => !(one.textContent.trim() || one.ariaLabel || one.labels?.length))
            .map((one) => one.outerHTML)"""
    )
    assert nameless == []
    name = place.strip("/") or "welcome"
    steps.shoot(page, pictures, f"30-telephone-{name}-{language[:2]}")
