"""The program in the Dashboard: written, tried, published, by two editors and by an agent."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.e2e import steps
from tests.e2e.conftest import World
from tests.e2e.dashboard import (
    EN_LIGHT_1440,
    LOOKS,
    Look,
    open_page,
    require_accessible,
    shoot,
)
from tests.loopback import ask

pytestmark = pytest.mark.browser
AGENT = "support@example.com"
STATUS_POINTS = {"en": "Status points it would give", "tr": "Verilecek statü puanı"}


def seen(new_page: Callable[..., Page], path: str, look: Look) -> tuple[Page, FrameLocator]:
    page = new_page(language=look.language, width=look.width, height=look.height)
    return page, open_page(page, path, look)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_the_program_is_one_form_whose_examples_follow_it(
    installed: World, new_page: Callable[..., Page], pictures: Path, look: Look
) -> None:
    page, frame = seen(new_page, "/program", look)
    channel = frame.locator("[data-channel]").first
    example = channel.locator("[data-example]")
    expect(example).to_be_visible()
    before = example.text_content() or ""
    channel.locator('input[name$=".earn_points"]').fill("3")
    expect(example).not_to_have_text(before)
    expect(frame.locator('[data-savebar="save"]')).to_be_enabled()
    frame.locator('[data-try="run"]').click()
    expect(frame.locator("[data-tried]")).to_be_visible()
    shoot(page, pictures, f"80-program-{look.name}")
    channel.locator('input[name$=".earn_points"]').fill("0")
    expect(channel.locator(".kit-wrong").first).to_be_visible()
    require_accessible(page, f"program {look.name}")


def test_two_editors_do_not_overwrite_each_other(
    installed: World, new_page: Callable[..., Page], pictures: Path
) -> None:
    _, first = seen(new_page, "/program", EN_LIGHT_1440)
    page, second = seen(new_page, "/program", EN_LIGHT_1440)
    for frame, name in ((first, "Written first"), (second, "Written second")):
        frame.locator('input[name="name"]').fill(name)
        frame.locator('[data-savebar="save"]').click()
        if frame is first:
            expect(frame.locator('[data-savebar="save"]')).to_be_disabled()
    changes = second.locator('[data-conflict="changes"]')
    expect(changes).to_contain_text("The name was “Written first” and becomes “Written second”.")
    require_accessible(page, "the conflict")
    steps.shoot(page, pictures, "81-program-conflict")
    second.locator('[data-conflict="theirs"]').click()
    expect(second.locator('input[name="name"]')).to_have_value("Written first")


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_what_publishing_changes_and_costs_is_told_before(
    installed: World, new_page: Callable[..., Page], pictures: Path, look: Look
) -> None:
    page = new_page(language=look.language, width=look.width, height=look.height)
    if look is LOOKS[0]:
        steps.sign_in(page, "john@example.com")
        steps.fill_cart(page, "linen-shirt", "ceramic-cup")
        steps.check_out(page)
    frame = open_page(page, "/publish", look)
    expect(frame.locator('[data-publish="ask"]')).to_be_visible()
    if look is LOOKS[0]:
        frame.locator('[data-sample="begin"]').click()
    expect(frame.locator("[data-cost]")).to_be_visible(timeout=60_000)
    dry = frame.locator('[data-import="dry"]')
    dry.click()
    expect(frame.locator('[data-import-state="running"]')).to_have_count(0, timeout=60_000)
    done = frame.locator('[data-import-state="done"]')
    expect(done.first).to_be_visible(timeout=60_000)
    before = done.count()
    frame.locator('select[name="mode"]').select_option("status_only")
    dry.click()
    expect(done).to_have_count(min(before + 1, 3), timeout=60_000)
    expect(done.first).to_contain_text(STATUS_POINTS[look.language])
    shoot(page, pictures, f"82-publish-{look.name}")
    require_accessible(page, f"publish {look.name}")


def test_a_new_proposal_knows_what_the_store_sold(
    installed: World, new_page: Callable[..., Page], pictures: Path
) -> None:
    page, frame = seen(new_page, "/program", EN_LIGHT_1440)
    expect(frame.locator("[data-offer]")).to_have_count(0)
    frame.locator('[data-propose="ask"]').click()
    frame.locator('[data-dialog="yes"]').click()
    expect(frame.locator("[data-offer]")).to_have_count(1, timeout=60_000)
    expect(frame.locator('[data-example="shipping.offers[0]"]')).to_be_visible()
    frame.locator('[data-yaml="open"]').click()
    expect(frame.locator(".program-yaml")).to_have_value(re.compile("free-shipping"))
    require_accessible(page, "program with an offer")
    shoot(page, pictures, "85-program-proposed")


def test_an_agent_looks_and_cannot_publish_by_page_or_by_hand(
    installed: World, new_page: Callable[..., Page], pictures: Path
) -> None:
    page = new_page(width=EN_LIGHT_1440.width, height=EN_LIGHT_1440.height)
    page.goto("/dashboard")
    page.locator("#agent").select_option(AGENT)
    frame = open_page(page, "/publish", EN_LIGHT_1440)
    expect(frame.get_by_text("You can look, but not publish")).to_be_visible()
    expect(frame.locator('[data-publish="ask"], [data-import="dry"]')).to_have_count(0)
    shoot(page, pictures, "84-publish-as-agent")
    frame = open_page(page, "/program", EN_LIGHT_1440)
    expect(frame.get_by_text("You can look, but not change")).to_be_visible()
    expect(frame.locator('input[name="name"]')).to_be_disabled()
    expect(frame.locator('[data-savebar="save"]')).to_have_count(0)
    [app] = installed.read("state")["apps"]
    token = installed.control("app_token", {"app_id": app["id"], "email": AGENT})["token"]
    answer = ask(
        "POST",
        f"{installed.app_url}/api/dashboard/v1/publish",
        headers={"Authorization": f"Bearer {token}"},
        json={"digest": "0" * 64},
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "missing_user_permission")


def test_a_program_is_published_changed_and_gone_back_to(
    installed: World, new_page: Callable[..., Page], pictures: Path
) -> None:
    page, frame = seen(new_page, "/publish", EN_LIGHT_1440)
    frame.locator('textarea[name="note"]').fill("Opening")
    frame.locator('[data-publish="ask"]').click()
    frame.locator('[data-dialog="yes"]').click()
    expect(frame.get_by_text("Opening").first).to_be_visible()
    frame = open_page(page, "/program", EN_LIGHT_1440)
    frame.locator('input[name="available_days"]').fill("7")
    frame.locator('[data-savebar="save"]').click()
    expect(frame.locator('[data-savebar="save"]')).to_be_disabled()
    frame = open_page(page, "/publish", EN_LIGHT_1440)
    expect(frame.locator("[data-changes]")).to_have_attribute("data-changes", "1")
    frame.locator('[data-publish="ask"]').click()
    frame.locator('[data-dialog="yes"]').click()
    frame.locator('[data-back="1"]').click()
    expect(frame.locator("dialog .publish-list")).to_be_visible()
    shoot(page, pictures, "83-go-back")
    frame.locator('[data-dialog="yes"]').click()
    expect(frame.locator("dialog")).to_have_count(0)
    expect(frame.locator('[data-back="2"]')).to_be_visible()
