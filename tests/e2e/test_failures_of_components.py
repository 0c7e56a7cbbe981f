"""Components whose requests fail: what a shopper reads, tries again, and does not lose."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e import steps
from tests.e2e.axe import findings
from tests.e2e.component_stage import CHECKOUT, Answer, Stage

pytestmark = pytest.mark.browser
LIGHT = (
    "body { font: 16px/1.5 sans-serif; margin: 2rem auto; max-width: 34rem }"
    " main { display: grid; gap: 1.25rem }"
)
DARK = (
    "body { font: 16px/1.5 sans-serif; margin: 1rem; background: #101312; color: #eef2ef }"
    " :root { color-scheme: dark } main { display: grid; gap: 1.25rem }"
)
CART = f"GET checkouts/{CHECKOUT.replace('=', '%3D')}"
CORS = {"Access-Control-Allow-Origin": "*"}
#: Each of them stands once on a page, so each says what is wrong with it.
SAYING = {
    "points": ("GET me", ""),
    "shipping": (CART, ""),
    "estimate": (CART, ""),
    "redeem": (CART, ""),
    "panel": ("GET me", 'sections="points"'),
    "access": ("GET me/access", 'product="drop"'),
}
ACCESS = {"product": "drop", "entitled": True, "code": "tier", "reason": "Yours as Gold."}


def away(route: Route) -> None:
    route.abort()


def failing(route: Route) -> None:
    route.fulfill(status=500, headers=CORS, body="<h1>Internal Server Error</h1>")


def torn(route: Route) -> None:
    route.fulfill(
        status=200, headers={**CORS, "Content-Type": "application/json"}, body='{"points": {"ava'
    )


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens pages that take themselves for hidden, so that nothing is read again by itself."""
    contexts = []
    faults: list[str] = []

    def open_page(locale: str = "en-US", width: int = 1440) -> Page:
        context = browser.new_context(
            locale=locale,
            timezone_id="UTC",
            viewport={"width": width, "height": 900},
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.add_init_script(
            "Object.defineProperty(Document.prototype, 'hidden', {get: () => true})"
        )
        page = context.new_page()
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


@pytest.mark.parametrize("broken", [away, failing, torn], ids=["away", "500", "torn"])
def test_each_component_says_that_it_cannot_be_shown_and_tries_again(
    opened: Callable[..., Page], broken: Answer, pictures: Path
) -> None:
    page = opened()
    stage = Stage(page, language="en")
    paths = {path for path, _ in SAYING.values()}
    stage.answers = dict.fromkeys(paths, broken)
    stage.show(*(stage.element(name, more) for name, (_, more) in SAYING.items()), css=LIGHT)
    for name in SAYING:
        one = page.locator(f"loyalty-{name}")
        expect(one).to_have_attribute("data-state", "failed")
        expect(one).to_contain_text("You can go on without it.")
    assert findings(page) == []
    if broken is away:
        steps.shoot(page, pictures, "207-components-failing", whole=True)
    stage.answers.clear()
    stage.answers["GET me/access"] = {"body": {"items": [ACCESS]}}
    for name in SAYING:
        one = page.locator(f"loyalty-{name}")
        one.locator("#retry").click()
        expect(one).to_have_attribute("data-state", "ready")


def test_a_try_that_fails_again_is_told_and_can_be_made_once_more(
    opened: Callable[..., Page],
) -> None:
    page = opened("tr-TR", 390)
    stage = Stage(page, language="tr", currency="TRY")
    stage.answers["GET me"] = away
    stage.show(stage.element("points"), css=DARK)
    points = page.locator("loyalty-points")
    expect(points).to_contain_text("Puan programı şu anda yanıt vermiyor.")
    held: list[Route] = []
    stage.answers["GET me"] = held.append
    points.locator("#retry").click()
    expect(points.locator("#retry")).to_have_text("Yeniden deneniyor…")
    expect(points.locator("#retry")).to_be_focused()
    stage.answers["GET me"] = away
    held.pop().abort()
    expect(points.locator("[role=status]")).to_contain_text("yanıt vermiyor")
    expect(points.locator("#retry")).to_have_text("Yeniden dene")
    expect(points.locator("#retry")).to_be_focused()
    stage.answers.clear()
    points.locator("#retry").click()
    expect(points).to_contain_text("Bakiyeniz: 568 puan")


def test_parts_of_the_panel_that_cannot_be_read_are_named(
    opened: Callable[..., Page], pictures: Path
) -> None:
    page = opened("tr-TR", 390)
    stage = Stage(page, language="tr", currency="TRY")
    stage.answers = {"GET me/preferences": torn, "GET me/rewards": failing}
    stage.show(stage.element("panel"), css=DARK)
    panel = page.locator("loyalty-panel")
    expect(panel.locator("[data-lacking]")).to_contain_text(
        "Şu anda gösterilemiyor: Ödüller, Tercihler."
    )
    expect(panel.locator(".sum")).to_contain_text("568")
    assert findings(page) == []
    steps.shoot(page, pictures, "208-panel-lacking-tr", whole=True)
    stage.answers["GET me/preferences"] = failing
    panel.locator("#retry").click()
    expect(panel.locator("[role=status]")).to_contain_text("gösterilemiyor")
    expect(panel.locator("#retry")).to_have_text("Yeniden dene")
    stage.answers.clear()
    panel.locator("#retry").click()
    expect(panel.get_by_role("group", name="Hesabımdaki puan haberleri")).to_be_visible()
    expect(panel.locator("[data-lacking]")).to_have_count(0)


def test_what_was_typed_stays_where_it_could_not_be_sent(opened: Callable[..., Page]) -> None:
    page = opened()
    stage = Stage(page, language="en")
    question = {
        "id": "size", "text": "Your size?", "kind": "text", "options": [], "shown": ["panel"],
        "asked": True, "brings": 50, "answer": None,
    }  # fmt: skip
    birthday = {
        "asked": True, "birthday": None, "next_on": None, "changeable_from": None, "brings": 100,
        "known_days": 30,
    }  # fmt: skip
    stage.answers["GET me/questions"] = {"body": {"questions": [question]}}
    stage.answers["GET me/birthday"] = {"body": birthday}
    stage.answers["PUT me/questions/size"] = stage.answers["PUT me/birthday"] = failing
    stage.show(stage.element("panel", 'sections="about"'), css=LIGHT)
    page.locator("#birthday-day").select_option("12")
    page.locator("#question-size").fill("Forty-two")
    page.locator("#question-size-save").click()
    expect(page.locator("loyalty-panel .problem")).to_contain_text("That did not work")
    expect(page.locator("#question-size")).to_have_value("Forty-two")
    expect(page.locator("#birthday-day")).to_have_value("12")

    def saved(route: Route) -> None:
        answer: dict[str, Any] = {"value": "Forty-two", "label": "Forty-two"}
        stage.answers["GET me/questions"] = {"body": {"questions": [question | {"answer": answer}]}}
        route.fulfill(headers=CORS, json={})

    stage.answers["PUT me/questions/size"] = saved
    page.locator("#question-size-save").click()
    expect(page.locator("#question-size-delete")).to_be_visible()
    expect(page.locator("#question-size")).to_have_value("Forty-two")
    expect(page.locator("#birthday-day")).to_have_value("12")
    stage.answers["DELETE me/questions/size"] = {"body": {}}
    stage.answers["GET me/questions"] = {"body": {"questions": [question]}}
    page.locator("#question-size-delete").click()
    expect(page.locator("#question-size")).to_have_value("")


def test_more_of_the_past_that_does_not_come_is_said_beside_the_button(
    opened: Callable[..., Page],
) -> None:
    page = opened()
    stage = Stage(page, language="en")
    past = stage._history()
    page_info = {"has_next_page": True, "end_cursor": "c1"}
    stage.answers["GET me/history"] = {"body": {**past, "page_info": page_info}}
    stage.show(stage.element("panel", 'sections="history"'), css=LIGHT)
    expect(page.locator("#more")).to_be_visible()
    first = stage.answers["GET me/history"]
    stage.answers["GET me/history"] = away
    page.wait_for_timeout(1100)  # A component's answers are shared for a second.
    page.locator("#more").click()
    expect(page.locator("loyalty-panel .problem")).to_contain_text("does not answer")
    expect(page.locator("loyalty-panel .entry").first).to_be_visible()
    stage.answers["GET me/history"] = first
    page.locator("#more").click()
    expect(page.locator("loyalty-panel .problem")).to_have_count(0)
