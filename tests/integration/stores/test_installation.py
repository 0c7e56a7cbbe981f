"""A store installs the app, and strangers try to."""

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.install_store import set_store_active, uninstall_store
from saleor_loyalty_app.stores import problems, repository
from saleor_loyalty_app.stores.errors import StoreInactive
from saleor_loyalty_app.stores.models import Store
from saleor_loyalty_app.stores.secrets import token_of
from sandbox import InstalledApp, Sandbox
from sandbox.installation import InstallationFailed
from sandbox.model.ids import global_id
from tests.factories import make_member
from tests.integration.stores.conftest import API_URL, IDENTIFIER, MakeWorld, World


def id_of(app: InstalledApp) -> str:
    return global_id("App", app.pk)


def test_an_installed_store_is_known_whole(world: World) -> None:
    app = world.install()
    store = world.store()
    assert store.active
    assert (store.app_id, store.schema_version) == (id_of(app), "3.23")
    assert store.name == "Sandbox store"
    channels = world.database.read(lambda conn: repository.channels(conn, store.id))
    assert [(one.slug, one.currency) for one in channels] == [
        ("channel-tr", "TRY"),
        ("default-channel", "USD"),
    ]
    turkish, american = channels
    assert (turkish.prices_entered_with_tax, turkish.display_gross_prices) == (True, True)
    assert (american.prices_entered_with_tax, american.display_gross_prices) == (False, False)
    assert (turkish.default_country, american.default_country) == ("TR", "US")
    cipher = world.services.access.cipher
    assert world.database.read(lambda conn: token_of(conn, store.id, cipher)) == app.token
    assert world.proposals == [(store.id, world.clock())]
    assert world.database.read(lambda conn: problems.open_problems(conn, store.id)) == []


@pytest.mark.parametrize("read_up_to", [None, timedelta(hours=-1)])
def test_installed_again_it_is_read_on_from_where_it_was(
    world: World, read_up_to: timedelta | None
) -> None:
    world.install()
    first = world.clock()
    reached = None if read_up_to is None else first + read_up_to
    cursor = table(Store).c.cursor_updated_at
    world.database.write(
        lambda conn: conn.execute(sa.update(table(Store)).values(cursor_updated_at=reached))
    )
    world.uninstall()
    world.clock.advance(timedelta(days=1))
    world.install()
    found = world.database.read(lambda conn: conn.execute(sa.select(cursor)).scalar_one())
    assert found == (reached or first)


def test_the_token_is_nowhere_in_the_database_in_plain_text(world: World) -> None:
    app = world.install()
    assert app.token not in str(world.everything())


def test_installing_again_keeps_the_store_and_its_members(world: World) -> None:
    first_app = world.install()
    first = world.store()
    world.database.write(lambda conn: make_member(conn, first.id))
    world.uninstall()
    second_app = world.install()
    assert world.store() == replace(first, app_id=id_of(second_app))
    assert id_of(second_app) != id_of(first_app)
    assert len(world.everything()["member"]) == 1
    assert len(world.everything()["store"]) == 1
    assert len(world.everything()["channel"]) == 2


def test_installing_again_after_the_removal_was_told_wakes_the_store(world: World) -> None:
    world.install()
    store = world.store()
    now = world.clock()
    world.uninstall()
    assert world.database.write(lambda conn: uninstall_store(conn, store, store.app_id, now))
    assert not world.store().active
    with pytest.raises(StoreInactive):
        world.services.access.endpoint(store)
    app = world.install()
    assert world.store().active
    assert not world.database.write(lambda conn: uninstall_store(conn, store, store.app_id, now))
    assert (world.store().active, world.store().app_id) == (True, id_of(app))


def test_a_deactivated_store_is_left_alone_until_it_is_activated(world: World) -> None:
    world.install()
    store = world.store()
    now = world.clock()
    assert world.database.write(lambda conn: set_store_active(conn, store, False, now))
    assert not world.database.write(lambda conn: set_store_active(conn, store, False, now))
    assert world.database.read(lambda conn: repository.all_stores(conn)) == []
    assert world.database.write(lambda conn: set_store_active(conn, store, True, now))
    assert world.database.read(lambda conn: repository.all_stores(conn)) == [store]


def test_the_country_of_the_shop_gives_language_and_time_zone_once(world: World) -> None:
    world.move_to_turkey()
    world.install()
    assert (world.store().language, world.store().timezone) == ("tr", "Europe/Istanbul")
    store = world.store()
    world.database.write(
        lambda conn: repository.set_locale(conn, store.id, timezone="Europe/Berlin", language="en")
    )
    world.uninstall()
    world.install()
    assert (world.store().language, world.store().timezone) == ("en", "Europe/Berlin")


@pytest.mark.parametrize("version", ["3.22", "3.23", "3.24"])
def test_every_supported_saleor_can_install(make_world: MakeWorld, version: str) -> None:
    world = make_world(version=version)
    world.install()
    assert world.store().schema_version == version


def test_a_saleor_that_is_too_old_refuses_by_itself(make_world: MakeWorld) -> None:
    world = make_world(version="3.21")
    with pytest.raises(InstallationFailed) as failure:
        world.install()
    assert "not supported" in failure.value.message
    assert world.everything()["store"] == []


def test_missing_permissions_are_told_as_a_problem(world: World) -> None:
    world.install(permissions=["MANAGE_ORDERS", "MANAGE_USERS"])
    store = world.store()
    [problem] = world.database.read(lambda conn: problems.open_problems(conn, store.id))
    assert problem.key == "missing-permissions"
    assert "MANAGE_CHECKOUTS, MANAGE_DISCOUNTS, MANAGE_SHIPPING" in problem.message


def test_nobody_may_install_where_no_store_is_listed(make_world: MakeWorld) -> None:
    world = make_world(hosts=())
    with pytest.raises(InstallationFailed) as failure:
        world.install()
    assert "LOYALTY_ALLOWED_STORES" in failure.value.message
    assert len(failure.value.message) < 255
    assert world.network.asked == [], "an unlisted host is not even asked"


REFUSED = [
    pytest.param("http://127.0.0.1:8101/graphql/", 503, "store_unreachable", id="no store there"),
    pytest.param("https://evil.example/graphql/", 403, "store_not_allowed", id="foreign host"),
    pytest.param("http://127.0.0.1.evil.example/graphql/", 403, "store_not_allowed", id="suffix"),
    pytest.param("http://127.0.0.1@evil.example/", 400, "invalid_api_url", id="user name"),
    pytest.param("http://169.254.169.254/graphql/", 403, "store_not_allowed", id="metadata"),
    pytest.param("file:///etc/passwd", 400, "invalid_api_url", id="file"),
    pytest.param("x" * 5000, 400, "invalid_api_url", id="huge"),
    pytest.param("", 400, "invalid_api_url", id="empty"),
    pytest.param(None, 400, "invalid_api_url", id="missing"),
]


@pytest.mark.parametrize(("api_url", "status", "code"), REFUSED)
def test_a_registration_from_elsewhere_changes_nothing(
    world: World, api_url: str | None, status: int, code: str
) -> None:
    app = world.install()
    before = world.everything()
    answered, body = world.register(api_url, app.token)
    assert (answered, body["success"], body["error"]["code"]) == (status, False, code)
    assert 10 < len(body["error"]["message"]) <= 250
    assert world.everything() == before


def test_a_dead_or_invented_token_changes_nothing(world: World) -> None:
    old = world.install()
    world.uninstall()
    world.install()
    before = world.everything()
    for token in (old.token, "lup7Eb708Z97Lot46fuc79NswhxJES"):
        answered, body = world.register(API_URL, token)
        assert (answered, body["error"]["code"]) == (403, "token_not_accepted")
    assert world.everything() == before


def test_the_token_of_another_app_changes_nothing(world: World) -> None:
    world.install()
    other = world.box.gateway("another.app")
    before = world.everything()
    answered, body = world.register(API_URL, other.token)
    assert (answered, body["error"]["code"]) == (403, "wrong_app")
    assert world.everything() == before


def test_the_token_of_another_store_changes_nothing(world: World) -> None:
    world.install()
    neighbor = Sandbox(seed=2, api_url="http://127.0.0.1:8102/graphql/")
    world.network.boxes["127.0.0.1:8102"] = neighbor
    token = neighbor.install({"id": IDENTIFIER, "name": "Loyalty", "version": "1"}).token
    before = world.everything()
    answered, body = world.register(API_URL, token)
    assert (answered, body["error"]["code"]) == (403, "token_not_accepted")
    assert world.everything() == before


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"auth_token": null}',
        b'{"auth_token": 7}',
        b"\xff",
        b"[" * 3000,
    ],
)
def test_what_is_no_registration_is_refused(world: World, content: bytes) -> None:
    answer = world.web.post("/api/register", content=content, headers={"Saleor-Api-Url": API_URL})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "registration_invalid")


@pytest.mark.parametrize("token", ["", "short", "a b" * 10, "x" * 600, "tökentökentöken"])
def test_what_is_no_token_is_not_sent_anywhere(world: World, token: str) -> None:
    answered, body = world.register(API_URL, token)
    assert (answered, body["error"]["code"]) == (400, "registration_invalid")
    assert world.network.asked == []


def test_a_huge_registration_is_refused(world: World) -> None:
    answered, body = world.register(API_URL, "x" * 10_000)
    assert (answered, body["error"]["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (httpx.Response(200, text="<html>"), "store_unreachable"),
        (httpx.Response(302, headers={"location": "http://127.0.0.1:1/"}), "store_unreachable"),
        (httpx.Response(503), "store_unreachable"),
        (httpx.Response(200, json={"data": {"shop": None, "app": None}}), "unexpected_answer"),
        (httpx.Response(200, json={"data": {"shop": {"schemaVersion": 3}}}), "unexpected_answer"),
    ],
)
def test_a_store_that_does_not_answer_properly_is_not_stored(
    world: World, answer: httpx.Response, code: str
) -> None:
    world.network.broken["127.0.0.1:8100"] = lambda _request: answer
    with pytest.raises(InstallationFailed):
        world.install()
    answered, body = world.register(API_URL, "lup7Eb708Z97Lot46fuc79NswhxJES")
    assert answered >= 500
    assert body["error"]["code"] == code
    assert world.everything()["store"] == []


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({"keys": []}, "keys_not_published"),
        ([1], "keys_not_published"),
        ({"keys": [{"kty": "RSA", "kid": "a", "n": "AQAB", "e": "AQAB"}]}, "keys_not_published"),
    ],
)
def test_a_store_without_usable_keys_is_not_stored(
    world: World, document: object, code: str
) -> None:
    box = world.network

    def without_keys(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("jwks.json"):
            return httpx.Response(200, json=document)
        del box.broken["127.0.0.1:8100"]
        try:
            return box(request)
        finally:
            box.broken["127.0.0.1:8100"] = without_keys

    box.broken["127.0.0.1:8100"] = without_keys
    with pytest.raises(InstallationFailed) as failure:
        world.install()
    assert "jwks.json" in failure.value.message
    assert world.everything()["store"] == []
    answered, _ = world.register(API_URL, "lup7Eb708Z97Lot46fuc79NswhxJES")
    assert answered == 403, "the token of a failed installation is dead"


def test_a_refusal_is_in_the_language_of_a_store_that_is_known(world: World) -> None:
    world.move_to_turkey()
    world.install()
    _, body = world.register(API_URL, "lup7Eb708Z97Lot46fuc79NswhxJES")
    assert body["error"]["message"].startswith("Saleor, uygulamanın anahtarını")


def test_the_stored_permissions_are_those_that_were_granted(world: World) -> None:
    world.install(permissions=["MANAGE_ORDERS", "MANAGE_USERS"])
    granted = world.database.read(
        lambda conn: conn.execute(sa.select(table(Store).c.permissions)).scalar_one()
    )
    assert granted == ["MANAGE_ORDERS", "MANAGE_USERS"]
