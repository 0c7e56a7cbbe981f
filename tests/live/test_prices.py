"""Prices of a real Saleor as shoppers are told of them: everybody's, their own, and past ones."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import quote

import pytest

from saleor_loyalty_app.clock import system_clock
from tests.live.cart import Cart
from tests.live.patience import until
from tests.live.programs import METHOD, METHOD_PRICE, SPENDING
from tests.live.props import built_in_method, costing, published
from tests.live.scene import Scene
from tests.live.shopper import Shopper

pytestmark = pytest.mark.live

PROGRAM = SPENDING
CENT = Decimal("0.01")
PERCENT = Decimal(10)
#: So many products are asked for at once.
MOST = 100


@pytest.fixture(scope="module", autouse=True)
def method(scene: Scene) -> Iterator[None]:
    """The store ships for the same price always."""
    with built_in_method(scene.shop, METHOD, METHOD_PRICE):
        yield


@pytest.fixture(scope="module")
def shopper(scene: Scene) -> Shopper:
    """Somebody who looks at prices."""
    return Shopper(scene)


def asked(shopper: Shopper, *products: str) -> dict[str, Any]:
    """What the shopper is told of the prices of products."""
    wanted = ",".join(quote(one) for one in products)
    return shopper.read(f"me/prices?channel={shopper.scene.shop.channel}&products={wanted}")


def line(shopper: Shopper, product: str, variant: str) -> dict[str, Any]:
    """What the shopper is told of the price of one variant."""
    items: list[dict[str, Any]] = asked(shopper, product)["items"]
    return next(one for one in items if one["variant"] == variant)


def usd(amount: Decimal) -> dict[str, str]:
    """An amount as the API tells it."""
    return {"amount": f"{amount:.2f}", "currency": "USD"}


def history(scene: Scene) -> dict[str, Any]:
    """What staff are told of the past prices of the channel."""
    channels = scene.told("GET", "price-history")["channels"]
    (found,) = [one for one in channels if one["channel"] == scene.shop.channel]
    return dict(found)


def noting(scene: Scene, *, on: bool) -> None:
    """Staff switch the noting of prices."""
    scene.told("PUT", f"price-history/{scene.shop.channel}", {"on": on, "days": 30})


def test_everything_for_sale_costs_what_everybody_sees(scene: Scene, shopper: Shopper) -> None:
    shown = scene.shop.shown_prices()
    products = sorted({one.product for one in shown.values()})
    told: dict[str, Any] = {}
    for begin in range(0, len(products), MOST):
        page = asked(shopper, *products[begin : begin + MOST])
        assert (page["missing"], page["history"]) == ([], None)
        assert {page["with_tax"]} == {one.with_tax for one in shown.values()}
        told |= {one["variant"]: one for one in page["items"]}
    assert {key: one["price"] for key, one in told.items()} == {
        key: usd(one.price) for key, one in shown.items()
    }
    assert {key: one["regular_price"] for key, one in told.items()} == {
        key: usd(one.regular) for key, one in shown.items()
    }
    assert {(one["personal"] is None, one["lowest"] is None) for one in told.values()} == {
        (True, True)
    }


def test_a_product_has_a_slug_too_and_what_nobody_knows_is_missing(
    scene: Scene, shopper: Shopper
) -> None:
    thing = scene.priced()
    slug = scene.shop.listing(thing.product)["slug"]
    page = asked(shopper, slug, "no-such-product")
    assert page["missing"] == ["no-such-product"]
    assert {one["product"] for one in page["items"]} == {slug}
    assert thing.id in {one["variant"] for one in page["items"]}


@pytest.mark.parametrize("how", ["not", "later"])
def test_what_nobody_sees_yet_is_missing(scene: Scene, shopper: Shopper, how: str) -> None:
    product = scene.another().product
    # What was asked for by another name a moment ago is not remembered by this one.
    name = scene.shop.listing(product)["slug"] if how == "not" else product
    day = system_clock() + timedelta(days=1)
    with published(scene.shop, product, on=how != "not", at=day if how == "later" else None):
        assert product not in {one.product for one in scene.shop.shown_prices().values()}
        until(lambda: asked(shopper, name)["missing"], lambda missing: missing == [name])
    assert product in {one.product for one in scene.shop.shown_prices().values()}
    until(lambda: asked(shopper, name)["missing"], lambda missing: missing == [])


def test_a_price_that_changes_is_told_after_a_while(scene: Scene, shopper: Shopper) -> None:
    thing = scene.priced()
    lower = thing.price - 1
    with costing(scene.shop, thing.id, lower):
        until(
            lambda: line(shopper, thing.product, thing.id)["price"],
            lambda price: price == usd(lower),
        )
    until(
        lambda: line(shopper, thing.product, thing.id)["price"],
        lambda price: price == usd(thing.price),
    )


def test_a_code_makes_a_price_of_ones_own_and_the_order_pays_it(scene: Scene) -> None:
    shopper, thing = Shopper(scene), scene.priced()
    own = thing.price - (thing.price * PERCENT / 100).quantize(CENT, ROUND_HALF_UP)
    noting(scene, on=True)
    read = until(lambda: history(scene), lambda seen: bool(seen["read_at"]))
    assert (read["on"], read["trouble"], read["known_days"]) == (True, "", 1)
    assert read["variants"] == len(scene.shop.shown_prices())
    plain = line(shopper, thing.product, thing.id)
    assert plain["personal"] is None
    lowest = plain["lowest"]
    assert (lowest["price"], lowest["known_days"]) == (usd(thing.price), 1)
    assert (lowest["known_from"], lowest["complete"]) == (read["since"], False)
    assert asked(shopper, thing.product)["history"] == {"days": 30, "since": read["since"]}

    code = f"LIVE{system_clock():%H%M%S%f}"
    now = system_clock()
    terms = {
        "kind": "percent",
        "name": "Live price",
        "texts": {"en": {"title": "10% off"}, "tr": {"title": "%10 indirim"}},
        "starts_at": (now - timedelta(hours=1)).isoformat(),
        "ends_at": (now + timedelta(days=1)).isoformat(),
        "channels": [{"channel": scene.shop.channel, "currency": "USD", "value": str(PERCENT)}],
        "codes": {"sharing": "shared", "code": code, "once_per_customer": True},
    }
    drawn = scene.told("POST", "campaigns", {"terms": terms})
    path = f"campaigns/{drawn['id']}"
    scene.told("POST", f"{path}/schedule", {"version": drawn["version"]})
    until(lambda: scene.told("GET", path), lambda seen: bool(seen["code_counts"]["open"] == 1))
    told = line(shopper, thing.product, thing.id)
    assert (told["price"], told["personal"]["price"]) == (usd(thing.price), usd(own))
    assert (told["personal"]["code"], told["personal"]["minimum"]) == (code, None)
    assert told["lowest"] is None, "of the days before the campaign nothing is known"

    cart = Cart.filled(scene.shop, {thing.id: 1}, email=shopper.email, token=shopper.token())
    cart.choose(METHOD)
    cart.put_code(code)
    assert cart.subtotal() == own
    cart.buy()
    until(
        lambda: line(shopper, thing.product, thing.id)["personal"],
        lambda personal: personal is None,
    )
    noting(scene, on=False)
    assert asked(shopper, thing.product)["history"] is None
    scene.told("POST", f"{path}/stop")


def test_the_books_add_up_and_the_doctor_finds_nothing_wrong(scene: Scene) -> None:
    scene.command("audit")
    scene.command("doctor")
