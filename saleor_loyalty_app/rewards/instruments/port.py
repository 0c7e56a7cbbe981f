"""The port that every instrument fits, and what instruments need of Saleor."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.rewards.quote import CartForSpending, Quote
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.stores.refs import StoreRef


class Saleor(Protocol):
    """Sends the documents of `graphql/` to a store. Every call is a network call."""

    def ask(
        self, store: StoreRef, document: str, variables: Mapping[str, object] | None = None
    ) -> dict[str, Any]:
        """The data of the answer; a mutation's refusals are in it, under `errors`."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where an instrument is put: a checkout, or a draft order."""

    id: str
    is_draft: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """What an instrument is made with.

    Attributes:
        channel_id: Saleor's id of the channel in which alone it works.
        minimum: the goods' price from which it works; 0 = any.
    """

    channel_id: str
    minimum: Decimal = Decimal(0)


class Instrument(Protocol):
    """One way to turn points into money off.

    All methods but `quote` are network calls, may be repeated after a crash at any point, and look
    before they do something again. They raise what `SaleorClient.execute` raises where nobody
    knows what happened.
    """

    def quote(
        self,
        program: Program,
        channel: str,
        currency: str,
        cart: CartForSpending | None,
        available: int,
        points: int,
    ) -> Quote:
        """What points take off. Pure.

        Raises:
            SpendingRefused: one of its kinds.
        """
        ...

    def issue(self, store: StoreRef, redemption: RedemptionRef) -> str | None:
        """Makes it in Saleor, not usable yet; gives Saleor's id of it, None = nothing is there.

        Raises:
            SaleorRefused: Saleor does not make it.
        """
        ...

    def open(self, store: StoreRef, redemption: RedemptionRef, terms: Terms) -> None:
        """Makes it usable.

        Raises:
            SaleorRefused: Saleor does not take the terms.
        """
        ...

    def attach(self, store: StoreRef, redemption: RedemptionRef, place: Place) -> None:
        """Puts it on a cart.

        Raises:
            CodeRefused: it does not work there.
        """
        ...

    def detach(self, store: StoreRef, redemption: RedemptionRef, place: Place) -> None:
        """Takes it off a cart; no error where it is not on it, or the cart is gone."""
        ...

    def consume(self, store: StoreRef, redemption: RedemptionRef) -> None:
        """An order was made with it: settles in Saleor what that leaves open."""
        ...

    def restore(self, store: StoreRef, redemption: RedemptionRef) -> None:
        """Points of it came back: settles in Saleor what that leaves open."""
        ...

    def release(self, store: StoreRef, redemption: RedemptionRef) -> None:
        """Ends it for good, so that the points may go back."""
        ...

    def revive(self, store: StoreRef, redemption: RedemptionRef) -> None:
        """Takes `release` back, where a payment was faster."""
        ...
