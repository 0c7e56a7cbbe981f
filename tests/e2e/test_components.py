"""The components on a page of a strict shop: how they look, speak, wait and fail."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e import steps
from tests.e2e.axe import findings
from tests.e2e.component_stage import CHECKOUT, Stage

pytestmark = pytest.mark.browser
LIGHT = "body { font: 16px/1.5 sans-serif; margin: 2rem auto; max-width: 34rem; color: #1c1f1d }"
DARK = (
    f"{LIGHT} :root {{ color-scheme: dark }}"
    " body { background: #101312; color: #eef2ef; margin: 1rem }"
)
GAPS = "main { display: grid; gap: 1.25rem }"
ALL = ("points", "estimate", "shipping", "redeem", "panel")
CART = f"GET checkouts/{CHECKOUT.replace('=', '%3D')}"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of 1440 px in English; what scripts throw, or the policy blocks, fails the test."""
    yield from _opened(browser, "en-US", 1440, 1000)


@pytest.fixture
def telephone(browser: Browser) -> Iterator[Page]:
    """A page of 390 px in Turkish."""
    yield from _opened(browser, "tr-TR", 390, 844)


def _opened(browser: Browser, locale: str, width: int, height: int) -> Iterator[Page]:
    context = browser.new_context(
        locale=locale,
        timezone_id="UTC",
        viewport={"width": width, "height": height},
        reduced_motion="reduce",
    )
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda fault: faults.append(str(fault)))
    opened.on(
        "console",
        lambda said: faults.append(said.text) if "Content Security" in said.text else None,
    )
    yield opened
    context.close()
    assert faults == []


def noted(page: Page, *names: str) -> None:
    """Notes the components' events as a storefront hears them, on the document."""
    page.evaluate(
        """(names) => {
          window.heard = [];
          const note = ({type, detail}) => window.heard.push([type, detail]);
          for (const name of names) document.addEventListener(name, note);
        }""",
        list(names),
    )


def test_all_components_in_light_english(page: Page, pictures: Path) -> None:
    stage = Stage(page, language="en")
    stage.show(*map(stage.element, ALL), css=LIGHT + GAPS)
    expect(page.locator("loyalty-points")).to_contain_text("You have 568 points (worth $11.36)")
    expect(page.locator("loyalty-estimate")).to_contain_text("You will earn 75 points")
    expect(page.locator("[data-missing=free]")).to_contain_text("$25.00 more to free shipping")
    expect(page.locator("[data-reached=express]")).to_contain_text("“Express” is yours.")
    expect(page.locator("#spend-worth")).to_have_text("$11.36 off")
    expect(page.locator("#spend-slider")).to_have_value("568")
    expect(page.locator("loyalty-panel .entry")).to_have_count(2)
    assert findings(page) == []
    assert stage.asked.count(CART) == 1
    assert stage.asked.count("GET me") == 1
    assert stage.asked.count("POST token") == 1
    assert stage.headers[CART]["authorization"] == "Bearer T1"
    page.locator("#fold-faq-spend").click()
    page.locator("#fold-entry-2").click()
    steps.shoot(page, pictures, "60-components-light", whole=True)


def test_all_components_in_dark_turkish_on_a_telephone(telephone: Page, pictures: Path) -> None:
    stage = Stage(telephone, language="tr", currency="TRY")
    stage.show(*map(stage.element, ALL), css=DARK + GAPS)
    expect(telephone.locator("loyalty-points")).to_contain_text("Bakiyeniz: 568 puan")
    expect(telephone.locator("loyalty-estimate")).to_contain_text(
        "Bu siparişle 75 puan kazanacaksınız."
    )
    missing = telephone.locator("[data-missing=free]")
    expect(missing).to_contain_text("Ücretsiz kargoya ₺25,00 kaldı")
    expect(telephone.locator("#spend-worth")).to_have_text("₺11,36 indirim")
    assert stage.headers["GET me"]["accept-language"] == "tr"
    assert findings(telephone) == []
    wide = telephone.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0
    steps.shoot(telephone, pictures, "61-components-dark-turkish", whole=True)


def test_a_theme_can_be_said_and_the_shops_variables_and_parts_win(
    page: Page, pictures: Path
) -> None:
    stage = Stage(page, language="en")
    css = (
        "loyalty-redeem { --loyalty-surface: rgb(255, 250, 240) }"
        " ::part(primary) { background: rgb(0, 0, 120) }"
    )
    dark = stage.element("panel", 'theme="dark" sections="points"')
    stage.show(dark, stage.element("redeem", 'mode="steps"'), css=LIGHT + GAPS + css)
    card = page.locator("loyalty-panel .card")
    expect(card).to_have_css("background-color", "rgb(25, 29, 27)")
    mine = page.locator("loyalty-redeem .card")
    expect(mine).to_have_css("background-color", "rgb(255, 250, 240)")
    expect(page.locator("#spend")).to_have_css("background-color", "rgb(0, 0, 120)")
    expect(page.locator(".choice")).to_have_count(4)
    expect(page.locator(".choice").last).to_have_text("568 points: $11.36 off")
    assert findings(page) == []
    steps.shoot(page, pictures, "62-components-themed", whole=True)


def test_entries_that_a_shop_lets_scroll_are_reached_by_the_tab_key(page: Page) -> None:
    stage = Stage(page, language="en")
    history = stage.element("panel", 'sections="history"')
    stage.show(history, css=LIGHT)
    expect(page.locator("#entries")).to_be_visible()
    expect(page.locator("#entries")).not_to_have_attribute("tabindex", "0")
    low = " loyalty-panel::part(entries) { max-height: 4rem; overflow-y: auto }"
    stage.show(history, css=LIGHT + low)
    expect(page.locator("#entries")).to_have_attribute("tabindex", "0")
    page.keyboard.press("Tab")
    expect(page.locator("#entries")).to_be_focused()
    page.keyboard.press("End")
    page.wait_for_function(
        "document.querySelector('loyalty-panel').shadowRoot.querySelector('#entries').scrollTop > 0"
    )
    assert findings(page) == []


def test_in_a_right_to_left_page_texts_keep_their_own_direction_and_nothing_is_cut_off(
    page: Page, pictures: Path
) -> None:
    stage = Stage(page, language="en")
    page.set_viewport_size({"width": 600, "height": 900})
    stage.show(stage.element("redeem"), css=LIGHT + GAPS + "html { direction: rtl }")
    expect(page.locator("#spend-points")).to_have_css("direction", "ltr")
    expect(page.locator("loyalty-redeem .body")).to_have_attribute("lang", "en")
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    steps.shoot(page, pictures, "63-components-right-to-left")


def test_spending_by_keyboard_waits_calmly_tells_the_storefront_and_is_undone(
    page: Page, pictures: Path
) -> None:
    stage = Stage(page, language="en")
    waiting = {"status": 202, "headers": {"Retry-After": "1"}, "body": stage.redeemed("held")}
    stage.answers["POST redemptions"] = waiting
    stage.answers["GET redemptions/rd_1"] = {"body": stage.redeemed()}
    stage.show(stage.element("redeem"), css=LIGHT)
    noted(page, "loyalty:redeemed", "loyalty:released", "loyalty:error")
    field = page.locator("#spend-points")
    field.focus()
    field.press("Control+a")
    page.keyboard.type("250")
    expect(page.locator("#spend-worth")).to_have_text("$5.00 off")
    stage.redemption = stage.redeemed()
    page.keyboard.press("Enter")
    expect(page.locator("[data-waiting]")).to_contain_text("250 points are being put on")
    steps.shoot(page, pictures, "64-spending-waits")
    expect(page.locator("[data-spent='250']")).to_have_text("250 points take $5.00 off this order.")
    expect(page.locator("loyalty-redeem [role=status]")).to_contain_text("$5.00 off this order")
    expect(page.locator("#take-back")).to_be_focused()
    assert findings(page) == []
    stage.answers["DELETE redemptions/rd_1"] = {"body": stage.redeemed("released")}
    stage.redemption = None
    page.keyboard.press("Enter")
    expect(page.locator("#spend")).to_be_focused()
    expect(page.locator("loyalty-redeem [role=status]")).to_have_text("250 points are yours again.")
    heard = page.evaluate("window.heard")
    assert [name for name, _ in heard] == ["loyalty:redeemed", "loyalty:released"]
    assert heard[0][1]["checkout"] == CHECKOUT
    assert heard[0][1]["redemption"]["code"] == "LQ7KX2MWR9TB4CVE"


def test_who_comes_back_to_a_cart_on_its_way_waits_on(page: Page) -> None:
    stage = Stage(page, language="en")
    stage.redemption = stage.redeemed("held")
    stage.answers["GET redemptions/rd_1"] = {"body": stage.redeemed()}
    stage.show(stage.element("redeem"), css=LIGHT)
    expect(page.locator("[data-waiting='250']")).to_be_visible()
    stage.redemption = stage.redeemed()
    expect(page.locator("[data-spent='250']")).to_be_visible()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("worse_off", "With the points this order would lose another discount."),
        ("gift_lost", "With the points a gift in the cart would be lost."),
    ],
)
def test_a_loss_is_warned_of_in_the_apps_words_and_nothing_is_spent(
    page: Page, pictures: Path, code: str, words: str
) -> None:
    stage = Stage(page, language="en")
    stage.answers["POST redemptions"] = stage.say(code, words)
    stage.show(stage.element("redeem"), css=LIGHT)
    noted(page, "loyalty:redeemed", "loyalty:error")
    page.locator("#spend-slider").fill("100")
    page.locator("#spend").click()
    expect(page.locator("#spend-problem.loss")).to_have_text(words)
    expect(page.locator("loyalty-redeem [role=status]")).to_have_text(words)
    expect(page.locator("#spend-points")).to_have_value("100")
    assert [[name, detail["code"]] for name, detail in page.evaluate("window.heard")] == [
        ["loyalty:error", code]
    ]
    assert findings(page) == []
    steps.shoot(page, pictures, f"65-loss-{code}")


def test_a_coupon_on_the_cart_is_told_before_anybody_tries(page: Page) -> None:
    stage = Stage(page, language="en")
    cart = stage.checkout()
    refusal = {"code": "other_code", "message": "Another code is on this cart.", "detail": {}}
    cart["spending"] |= {"most_points": 0, "most_discount": stage.money("0.00"), "refusal": refusal}
    stage.answers[CART] = {"body": cart}
    stage.show(stage.element("redeem"), css=LIGHT)
    expect(page.locator("[data-refusal=other_code]")).to_have_text(
        "You have 568 points. Another code is on this cart."
    )
    expect(page.locator("#spend")).to_have_count(0)


def test_a_token_that_ran_out_is_renewed_without_a_word(page: Page) -> None:
    stage = Stage(page, language="en")
    refused = stage.say("invalid_token", "The token has expired.", 401, reason="expired")

    def first_refused(route: Route) -> None:
        stage.token = "T2"
        del stage.answers["GET me"]
        body, cors = refused["body"], {"Access-Control-Allow-Origin": "*"}
        route.fulfill(status=401, json=body, headers=cors)

    stage.answers["GET me"] = first_refused
    stage.show(stage.element("points"), css=LIGHT)
    expect(page.locator("loyalty-points")).to_contain_text("568 points")
    assert stage.headers["GET me"]["authorization"] == "Bearer T2"
    assert stage.asked == ["POST token", "GET me", "POST token", "GET me"]


def test_who_is_not_signed_in_sees_the_program_and_is_asked_to_sign_in(
    page: Page, pictures: Path
) -> None:
    stage = Stage(page, language="en")
    stage.token = None
    cart = stage.checkout()
    cart["spending"] = None
    stage.answers[CART] = {"body": cart}
    own = stage.element("points").replace(
        "></", '><a slot="signed-out" href="/login">Sign in</a></'
    )
    stage.show(own, *map(stage.element, ALL[1:]), css=LIGHT + GAPS)
    expect(page.locator("loyalty-points a")).to_be_visible()
    expect(page.locator("loyalty-redeem")).to_contain_text("Sign in to spend points on this order.")
    expect(page.locator("loyalty-panel")).to_contain_text("Sign in to see your points.")
    expect(page.locator("#fold-faq-earn")).to_be_visible()
    expect(page.locator("loyalty-estimate")).to_contain_text("75 points")
    assert "authorization" not in stage.headers[CART]
    assert "GET me" not in stage.asked
    assert findings(page) == []
    steps.shoot(page, pictures, "66-components-signed-out", whole=True)
    stage.token = "T1"
    del stage.answers[CART]
    page.evaluate("document.dispatchEvent(new Event('loyalty:session'))")
    expect(page.locator("loyalty-points")).to_contain_text("568 points")
    expect(page.locator("#spend")).to_be_visible()


def test_a_store_without_a_program_shows_nothing(page: Page) -> None:
    stage = Stage(page, language="en")
    nothing = stage.say("program_not_published", "No program.", 404)
    for name in ("GET program", CART):
        stage.answers[name] = nothing
    stage.answers["GET me"] = {"body": {"program": None, "member_since": None, "points": {}}}
    stage.answers["GET me/membership"] = {
        "body": {"state": "none", "may_join": False, "enrollment": None}
    }
    stage.show(*map(stage.element, ALL), css=LIGHT)
    for name in ALL:
        expect(page.locator(f"loyalty-{name}")).to_have_attribute("data-state", "empty")
        expect(page.locator(f"loyalty-{name}")).to_be_hidden()


def test_a_failing_app_keeps_nobody_from_buying_and_can_be_asked_again(
    page: Page, pictures: Path
) -> None:
    stage = Stage(page, language="en")
    down = {"GET program", "GET me", "GET me/history", "GET me/preferences", CART}
    stage.answers = {name: lambda route: route.abort() for name in down}
    page.clock.install()
    stage.show(*map(stage.element, ALL), css=LIGHT + GAPS)
    expect(page.locator("loyalty-redeem")).to_contain_text("You can go on without it.")
    expect(page.locator("loyalty-estimate")).to_have_attribute("data-state", "failed")
    assert findings(page) == []
    steps.shoot(page, pictures, "67-components-without-app", whole=True)
    # Nothing comes by itself from here on.
    page.clock.pause_at(page.evaluate("Date.now() + 1"))
    stage.answers.clear()
    page.locator("loyalty-redeem #retry").click()
    page.clock.resume()
    expect(page.locator("#spend")).to_be_visible()


def test_what_could_not_be_read_comes_by_itself_once_the_app_is_back(page: Page) -> None:
    stage = Stage(page, language="en")
    stage.answers = {"GET me": lambda route: route.abort()}
    stage.show(stage.element("panel"), css=LIGHT)
    expect(page.locator("loyalty-panel")).to_have_attribute("data-state", "failed")
    stage.answers.clear()
    expect(page.locator("loyalty-panel .sum")).to_be_visible()
    expect(page.locator("loyalty-panel #retry")).to_have_count(0)


def test_a_part_that_cannot_be_read_keeps_nobody_from_the_rest_and_follows(page: Page) -> None:
    stage = Stage(page, language="en")
    slow = stage.say("saleor_slow", "The store takes longer than usual.", 504)
    stage.answers["GET me/preferences"] = slow
    stage.show(stage.element("panel"), css=LIGHT)
    expect(page.locator("loyalty-panel .sum")).to_be_visible()
    news = page.get_by_role("group", name="News of my points")
    expect(news).to_have_count(0)
    del stage.answers["GET me/preferences"]
    expect(news).to_be_visible()


def test_what_the_app_declines_is_not_asked_again_by_itself(page: Page) -> None:
    stage = Stage(page, language="en")
    stage.answers["GET me"] = stage.say("member_blocked", "Not for you.", 403)
    page.clock.install()
    stage.show(stage.element("panel", 'sections="points"'), css=LIGHT)
    expect(page.locator("loyalty-panel")).to_have_attribute("data-state", "failed")
    asked = stage.asked.count("GET me")
    page.clock.fast_forward(600_000)
    page.clock.run_for(1000)
    assert stage.asked.count("GET me") == asked


def test_what_was_shown_stays_while_the_app_is_away(page: Page) -> None:
    stage = Stage(page, language="en")
    stage.show(stage.element("redeem"), css=LIGHT)
    page.locator("#spend-points").fill("77")
    stage.answers = {name: lambda route: route.abort() for name in (CART, "GET program")}
    page.evaluate("document.addEventListener('loyalty:error', () => console.log('heard'))")
    with page.expect_event("console", lambda said: said.text == "heard"):
        page.evaluate("document.dispatchEvent(new Event('loyalty:refresh'))")
    expect(page.locator("#spend-points")).to_have_value("77")


def test_the_place_is_kept_until_there_is_something_to_show(page: Page) -> None:
    stage = Stage(page, language="en")
    held: list[Route] = []
    stage.answers["GET me"] = stage.answers[CART] = held.append
    stage.show(
        *(stage.element(name) for name in ("points", "estimate", "redeem")), css=LIGHT + GAPS
    )
    expect(page.locator("loyalty-redeem")).to_have_attribute("data-state", "loading")
    before = page.locator("#after").bounding_box()
    page.wait_for_timeout(300)
    assert len(held) == 2
    for route in held:
        stage.answers.clear()
        stage._serve(route)
    expect(page.locator("#spend")).to_be_visible()
    after = page.locator("#after").bounding_box()
    assert before is not None
    assert after is not None
    assert abs(after["y"] - before["y"]) < 60
