"""Both faces on each database, a store, and a program."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.propose_program import propose_program
from saleor_loyalty_app.flows.publish_program import publish
from saleor_loyalty_app.programs.stats import OrderStats
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge
from tests.signing import SigningKey

SOLD = OrderStats("default-channel", "USD", 128, Decimal("74.50"), Decimal("10000.00"))


@pytest.fixture(scope="session")
def key() -> SigningKey:
    """The key of the stores."""
    return SigningKey("store-key")


@pytest.fixture
def edge(database: Database, clock: ManualClock, key: SigningKey) -> Iterator[ApiEdge]:
    """Storefront and Dashboard API on each database."""
    made = ApiEdge(database, clock, key)
    yield made
    made.close()


@pytest.fixture
def store(edge: ApiEdge) -> StoreRef:
    """An installed store without a program."""
    return edge.store()


@pytest.fixture
def proposed(edge: ApiEdge, store: StoreRef) -> StoreRef:
    """A store with a proposed program: 1 point a dollar, worth $0.02."""
    edge.database.write(lambda conn: propose_program(conn, store, [SOLD], now=edge.clock()))
    return store


@pytest.fixture
def published(edge: ApiEdge, proposed: StoreRef) -> StoreRef:
    """A store whose proposed program is in force."""
    edge.database.write(lambda conn: publish(conn, proposed, by="user:1", now=edge.clock()))
    return proposed
