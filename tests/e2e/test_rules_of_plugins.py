"""A plugin's condition and effect in the Dashboard: chosen, set up, published, and they earn."""

import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from demo import processes
from demo.setup import ROOT, prepare
from tests.e2e import steps
from tests.e2e.conftest import World, start_store, up
from tests.e2e.dashboard import EN_LIGHT_1440, LOOKS, Look, open_page, require_accessible, shoot
from tests.loopback import ask
from tests.ports import free_port

pytestmark = pytest.mark.browser
SENTENCES = {
    "en": ("ach product with a deposit earns 1000 points", "the day is between 01-01 and 12-31"),
    "tr": ("epozitolu her ürün 1000 puan", "tarih 01-01 ile 12-31 arasında"),
}


def installed_example(folder: Path) -> Path:
    """The example as pip lays it out: its package, and the entry point that leads to it."""
    site = folder / "site"
    package = ROOT / "examples" / "loyalty-rules-example" / "loyalty_rules_example"
    shutil.copytree(package, site / package.name, ignore=shutil.ignore_patterns("__pycache__"))
    told = site / "loyalty_rules_example-1.0.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: loyalty-rules-example\nVersion: 1.0.0\n"
    )
    (told / "entry_points.txt").write_text(
        "[saleor_loyalty_app.plugins]\ngreen-rules = loyalty_rules_example:PLUGIN\n"
        "broken = loyalty_rules_example:ABSENT\n"
    )
    return site


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A store that installed an app beside which the example is installed."""
    folder = tmp_path_factory.mktemp("plugins")
    places = prepare(folder, app_port=free_port(), store_port=free_port())
    path = f"{installed_example(folder)}:{ROOT}"
    started: list[processes.Process] = []
    try:
        started.append(start_store(places))
        started.append(
            processes.start(
                "The app",
                [sys.executable, "-m", "saleor_loyalty_app", "serve", "--port",
                 str(places.app_port)],
                environment=places.environment() | {"PYTHONPATH": path},
                folder=places.folder,
                output=places.folder / "app.log",
            )
        )  # fmt: skip
        running = up(places, started)
        answer = running.control("install", {"manifest_url": f"{running.app_url}/api/manifest"})
        assert "app_id" in answer, answer
        yield running
    finally:
        processes.stop(started)


def write_rule(frame: FrameLocator) -> None:
    frame.locator('[data-rules="add"]').click()
    frame.locator('input[name$=".name.en"]').fill("Deposits")
    frame.locator('input[name$=".name.tr"]').fill("Depozitolar")
    frame.locator("[data-add]").last.select_option("plugin green-rules.season")
    frame.locator('textarea[name*=".when."]').fill('{"start": "01-01", "end": "12-31"}')
    frame.locator('select[name$=".then.kind"]').select_option("plugin")
    frame.locator('select[name$=".then.plugin"]').select_option("green-rules.deposit")
    settings = '{"sku_begins": "LINEN-", "points": 1000}'
    frame.locator('textarea[name$=".then.settings"]').fill(settings)
    frame.locator('input[name$=".then.most"]').fill("5000")


def test_the_app_tells_which_plugins_it_uses_and_which_it_cannot(world: World) -> None:
    ready = ask("GET", f"{world.app_url}/ready").json()
    assert ready["ready"] is True
    assert ready["plugins"] == {"green-rules": "1.0.0"}
    assert "ABSENT" in ready["broken_plugins"]["broken"]


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_what_a_plugin_brings_is_chosen_and_reads_as_a_sentence(
    world: World, new_page: Callable[..., Page], pictures: Path, look: Look
) -> None:
    page = new_page(language=look.language, width=look.width, height=look.height)
    frame = open_page(page, "/rules", look)
    write_rule(frame)
    for part in SENTENCES[look.language]:
        expect(frame.locator("[data-sentence]")).to_contain_text(part)
    shoot(page, pictures, f"112-rules-of-plugins-{look.name}")
    require_accessible(page, f"rules of plugins {look.name}")
    frame.locator('textarea[name*=".when."]').fill('{"start": "02-31"')
    expect(frame.locator('[data-condition="plugin"] .kit-wrong').first).to_be_visible()
    frame.locator('textarea[name*=".when."]').fill('{"start": "02-31", "end": "12-31"}')
    expect(frame.locator('[data-condition="plugin"] .rules-problems')).to_be_visible()
    require_accessible(page, f"rules of plugins with a problem {look.name}")
    frame.locator('[data-savebar="discard"]').click()
    expect(frame.locator("[data-rule]")).to_have_count(1)


def test_a_published_rule_of_a_plugin_earns_by_what_it_works_out(
    world: World, new_page: Callable[..., Page]
) -> None:
    page = new_page(width=EN_LIGHT_1440.width, height=EN_LIGHT_1440.height)
    frame = open_page(page, "/rules", EN_LIGHT_1440)
    write_rule(frame)
    frame.locator('[data-savebar="save"]').click()
    expect(frame.locator('[data-savebar="save"]')).to_be_disabled()
    steps.publish(page)
    steps.sign_in(page, "john@example.com")
    steps.fill_cart(page, "linen-shirt", "ceramic-cup")
    steps.check_out(page)
    expect(steps.points(page, "pending")).to_have_text(re.compile(r"^1[.,]\d{3}$"))
