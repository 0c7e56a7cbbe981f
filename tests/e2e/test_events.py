"""Events from page to shop: a type is defined, a system reports, points come and go back."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.e2e import steps
from tests.e2e.conftest import World
from tests.e2e.dashboard import (
    EN_LIGHT_1440,
    LOOKS,
    TR_DARK_390,
    Look,
    open_page,
    press,
    require_accessible,
    shoot,
)
from tests.loopback import ask

pytestmark = pytest.mark.browser
JOHN = "john@example.com"
NAMES = ("Visit to a shop", "Mağaza ziyareti")
#: (another system's id, the shop): the second is too many for a day, the third is no shop.
SENT = (("visit-1", "izmir"), ("visit-2", "izmir"), ("visit-3", "moon"))
SENTENCES = {
    "en": (
        "When “Visit to a shop” is reported, the member gets 20 points, if the event’s minutes is "
        "at least 10 and the event’s shop is “izmir”"
    ),
    "tr": (
        "“Mağaza ziyareti” bildirildiğinde üye 20 puan kazanır; koşul: etkinliğin minutes değeri "
        "en az 10 ve etkinliğin shop değeri “izmir”"
    ),
}


@dataclass(frozen=True)
class System:
    """A system of the store's with its key."""

    world: World
    token: str

    def send(self, method: str, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
        return ask(
            method,
            f"{self.world.app_url}/api/partner/v1/{path}",
            headers={"Authorization": f"Bearer {self.token}"},
            json=body,
        )

    def report(self, number: str, who: str, shop: str = "izmir") -> tuple[int, str, bool]:
        """One visit of ten minutes: the status, how it ended, and whether it was sent before."""
        properties = {"shop": shop, "minutes": 10}
        event = {"type": "store-visit", "external_id": number, "user_id": who}
        answer = self.send("POST", "events", {**event, "properties": properties})
        said = answer.json()
        outcome = said["error"]["code"] if "error" in said else said["outcome"]
        return answer.status_code, outcome, said.get("repeated", False)


def define_visits(frame: FrameLocator) -> None:
    """A visit to a shop brings 20 points once a day, and tells the shop and the minutes."""
    frame.locator('[data-events="add"]').click()
    for at, name in enumerate(NAMES):
        frame.locator(f'input[name="types.0.texts.{at}.text"]').fill(name)
    frame.locator('input[name="types.0.id"]').fill("store-visit")
    frame.locator('select[name="types.0.purpose"]').select_option("store_visit")
    for at, (name, kind) in enumerate((("shop", "string"), ("minutes", "int"))):
        frame.locator('[data-act="add-property"]').click()
        frame.locator(f'input[name="types.0.properties.{at}.name"]').fill(name)
        frame.locator(f'select[name="types.0.properties.{at}.kind"]').select_option(kind)
    values = frame.locator('input[name="types.0.properties.0.allowed"]')
    for shop in ("kadikoy", "izmir"):
        values.fill(shop)
        values.press("Enter")
    frame.locator('[data-savebar="save"]').click()
    expect(frame.locator('[data-savebar="save"]')).to_be_disabled()


def make_key(frame: FrameLocator) -> str:
    """A key that may enroll customers and report visits, and nothing else; gives its secret."""
    frame.get_by_role("button", name="New API key").click()
    dialog = frame.locator("dialog[open]")
    dialog.locator('input[name="name"]').fill("Door codes")
    dialog.locator('input[name="scopes"][value="members:read"]').uncheck()
    dialog.locator('input[name="scopes"][value="members:write"]').check()
    dialog.locator('input[name="event_types"][value="store-visit"]').check()
    signs = dialog.get_by_role("switch", name="Requests must be signed")
    expect(signs).to_be_checked()
    signs.click()
    expect(dialog.get_by_text("whoever reads one")).to_be_visible()
    dialog.locator('[data-dialog="yes"]').click()
    token = dialog.locator("pre").first
    expect(token).to_contain_text("slk_")
    secret = token.inner_text().strip()
    dialog.locator('[data-dialog="yes"]').click()
    return secret


def john(world: World) -> str:
    customers = world.read("people")["customers"]
    return next(str(one["id"]) for one in customers if one["email"] == JOHN)


def test_a_reported_visit_brings_points_once_and_its_removal_takes_them_back(
    installed: World, new_page: Callable[..., Page], pictures: Path
) -> None:
    look = EN_LIGHT_1440
    page = new_page(width=look.width, height=look.height)
    define_visits(open_page(page, "/events", look))
    steps.publish(page)
    system = System(installed, make_key(open_page(page, "/settings/keys", look)))
    shoot(page, pictures, "137-events-key")

    who = john(installed)
    terms = {"user_id": who, "terms_version": "", "privacy_version": ""}
    assert system.send("POST", "members", terms).status_code == 200
    ended = [system.report(number, who, shop) for number, shop in SENT]
    assert ended == [(201, "given", False), (201, "nothing", False), (422, "event_invalid", False)]
    assert system.report("visit-1", who) == (201, "given", True)
    assert system.report("visit-4", "VXNlcjo5OTk5") == (404, "member_not_found", False)
    assert system.send("GET", "members/1").status_code == 403

    shop = new_page()
    steps.sign_in(shop, JOHN)
    expect(steps.points(shop, "available")).to_have_text("20")
    gone = system.send("DELETE", "events/store-visit:visit-1").json()
    assert (gone["outcome"], gone["taken_back"]) == ("reversed", 20)
    shop.reload()
    expect(steps.points(shop, "available")).to_have_text("0")
    assert system.report("visit-1", who) == (201, "reversed", True)
    assert system.report("visit-5", who) == (201, "given", False)
    shop.reload()
    expect(steps.points(shop, "available")).to_have_text("20")


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_an_owner_sees_what_came_and_why_tries_one_and_asks_for_more_of_it(
    installed: World, new_page: Callable[..., Page], pictures: Path, look: Look
) -> None:
    page = new_page(language=look.language, width=look.width, height=look.height)
    frame = open_page(page, "/events", look)
    expect(frame.locator('[data-event="store-visit"] [data-came]')).to_have_attribute(
        "data-came", "5"
    )
    for outcome in ("given", "nothing", "refused", "unknown_member", "reversed"):
        expect(frame.locator(f'[data-outcome="{outcome}"]')).to_have_count(1)
    frame.locator('input[name="member"]').fill(JOHN)
    frame.locator('[data-try="run"]').click()
    expect(frame.locator("[data-tried]")).to_have_attribute("data-tried", "nothing")
    shoot(page, pictures, f"138-events-{look.name}")
    require_accessible(page, f"events {look.name}")
    frame.locator('[data-event="store-visit"] [data-act="open"]').click()
    frame.locator('[data-act="add-property"]').click()
    expect(frame.locator("[data-property]")).to_have_count(3)
    frame.locator('select[name="types.0.purpose"]').select_option("review")
    expect(frame.locator('input[name="types.0.own_reviews"]')).to_be_visible()
    expect(frame.locator('input[name="types.0.enabled"]')).to_have_count(0)
    shoot(page, pictures, f"138-events-editor-{look.name}")
    require_accessible(page, f"events being written {look.name}")
    frame.locator('[data-savebar="discard"]').click()
    expect(frame.locator('[data-event="store-visit"]')).to_have_count(1)

    frame = open_page(page, "/rules", look)
    frame.locator('[data-rule^="event-store-visit-"] [data-act="edit"]').click()
    for _ in range(2):
        frame.locator("[data-add]").last.select_option("event_property")
    asked = frame.locator('[data-condition="event_property"]')
    asked.first.locator('select[name$=".name"]').select_option("minutes")
    asked.first.locator('input[name$=".min"]').fill("10")
    asked.last.locator('input[value="izmir"]').check()
    expect(frame.locator("[data-sentence]")).to_contain_text(SENTENCES[look.language])
    shoot(page, pictures, f"139-events-rule-{look.name}")
    require_accessible(page, f"a rule on events {look.name}")
    frame.locator('[data-savebar="discard"]').click()


def test_a_key_is_made_renewed_and_revoked_in_turkish(
    installed: World, new_page: Callable[..., Page], pictures: Path
) -> None:
    look = TR_DARK_390
    page = new_page(language=look.language, width=look.width, height=look.height)
    frame = open_page(page, "/settings/keys", look)
    dialog, yes = frame.locator("dialog[open]"), 'dialog[open] [data-dialog="yes"]'
    frame.get_by_role("button", name="Yeni API anahtarı").click()
    dialog.locator('input[name="name"]').fill("Kadıköy kasaları")
    dialog.locator('input[name="scopes"][value="points:write"]').check()
    dialog.locator('input[name="day_limit"]').fill("500")
    expect(dialog.get_by_role("switch", name="İstekler imzalanmalı")).to_be_checked()
    shoot(page, pictures, "145-key-new-tr")
    require_accessible(page, "a new key in Turkish")
    press(frame, yes)
    first = dialog.locator("pre").first
    expect(first).to_contain_text("slk_")
    secret = first.inner_text().strip()
    shoot(page, pictures, "145-key-secret-tr")
    require_accessible(page, "a key that is shown once in Turkish")
    press(frame, yes)

    named = 'tbody tr:has-text("Kadıköy kasaları")'
    row = frame.locator(named)
    press(frame, f'{named} [data-key="rotate"]')
    expect(dialog).to_contain_text("Kadıköy kasaları anahtarını yenile")
    shoot(page, pictures, "145-key-rotate-tr")
    require_accessible(page, "a key being renewed in Turkish")
    press(frame, yes)
    expect(first).to_contain_text("slk_")
    assert first.inner_text().strip() != secret
    press(frame, yes)
    expect(row).to_contain_text("Eski gizli anahtarın bitişi:")
    shoot(page, pictures, "145-keys-tr")
    require_accessible(page, "keys in Turkish")

    press(frame, f'{named} [data-key="revoke"]')
    expect(dialog).to_contain_text("Hiç kullanılmadı.")
    shoot(page, pictures, "145-key-revoke-tr")
    require_accessible(page, "a key being revoked in Turkish")
    press(frame, yes)
    expect(row).to_have_count(0)
    frame.get_by_role("button", name="Göster").click()
    expect(row).to_contain_text("İptal edildi")
    shoot(page, pictures, "145-keys-ended-tr")
