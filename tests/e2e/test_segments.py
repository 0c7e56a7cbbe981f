"""Segments in the Dashboard: one is built, counted, published, and says who is in it and why."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from demo.staff import STAFF, Counter
from tests.e2e import steps
from tests.e2e.axe import findings
from tests.e2e.conftest import World
from tests.e2e.dashboard import (
    EN_LIGHT_1440,
    LOOKS,
    TR_DARK_390,
    Look,
    open_page,
    require_accessible,
    shoot,
)
from tests.e2e.furnished import AYSE, JOHN, furnished_world

pytestmark = pytest.mark.browser
_PRODUCTS = (
    'query { products(first: 50, channel: "default-channel") { edges { node { id slug } } } }'
)
_KEEP = """mutation ($id: ID!, $access: String!) {
  updateMetadata(id: $id, input: [{key: "loyalty_access", value: $access}]) { errors { message } }
}"""
NAMES = {"en": "Shirt lovers", "tr": "Gömlek sevenler"}
#: Of the customers of `furnished.BOUGHT`, one bought twice, and shirts above all.
TOLD = {
    "en": "orders in the last 365 days: at least 2",
    "tr": "son 365 günde sipariş sayısı en az 2",
}


#: A group of which one is enough, one part that is met by not being so, and what was found then.
REASONS = {
    "en": (
        "At least one of these:",
        "did not agree to offers by text message",
        "Came in with: orders in the last 365 days: 2;",
    ),
    "tr": (
        "Şunlardan en az biri:",
        "SMS ile tekliflere izin vermedi",
        "Girdiğinde: son 365 günde sipariş sayısı 2;",
    ),
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A store with a program in force and two customers who bought."""
    with furnished_world(tmp_path_factory.mktemp("segments")) as running:
        yield running


def keep_back(world: World, slug: str, access: str) -> None:
    """Staff write into a product's metadata for whom it is kept."""
    with Counter(world.store_url) as counter:
        staff = counter.sign_in(*STAFF)
        edges = counter.ask(_PRODUCTS, {}, staff)["products"]["edges"]
        product = next(one["node"]["id"] for one in edges if one["node"]["slug"] == slug)
        counter.ask(_KEEP, {"id": product, "access": access}, staff)


def build(frame: FrameLocator) -> None:
    """Who ordered twice at least, and spent half of it or more on shirts."""
    frame.locator('[data-segments="add"]').click()
    for language, name in NAMES.items():
        frame.locator(f'input[name$=".name.{language}"]').fill(name)
    frame.locator("[data-add]").last.select_option("orders")
    frame.locator('input[name$=".of.0.min"]').fill("2")
    frame.locator("[data-add]").last.select_option("category_share")
    frame.locator("[data-catalog-open]").click()
    steps.pick(frame, "shirt", "shirts")
    frame.locator('select[name$=".of.1.currency"]').select_option("USD")


def exclude(frame: FrameLocator) -> None:
    """But not those who agreed to offers by SMS and ordered twice: a group turned around."""
    frame.locator("[data-add]").last.select_option("all")
    group = frame.locator('[data-condition="all"]')
    group.locator("[data-add]").select_option("consent")
    group.locator('select[name$=".channel"]').select_option("sms")
    group.locator("[data-add]").select_option("orders")
    group.locator('input[name$=".min"]').fill("2")
    group.locator("[data-turn]").first.click()


def expect_reasons(frame: FrameLocator, language: str) -> None:
    """The rule stands there as a tree, and the only condition not met is the one on few orders."""
    group, turned, came_in = REASONS[language]
    any_of = frame.locator('[data-reason="any"]')
    expect(any_of).to_contain_text(group)
    expect(any_of).to_have_attribute("data-holds", "true")
    expect(any_of.locator('[data-holds="true"]')).to_contain_text(turned)
    expect(frame.locator('[data-holds="false"]')).to_have_count(1)
    expect(frame.locator("[data-came-in]")).to_contain_text(came_in)


def expect_kept(frame: FrameLocator, name: str, told: str) -> None:
    """The page lists one product as kept back, for whom it is, and nothing wrong with it."""
    kept = frame.locator('[data-segments="kept"]')
    expect(kept.locator("[data-kept]")).to_have_text([name])
    expect(kept.locator("[data-state]")).to_have_text([told])
    expect(kept.locator('[data-state="kept"]')).to_have_count(1)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_a_segment_is_built_by_forms_and_counted_while_it_is_written(
    world: World, new_page: Callable[..., Page], pictures: Path, look: Look
) -> None:
    page = new_page(language=look.language, width=look.width, height=look.height)
    frame = open_page(page, "/segments", look)
    build(frame)
    preview = frame.locator("[data-preview]")
    expect(preview).to_have_attribute("data-preview", "1")
    expect(preview).to_contain_text(TOLD[look.language])
    expect(preview).to_contain_text("Shirts")
    shoot(page, pictures, f"140-segments-{look.name}")
    require_accessible(page, f"segments {look.name}")
    frame.locator('[data-condition="orders"] [data-turn]').click()
    expect(preview).to_have_attribute("data-preview", "0")
    frame.locator('[data-savebar="discard"]').click()
    expect(frame.locator("[data-segment]")).to_have_count(0)


def test_a_published_segment_is_filled_and_says_why(
    world: World, new_page: Callable[..., Page], pictures: Path
) -> None:
    page = new_page(width=EN_LIGHT_1440.width, height=EN_LIGHT_1440.height)
    frame = open_page(page, "/segments", EN_LIGHT_1440)
    build(frame)
    exclude(frame)
    frame.locator('[data-savebar="save"]').click()
    expect(frame.locator('[data-savebar="save"]')).to_be_disabled()
    steps.publish(page)
    frame = open_page(page, "/segments", EN_LIGHT_1440)
    size = frame.locator("[data-segment] strong[data-size]")
    expect(size).to_have_attribute("data-size", "1", timeout=150_000)
    segment = frame.locator("[data-segment]").get_attribute("data-segment")
    frame.locator('[data-act="members"]').click()
    expect(frame.locator("table")).to_contain_text("at least 50%")
    expect_reasons(frame, "en")
    shoot(page, pictures, "141-segment-members")
    require_accessible(page, "members of a segment")
    with page.expect_download() as fetched:
        frame.locator('[data-segments="csv"]').click()
    assert fetched.value.suggested_filename == f"loyalty-segment-{segment}.csv"
    frame.locator("table a").first.click()
    frame.locator('[data-tab="segments"]').click()
    expect(frame.locator(f'[data-member-segment="{segment}"]')).to_have_attribute("data-in", "true")
    expect_reasons(frame, "en")
    shoot(page, pictures, "142-member-segments")
    require_accessible(page, "segments of a member")

    keep_back(world, "linen-shirt", f"segment:{segment}")
    frame = open_page(page, "/segments", EN_LIGHT_1440)
    expect_kept(frame, "Linen shirt", "Kept for Shirt lovers.")
    shoot(page, pictures, "205-kept-goods")
    require_accessible(page, "what is kept back")
    shop = new_page(width=EN_LIGHT_1440.width, height=EN_LIGHT_1440.height)
    shop.goto("/shop")
    kept = shop.locator("loyalty-access")
    buy = shop.locator('[data-product="linen-shirt"]')
    expect(kept).to_contain_text("sign in to see whether it is for you")
    steps.sign_in(shop, AYSE)
    expect(kept.locator("[data-access=segment]")).to_contain_text("kept for Shirt lovers")
    expect(buy).to_be_enabled()
    assert findings(shop, "loyalty-access") == []
    steps.shoot(shop, pictures, "143-early-access", part="loyalty-access")
    shop.locator("#sign-out").click()
    expect(kept).to_contain_text("sign in to see whether it is for you")
    shop.locator(f'[data-customer="{JOHN}"]').click()
    expect(kept.locator("[data-access=closed]")).to_have_text("Kept for Shirt lovers.")
    expect(buy).to_be_disabled()
    steps.shoot(shop, pictures, "144-early-access-closed", part="loyalty-access")


def test_who_is_in_it_and_why_is_told_in_turkish(
    world: World, new_page: Callable[..., Page], pictures: Path
) -> None:
    """What the test before published and kept back."""
    look = TR_DARK_390
    page = new_page(language=look.language, width=look.width, height=look.height)
    frame = open_page(page, "/segments", look)
    expect_kept(frame, "Linen shirt", f"{NAMES['tr']} için ayrıldı.")
    shoot(page, pictures, "206-kept-goods-tr")
    require_accessible(page, "what is kept back in Turkish")
    frame.locator('[data-act="members"]').click()
    expect(frame.locator("table")).to_contain_text("en az %50")
    expect_reasons(frame, "tr")
    shoot(page, pictures, "146-segment-members-tr")
    require_accessible(page, "members of a segment in Turkish")
    frame.locator("table a").first.click()
    frame.locator('[data-tab="segments"]').click()
    expect(frame.locator('[data-member-segment][data-in="true"]')).to_contain_text(NAMES["tr"])
    expect_reasons(frame, "tr")
    shoot(page, pictures, "147-member-segments-tr")
    require_accessible(page, "segments of a member in Turkish")

    shop = new_page(language="tr-TR", width=look.width, height=look.height)
    shop.goto("/shop")
    kept = shop.locator("loyalty-access")
    expect(kept).to_contain_text("giriş yapın")
    steps.sign_in(shop, AYSE)
    expect(kept.locator("[data-access=segment]")).to_have_text(
        f"Bunu şimdiden satın alabilirsiniz: {NAMES['tr']} için ayrıldı."
    )
    assert findings(shop, "loyalty-access") == []
    steps.shoot(shop, pictures, "148-early-access-tr", part="loyalty-access")
    shop.locator("#sign-out").click()
    shop.locator(f'[data-customer="{JOHN}"]').click()
    expect(kept.locator("[data-access=closed]")).to_have_text(f"{NAMES['tr']} için ayrıldı.")
    steps.shoot(shop, pictures, "149-early-access-closed-tr", part="loyalty-access")


def test_more_goods_than_a_page_come_by_a_press(
    world: World, new_page: Callable[..., Page], pictures: Path
) -> None:
    """Each of them once, also where a page of them does not come at first."""
    copies = 60
    metadata = {"loyalty_access": "tier:nobody"}
    world.control("goods", {"product": "black-tea", "copies": copies, "metadata": metadata})
    look = TR_DARK_390
    page = new_page(language=look.language, width=look.width, height=look.height)
    frame = open_page(page, "/segments", look)
    kept = frame.locator('[data-segments="kept"]')
    goods = kept.locator("[data-kept]")
    more = kept.get_by_role("button", name="Daha fazla göster")
    expect(goods).to_have_count(25)
    expect(kept.locator(".kit-more")).to_contain_text("Şimdiye kadar 25 satır")
    shoot(page, pictures, "211-many-kept-goods-tr")
    page.route("**/kept-goods?*after=*", lambda route: route.abort())
    more.click()
    expect(kept.locator("[role=alert]")).to_contain_text("Uygulama yanıt vermiyor")
    expect(goods).to_have_count(25)
    page.unroute("**/kept-goods?*after=*")
    kept.locator("[data-retry]").click()
    expect(goods).to_have_count(50)
    more.click()
    expect(kept.locator(".kit-more button")).to_have_count(0)
    ids = goods.evaluate_all("found => found.map(one => one.dataset.kept)")
    assert len(ids) == len(set(ids)) >= copies
    expect(kept.locator(".kit-more")).to_contain_text(f"{len(ids)} satır")
    require_accessible(page, "many kept goods")
    wide = new_page(width=EN_LIGHT_1440.width, height=EN_LIGHT_1440.height)
    frame = open_page(wide, "/segments", EN_LIGHT_1440)
    frame.locator('[data-segments="kept"] .kit-more button').click()
    expect(frame.locator('[data-segments="kept"] [data-kept]')).to_have_count(50)
    shoot(wide, pictures, "212-many-kept-goods")
