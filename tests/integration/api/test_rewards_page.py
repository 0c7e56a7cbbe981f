"""The rewards page: in by a mailed link only, and everything on it without a script."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.context import Faces
from saleor_loyalty_app.api.rewards import entering
from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members import consents
from saleor_loyalty_app.members.consents import Channel
from saleor_loyalty_app.members.mailed_links import SESSION_LIFETIME, forget_expired
from saleor_loyalty_app.members.models import MailedLink, PageSession
from saleor_loyalty_app.members.refs import Person
from saleor_loyalty_app.members.repository import member_by_id
from saleor_loyalty_app.members.service import set_identity
from saleor_loyalty_app.messages.models import OutboxMessage
from saleor_loyalty_app.stores.storefront_setup import Setup, setup_of, store_setup
from tests.integration.api.spending_scene import SpendingScene
from tests.redemption_stage import OTHER, SHOPPER
from tests.signing import SigningKey

HOME = "/rewards/acme"


@pytest.fixture
def scene(
    database: Database, key: SigningKey, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SpendingScene]:
    """A store with a rewards page, and a member with 1000 points whose address is known."""
    monkeypatch.setattr(entering, "ANSWERED_AFTER", 0.0)
    made = SpendingScene(database, key, limits={})
    made.stage.give(1000)
    store, keys = made.stage.store, faces(made).email_keys

    def write(conn: Connection) -> None:
        store_setup(
            conn, store.id, Setup(slug="acme", shop_name="Acme"), version=0, now=made.stage.now
        )
        for email, member_id in made.stage.members.items():
            member = member_by_id(conn, store.id, member_id)
            assert member is not None
            user = made.stage.users[email]
            person = Person(user, email, True, "Ayşe", "Yılmaz", "en")
            set_identity(conn, member, person, keys=keys, now=made.stage.now)

    database.write(write)
    yield made
    made.close()


class Browser:
    """Keeps cookies and sends forms as they stand on the page."""

    def __init__(self, scene: SpendingScene) -> None:
        self.scene = scene
        self.cookies: dict[str, str] = {}
        self.page = ""

    def get(self, path: str = HOME, **headers: str) -> httpx.Response:
        return self._kept(self.scene.edge.get(path, self._cookie() | headers))

    def post(
        self, path: str, fields: dict[str, str], headers: dict[str, str] | None = None
    ) -> httpx.Response:
        sent = {"Origin": "http://app"} | self._cookie() | (headers or {})
        body = httpx.QueryParams(fields)
        return self._kept(self.scene.edge.send_form(path, sent, str(body)))

    def submit(self, action: str, **fields: str) -> httpx.Response:
        """The form with this action, with what the page put into it; follows to the next page."""
        found = re.search(
            rf'<form[^>]*action="({re.escape(HOME)}{action}[^"]*)"(.*?)</form>',
            self.page,
            re.DOTALL,
        )
        assert found, action
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', found[2]))
        answer = self.post(found[1], hidden | fields)
        if answer.status_code == 303:
            return self.get(answer.headers["location"].partition("#")[0])
        return answer

    def _cookie(self) -> dict[str, str]:
        if not self.cookies:
            return {}
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}

    def _kept(self, answer: httpx.Response) -> httpx.Response:
        for name, value in answer.cookies.items():
            self.cookies[name] = value
        self.page = answer.text
        return answer


def faces(scene: SpendingScene) -> Faces:
    found = scene.edge.app.state.faces
    assert isinstance(found, Faces)
    return found


def mailed(scene: SpendingScene) -> list[str]:
    """The links that were mailed, oldest first."""
    messages = table(OutboxMessage)
    query = (
        sa.select(messages.c.data).where(messages.c.kind == "sign_in_link").order_by(messages.c.id)
    )
    found = scene.stage.database.read(lambda conn: list(conn.execute(query).scalars()))
    return [one["link"] for one in found]


def path_of(link: str) -> str:
    parts = urlsplit(link)
    return f"{parts.path}?{parts.query}"


@contextmanager
def written(database: Database) -> Iterator[list[str]]:
    """The statements that writes send."""
    told: list[str] = []

    def listen(_conn: object, _cursor: object, statement: str, *_more: object) -> None:
        told.append(statement)

    sa.event.listen(database.engine, "before_cursor_execute", listen)
    yield told
    sa.event.remove(database.engine, "before_cursor_execute", listen)


@pytest.fixture
def signed_in(scene: SpendingScene) -> Browser:
    browser = Browser(scene)
    browser.get()
    assert browser.submit("/link", email=SHOPPER).status_code == 200
    browser.get(path_of(mailed(scene)[-1]))
    assert browser.submit("/enter").status_code == 200
    return browser


def test_a_mailed_link_leads_to_the_points(scene: SpendingScene, signed_in: Browser) -> None:
    assert "1,000 points" in signed_in.page
    assert "worth $10.00" in signed_in.page
    assert "What are they worth?" in signed_in.page
    turkish = signed_in.get(f"{HOME}?lang=tr")
    assert "1.000 puan" in turkish.text
    assert '<html lang="tr">' in turkish.text


def test_no_page_has_a_script_or_lets_itself_be_framed(signed_in: Browser) -> None:
    for path in (HOME, f"{HOME}/leave", f"{HOME}/enter?t=none"):
        answer = signed_in.get(path)
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in policy
        assert "script-src" not in policy
        assert "<script" not in answer.text
        assert " style=" not in answer.text
        assert answer.headers["cache-control"] == "private, no-store"


def test_the_answer_is_the_same_whether_or_not_the_address_is_known(scene: SpendingScene) -> None:
    browser, links = Browser(scene), table(MailedLink)
    statements: list[int] = []
    pages = []
    for email in (SHOPPER, "nobody@example.com"):
        with written(scene.stage.database) as told:
            answer = browser.post(f"{HOME}/link", {"email": email})
        statements.append(len(told))
        pages.append((answer.status_code, answer.text.replace(email, "…")))
    assert pages[0] == pages[1]
    # One more row for who is mailed to; the answer waits longer than that takes.
    assert statements[0] - statements[1] == 1
    assert len(mailed(scene)) == 1
    count = sa.select(sa.func.count()).select_from(links)
    assert scene.stage.database.read(lambda conn: conn.execute(count).scalar_one()) == 2


def test_looking_at_the_link_does_not_use_it_up_and_using_it_does(scene: SpendingScene) -> None:
    scanner, browser, thief = Browser(scene), Browser(scene), Browser(scene)
    scanner.post(f"{HOME}/link", {"email": SHOPPER})
    link = path_of(mailed(scene)[0])
    for _ in range(3):
        assert scanner.get(link).status_code == 200
        assert scanner.cookies == {}
    browser.get(link)
    assert "1,000 points" in browser.submit("/enter").text
    token = parse_qs(urlsplit(link).query)["t"][0]
    assert thief.post(f"{HOME}/enter", {"t": token}).status_code == 410
    assert thief.cookies == {}
    assert thief.get(link).status_code == 410


def test_a_link_is_good_for_fifteen_minutes_in_its_own_store(scene: SpendingScene) -> None:
    browser = Browser(scene)
    browser.post(f"{HOME}/link", {"email": SHOPPER})
    link = path_of(mailed(scene)[0])
    scene.edge.store(saleor_api_url="https://elsewhere.example/graphql/")
    assert scene.edge.get(link.replace(HOME, "/rewards/elsewhere.example")).status_code == 410
    scene.stage.box.clock.advance(timedelta(minutes=15))
    assert browser.get(link).status_code == 410
    assert "Please ask for a new one" in browser.page


def test_the_cookie_is_for_the_page_alone_and_ends(
    scene: SpendingScene, signed_in: Browser
) -> None:
    browser = Browser(scene)
    browser.post(f"{HOME}/link", {"email": SHOPPER})
    token = parse_qs(urlsplit(mailed(scene)[-1]).query)["t"][0]
    told = browser.post(f"{HOME}/enter", {"t": token}).headers["set-cookie"]
    assert "HttpOnly" in told
    assert "SameSite=lax" in told
    assert f"Path={HOME}" in told
    api = scene.edge.get("/api/storefront/v1/me", browser._cookie())
    assert api.status_code == 401
    scene.stage.box.clock.advance(SESSION_LIFETIME)
    assert "Send me a link" in browser.get().text
    scene.stage.box.clock.advance(timedelta(days=2))
    gone = scene.stage.database.write(lambda conn: forget_expired(conn, now=scene.stage.now))
    assert gone == 4
    assert signed_in.get().status_code == 200


def test_signing_out_ends_the_visit_for_good(scene: SpendingScene, signed_in: Browser) -> None:
    kept = dict(signed_in.cookies)
    signed_in.submit("/sign-out")
    signed_in.cookies = kept
    assert "Send me a link" in signed_in.get().text


def test_forms_of_elsewhere_change_nothing(scene: SpendingScene, signed_in: Browser) -> None:
    signed_in.get()
    found = re.search(r'name="form" value="(\w+)"', signed_in.page)
    assert found
    good = {"form": found[1], "language": "tr"}
    tries: list[tuple[dict[str, str], dict[str, str]]] = [
        ({"Origin": "https://evil.example"}, good),
        ({"Origin": "null"}, good),
        ({}, {"language": "tr"}),
        ({}, good | {"form": "0" * 40}),
        ({}, good | {"language": "xx"}),
        ({}, good | {"padding": "x" * 9000}),
    ]
    for headers, fields in tries:
        assert signed_in.post(f"{HOME}/preferences", fields, headers).status_code == 403
    stranger = Browser(scene)
    assert stranger.post(f"{HOME}/preferences", good).status_code == 401
    assert signed_in.post(f"{HOME}/preferences", good).status_code == 303


def test_points_become_a_code_once_and_come_back(scene: SpendingScene, signed_in: Browser) -> None:
    form = signed_in.page
    assert "Your code is ready" in signed_in.submit("/codes", points="500").text
    [code] = re.findall(r'class="letters" translate="no">(\w+)<', signed_in.page)
    assert "$5.00 off" in signed_in.page
    assert scene.stage.box.store.voucher_codes[code].voucher is not None
    assert scene.stage.points() == (500, 500)
    signed_in.page = form
    signed_in.submit("/codes", points="500")
    assert scene.stage.points() == (500, 500)
    signed_in.get()
    assert signed_in.submit("/codes/rd_").status_code == 200
    assert scene.stage.points() == (1000, 0)


def test_what_cannot_be_spent_is_told_on_a_page(scene: SpendingScene, signed_in: Browser) -> None:
    form = signed_in.page
    for points, status in (("5000", 409), ("0", 422), ("many", 422), ("9" * 9, 422)):
        signed_in.page = form
        answer = signed_in.submit("/codes", points=points)
        assert answer.status_code == status
        assert 'role="alert"' in answer.text
        assert "error." not in answer.text
    assert scene.stage.points() == (1000, 0)


def test_a_code_of_somebody_else_cannot_be_given_up(
    scene: SpendingScene, signed_in: Browser
) -> None:
    known = scene.stage.bearer(500)
    other = Browser(scene)
    other.post(f"{HOME}/link", {"email": OTHER})
    other.get(path_of(mailed(scene)[-1]))
    other.submit("/enter")
    key = re.search(r'name="form" value="(\w+)"', other.page)
    assert key
    refused = other.post(f"{HOME}/codes/{known.public_id}/give-up", {"form": key[1]})
    assert refused.status_code == 404
    assert scene.stage.points() == (500, 500)


def test_preferences_and_offers_are_decided_there(scene: SpendingScene, signed_in: Browser) -> None:
    store, member = scene.stage.store, scene.stage.members[SHOPPER]
    signed_in.submit("/preferences", language="tr", news_email="on")
    assert "Kaydedildi" in signed_in.page
    signed_in.get()
    assert "Puan hareketleri" in signed_in.page
    signed_in.get(f"{HOME}?lang=en")
    signed_in.submit("/offers", agree="yes")
    assert "You agreed to offers by e-mail" in signed_in.page
    agreed = scene.stage.database.read(lambda conn: consents.states(conn, store.id, member))
    assert (agreed[Channel.email].granted, agreed[Channel.email].source) == (True, "hosted_page")
    signed_in.submit("/offers", agree="no")
    assert "Do you want offers of Acme by e-mail?" in signed_in.page


def test_leaving_costs_what_the_page_says_and_joining_again_brings_nothing(
    scene: SpendingScene, signed_in: Browser
) -> None:
    assert "You would lose 1,000 points" in signed_in.get(f"{HOME}/leave").text
    signed_in.submit("/leave")
    assert "Join the program" in signed_in.page
    assert scene.stage.points() == (0, 0)
    signed_in.submit("/join")
    assert "You take part now" in signed_in.page
    assert scene.stage.points() == (0, 0)


def test_data_is_handed_out_and_erased(scene: SpendingScene, signed_in: Browser) -> None:
    data = signed_in.get(f"{HOME}/data").json()
    assert data["tables"]["member_identity"][0]["email"] == SHOPPER
    signed_in.get(f"{HOME}/leave")
    assert "The shop was asked to erase your data" in signed_in.submit("/erasure").text
    setup = Setup(slug="acme", erase_at_once=True)
    scene.stage.database.write(
        lambda conn: store_setup(conn, scene.stage.store.id, setup, version=1, now=scene.stage.now)
    )
    signed_in.get(f"{HOME}/leave")
    assert "Your data was erased" in signed_in.submit("/erasure").text
    count = sa.select(sa.func.count()).select_from(table(PageSession))
    assert scene.stage.database.read(lambda conn: conn.execute(count).scalar_one()) == 0


def test_the_page_is_found_by_slug_and_host_and_can_be_switched_off(
    scene: SpendingScene, clock: ManualClock
) -> None:
    host = scene.stage.store.api_url.split("/")[2]
    moved = scene.edge.get(f"/rewards/{host}")
    assert (moved.status_code, moved.headers["location"]) == (307, HOME)
    for name in ("nobody", "a" * 400, "%00", "elsewhere.example", "1"):
        assert scene.edge.get(f"/rewards/{name}").status_code == 404
    scene.stage.database.write(
        lambda conn: store_setup(
            conn,
            scene.stage.store.id,
            Setup(slug="acme", page_on=False),
            version=1,
            now=scene.stage.now,
        )
    )
    assert scene.edge.get(HOME).status_code == 404
    stored = scene.stage.database.read(lambda conn: setup_of(conn, scene.stage.store.id))
    assert stored.version == 2


def test_its_colors_are_kept_by_caches(scene: SpendingScene) -> None:
    answer = scene.edge.get(f"{HOME}/brand.css")
    assert answer.headers["content-type"].startswith("text/css")
    assert "prefers-color-scheme: dark" in answer.text
    again = scene.edge.get(f"{HOME}/brand.css", {"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


def test_whoever_asks_for_links_too_often_is_told_on_a_page(
    database: Database, key: SigningKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entering, "ANSWERED_AFTER", 0.0)
    made = SpendingScene(database, key, limits={"sign_in": "2/minute"})
    host = made.stage.store.api_url.split("/")[2]
    browser = Browser(made)
    answers = [
        browser.post(f"/rewards/{host}/link", {"email": f"{number}@example.com"})
        for number in range(3)
    ]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert int(answers[2].headers["retry-after"]) > 0
    wrong = browser.post(f"/rewards/{host}/link", {"email": "no address"})
    assert (wrong.status_code, "not an e-mail address" in wrong.text) == (422, True)
    made.close()
