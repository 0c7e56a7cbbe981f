"""The recipes of docs/storefront do what they say, on the store in a box."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from demo.setup import ROOT
from demo.staff import STAFF, Counter
from tests.e2e import steps
from tests.e2e.axe import findings
from tests.e2e.conftest import World
from tests.e2e.demo_world import demo_world
from tests.loopback import ask

pytestmark = pytest.mark.browser
RECIPES = ROOT / "docs" / "storefront"
COMPILER = ROOT / "dashboard_extension" / "node_modules" / "typescript"
AYSE, JOHN, PASSWORD = "ayse@example.com", "john@example.com", "password"
CHANNEL = "default-channel"
_VARIANTS = """query { products(first: 50, channel: "default-channel") {
  edges { node { slug variants { id } } } } }"""
_UNPAID = """mutation ($id: ID!) {
  channelUpdate(id: $id, input: {orderSettings: {allowUnpaidOrders: true}}) { errors { message } }
}"""
_CART = """mutation ($input: CheckoutCreateInput!) {
  checkoutCreate(input: $input) { checkout { id } errors { message } }
}"""
_TOTAL = "query ($id: ID!) { checkout(id: $id) { discount { amount } } }"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The demo: its customers have points to spend."""
    with demo_world(tmp_path_factory.mktemp("recipes")) as running:
        yield running


def api_of(world: World) -> str:
    """The address of the store's API, as the store itself says it."""
    with Counter(world.store_url) as counter:
        url: str = counter.ask("query { shop { domain { url } } }", {})["shop"]["domain"]["url"]
    return f"{url.rstrip('/')}/graphql/"


def variants(world: World) -> dict[str, str]:
    with Counter(world.store_url) as counter:
        catalog = counter.ask(_VARIANTS, {}, counter.sign_in(*STAFF))
    edges = catalog["products"]["edges"]
    return {edge["node"]["slug"]: edge["node"]["variants"][0]["id"] for edge in edges}


def allow_unpaid(world: World) -> None:
    """Orders may be placed before they are paid."""
    with Counter(world.store_url) as counter:
        staff = counter.sign_in(*STAFF)
        found = counter.ask("query { channels { id slug } }", {}, staff)["channels"]
        channel = next(one["id"] for one in found if one["slug"] == CHANNEL)
        counter.ask(_UNPAID, {"id": channel}, staff)


def points_of(world: World, email: str) -> dict[str, Any]:
    with Counter(world.store_url) as counter:
        token = counter.sign_in(email)
    answer = ask(
        "GET",
        f"{world.app_url}/api/storefront/v1/me",
        headers={"Authorization": f"Bearer {token}"},
    )
    found: dict[str, Any] = answer.raise_for_status().json()["points"]
    return found


def recipe_page(world: World) -> str:
    """The plain page with this world's addresses, and the script pinned as it advises."""
    text = (RECIPES / "html" / "index.html").read_text("utf-8")
    manifest = ask("GET", f"{world.app_url}/storefront/v1/manifest.json").json()
    file = manifest["files"]["loyalty.js"]
    pinned = f'src="{world.app_url}{file["path"]}" integrity="{file["integrity"]}"'
    for said, meant in (
        ('src="https://loyalty.example.com/storefront/v1/loyalty.js"', pinned),
        ("https://shop.example.com/graphql/", api_of(world)),
    ):
        assert text.count(said) == 1
        text = text.replace(said, meant)
    return text


@pytest.fixture
def plain_shop(world: World, tmp_path: Path) -> Iterator[str]:
    """The plain page on a web server of its own: another origin than the store and the app."""
    (tmp_path / "index.html").write_text(recipe_page(world), "utf-8")
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()


def test_the_plain_page_sells_shows_what_is_earned_and_spends_points(
    world: World, plain_shop: str, new_page: Callable[..., Page], pictures: Path
) -> None:
    allow_unpaid(world)
    before = points_of(world, AYSE)
    shop = new_page(height=1500)
    shop.goto(plain_shop)
    shirt = shop.locator("li", has=shop.locator('[data-product="linen-shirt"]'))
    expect(shirt.locator("loyalty-estimate")).to_contain_text("Earn 75 points")
    expect(shop.locator("loyalty-points")).to_be_hidden()
    shop.locator("#email").fill(AYSE)
    shop.locator("#password").fill(PASSWORD)
    shop.keyboard.press("Enter")
    expect(shop.locator("loyalty-points")).to_contain_text(f"{before['available']} points")
    shop.locator('[data-product="linen-shirt"]').click()
    cart = shop.locator("#cart")
    expect(cart.locator("loyalty-estimate")).to_contain_text("You will earn 75 points")
    expect(cart.locator("[data-missing=free-shipping]")).to_contain_text("$25.00 more")
    shop.locator("#spend-points").fill("100")
    shop.locator("#spend").click()
    expect(shop.locator("[data-spent='100']")).to_be_visible()
    expect(shop.locator("#total")).to_have_text(re.compile(r"^\$7"))
    assert findings(shop) == []
    steps.shoot(shop, pictures, "70-recipe-html", whole=True)
    shop.locator("#order").click()
    expect(shop.locator("#said")).to_contain_text("is placed")
    available = str(before["available"] - 100)
    expect(shop.locator("loyalty-panel [data-points=available]")).to_have_text(available)


@pytest.mark.parametrize("silent", ["/storefront/v1/", "/api/storefront/"])
def test_the_plain_page_sells_although_the_loyalty_app_never_answers(
    world: World, plain_shop: str, new_page: Callable[..., Page], silent: str
) -> None:
    allow_unpaid(world)
    shop = new_page(height=1500)
    kept: list[Route] = []
    shop.route(
        lambda url: url.startswith(f"{world.app_url}{silent}"), lambda route: kept.append(route)
    )
    shop.goto(plain_shop, wait_until="commit")
    shop.locator("#email").fill(AYSE)
    shop.locator("#password").fill(PASSWORD)
    shop.keyboard.press("Enter")
    shop.locator('[data-product="linen-shirt"]').click()
    expect(shop.locator("#total")).to_have_text("$81.00")
    shop.locator("#order").click()
    expect(shop.locator("#said")).to_contain_text("is placed")
    assert kept


def test_the_mobile_sequence_spends_gives_back_and_spends_again(world: World) -> None:
    before = points_of(world, JOHN)
    result = subprocess.run(
        ["bash", RECIPES / "mobile.sh"],
        env={
            **os.environ, "SALEOR": f"{world.store_url}/graphql/", "LOYALTY": world.app_url,
            "EMAIL": JOHN, "PASSWORD": PASSWORD, "CHANNEL": CHANNEL, "POINTS": "60",
            "VARIANT": variants(world)["wool-scarf"], "no_proxy": "*",
        },
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    assert '"earns": 45' in result.stdout
    assert '"state": "released"' in result.stdout
    assert '"state":"attached"' in result.stdout.splitlines()[-1]
    assert points_of(world, JOHN)["held"] == before["held"] + 60


def test_the_mobile_sequence_says_in_words_why_points_are_not_spent(world: World) -> None:
    result = subprocess.run(
        ["bash", RECIPES / "mobile.sh"],
        env={
            **os.environ, "SALEOR": f"{world.store_url}/graphql/", "LOYALTY": world.app_url,
            "EMAIL": JOHN, "PASSWORD": PASSWORD, "CHANNEL": CHANNEL, "POINTS": "10",
            "VARIANT": variants(world)["wool-scarf"], "LANGUAGE_TAG": "tr", "no_proxy": "*",
        },
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert result.returncode == 1
    assert "50" in result.stderr
    assert "puan" in result.stderr


def test_the_server_of_a_next_storefront_spends_gives_back_and_begins_sessions(
    world: World, tmp_path: Path
) -> None:
    node = shutil.which("node") or shutil.which("node", path=ROOT / ".venv" / "bin")
    assert node, "Node 20 or newer is needed: run make pages."
    with Counter(world.store_url) as counter:
        token = counter.sign_in(AYSE)
        lines = [{"variantId": variants(world)["wool-scarf"], "quantity": 1}]
        wanted = {"channel": CHANNEL, "email": AYSE, "lines": lines}
        made = counter.ask(_CART, {"input": wanted}, token)["checkoutCreate"]["checkout"]
    (tmp_path / "run.mjs").write_text(
        f"""
import ts from {json.dumps(str(COMPILER / "lib" / "typescript.js"))};
import {{ readFileSync, writeFileSync }} from "node:fs";
const source = readFileSync({json.dumps(str(RECIPES / "nextjs" / "loyalty.ts"))}, "utf8");
const options = {{ module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 }};
writeFileSync("loyalty.mjs", ts.transpileModule(source, {{ compilerOptions: options }}).outputText);
const loyalty = await import("./loyalty.mjs");
const [checkout, token] = process.argv.slice(2);
const cart = await loyalty.readCheckout(checkout, token, "en");
const spent = await loyalty.spend(checkout, 55, "a-wish", token, "en");
const same = await loyalty.spend(checkout, 55, "a-wish", token, "en");
const back = await loyalty.giveBack(spent.id, token, "en");
const refused = await loyalty.spend(checkout, 10, "another", token, "tr").catch((one) => one);
const session = await loyalty.beginSession("https://shop.example.com", token, "en");
const script = await loyalty.components();
console.log(JSON.stringify({{ cart, spent, same, back, session, script,
  code: refused.problem.code, words: refused.message }}));
"""
    )
    result = subprocess.run(
        [node, "run.mjs", made["id"], token],
        cwd=tmp_path,
        env={**os.environ, "LOYALTY_URL": world.app_url},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    told = json.loads(result.stdout)
    assert told["cart"]["earning"]["points"] == 45
    assert (told["spent"]["state"], told["back"]["state"]) == ("attached", "released")
    assert told["same"]["id"] == told["spent"]["id"]
    assert told["code"] == "below_minimum_points"
    assert "50" in told["words"]
    assert told["session"]["origin"] == "https://shop.example.com"
    assert told["script"]["src"].startswith(f"{world.app_url}/storefront/v1/loyalty.js?v=")
