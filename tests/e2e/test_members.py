"""Staff at the desk: a member is found, given points within a budget and beyond, and blocked."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, expect
from sqlalchemy.engine import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.db.database import open_database
from saleor_loyalty_app.ledger import Account, Cause
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.refs import Enrollment, Person
from saleor_loyalty_app.members.service import member_for_user
from saleor_loyalty_app.stores.repository import all_stores
from tests.e2e.conftest import World
from tests.e2e.dashboard import (
    EN_LIGHT_1440,
    TR_DARK_390,
    Look,
    open_page,
    require_accessible,
    shoot,
)
from tests.factories import make_revision
from tests.program_samples import document_of

pytestmark = pytest.mark.browser
JOHN = "john@example.com"
PEOPLE = (
    ("Ayşe", "Yılmaz", "ayse@example.com"),
    ("John", "Smith", JOHN),
    ("Maria", "da Silva", "maria@example.com"),
)
OWNER, AGENT = "admin@example.com", "support@example.com"


@pytest.fixture(scope="module")
def desk(world: World) -> World:
    """A program is in force, and three customers are members with points."""
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
    """Makes the members, with points of different dates."""
    [store] = all_stores(conn)
    make_revision(conn, store.id, document_of())
    now = datetime.now(UTC)  # noqa: TID251 - of the processes of this test
    for number, (first_name, last_name, email) in enumerate(PEOPLE, start=1):
        known = member_for_user(
            conn,
            store.id,
            Person(f"VXNlcjoxMD{number}", email, True, first_name, last_name, "tr"),
            Enrollment(),
            keys=keys,
            now=now - timedelta(days=90 * number),
        )
        for part, days in ((1, 12), (2, 400)):
            key = f"bought:{number}:{part}"
            ledger.earn(
                conn,
                Account(store.id, known.member.id, "points"),
                100 * number + part,
                Cause(key, "points", "app", reason={"code": "order_earned", "order": f"10{part}"}),
                key=key,
                now=now,
                effective_at=now - timedelta(days=20 * part),
                available_from=now - timedelta(days=1) if part == 1 else now + timedelta(days=9),
                expires_at=now + timedelta(days=days),
            )


def sit_down(
    new_page: Callable[..., Page], staff: str, path: str, look: Look = EN_LIGHT_1440
) -> tuple[Page, FrameLocator]:
    """A staff member opens a page of the app."""
    page = new_page(language=look.language, width=look.width, height=look.height)
    page.goto("/dashboard")
    page.evaluate("email => sessionStorage.setItem('sandbox.agent', email)", staff)
    return page, open_page(page, path, look)


def find(frame: FrameLocator, text: str) -> None:
    """Searches the list and opens the one who is found."""
    frame.get_by_role("searchbox").fill(text)
    expect(frame.locator("tbody tr")).to_have_count(1)
    frame.locator("tbody a").click()
    expect(frame.locator('[role="tablist"]')).to_be_visible()


def look_at_app(page: Page) -> None:
    """Scrolls to the app: a browser lets frames rest that nobody sees."""
    page.locator("#dash-main iframe").scroll_into_view_if_needed()


def move(frame: FrameLocator, points: str, reason: str) -> None:
    """Fills the dialog that gives points."""
    frame.get_by_role("button", name="Give or take points").click()
    dialog = frame.locator("dialog")
    dialog.get_by_label("Points", exact=True).fill(points)
    dialog.get_by_label("Reason").select_option(reason)


def test_an_agent_finds_a_member_and_gives_within_the_budget_and_asks_beyond_it(
    desk: World, new_page: Callable[..., Page], pictures: Path
) -> None:
    page, frame = sit_down(new_page, AGENT, "/members")
    expect(frame.locator("tbody tr")).to_have_count(3)
    require_accessible(page, "members")
    shoot(page, pictures, "86-members-en-light-1440")
    find(frame, "yilmaz")
    move(frame, "250", "late_delivery")
    require_accessible(page, "giving points")
    shoot(page, pictures, "87-members-give-en-light-1440")
    frame.locator('[data-dialog="yes"]').click()
    expect(frame.locator("dialog")).to_have_count(0)
    expect(frame.locator('[data-figure="available"]')).to_have_text("351")
    expect(frame.locator("tbody tr").first).to_contain_text("to make up for a late delivery")
    require_accessible(page, "a member")
    shoot(page, pictures, "88-member-en-light-1440")
    move(frame, "5000", "goodwill")
    expect(frame.locator("dialog .kit-notice")).to_contain_text("more than your budget")
    frame.locator('[data-dialog="yes"]').click()
    expect(frame.locator("dialog")).to_have_count(0)
    expect(frame.locator('[data-figure="available"]')).to_have_text("351")
    frame.locator('[data-tab="by-hand"]').click()
    expect(frame.locator("tbody tr").first.get_by_role("button")).to_have_text("Withdraw")

    other, screen = sit_down(new_page, OWNER, "/members/requests")
    waiting = screen.locator("section").first
    waiting.get_by_role("button", name="Approve").click()
    screen.locator('[data-dialog="yes"]').click()
    expect(screen.locator("dialog")).to_have_count(0)
    expect(waiting.locator("tbody tr")).to_have_count(0)
    require_accessible(other, "requests")
    shoot(other, pictures, "89-members-requests-en-light-1440")
    page.reload()
    expect(frame.locator('[data-figure="available"]')).to_have_text("5,351")


def test_a_member_is_blocked_with_a_reason_that_colleagues_see(
    desk: World, new_page: Callable[..., Page], pictures: Path
) -> None:
    page, frame = sit_down(new_page, OWNER, "/members", TR_DARK_390)
    require_accessible(page, "members on a telephone")
    shoot(page, pictures, "96-members-tr-dark-390")
    look_at_app(page)
    find(frame, JOHN)
    frame.get_by_role("button", name="Engelle veya engeli kaldır").click()
    frame.get_by_role("switch", name="Harcamayı engelle").check()
    frame.get_by_label("Neden (iş arkadaşları için)").fill("Kart itirazı inceleniyor.")
    require_accessible(page, "blocking on a telephone")
    shoot(page, pictures, "97-member-block-tr-dark-390")
    look_at_app(page)
    frame.locator('[data-dialog="yes"]').click()
    expect(frame.locator("dialog")).to_have_count(0)
    expect(frame.locator(".kit-badge", has_text="Harcama engelli")).to_be_visible()
    expect(frame.locator(".kit-notice").first).to_contain_text("Kart itirazı inceleniyor.")
    require_accessible(page, "a member on a telephone")
    shoot(page, pictures, "98-member-tr-dark-390")
    look_at_app(page)
    frame.locator('[data-tab="notes"]').click()
    expect(frame.locator(".members-note")).to_contain_text("admin@example.com")


@pytest.mark.parametrize("look", [EN_LIGHT_1440, TR_DARK_390], ids=lambda look: look.name)
def test_a_tag_is_put_on_a_member_and_taken_away(
    desk: World, new_page: Callable[..., Page], pictures: Path, look: Look
) -> None:
    page, frame = sit_down(new_page, OWNER, "/members", look)
    look_at_app(page)
    find(frame, "maria")
    form = frame.locator("form", has=frame.locator('input[name="tag"]'))
    form.locator("input").fill("Press")
    form.get_by_role("button").click()
    expect(form.locator("[aria-invalid='true']")).to_be_visible()
    form.locator("input").fill("press")
    form.get_by_role("button").click()
    tag = frame.locator('[data-member-tag="press"]')
    expect(tag).to_contain_text(OWNER)
    require_accessible(page, "a tag of a member")
    look_at_app(page)
    tag.scroll_into_view_if_needed()
    shoot(page, pictures, f"99-member-tag-{look.name}")
    tag.get_by_role("button").click()
    expect(tag).to_have_count(0)
