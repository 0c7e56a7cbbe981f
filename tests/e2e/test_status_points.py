"""Status points beside points: for staff who ask why, who try the program, and for shoppers."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, Route, expect
from sqlalchemy.engine import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.db.database import open_database
from saleor_loyalty_app.ledger import Account, Cause
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.refs import Enrollment, Person
from saleor_loyalty_app.members.service import member_for_user
from saleor_loyalty_app.programs.repository import put_draft
from saleor_loyalty_app.stores.repository import all_stores
from tests.e2e import steps
from tests.e2e.axe import findings
from tests.e2e.component_stage import Stage
from tests.e2e.conftest import World
from tests.e2e.dashboard import LOOKS, Look, open_page, require_accessible, shoot
from tests.factories import make_revision
from tests.program_samples import PURCHASES, document_of

pytestmark = pytest.mark.browser
STATUS: dict[str, Any] = {
    "id": "status",
    "name": {"en": "Status on purchases", "tr": "Alışverişe statü"},
    "then": {"type": "status_points", "factor": "0.5"},
}
TIERS = {
    "enabled": True,
    "levels": [
        {"id": "friend", "names": {"en": "Friend", "tr": "Dost"}},
        {
            "id": "gold",
            "names": {"en": "Gold", "tr": "Altın"},
            "requirements": {"status_points": {"min": 400}},
        },
    ],
}
SAID = {
    "en": (
        "Status points",
        "Order 102 earned 101 status points.",
        "counts",
        "and 20 status points.",
    ),
    "tr": (
        "Statü puanı",
        "102 numaralı sipariş 101 statü puanı kazandırdı.",
        "sayılıyor",
        "ve 20 statü puanı kazandırır.",
    ),
}


@pytest.fixture(scope="module")
def desk(world: World) -> World:
    """A program with status points is in force, and a member earned some by two orders."""
    assert "app_id" in world.control("install", {"manifest_url": f"{world.app_url}/api/manifest"})
    folder = world.gift_card_file.parent
    keys = EmailKeys.of([(folder / "secret").read_text("utf-8").strip()])
    database = open_database(f"sqlite:///{folder / 'loyalty.sqlite3'}", pool_size=1)
    try:
        database.write(lambda conn: furnish(conn, keys))
    finally:
        database.close()
    return world


def furnish(conn: Connection, keys: EmailKeys) -> None:
    [store] = all_stores(conn)
    document = document_of(PURCHASES, STATUS, tiers=TIERS)
    make_revision(conn, store.id, document)
    now = datetime.now(UTC)  # noqa: TID251 - of the processes of this test
    put_draft(conn, store.id, document, by="user:1", now=now)
    person = Person("VXNlcjoxMDE=", "ayse@example.com", True, "Ayşe", "Yılmaz", "tr")
    joined = now - timedelta(days=90)
    member = member_for_user(conn, store.id, person, Enrollment(), keys=keys, now=joined).member.id
    for number in (1, 2):
        for unit, part in (("points", "points"), ("status", "tiers")):
            key = f"order:{number}:{unit}"
            reason = {"code": "order_earned", "order": f"10{number}"}
            ledger.earn(
                conn,
                Account(store.id, member, unit),
                100 * number + 2 if unit == "points" else 50 * number + 1,
                Cause(key, part, "app", reason=reason),
                key=key,
                now=now,
                effective_at=now - timedelta(days=30 - number),
                available_from=now - timedelta(days=1),
                expires_at=now + timedelta(days=300) if unit == "points" else None,
            )


def look_in(new_page: Callable[..., Page], path: str, look: Look) -> tuple[Page, FrameLocator]:
    page = new_page(language=look.language, width=look.width, height=look.height)
    page.goto("/dashboard")
    return page, open_page(page, path, look)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_staff_switch_the_statement_to_status_points(
    desk: World, new_page: Callable[..., Page], pictures: Path, look: Look
) -> None:
    name, explained, counts, _ = SAID[look.language]
    page, frame = look_in(new_page, "/members", look)
    frame.locator("tbody a").click()
    expect(frame.locator('[data-figure="available"]')).to_have_text("304")
    expect(frame.locator('[data-figure="status-available"]')).to_have_text("152")
    rows = frame.locator('[role="tabpanel"] tbody tr')
    expect(rows).to_have_count(2)
    switch = frame.locator('[data-unit="status"]')
    expect(switch).to_have_text(name)
    expect(switch).to_have_attribute("aria-pressed", "false")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true")
    expect(rows.first).to_contain_text(explained)
    expect(rows.first).to_contain_text(counts)
    require_accessible(page, f"status points of a member {look.name}")
    shoot(page, pictures, f"310-member-status-points-{look.name}")
    frame.locator('[data-unit="points"]').click()
    expect(rows.first).not_to_contain_text(explained)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_a_trial_tells_status_points(
    desk: World, new_page: Callable[..., Page], pictures: Path, look: Look
) -> None:
    page, frame = look_in(new_page, "/program", look)
    frame.locator('input[name="amount"]').fill("400")
    frame.locator('[data-try="run"]').click()
    told = frame.locator("[data-tried]")
    expect(told).to_contain_text(SAID[look.language][3])
    shoot(page, pictures, f"311-trial-status-points-{look.name}")


ENTRY = {
    "id": "entry-9",
    "kind": "earn",
    "amount": 40,
    "state": "available",
    "time": "2027-01-18T09:30:00Z",
    "order_number": "17",
    "reason": "order_earned",
    "available_from": "2027-01-18T09:30:00Z",
    "expires_at": None,
}


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_shoppers_switch_their_history_to_status_points(
    browser: Browser, pictures: Path, look: Look
) -> None:
    turkish = look.language == "tr"
    context = browser.new_context(
        locale="tr-TR" if turkish else "en-US",
        timezone_id="UTC",
        viewport={"width": look.width, "height": look.height},
        reduced_motion="reduce",
        color_scheme="dark" if look.theme == "dark" else "light",
    )
    page = context.new_page()
    stage = Stage(page, language=look.language)
    said = (
        "17 numaralı sipariş 40 statü puanı kazandırdı."
        if turkish
        else ("Order 17 earned 40 status points.")
    )
    status = {
        "entries": [ENTRY | {"explanation": [said]}],
        "page_info": {"has_next_page": False, "end_cursor": "c1"},
    }

    def history(route: Route) -> None:
        asked = "unit=status" in route.request.url
        route.fulfill(
            headers={"Access-Control-Allow-Origin": "*"},
            json=status if asked else stage.sample("GET me/history"),
        )

    stage.answers["GET me"] = {"body": stage.sample("GET me") | {"status_points": 40}}
    stage.answers["GET me/history"] = history
    css = ":root { color-scheme: dark } body { background: #101312; color: #eef2ef }"
    stage.show(stage.element("panel"), css=css if look.theme == "dark" else "")
    expect(page.locator('[data-points="status"]')).to_have_text("40")
    expect(page.locator(".entry")).to_have_count(2)
    page.locator("#unit-status").click()
    expect(page.locator("#unit-status")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".entry")).to_have_count(1)
    expect(page.locator(".entry")).to_contain_text(said)
    expect(page.locator(".entry .when")).to_contain_text("sayılıyor" if turkish else "counts")
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    steps.shoot(page, pictures, f"312-panel-status-points-{look.name}", whole=True)
    page.locator("#unit-points").click()
    expect(page.locator(".entry")).to_have_count(2)
    context.close()


def test_where_the_program_has_none_the_panel_is_as_before(browser: Browser) -> None:
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    stage = Stage(page, language="en")
    stage.show(stage.element("panel"))
    expect(page.locator(".entry")).to_have_count(2)
    expect(page.locator("#unit-status")).to_have_count(0)
    expect(page.locator('[data-points="status"]')).to_have_count(0)
    context.close()


def test_a_switch_between_histories_that_are_both_empty_is_seen(browser: Browser) -> None:
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    stage = Stage(page, language="en")
    nothing = {"entries": [], "page_info": {"has_next_page": False, "end_cursor": None}}
    stage.answers["GET me"] = {"body": stage.sample("GET me") | {"status_points": 0}}
    stage.answers["GET me/history"] = {"body": nothing}
    stage.show(stage.element("panel", 'sections="history"'))
    panel = page.locator("loyalty-panel")
    expect(panel).to_contain_text("Your first order brings the first points.")
    panel.locator("#unit-status").click()
    expect(panel).to_contain_text("No status points yet.")
    expect(panel.locator("#unit-status")).to_have_attribute("aria-pressed", "true")
    expect(panel.locator("#unit-status")).to_be_focused()
    context.close()


def test_a_switch_that_cannot_be_made_is_said_beside_it_and_nothing_is_mixed_up(
    browser: Browser,
) -> None:
    context = browser.new_context(locale="en-US")
    context.add_init_script(
        "Object.defineProperty(Document.prototype, 'hidden', {get: () => true})"
    )
    page = context.new_page()
    stage = Stage(page, language="en")
    stage.answers["GET me"] = {"body": stage.sample("GET me") | {"status_points": 40}}

    def history(route: Route) -> None:
        if "unit=status" in route.request.url:
            route.abort()
        else:
            route.fulfill(
                headers={"Access-Control-Allow-Origin": "*"}, json=stage.sample("GET me/history")
            )

    stage.answers["GET me/history"] = history
    stage.show(stage.element("panel", 'sections="history"'))
    panel = page.locator("loyalty-panel")
    expect(panel.locator(".entry")).to_have_count(2)
    panel.locator("#unit-status").click()
    expect(panel.locator(".problem")).to_contain_text("does not answer")
    expect(panel.locator("#unit-points")).to_have_attribute("aria-pressed", "true")
    expect(panel.locator(".entry")).to_have_count(2)
    panel.locator("#unit-points").click()
    expect(panel.locator(".problem")).to_have_count(0)
    context.close()
