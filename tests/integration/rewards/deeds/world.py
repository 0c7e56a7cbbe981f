"""A store, its people, the post and the app together; tells a story and looks after each deed."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.rewards import sightings
from saleor_loyalty_app.rewards.redemptions import LEASE, RedemptionRef
from saleor_loyalty_app.saleor.errors import SaleorUnavailable
from sandbox import Sandbox
from tests.contract.story_teller import Refusal
from tests.integration.rewards.deeds.app import App
from tests.integration.rewards.deeds.carts import (
    found,
    fresh_price,
    has_money,
    shown_price,
    why_not_ready,
)
from tests.integration.rewards.deeds.people import CENT, COUPON, MARIA, Shop
from tests.integration.rewards.deeds.post import Post
from tests.integration.rewards.deeds.proofs import Books, prove_audit, prove_books
from tests.redemption_stage import OTHER, SHOPPER, Stage
from tests.sandbox_shop import Refused

#: What happens, and with what.
Deed = tuple[Any, ...]
#: The ledger audits itself after so many deeds.
AUDITED = 6
CALM: tuple[Deed, ...] = ()
#: Deeds of the app; all others are of people or of the post.
OF_THE_APP = frozenset(
    {
        "redeem", "redeem_again", "hand_out", "release", "sweep", "clean", "book", "reconcile",
        "look_daily", "delete_vouchers", "decide", "work",
    }
)  # fmt: skip
#: Deeds that bring news to the app.
OF_THE_POST = frozenset({"deliver", "lose"})


class Died(BaseException):
    """The process is gone: nothing catches it."""


@dataclass
class Trouble:
    """What happens amid a deed of the app: (network call, after it, what) with what a deed, or
    "die" or "slow".
    """

    world: "World"
    events: Sequence[Deed]
    calls: int = 0
    busy: bool = False

    def before(self, _operation: str) -> None:
        if not self.busy:
            self.calls += 1
            self._happen(after=False)

    def after(self, _operation: str) -> None:
        if not self.busy:
            self._happen(after=True)

    def _happen(self, *, after: bool) -> None:
        for call, is_after, what in self.events:
            if (call, is_after) != (self.calls, after):
                continue
            if what == "die":
                raise Died
            if what == "slow":
                raise httpx.ReadTimeout("no answer")
            self.busy = True
            try:
                self.world.amid(what)
            finally:
                self.busy = False


@dataclass
class World:
    """`paid` are the prices of carts with any money on them, of whose code the app can know, and
    `ready` those of them that would become an order if they were completed now. `note` is told what
    happens.
    """

    stage: Stage
    shop: Shop
    app: App
    post: Post
    note: Callable[[str], None] = print
    books: Books = field(default_factory=Books)
    ready: set[str] = field(default_factory=set)
    paid: dict[str, Decimal] = field(default_factory=dict)
    troubled: bool = False
    deeds: int = 0

    @classmethod
    def open(
        cls, database: Database, number: int, *, version: str = "3.23", unpaid: bool = False
    ) -> "World":
        """A store of its own: two members with points, of which some expire soon; three carts."""
        api_url = f"http://127.0.0.1:{10_000 + number}/graphql/"
        stage = Stage.open(database, box=Sandbox(seed=7, version=version, api_url=api_url))
        for email in (SHOPPER, OTHER):
            stage.give_expiring(300, stage.now + timedelta(minutes=30), email)
            stage.give_expiring(700, stage.now + timedelta(days=20), email)
            stage.give(1000, email)
        world = cls(stage, Shop.of(stage, unpaid=unpaid), App(stage), Post(stage))
        for name, who in (("A", SHOPPER), ("B", OTHER), ("C", MARIA)):
            world.shop.open(name, who, "linen-shirt", 2, "Standard")
        world.post.collect()
        world.look()
        return world

    def tell(self, deed: Deed) -> None:
        """One deed, and what is true after it."""
        self.stage.box.clock.advance(timedelta(seconds=1))
        self.look()
        if deed[0] == "amid":
            _, outer, events = deed
            self._act(outer, events)
        else:
            self._act(deed, CALM)
        self.post.collect()
        prove_books(self.stage, self.app.all(), self.books)
        self.deeds += 1
        if self.deeds % AUDITED == 0:
            prove_audit(self.stage)

    def amid(self, deed: Deed) -> None:
        """A deed of somebody else's, while the app is at work."""
        self.post.collect()
        self._act(deed, CALM)

    def look(self) -> None:
        """What is ready now."""
        box = self.stage.box
        carts = [
            cart
            for cart in self.shop.carts
            if found(box, cart) is not None and self.can_be_known(cart)
        ]
        self.paid = {cart: shown_price(box, cart) for cart in carts if has_money(box, cart)}
        self.ready = {cart for cart in self.paid if not why_not_ready(box, cart)}

    def _act(self, deed: Deed, events: Sequence[Deed]) -> None:
        what, *how = deed
        if what in OF_THE_APP:
            self._app_acts(what, how, events)
        elif what == "wait":
            self.stage.box.clock.advance(timedelta(minutes=how[0]))
        elif what == "deliver":
            self.post.deliver(how[0], copies=how[1], torn=how[2])
        elif what == "deliver_all":
            self.post.deliver_all()
        elif what == "lose":
            self.post.lose(how[0])
        else:
            self._people_act(what, how)
        self.look()

    def _people_act(self, what: str, how: list[Any]) -> None:
        try:
            if what == "put_code":
                cart, which = how
                known = self._redemption(which)
                if known is not None:
                    self.shop.put_code(cart, known.code)
                return
            if what == "complete":
                self._complete(how[0])
                return
            getattr(self.shop, what)(*how)
        except (Refused, Refusal) as refusal:
            self.note(f"   {what}: {str(refusal)[:200]}")

    def _complete(self, which: int | str) -> None:
        """What was foreseen of a completion comes true."""
        cart = self.shop.live(which)
        why = why_not_ready(self.stage.box, cart)
        said = ""
        try:
            self.shop.place(cart)
        except Refusal as refusal:
            said = str(refusal)
        assert why in said
        assert bool(why) is bool(said)

    def _app_acts(self, what: str, how: list[Any], events: Sequence[Deed]) -> None:
        network = self.stage.network
        trouble = Trouble(self, events)
        network.before, network.after = trouble.before, trouble.after
        hard = any(event in ("die", "slow") for *_, event in events)
        self.troubled = self.troubled or hard
        calm = all(event in ("die", "slow") for *_, event in events)
        try:
            with suppress(Died):
                self._ask(what, how, calm=calm)
        finally:
            network.once(None)
        if hard and self._broken():
            self._recover()
        assert not (broken := self._broken()), broken

    def _ask(self, what: str, how: list[Any], *, calm: bool) -> None:
        refusal: AppError | None = None
        try:
            if what == "redeem":
                self._redeem(how[0], how[1], how[2], calm=calm)
            elif what == "release":
                known = self._redemption(how[0])
                done = None if known is None else self.app.release(known, how[1])
                self.note(f"   {_told(done)}")
            else:
                self.note(f"   {_told(getattr(self.app, what)(*how))}")
        except AppError as failure:
            refusal = failure
        if refusal is not None:
            self.note(f"   {refusal.code} {refusal.detail}")
            unavailable = isinstance(refusal, SaleorUnavailable) and self.troubled
            assert refusal.status < 500 or unavailable, refusal

    def _redemption(self, which: int | str) -> RedemptionRef | None:
        """A redemption, by its number or by the name of its cart."""
        if isinstance(which, int):
            return self.app.pick(which)
        return self.app.of_cart(self.shop.named.get(which, ""))

    def _redeem(self, which: int | str, points: int, foreign: bool, *, calm: bool) -> None:
        """Attached, it saves what was promised; else the cart is what it was."""
        try:
            cart = self.shop.cart(which)
        except Refused:
            return
        box = self.stage.box
        checkout = found(box, cart)
        email = SHOPPER if checkout is None or checkout.user is None else checkout.user.email
        if foreign or email not in self.stage.users:
            email = OTHER if email == SHOPPER else SHOPPER
        if checkout is None:
            self.app.redeem(cart, points, email)
            return
        code = checkout.voucher_code
        shown = shown_price(box, cart)
        # A promotion that ended may be in the shown price still, until the cart changes.
        before = max(shown, fresh_price(box, cart))
        try:
            made = self.app.redeem(cart, points, email)
        except AppError:
            if calm and not self.troubled:
                assert checkout.voucher_code == code
                assert shown_price(box, cart) <= before
            raise
        self.note(f"   {_told(made)}")
        if not calm:
            return
        if made.state == "attached":
            assert checkout.voucher_code == made.code
            saved = shown - shown_price(box, cart)
            assert saved + len(checkout.lines) * CENT >= made.amount
        elif made.state == "failed":
            assert checkout.voucher_code == code
            assert shown_price(box, cart) <= before

    def can_be_known(self, cart: str) -> bool:
        """The code there is none of ours, or the app knows of this cart."""
        code = self.stage.code_on(cart)
        for known in self.app.all() if code not in (None, COUPON) else ():
            if known.code == code:
                return known.checkout_id == cart or cart in self.seen(known)
        return True

    def seen(self, known: RedemptionRef, *, before: datetime | None = None) -> set[str]:
        """The carts where the app saw a code, until a moment where one is given."""
        rows = self.stage.database.read(lambda conn: sightings.of_redemption(conn, known.id))
        return {row.checkout_id for row in rows if before is None or row.first_seen < before}

    def _broken(self) -> dict[str, str]:
        """Carts that the app spoiled: not ready any more, or dearer with money on them."""
        box = self.stage.box
        left = [cart for cart in self.shop.carts if found(box, cart) is not None]
        spoiled = {cart: why_not_ready(box, cart) for cart in left if cart in self.ready}
        dearer = {
            cart: "DEARER"
            for cart in left
            if cart in self.paid and shown_price(box, cart) > self.paid[cart]
        }
        return dearer | {cart: why for cart, why in spoiled.items() if why}

    def _recover(self) -> None:
        """Whoever died or was not heard is followed by another."""
        for _ in range(6):
            self.stage.box.clock.advance(LEASE + timedelta(seconds=1))
            self.app.work()


def _told(done: object) -> str:
    if isinstance(done, RedemptionRef):
        return f"{done.public_id} {done.state} {done.ending} {done.reason}"
    return ""
