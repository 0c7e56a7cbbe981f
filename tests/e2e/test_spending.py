"""Spending points and choosing shipping in a browser, on the demo with its past."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from demo import past
from tests.e2e import steps
from tests.e2e.conftest import World
from tests.e2e.demo_world import demo_world

pytestmark = pytest.mark.browser
AYSE, JOHN, MARIA = "ayse@example.com", "john@example.com", "maria@example.com"
FIFTEEN_DAYS = "1296000"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The demo as `make demo` leaves it: with a past, a program in force, and points to spend."""
    with demo_world(tmp_path_factory.mktemp("demo")) as running:
        yield running


def amount(page: Page, name: str) -> str:
    """A line of the summary at the checkout."""
    return page.locator(f'#checkout-summary [data-sum="{name}"] dd').inner_text()


def line(page: Page, name: str) -> str:
    return f'#checkout-summary [data-sum="{name}"] dd'


def available(page: Page) -> int:
    """The points on the board, once the app has told them."""
    expect(steps.points(page, "available")).to_have_text(re.compile(r"^[\d.,]+$"))
    return int(re.sub(r"\D", "", steps.points(page, "available").inner_text()))


def test_points_spent_at_the_checkout_save_money_and_come_back_with_the_refund(
    world: World, new_page: Callable[..., Page], pictures: Path
) -> None:
    shop, staff = new_page(), new_page()
    steps.sign_in(shop, AYSE)
    expect(steps.points(shop, "available")).to_have_text("568")
    steps.fill_cart(shop, "linen-shirt")
    expect(shop.locator("#cart .earn")).to_have_text("You will earn 75 points with this order.")
    expect(shop.locator('#cart [data-missing="free-shipping"]')).to_contain_text(
        "$25.00 more to free shipping"
    )
    steps.shoot(shop, pictures, "40-cart-tells-what-it-earns")

    steps.begin_checkout(shop)
    expect(shop.locator("#checkout-points")).to_contain_text("Up to 568 points")
    shop.locator("#spend-slider").fill("300")
    expect(shop.locator("#spend-points")).to_have_value("300")
    expect(shop.locator("#spend-worth")).to_have_text("$6.00 off")
    steps.shoot(shop, pictures, "41-points-to-spend", part="#checkout-codes")
    steps.spend(shop, 250)
    expect(shop.locator(line(shop, "points"))).to_have_text("−$5.00")
    expect(shop.locator(line(shop, "goods"))).to_have_text("$75.00")
    expect(shop.locator("#checkout-summary .earn")).to_contain_text("70 points")
    expect(shop.locator(line(shop, "total"))).to_have_text("$81.00")
    steps.shoot(shop, pictures, "42-points-spent")

    steps.pay(shop)
    order = shop.locator(".order").first
    expect(order.locator('[data-saved="points"]')).to_have_text("Points −$5.00")
    expect(order.locator("[data-shipping]")).to_have_text("Standard · $5.40")
    expect(steps.points(shop, "available")).to_have_text("318")
    expect(steps.points(shop, "pending")).to_have_text("107")
    expect(shop.locator(".entries")).to_contain_text("−250")
    steps.shoot(shop, pictures, "43-order-with-its-saving", whole=True)

    steps.open_order(staff, 7)
    expect(staff.locator(".lines .discount")).to_contain_text("−$5.00")
    steps.do(staff, "fulfill")
    steps.shoot(staff, pictures, "44-desk-shows-the-discount")
    staff.locator("#return-0").fill("1")
    steps.do(staff, "return")
    steps.open_order(staff, 7)
    steps.do(staff, "refund")
    expect(steps.points(shop, "available")).to_have_text("568")
    expect(steps.points(shop, "pending")).to_have_text("37")
    expect(shop.locator(".entries")).to_contain_text("+250")
    steps.shoot(shop, pictures, "45-points-back-after-the-refund")


def test_free_shipping_appears_at_the_threshold_and_survives_the_completion(
    world: World, new_page: Callable[..., Page], pictures: Path
) -> None:
    shop = new_page()
    steps.sign_in(shop, MARIA)
    steps.fill_cart(shop, "linen-shirt")
    steps.begin_checkout(shop)
    expect(shop.locator('[data-method="Standard"]')).to_be_checked()
    expect(shop.locator('[data-method="Free shipping"]')).to_have_count(0)
    expect(shop.locator('#checkout [data-missing="free-shipping"]')).to_contain_text("$25.00 more")
    steps.shoot(shop, pictures, "46-below-free-shipping")
    shop.locator("#checkout-close").click()

    steps.add(shop, "wool-scarf")
    expect(shop.locator('#cart [data-reached="free-shipping"]')).to_be_visible()
    steps.begin_checkout(shop)
    free = shop.locator('[data-method="Free shipping"]')
    expect(free).to_be_visible()
    free.check()
    expect(shop.locator(line(shop, "shipping"))).to_have_text("Free")
    expect(shop.locator(line(shop, "total"))).to_have_text("$129.60")
    steps.shoot(shop, pictures, "47-free-shipping-chosen")
    steps.pay(shop)
    expect(shop.locator(".order").first.locator("[data-shipping]")).to_have_text(
        "Free shipping · Free"
    )


def test_a_coupon_in_the_cart_is_not_replaced_and_the_shopper_is_told_why(
    world: World, new_page: Callable[..., Page], pictures: Path
) -> None:
    shop = new_page()
    steps.sign_in(shop, JOHN)
    steps.fill_cart(shop, "wool-scarf")
    steps.begin_checkout(shop)
    points = shop.locator("#checkout-points")
    expect(shop.locator("#spend")).to_be_visible()
    shop.locator("#code").fill("NO-SUCH-CODE")
    shop.locator("#apply-code").click()
    expect(shop.locator("#code-problem")).to_have_text("This code does not work here.")
    shop.locator("#code").fill(past.COUPON)
    shop.locator("#apply-code").click()
    expect(shop.locator(line(shop, "discount"))).to_have_text("−$4.50")
    expect(points).to_contain_text("code")
    expect(shop.locator("#spend")).to_have_count(0)
    steps.shoot(shop, pictures, "48-coupon-refuses-points", part="#checkout-codes")
    shop.locator("#checkout-codes .codes button").click()
    expect(shop.locator(line(shop, "discount"))).to_have_count(0)
    steps.spend(shop, 51)
    expect(shop.locator(line(shop, "points"))).to_have_text("−$1.02")

    shop.locator("#take-back").click()
    expect(shop.locator(line(shop, "points"))).to_have_count(0)
    expect(shop.locator("#spend")).to_be_visible()
    expect(steps.points(shop, "held")).to_have_text("0")


@pytest.mark.parametrize(
    ("points", "words"),
    [("10", "50"), ("100000", "points"), ("", "from 50 to")],
    ids=["too few", "too many", "none"],
)
def test_points_that_cannot_be_spent_are_refused_in_words(
    world: World, new_page: Callable[..., Page], points: str, words: str
) -> None:
    shop = new_page()
    steps.sign_in(shop, JOHN)
    steps.fill_cart(shop, "linen-shirt")
    steps.begin_checkout(shop)
    shop.locator("#spend-points").fill(points)
    shop.locator("#spend").click()
    expect(shop.locator("#spend-problem")).to_contain_text(words)
    expect(steps.points(shop, "held")).to_have_text("0")


def test_points_that_would_cost_a_promotion_are_refused_and_nothing_changes(
    world: World, new_page: Callable[..., Page], pictures: Path
) -> None:
    shop = new_page()
    steps.sign_in(shop, AYSE)
    steps.fill_cart(shop, "linen-shirt", "linen-shirt", "linen-shirt")
    steps.begin_checkout(shop)
    expect(shop.locator(line(shop, "discount"))).to_have_text("−$22.50")
    total = amount(shop, "total")
    shop.locator("#spend-points").fill("100")
    shop.locator("#spend").click()
    expect(shop.locator("#spend-problem")).not_to_be_empty()
    expect(shop.locator(line(shop, "discount"))).to_have_text("−$22.50")
    expect(shop.locator(line(shop, "total"))).to_have_text(total)
    expect(steps.points(shop, "held")).to_have_text("0")
    steps.shoot(shop, pictures, "49-promotion-would-be-lost", part="#spend-problem")


def test_a_gift_card_pays_beside_points(world: World, new_page: Callable[..., Page]) -> None:
    shop = new_page()
    steps.sign_in(shop, JOHN)
    steps.fill_cart(shop, "ceramic-cup", "black-tea")
    steps.begin_checkout(shop)
    steps.spend(shop, 60)
    shop.locator("#code").fill(world.gift_card_file.read_text())
    shop.locator("#apply-code").click()
    expect(shop.locator(line(shop, "cards"))).to_have_text("−$25.00")
    expect(shop.locator(line(shop, "points"))).to_have_text("−$1.20")
    steps.pay(shop)
    expect(shop.locator(".order").first.locator('[data-saved="points"]')).to_be_visible()


def test_signing_in_after_choosing_a_delivery_keeps_it_and_shows_what_members_get(
    world: World, new_page: Callable[..., Page], pictures: Path
) -> None:
    shop = new_page()
    shop.goto("/shop")
    steps.fill_cart(shop, "espresso-beans")
    steps.begin_checkout(shop)
    expect(shop.locator('[data-method="Express for members"]')).to_have_count(0)
    shop.locator('[data-method="Next day"]').check()
    expect(shop.locator(line(shop, "shipping"))).to_have_text("$25.00")
    expect(shop.locator("#pay-full")).to_be_disabled()
    steps.shoot(shop, pictures, "50-guest-at-the-checkout")
    shop.locator(f'[data-checkout-customer="{AYSE}"]').click()
    expect(shop.locator('[data-method="Express for members"]')).to_be_visible()
    expect(shop.locator('[data-method="Next day"]')).to_be_checked()
    expect(shop.locator("#spend")).to_be_visible()
    steps.shoot(shop, pictures, "51-signed-in-at-the-checkout")
    shop.locator('[data-method="Express for members"]').check()
    expect(shop.locator(line(shop, "shipping"))).to_have_text("$9.00")
    steps.pay(shop)
    expect(shop.locator(".order").first.locator("[data-shipping]")).to_contain_text(
        "Express for members"
    )


def test_the_checkout_speaks_turkish_and_shows_lira_as_turks_write_it(
    world: World, new_page: Callable[..., Page], pictures: Path
) -> None:
    shop = new_page(language="tr-TR", height=1100)
    steps.sign_in(shop, AYSE)
    shop.locator("#channel-channel-tr").click()
    steps.fill_cart(shop, "linen-shirt")
    expect(shop.locator("#cart")).to_contain_text("Ücretsiz kargoya ₺500,00 kaldı")
    steps.begin_checkout(shop)
    steps.spend(shop, 100)
    expect(shop.locator(line(shop, "points"))).to_have_text("−₺20,00")
    expect(shop.locator("#checkout-summary")).to_contain_text("100 puan harcandı")
    steps.shoot(shop, pictures, "52-checkout-turkish")
    shop.locator("#take-back").click()
    shop.locator("#spend-points").fill("10")
    shop.locator("#spend").click()
    expect(shop.locator("#spend-problem")).to_contain_text("50")
    steps.shoot(shop, pictures, "53-refusal-turkish")


def test_the_checkout_fits_a_telephone_and_works_by_keyboard(
    world: World, new_page: Callable[..., Page], pictures: Path
) -> None:
    shop = new_page(width=390, height=844)
    steps.sign_in(shop, AYSE)
    steps.fill_cart(shop, "ceramic-cup", "espresso-beans")
    shop.locator("#to-checkout").focus()
    shop.keyboard.press("Enter")
    expect(shop.locator("#pay-full")).to_be_enabled()
    wide = shop.locator("#checkout").evaluate(
        "element => Math.max(element.scrollWidth - element.clientWidth,"
        " document.documentElement.scrollWidth - window.innerWidth)"
    )
    assert wide <= 0, f"the checkout is {wide} px too wide"
    steps.shoot(shop, pictures, "54-telephone-checkout")
    shop.locator('[data-method="Standard"]').focus()
    shop.keyboard.press("ArrowDown")
    expect(shop.locator('[data-method="Express"]')).to_be_checked()
    expect(shop.locator(line(shop, "shipping"))).to_have_text("$15.00")
    field = shop.locator("#spend-points")
    field.focus()
    field.press("Control+a")
    shop.keyboard.type("60")
    shop.keyboard.press("Enter")
    expect(shop.locator("[data-spent]")).to_have_attribute("data-spent", "60")
    steps.shoot(shop, pictures, "55-telephone-points-spent", part="#checkout-codes")
    steps.shoot(shop, pictures, "56-telephone-summary", part="#pay-later")
    shop.locator("#take-back").focus()
    shop.keyboard.press("Enter")
    expect(shop.locator("#spend")).to_be_visible()
    shop.keyboard.press("Escape")
    expect(shop.locator("#checkout")).to_be_hidden()


def test_another_country_changes_what_is_delivered_and_taxed(
    world: World, new_page: Callable[..., Page], pictures: Path
) -> None:
    shop = new_page()
    steps.sign_in(shop, MARIA)
    steps.fill_cart(shop, "linen-shirt")
    steps.begin_checkout(shop)
    expect(shop.locator('[data-method="Next day"]')).to_be_visible()
    shop.locator("#checkout-address summary").click()
    shop.locator("#address-country").select_option("DE")
    expect(shop.locator("#address-city")).to_have_value("Berlin")
    steps.shoot(shop, pictures, "57-another-address")
    shop.locator("#address-save").click()
    expect(shop.locator("#checkout-address")).to_contain_text("Germany")
    expect(shop.locator('[data-method="Next day"]')).to_have_count(0)
    expect(shop.locator(line(shop, "tax"))).to_have_text("$0.00")


def test_points_in_two_checkouts_at_once_are_spent_once(
    world: World, new_page: Callable[..., Page], pictures: Path
) -> None:
    faults, shop = new_page(height=1400), new_page()
    steps.sign_in(shop, JOHN)
    before = available(shop)
    faults.goto("/faults")
    faults.locator("#race-owner").select_option(JOHN)
    faults.locator("#race-other").select_option(MARIA)
    faults.locator("#race-start").click()
    expect(faults.locator("#race-result li, #race-problem:not(:empty)").first).to_be_visible()
    expect(faults.locator("#race-problem")).to_be_empty()
    expect(faults.locator("#race-result li")).to_have_count(3)
    expect(faults.locator("#race-result")).to_contain_text("no code")
    steps.shoot(faults, pictures, "58-one-code-in-two-checkouts")
    expect(steps.points(shop, "available")).to_have_text(str(before - 50))
    expect(steps.points(shop, "held")).to_have_text("0")
    steps.advance(faults, "86400")
    expect(steps.points(shop, "available")).to_have_text(str(before - 50))


def test_signing_out_gives_the_points_back_and_keeps_the_cart(
    world: World, new_page: Callable[..., Page]
) -> None:
    shop = new_page()
    steps.sign_in(shop, AYSE)
    before = available(shop)
    steps.fill_cart(shop, "wool-scarf")
    steps.begin_checkout(shop)
    steps.spend(shop, 70)
    shop.locator("#checkout-close").click()
    expect(steps.points(shop, "held")).to_have_text("70")
    shop.locator("#sign-out").click()
    expect(shop.locator(f'[data-customer="{AYSE}"]')).to_be_visible()
    expect(shop.locator(".cart-lines li")).to_have_count(1)
    steps.begin_checkout(shop)
    expect(shop.locator(line(shop, "points"))).to_have_count(0)
    shop.locator("#checkout-close").click()
    shop.locator(f'[data-customer="{AYSE}"]').click()
    # Whoever waits for a busy store longer than a request may leaves the rest to the sweep.
    expect(steps.points(shop, "available")).to_have_text(str(before), timeout=90_000)
    expect(steps.points(shop, "held")).to_have_text("0")


def test_a_slow_store_is_waited_for_and_asked_with_the_same_key_again(
    world: World, new_page: Callable[..., Page]
) -> None:
    shop = new_page()
    steps.sign_in(shop, JOHN)
    steps.fill_cart(shop, "wool-scarf")
    steps.begin_checkout(shop)
    keys: list[str] = []

    def lost_then_slow(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            route.abort()
            return
        answer = route.fetch()
        waiting = {**answer.json(), "state": "held"}
        headers = {**answer.headers, "retry-after": "1"}
        route.fulfill(status=202, headers=headers, json=waiting)

    shop.route("**/api/storefront/v1/redemptions", lost_then_slow)
    shop.locator("#spend-points").fill("55")
    with shop.expect_response(re.compile("/api/storefront/v1/redemptions/.+")) as asked:
        shop.locator("#spend").click()
        expect(shop.locator("[data-waiting]")).to_contain_text("55 points are being put on")
    assert asked.value.json()["state"] == "attached"
    expect(shop.locator("[data-spent]")).to_have_attribute("data-spent", "55")
    assert len(keys) == 2
    assert keys[0] == keys[1]
    shop.locator("#take-back").click()
    expect(shop.locator("#spend")).to_be_visible()
