"""A sandbox store, a member with points, and the flows that spend them; for tests."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import sqlalchemy as sa

from saleor_loyalty_app import ledger
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.drive_redemption import Driver
from saleor_loyalty_app.flows.refresh_orders import RefreshReport, refresh_due_orders
from saleor_loyalty_app.flows.spend_points import Spender
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.ledger import Account, BalanceView, Cause
from saleor_loyalty_app.messages.models import OutboxMessage
from saleor_loyalty_app.rewards import redemptions
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.rewards.spend_request import Bearer, OnCheckout, SpendRequest, Target
from saleor_loyalty_app.saleor.client import Endpoint, SaleorClient
from saleor_loyalty_app.saleor.order_reader import OrderReader
from saleor_loyalty_app.stores.models import Store
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.secrets import TokenCipher
from sandbox import Sandbox
from sandbox.box import id_of
from tests.audited import drifts_of
from tests.contract.story_teller import Cast, Teller
from tests.factories import make_channel, make_member, make_revision, make_store
from tests.order_books import KEYS
from tests.order_source import ReadOrders
from tests.program_samples import document_of
from tests.sandbox_shop import MARK_PAID
from tests.sandbox_wire import Wire

SHOPPER, OTHER = "ayse@example.com", "john@example.com"
SECRET = "a secret of the tests with 32 and more characters: fZ8q"
CIPHER = TokenCipher([SECRET])
PERMISSIONS = [
    "MANAGE_ORDERS",
    "MANAGE_USERS",
    "MANAGE_CHECKOUTS",
    "MANAGE_DISCOUNTS",
    "MANAGE_SHIPPING",
]
MANIFEST = {
    "id": "saleor.loyalty",
    "version": "1.0.0",
    "name": "Loyalty",
    "permissions": PERMISSIONS,
    "appUrl": "http://127.0.0.1:8200/app",
    "tokenTargetUrl": "http://127.0.0.1:8200/api/register",
}
#: 100 points are worth 1 USD.
RATES = [
    {
        "channel": "default-channel",
        "currency": "USD",
        "earn_rate": {"points": 1, "money": "1"},
        "spend_rate": {"points": 100, "money": "1"},
    }
]
PATIENCE = timedelta(seconds=8)


@dataclass
class Stage:
    """One store and its shopper; `network` shows and disturbs what the app sends."""

    box: Sandbox
    teller: Teller
    network: Wire
    database: Database
    store: StoreRef
    driver: Driver
    spender: Spender
    source: ReadOrders
    users: dict[str, str]
    members: dict[str, int]
    keys: int = 0
    http: httpx.Client = field(default_factory=httpx.Client)

    @classmethod
    def open(
        cls,
        database: Database,
        *,
        version: str = "3.23",
        box: Sandbox | None = None,
        **spending: Any,
    ) -> "Stage":
        """A store whose shoppers have no points yet; `spending` is the program's section."""
        box = box or Sandbox(seed=7, version=version)
        network = Wire(box)
        http = network.client()
        app = box.install(MANIFEST)
        cast = Cast(box.staff_token(), box.gateway().token, box.shopper_token(SHOPPER))
        channels = {one.slug: one for one in box.store.channels.values()}
        users = {email: id_of(box.user(email)) for email in (SHOPPER, OTHER)}

        def write(conn: sa.Connection) -> tuple[StoreRef, dict[str, int]]:
            store = make_store(
                conn,
                saleor_api_url=box.store.api_url,
                app_id=id_of(app),
                token_encrypted=CIPHER.seal(box.store.api_url, app.token),
                schema_version=box.store.version,
            )
            for slug, channel in channels.items():
                make_channel(
                    conn,
                    store.id,
                    slug=slug,
                    saleor_id=id_of(channel),
                    currency=channel.currency_code,
                )
            document = document_of(currencies=RATES)
            if spending:
                document["spending"] = spending
            make_revision(conn, store.id, document)
            return store, {
                email: make_member(conn, store.id, user_id=user) for email, user in users.items()
            }

        store, members = database.write(write)
        seconds = lambda: box.clock.now().timestamp()  # noqa: E731
        client = SaleorClient(http, now=box.clock.now, seconds=seconds)
        access = StoreAccess(database, client, CIPHER)
        driver = Driver(access, box.clock.now)
        spender = Spender(driver, box.clock.now, sleep=lambda _seconds: None)
        teller = Teller(lambda text, given, token: box.execute(text, given, token), cast)
        source = ReadOrders(OrderReader(client), Endpoint(box.store.api_url, app.token))
        return cls(
            box, teller, network, database, store, driver, spender, source, users, members,
            http=http,
        )  # fmt: skip

    @property
    def now(self) -> datetime:
        return self.box.clock.now()

    def give(self, points: int, email: str = SHOPPER) -> None:
        """Points that may be spent at once and never expire."""
        self.give_expiring(points, None, email)

    def give_expiring(self, points: int, at: datetime | None, email: str = SHOPPER) -> None:
        """Points that may be spent at once, and expire without a notice."""
        self.keys += 1
        key = f"gift:{self.keys}"
        self.database.write(
            lambda conn: ledger.adjust(
                conn,
                self.account(email),
                points,
                Cause("test", "points", "test"),
                key=key,
                now=self.now,
                effective_at=self.now,
                expires_at=at,
                notice_required=False,
            )
        )

    def account(self, email: str = SHOPPER) -> Account:
        return Account(self.store.id, self.members[email], "points")

    def balance(self, email: str = SHOPPER) -> BalanceView:
        return self.database.read(
            lambda conn: ledger.balance(conn, self.account(email), now=self.now)
        )

    def points(self, email: str = SHOPPER) -> tuple[int, int]:
        """What may be spent, and what is held; the books are audited on the way."""
        assert self.database.read(lambda conn: drifts_of(conn, self.store.id)) == []
        view = self.balance(email)
        return view.available, view.held

    def cart(self, quantity: int = 2, *, email: str = SHOPPER, slug: str = "linen-shirt") -> str:
        """A checkout with shirts at 75.00 and shipping at 5.00, both plus 8 % tax."""
        products = self.box.store.products.values()
        variant = next(id_of(one.variants[0]) for one in products if one.slug == slug)
        lines = [{"variantId": variant, "quantity": quantity}]
        by = self.box.shopper_token(email)
        return self.teller.checkout("default-channel", lines, "Standard", by=by)

    def draft(self, email: str = SHOPPER, quantity: int = 2) -> str:
        """A draft order that staff write for a shopper."""
        products = self.box.store.products.values()
        variant = next(id_of(one.variants[0]) for one in products if one.slug == "linen-shirt")
        channel = next(
            id_of(one) for one in self.box.store.channels.values() if one.slug == "default-channel"
        )
        made = self.teller.ask(
            "draftOrderCreate",
            "input: DraftOrderCreateInput!",
            "order { id }",
            self.box.staff_token(),
            input={
                "channelId": channel,
                "user": self.users[email],
                "lines": [{"variantId": variant, "quantity": quantity}],
            },
        )
        return str(made["order"]["id"])

    def request(
        self, target: str | Target, points: int = 500, *, key: str = "", email: str = SHOPPER
    ) -> SpendRequest:
        """A shopper's request; for the checkout of this id, where it is text."""
        self.keys += 1
        wanted = OnCheckout(target) if isinstance(target, str) else target
        user = self.users[email]
        return SpendRequest(user, f"shopper:{user}", wanted, points, key or f"key-{self.keys}")

    def spend(
        self, target: str | Target, points: int = 500, *, key: str = "", email: str = SHOPPER
    ) -> RedemptionRef:
        """Spends points as the API does."""
        wanted = self.request(target, points, key=key, email=email)
        return self.spender.spend(self.store, wanted, patience=PATIENCE)

    def bearer(self, points: int = 500) -> RedemptionRef:
        """A code that is handed out."""
        return self.spend(Bearer("default-channel"), points)

    def release(self, known: RedemptionRef, email: str = SHOPPER) -> RedemptionRef:
        """The shopper takes it back."""
        user = self.users[email]
        return self.spender.release(
            self.store, known.public_id, user_id=user, actor=f"shopper:{user}"
        )

    def read(self, known: RedemptionRef) -> RedemptionRef:
        """The redemption as it is now."""
        return self.spender.find(self.store, known.public_id, None)

    def sweep(self, after: timedelta = timedelta(0), *, rounds: int = 10) -> int:
        """Time passes, then the sweep drives what is due; gives how many drives that were."""
        self.box.clock.advance(after)
        drives = 0
        for _ in range(rounds):
            due = self.database.read(
                lambda conn: redemptions.due(conn, self.store.id, self.now, 20)
            )
            for redemption_id in due:
                self.driver.drive(self.store, redemption_id)
            drives += len(due)
            if not due:
                break
        return drives

    def wake(self, known: RedemptionRef) -> RedemptionRef:
        """News of its checkout came, and the sweep looks."""
        self.database.write(
            lambda conn: redemptions.wake(conn, self.store.id, [known.id], self.now)
        )
        self.sweep()
        return self.read(known)

    def book_orders(self) -> RefreshReport:
        """The orders that are due are read and booked."""
        return refresh_due_orders(
            self.database, self.store, self.source, clock=self.box.clock.now, secrets=KEYS
        )

    # What people do in the store

    def code_on(self, checkout: str) -> str | None:
        """The code on a checkout or draft."""
        found: str | None = self.box.node(checkout).voucher_code
        return found

    def put_code(self, checkout: str, code: str) -> None:
        """Anybody puts a code on a checkout."""
        self._promo("checkoutAddPromoCode", checkout, code)

    def take_code(self, checkout: str, code: str) -> None:
        """Anybody takes a code off a checkout."""
        self._promo("checkoutRemovePromoCode", checkout, code)

    def price(self, checkout: str) -> Decimal:
        """Goods and shipping, with tax."""
        text = "query($id: ID!) { checkout(id: $id) { totalPrice { gross { amount } } } }"
        answer = self.box.execute(text, {"id": checkout}, self.box.staff_token())
        return Decimal(str(answer["data"]["checkout"]["totalPrice"]["gross"]["amount"]))

    def charge(self, checkout: str, amount: Decimal | None = None) -> str:
        """A card pays the whole price, or an amount; gives the transaction's id."""
        paid = self.price(checkout) if amount is None else amount
        by = self.teller.cast.app
        return self.teller.transact(checkout, "Card", "USD", by=by, amountCharged=str(paid))

    def complete(self, checkout: str) -> str:
        """The shopper places the order; gives its id."""
        return self.teller.complete(checkout, by=self.box.shopper_token(SHOPPER))

    def pay_and_complete(self, checkout: str) -> str:
        self.charge(checkout)
        return self.complete(checkout)

    def change_lines(self, checkout: str, quantity: int) -> None:
        """The shopper changes the quantity of the first line."""
        line = self.box.node(checkout).lines[0]
        self.teller.ask(
            "checkoutLinesUpdate",
            "id: ID!, lines: [CheckoutLineUpdateInput!]!",
            "checkout { id }",
            self.box.shopper_token(SHOPPER),
            id=checkout,
            lines=[{"variantId": id_of(line.variant), "quantity": quantity}],
        )

    def mark_paid(self, order: str) -> None:
        self.box.execute(MARK_PAID, {"id": order}, self.box.staff_token())

    def voucher(self, known: RedemptionRef) -> Any:
        """The voucher behind a redemption's code, if Saleor has one."""
        found = self.box.store.voucher_codes.get(known.code)
        return None if found is None else found.voucher

    def told(self) -> list[str]:
        """What members are to be told, in order."""
        messages = table(OutboxMessage)
        query = sa.select(messages.c.kind).order_by(messages.c.id)
        return self.database.read(lambda conn: list(conn.execute(query).scalars()))

    def count(self, operation: str) -> int:
        """So often the app asked for an operation, by its name."""
        return self.network.operations.count(operation)

    def _promo(self, mutation: str, checkout: str, code: str) -> None:
        self.teller.ask(
            mutation,
            "id: ID!, promoCode: String!",
            "checkout { id }",
            self.box.shopper_token(SHOPPER),
            id=checkout,
            promoCode=code,
        )


def set_token(stage: Stage, sealed: str) -> str:
    """Replaces the store's token, as it is stored; gives the one before."""
    stores = table(Store)

    def write(conn: sa.Connection) -> str:
        was: str = conn.execute(
            sa.select(stores.c.token_encrypted).where(stores.c.id == stage.store.id)
        ).scalar_one()
        conn.execute(
            sa.update(stores).where(stores.c.id == stage.store.id).values(token_encrypted=sealed)
        )
        return was

    return stage.database.write(write)
