"""The pages of a store in use, as owners, accountants and agents look at them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.e2e.conftest import World
from tests.e2e.dashboard import LOOKS, Look, follow, open_page, require_accessible, shoot
from tests.e2e.furnished import furnished_world

pytestmark = pytest.mark.browser
LISTS = ("cases", "redemptions", "changes", "audits", "inbox", "dead-letters", "jobs")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with furnished_world(tmp_path_factory.mktemp("in-use")) as running:
        yield running


def opened(new_page: Callable[..., Page], path: str, look: Look) -> tuple[Page, FrameLocator]:
    page = new_page(language=look.language, width=look.width, height=look.height)
    return page, open_page(page, path, look)


def require_in_sight(frame: FrameLocator, tab: str) -> None:
    """The chosen tab is wholly within its row, which a telephone does not show all of."""
    hidden = frame.locator(tab).evaluate(
        """tab => {
            const row = tab.closest(".kit-tabrow").getBoundingClientRect();
            const own = tab.getBoundingClientRect();
            return Math.max(row.left - own.left, own.right - row.right);
        }"""
    )
    assert hidden <= 1, f"{tab} is {hidden} px out of sight"


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_figures_and_months_are_seen_by_everybody(
    world: World, new_page: Callable[..., Page], pictures: Path, look: Look
) -> None:
    page, frame = opened(new_page, "/overview", look)
    expect(frame.locator(".overview-chart canvas")).to_have_count(2)
    shoot(page, pictures, f"100-overview-{look.name}")
    frame.locator(".overview-table summary").click()
    expect(frame.locator(".overview-table tbody tr").first).to_be_visible()
    require_accessible(page, "overview")
    follow(frame, "/month-end")
    today = frame.locator('input[name="on"]').get_attribute("max") or ""
    frame.locator('input[name="on"]').fill(today)
    expect(frame.locator('[data-figure="outstanding"]')).to_be_visible()
    require_accessible(page, "month-end")
    shoot(page, pictures, f"101-month-end-{look.name}")
    frame.locator("tbody a").last.click()
    expect(frame.locator("tbody tr").first).to_be_visible()
    require_accessible(page, "a month")
    shoot(page, pictures, f"102-month-{look.name}")


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_what_happened_is_listed_and_the_chosen_list_is_in_sight(
    world: World, new_page: Callable[..., Page], pictures: Path, look: Look
) -> None:
    page, frame = opened(new_page, "/activity", look)
    require_in_sight(frame, '.shell-head [aria-current="page"]')
    for name in LISTS:
        follow(frame, f"/activity/{name}")
        expect(frame.locator(".kit-table, .kit-empty").first).to_be_visible()
        require_accessible(page, name)
        shoot(page, pictures, f"103-activity-{name}-{look.name}")
        require_in_sight(frame, f'.activity-tabs [href$="{name}"]')


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_the_start_page_and_the_members_of_a_program_in_force(
    world: World, new_page: Callable[..., Page], pictures: Path, look: Look
) -> None:
    page, frame = opened(new_page, "/", look)
    require_accessible(page, "start")
    shoot(page, pictures, f"104-start-in-force-{look.name}")
    follow(frame, "/members")
    require_accessible(page, "members")
    shoot(page, pictures, f"105-members-{look.name}")
    frame.locator("tbody a").first.click()
    expect(frame.locator('[role="tab"]').first).to_be_visible()
    for tab in frame.locator('[role="tab"]').all():
        tab.click()
        expect(frame.locator(".kit-skeleton")).to_have_count(0)
        name = tab.get_attribute("data-tab")
        require_accessible(page, f"member, {name}")
        shoot(page, pictures, f"106-member-{name}-{look.name}")


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_settings_for_other_systems(
    world: World, new_page: Callable[..., Page], pictures: Path, look: Look
) -> None:
    page, frame = opened(new_page, "/settings", look)
    for name in ("keys", "import"):
        follow(frame, f"/settings/{name}")
        require_accessible(page, f"settings, {name}")
        shoot(page, pictures, f"108-settings-{name}-{look.name}")


def test_a_month_is_closed_and_keeps_its_figures(
    world: World, new_page: Callable[..., Page], pictures: Path
) -> None:
    page = new_page(height=1000)
    frame = open_page(page, "/month-end")
    frame.locator("tbody tr", has=frame.locator('[data-tone="warning"]')).last.locator("a").click()
    frame.get_by_role("button", name="Close month").click()
    expect(frame.locator("dialog")).to_contain_text("never rewritten")
    require_accessible(page, "closing a month")
    frame.locator('[data-dialog="yes"]').click()
    expect(frame.locator('.kit-badge[data-tone="success"]')).to_have_text("Closed")
    expect(frame.get_by_role("button", name="Close month")).to_have_count(0)
    shoot(page, pictures, "107-month-closed")
    with page.expect_download() as saved:
        frame.get_by_role("button", name="Journal CSV").click()
    assert saved.value.suggested_filename.startswith("loyalty-journal-")
    lines = saved.value.path().read_text("utf-8-sig").splitlines()
    assert lines[0].startswith("Date,Booking,Account")


def test_cases_are_decided_webhooks_replayed_and_books_recomputed_with_one_press(
    world: World, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    frame = open_page(page, "/activity/cases")
    frame.locator('[data-choice="dismiss"]').click()
    expect(frame.locator(".kit-empty", has_text="Nothing waits")).to_be_visible()
    follow(frame, "/activity/changes")
    expect(frame.locator("tbody tr").first).to_contain_text("Decided a case")
    follow(frame, "/activity/dead-letters")
    expect(frame.locator('.kit-badge[data-tone="warning"]')).to_have_text("waits")
    frame.get_by_role("button", name="Process again", exact=True).click()
    expect(frame.locator('.kit-badge[data-tone="success"]')).to_have_text("understood")
    follow(frame, "/activity/audits")
    before = frame.locator("tbody tr").count()
    frame.get_by_role("button", name="Check now").click()
    expect(frame.locator("tbody tr")).to_have_count(before + 1)
    expect(frame.locator("tbody tr").first.locator(".kit-badge")).to_have_text("All adds up")
