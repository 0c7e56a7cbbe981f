"""Pages whose requests fail: what a shop owner reads, tries again, and does not lose."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import World
from tests.e2e.dashboard import EN_LIGHT_1440, TR_DARK_390, open_page, require_accessible, shoot
from tests.e2e.furnished import furnished_world

pytestmark = pytest.mark.browser
API = "**/api/dashboard/v1"
SAID = {
    "away": {"en": "The app does not answer", "tr": "Uygulama yanıt vermiyor"},
    "500": {
        "en": "The app’s answer could not be read",
        "tr": "Uygulamanın yanıtı okunamadı",
    },
    "torn": {
        "en": "The app’s answer could not be read",
        "tr": "Uygulamanın yanıtı okunamadı",
    },
}


def away(route: Route) -> None:
    route.abort()


def failing(route: Route) -> None:
    route.fulfill(status=500, body="<h1>Internal Server Error</h1>")


def torn(route: Route) -> None:
    route.fulfill(headers={"Content-Type": "application/json"}, body='{"items": [{"id": "1", "na')


BREAKS = {"away": away, "500": failing, "torn": torn}
#: A page, and what it reads first.
READS = {
    "/": "start",
    "/members": "members",
    "/segments": "program",
    "/campaigns": "campaigns",
    "/overview": "insights/overview",
    "/month-end": "insights/months",
    "/activity/redemptions": "activity/redemptions",
    "/settings/webhooks": "messages/webhooks",
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A store in use: an empty list would be a lie on each of the pages."""
    with furnished_world(tmp_path_factory.mktemp("failures")) as running:
        yield running


@pytest.mark.parametrize("how", BREAKS)
def test_each_page_says_what_is_wrong_and_tries_again(
    world: World, new_page: Callable[..., Page], pictures: Path, how: str
) -> None:
    look = TR_DARK_390 if how == "torn" else EN_LIGHT_1440
    page = new_page(language=look.language, width=look.width, height=look.height)
    for path, reads in READS.items():
        asked = f"{API}/{reads}?*" if reads not in {"start", "program"} else f"{API}/{reads}"
        either = (f"{API}/{reads}", asked)
        for pattern in either:
            page.route(pattern, BREAKS[how])
        frame = open_page(page, path, look)
        said = frame.locator(".kit-notice[role=alert]").filter(has_text=SAID[how][look.language])
        expect(said.first).to_be_visible()
        expect(frame.locator(".kit-empty")).to_have_count(0)
        if path == "/members":
            shoot(page, pictures, f"209-page-failing-{how}")
            require_accessible(page, f"members without an answer ({how})")
        for pattern in either:
            page.unroute(pattern)
        said.first.locator("[data-retry]").click()
        expect(said).to_have_count(0)
        expect(frame.locator(".kit-skeleton")).to_have_count(0)


def test_without_a_network_a_form_says_so_at_once_and_keeps_what_was_typed(
    world: World, new_page: Callable[..., Page], pictures: Path
) -> None:
    look = TR_DARK_390
    page = new_page(language=look.language, width=look.width, height=look.height)
    frame = open_page(page, "/settings/storefront", look)
    frame.locator('input[name="named"]').check(force=True)
    frame.locator("form .kit-actions button").first.click()
    frame.locator('input[name="lines.0.address"]').fill("https://magaza.example.com")
    page.context.set_offline(True)
    frame.locator('[data-savebar="save"]').click()
    expect(frame.locator(".kit-notice[role=alert]")).to_contain_text("Uygulama yanıt vermiyor")
    expect(frame.locator('[data-savebar="save"]')).to_be_enabled()
    expect(frame.locator('input[name="lines.0.address"]')).to_have_value(
        "https://magaza.example.com"
    )
    shoot(page, pictures, "210-form-without-network-tr")
    page.context.set_offline(False)
    frame.locator('[data-savebar="save"]').click()
    expect(frame.locator(".kit-notice[role=alert]")).to_have_count(0)
    expect(page.locator(".toast.good").last).to_be_visible()
    expect(frame.locator('[data-savebar="save"]')).to_be_disabled()


def test_a_page_whose_parts_cannot_be_had_says_which_of_the_two_it_is(
    world: World, new_page: Callable[..., Page]
) -> None:
    page = new_page(width=EN_LIGHT_1440.width, height=EN_LIGHT_1440.height)
    frame = open_page(page, "/", EN_LIGHT_1440)
    page.context.set_offline(True)
    frame.locator('nav a[href="/overview"]').last.click()
    notice = frame.locator(".kit-notice[role=alert]")
    expect(notice).to_contain_text("The app does not answer")
    notice.locator("[data-retry]").click()
    expect(notice).to_contain_text("Try again")
    page.context.set_offline(False)
    notice.locator("[data-retry]").click()
    expect(frame.locator("main h1")).to_be_visible()
