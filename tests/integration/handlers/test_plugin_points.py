"""Points of plugins follow the rules that hold for everybody, once for each key."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.ext import Granted, IdempotencyConflict, InvalidAmount, grant_points
from saleor_loyalty_app.flows.explain_entry import explain_entry
from saleor_loyalty_app.flows.plugin_handler import PluginEvent, plugin_event
from saleor_loyalty_app.inbox.repository import Delivery
from saleor_loyalty_app.ledger.models import Entry, Lot
from saleor_loyalty_app.members import service
from saleor_loyalty_app.stores import switches
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import store_by_id
from tests.audited import drifts_of
from tests.factories import make_member, make_revision, make_store
from tests.order_books import live_store, program
from tests.webhook_edge import event_body

USER = "VXNlcjo1"


@pytest.fixture
def store(database: Database) -> StoreRef:
    return database.write(live_store)


@pytest.fixture
def member(database: Database, store: StoreRef) -> int:
    return database.write(lambda conn: make_member(conn, store.id, user_id=USER))


def event(database: Database, store: StoreRef, clock: ManualClock) -> PluginEvent:
    body = event_body("CustomerUpdated", store.app_id)
    delivery = Delivery(store.id, "gifts-thanks", "CustomerUpdated", body, clock())
    return plugin_event(store, delivery, now=clock(), transactions=database)


def give(happened: PluginEvent, points: int = 50, *, user: str = USER, key: str = "k") -> Granted:
    return grant_points(happened, user, points, plugin="gifts", key=key, note="thank you")


def test_points_are_given_once_for_a_key_whatever_happens_between(
    database: Database, store: StoreRef, member: int, clock: ManualClock
) -> None:
    assert give(event(database, store, clock)) == Granted(points=50, is_new=True)
    clock.advance(timedelta(days=3))
    database.write(lambda conn: make_revision(conn, store.id, program(), effective_from=clock()))
    assert give(event(database, store, clock)) == Granted(points=50, is_new=False)
    assert give(event(database, store, clock), key="other").is_new
    with pytest.raises(IdempotencyConflict):
        give(event(database, store, clock), 51)
    entries = database.read(lambda conn: conn.execute(sa.select(table(Entry))).all())
    assert [(entry.member_id, entry.amount, entry.actor) for entry in entries] == [
        (member, 50, "plugin:gifts"),
        (member, 50, "plugin:gifts"),
    ]
    assert database.read(lambda conn: drifts_of(conn, store.id), snapshot=True) == []


def test_points_expire_as_the_program_says(
    database: Database, store: StoreRef, member: int, clock: ManualClock
) -> None:
    give(event(database, store, clock))
    [lot] = database.read(lambda conn: conn.execute(sa.select(table(Lot))).all())
    assert (lot.member_id, lot.available_from) == (member, clock())
    assert lot.expires_at == datetime(2028, 1, 31, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize("points", [0, -5, 10**13, True])
def test_what_is_no_number_of_points_is_refused(
    points: int, database: Database, store: StoreRef, member: int, clock: ManualClock
) -> None:
    with pytest.raises(InvalidAmount):
        give(event(database, store, clock), points)
    assert database.read(lambda conn: conn.execute(sa.select(table(Entry))).all()) == []


def test_nothing_is_given_to_strangers_or_while_switched_off_or_before_a_program(
    database: Database, store: StoreRef, member: int, clock: ManualClock
) -> None:
    assert give(event(database, store, clock), user="VXNlcjo2").withheld == "no_member"
    asleep = database.write(make_store)
    assert give(event(database, asleep, clock)).withheld == "no_program"

    def switch_off(conn: Connection) -> StoreRef | None:
        switches.set_switch(conn, store.id, switches.Part.EARNING, False, clock())
        return store_by_id(conn, store.id)

    off = database.write(switch_off)
    assert off is not None
    assert give(event(database, off, clock)).withheld == "switched_off"
    assert database.read(lambda conn: conn.execute(sa.select(table(Entry))).all()) == []


def test_nothing_is_given_to_who_left_was_blocked_or_is_held_out(
    database: Database, store: StoreRef, member: int, clock: ManualClock
) -> None:
    database.write(lambda conn: service.block(conn, store.id, member, earning=True))
    assert give(event(database, store, clock)).withheld == "blocked"
    database.write(lambda conn: service.block(conn, store.id, member, earning=False))
    database.write(lambda conn: service.leave(conn, store.id, member, now=clock()))
    assert give(event(database, store, clock)).withheld == "left"
    database.write(
        lambda conn: make_member(conn, store.id, user_id="VXNlcjo3", hold_out=True, bucket=1)
    )
    assert give(event(database, store, clock), user="VXNlcjo3").withheld == "hold_out"


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "The extension gave 50 points: thank you"),
        ("tr", "Eklenti 50 puan verdi: thank you"),
    ],
)
def test_the_member_is_told_why(
    language: str,
    sentence: str,
    database: Database,
    store: StoreRef,
    member: int,
    clock: ManualClock,
) -> None:
    give(event(database, store, clock))
    told = database.read(lambda conn: explain_entry(conn, store.id, 1, language=language))
    assert told.sentences == (sentence,)
