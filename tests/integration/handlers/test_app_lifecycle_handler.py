"""The app's own life in a store, in whatever order it is told."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.receive_event import Outcome, WrongRecipient, receive
from saleor_loyalty_app.handlers.app_lifecycle import APP_LIFECYCLE
from saleor_loyalty_app.queue.engine import migrate_engine
from saleor_loyalty_app.stores import repository as stores
from saleor_loyalty_app.stores.problems import open_problems
from saleor_loyalty_app.stores.refs import StoreRef
from tests.factories import make_store
from tests.webhook_edge import SECRETS, event_body

Tell = Callable[..., Outcome]


@pytest.fixture
def store(database: Database) -> StoreRef:
    migrate_engine(database.url)
    if not database.is_sqlite:
        database.write(lambda conn: conn.exec_driver_sql("DELETE FROM dbos.workflow_status"))
    return database.write(make_store)


@pytest.fixture
def tell(database: Database, store: StoreRef, clock: ManualClock) -> Tell:
    def send(typename: str, **fields: object) -> Outcome:
        fields["app"] = {"id": store.app_id} | dict(fields.get("app") or {})  # type: ignore[call-overload]
        body = event_body(typename, store.app_id, **fields)
        return receive(database, APP_LIFECYCLE, store, body, now=clock(), secrets=SECRETS)

    return send


def is_active(database: Database, store: StoreRef) -> bool:
    found = database.read(lambda conn: stores.store_by_id(conn, store.id))
    assert found is not None
    return found.active


def test_staff_switch_the_app_off_and_on(tell: Tell, database: Database, store: StoreRef) -> None:
    for second, active in enumerate((False, True, False), start=1):
        at = f"2027-01-01T12:00:0{second}+00:00"
        assert tell("AppStatusChanged", app={"isActive": active}, issuedAt=at) is Outcome.accepted
        assert is_active(database, store) is active


def test_switched_on_again_it_catches_up_at_once(
    tell: Tell, database: Database, store: StoreRef
) -> None:
    schema = "" if database.is_sqlite else "dbos."
    query = sa.text(f"SELECT workflow_uuid FROM {schema}workflow_status")

    def waiting() -> list[str]:
        return database.read(lambda conn: list(conn.execute(query).scalars()))

    tell("AppStatusChanged", app={"isActive": False}, issuedAt="2027-01-01T12:00:01+00:00")
    assert waiting() == []
    tell("AppStatusChanged", app={"isActive": True}, issuedAt="2027-01-01T12:00:02+00:00")
    assert waiting() == [f"catch_up:{store.id}:2027-01-01T12:00:00+00:00"]


def test_off_and_on_told_in_the_wrong_order_ends_on(
    tell: Tell, database: Database, store: StoreRef
) -> None:
    tell("AppStatusChanged", app={"isActive": True}, issuedAt="2027-01-01T12:00:02+00:00")
    tell("AppStatusChanged", app={"isActive": False}, issuedAt="2027-01-01T12:00:01+00:00")
    assert is_active(database, store)


def test_a_removed_app_stops_at_once_and_forgets_its_token(
    tell: Tell, database: Database, store: StoreRef
) -> None:
    assert tell("AppDeleted", app={"isActive": False}) is Outcome.accepted
    assert not is_active(database, store)
    row = database.read(
        lambda conn: conn.exec_driver_sql("SELECT token_encrypted, uninstalled_at FROM store").one()
    )
    assert row[0] == ""
    assert row[1] is not None
    assert tell("AppStatusChanged", app={"isActive": True}) is Outcome.gone
    assert not is_active(database, store)


def test_the_removal_of_an_earlier_installation_does_not_end_the_present_one(
    database: Database, store: StoreRef, clock: ManualClock
) -> None:
    body = event_body("AppDeleted", "QXBwOm9sZA==", app={"id": "QXBwOm9sZA==", "isActive": False})
    with pytest.raises(WrongRecipient):
        receive(database, APP_LIFECYCLE, store, body, now=clock(), secrets=SECRETS)
    assert is_active(database, store)


def test_an_event_about_another_app_is_kept_and_not_obeyed(
    tell: Tell, database: Database, store: StoreRef
) -> None:
    outcome = tell("AppDeleted", app={"id": "QXBwOjk5OTk=", "isActive": False})
    assert outcome is Outcome.malformed
    assert is_active(database, store)


def test_lost_permissions_are_told_and_returned_ones_end_the_problem(
    tell: Tell, database: Database, store: StoreRef
) -> None:
    tell("AppUpdated", app={"permissions": [{"code": "MANAGE_ORDERS"}]})
    granted = database.read(lambda conn: stores.permissions(conn, store.id))
    assert granted == {"MANAGE_ORDERS"}
    problems = database.read(lambda conn: open_problems(conn, store.id))
    assert [problem.key for problem in problems] == ["missing-permissions"]
    codes = ("ORDERS", "USERS", "CHECKOUTS", "DISCOUNTS", "SHIPPING")
    everything = [{"code": f"MANAGE_{code}"} for code in codes]
    tell("AppUpdated", app={"permissions": everything})
    assert database.read(lambda conn: open_problems(conn, store.id)) == []


def test_an_update_that_shows_no_permissions_takes_none_away(
    tell: Tell, database: Database, store: StoreRef
) -> None:
    assert tell("AppUpdated", app={"permissions": None}) is Outcome.accepted
    assert database.read(lambda conn: open_problems(conn, store.id)) == []


def test_a_status_that_is_not_said_is_kept(tell: Tell, database: Database, store: StoreRef) -> None:
    assert tell("AppStatusChanged", app={}) is Outcome.malformed
    assert is_active(database, store)
