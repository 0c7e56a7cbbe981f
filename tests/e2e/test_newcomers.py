"""A customer who never ordered sees what is in it for them; the first answer makes a member."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy.engine import Connection

from demo import processes, story
from demo.setup import Places, prepare
from saleor_loyalty_app.campaigns import check
from saleor_loyalty_app.clock import ShiftedClock
from saleor_loyalty_app.db.database import open_database
from saleor_loyalty_app.flows import campaign_desk as desk
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import all_stores
from tests.e2e import steps
from tests.e2e.axe import findings
from tests.e2e.conftest import World, start_app, start_store, up
from tests.factories import make_revision
from tests.ports import free_port
from tests.program_samples import PURCHASES, document_of, rule_of
from tests.redemption_stage import RATES

pytestmark = pytest.mark.browser
CHANNEL = {"channel": "default-channel", "currency": "USD"}
PROGRAM = document_of(
    PURCHASES,
    rule_of({"type": "points", "points": 50}, "birthday", trigger="birthday"),
    rule_of({"type": "points", "points": 20}, "size", trigger="question_answered", on=["size"]),
    rule_of(
        {"type": "points", "points": 500},
        "third",
        trigger="milestone",
        milestone={"line": {"type": "orders", "min": 3}},
    ),
    currencies=RATES,
    tiers={
        "enabled": True,
        "levels": [
            {"id": "friend", "names": {"en": "Friend", "tr": "Dost"}},
            {
                "id": "gold",
                "names": {"en": "Gold", "tr": "Altın"},
                "requirements": {"spend": {"limits": [{"currency": "USD", "min": "500"}]}},
                "multiplier": "2",
            },
        ],
    },
    rewards={
        "items": [
            {
                "id": "mug",
                "names": {"en": "A mug with your name", "tr": "Adınız yazılı kupa"},
                "gift": {"type": "custom"},
                "points": 300,
                "channels": [CHANNEL],
            }
        ]
    },
    bonuses={
        "birthdays": {"asked": True},
        "questions": [
            {
                "id": "size",
                "text": {"en": "Which size do you wear?", "tr": "Kaç beden giyiyorsunuz?"},
                "kind": "choice",
                "options": [
                    {"id": "small", "label": {"en": "Small", "tr": "Küçük"}},
                    {"id": "large", "label": {"en": "Large", "tr": "Büyük"}},
                ],
            }
        ],
    },
)
#: A busy machine takes its time.
SLOW = 120_000.0


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A store in which nobody has bought anything since the program is in force."""
    folder = tmp_path_factory.mktemp("newcomers")
    places = prepare(folder, app_port=free_port(), store_port=free_port())
    started: list[processes.Process] = []
    try:
        started += [start_store(places), start_app(places)]
        running = up(places, started)
        story.install(places)
        put_in_force(places)
        yield running
    finally:
        processes.stop(started)


def put_in_force(places: Places) -> None:
    """The program, and double points for those of the tier that everybody has."""
    database = open_database(places.environment()["LOYALTY_DATABASE_URL"], pool_size=1)
    now = ShiftedClock(places.clock_file)()

    def write(conn: Connection) -> None:
        store = all_stores(conn)[0]
        make_revision(conn, store.id, PROGRAM, number=1)
        _run_campaign(conn, store, now)

    try:
        database.write(write)
    finally:
        database.close()


def _run_campaign(conn: Connection, store: StoreRef, now: datetime) -> None:
    terms = check.read(
        {
            "kind": "points",
            "name": "Welcome",
            "texts": {
                "en": {"title": "Double points for a start"},
                "tr": {"title": "Başlangıç için iki kat puan"},
            },
            "starts_at": now.isoformat(),
            "ends_at": now.replace(year=now.year + 1, day=1).isoformat(),
            "times": "2",
            "audience": {"tiers": ["friend"]},
        }
    )
    made = desk.create_campaign(conn, store, terms, actor="user:1", now=now)
    desk.schedule_campaign(
        conn, store, made.public_id, version=made.version, actor="user:1", now=now
    )


def saleor_token(world: World, email: str) -> str:
    """The token that Saleor gives a customer who signs in."""
    query = "mutation($e:String!,$p:String!){tokenCreate(email:$e,password:$p){token}}"
    body = {"query": query, "variables": {"e": email, "p": "password"}}
    answer = httpx.post(f"{world.store_url}/graphql/", json=body, trust_env=False)
    token: str = answer.json()["data"]["tokenCreate"]["token"]
    return token


def of_member(world: World, token: str) -> dict[str, Any]:
    """How the app has the shopper."""
    answer = httpx.get(
        f"{world.app_url}/api/storefront/v1/me/membership",
        headers={"Authorization": f"Bearer {token}"},
        trust_env=False,
    )
    found: dict[str, Any] = answer.raise_for_status().json()
    return found


@pytest.mark.parametrize(
    ("language", "email", "words"),
    [
        (
            "en-US",
            "maria@example.com",
            ("Friend", "A mug with your name", "Double points for a start", "500 points"),
        ),
        (
            "tr-TR",
            "ayse@example.com",
            ("Dost", "Adınız yazılı kupa", "Başlangıç için iki kat puan", "500 puan"),
        ),
    ],
)
def test_who_never_ordered_sees_a_board_and_is_a_member_with_an_answer(
    world: World,
    new_page: Callable[..., Page],
    pictures: Path,
    language: str,
    email: str,
    words: tuple[str, ...],
) -> None:
    token = saleor_token(world, email)
    page = new_page(language=language)

    # This storefront keeps Saleor's token in the browser: there is no session that takes them in.
    def hand_over(route: Route) -> None:
        route.fulfill(json={"token": token})

    page.route("**/shop/loyalty-token*", hand_over)
    steps.sign_in(page, email)
    panel = page.locator("loyalty-panel")
    available = panel.locator("[data-points=available]")
    expect(available).to_have_text("0", timeout=SLOW)
    for text in words:
        expect(panel).to_contain_text(text)
    expect(panel.locator("#news-email")).to_be_checked()
    assert of_member(world, token)["state"] == "none"
    assert findings(page, "loyalty-panel") == []
    steps.shoot(page, pictures, f"260-newcomers-board-{language[:2]}", whole=True)

    panel.locator("#question-size").select_option("small")
    panel.locator("#question-size-save").click()
    expect(available).to_have_text("20", timeout=SLOW)
    expect(panel.locator("#question-size-delete")).to_be_visible()
    assert of_member(world, token)["state"] == "active"
    steps.shoot(page, pictures, f"261-newcomer-is-a-member-{language[:2]}", whole=True)


def test_a_loyalty_token_makes_its_shopper_a_member(
    world: World, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    steps.sign_in(page, "john@example.com")
    panel = page.locator("loyalty-panel")
    expect(panel).to_contain_text("A mug with your name", timeout=SLOW)
    assert of_member(world, saleor_token(world, "john@example.com"))["state"] == "active"
