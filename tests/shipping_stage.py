"""A sandbox store that asks the app for shipping methods, and a shopper who picks among them."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from starlette.applications import Starlette

from saleor_loyalty_app.api.saleor.sync_webhooks import Answering, build_sync_routes
from saleor_loyalty_app.api.saleor.tenants import Tenants
from saleor_loyalty_app.api.saleor.webhooks import Intake, build_routes
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows import kept_goods_news, offer_shipping, shipping_news
from saleor_loyalty_app.flows.app_manifest import manifest_for
from saleor_loyalty_app.flows.recalculate_shipping import Recalculation, recalculate
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.handlers import SYNC_HANDLERS
from saleor_loyalty_app.handlers.checkouts import CHECKOUTS
from saleor_loyalty_app.saleor.client import SaleorClient
from saleor_loyalty_app.saleor.version import SchemaVersion
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.secrets import TokenCipher
from sandbox import Request, Response, Sandbox
from sandbox.box import id_of
from tests.contract.story_teller import ADDRESS, Cast, Data, Teller
from tests.factories import make_channel, make_revision, make_store
from tests.order_books import KEYS
from tests.sandbox_network import Network
from tests.webhook_edge import RefreshCalls

SHOPPER = "ayse@example.com"
CIPHER = TokenCipher(["a secret of thirty-two characters"])
APP_URL = "https://loyalty.example"
_METHOD = "id name active price { amount }"


@dataclass
class Stage:
    """One store with the app beside it; `is_up` is whether the app answers at all.

    `wishes` are the calculations that the app has put into its queue.
    """

    database: Database
    box: Sandbox
    teller: Teller
    network: Network
    store: StoreRef
    access: StoreAccess
    threads: ThreadPoolExecutor
    wishes: dict[str, Recalculation] = field(default_factory=dict)
    checkout: str = ""
    channel: str = "default-channel"
    reach: Any = None

    def __post_init__(self) -> None:
        self.reach = self.reach or self.database
        self.box.send = self._send
        self.restart()

    def restart(self) -> None:
        """Another process of the app takes over."""
        clock: Callable[[], Any] = self.box.clock.now
        tenants = Tenants(
            self.reach, clock=clock, refresh=RefreshCalls(), saleor_threads=self.threads
        )
        self.app = Starlette(
            routes=[
                *build_sync_routes(SYNC_HANDLERS, Answering(self.reach, tenants, clock)),
                *build_routes([CHECKOUTS], Intake(self.reach, tenants, clock, KEYS)),
            ]
        )

    def _send(self, request: Request) -> Response:
        async def post() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport) as client:
                return await client.post(
                    request.url, content=request.body, headers=dict(request.headers)
                )

        answer = asyncio.run(post())
        return Response(answer.status_code, answer.content)

    def publish(self, document: Data) -> None:
        """Brings a program into force, and lets the earlier one be forgotten."""
        self.box.clock.advance(timedelta(seconds=6))
        now = self.box.clock.now()
        self.database.write(
            lambda conn: make_revision(conn, self.store.id, document, effective_from=now)
        )
        self.box.clock.advance(timedelta(seconds=6))

    def change(self, statement: str) -> None:
        """Changes rows of the app."""
        self.database.write(lambda conn: conn.execute(sa.text(statement)))

    # The shopper

    def fill(self, quantity: int, *, by: str | None = "shopper", fresh: bool = False) -> None:
        """Opens a cart of shirts at 75 USD or 1,500 TRY; priced before, unless it is `fresh`."""
        self.checkout = self.teller.ask(
            "checkoutCreate",
            "input: CheckoutCreateInput!",
            "checkout { id }",
            self.teller.cast.shopper if by == "shopper" else by,
            input={
                "channel": self.channel,
                "email": "somebody@example.com",
                "lines": [{"variantId": self.variant(), "quantity": quantity}],
                "billingAddress": ADDRESS,
                "shippingAddress": ADDRESS,
            },
        )["checkout"]["id"]
        if not fresh:
            self.box.clock.advance(timedelta(minutes=1))
            self.set_quantity(quantity)

    def variant(self) -> str:
        products = self.box.store.products.values()
        return next(id_of(one.variants[0]) for one in products if one.slug == "linen-shirt")

    def set_quantity(self, quantity: int) -> None:
        self._on_checkout(
            "checkoutLinesUpdate",
            "lines: [CheckoutLineUpdateInput!]!",
            lines=[{"variantId": self.variant(), "quantity": quantity}],
        )

    def _on_checkout(
        self, name: str, argument: str, *, by: str | None = None, **given: Any
    ) -> Data:
        return self.teller.ask(
            name, f"id: ID!, {argument}", "checkout { id }", by, id=self.checkout, **given
        )

    def read(self, selection: str) -> Data:
        document = f"query ($id: ID!) {{ checkout(id: $id) {{ {selection} }} }}"
        answer = self.box.execute(document, {"id": self.checkout}, None)
        assert "errors" not in answer, answer
        return dict(answer["data"]["checkout"])

    def methods(self) -> dict[str, float]:
        """The prices of the methods that may be chosen, as the store knows them."""
        shown = self.read(f"shippingMethods {{ {_METHOD} }}")["shippingMethods"]
        return {one["name"]: one["price"]["amount"] for one in shown if one["active"]}

    def calculate(self) -> dict[str, float]:
        """Asks for deliveries, as a storefront does before it shows them."""
        made = self.teller.ask(
            "deliveryOptionsCalculate",
            "id: ID!",
            f"deliveries {{ id shippingMethod {{ {_METHOD} }} }}",
            None,
            id=self.checkout,
        )
        shown = [one["shippingMethod"] for one in made["deliveries"]]
        return {one["name"]: one["price"]["amount"] for one in shown if one["active"]}

    def choose(self, name: str) -> None:
        shown = self.read(f"shippingMethods {{ {_METHOD} }}")["shippingMethods"]
        [method] = [one["id"] for one in shown if one["name"] == name]
        self._on_checkout(
            "checkoutDeliveryMethodUpdate", "deliveryMethodId: ID", deliveryMethodId=method
        )

    def pay(self) -> None:
        total = self.read("totalPrice { gross { amount currency } }")["totalPrice"]["gross"]
        amount, currency = f"{total['amount']:.2f}", total["currency"]
        self.teller.transact(
            self.checkout, "Card", currency, by=self.teller.cast.app, amountCharged=amount
        )

    def complete(self) -> tuple[str, float]:
        """Name and price of the shipping that was ordered."""
        order = self.teller.complete(self.checkout, by=None)
        document = "query ($id: ID!) { order(id: $id) { shippingMethodName shippingPrice %s } }"
        told = self.box.execute(
            document % "{ gross { amount } }", {"id": order}, self.box.staff_token()
        )["data"]["order"]
        return told["shippingMethodName"], told["shippingPrice"]["gross"]["amount"]

    def sign_in(self) -> None:
        self._on_checkout("checkoutCustomerAttach", "customerId: ID", by=self.teller.cast.shopper)

    def sign_out(self) -> None:
        self.teller.ask(
            "checkoutCustomerDetach",
            "id: ID!",
            "checkout { id }",
            self.teller.cast.shopper,
            id=self.checkout,
        )

    # The app's background

    def hear(self) -> None:
        """All events arrive."""
        self.box.run_deliveries()

    def work(self) -> int:
        """Does the calculations that wait; gives how many there were."""
        waiting, self.wishes = list(self.wishes.values()), {}
        for wish in waiting:
            recalculate(self.access, wish, clock=self.box.clock.now)
        return len(waiting)


@contextmanager
def open_stage(
    database: Database,
    document: Data,
    monkeypatch: pytest.MonkeyPatch,
    *,
    version: str = "3.23",
    reach: Any = None,
) -> Iterator[Stage]:
    """A store with a live program; what is enqueued waits in `Stage.wishes`.

    `reach`: the database as the web process reaches it, where that is to be disturbed.
    """
    box = Sandbox(seed=7, version=version)
    network = Network(box)
    manifest = manifest_for(
        [CHECKOUTS, *SYNC_HANDLERS],
        app_url=APP_URL,
        browser_url=APP_URL,
        version=SchemaVersion.parse(version),
    )
    app = box.install(manifest.model_dump(mode="json", by_alias=True, exclude_none=True))
    cast = Cast(box.staff_token(), box.gateway().token, box.shopper_token(SHOPPER))

    def write(conn: sa.Connection) -> StoreRef:
        store = make_store(
            conn,
            saleor_api_url=box.store.api_url,
            token_encrypted=CIPHER.seal(box.store.api_url, app.token),
            app_id=id_of(app),
            jwks=box.jwks(),
            schema_version=version,
        )
        for channel in box.store.channels.values():
            make_channel(
                conn,
                store.id,
                slug=channel.slug,
                saleor_id=id_of(channel),
                currency=channel.currency_code,
                prices_entered_with_tax=channel.prices_entered_with_tax,
            )
        make_revision(conn, store.id, document)
        return store

    store = database.write(write)
    client = SaleorClient(
        network.client(), now=box.clock.now, seconds=lambda: box.clock.now().timestamp()
    )
    teller = Teller(lambda text, given, token: box.execute(text, given, token), cast)
    with ThreadPoolExecutor(2) as threads:
        stage = Stage(
            database,
            box,
            teller,
            network,
            store,
            StoreAccess(database, client, CIPHER),
            threads,
            reach=reach,
        )

        def enqueue(conn: object, job: object, payload: Recalculation, *, dedup_key: str) -> None:
            stage.wishes.setdefault(dedup_key, payload)

        monkeypatch.setattr(offer_shipping, "enqueue", enqueue)
        monkeypatch.setattr(shipping_news, "enqueue", enqueue)
        monkeypatch.setattr(kept_goods_news, "enqueue", enqueue)
        yield stage
