"""A web edge in the tests: stores with keys of their own, webhooks signed as Saleor signs them."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import httpx
import sqlalchemy as sa
from starlette.applications import Starlette

from saleor_loyalty_app import metrics
from saleor_loyalty_app.api.saleor.tenants import Tenants
from saleor_loyalty_app.api.saleor.webhooks import Intake, build_routes
from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import metadata
from saleor_loyalty_app.flows.event_handler import Handler
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.saleor.keys import KeySet
from saleor_loyalty_app.stores.refs import StoreRef
from tests.factories import make_store
from tests.signing import SigningKey

SECRETS = EmailKeys.of(("a secret of the tests, long enough for all",))


def event_body(typename: str, app_id: str, **fields: object) -> bytes:
    """A body as our subscriptions make Saleor write it."""
    envelope = {
        "__typename": typename,
        "issuedAt": "2027-01-01T11:59:59.123456+00:00",
        "version": "3.23.28",
        "issuingPrincipal": None,
        "recipient": {"id": app_id},
    }
    return json.dumps(envelope | fields).encode()


class RefreshCalls:
    """Answers the question for fresh keys as told, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.answer: KeySet | Exception = KeySet({})

    def __call__(self, store: StoreRef) -> KeySet:
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class WebhookEdge:
    """The webhook routes of `handlers` on `database`."""

    def __init__(
        self,
        database: Database,
        handlers: Sequence[Handler],
        clock: ManualClock,
        *,
        largest_body: int = 200_000,
    ) -> None:
        self.database = database
        self.clock = clock
        self.refresh = RefreshCalls()
        self._threads = ThreadPoolExecutor(2)
        self.tenants = Tenants(
            database, clock=clock, refresh=self.refresh, saleor_threads=self._threads
        )
        intake = Intake(database, self.tenants, clock, SECRETS, largest_body)
        self.app = Starlette(routes=build_routes(handlers, intake))

    def close(self) -> None:
        self._threads.shutdown()

    def store(self, key: SigningKey, **values: object) -> StoreRef:
        """A store that signs with `key`."""
        return self.database.write(lambda conn: make_store(conn, jwks=key.jwks, **values))

    def headers(self, store: StoreRef, body: bytes, key: SigningKey) -> dict[str, str]:
        """What Saleor sends beside the body."""
        return {
            "Content-Type": "application/json",
            "Saleor-Event": "order_updated",
            "Saleor-Api-Url": store.api_url,
            "Saleor-Signature": key.sign(body),
        }

    def post(self, handler: str, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
        """One delivery."""
        return self.post_all([(handler, body, headers)])[0]

    def post_all(
        self, deliveries: Sequence[tuple[str, bytes, Mapping[str, str]]]
    ) -> list[httpx.Response]:
        """Deliveries at the same instant."""

        async def send() -> list[httpx.Response]:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://app") as client:
                return await asyncio.gather(
                    *(
                        client.post(f"/api/webhooks/{handler}", content=body, headers=headers)
                        for handler, body, headers in deliveries
                    )
                )

        return asyncio.run(send())

    def deliver(
        self, handler: str, store: StoreRef, key: SigningKey, typename: str, **fields: object
    ) -> httpx.Response:
        """A genuine webhook."""
        body = event_body(typename, store.app_id, **fields)
        return self.post(handler, body, self.headers(store, body, key))

    def rows(self, table: str) -> list[sa.Row[tuple[object, ...]]]:
        """All rows of a table by its first key."""
        found = metadata.tables[table]
        order = list(found.primary_key.columns)
        return self.database.read(
            lambda conn: list(conn.execute(sa.select(found).order_by(*order)).all())
        )


def counted(metric: Callable[..., object] | object, *labels: str) -> float:
    """What a counter of the process says now; 0 before it counted."""
    name = str(getattr(metric, "_name", ""))
    names = getattr(metric, "_labelnames", ())
    value = metrics.REGISTRY.get_sample_value(
        f"{name}_total", dict(zip(names, labels, strict=True))
    )
    return value or 0.0


def refused(reason: str) -> float:
    """How many webhooks were refused for `reason` so far."""
    return counted(metrics.refusals, "webhook", reason)
