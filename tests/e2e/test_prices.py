"""<loyalty-price> in a browser: what a code takes off, and the lowest price before."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import findings
from tests.e2e.component_stage import Stage
from tests.e2e.test_components import _opened

pytestmark = pytest.mark.browser
ELEMENT = (
    '<loyalty-price store="shop.example.com" channel="web" token-endpoint="/loyalty-token" '
    'product="{product}" variant="{variant}"></loyalty-price>'
)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in English; what scripts throw, or the policy blocks, fails the test."""
    yield from _opened(browser, "en-US", 1440, 1000)


def prices(stage: Stage) -> dict[str, object]:
    """What the app says of a tee in two sizes and of a mug."""

    def line(product: str, variant: str, own: str) -> dict[str, object]:
        personal = {
            "price": stage.money(own),
            "campaign": "cp_0123456789ab",
            "code": "AUTUMN10",
            "own": False,
            "until": "2027-03-08T00:00:00+03:00",
            "last_day": "2027-03-07",
            "minimum": None,
            "once_per_order": False,
            "condition": "",
        }
        lowest = {
            "price": stage.money("70.00"),
            "from": "2027-01-30",
            "to": "2027-02-28",
            "known_from": "2027-02-10",
            "known_days": 19,
            "complete": False,
        }
        return {
            "product": product,
            "variant": variant,
            "price": stage.money("75.00"),
            "regular_price": stage.money("75.00"),
            "personal": personal if own else None,
            "lowest": lowest,
        }

    return {
        "channel": "web",
        "with_tax": True,
        "history": {"days": 30, "since": "2027-02-10"},
        "items": [line("tee", "T1", "67.50"), line("tee", "T2", "60.00"), line("mug", "M1", "")],
        "missing": [],
    }


def test_a_price_with_a_code_stands_beside_the_other_and_the_lowest_before(page: Page) -> None:
    stage = Stage(page, language="en")
    stage.answers["GET me/prices"] = {"body": prices(stage)}
    wanted = (("tee", "T1"), ("tee", ""), ("mug", ""))
    stage.show(*(ELEMENT.format(product=one, variant=which) for one, which in wanted))
    first, cheapest, none = (page.locator("loyalty-price").nth(at) for at in range(3))
    expect(first.locator("[data-price]")).to_have_text("$67.50")
    expect(first.locator("s")).to_have_text("Without a code: $75.00")
    expect(first).to_contain_text("for you with the code AUTUMN10, until Mar 7, 2027.")
    expect(first).to_contain_text(
        "Lowest price of the 30 days before: $70.00 (known: 19 of 30 days)"
    )
    expect(cheapest.locator("[data-price]")).to_have_text("from $60.00")
    expect(none).to_be_hidden()
    assert findings(page) == []
    assert stage.asked.count("GET me/prices") == 1, "all elements of a page ask together"
    stage.token = None
    page.evaluate("document.dispatchEvent(new Event('loyalty:session'))")
    expect(first).to_be_hidden()


def test_in_turkish_it_says_the_same_and_what_is_not_known(page: Page) -> None:
    stage = Stage(page, language="tr", currency="TRY")
    told = prices(stage)
    told["items"] = [one | {"lowest": None} for one in told["items"]]  # type: ignore[attr-defined]
    stage.answers["GET me/prices"] = {"body": told}
    stage.show(ELEMENT.format(product="tee", variant="T1"))
    shown = page.locator("loyalty-price")
    expect(shown).to_contain_text("AUTUMN10 koduyla size özel, son gün 7 Mar 2027.")
    expect(shown).to_contain_text("Önceki 30 günün en düşük fiyatı: henüz bilinmiyor")


def test_the_panel_tells_the_last_day_of_a_campaign_by_the_clocks_of_the_store(
    browser: Browser,
) -> None:
    page = browser.new_context(timezone_id="Asia/Tokyo").new_page()
    stage = Stage(page, language="en")
    campaign = {
        "id": "cp_0123456789ab",
        "kind": "percent",
        "title": "Autumn",
        "text": "",
        "gives": "10% off",
        "until": "2027-03-08T00:00:00+03:00",
        "last_day": "2027-03-07",
        "code": "AUTUMN10",
        "own": False,
        "channels": ["web"],
    }
    stage.answers["GET me/campaigns"] = {"body": {"campaigns": [campaign]}}
    stage.show(stage.element("panel", 'sections="campaigns"'))
    expect(page.locator("loyalty-panel")).to_contain_text("10% off · until Mar 7, 2027")
    page.context.close()
