"""Prices over the APIs: the owner has them noted, a shopper sees theirs beside everybody's."""

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.programs.yaml_text import parse_yaml
from sandbox.box import id_of
from sandbox.model.catalog import Channel
from tests.campaign_stage import RECIPES, buy, recipe, start, terms_of
from tests.integration.api.spending_scene import STOREFRONT, SpendingScene
from tests.price_stage import CHANNEL, as_in_saleor, go_through, read_all, shirt, watch
from tests.redemption_stage import OTHER, SHOPPER
from tests.signing import SigningKey

HISTORY = "/api/dashboard/v1/price-history"


@pytest.fixture
def scene(database: Database, key: SigningKey) -> Iterator[SpendingScene]:
    """A shop that shows prices without tax, and its two shoppers."""
    made = SpendingScene(database, key, limits={})
    assert not web(made).prices_entered_with_tax
    web(made).display_gross_prices = False
    as_in_saleor(made.stage)
    yield made
    made.close()


def web(scene: SpendingScene) -> Channel:
    """The channel that is shopped in."""
    found = scene.stage.box.store.channel_by_slug(CHANNEL)
    assert found is not None
    return found


def ask(
    scene: SpendingScene, products: str = "linen-shirt", *, email: str = SHOPPER, **headers: str
) -> dict[str, Any]:
    answer = scene.edge.get(
        f"{STOREFRONT}/me/prices?channel={CHANNEL}&products={products}",
        scene.headers(email, **headers),
    )
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def line(scene: SpendingScene, **more: Any) -> dict[str, Any]:
    variant = id_of(shirt(scene.stage))
    return next(one for one in ask(scene, **more)["items"] if one["variant"] == variant)


def staff(scene: SpendingScene, method: str, path: str = "", body: Any = None) -> httpx.Response:
    edge = scene.edge
    return edge.send(method, f"{HISTORY}{path}", edge.staff(scene.stage.store), body)


def usd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


def test_the_recipe_of_a_personal_price_tells_what_it_says(scene: SpendingScene) -> None:
    stage = scene.stage
    text = (RECIPES / "personal-price.md").read_text(encoding="utf-8")
    [block] = re.findall(r"^```yaml prices\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    prices: Any = parse_yaml(block)
    said = prices["linen-shirt"]
    assert staff(scene, "PUT", f"/{CHANNEL}", {"on": True}).status_code == 200
    go_through(stage, *[said["before"][day % len(said["before"])] for day in range(30)])
    shirt(stage).prices[CHANNEL] = Decimal(said["shown"])
    begins = stage.now
    moments = {"starts_at": begins, "ends_at": begins + timedelta(days=30)}
    terms = recipe("personal-price") | {key: at.isoformat() for key, at in moments.items()}
    start(stage, terms)
    shown = line(scene)
    assert (shown["price"], shown["regular_price"]) == (usd(said["shown"]), usd(said["shown"]))
    personal = shown["personal"]
    assert (personal["price"], personal["code"]) == (usd(said["personal"]), said["code"])
    assert (personal["own"], personal["minimum"], personal["condition"]) == (False, None, "")
    lowest = shown["lowest"]
    assert (lowest["price"], lowest["complete"], lowest["known_days"]) == (
        usd(said["lowest"]),
        True,
        30,
    )
    assert lowest["to"] == (begins.date() - timedelta(days=1)).isoformat()
    charged = stage.price(stage.cart(1))
    cart = stage.cart(1)
    stage.put_code(cart, said["code"])
    assert charged - stage.price(cart) == (Decimal("75.00") - Decimal("67.50")) * Decimal("1.08")

    read_all(stage)
    buy(stage, said["code"], quantity=1)
    used = line(scene)
    assert used["personal"] is None
    assert used["lowest"]["price"] == usd("67.50"), "with the code, today's price was lower"
    assert line(scene, email=OTHER)["personal"]["price"] == usd(said["personal"])


def test_codes_of_ones_own_amounts_and_minimums_say_what_they_ask_for(
    scene: SpendingScene,
) -> None:
    stage = scene.stage
    [value] = terms_of(stage)["channels"]
    free = terms_of(stage, kind="free_shipping", codes={"sharing": "shared", "code": "SHIPFREE"})
    start(stage, free)
    assert line(scene)["personal"] is None
    more = [value | {"value": "40", "minimum": "100"}]
    start(stage, terms_of(stage, channels=more, codes={"sharing": "shared", "code": "FORTY"}))
    asks = line(scene)["personal"]
    assert (asks["price"], asks["minimum"]) == (usd("45.00"), usd("100.00"))
    assert asks["condition"] == "From goods of $100.00 on."
    amount = [value | {"value": "5"}]
    codes = {"sharing": "shared", "code": "FIVE"}
    start(stage, terms_of(stage, kind="amount", channels=amount, codes=codes))
    five = line(scene, **{"Accept-Language": "tr"})["personal"]
    assert (five["price"], five["once_per_order"]) == (usd("70.00"), True)
    assert five["condition"] == "Siparişte tek ürün için."
    start(stage, terms_of(stage, codes={"sharing": "personal"}))
    mine, others = line(scene)["personal"], line(scene, email=OTHER)["personal"]
    assert (mine["price"], mine["own"]) == (usd("67.50"), True)
    assert mine["code"] != others["code"]
    french = {"languages": ["fr"]}
    high = [value | {"value": "90"}]
    codes = {"sharing": "shared", "code": "FRENCH"}
    start(stage, terms_of(stage, channels=high, audience=french, codes=codes))
    assert line(scene)["personal"]["price"] == usd("67.50")


def test_a_code_without_uses_left_is_nobodys_any_more(scene: SpendingScene) -> None:
    stage = scene.stage
    codes = {"sharing": "shared", "code": "FIRST", "uses": 1, "once_per_customer": False}
    start(stage, terms_of(stage, codes=codes))
    assert line(scene, email=OTHER)["personal"]["code"] == "FIRST"
    buy(stage, "FIRST")
    assert line(scene, email=OTHER)["personal"] is None


def test_where_the_channel_shows_tax_the_price_is_with_tax(scene: SpendingScene) -> None:
    stage = scene.stage
    web(scene).display_gross_prices = True
    as_in_saleor(stage)
    start(stage, terms_of(stage))
    shown = line(scene)
    assert (shown["price"], shown["personal"]["price"]) == (usd("81.00"), usd("72.90"))
    assert ask(scene)["with_tax"] is True


def test_products_are_found_by_slug_and_id_and_remembered_for_a_minute(
    scene: SpendingScene,
) -> None:
    stage = scene.stage
    product = shirt(stage).product
    told = ask(scene, f"{product.slug},{id_of(product)},no-such")
    assert {one["product"] for one in told["items"]} == {product.slug, id_of(product)}
    assert (told["missing"], told["history"]) == (["no-such"], None)
    asked = stage.network.operations.count("ShownPrices")
    shirt(stage).prices[CHANNEL] = Decimal("50.00")
    assert line(scene)["price"] == usd("75.00")
    assert stage.network.operations.count("ShownPrices") == asked
    stage.box.clock.advance(timedelta(seconds=61))
    assert line(scene)["price"] == usd("50.00")
    url = f"{STOREFRONT}/me/prices?products=a&channel="
    assert scene.edge.get(f"{url}no-such", scene.headers()).json()["error"]["code"] == (
        "channel_unknown"
    )
    assert scene.edge.get(f"{url}{CHANNEL}", {}).status_code == 401
    private = scene.edge.get(f"{url}{CHANNEL}", scene.headers())
    assert "no-store" in private.headers["cache-control"]


def test_what_is_not_known_yet_is_not_told_as_known(scene: SpendingScene) -> None:
    stage = scene.stage
    watch(stage, days=10)
    start(stage, terms_of(stage, starts_at=stage.now.isoformat()))
    assert ask(scene)["history"] == {"days": 10, "since": None}
    assert line(scene)["lowest"] is None
    read_all(stage)
    today = stage.now.date().isoformat()
    assert ask(scene)["history"] == {"days": 10, "since": today}
    assert line(scene)["lowest"] is None, "nothing is known of the days before the campaign"
    stage.box.clock.advance(timedelta(days=1))
    go_through(stage, "75.00")
    begins = stage.now
    codes = {"sharing": "shared", "code": "LATER"}
    [value] = terms_of(stage)["channels"]
    terms = terms_of(stage, channels=[value | {"value": "30"}], codes=codes)
    start(stage, terms | {"starts_at": begins.isoformat()})
    lowest = line(scene)["lowest"]
    assert (lowest["known_from"], lowest["known_days"], lowest["complete"]) == (today, 2, False)
    assert lowest["price"] == usd("67.50"), "the code for everybody that ran before counts"


def test_the_owner_switches_a_channel_on_and_sees_what_is_known(scene: SpendingScene) -> None:
    stage = scene.stage

    def channel(page: Any) -> dict[str, Any]:
        return next(one for one in page["channels"] if one["channel"] == CHANNEL)

    off = channel(staff(scene, "GET").json())
    assert (off["on"], off["days"], off["since"], off["known_days"]) == (False, 30, None, 0)
    answer = staff(scene, "PUT", f"/{CHANNEL}", {"on": True, "days": 10})
    on = channel(answer.json())
    assert (on["on"], on["days"], on["since"], on["read_at"]) == (True, 10, None, None)
    go_through(stage, "75.00", "74.00")
    known = channel(staff(scene, "GET").json())
    assert (known["known_days"], known["trouble"]) == (2, ""), "nothing was read today"
    assert known["variants"] > 5
    assert known["read_at"] is not None
    assert staff(scene, "PUT", "/no-such", {"on": True}).json()["error"]["code"] == (
        "channel_unknown"
    )
    assert staff(scene, "PUT", f"/{CHANNEL}", {"on": True, "days": 20}).status_code == 422
    sees = scene.edge.staff(stage.store, user_permissions=["MANAGE_ORDERS"])
    refused = scene.edge.send("PUT", f"{HISTORY}/{CHANNEL}", sees, {"on": False})
    assert refused.status_code == 403
    stopped = channel(staff(scene, "PUT", f"/{CHANNEL}", {"on": False}).json())
    assert (stopped["on"], stopped["known_days"]) == (False, 0)
