"""Stories as hypothesis tells them: some plots run at once, with deeds of chance in between.

Deeds of chance alone would rarely come to an order: a plot is what people usually do, on a cart of
its own. Carts are named; a number stands for any cart, order or redemption.
"""

from collections.abc import Sequence
from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import strategies as st

from tests.integration.rewards.deeds.people import GUEST, MARIA
from tests.redemption_stage import OTHER, SHOPPER

Deed = tuple[Any, ...]
Plot = list[Deed]

_SHARES = [Decimal(n) / 100 for n in (1, 33, 50, 100)]
_PARTS = [Decimal(1), Decimal(1), Decimal(1), Decimal("0.5"), Decimal("1.2")]
_KINDS = ["amountCharged", "amountCharged", "amountAuthorized", "legacy"]
_POINTS = [500, 500, 500, 300, 777, 1000, 1, 0, -5, 2000, 2001, 7500, 10**9]
_GOODS = ["linen-shirt", "linen-shirt", "black-tea", "wool-scarf"]
_MINUTES = [1, 20, 61, 70, 200, 24 * 60, 15 * 24 * 60]


class Teller:
    """Invents stories out of one number."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.carts = ["A", "B", "C"]

    def story(self, plots: int, deeds: int) -> list[Deed]:
        """So many plots at once, and so many deeds of chance in between."""
        threads = [self._plot() for _ in range(plots)]
        threads += [[self._deed()] for _ in range(deeds)]
        told: list[Deed] = []
        while threads:
            thread = self.chance.choice(threads)
            told.append(thread.pop(0))
            threads = [one for one in threads if one]
        return told

    # Plots

    def _plot(self) -> Plot:
        plot = self.chance.choice(
            [self._buys, self._buys, self._leaves, self._races, self._lends, self._hands_out,
             self._changes_mind, self._gains]
        )  # fmt: skip
        before = len(self.carts)
        deeds = plot()
        own = self.carts[before:]
        return [self._disturbed(deed, own) for deed in deeds]

    def _buys(self) -> Plot:
        """Points are spent, the order placed; some of it comes back."""
        cart, opened = self._opened(SHOPPER)
        after = [
            ("refund", -1, self._of(_SHARES)), ("refund", -1, self._of(_SHARES)), ("cancel", -1),
            ("charge_back", -1, self._of(_SHARES)), ("give_back", -1),
        ]  # fmt: skip
        return [
            opened, self._redeem(cart), *self._some([("lines", cart, self._number(3))], 0.3),
            self._pay(cart), ("complete", cart), self._news(), *self._some([("fulfill", -1)], 0.5),
            *self._some(after, 0.4), self._news(),
        ]  # fmt: skip

    def _leaves(self) -> Plot:
        """Points are spent and nothing is bought, or only when the time is over."""
        cart, opened = self._opened(SHOPPER)
        rest = [("pay", cart, self._of(_PARTS), self._of(_KINDS)), ("leave", cart)]
        return [
            opened, self._redeem(cart), *self._some(rest, 0.4), ("wait", self._of([61, 70, 200])),
            ("sweep",), *self._some([self._pay(cart)], 0.5), ("complete", cart), ("work",),
        ]  # fmt: skip

    def _races(self) -> Plot:
        """One code on two carts, both paid."""
        cart, opened = self._opened(SHOPPER)
        other, opened_too = self._opened(self._of([SHOPPER, OTHER, MARIA, GUEST]))
        return [
            opened, opened_too, self._redeem(cart), ("put_code", other, cart), self._pay(cart),
            self._pay(other), *self._some([self._news(), ("clean",)], 0.5),
            ("race", cart, other, self.chance.random() < 0.5), self._news(),
            *self._some([("cancel", -1), ("refund", -2, self._of(_SHARES)), self._decide()], 0.5),
        ]  # fmt: skip

    def _lends(self) -> Plot:
        """Somebody else uses the code."""
        cart, opened = self._opened(SHOPPER)
        other, opened_too = self._opened(self._of([OTHER, MARIA, GUEST]))
        return [
            opened, opened_too, self._redeem(cart), ("put_code", other, cart),
            *self._some([self._news(), ("clean",)], 0.6), self._pay(other),
            *self._some([("release", cart, "own"), ("wait", 70), ("work",)], 0.4),
            ("complete", other), *self._some([self._pay(cart), ("complete", cart)], 0.5),
            self._news(), self._decide(),
        ]  # fmt: skip

    def _hands_out(self) -> Plot:
        """A code without a cart comes to one."""
        cart, opened = self._opened(self._of([SHOPPER, SHOPPER, OTHER, GUEST]))
        return [
            opened, ("hand_out", self._of(_POINTS[:6]), SHOPPER), ("put_code", cart, -1),
            *self._some([self._news(), ("sweep",)], 0.7), self._pay(cart), ("complete", cart),
            self._news(), *self._some([self._decide(), ("cancel", -1)], 0.4),
        ]  # fmt: skip

    def _changes_mind(self) -> Plot:
        """Points are spent, taken back, and spent again; a coupon may come in between."""
        cart, opened = self._opened(SHOPPER)
        between = [("coupon", cart), ("take_code", cart), ("release", cart, "own")]
        return [
            opened, *self._some([("coupon", cart), ("take_code", cart)], 0.3), self._redeem(cart),
            *self._some(between, 0.5), self._news(), ("sweep",), self._redeem(cart),
            *self._some([("sign_out", cart), ("sign_in", cart, self._of([SHOPPER, OTHER]))], 0.3),
            self._pay(cart), *self._some([("release", cart, "own")], 0.4), ("complete", cart),
            self._news(),
        ]  # fmt: skip

    def _gains(self) -> Plot:
        """A promotion of the store is there before the points, and ends some time."""
        cart, opened = self._opened(SHOPPER)
        return [
            ("promote", self._of(["gift", "tenth", "fifth"])), opened, self._redeem(cart),
            *self._some([("end_promotion",)], 0.3), self._pay(cart), ("complete", cart),
            ("end_promotion",), self._news(),
        ]  # fmt: skip

    def _opened(self, who: str) -> tuple[str, Deed]:
        cart = f"cart {len(self.carts)}"
        self.carts.append(cart)
        shipping = self._of(["Standard", "Standard", "Thrifty"])
        return cart, ("open", cart, who, self._of(_GOODS), self.chance.randint(1, 3), shipping)

    def _redeem(self, cart: str | int) -> Deed:
        return "redeem", cart, self._of(_POINTS[:6]), False

    def _pay(self, cart: str) -> Deed:
        return "pay", cart, self._of(_PARTS[:4]), self._of(_KINDS)

    def _news(self) -> Deed:
        return self._one_of(
            [("deliver_all",), ("deliver_all",), ("lose", 1), ("lose", 2), ("work",)]
        )

    def _decide(self) -> Deed:
        return "decide", self._number(3), self._of(["charge", "restore", "dismiss"])

    # Deeds of chance

    def _deed(self) -> Deed:
        kinds = [
            self._of_shoppers, self._of_shoppers, self._of_staff,
            self._of_the_app, self._of_the_app, self._of_the_post,
        ]  # fmt: skip
        return self._disturbed(self._of(kinds)())

    def _of_shoppers(self) -> Deed:
        cart = self._cart()
        return self._one_of(
            [
                ("lines", cart, self._number(3)),
                ("more", cart, self._of(_GOODS)),
                ("coupon", cart),
                ("take_code", cart),
                ("put_code", cart, self._number(9)),
                ("put_code", cart, self._number(9)),
                ("gift_card", cart, self._of([5, 50, 500])),
                ("sign_out", cart),
                ("sign_in", cart, self._of([SHOPPER, OTHER, MARIA])),
                ("leave", cart),
                ("pay", cart, self._of(_PARTS), self._of(_KINDS)),
                ("pay", cart, self._of(_PARTS), self._of(_KINDS)),
                ("money_back", cart),
                ("complete", cart),
                ("complete", cart),
                ("race", cart, self._cart(), self.chance.random() < 0.5),
                ("complete_while", cart, self._of(["removing", "ending"])),
            ]
        )

    def _of_staff(self) -> Deed:
        order = self._number(9)
        return self._one_of(
            [
                ("promote", self._of(["gift", "tenth", "fifth"])),
                ("end_promotion",),
                ("cancel", order),
                ("refund", order, self._of(_SHARES)),
                ("charge_back", order, self._of(_SHARES)),
                ("fulfill", order),
                ("give_back", order),
                ("mark_paid", order),
                ("expire",),
                ("wait", self._of(_MINUTES)),
            ]
        )

    def _of_the_app(self) -> Deed:
        return self._one_of(
            [
                ("redeem", self._cart(), self._of(_POINTS), self.chance.random() < 0.2),
                ("redeem", self._cart(), self._of(_POINTS), False),
                ("redeem_again", self._number(9)),
                ("hand_out", self._of(_POINTS), self._of([SHOPPER, OTHER])),
                ("release", self._number(9), self._of(["own", "own", "staff", "other"])),
                ("release", self._number(9), "own"),
                ("sweep",),
                ("clean",),
                ("book",),
                ("work",),
                ("reconcile",),
                ("look_daily",),
                ("delete_vouchers",),
                self._decide(),
            ]
        )

    def _of_the_post(self) -> Deed:
        copies, torn = self._of([1, 1, 2]), self.chance.random() < 0.3
        return self._one_of([("deliver", self._number(9), copies, torn), self._news()])

    def _disturbed(self, deed: Deed, own: Sequence[str] = ()) -> Deed:
        """Something happens at a call that the app makes: before it arrives, or after it.

        Mostly on one of the plot's `own` carts, and often one thing soon after another.
        """
        if deed[0] not in _DISTURBED or self.chance.random() < 0.5:
            return deed
        events = []
        call = self.chance.randint(1, 9)
        for _ in range(self._of([1, 2, 2, 3])):
            kind = self._of(["die", "slow", "deed", "deed", "deed"])
            happening = self._amid(own) if kind == "deed" else kind
            events.append((call, self.chance.random() < 0.5, happening))
            call += self.chance.randint(0, 2)
        return "amid", deed, events

    def _amid(self, own: Sequence[str]) -> Deed:
        if not own or self.chance.random() < 0.3:
            by_chance: Deed = self._of([self._of_shoppers, self._of_the_post])()
            return by_chance
        cart = self._of(own)
        return self._one_of(
            [
                ("pay", cart, Decimal(1), "amountCharged"),
                ("pay", cart, Decimal(1), "amountCharged"),
                ("complete", cart),
                ("lines", cart, self._number(3)),
                ("put_code", cart, -1),
                ("take_code", cart),
                ("coupon", cart),
                ("deliver_all",),
            ]
        )

    def _cart(self) -> str | int:
        cart: str | int = self._of([*self.carts, self._number(9)])
        return cart

    def _number(self, most: int) -> int:
        return self.chance.randint(0, most)

    def _some(self, deeds: list[Deed], share: float) -> list[Deed]:
        return [deed for deed in deeds if self.chance.random() < share]

    def _one_of(self, deeds: Sequence[Deed]) -> Deed:
        return self.chance.choice(deeds)

    def _of(self, choices: Sequence[Any]) -> Any:
        return self.chance.choice(choices)


_DISTURBED = {"redeem", "redeem_again", "release", "sweep", "clean", "work", "hand_out", "book"}
STORIES = st.builds(
    lambda seed, plots, deeds: Teller(seed).story(plots, deeds),
    st.integers(0, 2**32),
    st.integers(1, 3),
    st.integers(0, 6),
)
