"""The customer handlers: members follow their accounts, staff and our own writes do not count."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.receive_event import Outcome, receive
from saleor_loyalty_app.handlers.customers import ACCOUNTS_DELETED, CUSTOMERS, CUSTOMERS_DELETED
from saleor_loyalty_app.members.models import Member, MemberIdentity
from saleor_loyalty_app.stores.refs import StoreRef
from tests.integration.handlers.test_orders_handler import Told, order
from tests.order_books import live_store
from tests.webhook_edge import SECRETS, event_body

AYSE = {
    "id": "VXNlcjo1",
    "email": "ayse@example.com",
    "firstName": "Ayşe",
    "lastName": "Yılmaz",
    "isActive": True,
    "isConfirmed": True,
    "isStaff": False,
    "languageCode": "TR",
    "dateJoined": "2026-12-01T00:00:00+00:00",
    "updatedAt": "2026-12-01T00:00:00+00:00",
}
HANDLERS = (CUSTOMERS, ACCOUNTS_DELETED, CUSTOMERS_DELETED)
ALL = sorted(typename for handler in HANDLERS for typename in handler.typenames)
Tell = Callable[..., Outcome]


@pytest.fixture
def store(database: Database) -> StoreRef:
    return database.write(live_store)


@pytest.fixture
def tell(database: Database, store: StoreRef, clock: ManualClock) -> Tell:
    def send(typename: str, **fields: object) -> Outcome:
        [handler] = [one for one in HANDLERS if typename in one.typenames]
        body = event_body(typename, store.app_id, **fields)
        return receive(database, handler, store, body, now=clock(), secrets=SECRETS)

    return send


def people(database: Database) -> list[tuple[str, str | None, str | None]]:
    """(state, user id, e-mail) of all members."""
    members, identities = table(Member), table(MemberIdentity)
    query = (
        sa.select(members.c.state, members.c.user_id, identities.c.email)
        .select_from(members.outerjoin(identities, identities.c.member_id == members.c.id))
        .order_by(members.c.id)
    )
    return database.read(lambda conn: [(row[0], row[1], row[2]) for row in conn.execute(query)])


@pytest.mark.parametrize("typename", ["CustomerCreated", "CustomerUpdated", "AccountConfirmed"])
def test_an_account_becomes_a_member(typename: str, tell: Tell, database: Database) -> None:
    assert tell(typename, user=AYSE) is Outcome.accepted
    assert people(database) == [("active", "VXNlcjo1", "ayse@example.com")]


@pytest.mark.parametrize("typename", ALL)
def test_staff_are_no_members(typename: str, tell: Tell, database: Database) -> None:
    assert tell(typename, user=AYSE | {"isStaff": True}) is Outcome.accepted
    assert people(database) == []


def test_what_the_app_itself_wrote_is_no_news(
    tell: Tell, store: StoreRef, database: Database
) -> None:
    ours = {"__typename": "App", "id": store.app_id}
    assert tell("CustomerUpdated", user=AYSE, issuingPrincipal=ours) is Outcome.accepted
    assert people(database) == []
    another = {"__typename": "App", "id": "QXBwOjk5OTk5"}
    assert tell("CustomerUpdated", user=AYSE, issuingPrincipal=another) is Outcome.accepted
    assert len(people(database)) == 1


@pytest.mark.parametrize("typename", ["CustomerDeleted", "AccountDeleted"])
def test_a_deleted_account_is_forgotten_and_comes_not_back_by_a_late_event(
    typename: str, tell: Tell, database: Database
) -> None:
    tell("CustomerCreated", user=AYSE)
    assert tell(typename, user=AYSE) is Outcome.accepted
    assert people(database) == [("erased", None, None)]
    late = AYSE | {"firstName": "late"}
    assert tell("CustomerUpdated", user=late) is Outcome.accepted
    assert people(database) == [("erased", None, None)]
    assert tell("CustomerUpdated", user=AYSE | {"id": "VXNlcjo2"}) is Outcome.accepted
    assert len(people(database)) == 2


def test_the_entries_of_a_deleted_account_stay_and_what_is_left_is_written_off(
    database: Database, clock: ManualClock
) -> None:
    told = Told(database, clock)
    told("OrderUpdated", orderRef={"id": "T3JkZXI61"}, order=order())
    body = event_body("CustomerDeleted", told.store.app_id, user=AYSE)
    outcome = receive(database, CUSTOMERS_DELETED, told.store, body, now=clock(), secrets=SECRETS)
    assert outcome is Outcome.accepted
    assert told.booked() == {"1": 200}
    assert people(database) == [("erased", None, None)]
    amounts = database.read(
        lambda conn: conn.exec_driver_sql("SELECT amount FROM entry ORDER BY id").scalars().all()
    )
    assert amounts == [200, -200]


def test_an_account_nobody_knew_may_be_deleted(tell: Tell, database: Database) -> None:
    assert tell("CustomerDeleted", user=AYSE) is Outcome.accepted
    assert people(database) == []


@pytest.mark.parametrize("typename", ALL)
@pytest.mark.parametrize("user", [None, AYSE | {"id": ""}, AYSE | {"id": "x" * 201}])
def test_an_event_without_a_usable_user_is_kept(
    typename: str, user: object, tell: Tell, database: Database
) -> None:
    assert tell(typename, user=user) is Outcome.malformed
    assert people(database) == []


def test_a_guest_who_confirms_an_account_keeps_what_was_earned(
    database: Database, clock: ManualClock
) -> None:
    told = Told(database, clock)
    guest = order(user=None, userEmail="Ayse@Example.com")
    told("OrderUpdated", orderRef={"id": "T3JkZXI61"}, order=guest)
    assert [person[0] for person in people(database)] == ["guest"]
    body = event_body("AccountConfirmed", told.store.app_id, user=AYSE)
    receive(database, CUSTOMERS, told.store, body, now=clock(), secrets=SECRETS)
    assert told.booked() == {"1": 200}
    balances = database.read(
        lambda conn: conn.exec_driver_sql(
            "SELECT m.user_id, b.entries FROM balance b JOIN member m ON m.id = b.member_id"
            " WHERE b.entries <> 0"
        ).all()
    )
    assert [tuple(row) for row in balances] == [("VXNlcjo1", 200)]
