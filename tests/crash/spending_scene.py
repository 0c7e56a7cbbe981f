"""A shopper with points beside a scene: carts, clients that insist, and what the store heard."""

import re
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import sqlalchemy as sa

from saleor_loyalty_app import ledger
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.ledger import Account, Cause
from saleor_loyalty_app.members.repository import member_by_user
from saleor_loyalty_app.orders.models import OrderRefresh
from saleor_loyalty_app.rewards import redemptions
from saleor_loyalty_app.rewards.models import Redemption, RedemptionSighting
from saleor_loyalty_app.rewards.redemptions import LEASE, RedemptionRef
from sandbox.box import id_of
from sandbox.model.apps import find_app
from tests.contract.story_teller import Cast, Teller
from tests.crash.scene import PROGRAM, Scene
from tests.factories import make_member
from tests.live.shop import ADDRESS
from tests.loopback import ask

SHOPPER, STRANGER = "ayse@example.com", "john@example.com"
#: Points wait so long for a cart: longer than all deaths of a lane take.
HOLD = timedelta(hours=4)
PROGRAM_WITH_SPENDING = PROGRAM | {"spending": {"hold_minutes": int(HOLD.total_seconds()) // 60}}
#: Nobody counts how often a client insists, and a store on a busy machine is not away.
SETTINGS = {
    "LOYALTY_SPENDING_LIMIT": "off",
    "LOYALTY_STAFF_LIMIT": "off",
    "LOYALTY_SALEOR_TIMEOUT_SECONDS": "30",
}
POINTS = 500
#: "Saleor is busy", "Saleor is slow": the same request may be sent again.
AGAIN = (503, 504)
#: Seconds between two looks at the app's rows; each takes hundredths of a second of processor.
PAUSE = 0.1
#: So many looks later, who waits lets the lease of somebody dead run out.
LOOKS = 20
_rows, _sightings, _refreshes = table(Redemption), table(RedemptionSighting), table(OrderRefresh)


class Ear:
    """Hears what the store is asked, and may do something before that is done, or after.

    `done` counts the operations, by name, that the store did not refuse.
    """

    def __init__(self, scene: Scene) -> None:
        self._execute = scene.service.execute
        self._lock = threading.Lock()
        self.done: Counter[str] = Counter()
        self.before: Callable[[str], None] = lambda _operation: None
        self.after: Callable[[str], None] = lambda _operation: None
        scene.service.execute = self._heard  # type: ignore[method-assign]

    def _heard(self, **request: Any) -> dict[str, Any]:
        found = re.search(r"(?:query|mutation)\s+(\w+)", request["document"])
        operation = found[1] if found else "unnamed"
        self.before(operation)
        answer = self._execute(**request)
        with self._lock:
            self.done[operation] += not _refused(answer)
        self.after(operation)
        return answer


def _refused(answer: Mapping[str, Any]) -> bool:
    results = (answer.get("data") or {}).values()
    return bool(answer.get("errors")) or any(
        isinstance(one, dict) and one.get("errors") for one in results
    )


class Spending:
    """What a shopper, a stranger and staff do with points and codes in a scene."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.ear = Ear(scene)
        box = scene.service.box
        with box.lock:
            cast = Cast(box.staff_token(), box.gateway().token, None)
            self.user = id_of(box.user(SHOPPER))
            channels = box.store.channels.values()
            self.channel = next(id_of(one) for one in channels if one.slug == "default-channel")
            goods = next(one for one in box.store.products.values() if one.slug == "linen-shirt")
            self.variant = id_of(goods.variants[0])
        self.teller = Teller(self._in_the_store, cast)

    # Points

    def give(self) -> Account:
        """Points that may be spent at once: some expire in three weeks, the rest never does."""
        store, now = self.scene.store(), self.scene.now()

        def write(conn: sa.Connection) -> Account:
            account = Account(store.id, make_member(conn, store.id, user_id=self.user), "points")
            for points, expires in ((3 * POINTS, now + timedelta(days=20)), (40 * POINTS, None)):
                ledger.adjust(
                    conn,
                    account,
                    points,
                    Cause("test", "points", "test"),
                    key=f"gift:{points}",
                    now=now,
                    effective_at=now,
                    expires_at=expires,
                    notice_required=False,
                )
            return account

        return self.scene.database.write(write)

    # Clients of the app

    def shopper(
        self, method: str, path: str, body: Mapping[str, object] | None = None, *, key: str = ""
    ) -> httpx.Response:
        """The shopper's client asks the storefront API until it is answered."""
        return self._insist("storefront", self._shopper_token, method, path, body, key)

    def staff(self, body: Mapping[str, object], *, key: str) -> httpx.Response:
        """The Dashboard asks for points to be spent for the shopper, until it is answered."""
        wish = {"user_id": self.user, "points": POINTS, **body}
        return self._insist("dashboard", self._staff_token, "POST", "redemptions", wish, key)

    def redeem(self, checkout: str, *, key: str) -> httpx.Response:
        """The shopper spends points on a checkout; `key` is also what the redemption is called."""
        body = {"checkout_id": checkout, "points": POINTS}
        return self.shopper("POST", "redemptions", body, key=key)

    def redeemed(self, checkout: str, *, key: str) -> RedemptionRef:
        """Points that are on a checkout."""
        answer = self.redeem(checkout, key=key)
        assert answer.status_code in (201, 202), answer.text
        return self.until(key, "attached")

    def _insist(
        self,
        face: str,
        token: Callable[[], str],
        method: str,
        path: str,
        body: Mapping[str, object] | None,
        key: str,
    ) -> httpx.Response:
        answers: list[httpx.Response] = []
        unanswered: Counter[str] = Counter()

        def answered() -> bool:
            headers = {"Authorization": f"Bearer {token()}"} | (
                {"Idempotency-Key": key} if key else {}
            )
            url = f"{self.scene.app_url}/api/{face}/v1/{path}"
            try:
                answer = ask(method, url, headers=headers, json=body)
            except httpx.TransportError as failure:
                unanswered[type(failure).__name__] += 1
                return False
            answers.append(answer)
            assert answer.status_code < 500 or answer.status_code in AGAIN, answer.text
            return answer.status_code not in AGAIN

        try:
            self.scene.wait(answered, f"{method} {path} is answered", pause=PAUSE)
        except AssertionError as never:
            heard = Counter(answer.text for answer in answers).most_common(3)
            raise AssertionError(f"{never}; {unanswered} got no answer, others {heard}") from never
        return answers[-1]

    def _shopper_token(self) -> str:
        box = self.scene.service.box
        with box.lock:
            return box.shopper_token(SHOPPER)

    def _staff_token(self) -> str:
        box = self.scene.service.box
        with box.lock:
            app = find_app(box.store, "saleor.loyalty")
            assert app is not None
            return box.dashboard_token(app)

    # The app's rows

    def rows(self) -> list[RedemptionRef]:
        """All redemptions of the shopper, the oldest first."""
        store = self.scene.store()

        def read(conn: sa.Connection) -> list[RedemptionRef]:
            member = member_by_user(conn, store.id, self.user)
            assert member is not None
            return redemptions.of_member(conn, store.id, member.id, first=100, before=None)

        return self.scene.database.read(read)[::-1]

    def row(self, key: str) -> RedemptionRef | None:
        """The redemption that was asked for with this key, by shopper or staff."""
        found = [one for one in self.rows() if one.request_key.rpartition(":")[2] == key]
        assert len(found) < 2
        return found[0] if found else None

    def until(self, key: str, *states: str) -> RedemptionRef:
        """Waits until a redemption is in one of the states and nobody works on it."""
        return self.until_so(key, lambda one: one.state in states, " or ".join(states))

    def until_so(
        self, key: str, holds: Callable[[RedemptionRef], bool], what: str
    ) -> RedemptionRef:
        """Waits until something holds for a redemption and nobody works on it."""
        seen: list[RedemptionRef] = []

        def so() -> bool:
            found = self.row(key)
            seen.extend([found] if found is not None else [])
            return found is not None and holds(found) and found.leased_until is None

        try:
            self.wait(so, f"{key}: {what}")
        except AssertionError as failure:
            raise AssertionError(f"{failure}; it is {seen[-1:]}") from failure
        return seen[-1]

    def until_settled(self) -> None:
        """Waits until nothing is due: no webhook, redemption, code, or order."""
        self.scene.until_delivered()

        def busy(conn: sa.Connection) -> bool:
            now = self.scene.now()
            working = sa.or_(_rows.c.due_at <= now, _rows.c.leased_until.is_not(None))
            queries = (
                sa.select(_rows.c.id).where(working),
                sa.select(_sightings.c.id).where(_sightings.c.due_at.is_not(None)),
                sa.select(_refreshes.c.order_id),
            )
            return any(conn.execute(query.limit(1)).first() for query in queries)

        self.wait(lambda: not self.scene.database.read(busy), "nothing is due")

    def wait(self, holds: Callable[[], bool], what: str) -> None:
        """Waits, and lets leases and claims of the dead run out meanwhile."""
        looks = 0

        def still() -> bool:
            nonlocal looks
            looks += 1
            if looks % LOOKS == 0:
                self.scene.move(LEASE + timedelta(seconds=1))
            return holds()

        self.scene.wait(still, what, pause=PAUSE)

    # The store

    def _in_the_store(
        self, document: str, variables: dict[str, Any], token: str | None
    ) -> dict[str, Any]:
        box = self.scene.service.box
        with box.lock:
            return box.execute(document, variables, token)

    def cart(self, *, stranger: bool = False) -> str:
        """A checkout with two shirts at 75.00 and shipping at 5.00, both plus 8 % tax."""
        lines = [{"variantId": self.variant, "quantity": 2}]
        return self.teller.checkout(
            "default-channel", lines, "Standard", by=self._buyer(stranger=stranger)
        )

    def draft(self) -> str:
        """A draft order that staff write for the shopper."""
        box = self.scene.service.box
        with box.lock:
            methods = box.store.shipping_methods.values()
            standard = next(id_of(one) for one in methods if one.name == "Standard")
        made = self.teller.ask(
            "draftOrderCreate",
            "input: DraftOrderCreateInput!",
            "order { id }",
            self._staff_member(),
            input={
                "channelId": self.channel,
                "user": self.user,
                "lines": [{"variantId": self.variant, "quantity": 2}],
                "shippingAddress": ADDRESS,
                "billingAddress": ADDRESS,
                "shippingMethod": standard,
            },
        )
        return str(made["order"]["id"])

    def complete_draft(self, draft: str) -> None:
        """Staff make an order of a draft."""
        by = self._staff_member()
        self.teller.ask("draftOrderComplete", "id: ID!", "order { id }", by, id=draft)

    def put_code(self, checkout: str, code: str, *, stranger: bool = False) -> None:
        """Somebody puts a code on a checkout."""
        self._promo("checkoutAddPromoCode", checkout, code, stranger=stranger)

    def take_code(self, checkout: str, code: str) -> None:
        """The shopper takes a code off a checkout."""
        self._promo("checkoutRemovePromoCode", checkout, code, stranger=False)

    def pay(self, checkout: str) -> None:
        """Staff note that a card paid the whole price."""
        text = "query($id: ID!) { checkout(id: $id) { totalPrice { gross { amount } } } }"
        seen = self._in_the_store(text, {"id": checkout}, self._buyer(stranger=False))
        amount = Decimal(str(seen["data"]["checkout"]["totalPrice"]["gross"]["amount"]))
        by = self._staff_member()
        self.teller.transact(checkout, "Card", "USD", by=by, amountCharged=str(amount))

    def complete(self, checkout: str) -> str:
        """The shopper places the order; gives its id."""
        return self.teller.complete(checkout, by=self._buyer(stranger=False))

    def code_on(self, checkout: str) -> str | None:
        """The code on a checkout or draft."""
        box = self.scene.service.box
        with box.lock:
            found: str | None = box.node(checkout).voucher_code
        return found

    def _promo(self, mutation: str, checkout: str, code: str, *, stranger: bool) -> None:
        self.teller.ask(
            mutation,
            "id: ID!, promoCode: String!",
            "checkout { id }",
            self._buyer(stranger=stranger),
            id=checkout,
            promoCode=code,
        )

    def _buyer(self, *, stranger: bool) -> str:
        box = self.scene.service.box
        with box.lock:
            return box.shopper_token(STRANGER if stranger else SHOPPER)

    def _staff_member(self) -> str:
        box = self.scene.service.box
        with box.lock:
            return box.staff_token()
