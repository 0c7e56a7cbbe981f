"""A web edge on each database, and a store that sends to it."""

from collections.abc import Iterator

import pytest

from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.event_handler import EventContext, Handler
from tests.signing import SigningKey
from tests.webhook_edge import WebhookEdge


class Recorder:
    """A handler's function that notes what it was given, or fails as told."""

    def __init__(self) -> None:
        self.seen: list[EventContext] = []
        self.failure: Exception | None = None

    def __call__(self, context: EventContext) -> None:
        if self.failure is not None:
            raise self.failure
        self.seen.append(context)


@pytest.fixture(scope="session")
def key() -> SigningKey:
    """The key of the store."""
    return SigningKey("store-key")


@pytest.fixture(scope="session")
def other_key() -> SigningKey:
    """A key of somebody else."""
    return SigningKey("other-key")


@pytest.fixture
def recorder() -> Recorder:
    """What the handler "noted" does."""
    return Recorder()


@pytest.fixture
def handler(recorder: Recorder) -> Handler:
    """A core handler of two order events."""
    return Handler(
        name="noted",
        events=("ORDER_CREATED", "ORDER_UPDATED"),
        document="orders",
        receive=recorder,
    )


@pytest.fixture
def edge(database: Database, handler: Handler, clock: ManualClock) -> Iterator[WebhookEdge]:
    """The route of "noted"."""
    made = WebhookEdge(database, [handler], clock)
    yield made
    made.close()
