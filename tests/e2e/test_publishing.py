"""What a change costs and who moves, in the Dashboard: read before the draft is published."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from demo.staff import STAFF
from tests.e2e.conftest import World
from tests.e2e.dashboard import LOOKS, Look, open_page, require_accessible, shoot
from tests.e2e.furnished import furnished_world
from tests.loopback import ask
from tests.program_samples import PURCHASES, document_of
from tests.redemption_stage import RATES

pytestmark = pytest.mark.browser
API = "/api/dashboard/v1"


def segment(name: str, turkish: str, **rule: Any) -> dict[str, Any]:
    return {"id": name.lower(), "names": {"en": name, "tr": turkish}, "rule": rule}


def gives(trigger: str, points: int, rule_id: str, **more: Any) -> dict[str, Any]:
    then = {"type": "points", "points": points}
    return {"id": rule_id, "trigger": trigger, "then": then} | more


def at_orders(least: int, points: int) -> dict[str, Any]:
    """Points for so many orders; all such rules are called alike."""
    line = {"line": {"type": "orders", "min": least}, "retroactive": True}
    name = {"en": "Thank you", "tr": "Teşekkürler"}
    return gives("milestone", points, f"thanks-{least}", milestone=line, name=name)


#: Who bought twice has the double; of the customers of `furnished.BOUGHT` that is one of two.
TIERS = {
    "enabled": True,
    "levels": [
        {
            "id": "gold",
            "names": {"en": "Gold", "tr": "Altın"},
            "requirements": {"orders": {"min": 2}},
            "multiplier": "2",
        }
    ],
}
BEFORE = document_of(
    PURCHASES,
    gives("account_confirmed", 20, "welcome"),
    currencies=RATES,
    tiers=TIERS,
    segments=[
        segment("Regulars", "Müdavimler", type="orders", min=1),
        segment("Members", "Üyeler", type="member_since", min=0),
    ],
)
#: Off, so that it costs nothing: what it refers to is told by name.
LINEN = {
    "id": "linen",
    "name": {"en": "More for linen", "tr": "Ketene daha çok"},
    "enabled": False,
    "scope": "line",
    "then": {"type": "points_per_unit", "points": 5},
    "when": {
        "type": "all",
        "of": [
            {"type": "channel", "slugs": ["default-channel"]},
            {"type": "category", "slugs": ["shirts"]},
            {"type": "product", "products": ["linen-shirt", "no-such-shirt"]},
        ],
    },
}
AFTER = document_of(
    PURCHASES,
    LINEN,
    gives("account_confirmed", 50, "welcome"),
    gives("birthday", 100, "birthday"),
    gives("custom_event", 30, "visit"),
    at_orders(1, 40),
    at_orders(2, 400),
    currencies=RATES,
    tiers=TIERS,
    bonuses={"birthdays": {"asked": True}},
    events={"types": [{"id": "visit", "name": {"en": "Visit", "tr": "Ziyaret"}}]},
    segments=[
        segment("Regulars", "Müdavimler", type="orders", min=2),
        segment("Newcomers", "Yeni gelenler", type="orders", max=1),
    ],
)
SEGMENTS = {
    "en": [
        ["Regulars", "changed", "2", "0", "1", "1"],
        ["Newcomers", "new", "0", "1", "0", "1"],
        ["Members", "removed", "2", "0", "2", "0"],
    ],
    "tr": [
        ["Müdavimler", "değişti", "2", "0", "1", "1"],
        ["Yeni gelenler", "yeni", "0", "1", "0", "1"],
        ["Üyeler", "kaldırıldı", "2", "0", "2", "0"],
    ],
}
DEEDS = {
    "en": [
        ["Members who joined with a confirmed account", "2", "50", "100", "40"],
        ["Milestone passed: Thank you", "2", "40", "80", "0"],
        ["Passed already, given at once: Thank you", "2", "40", "80", "–"],
        ["Milestone passed: Thank you", "1", "400", "400", "0"],
        ["Passed already, given at once: Thank you", "1", "400", "400", "–"],
    ],
    "tr": [
        ["Onaylı hesapla katılan üyeler", "2", "50", "100", "40"],
        ["Geçilen dönüm noktası: Teşekkürler", "2", "40", "80", "0"],
        ["Daha önce geçilen, hemen verilecek: Teşekkürler", "2", "40", "80", "–"],
        ["Geçilen dönüm noktası: Teşekkürler", "1", "400", "400", "0"],
        ["Daha önce geçilen, hemen verilecek: Teşekkürler", "1", "400", "400", "–"],
    ],
}
NOT_COUNTED = {
    "en": [
        "Birthdays: no birthday is known yet.",
        "Events “Visit”: none could be reported so far.",
    ],
    "tr": [
        "Doğum günleri: henüz hiçbir doğum günü bilinmiyor.",
        "“Ziyaret” etkinlikleri: şimdiye kadar bildirilemiyordu.",
    ],
}


class Owner:
    """The owner of the store, who works by the API of the pages."""

    def __init__(self, world: World) -> None:
        [app] = world.read("state")["apps"]
        wanted = {"app_id": app["id"], "email": STAFF[0]}
        token = world.control("app_token", wanted)["token"]
        self._url, self._headers = world.app_url + API, {"Authorization": f"Bearer {token}"}

    def send(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        answer = ask(method, self._url + path, headers=self._headers, **more)
        assert answer.status_code < 300, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def save(self, document: dict[str, Any]) -> None:
        """Saves the draft; the app may propose one in the same moment, which is written over."""
        for _ in range(5):
            draft = self.send("GET", "/program")["draft"]
            body = {"document": document, "version": draft["version"] if draft else None}
            url, headers = f"{self._url}/program/draft", self._headers
            answer = ask("PUT", url, headers=headers, json=body)
            if answer.status_code != 409:
                assert answer.status_code < 300, answer.text
                return
        raise AssertionError("somebody writes over the draft all the time")

    def publish(self) -> None:
        digest = self.send("GET", "/publishing")["draft"]["digest"]
        self.send("POST", "/publish", json={"digest": digest})


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A store with customers who bought, and a draft that is not what is in force."""
    with furnished_world(tmp_path_factory.mktemp("publishing")) as running:
        owner = Owner(running)
        owner.save(BEFORE)
        owner.publish()
        owner.save(AFTER)
        owner.send("PUT", "/program/sample?anew=true")
        yield running


def told(frame: FrameLocator, title: str) -> list[list[str]]:
    """The words of a table, row by row."""
    table = frame.get_by_role("region", name=title).locator("table")
    expect(table).to_be_visible()
    found: list[list[str]] = table.locator("tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim()))"
    )
    return found


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_a_draft_is_told_by_who_moves_and_what_it_costs(
    world: World, new_page: Callable[..., Page], pictures: Path, look: Look
) -> None:
    page = new_page(language=look.language, width=look.width, height=look.height)
    frame = open_page(page, "/publish", look)
    english = look.language == "en"
    expect(frame.locator("[data-cost]")).to_be_visible(timeout=60_000)
    linen = frame.locator("[data-changes] li").filter(
        has_text="More for linen" if english else "Ketene daha çok"
    )
    expect(linen).to_contain_text("(default-channel)")
    expect(linen).to_contain_text("Shirts")
    expect(linen).to_contain_text("Linen shirt, no-such-shirt")
    moves = told(frame, "Segments that change" if english else "Değişen segmentler")
    assert [[*row[0].split("\n"), *row[1:]] for row in moves] == SEGMENTS[look.language]
    deeds = told(frame, "What else brings points" if english else "Başka neler puan kazandırır")
    assert deeds == DEEDS[look.language]
    expect(frame.locator("[data-not-counted] li")).to_have_text(NOT_COUNTED[look.language])
    figures = {
        name: frame.locator(f'[data-figure="{name}"]').inner_text()
        for name in (
            "deeds",
            "deeds-before",
            "deeds_worth-USD",
            "deeds-at-once",
            "at_once_worth-USD",
        )
    }
    worth = ["$5.80", "$4.80"] if english else ["$5,80", "$4,80"]
    assert list(figures.values()) == ["580", "40", worth[0], "480", worth[1]]
    top = frame.locator("[data-top]")
    expect(top).to_contain_text("Gold" if english else "Altın")
    # Nothing of what orders cost differs between the two.
    monthly = frame.locator("[data-cost] .kit-figures dd")
    expect(monthly.nth(0)).to_contain_text("$")
    assert monthly.nth(0).inner_text() == monthly.nth(1).inner_text()
    shoot(page, pictures, f"90-publish-costs-{look.name}")
    require_accessible(page, f"publish with costs {look.name}")
