"""The app within the store's Dashboard: opened at a page, in a language, theme and width."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import FrameLocator, Page, expect

from tests.e2e import steps

ROOT = Path(__file__).parents[2]
AXE = ROOT / "dashboard_extension" / "node_modules" / "axe-core" / "axe.min.js"
#: What axe calls these stops nobody; all above must not be there.
_TOLERATED = ("minor", "moderate")


@dataclass(frozen=True, slots=True)
class Look:
    """How somebody looks at the pages."""

    name: str
    language: str
    theme: str
    width: int
    height: int


_HEIGHTS = {390: 844, 768: 1024, 1440: 1000}
MATRIX = {
    name: Look(name, language, theme, width, height)
    for language in ("en", "tr")
    for theme in ("light", "dark")
    for width, height in _HEIGHTS.items()
    for name in [f"{language}-{theme}-{width}"]
}
EN_LIGHT_1440, TR_DARK_390 = MATRIX["en-light-1440"], MATRIX["tr-dark-390"]
#: Each page is looked at in these: in two, and in all of them by `make soak`.
LOOKS = (
    tuple(MATRIX.values())
    if os.environ.get("LOYALTY_TEST_DEPTH") == "soak"
    else (EN_LIGHT_1440, TR_DARK_390)
)


def open_page(page: Page, path: str = "/", look: Look = EN_LIGHT_1440) -> FrameLocator:
    """Opens a page of the app in the Dashboard, and waits until it shows its title.

    `page` comes from `new_page(language=look.language, width=look.width, height=look.height)`.
    """
    page.goto(f"/dashboard#{path}")
    page.locator(f'input[name="theme"][value="{look.theme}"]').check(force=True)
    page.locator(f'input[name="locale"][value="{look.language}"]').check(force=True)
    frame = steps.app(page)
    expect(frame.locator("html")).to_have_attribute("lang", look.language)
    expect(frame.locator("html")).to_have_attribute("data-theme", look.theme)
    _all_there(frame)
    return frame


def follow(frame: FrameLocator, path: str) -> None:
    """Goes on to another page of the app by its link or tab, and waits until all of it is there."""
    # A page's own tabs stand below the navigation, and the first of them has the page's address.
    link = frame.locator(f'nav a[href="{path}"]').last
    link.click()
    expect(link).to_have_attribute("aria-current", "page")
    _all_there(frame)


def _all_there(frame: FrameLocator) -> None:
    expect(frame.locator("main h1")).to_be_visible()
    expect(frame.locator(".kit-skeleton")).to_have_count(0)


def require_accessible(
    page: Page, name: str, which: str = "#dash-main iframe", *, headed: bool = True
) -> None:
    """Fails for what axe calls serious or critical in a frame, and for what is wider than it.

    `headed`: the frame is a page and has a first heading, which widgets have outside of theirs.
    """
    frame = page.locator(which).element_handle().content_frame()
    assert frame is not None
    wide = frame.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{name} is {wide} px too wide"
    if not frame.evaluate("'axe' in window"):
        frame.evaluate(f"{AXE.read_text('utf-8')}; undefined")
    rules = {"page-has-heading-one": {"enabled": headed}}
    found: dict[str, Any] = frame.evaluate(
        "rules => axe.run(document, {rules, resultTypes: ['violations'],"
        " selectors: false, preload: false})",
        rules,
    )
    serious = [
        {"rule": one["id"], "help": one["help"], "where": [node["html"] for node in one["nodes"]]}
        for one in found["violations"]
        if one["impact"] not in _TOLERATED
    ]
    assert serious == [], f"{name}: {json.dumps(serious, indent=1, ensure_ascii=False)}"


def shoot(page: Page, folder: Path, name: str) -> None:
    """A screenshot of the whole page of the app, as high as its content is."""
    handle = page.locator("#dash-main iframe")
    frame = handle.element_handle().content_frame()
    assert frame is not None
    page.evaluate("window.scrollTo(0, 0)")
    with _as_high_as(page, int(frame.evaluate("document.documentElement.scrollHeight"))):
        steps.shoot(page, folder, name)


@contextmanager
def _as_high_as(page: Page, content: int) -> Iterator[None]:
    size = page.viewport_size
    assert size is not None
    # On a telephone the Dashboard's own menu stands above the frame.
    box = page.locator("#dash-main iframe").bounding_box()
    above = 0 if box is None else int(box["y"])
    height = max(size["height"], content + above + 100)
    page.set_viewport_size({"width": size["width"], "height": height})
    try:
        yield
    finally:
        page.set_viewport_size(size)


def press(frame: FrameLocator, selector: str) -> None:
    """Presses a button, also below the edge of a narrow window, where a frame is not drawn."""
    expect(frame.locator(selector)).to_be_enabled()
    frame.locator(selector).evaluate("button => button.click()")
