"""The rewards page as people see it: two looks, no script, and nothing that axe calls serious."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
import uvicorn
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.context import Faces
from saleor_loyalty_app.api.rewards import entering
from saleor_loyalty_app.db.database import open_database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members.refs import Person
from saleor_loyalty_app.members.repository import member_by_id
from saleor_loyalty_app.members.service import set_identity
from saleor_loyalty_app.messages.models import OutboxMessage
from saleor_loyalty_app.stores.storefront_setup import Looks, PageTexts, Setup, store_setup
from tests.campaign_stage import buy, start, terms_of
from tests.claim_stage import item_of, offer
from tests.e2e.axe import findings
from tests.e2e.dashboard import LOOKS, Look
from tests.integration.api.spending_scene import SpendingScene
from tests.ports import free_port
from tests.redemption_stage import OTHER, SHOPPER
from tests.signing import SigningKey

MUG = item_of(
    "custom",
    100,
    id="mug",
    names={"en": "A mug with your name", "tr": "Adınız yazılı kupa"},
    texts={"en": "We write it by hand.", "tr": "Elle yazıyoruz."},
    stock=12,
)
SHARE = item_of(
    {"type": "percent", "percent": 20},
    5000,
    id="share",
    names={"en": "A fifth off", "tr": "Beşte biri bizden"},
)
#: What is too dear says so, and what runs for the member is there with its code, or why not.
TOLD = {
    "en": (
        "5,000 points",
        "There are not enough points",
        "AUTUMN10",
        "GONE5 · This code has been used up.",
    ),
    "tr": ("5.000 puan", "Puan yetersiz", "AUTUMN10", "GONE5 · Bu kodun kullanım hakkı tükendi."),
}


@dataclass(frozen=True)
class Served:
    """The app with a rewards page, in a thread of its own."""

    scene: SpendingScene
    url: str

    def link(self) -> str:
        """The newest link that was mailed, as a path."""
        messages = table(OutboxMessage)
        query = (
            sa.select(messages.c.data)
            .where(messages.c.kind == "sign_in_link")
            .order_by(messages.c.id.desc())
        )
        data = self.scene.stage.database.read(lambda conn: conn.execute(query).scalars().first())
        assert data is not None
        parts = urlsplit(data["link"])
        return f"{parts.path}?{parts.query}"


@pytest.fixture
def served(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setattr(entering, "ANSWERED_AFTER", 0.0)
    database = open_database(sqlite_url, pool_size=2)
    scene = SpendingScene(database, SigningKey("store-key"), limits={})
    scene.stage.give(1000)
    scene.stage.bearer(250)
    offer(scene.stage, MUG, SHARE)
    start(scene.stage, terms_of(scene.stage))
    last = {"sharing": "shared", "code": "GONE5", "uses": 1}
    texts = {"en": {"title": "The first one"}, "tr": {"title": "İlk gelen"}}
    start(scene.stage, terms_of(scene.stage, codes=last, texts=texts))
    buy(scene.stage, "GONE5", email=OTHER)
    _introduce(scene)
    port = free_port()
    config = uvicorn.Config(scene.edge.app, port=port, log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    assert server.started
    yield Served(scene, f"http://127.0.0.1:{port}")
    server.should_exit = True
    thread.join(10)
    scene.close()
    database.close()


def _introduce(scene: SpendingScene) -> None:
    stage, faces = scene.stage, scene.edge.app.state.faces
    assert isinstance(faces, Faces)
    setup = Setup(
        slug="acme",
        shop_name="Acme",
        shop_url="https://shop.example.com",
        account_url="https://shop.example.com/account",
        looks=Looks(brand_color="#e4572e"),
        texts={"tr": PageTexts(heading="Acme Puan")},
    )

    def write(conn: Connection) -> None:
        store_setup(conn, stage.store.id, setup, version=0, now=stage.now)
        member = member_by_id(conn, stage.store.id, stage.members[SHOPPER])
        assert member is not None
        person = Person(stage.users[SHOPPER], SHOPPER, True, "Ayşe", "Yılmaz", "tr")
        set_identity(conn, member, person, keys=faces.email_keys, now=stage.now)

    stage.database.write(write)


def _page(browser: Browser, served: Served, look: Look, *, scripts: bool) -> Page:
    context = browser.new_context(
        base_url=served.url,
        locale="tr-TR" if look.language == "tr" else "en-US",
        color_scheme="dark" if look.theme == "dark" else "light",
        java_script_enabled=scripts,
        viewport={"width": look.width, "height": look.height},
    )
    context.set_default_timeout(20_000)
    return context.new_page()


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_every_page_can_be_read_and_used(
    browser: Browser, served: Served, look: Look, pictures: Path
) -> None:
    page = _page(browser, served, look, scripts=True)

    def looked_at(name: str) -> None:
        assert findings(page) == [], name
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{name} is {wide} px too wide"
        page.screenshot(path=pictures / f"71-rewards-{name}-{look.name}.png", full_page=True)

    page.goto(f"/rewards/acme?lang={look.language}")
    looked_at("welcome")
    page.locator("input[name=email]").fill(SHOPPER)
    page.locator("main form button").click()
    looked_at("sent")
    page.goto(f"{served.link()}&lang={look.language}")
    looked_at("enter")
    page.locator("main form button").click()
    expect(page.locator(".big")).to_be_visible()
    page.goto(f"/rewards/acme?lang={look.language}")
    page.locator("details").first.locator("summary").click()
    for words in TOLD[look.language]:
        expect(page.locator("main")).to_contain_text(words)
    looked_at("points")
    page.goto(f"/rewards/acme/leave?lang={look.language}")
    looked_at("leave")
    page.goto("/rewards/acme/enter?t=none")
    looked_at("problem")
    page.context.close()


def test_points_become_a_code_and_a_reward_goes_and_comes_back_without_a_script(
    browser: Browser, served: Served
) -> None:
    page = _page(browser, served, LOOKS[0], scripts=False)
    page.goto("/rewards/acme?lang=en")
    page.fill("input[name=email]", SHOPPER)
    page.click("text=Send me a link")
    page.goto(f"{served.link()}&lang=en")
    page.click("main form button")
    page.goto("/rewards/acme?lang=en")
    page.fill("#points-1", "500")
    page.click("text=Make a code")
    expect(page.locator("#codes ~ .code .letters")).to_have_count(2)
    assert served.scene.stage.points() == (250, 750)
    page.get_by_role("button", name="A mug with your name").click()
    give_up = page.locator("#exchange ~ .code").get_by_role("button")
    expect(give_up).to_be_visible()
    assert served.scene.stage.points() == (150, 850)
    give_up.click()
    expect(give_up).to_have_count(0)
    assert served.scene.stage.points() == (250, 750)
    page.context.close()
