"""A store with a live program on each database, and the route at which it asks."""

import asyncio
import base64
import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette

from saleor_loyalty_app.api.saleor.sync_webhooks import Answering, build_sync_routes
from saleor_loyalty_app.api.saleor.tenants import Tenants
from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.hot import Hot
from saleor_loyalty_app.db.tables import metadata
from saleor_loyalty_app.flows.sync_handler import SyncHandler
from saleor_loyalty_app.handlers import SYNC_HANDLERS
from saleor_loyalty_app.handlers.shipping import SHIPPING_FILTER, SHIPPING_METHODS
from saleor_loyalty_app.stores.refs import StoreRef
from tests.factories import make_channel, make_revision, make_store
from tests.shipping_samples import question, shipping_document
from tests.signing import SigningKey
from tests.webhook_edge import RefreshCalls, event_body

T = TypeVar("T")


class Flaky:
    """The database as a process reaches it, until it is taken away."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.is_down = False
        self.may_write = True
        self.hangs = 0.0
        self.reads = 0
        self.writes = 0

    async def read_async(self, fn: Callable[[Connection], T]) -> T:
        await self._reached()
        return await self._database.read_async(fn)

    async def glance_async(self, statement: Hot, values: Mapping[str, Any]) -> list[Any]:
        await self._reached()
        return await self._database.glance_async(statement, values)

    async def write_async(self, fn: Callable[[Connection], T]) -> T:
        self.writes += 1
        if self.is_down or not self.may_write:
            raise OperationalError("insert", {}, Exception("gone"))
        return await self._database.write_async(fn)

    async def _reached(self) -> None:
        self.reads += 1
        await asyncio.sleep(self.hangs)
        if self.is_down:
            raise OperationalError("select", {}, Exception("gone"))


@dataclass
class Desk:
    """One process that answers the questions of `store`.

    `forget` makes another process of it, which remembers nothing.
    """

    database: Database
    flaky: Flaky
    clock: ManualClock
    store: StoreRef
    key: SigningKey
    threads: ThreadPoolExecutor

    def __post_init__(self) -> None:
        self.forget()

    def forget(self, handlers: tuple[SyncHandler, ...] = SYNC_HANDLERS) -> None:
        """Another process takes over."""
        self.refresh = RefreshCalls()
        seen: Any = self.flaky
        tenants = Tenants(seen, clock=self.clock, refresh=self.refresh, saleor_threads=self.threads)
        self.answering = Answering(seen, tenants, self.clock, largest_body=200_000)
        self.app = Starlette(routes=build_sync_routes(handlers, self.answering))

    def post(
        self, body: bytes, *, handler: str = SHIPPING_METHODS.name, **headers: str
    ) -> httpx.Response:
        """A request as Saleor sends it, with headers changed; an empty one is left out."""
        sent = {
            "Saleor-Api-Url": self.store.api_url,
            "Saleor-Signature": self.key.sign(body),
        } | {name.replace("_", "-"): value for name, value in headers.items()}

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://app") as client:
                return await client.post(
                    f"/api/webhooks/{handler}",
                    content=body,
                    headers={name: value for name, value in sent.items() if value},
                )

        return asyncio.run(send())

    def ask(self, **values: Any) -> list[dict[str, Any]]:
        """What is offered to a checkout; see `question`."""
        body = event_body("ShippingListMethodsForCheckout", self.store.app_id, **question(**values))
        response = self.post(body)
        assert response.status_code == 200, response.text
        found: list[dict[str, Any]] = response.json()
        return found

    def hidden(self, methods: list[dict[str, Any]], **values: Any) -> dict[str, str]:
        """The methods that are hidden among `methods`, with the reason told."""
        fields = question("CheckoutFilterShippingMethods", shippingMethods=methods, **values)
        body = event_body("CheckoutFilterShippingMethods", self.store.app_id, **fields)
        response = self.post(body, handler=SHIPPING_FILTER.name)
        assert response.status_code == 200, response.text
        return {one["id"]: one["reason"] for one in response.json()["excluded_methods"]}

    def publish(self, document: Mapping[str, Any]) -> None:
        """Brings a program into force now, and lets the old one be forgotten."""
        self.clock.advance(timedelta(seconds=6))
        now = self.clock()
        self.database.write(
            lambda conn: make_revision(conn, self.store.id, dict(document), effective_from=now)
        )
        self.clock.advance(timedelta(seconds=6))

    def change(self, statement: Any) -> None:
        """Changes rows."""
        self.database.write(lambda conn: conn.execute(statement))

    def rows(self, table: str) -> list[sa.Row[Any]]:
        """All rows of a table."""
        found = metadata.tables[table]
        return self.database.read(lambda conn: list(conn.execute(sa.select(found))))


def names(offered: list[dict[str, Any]]) -> list[str]:
    """The names of offers."""
    return [one["name"] for one in offered]


@pytest.fixture(scope="session")
def key() -> SigningKey:
    """The key of the store."""
    return SigningKey("store-key")


@pytest.fixture
def desk(database: Database, clock: ManualClock, key: SigningKey) -> Iterator[Desk]:
    """A process, a store with channels in USD and TRY, and free shipping from 100 USD."""

    def make(conn: Connection) -> StoreRef:
        store = make_store(conn, jwks=key.jwks)
        make_channel(conn, store.id)
        make_channel(
            conn,
            store.id,
            slug="channel-tr",
            currency="TRY",
            default_country="TR",
            countries=["TR"],
            prices_entered_with_tax=True,
            display_gross_prices=True,
        )
        make_revision(conn, store.id, shipping_document())
        return store

    store = database.write(make)
    with ThreadPoolExecutor(2) as threads:
        yield Desk(database, Flaky(database), clock, store, key, threads)


def b64(text: str) -> str:
    """A global id of Saleor's."""
    return base64.b64encode(text.encode()).decode()


def as_bytes(value: object) -> bytes:
    """JSON."""
    return json.dumps(value).encode()
