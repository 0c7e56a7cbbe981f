"""The last tabs of the settings: data and its file, secrets, the end of the program."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from demo.setup import prepare
from tests.e2e.conftest import World
from tests.e2e.dashboard import LOOKS, Look, open_page, press, require_accessible, shoot
from tests.e2e.demo_world import installed_world
from tests.ports import free_port

pytestmark = pytest.mark.browser
SAVE = '[data-savebar="save"]'


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A store that installed the app."""
    places = prepare(
        tmp_path_factory.mktemp("keeping"), app_port=free_port(), store_port=free_port()
    )
    with installed_world(places) as running:
        yield running


def seen(new_page: Callable[..., Page], path: str, look: Look) -> tuple[Page, FrameLocator]:
    page = new_page(language=look.language, width=look.width, height=look.height)
    return page, open_page(page, path, look)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_everything_is_fetched_as_one_file_and_days_are_chosen(
    new_page: Callable[..., Page], pictures: Path, look: Look
) -> None:
    page, frame = seen(new_page, "/settings/data", look)
    frame.locator('[data-export="ask"]').click()
    expect(frame.locator('[data-export-state="done"]').first).to_be_visible(timeout=60_000)
    with page.expect_download() as fetched:
        frame.locator('[data-export="fetch"]').first.click()
    assert fetched.value.suggested_filename.endswith(".zip")
    frame.locator('input[name="inbox"]').fill("99")
    frame.locator(SAVE).click()
    expect(frame.locator('[data-wrong] input[name="inbox"]')).to_be_visible()
    # Another number in each look: what is saved already needs no saving.
    frame.locator('input[name="inbox"]').fill(str(3 + LOOKS.index(look)))
    shoot(page, pictures, f"keeping-data-{look.name}")
    require_accessible(page, f"keeping-data-{look.name}")
    frame.locator(SAVE).click()
    expect(frame.locator(SAVE)).to_be_disabled()


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_secrets_are_told_of_by_age(
    new_page: Callable[..., Page], pictures: Path, look: Look
) -> None:
    page, frame = seen(new_page, "/settings/secrets", look)
    expect(frame.locator('[data-secret="saleor_token"]')).to_be_visible()
    shoot(page, pictures, f"keeping-secrets-{look.name}")
    require_accessible(page, f"keeping-secrets-{look.name}")


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_an_end_is_planned_seen_and_called_off(
    new_page: Callable[..., Page], pictures: Path, look: Look
) -> None:
    page, frame = seen(new_page, "/settings/wind-down", look)
    today = date.fromisoformat(str(frame.locator('input[name="earning"]').get_attribute("min")))
    frame.locator('input[name="earning"]').fill((today + timedelta(30)).isoformat())
    frame.locator('input[name="spending"]').fill((today + timedelta(20)).isoformat())
    frame.locator(SAVE).click()
    expect(frame.locator('[data-wrong] input[name="spending"]')).to_be_visible()
    frame.locator('input[name="spending"]').fill((today + timedelta(120)).isoformat())
    frame.locator(SAVE).click()
    expect(frame.locator('[data-dialog="yes"]')).to_be_visible()
    shoot(page, pictures, f"keeping-end-asked-{look.name}")
    press(frame, '[data-dialog="yes"]')
    expect(frame.locator('[data-step="earning_ended"]')).to_be_visible()
    shoot(page, pictures, f"keeping-end-{look.name}")
    require_accessible(page, f"keeping-end-{look.name}")
    press(frame, '[data-end="call-off"]')
    press(frame, '[data-dialog="yes"]')
    expect(frame.locator('[data-step="earning_ended"]')).to_have_count(0)
