"""What shoppers, payments and staff do in the store: every method is one deed."""

import itertools
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sandbox.box import id_of
from sandbox.shop import add_shipping
from tests.contract.story_teller import ADDRESS
from tests.integration.rewards.deeds.carts import found, to_pay
from tests.redemption_stage import OTHER, SHOPPER, Stage
from tests.sandbox_shop import People, Refused

#: Two members with points, a customer without, and a guest.
MARIA, GUEST = "maria@example.com", ""
PEOPLE = (SHOPPER, OTHER, MARIA, GUEST)
COUPON = "SUMMER"
#: A delivery that is offered from this price of the goods on.
THRIFTY, THRIFTY_FROM = "Thrifty", "60.00"
CENT = Decimal("0.01")


@dataclass
class Shop:
    """The store's people.

    Carts have names; a number stands for any of those that are not completed yet, and wraps around,
    as does the number of an order. Every method raises Refused or Refusal where the store says no.
    """

    stage: Stage
    people: People
    named: dict[str, str] = field(default_factory=dict)
    _numbers: Any = field(default_factory=itertools.count)

    @classmethod
    def of(cls, stage: Stage, *, unpaid: bool) -> "Shop":
        """A shop with a coupon; `unpaid` lets orders be placed without money."""
        box = stage.box
        add_shipping(
            box.store,
            THRIFTY,
            {"default-channel": "2.00"},
            minimums={"default-channel": THRIFTY_FROM},
        )
        box.discounts.voucher(Decimal(7), COUPON)
        channel = next(c for c in box.store.channels.values() if c.slug == "default-channel")
        channel.allow_unpaid_orders = unpaid
        channel.expire_orders_after = 60
        box.gateway()
        return cls(stage, People(box))

    # Carts

    @property
    def carts(self) -> list[str]:
        """The ids of all carts that there ever were."""
        return list(self.named.values())

    def cart(self, which: int | str) -> str:
        """A cart, completed or not.

        Raises:
            Refused: there is none.
        """
        if isinstance(which, int):
            return self.carts[which % len(self.carts)]
        if which not in self.named:
            raise Refused("no such cart")
        return self.named[which]

    def live(self, which: int | str) -> str:
        """A cart that is not completed yet.

        Raises:
            Refused: there is none.
        """
        live = [cart for cart in self.carts if found(self.stage.box, cart) is not None]
        if isinstance(which, int) and live:
            return live[which % len(live)]
        if isinstance(which, str) and self.named.get(which) in live:
            return self.named[which]
        raise Refused("no cart")

    def order(self, number: int) -> str:
        """An order.

        Raises:
            Refused: there is none.
        """
        if not self.people.orders:
            raise Refused("no order")
        return self.people.orders[number % len(self.people.orders)]

    def open(self, name: str, who: str, slug: str, units: int, shipping: str) -> None:
        """Somebody fills a cart and chooses a delivery, the first where the wanted is not there."""
        given: dict[str, Any] = {
            "channel": "default-channel",
            "email": who or "lara@example.com",
            "lines": [{"variantId": self._variant(slug), "quantity": units}],
            "shippingAddress": ADDRESS,
            "billingAddress": ADDRESS,
        }
        selection = "checkout { id shippingMethods { id name } }"
        token = self.stage.box.shopper_token(who) if who else None
        made = self._ask(
            "checkoutCreate", "input: CheckoutCreateInput!", selection, token, input=given
        )["checkout"]
        self.named[name] = made["id"]
        methods = {one["name"]: one["id"] for one in made["shippingMethods"]}
        self._ask(
            "checkoutDeliveryMethodUpdate",
            "id: ID!, deliveryMethodId: ID!",
            "checkout { id }",
            token,
            id=made["id"],
            deliveryMethodId=methods.get(shipping) or methods["Standard"],
        )

    def lines(self, which: int | str, units: int) -> None:
        """The first line has so many units from now on."""
        cart = self.live(which)
        lines = [line for line in self.stage.box.node(cart).lines if not line.is_gift]
        if not lines:
            raise Refused("an empty cart")
        self._lines(cart, [{"variantId": id_of(lines[0].variant), "quantity": units}])

    def more(self, which: int | str, slug: str) -> None:
        """Something else goes into the cart, too."""
        self._lines(self.live(which), [{"variantId": self._variant(slug), "quantity": 1}])

    def coupon(self, which: int | str) -> None:
        """The shopper puts a coupon on, which replaces any other code."""
        self.stage.put_code(self.live(which), COUPON)

    def put_code(self, which: int | str, code: str) -> None:
        """Somebody puts a code on a cart."""
        self.stage.put_code(self.live(which), code)

    def take_code(self, which: int | str) -> None:
        """The shopper takes the code off, whichever it is."""
        cart = self.live(which)
        code = self.stage.code_on(cart)
        if code is None:
            raise Refused("no code")
        self.stage.take_code(cart, code)

    def gift_card(self, which: int | str, amount: int) -> None:
        """A gift card pays a part."""
        cart = self.live(which)
        card = self.stage.box.discounts.gift_card(Decimal(amount))
        self.stage.put_code(cart, card.code)

    def sign_out(self, which: int | str) -> None:
        """The cart becomes a guest's."""
        self._customer("checkoutCustomerDetach", self.live(which))

    def sign_in(self, which: int | str, who: str) -> None:
        """A guest's cart becomes a customer's."""
        cart = self.live(which)
        token = self.stage.box.shopper_token(who or SHOPPER)
        self._ask("checkoutCustomerAttach", "id: ID!", "checkout { id }", token, id=cart)

    def leave(self, which: int | str) -> None:
        """The cart is deleted."""
        token = self.stage.box.staff_token()
        self._ask("checkoutDelete", "id: ID!", "__typename", token, id=self.live(which))

    # Promotions of the store

    def promote(self, kind: str) -> None:
        """A promotion begins: a tenth off, a gift, or a fifth off from 100 on."""
        discounts = self.stage.box.discounts
        if kind == "gift":
            discounts.gift_promotion(self._variant("ceramic-cup"))
        elif kind == "tenth":
            discounts.order_promotion(percentage=Decimal(10))
        else:
            discounts.order_promotion(percentage=Decimal(20), minimum=Decimal(100))

    def end_promotion(self) -> None:
        """The oldest promotion ends."""
        running = next(iter(self.stage.box.store.promotions.values()), None)
        if running is None:
            raise Refused("no promotion")
        self._ask(
            "promotionDelete",
            "id: ID!",
            "__typename",
            self.stage.box.staff_token(),
            id=id_of(running),
        )

    # Money

    def pay(self, which: int | str, share: Decimal, kind: str) -> None:
        """A share of what is asked is charged or authorized; also by an old payment (`legacy`)."""
        cart = self.live(which)
        amount = (to_pay(self.stage.box, cart) * share).quantize(CENT)
        if amount <= 0:
            raise Refused("nothing to pay")
        if kind == "legacy":
            self.stage.box.discounts.pay_the_old_way(cart, amount)
            return
        by = self.stage.teller.cast.app
        self.stage.teller.transact(cart, "Card", "USD", by=by, **{kind: str(amount)})

    def money_back(self, which: int | str) -> None:
        """All money on a cart goes back."""
        self.return_money(self.live(which))

    def return_money(self, cart: str) -> None:
        """Charged money is refunded, what is authorized let go, old payments end."""
        checkout = self.stage.box.node(cart)
        for item in checkout.transactions:
            for kind, amount in (
                ("REFUND_SUCCESS", item.amounts.charged),
                ("CANCEL_SUCCESS", item.amounts.authorized),
            ):
                if amount > 0:
                    name = f"back-{next(self._numbers)}"
                    self.stage.teller.report(id_of(item), kind, str(amount), name)
        for payment in checkout.payments:
            payment.is_active = False

    # Orders

    def complete(self, which: int | str) -> None:
        """The shopper places the order."""
        self.place(self.live(which))

    def place(self, cart: str) -> None:
        """The order of a cart is placed."""
        checkout = self.stage.box.node(cart)
        token = self.stage.box.shopper_token(checkout.user.email) if checkout.user else None
        self.people.orders.append(self.stage.teller.complete(cart, by=token))

    def race(self, first: int | str, second: int | str, keep_code: bool) -> None:
        """Two carts are completed at one instant."""
        carts = list(dict.fromkeys([self.live(first), self.live(second)]))
        done = self.stage.box.discounts.race(*carts, keep_code=keep_code)
        self.people.orders += [id_of(one.order) for one in done if one.order is not None]

    def complete_while(self, which: int | str, what: str) -> None:
        """The order is placed while its code is taken off (`removing`) or ended (`ending`)."""
        discounts, cart = self.stage.box.discounts, self.live(which)
        if what == "removing":
            done = discounts.complete_while_removing(cart)
        else:
            done = discounts.complete_while_ending(cart)
        if done.order is None:
            raise Refused(done.refusal)
        self.people.orders.append(id_of(done.order))

    def cancel(self, number: int) -> None:
        """Staff cancel an order."""
        self.people.cancel(self.order(number))

    def refund(self, number: int, share: Decimal) -> None:
        """A share of the money goes back."""
        self._report("REFUND_SUCCESS", self.order(number), share)

    def charge_back(self, number: int, share: Decimal) -> None:
        """The bank takes a share of the money."""
        self._report("CHARGE_BACK", self.order(number), share)

    def fulfill(self, number: int) -> None:
        """All is sent, unless the order is over."""
        order = self.order(number)
        if self.stage.box.node(order).status in ("CANCELED", "EXPIRED"):
            raise Refused("the order is over")
        self.people.fulfill(order, 50)

    def give_back(self, number: int) -> None:
        """One unit that was sent comes back."""
        self.people.give_back(self.order(number), 1)

    def mark_paid(self, number: int) -> None:
        """It was paid elsewhere."""
        self.people.mark_paid(self.order(number))

    def expire(self) -> None:
        """Time passes, and orders that nobody paid expire."""
        self.stage.box.clock.advance(timedelta(hours=2))
        self.stage.box.tick()

    def _report(self, kind: str, order: str, share: Decimal) -> None:
        """A transaction of the order, the first that has money, gives a share of it back."""
        for item in self.stage.box.node(order).transactions:
            amount = (item.amounts.charged * share).quantize(CENT)
            if amount > 0:
                name = f"report-{next(self._numbers)}"
                self.stage.teller.report(id_of(item), kind, str(amount), name)
                return
        raise Refused("nothing is held")

    def _lines(self, cart: str, lines: list[dict[str, Any]]) -> None:
        self._ask(
            "checkoutLinesUpdate",
            "id: ID!, lines: [CheckoutLineUpdateInput!]!",
            "checkout { id }",
            None,
            id=cart,
            lines=lines,
        )

    def _customer(self, mutation: str, cart: str) -> None:
        user = self.stage.box.node(cart).user
        if user is None:
            raise Refused("a guest's cart")
        token = self.stage.box.shopper_token(user.email)
        self._ask(mutation, "id: ID!", "checkout { id }", token, id=cart)

    def _variant(self, slug: str) -> str:
        products = self.stage.box.store.products.values()
        return next(id_of(one.variants[0]) for one in products if one.slug == slug)

    def _ask(
        self, mutation: str, arguments: str, selection: str, token: str | None, **given: Any
    ) -> dict[str, Any]:
        return self.stage.teller.ask(mutation, arguments, selection, token, **given)
