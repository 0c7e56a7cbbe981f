"""The store and the app as real processes, and a real browser in front of them."""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from demo import processes
from demo.setup import ROOT, Places, prepare
from saleor_loyalty_app import cli
from sandbox import __main__ as sandbox
from tests import nursery
from tests.loopback import ask
from tests.ports import free_port

#: One that has no windows does a page in half the processor time of a whole browser.
BROWSERS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
#: No processor is spent on what a short life cannot earn back: pages are drawn without a graphics
#: card in any case, and scripts that run for a second are not worth an optimizing compiler.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-software-rasterizer",
    "--js-flags=--no-opt --no-maglev",
)
#: The Dashboard loads each frame twice, which is half of what most tests would do in the browser.
ONE_LOAD = """
try { if (top === self) sessionStorage.setItem("sandbox.frame_loads", "1"); } catch { /* blank */ }
"""
WIDTH, HEIGHT = 1280, 860
PATIENCE_MS = 45_000
expect.set_options(timeout=PATIENCE_MS)


@dataclass(frozen=True)
class World:
    """Where the store and the app answer."""

    store_url: str
    app_url: str
    gift_card_file: Path

    def state(self) -> dict[str, object]:
        """What the store's control API says."""
        found: dict[str, object] = ask("GET", f"{self.store_url}/_control/state").json()
        return found

    def read(self, name: str) -> dict[str, Any]:
        """What the store's control API tells."""
        answer = ask("GET", f"{self.store_url}/_control/{name}")
        found: dict[str, Any] = answer.raise_for_status().json()
        return found

    def control(self, name: str, body: Mapping[str, object]) -> dict[str, object]:
        """Asks the store's control API for something."""
        answer = ask("POST", f"{self.store_url}/_control/{name}", json=body)
        answer.raise_for_status()
        found: dict[str, object] = answer.json()
        return found


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A fresh store and a fresh app that do not know each other yet."""
    places = prepare(tmp_path_factory.mktemp("world"), app_port=free_port(), store_port=free_port())
    started: list[processes.Process] = []
    try:
        started.append(start_store(places))
        started.append(start_app(places))
        yield up(places, started)
    finally:
        processes.stop(started)


@pytest.fixture(scope="module")
def installed(world: World) -> World:
    """The app is installed, and nothing published yet."""
    answer = world.control("install", {"manifest_url": f"{world.app_url}/api/manifest"})
    assert "app_id" in answer, answer
    return world


def up(places: Places, started: list[processes.Process]) -> World:
    """Waits until store and app answer."""
    processes.wait_until_up(started[0], f"{places.store_url}/_control/state")
    processes.wait_until_up(started[1], f"{places.app_url}/ready")
    return World(places.store_url, places.app_url, places.gift_card_file)


def start_store(places: Places, *more: str) -> processes.Process:
    """The store in a box, as `python -m sandbox`, with `more` of its options."""
    arguments = ["--port", str(places.store_port), "--clock-file", str(places.clock_file), *more]
    return _start("The store", sandbox.main, arguments, places, "store.log")


def start_app(places: Places) -> processes.Process:
    """The app, as `saleor-loyalty serve`."""
    arguments = ["serve", "--port", str(places.app_port)]
    return _start("The app", cli.run, arguments, places, "app.log")


def _start(
    name: str, main: Callable[[list[str]], int], arguments: list[str], places: Places, log: str
) -> processes.Process:
    output = places.folder / log
    return processes.Process(
        name, nursery.start(main, arguments, places.environment(), output), output
    )


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The Chromium of the system; LOYALTY_BROWSER names another one.

    Ends with this package: playwright's loop would stand in the way of tests that run their own.
    """
    found = os.environ.get("LOYALTY_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), "")
    if not found:
        pytest.fail(
            "No Chromium was found for the browser tests: install it (on Debian and Ubuntu: "
            "apt install chromium-headless-shell, or chromium), or name one with LOYALTY_BROWSER."
        )
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield launched
        launched.close()


class Faulty(AssertionError):
    """The page itself failed, whatever the test looked at."""


@pytest.fixture
def new_page(browser: Browser, world: World) -> Iterator[Callable[..., Page]]:
    """Opens pages of the store, each in a browser of its own; a script's fault fails the test.

    With `as_dashboard` frames are loaded as often as the real Dashboard loads them.
    """
    faults: list[str] = []
    contexts = []

    def opened(
        *,
        language: str = "en-US",
        width: int = WIDTH,
        height: int = HEIGHT,
        as_dashboard: bool = False,
    ) -> Page:
        context = browser.new_context(
            base_url=world.store_url,
            locale=language,
            timezone_id="UTC",
            viewport={"width": width, "height": height},
            # What moves while a page loads is drawn sixty times a second.
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_MS)
        if not as_dashboard:
            context.add_init_script(ONE_LOAD)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        return page

    yield opened
    for context in contexts:
        context.close()
    if faults:
        raise Faulty("; ".join(faults))


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Where screenshots are kept."""
    folder = Path(os.environ.get("LOYALTY_ARTIFACTS", ROOT / "artifacts")) / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
