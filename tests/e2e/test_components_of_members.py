"""The components join a program, agree to offers, and tell of products."""

# The fixtures are those of the file beside.
# ruff: noqa: F811

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import steps
from tests.e2e.axe import findings
from tests.e2e.component_stage import Stage
from tests.e2e.test_components import (
    LIGHT,
    noted,
    page,  # noqa: F401
    telephone,  # noqa: F401
)

pytestmark = pytest.mark.browser


def test_a_product_tells_what_it_earns_without_anybodys_token(page: Page) -> None:
    stage = Stage(page, language="en")
    stage.show(
        '<loyalty-estimate store="shop.example.com" channel="web" gross="149.90" currency="USD" '
        'product-slug="linen-shirt" category="shirts clothing" sale="false"></loyalty-estimate>',
        css=LIGHT,
    )
    with page.expect_request("**/estimate?**") as sent:
        page.reload()
    expect(page.locator("loyalty-estimate")).to_contain_text("Earn 149 points")
    assert "category=shirts&category=clothing&on_sale=false" in sent.value.url
    assert "authorization" not in sent.value.headers


def test_offers_are_off_until_agreed_to_and_a_missing_number_is_asked_for(
    page: Page, pictures: Path
) -> None:
    stage = Stage(page, language="en")
    agreed = stage._preferences()
    agreed["offers"] = {**agreed["offers"], "email": {**agreed["offers"]["email"], "granted": True}}
    stage.show(stage.element("panel", 'sections="preferences"'), css=LIGHT)
    expect(page.locator("#news-email")).to_be_checked()
    expect(page.locator("#offers-email")).not_to_be_checked()
    stage.answers["PUT me/consents/email"] = {"body": agreed}
    stage.answers["GET me/preferences"] = {"body": agreed}
    with page.expect_request("**/me/consents/email") as sent:
        page.locator("#offers-email").check()
    assert sent.value.post_data_json == {"text_version": "panel-1"}
    expect(page.locator("loyalty-panel [role=status]")).to_have_text("Saved.")
    expect(page.locator("#offers-email")).to_be_checked()
    stage.answers["PUT me/consents/sms"] = stage.say("phone_missing", "A number is needed.", 400)
    page.locator("#offers-sms").click()
    expect(page.locator("#preferences-problem")).to_have_text("A number is needed.")
    expect(page.locator("#offers-sms")).not_to_be_checked()
    assert findings(page) == []
    steps.shoot(page, pictures, "68-preferences", whole=True)
    stage.answers["PUT me/consents/sms"] = {"body": agreed}
    page.locator("#phone").fill("+90 555 000 00 00")
    with page.expect_request("**/me/consents/sms") as sent:
        page.keyboard.press("Enter")
    assert sent.value.post_data_json == {"text_version": "panel-1", "phone": "+90 555 000 00 00"}
    expect(page.locator("#phone")).to_have_count(0)


def test_a_program_that_one_joins_is_joined_with_the_texts_that_were_shown(page: Page) -> None:
    stage = Stage(page, language="en")
    me = stage._me()
    stage.answers["GET me"] = {"body": {**me, "member_since": None}}
    text = {"agreed_version": None, "agreed_at": None, "source": None}
    stage.answers["GET me/membership"] = {
        "body": {
            "state": "none",
            "takes_part": False,
            "may_join": True,
            "member_since": None,
            "enrollment": "opt_in",
            "join_text": "Collect points on every purchase.",
            "terms": {"version": "2027-01", "url": "https://shop.example.com/terms", **text},
            "privacy": {"version": "2", "url": "javascript:alert(1)", **text},
        }
    }
    stage.answers["POST me/membership"] = {"body": {}}
    stage.show(stage.element("panel"), css=LIGHT)
    expect(page.locator("loyalty-panel a")).to_have_count(1)
    with page.expect_request("**/me/membership") as sent:
        page.locator("#join").click()
    assert sent.value.post_data_json == {"terms_version": "2027-01", "privacy_version": "2"}


def test_a_product_that_is_kept_for_some_tells_the_page_whether_it_is_for_the_shopper(
    page: Page,
) -> None:
    stage = Stage(page, language="en")
    kept = {"product": "drop", "opens_at": None}
    closed = kept | {"entitled": False, "code": "closed", "reason": "Kept for Gold."}
    mine = kept | {"entitled": True, "code": "tier", "reason": "Yours as Gold."}
    opened = kept | {"entitled": True, "code": "open", "reason": "Everybody may buy this."}
    shown = page.locator("loyalty-access")
    stage.answers["GET me/access"] = {"body": {"items": [closed], "missing": []}}
    stage.show(
        '<loyalty-access store="shop.example.com" token-endpoint="/loyalty-token" product="drop">'
        '<span slot="signed-out">Sign in first.</span></loyalty-access>'
    )
    expect(shown.locator("[data-access=closed]")).to_have_text("Kept for Gold.")
    assert findings(page) == []
    noted(page, "loyalty:changed")
    stage.answers["GET me/access"] = {"body": {"items": [mine], "missing": []}}
    page.evaluate("document.dispatchEvent(new Event('loyalty:refresh'))")
    expect(shown.locator("[data-access=tier]")).to_have_text("Yours as Gold.")
    stage.answers["GET me/access"] = {"body": {"items": [opened], "missing": []}}
    page.evaluate("document.dispatchEvent(new Event('loyalty:refresh'))")
    expect(shown.locator("[data-access]")).to_have_count(0)
    heard = page.evaluate("window.heard")
    assert [one["data"]["entitled"] for _, one in heard] == [True, True]
    stage.token = None
    page.evaluate("document.dispatchEvent(new Event('loyalty:session'))")
    expect(shown).to_have_attribute("data-state", "signed-out")
    expect(shown.get_by_text("Sign in first.")).to_be_visible()


def test_shared_codes_that_do_nothing_any_more_are_struck_through_and_say_why(
    page: Page, pictures: Path
) -> None:
    used, used_up = "You have used this code already.", "This code has been used up."
    look_at_codes(page, pictures, "en", "Autumn", used, used_up)


def test_the_same_in_turkish_on_a_telephone(telephone: Page, pictures: Path) -> None:
    used, used_up = "Bu kodu zaten kullandınız.", "Bu kodun kullanım hakkı tükendi."
    look_at_codes(telephone, pictures, "tr", "Sonbahar", used, used_up)


def look_at_codes(
    page: Page, pictures: Path, language: str, title: str, used: str, used_up: str
) -> None:
    """One code is good, one was used by the shopper, and one by everybody together."""
    stage = Stage(page, language=language)
    good = {
        "id": "c1", "kind": "discount", "title": title, "text": "", "gives": "10 %",
        "until": "2027-03-07T20:59:59Z", "last_day": "2027-03-07", "code": "AUTUMN10", "own": False,
        "usable": True, "reason": None, "channels": [],
    }  # fmt: skip
    theirs = {
        "id": "c2", "code": "WELCOME5", "usable": False,
        "reason": {"code": "code_used", "message": used},
    }  # fmt: skip
    everybodys = {
        "id": "c3", "code": "FIRST100", "usable": False,
        "reason": {"code": "code_used_up", "message": used_up},
    }  # fmt: skip
    campaigns = [good, good | theirs, good | everybodys]
    stage.answers["GET me/campaigns"] = {"body": {"campaigns": campaigns}}
    stage.show(stage.element("panel", 'sections="points campaigns"'), css=LIGHT)
    panel = page.locator("loyalty-panel")
    expect(panel.locator("strong.code")).to_have_text(["AUTUMN10"])
    expect(panel.locator("s.gone")).to_have_text(["WELCOME5", "FIRST100"])
    expect(panel.locator("[part=hint]")).to_contain_text([used, used_up])
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    steps.shoot(page, pictures, f"76-shared-codes-gone-{language}", whole=True)
