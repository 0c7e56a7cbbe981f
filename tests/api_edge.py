"""The storefront and Dashboard faces in the tests, with stores that have keys of their own."""

import asyncio
import copy
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType
from typing import Any

import httpx
import sqlalchemy as sa
from fastapi import FastAPI
from graphql import get_operation_ast, parse
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api import errors
from saleor_loyalty_app.api.context import Faces
from saleor_loyalty_app.api.cross_origin import StorefrontOrigins
from saleor_loyalty_app.api.dashboard.router import router as dashboard
from saleor_loyalty_app.api.gate import Gate
from saleor_loyalty_app.api.origin_book import OriginBook
from saleor_loyalty_app.api.partner.router import router as partner
from saleor_loyalty_app.api.rewards.router import router as rewards
from saleor_loyalty_app.api.routing import put_together
from saleor_loyalty_app.api.saleor.tenants import Tenants
from saleor_loyalty_app.api.saleor_calls import SaleorCalls
from saleor_loyalty_app.api.shopper_tokens import ShopperTokens
from saleor_loyalty_app.api.storefront.router import router as storefront
from saleor_loyalty_app.api.unsubscribe import router as unsubscribe
from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.drive_redemption import Driver
from saleor_loyalty_app.flows.event_handler import Handler
from saleor_loyalty_app.flows.outbound import open_outbound
from saleor_loyalty_app.flows.replay_inbox import Replay
from saleor_loyalty_app.flows.spend_points import Spender
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.handlers import CORE_HANDLERS
from saleor_loyalty_app.limiting.limiter import Limiter
from saleor_loyalty_app.limiting.storage import DatabaseStorage
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.queue.failed import FailedJobs
from saleor_loyalty_app.saleor.client import SaleorClient
from saleor_loyalty_app.settings import load_settings
from saleor_loyalty_app.stores.models import Store
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.secrets import TokenCipher
from tests.factories import make_channel, make_store
from tests.signing import SigningKey, shopper_claims, staff_claims
from tests.webhook_edge import RefreshCalls

Data = dict[str, Any]
Answer = Data | httpx.Response | Callable[[Data], Data | httpx.Response]
LIMITS = ("spending", "reading", "public", "staff", "session", "estimate", "sign_in", "partner")
_documents: list[Data] = []
_FACES = put_together((storefront, rewards, unsubscribe, dashboard, partner))
ALL_PERMISSIONS = ["MANAGE_ORDERS", "MANAGE_USERS", "MANAGE_DISCOUNTS", "MANAGE_APPS"]


def openapi_of(app: FastAPI) -> Data:
    """The document of the API, which each app has alike: it is put together once."""
    if not _documents:
        _documents.append(json.loads(json.dumps(app.openapi())))
    return copy.deepcopy(_documents[0])


class Saleor:
    """Answers the app's documents as told, by the name of the operation.

    `answers` are the `data`, functions of the variables that give it, or what a broken Saleor says.
    """

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        name = get_operation_ast(parse(body["query"]))
        assert name is not None
        assert name.name is not None
        self.asked.append(name.name.value)
        answer = self.answers[name.name.value]
        if callable(answer):
            answer = answer(body["variables"])
        if isinstance(answer, httpx.Response):
            return answer
        return httpx.Response(200, json={"data": answer})


class ApiEdge:
    """Both faces on `database`, beside a Saleor that answers as told."""

    def __init__(
        self,
        database: Database,
        clock: ManualClock,
        key: SigningKey,
        *,
        http: httpx.Client | None = None,
        cipher: TokenCipher | None = None,
        limits: Mapping[str, str] = MappingProxyType({}),
        handlers: Sequence[Handler] = CORE_HANDLERS,
        job_names: Sequence[str] = (),
    ) -> None:
        """`limits` are rates by the name of their setting; whatever is not named is off.

        `http` leads to another Saleor than the one that answers as told; `cipher` opens its token.
        """
        settings = load_settings(
            environment="test",
            secret_key="a secret of the tests",
            app_url="http://app",
            **{f"{name}_limit": limits.get(name, "off") for name in LIMITS},
        )
        self.database = database
        self.clock = clock
        self.key = key
        self.refresh = RefreshCalls()
        self._threads = ThreadPoolExecutor(4)
        self.saleor = Saleor()
        self.cipher = cipher or TokenCipher(("a secret of the tests",))
        http = http or httpx.Client(transport=httpx.MockTransport(self.saleor))
        client = SaleorClient(http, now=clock, timeout=30.0)
        access = StoreAccess(database, client, self.cipher)
        tenants = Tenants(database, clock=clock, refresh=self.refresh, saleor_threads=self._threads)
        self.app = FastAPI()
        self.app.state.faces = Faces(
            database,
            clock,
            tenants,
            gate=Gate(
                Limiter(DatabaseStorage(database, clock=clock), "test", clock=clock), settings
            ),
            calls=SaleorCalls(self._threads, size=4, patience=60.0),
            access=access,
            spender=Spender(
                Driver(access, clock),
                clock,
                keys=EmailKeys.of(settings.secrets),
                sleep=lambda _seconds: None,
            ),
            shopper_tokens=ShopperTokens(settings.secrets),
            email_keys=EmailKeys.of(settings.secrets),
            public_url=settings.browser_url,
            outbound=open_outbound(settings, self.cipher),
            replay=Replay(database, handlers, {}, EmailKeys.of(settings.secrets)),
            failed_jobs=FailedJobs(database, job_names),
            settings=settings,
        )
        errors.install(self.app)
        self.app.add_middleware(StorefrontOrigins, book=OriginBook(database, clock))
        self.app.router.routes.extend(_FACES.routes)

    def close(self) -> None:
        self._threads.shutdown()
        self.app.state.faces.outbound.close()

    def store(self, **values: object) -> StoreRef:
        """A store that signs with the edge's key, with one channel in USD."""

        def make(conn: Connection) -> StoreRef:
            made = make_store(conn, jwks=self.key.jwks, **values)
            sealed = self.cipher.seal(made.api_url, "a token of the app")
            stores = table(Store)
            conn.execute(
                sa.update(stores).where(stores.c.id == made.id).values(token_encrypted=sealed)
            )
            make_channel(conn, made.id)
            return made

        return self.database.write(make)

    def shopper(self, store: StoreRef, **changes: object) -> dict[str, str]:
        """The header of a shopper of the store."""
        claims = shopper_claims(store.api_url, self.clock(), **changes)
        return {"Authorization": f"Bearer {self.key.token(claims)}"}

    def staff(self, store: StoreRef, **changes: object) -> dict[str, str]:
        """The header of a staff member who may do everything."""
        rights = {"permissions": ALL_PERMISSIONS, "user_permissions": ALL_PERMISSIONS}
        claims = staff_claims(store.api_url, self.clock(), store.app_id, **(rights | changes))
        return {"Authorization": f"Bearer {self.key.token(claims)}"}

    def send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: object | None = None,
    ) -> httpx.Response:
        """One request."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://app") as client:
                return await client.request(method, path, headers=dict(headers or {}), json=body)

        return asyncio.run(ask())

    def send_form(self, path: str, headers: Mapping[str, str], body: str) -> httpx.Response:
        """One form, as browsers send it; where it leads to is not followed."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://app") as client:
                sent = {"Content-Type": "application/x-www-form-urlencoded"} | dict(headers)
                return await client.post(path, headers=sent, content=body)

        return asyncio.run(ask())

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        return self.send("GET", path, headers)

    def program(self, query: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        return self.get(f"/api/storefront/v1/program{query}", headers)

    def me(self, headers: Mapping[str, str] | None = None, query: str = "") -> httpx.Response:
        return self.get(f"/api/storefront/v1/me{query}", headers)

    def history(self, headers: Mapping[str, str] | None = None, query: str = "") -> httpx.Response:
        return self.get(f"/api/storefront/v1/me/history{query}", headers)
