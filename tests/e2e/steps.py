"""What a person does on the pages of the store, one function a deed."""

import base64
import re
from pathlib import Path

from playwright.sync_api import FrameLocator, Locator, Page, expect

MANIFEST_ADDRESS = "#manifest-url"


def install(page: Page) -> None:
    """Installs the app by the manifest address that the Dashboard offers."""
    page.goto("/dashboard")
    page.locator("#install-open").click()
    page.locator("#install-submit").click()
    expect(page.locator("#dash-main iframe")).to_be_visible()


def app(page: Page) -> FrameLocator:
    """The app's page within the Dashboard, loaded for the last time."""
    return page.frame_locator("#dash-main iframe[data-loaded]")


def pick(frame: FrameLocator, words: str, reference: str) -> None:
    """Searches the store for words that only one thing is called by, and takes it.

    Before they are answered it stands among others, and moves when they are: a press may miss it.
    """
    frame.locator('input[name="search"]').fill(words)
    expect(frame.locator("[data-pick]")).to_have_count(1)
    frame.locator(f'[data-pick="{reference}"]').click()


def publish(page: Page) -> None:
    """Publishes the proposed program: looks at what changes, asks, says yes, and goes back."""
    page.goto("/dashboard#/publish")
    frame = app(page)
    frame.locator('[data-publish="ask"]').click()
    frame.locator('[data-dialog="yes"]').click()
    expect(page.locator(".toast.good").last).to_be_visible()
    page.goto("/dashboard#/")
    expect(program(page)).to_have_attribute("data-program-state", "in_force")


def program(page: Page) -> Locator:
    """Where the program stands, on the start page of the app."""
    return app(page).locator("[data-program-state]")


def sign_in(page: Page, email: str) -> None:
    """Signs in to the shop as a customer."""
    page.goto("/shop")
    page.locator(f'[data-customer="{email}"]').click()
    expect(page.locator("#sign-out")).to_be_visible()


def fill_cart(page: Page, *products: str) -> None:
    """Puts one of each product into the cart; of one that is named twice, two."""
    for product in products:
        page.locator(f'[data-product="{product}"]').click()
    expect(page.locator(".cart-lines li")).to_have_count(len(set(products)))


def add(page: Page, product: str) -> None:
    """Puts one more product into the cart, whatever is in it."""
    page.locator(f'[data-product="{product}"]').click()


def begin_checkout(page: Page) -> None:
    """Goes from the cart to the checkout."""
    page.locator("#to-checkout").click()
    expect(page.locator("#pay-full")).to_be_visible()


def spend(page: Page, amount: int) -> None:
    """Spends points at the checkout, and waits until the discount is on it."""
    page.locator("#spend-points").fill(str(amount))
    page.locator("#spend").click()
    expect(page.locator("[data-spent]")).to_have_attribute("data-spent", str(amount))


def pay(page: Page, how: str = "full") -> None:
    """Pays the checkout: full, half or later."""
    before = page.locator(".order").count()
    page.locator(f"#pay-{how}").click()
    expect(page.locator("#checkout")).to_be_hidden()
    expect(page.locator(".order")).to_have_count(before + 1)


def check_out(page: Page, how: str = "full") -> None:
    """Buys what is in the cart and pays it: full, half or later."""
    begin_checkout(page)
    page.locator(f"#pay-{how}").click()
    expect(page.locator("#checkout")).to_be_hidden()
    expect(page.locator(".order").first).to_be_visible()


def points(page: Page, name: str) -> Locator:
    """A figure of the shopper's board."""
    return page.locator(f'#board [data-points="{name}"]')


def open_order(page: Page, number: int) -> None:
    """Opens an order on the staff desk."""
    page.goto("/desk")
    page.locator(f"#order-{number}").click()
    heading = page.locator("#desk-order h2")
    expect(heading).to_have_text(re.compile(rf"#{number}$"))


def do(page: Page, deed: str) -> None:
    """Presses a button of the staff desk and waits until it is done."""
    page.locator(f"#do-{deed}").click()
    expect(page.locator(".toast.good").last).to_be_visible()


def advance(page: Page, step: str) -> None:
    """Moves the clock by one of the buttons in the bar."""
    before = page.locator("#clock").text_content()
    page.locator(f'[data-advance="{step}"]').click()
    expect(page.locator("#clock")).not_to_have_text(before or "")


def shoot(
    page: Page, folder: Path, name: str, *, whole: bool = False, part: str | None = None
) -> None:
    """Takes a screenshot from the top of the page, or of an open dialog, when nothing moves.

    With `part` the dialog is scrolled to that element.
    """
    page.evaluate("window.scrollTo(0, 0)")
    page.evaluate("document.querySelector('dialog[open]')?.scrollTo(0, 0)")
    if part is not None:
        # At once: what is drawn anew meanwhile would be waited for where it is not any more.
        page.locator(part).evaluate("(element) => element.scrollIntoView({block: 'nearest'})")
    page.evaluate("document.querySelectorAll('.toast').forEach((toast) => toast.remove())")
    page.mouse.move(0, 0)
    page.wait_for_timeout(250)
    _keep(page, folder / f"{name}.png", whole=whole)


def _keep(page: Page, file: Path, *, whole: bool) -> None:
    """Writes a picture; one of the window alone in half the time, in a larger file."""
    if whole:
        page.screenshot(path=file, full_page=True)
        return
    session = page.context.new_cdp_session(page)
    options = {"format": "png", "optimizeForSpeed": True}
    file.write_bytes(base64.b64decode(session.send("Page.captureScreenshot", options)["data"]))
    session.detach()
