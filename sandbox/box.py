"""The sandbox store as a Python object: no sockets, no threads of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields as fields_of
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sandbox.discounting import Discounts
from sandbox.events.courier import Courier, Parcel
from sandbox.events.faults import Faults
from sandbox.events.render import Payload, render
from sandbox.installation import install_from_url, run_installation
from sandbox.keys import StoreKey, shared_key
from sandbox.manifest import clean_manifest
from sandbox.model import orders
from sandbox.model.apps import (
    App,
    AppExtension,
    Webhook,
    announce_installed,
    create_app,
    delete_app,
    find_app,
    purge_apps,
    set_active,
)
from sandbox.model.clock import Clock, ManualClock, Ticker
from sandbox.model.customers import User, find_by_email
from sandbox.model.ids import IdSource, global_id
from sandbox.model.orders import Order
from sandbox.model.store import NOBODY, Emitted, Store
from sandbox.quick import place_order
from sandbox.schema.nodes import find_node
from sandbox.schema.request import Request as Context
from sandbox.schema.run import run
from sandbox.shop import STAFF_EMAIL, stock
from sandbox.tokens import TokenError, Tokens
from sandbox.wire import Response, Send

_TABLES = tuple(
    each.name
    for each in fields_of(Store)
    if each.name not in {"version", "api_url", "ticker", "ask", "outbox"}
)
API_URL = "http://127.0.0.1:8100/graphql/"


class Sandbox:
    """A small shop that answers GraphQL, signs webhooks and delivers them when told to.

    The same `seed` and the same calls give the same ids and times. `version` is the Saleor that
    it plays: 3.22 renders order payloads when things happen, 3.23 and later when they are sent.
    """

    def __init__(
        self,
        seed: int = 1,
        version: str = "3.23",
        api_url: str = API_URL,
        *,
        clock: Clock | None = None,
        key: StoreKey | None = None,
        retry_scale: float = 1.0,
        send: Send | None = None,
        start_installations: Callable[[int], None] | None = None,
    ) -> None:
        self.seed = seed
        self.clock: Clock = clock or ManualClock()
        self.key = key or shared_key()
        self.lock = threading.Lock()
        self.send = send
        self._start_installations = start_installations
        self._retry_scale = retry_scale
        self.store = Store(version, api_url, IdSource(seed), Ticker(self.clock))
        stock(self.store)
        self._attach()

    def _attach(self) -> None:
        """Bind tokens and delivery to the present store, and start listening from here."""
        self.store.outbox.clear()
        self.store.ask = self._ask
        self.tokens = Tokens(self.store, self.key)
        self._read = 0
        self.courier = Courier(
            self.store, self._render, self.sign, seed=self.seed, retry_scale=self._retry_scale
        )

    def reset(self) -> None:
        """Back to the shop as it was when new; apps are gone."""
        old = self.store
        self.store = Store(old.version, old.api_url, IdSource(self.seed), Ticker(self.clock))
        stock(self.store)
        self._attach()

    def snapshot(self) -> dict[str, Any]:
        """The tables of the store, to be kept."""
        return {name: getattr(self.store, name) for name in _TABLES}

    def restore(self, fields: dict[str, Any]) -> None:
        """Go on from what was kept; deliveries under way are lost, as after a crash of Saleor."""
        for name, value in fields.items():
            setattr(self.store, name, value)
        for app in self.store.apps.values():
            for webhook in app.webhooks:
                webhook.event_deliveries[:] = [
                    delivery
                    for delivery in webhook.event_deliveries
                    if delivery.status != "PENDING"
                ]
        self._attach()

    # GraphQL

    def execute(
        self,
        document: str,
        variables: dict[str, Any] | None = None,
        token: str | None = None,
        operation_name: str | None = None,
    ) -> dict[str, Any]:
        """Answer as `/graphql/` does: `{"data": …, "errors": …}`."""
        try:
            caller = self.tokens.caller(token)
        except TokenError as error:
            code = type(error).__name__
            return {
                "errors": [{"message": str(error), "extensions": {"exception": {"code": code}}}]
            }
        context = Context(self.store, caller, self, self.clock.now())
        return run(document, context, variables, operation_name)

    def staff_token(self, email: str = STAFF_EMAIL) -> str:
        """A fresh access token of a staff user."""
        return self.tokens.access_token(self.user(email))

    def shopper_token(self, email: str) -> str:
        """A fresh access token of a shopper."""
        return self.tokens.access_token(self.user(email))

    def app_token(self, identifier: str) -> str:
        """The token of an installed app.

        Raises:
            LookupError: no such app is installed.
        """
        app = find_app(self.store, identifier)
        if app is None:
            raise LookupError(f"no app {identifier!r}")
        return app.token

    def user(self, email: str) -> User:
        """The user of that e-mail.

        Raises:
            LookupError: there is none.
        """
        user = find_by_email(self.store, email)
        if user is None:
            raise LookupError(f"no user {email!r}")
        return user

    def node(self, node_id: str) -> Any:
        """The model object of a global id.

        Raises:
            LookupError: there is none.
        """
        found = find_node(self.store, node_id)
        if found is None:
            raise LookupError(f"nothing has the id {node_id!r}")
        return found

    # Apps

    def install(self, manifest: dict[str, Any], permissions: list[str] | None = None) -> App:
        """Install an app from its manifest, without HTTP; it is active and was announced.

        Raises:
            ManifestError: Saleor would refuse the manifest.
        """
        cleaned = clean_manifest(self.store, manifest, permissions)
        app = create_app(self.store, cleaned, frozenset(cleaned["permissions"]), is_active=True)
        announce_installed(self.store, app)
        return app

    def install_from(
        self, manifest_url: str, send: Send, permissions: list[str] | None = None
    ) -> App:
        """Install an app as Saleor does: GET the manifest, POST the token.

        Raises:
            InstallationFailed: with the sentence that Saleor shows to the owner.
        """
        return install_from_url(self.store, manifest_url, send, permissions, self._unlocked)

    def run_installation(self, pk: int, send: Send) -> None:
        """Do a pending installation; a failure is written into it, as long as it fits."""
        run_installation(self.store, pk, send, self._unlocked)

    def gateway(self, identifier: str = "sandbox.payments") -> App:
        """An app that pays: it may handle payments, and requests to it succeed by themselves."""
        app = find_app(self.store, identifier)
        if app is None:
            manifest = {"id": identifier, "name": "Sandbox payments", "version": "1.0.0"}
            rights = frozenset({"HANDLE_PAYMENTS", "MANAGE_ORDERS"})
            app = create_app(self.store, manifest, rights, is_active=True, settles_itself=True)
        return app

    def place_order(
        self,
        products: dict[str, int],
        *,
        email: str = "john@example.com",
        channel: str = "default-channel",
        paid: bool = True,
    ) -> Order:
        """An order of products (by slug), the short way: one card pays the whole, or nothing does.

        Raises:
            LookupError: no such channel or product.
        """
        return place_order(self.store, self.gateway(), products, email, channel, paid=paid)

    # Discounts, the short way

    @property
    def discounts(self) -> Discounts:
        """Vouchers, gift cards and promotions without mutations, and races for them."""
        return Discounts(self.store, self.node)

    def discount(
        self,
        checkout_id: str,
        amount: Decimal,
        *,
        code: str = "PLAIN",
        name: str = "Voucher",
        line_id: str | None = None,
    ) -> None:
        """Put a voucher of a fixed amount on a checkout; with `line_id` on one unit of a line."""
        self.discounts.apply(checkout_id, amount, code=code, name=name, line_id=line_id)

    def cover_with_gift_card(self, checkout_id: str, amount: Decimal) -> None:
        """Put a new gift card on a checkout."""
        self.discounts.cover(checkout_id, amount)

    def add_gift(self, checkout_id: str, variant_id: str) -> None:
        """Add the gift line of an order promotion."""
        self.discounts.add_gift(checkout_id, variant_id)

    # What happened, and telling of it

    @property
    def emitted(self) -> list[Emitted]:
        """Everything that happened since the start."""
        return self.store.outbox

    def take_emitted(self) -> list[Emitted]:
        """What happened since the last time this was asked."""
        new = self.store.outbox[self._read :]
        self._read = len(self.store.outbox)
        return new

    def render(
        self, emitted: Emitted, document: str, app: App, *, torn: bool = False
    ) -> Payload | None:
        """The payload of an event through a subscription; None when it does not subscribe to it.

        Raises:
            SubscriptionError: `document` is no valid subscription.
        """
        return render(self.store, self, emitted, document, app, torn=torn)

    def _render(self, emitted: Emitted, query: str, app: App, torn: bool) -> Payload | None:
        return render(self.store, self, emitted, query, app, torn=torn)

    def sign(self, body: bytes) -> str:
        """The value of `Saleor-Signature` for a body."""
        return self.key.sign_detached(body)

    def jwks(self) -> dict[str, Any]:
        return self.key.jwks()

    # Delivery

    @property
    def deliveries(self) -> list[Parcel]:
        """The last deliveries, oldest first; each knows its status, attempts and event."""
        return list(self.courier.recent)

    @property
    def faults(self) -> Faults:
        return self.courier.faults

    def set_faults(self, **faults: Any) -> None:
        """Change some of the faults: `box.set_faults(duplicate=0.5, shuffle=True)`."""
        self.courier.faults = replace(self.courier.faults, **faults)

    def run_deliveries(self, send: Send | None = None, *, wait: bool = False) -> int:
        """Send what is due; `wait` moves the clock on until nothing waits any more.

        Returns how many requests were tried.
        """
        target = send or self.send or _nobody
        tries = self.courier.deliver_due(target)
        while wait and (due_at := self.courier.next_due()) is not None:
            self.clock.advance(max(due_at - self.clock.now(), timedelta(0)))
            tries += self.courier.deliver_due(target)
        return tries

    def tick(self) -> None:
        """Do what time brings: expire orders, forget removed apps."""
        orders.expire_orders(self.store)
        purge_apps(self.store)

    def uninstall(self, app: App) -> None:
        """Remove an app, as staff would."""
        delete_app(self.store, NOBODY, app)

    def deactivate(self, app: App) -> None:
        """Switch an app off, as staff would."""
        set_active(self.store, NOBODY, app, False)

    def _ask(self, webhook: Webhook, emitted: Emitted) -> Any:
        send, courier = self.send or _nobody, self.courier
        parcel = courier.question(webhook, emitted)
        if parcel is None:
            return None
        with self._unlocked():
            response = courier.ask(parcel, send)
        courier.conclude_question(parcel, response)
        if response is None or not 200 <= response.status < 300:
            return None
        try:
            return response.json()
        except ValueError:
            return None

    @contextmanager
    def _unlocked(self) -> Iterator[None]:
        """Let others at the store while an app is being asked; it may ask back."""
        held = self.lock.locked()
        if held:
            self.lock.release()
        try:
            yield
        finally:
            if held:
                self.lock.acquire()

    # What mutations ask of the outside

    def access_token(self, user: User) -> str:
        return self.tokens.access_token(user)

    def refresh_token(self, user: User) -> str:
        return self.tokens.refresh_token(user)

    def user_of_token(self, token: str) -> User | None:
        return self.tokens.user_of(token)

    def start_installation(self, pk: int) -> None:
        if self._start_installations is not None:
            self._start_installations(pk)
        else:
            self.run_installation(pk, self.send or _nobody)

    def dashboard_token(
        self, app: App, email: str = STAFF_EMAIL, extension: AppExtension | None = None
    ) -> str:
        """The token of the Dashboard's handshake with an app's frame."""
        return self.tokens.dashboard_token(self.user(email), app, extension)

    def now(self) -> datetime:
        return self.clock.now()


def _nobody(_request: Any) -> Response:
    raise ConnectionRefusedError("nobody listens")


def id_of(thing: Any) -> str:
    """The global id of a model object."""
    return global_id(type(thing).__name__, thing.pk)
