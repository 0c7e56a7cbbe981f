"""What the store hands over itself: nothing is made in Saleor, and staff say when it is done."""

from dataclasses import dataclass

from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.rewards.errors import CodeRefused, RewardByCode
from saleor_loyalty_app.rewards.instruments.port import Place, Terms
from saleor_loyalty_app.rewards.quote import CartForSpending, Quote
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.stores.refs import StoreRef

HAND_OVER = "hand_over"


@dataclass(frozen=True, slots=True)
class HandOverInstrument:
    """The `Instrument` of invitations and of what staff prepare."""

    def quote(
        self,
        program: Program,
        channel: str,
        currency: str,
        cart: CartForSpending | None,
        available: int,
        points: int,
    ) -> Quote:
        """Points alone are handed over to nobody: a reward says what they become."""
        raise RewardByCode

    def issue(self, store: StoreRef, redemption: RedemptionRef) -> None:
        """Nothing is made in Saleor."""

    def open(self, store: StoreRef, redemption: RedemptionRef, terms: Terms) -> None:
        """There is nothing to be opened."""

    def attach(self, store: StoreRef, redemption: RedemptionRef, place: Place) -> None:
        """It is on no cart.

        Raises:
            CodeRefused: always.
        """
        raise CodeRefused

    def detach(self, store: StoreRef, redemption: RedemptionRef, place: Place) -> None:
        """It is on no cart."""

    def consume(self, store: StoreRef, redemption: RedemptionRef) -> None:
        """It was handed over; nothing is left open."""

    def restore(self, store: StoreRef, redemption: RedemptionRef) -> None:
        """The points came back; nothing is left open."""

    def release(self, store: StoreRef, redemption: RedemptionRef) -> None:
        """There is nothing to be ended."""

    def revive(self, store: StoreRef, redemption: RedemptionRef) -> None:
        """There is nothing to be revived."""
