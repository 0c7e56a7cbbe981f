"""Somebody who buys with codes, and somebody who makes them, in the recorded stories' shop."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sandbox import Sandbox
from sandbox.box import id_of
from tests.contract.story_stage import PLIMSOLLS, SHIRT, SHOPPER, Stage, set_stage
from tests.contract.story_teller import ADDRESS, Refusal, Teller

Data = dict[str, Any]

PRICES = """subtotalPrice { net { amount } gross { amount } }
  totalPrice { net { amount } gross { amount } } shippingPrice { net { amount } }"""
STORED = "voucherCode discountName discount { amount }"
LINES = "lines { id isGift quantity totalPrice { gross { amount } } variant { sku } }"


@dataclass
class DiscountShop:
    stage: Stage

    @classmethod
    def open(cls, *, us_tax: int = 0, pl_tax: int = 0) -> "DiscountShop":
        stage = set_stage(us_tax=us_tax)
        stage.box.store.tax_rates["PL"] = Decimal(pl_tax)
        return cls(stage)

    @property
    def box(self) -> Sandbox:
        return self.stage.box

    @property
    def teller(self) -> Teller:
        return self.stage.teller

    @property
    def staff(self) -> str:
        return self.teller.cast.staff

    def variant(self, sku: str) -> str:
        return self.stage.variant(sku)

    def cart(
        self, *lines: tuple[str, int], channel: str = "default-channel", shipping: str = "Default"
    ) -> str:
        """A shopper's checkout with its delivery chosen; by default one pair of plimsolls."""
        wanted = [self.stage.line(sku, count) for sku, count in lines or ((PLIMSOLLS, 1),)]
        return self.teller.checkout(channel, wanted, shipping, by=self.teller.cast.shopper)

    def bare_cart(self, *lines: tuple[str, int], channel: str = "default-channel") -> Data:
        """What `checkoutCreate` answers, nothing of it priced yet but what is asked there."""
        wanted = [self.stage.line(sku, count) for sku, count in lines or ((PLIMSOLLS, 1),)]
        given = {"channel": channel, "email": SHOPPER, "lines": wanted, "shippingAddress": ADDRESS}
        made: Data = self.teller.ask(
            "checkoutCreate",
            "input: CheckoutCreateInput!",
            f"checkout {{ id {STORED} subtotalPrice {{ net {{ amount }} }} }}",
            None,
            input=given,
        )["checkout"]
        return made

    def see(self, checkout: str, selection: str = f"{PRICES} {STORED} {LINES}") -> Data:
        """The checkout, as anybody with its id sees it."""
        answer = self.box.execute(
            f"query ($id: ID!) {{ checkout(id: $id) {{ {selection} }} }}", {"id": checkout}
        )
        assert "errors" not in answer, answer
        found: Data = answer["data"]["checkout"]
        return found

    def entered(self, checkout: str) -> Decimal:
        """The subtotal on the side of the tax on which its channel enters prices."""
        side = "gross" if self.box.node(checkout).channel.prices_entered_with_tax else "net"
        return Decimal(str(self.see(checkout)["subtotalPrice"][side]["amount"]))

    def add(self, checkout: str, code: str) -> None:
        """Put a code on a checkout, as nobody in particular."""
        self.teller.ask(
            "checkoutAddPromoCode",
            "id: ID!, promoCode: String!",
            "checkout { id }",
            None,
            id=checkout,
            promoCode=code,
        )

    def remove(self, checkout: str, code: str) -> None:
        self.teller.ask(
            "checkoutRemovePromoCode",
            "id: ID!, promoCode: String!",
            "checkout { id }",
            None,
            id=checkout,
            promoCode=code,
        )

    def refusal(self, name: str, arguments: str, token: str | None = None, **given: Any) -> Data:
        """The one error with which a mutation refuses."""
        declared = ", ".join(f"${part.strip()}" for part in arguments.split(","))
        passed = ", ".join(f"{key}: ${key}" for key in given)
        document = (
            f"mutation ({declared}) {{ {name}({passed}) {{ errors {{ field code message }} }} }}"
        )
        answer = self.box.execute(document, given, token)
        assert "errors" not in answer, answer
        (error,) = answer["data"][name]["errors"]
        found: Data = error
        return found

    def refused_code(self, checkout: str, code: str) -> str:
        """The code of the error with which a promo code is refused."""
        error = self.refusal(
            "checkoutAddPromoCode", "id: ID!, promoCode: String!", id=checkout, promoCode=code
        )
        assert error["field"] == "promoCode"
        return str(error["code"])

    def pay(self, checkout: str) -> None:
        """Charge what the checkout costs."""
        seen = self.see(checkout, "totalPrice { currency gross { amount } }")["totalPrice"]
        self.teller.transact(
            checkout,
            "Card",
            seen["currency"],
            by=self.teller.cast.app,
            amountCharged=str(seen["gross"]["amount"]),
        )

    def complete(self, checkout: str) -> str:
        return self.teller.complete(checkout, by=self.teller.cast.shopper)

    def completion_refusal(self, checkout: str) -> Data:
        return self.refusal("checkoutComplete", "id: ID!", id=checkout)

    def order(self, order: str, selection: str) -> Data:
        """An order as staff see it."""
        answer = self.box.execute(
            f"query ($id: ID!) {{ order(id: $id) {{ {selection} }} }}", {"id": order}, self.staff
        )
        assert "errors" not in answer, answer
        found: Data = answer["data"]["order"]
        return found

    def make_voucher(self, *codes: str, **fields: Any) -> str:
        """A voucher by mutation, still listed nowhere; returns its id."""
        made = self.teller.ask(
            "voucherCreate",
            "input: VoucherInput!",
            "voucher { id }",
            self.staff,
            input={"addCodes": list(codes), **fields},
        )
        return str(made["voucher"]["id"])

    def list_voucher(self, voucher: str, value: str, channel: str = "default-channel") -> None:
        found = self.box.store.channel_by_slug(channel)
        listing = {"channelId": id_of(found), "discountValue": value}
        self.teller.ask(
            "voucherChannelListingUpdate",
            "id: ID!, input: VoucherChannelListingInput!",
            "voucher { id }",
            self.staff,
            id=voucher,
            input={"addChannels": [listing]},
        )


__all__ = ["PLIMSOLLS", "SHIRT", "SHOPPER", "DiscountShop", "Refusal"]
