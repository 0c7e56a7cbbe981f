"""Tiers in the Dashboard: switched on, and what each level means and what is wrong at its field."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, expect

from demo import processes
from demo.setup import prepare
from tests.e2e.conftest import World, free_port, start_app, start_store, up
from tests.e2e.dashboard import LOOKS, Look, open_page, require_accessible, shoot

pytestmark = pytest.mark.browser


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


def level(frame: FrameLocator, name: str) -> Locator:
    """A level of the ladder, opened to be changed."""
    found = frame.locator(f'[data-level="{name}"]')
    found.locator('[data-act="edit"]').click()
    return found


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
    expect(frame.locator('[data-tier-end="silver"]')).to_be_visible()
    shoot(page, pictures, f"120-tiers-{look.name}")
    require_accessible(page, f"tiers {look.name}")
    silver.locator('input[name="levels.1.spend.0.min"]').fill("1")
    expect(silver.locator(".kit-wrong").first).to_be_visible()
    require_accessible(page, f"tiers with a problem {look.name}")
    frame.locator('[data-savebar="discard"]').click()
    expect(frame.locator('input[name="enabled"]')).not_to_be_checked()
