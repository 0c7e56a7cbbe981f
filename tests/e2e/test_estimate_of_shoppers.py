"""A product page asks what it would earn the shopper, where they are signed in."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.component_stage import Stage

pytestmark = pytest.mark.browser
ESTIMATE = "GET estimate"
PRODUCT = (
    '<loyalty-estimate store="shop.example.com" channel="web" currency="USD" gross="74.50"'
    ' net="74.50" token-endpoint="/loyalty-token"></loyalty-estimate>'
)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in English."""
    context = browser.new_context(locale="en-US")
    yield context.new_page()
    context.close()


def by_token(stage: Stage) -> None:
    """The app tells a shopper more points than it tells anybody."""
    answer: dict[str, Any] = stage.estimate()

    def tell(route: Route) -> None:
        points = 149 if "authorization" in route.request.headers else 74
        cors = {"Access-Control-Allow-Origin": "*"}
        route.fulfill(json=answer | {"points": points}, headers=cors)

    stage.answers[ESTIMATE] = tell


def test_a_shopper_sees_what_their_order_would_earn_and_others_what_anybody_gets(
    page: Page,
) -> None:
    stage = Stage(page, language="en")
    by_token(stage)
    stage.token = None
    stage.show(PRODUCT)
    estimate = page.locator("loyalty-estimate")
    expect(estimate).to_contain_text("74 points")

    stage.token = "T1"
    page.evaluate("document.dispatchEvent(new Event('loyalty:session'))")
    expect(estimate).to_contain_text("149 points")
    assert stage.headers[ESTIMATE]["authorization"] == "Bearer T1"
