"""The settings: where the shop is, whose days count, mail that is tried, a text, a webhook."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from demo.setup import prepare
from tests.e2e.conftest import World
from tests.e2e.dashboard import LOOKS, Look, follow, open_page, press, require_accessible, shoot
from tests.e2e.demo_world import installed_world
from tests.mail_server import mail_server
from tests.ports import free_port

pytestmark = pytest.mark.browser
SAVE, DISCARD = '[data-savebar="save"]', '[data-savebar="discard"]'


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The app is installed, and whoever runs it has a mail server."""
    places = prepare(
        tmp_path_factory.mktemp("settings"), app_port=free_port(), store_port=free_port()
    )
    with mail_server(port=places.mail_port), installed_world(places) as running:
        yield running


def seen(new_page: Callable[..., Page], path: str, look: Look) -> tuple[Page, FrameLocator]:
    page = new_page(language=look.language, width=look.width, height=look.height)
    return page, open_page(page, path, look)


def kept(frame: FrameLocator) -> None:
    """The form is saved: its bar has nothing to do any more."""
    frame.locator(SAVE).click()
    expect(frame.locator(SAVE)).to_be_disabled()
    expect(frame.locator(".kit-notice[role=alert]")).to_have_count(0)


#: One for each look: what is saved already needs no saving.
ZONES = (
    *("Asia/Tokyo", "Europe/Istanbul", "Europe/Berlin", "Asia/Dubai", "Asia/Seoul", "Asia/Baku"),
    *("America/Lima", "America/Bogota", "Africa/Cairo", "Africa/Lagos", "Asia/Manila", "UTC"),
)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_the_store_says_whose_days_count_and_where_its_shop_is(
    world: World, new_page: Callable[..., Page], pictures: Path, look: Look
) -> None:
    page, frame = seen(new_page, "/settings", look)
    zone = ZONES[LOOKS.index(look)]
    frame.locator('select[name="timezone"]').select_option(zone)
    expect(frame.locator('.kit-notice[data-tone="warning"]')).to_be_visible()
    shoot(page, pictures, f"settings-general-{look.name}")
    require_accessible(page, "settings")
    kept(frame)
    follow(frame, "/settings/storefront")
    named = frame.locator('input[name="named"]')
    if not named.is_checked():
        named.check()
    address = frame.locator('input[name="lines.0.address"]')
    address.fill("my shop")
    frame.locator(SAVE).click()
    expect(frame.locator(".kit-wrong")).to_be_visible()
    address.fill(f"https://{look.name}.example.com/products?page=2")
    kept(frame)
    expect(address).to_have_value(f"https://{look.name}.example.com")
    expect(frame.locator("pre").first).to_contain_text(f"{world.app_url}/storefront/v1/loyalty.js")
    shoot(page, pictures, f"settings-storefront-{look.name}")
    require_accessible(page, "storefront")
    follow(frame, "/settings/rewards-page")
    text = frame.locator('input[name="looks.text_color"]')
    text.fill("#cccccc")
    expect(frame.locator('.kit-notice[data-tone="error"]')).to_be_visible()
    shoot(page, pictures, f"settings-rewards-page-unreadable-{look.name}")
    text.fill("#202020")
    frame.locator('input[name="shop_name"]').fill(f"Acme {look.name}")
    kept(frame)
    shoot(page, pictures, f"settings-rewards-page-{look.name}")
    require_accessible(page, "rewards page")


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_mail_is_tried_and_what_is_not_saved_is_not_lost(
    world: World, new_page: Callable[..., Page], pictures: Path, look: Look
) -> None:
    page, frame = seen(new_page, "/settings/messages", look)
    frame.locator('[data-settings="test-mail"]').click()
    expect(frame.locator('.kit-notice[data-tone="success"]')).to_be_visible()
    frame.locator('input[name="own_server"]').check()
    expect(frame.locator('[data-settings="test-mail"]')).to_be_disabled()
    frame.locator('input[name="smtp.host"]').fill("")
    frame.locator(SAVE).click()
    expect(frame.locator(".kit-wrong").first).to_be_visible()
    frame.locator('input[name="texting"]').check()
    shoot(page, pictures, f"settings-messages-{look.name}")
    require_accessible(page, "messages")
    frame.locator('nav a[href="/settings/texts"]').click()
    press(frame, '[data-dialog="no"]')
    expect(frame.locator('input[name="own_server"]')).to_be_checked()
    frame.locator(DISCARD).click()
    frame.locator('input[name="footer.company"]').fill(f"Acme {look.name}")
    kept(frame)
    for part in ("log", "announcement", "consents"):
        follow(frame, f"/settings/messages/{part}")
        expect(frame.locator("main .kit-section, main .kit-notice").first).to_be_visible()
        shoot(page, pictures, f"settings-{part}-{look.name}")
        require_accessible(page, f"messages {part}")


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_a_text_is_the_owners_until_it_is_the_apps_again(
    world: World, new_page: Callable[..., Page], pictures: Path, look: Look
) -> None:
    page, frame = seen(new_page, "/settings/texts", look)
    shoot(page, pictures, f"settings-texts-{look.name}")
    require_accessible(page, "texts")
    page, frame = seen(new_page, f"/settings/texts/points_earned/{look.language}", look)
    subject = frame.locator('input[name="subject"]')
    subject.fill("{{ pionts }} for you")
    expect(frame.locator('.kit-notice[data-tone="warning"]')).to_contain_text("pionts")
    frame.locator(SAVE).click()
    expect(frame.locator(".kit-wrong")).to_contain_text("pionts")
    subject.fill(f"{{{{ points }}}} for you ({look.name})")
    expect(frame.locator('[data-preview="subject"]')).to_contain_text("120")
    mail = frame.frame_locator(".settings-mail")
    expect(mail.locator("[data-looks]").first).to_be_attached()
    expect(mail.locator("body [style]").first).to_be_attached()
    kept(frame)
    shoot(page, pictures, f"settings-text-{look.name}")
    require_accessible(page, "a text")


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_a_webhooks_secret_is_shown_once_and_what_it_was_sent_is_listed(
    world: World, new_page: Callable[..., Page], pictures: Path, look: Look
) -> None:
    page, frame = seen(new_page, "/settings/webhooks", look)
    shoot(page, pictures, f"settings-webhooks-empty-{look.name}")
    frame.locator('[data-settings="add-webhook"]').click()
    dialog = frame.locator("dialog[open]")
    dialog.locator('input[name="url"]').fill("https://partner.example.com/points")
    dialog.locator('input[name="all"]').uncheck()
    dialog.locator('input[name="chosen.0"]').check()
    shoot(page, pictures, f"settings-webhook-add-{look.name}")
    # By keyboard: below the fold of a telephone, where pictures are taken, frames stand still.
    dialog.locator('input[name="url"]').press("Enter")
    expect(dialog.locator("pre")).to_contain_text("whsec_")
    shoot(page, pictures, f"settings-webhook-secret-{look.name}")
    require_accessible(page, "a secret")
    dialog.locator('button[type="submit"]').press("Enter")
    row = frame.locator("tbody tr").first
    expect(row).to_contain_text("partner.example.com")
    expect(frame.locator("main")).not_to_contain_text("whsec_")
    shoot(page, pictures, f"settings-webhooks-{look.name}")
    require_accessible(page, "webhooks")
    row.locator(".kit-button").nth(1).click()
    row.locator(".kit-button").first.click()
    expect(frame.locator("tbody tr").first).to_contain_text("webhook-id")
    shoot(page, pictures, f"settings-webhook-deliveries-{look.name}")
    require_accessible(page, "deliveries")
    page.goto("/dashboard#/settings/webhooks")
    frame.locator("tbody .kit-button").last.click()
    press(frame, '[data-dialog="yes"]')
    expect(frame.locator(".kit-empty")).to_be_visible()
