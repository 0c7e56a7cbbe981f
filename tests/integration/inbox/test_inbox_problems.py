"""What the owner is told of webhooks goes when it is over."""

from datetime import timedelta

import pytest

from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.event_handler import EventContext, Handler
from saleor_loyalty_app.flows.inbox_problems import QUIET, review_inbox
from saleor_loyalty_app.flows.receive_event import Outcome, receive
from saleor_loyalty_app.flows.replay_inbox import Replay
from saleor_loyalty_app.stores.problems import open_problems
from saleor_loyalty_app.stores.refs import StoreRef
from tests.factories import make_store
from tests.webhook_edge import SECRETS, event_body

ERRORS = [{"message": "no", "path": ["order", "user"]}]


def nothing(_context: EventContext) -> None:
    """A handler that is content."""


HANDLER = Handler("orders", ("ORDER_UPDATED",), "orders", nothing)
OTHER = Handler("customers", ("CUSTOMER_UPDATED",), "customers", nothing)


@pytest.fixture
def store(database: Database) -> StoreRef:
    return database.write(make_store)


def deliver(
    database: Database,
    store: StoreRef,
    clock: ManualClock,
    handler: Handler = HANDLER,
    **more: object,
) -> None:
    clock.advance(timedelta(seconds=1))
    event = "OrderUpdated" if handler is HANDLER else "CustomerUpdated"
    body = event_body(event, store.app_id, at=clock().isoformat(), **more)
    outcome = receive(database, handler, store, body, now=clock(), secrets=SECRETS)
    assert outcome is Outcome.accepted


def told(database: Database, store: StoreRef, clock: ManualClock) -> dict[str, str]:
    review_inbox(database, store, clock())
    found = database.read(lambda conn: open_problems(conn, store.id))
    return {problem.key: problem.message for problem in found}


def test_errors_of_a_handler_are_over_when_it_gets_whole_webhooks_again(
    database: Database, store: StoreRef, clock: ManualClock
) -> None:
    deliver(database, store, clock, errors=ERRORS)
    deliver(database, store, clock)
    assert list(told(database, store, clock)) == ["webhook-errors-orders"]
    clock.advance(QUIET)
    assert told(database, store, clock) == {}


def test_silence_and_webhooks_of_other_handlers_end_no_errors(
    database: Database, store: StoreRef, clock: ManualClock
) -> None:
    deliver(database, store, clock, errors=ERRORS)
    deliver(database, store, clock, OTHER)
    deliver(database, database.write(make_store), clock)
    clock.advance(QUIET * 4)
    assert list(told(database, store, clock)) == ["webhook-errors-orders"]
    deliver(database, store, clock, errors=ERRORS)
    assert list(told(database, store, clock)) == ["webhook-errors-orders"]
    deliver(database, store, clock)
    clock.advance(QUIET)
    assert told(database, store, clock) == {}


def test_dead_letters_that_wait_are_told_with_their_number_until_they_are_replayed(
    database: Database, store: StoreRef, clock: ManualClock
) -> None:
    for number in range(2):
        receive(database, HANDLER, store, b"{" * (number + 1), now=clock(), secrets=SECRETS)
    [(key, message)] = told(database, store, clock).items()
    assert key == "dead-letters"
    assert "are kept: 2." in message
    assert f"saleor-loyalty inbox replay --store {store.id}" in message
    receive(database, HANDLER, store, b"no", now=clock(), secrets=SECRETS)
    assert "are kept: 3." in told(database, store, clock)["dead-letters"]
    done = Replay(database, [HANDLER], {}, SECRETS).dead_letters(now=clock(), store_id=store.id)
    assert all(one.failure for one in done)
    assert list(told(database, store, clock)) == ["dead-letters"]
    assert told(database, database.write(make_store), clock) == {}


def test_nothing_is_written_while_nothing_changes(
    database: Database, store: StoreRef, clock: ManualClock
) -> None:
    receive(database, HANDLER, store, b"{", now=clock(), secrets=SECRETS)
    told(database, store, clock)
    [before] = database.read(lambda conn: open_problems(conn, store.id))
    clock.advance(timedelta(hours=1))
    told(database, store, clock)
    assert database.read(lambda conn: open_problems(conn, store.id)) == [before]
