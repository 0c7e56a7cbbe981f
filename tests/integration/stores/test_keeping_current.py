"""What is kept current of an installed store: facts, problems, webhooks, keys."""

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from saleor_loyalty_app.flows.app_manifest import WebhookSource, webhook_entries
from saleor_loyalty_app.flows.migrate_webhooks import migrate_webhooks, read_webhooks
from saleor_loyalty_app.flows.refresh_keys import AT_MOST_EVERY, KeysUnavailable
from saleor_loyalty_app.flows.sync_store import AnotherApp, sync_store
from saleor_loyalty_app.flows.tell_problems import Told, tell_problems
from saleor_loyalty_app.handlers import CORE_HANDLERS, SYNC_HANDLERS
from saleor_loyalty_app.saleor.errors import SaleorQueryError, SaleorUnavailable
from saleor_loyalty_app.saleor.version import SchemaVersion
from saleor_loyalty_app.stores import problems, repository
from sandbox import InstalledApp
from sandbox.keys import new_key
from tests.integration.stores.conftest import API_URL, APP_URL, MakeWorld, World
from tests.signing import SigningKey

#: All that a store is to have.
WEBHOOKS: tuple[WebhookSource, ...] = (*CORE_HANDLERS, *SYNC_HANDLERS)
STORE_ORIGIN = "127.0.0.1:8100"


def shown(app: InstalledApp) -> dict[str, str]:
    """The problems that Saleor shows of the app."""
    return {one.key: one.message for one in app.all_problems if one.dismissed_by is None}


def tell(world: World) -> Told:
    return tell_problems(world.services.access, world.store(), world.clock)


def report(world: World, key: str, message: str) -> None:
    store = world.store()
    world.database.write(
        lambda conn: problems.report_problem(conn, store.id, key, message, world.clock())
    )


def test_a_changed_store_is_read_anew(world: World) -> None:
    world.install()
    for channel in world.box.store.channels.values():
        channel.name = f"New {channel.slug}"
        channel.is_active = channel.slug != "channel-tr"
    sync_store(world.services.access, world.store(), world.clock)
    store = world.store()
    found = world.database.read(lambda conn: repository.channels(conn, store.id))
    assert [(one.name, one.active) for one in found] == [
        ("New channel-tr", False),
        ("New default-channel", True),
    ]


def test_permissions_taken_and_given_again_are_told_and_withdrawn(world: World) -> None:
    app = world.install()
    granted = app.permissions
    app.permissions = frozenset(granted - {"MANAGE_SHIPPING"})
    sync_store(world.services.access, world.store(), world.clock)
    assert tell(world) == Told(reported=1, dismissed=0)
    assert list(shown(app)) == ["missing-permissions"]
    assert "MANAGE_SHIPPING" in shown(app)["missing-permissions"]

    app.permissions = granted
    sync_store(world.services.access, world.store(), world.clock)
    assert tell(world) == Told(reported=0, dismissed=1)
    assert shown(app) == {}
    assert tell(world) == Told(reported=0, dismissed=0)


def test_a_token_of_another_installation_is_noticed(world: World) -> None:
    world.install()
    with pytest.raises(AnotherApp):
        sync_store(world.services.access, replace(world.store(), app_id="QXBwOjk5"), world.clock)


def test_what_could_not_be_told_is_told_later(world: World) -> None:
    app = world.install()
    report(world, "books-drift", "The books drift by 5 points.")
    world.network.broken[STORE_ORIGIN] = lambda _request: httpx.Response(503)
    with pytest.raises(SaleorUnavailable):
        tell(world)
    assert shown(app) == {}
    del world.network.broken[STORE_ORIGIN]
    assert tell(world) == Told(reported=1, dismissed=0)
    assert shown(app) == {"books-drift": "The books drift by 5 points."}


def test_a_problem_with_a_new_message_is_shown_once(world: World) -> None:
    app = world.install()
    report(world, "books-drift", "The books drift by 5 points.")
    tell(world)
    world.clock.advance(timedelta(hours=3))
    world.box.clock.advance(timedelta(hours=3))
    report(world, "books-drift", "The books drift by 7 points.")
    assert tell(world) == Told(reported=1, dismissed=0)
    assert shown(app) == {"books-drift": "The books drift by 7 points."}
    assert len([one for one in app.all_problems if one.dismissed_by is None]) == 1


def test_a_problem_is_told_again_to_a_new_installation(world: World) -> None:
    world.install()
    report(world, "books-drift", "The books drift by 5 points.")
    tell(world)
    world.uninstall()
    app = world.install()
    assert tell(world) == Told(reported=1, dismissed=0)
    assert list(shown(app)) == ["books-drift"]


def test_a_refusal_of_saleor_is_raised_with_its_words(world: World) -> None:
    world.install()
    with pytest.raises(SaleorQueryError, match="webhookUpdate"):
        world.services.access.change(
            world.store(), "mutations/webhook_update", {"id": "V2ViaG9vazo5OTk=", "input": {}}
        )


@pytest.mark.parametrize("version", ["3.22", "3.23"])
def test_a_fresh_installation_needs_no_migration(make_world: MakeWorld, version: str) -> None:
    world = make_world(version=version)
    world.install()
    assert migrate_webhooks(world.services.access, world.store(), WEBHOOKS, app_url=APP_URL) == ()


@pytest.mark.parametrize("version", ["3.22", "3.23"])
def test_webhooks_are_brought_up_to_the_handlers(make_world: MakeWorld, version: str) -> None:
    world = make_world(version=version)
    app = world.install()
    first, second, third, *_, last = app.webhooks
    wanted = webhook_entries(WEBHOOKS, APP_URL, SchemaVersion.parse(version))
    names = [webhook.name for webhook in wanted]
    first.events = first.events[:1]
    second.is_active = False
    third.name = "an older name"
    app.webhooks.remove(last)

    def migrate(*, dry_run: bool) -> list[tuple[str, str, tuple[str, ...]]]:
        changes = migrate_webhooks(
            world.services.access,
            world.store(),
            WEBHOOKS,
            app_url=APP_URL,
            dry_run=dry_run,
        )
        return [(one.kind, one.name, one.fields) for one in changes]

    planned = migrate(dry_run=True)
    assert planned == [
        ("create", names[-1], ()),
        ("update", names[0], ("events",)),
        ("update", names[1], ("active",)),
        ("update", names[2], ("name",)),
    ]
    assert migrate(dry_run=True) == planned, "a dry run changes nothing"
    assert migrate(dry_run=False) == planned
    assert migrate(dry_run=False) == []
    present = read_webhooks(world.services.access, world.store())
    assert sorted(str(one.name) for one in present) == sorted(names)
    assert all(one.is_active for one in present)


def test_a_webhook_that_no_handler_wants_any_more_goes(world: World) -> None:
    app = world.install()
    changes = migrate_webhooks(world.services.access, world.store(), WEBHOOKS[1:], app_url=APP_URL)
    assert [(one.kind, one.name) for one in changes] == [("delete", WEBHOOKS[0].name)]
    assert len(app.webhooks) == len(WEBHOOKS) - 1


def test_webhooks_follow_the_app_to_a_new_address(world: World) -> None:
    world.install()
    elsewhere = "https://loyalty.example.com"
    changes = migrate_webhooks(world.services.access, world.store(), WEBHOOKS, app_url=elsewhere)
    assert {one.fields for one in changes} == {("address",)}
    present = read_webhooks(world.services.access, world.store())
    assert all(one.target_url.startswith(elsewhere) for one in present)


def test_a_migration_that_broke_off_is_finished_by_the_next(world: World) -> None:
    app = world.install()
    app.webhooks.clear()
    calls = 0

    def breaks(request: httpx.Request) -> httpx.Response:
        nonlocal calls
        if b"webhookCreate" in request.content:
            calls += 1
            if calls == 3:
                return httpx.Response(502)
        del world.network.broken[STORE_ORIGIN]
        try:
            return world.network(request)
        finally:
            world.network.broken[STORE_ORIGIN] = breaks

    world.network.broken[STORE_ORIGIN] = breaks
    with pytest.raises(SaleorUnavailable):
        migrate_webhooks(world.services.access, world.store(), WEBHOOKS, app_url=APP_URL)
    assert len(app.webhooks) == 2
    del world.network.broken[STORE_ORIGIN]
    changes = migrate_webhooks(world.services.access, world.store(), WEBHOOKS, app_url=APP_URL)
    assert len(changes) == len(WEBHOOKS) - 2
    assert len(app.webhooks) == len(WEBHOOKS)


def test_new_keys_are_fetched_and_stored(world: World) -> None:
    world.install()
    world.clock.advance(AT_MOST_EVERY)
    world.box.key = new_key()
    keys = world.services.keys.refresh(world.store())
    [kid] = [key["kid"] for key in world.box.jwks()["keys"]]
    assert list(keys.keys) == [kid]
    store = world.store()
    stored = world.database.read(lambda conn: repository.keys(conn, store.id))
    assert stored is not None
    assert stored.jwks == world.box.jwks()


def test_a_store_is_asked_for_keys_once_a_minute(world: World) -> None:
    world.install()
    asked = len(world.network.asked)
    with pytest.raises(KeysUnavailable, match="asked_lately"):
        world.services.keys.refresh(world.store())
    assert len(world.network.asked) == asked
    world.clock.advance(AT_MOST_EVERY)
    world.services.keys.refresh(world.store())
    with pytest.raises(KeysUnavailable):
        world.services.keys.refresh(world.store())
    assert len(world.network.asked) == asked + 1


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(200, text="no"),
        httpx.Response(200, json={"keys": []}),
        httpx.Response(302, headers={"location": "http://127.0.0.1:1/"}),
        httpx.Response(200, content=b" " * 100_000),
    ],
)
def test_keys_that_cannot_be_had_are_our_failure_and_keep_the_old(
    world: World, answer: httpx.Response
) -> None:
    world.install()
    store = world.store()
    before = world.database.read(lambda conn: repository.keys(conn, store.id))
    world.clock.advance(timedelta(hours=1))
    world.network.broken[STORE_ORIGIN] = lambda _request: answer
    with pytest.raises(KeysUnavailable) as failure:
        world.services.keys.refresh(store)
    assert failure.value.status == 503
    after = world.database.read(lambda conn: repository.keys(conn, store.id))
    assert before is not None
    assert after is not None
    assert (after.jwks, after.refreshed_at) == (before.jwks, before.refreshed_at)
    with pytest.raises(KeysUnavailable, match="asked_lately"):
        world.services.keys.refresh(store)


def test_the_keys_of_one_store_are_not_those_of_another(world: World) -> None:
    world.install()
    stranger = SigningKey("stranger")
    world.network.broken["127.0.0.1:8101"] = lambda _request: httpx.Response(
        200, json=stranger.jwks
    )
    world.clock.advance(AT_MOST_EVERY)
    keys = world.services.keys.refresh(world.store())
    assert "stranger" not in keys.keys
    assert ("GET", "http://127.0.0.1:8100/.well-known/jwks.json") in world.network.asked
    assert API_URL.startswith("http://127.0.0.1:8100/")
