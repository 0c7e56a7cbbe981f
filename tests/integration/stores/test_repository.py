"""Stores and channels in both databases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.stores import repository
from saleor_loyalty_app.stores.refs import ChannelRef
from saleor_loyalty_app.stores.repository import ChannelFacts, Installation
from saleor_loyalty_app.stores.switches import Part, set_switch
from tests.factories import make_store

NOW = datetime(2027, 1, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
INSTALLATION = Installation(
    api_url="https://shop.example.com/graphql/",
    app_id="QXBwOjI=",
    token_encrypted="sealed",
    jwks={"keys": [{"kid": "a"}]},
    schema_version="3.23",
    permissions=("MANAGE_ORDERS",),
    timezone="Europe/Istanbul",
    language="tr",
)
USD = ChannelRef("default-channel", "Default", "USD", True, "US", ("US", "CA"), False, False)
TRY = ChannelRef("tr", "Türkiye", "TRY", True, "TR", ("TR",), True, True)


def save_channels(database: Database, store_id: int, *found: ChannelFacts) -> None:
    database.write(
        lambda conn: repository.save_facts(
            conn,
            store_id,
            granted=["B", "A"],
            schema_version="3.24",
            name="Kahve",
            found=found,
            now=NOW,
        )
    )


def test_an_installed_store_is_found_by_its_address(database: Database) -> None:
    saved = database.write(lambda conn: repository.save_installation(conn, INSTALLATION, NOW))
    assert database.read(lambda conn: repository.store_by_url(conn, INSTALLATION.api_url)) == saved
    assert database.read(lambda conn: repository.store_by_id(conn, saved.id)) == saved
    assert (saved.app_id, saved.timezone, saved.language) == ("QXBwOjI=", "Europe/Istanbul", "tr")
    assert saved.active
    assert database.read(lambda conn: repository.store_by_url(conn, "https://other/")) is None


def test_a_reinstalled_store_keeps_its_id_switches_and_locale(database: Database) -> None:
    first = database.write(lambda conn: repository.save_installation(conn, INSTALLATION, NOW))
    database.write(lambda conn: set_switch(conn, first.id, Part.SPENDING, False, NOW))
    database.write(lambda conn: repository.mark_uninstalled(conn, first.id, "QXBwOjI=", NOW))
    again = replace(INSTALLATION, app_id="QXBwOjk=", timezone="UTC", language="en")
    second = database.write(lambda conn: repository.save_installation(conn, again, LATER))
    assert second == replace(first, app_id="QXBwOjk=", spending_on=False)
    assert database.read(lambda conn: repository.uninstalled_before(conn, LATER)) == []


def test_the_removal_of_an_older_installation_changes_nothing(database: Database) -> None:
    store = database.write(lambda conn: repository.save_installation(conn, INSTALLATION, NOW))
    assert not database.write(
        lambda conn: repository.mark_uninstalled(conn, store.id, "QXBwOjE=", NOW)
    )
    assert database.read(lambda conn: repository.all_stores(conn)) == [store]


def test_an_uninstalled_store_cannot_be_activated_and_is_listed_for_erasure(
    database: Database,
) -> None:
    store = database.write(lambda conn: repository.save_installation(conn, INSTALLATION, NOW))
    assert database.write(
        lambda conn: repository.mark_uninstalled(conn, store.id, store.app_id, NOW)
    )
    assert not database.write(
        lambda conn: repository.mark_uninstalled(conn, store.id, store.app_id, LATER)
    )
    database.write(lambda conn: repository.set_active(conn, store.id, True, LATER))
    assert database.read(lambda conn: repository.all_stores(conn)) == []
    gone = replace(store, active=False)
    assert database.read(lambda conn: repository.all_stores(conn, active_only=False)) == [gone]
    assert database.read(lambda conn: repository.uninstalled_before(conn, NOW)) == []
    assert database.read(lambda conn: repository.uninstalled_before(conn, LATER)) == [gone]


def test_channels_follow_what_saleor_says(database: Database) -> None:
    store = database.write(lambda conn: make_store(conn))
    save_channels(database, store.id, ChannelFacts("c1", USD), ChannelFacts("c2", TRY))
    assert database.read(lambda conn: repository.channels(conn, store.id)) == [USD, TRY]
    assert database.read(lambda conn: repository.permissions(conn, store.id)) == {"A", "B"}
    renamed = replace(USD, slug="us", countries=("US",), display_gross_prices=True)
    save_channels(database, store.id, ChannelFacts("c1", renamed))
    assert database.read(lambda conn: repository.channels(conn, store.id)) == [
        replace(TRY, active=False),
        renamed,
    ]
    found = database.read(lambda conn: repository.store_by_id(conn, store.id))
    assert found is not None
    assert found.schema_version == "3.24"


def test_channels_may_swap_their_slugs(database: Database) -> None:
    store = database.write(lambda conn: make_store(conn))
    save_channels(database, store.id, ChannelFacts("c1", USD), ChannelFacts("c2", TRY))
    save_channels(
        database,
        store.id,
        ChannelFacts("c1", replace(USD, slug="tr")),
        ChannelFacts("c2", replace(TRY, slug="default-channel")),
    )
    by_slug = {
        channel.slug: channel.currency
        for channel in database.read(lambda conn: repository.channels(conn, store.id))
    }
    assert by_slug == {"tr": "USD", "default-channel": "TRY"}


def test_a_channel_made_anew_under_an_old_slug_replaces_the_old_one(database: Database) -> None:
    store = database.write(lambda conn: make_store(conn))
    save_channels(database, store.id, ChannelFacts("c1", USD))
    save_channels(database, store.id, ChannelFacts("c9", USD))
    channels = database.read(lambda conn: repository.channels(conn, store.id))
    assert [channel for channel in channels if channel.active] == [USD]
    assert len(channels) == 2


def test_channels_of_stores_do_not_mix(database: Database) -> None:
    one = database.write(lambda conn: make_store(conn))
    other = database.write(lambda conn: make_store(conn))
    save_channels(database, one.id, ChannelFacts("c1", USD))
    save_channels(database, other.id, ChannelFacts("c1", TRY))
    assert database.read(lambda conn: repository.channels(conn, one.id)) == [USD]
    assert database.read(lambda conn: repository.channels(conn, other.id)) == [TRY]


def test_one_refresh_of_keys_is_claimed_within_the_time(database: Database) -> None:
    store = database.write(lambda conn: make_store(conn))

    def claim(now: datetime) -> bool:
        return database.write(
            lambda conn: repository.claim_key_refresh(
                conn, store.id, not_since=now - timedelta(minutes=1), now=now
            )
        )

    assert claim(NOW)
    assert not claim(NOW + timedelta(seconds=59))
    assert claim(NOW + timedelta(seconds=60))
    database.write(lambda conn: repository.save_keys(conn, store.id, {"keys": [1]}, LATER))
    stored = database.read(lambda conn: repository.keys(conn, store.id))
    assert stored is not None
    assert (stored.jwks, stored.refreshed_at) == ({"keys": [1]}, LATER)
