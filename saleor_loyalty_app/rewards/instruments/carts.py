"""Reads carts, and puts codes on them and takes them off."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from saleor_loyalty_app import log
from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.rewards.codes import REDEMPTION_KEY
from saleor_loyalty_app.rewards.errors import CodeRefused
from saleor_loyalty_app.rewards.instruments.port import Place, Saleor
from saleor_loyalty_app.saleor import documents
from saleor_loyalty_app.saleor.checkout_snapshot import Cart, CartAnswer, checkout_of, draft_of
from saleor_loyalty_app.saleor.version import spoken_version
from saleor_loyalty_app.stores.refs import StoreRef

logger = log.get(__name__)

_CALCULATE = "mutations/delivery_options_calculate"


@dataclass(frozen=True, slots=True)
class Carts:
    """The carts of all stores. Every method is a network call."""

    saleor: Saleor
    clock: Clock

    def read(self, store: StoreRef, place: Place) -> Cart | None:
        """The cart as it is now; None = gone (a completed checkout is gone, too)."""
        kind, read = ("draft", draft_of) if place.is_draft else ("checkout", checkout_of)
        data = self.saleor.ask(store, f"queries/spending_{kind}", {"id": place.id})
        return read(data, self.clock()).cart

    def read_with_user(self, store: StoreRef, place: Place, user_id: str) -> CartAnswer:
        """The cart, and whether a user may still act, in one request."""
        kind, read = ("draft", draft_of) if place.is_draft else ("checkout", checkout_of)
        data = self.saleor.ask(
            store, f"queries/spending_{kind}_and_user", {"id": place.id, "userId": user_id}
        )
        return read(data, self.clock())

    def put(self, store: StoreRef, place: Place, code: str) -> None:
        """Puts a code on a cart. Putting it there again changes nothing.

        Raises:
            CodeRefused: it does not work there, or the cart is gone.
        """
        if place.is_draft:
            refused = self._draft_code(store, place, code)
        else:
            refused = refusals(
                self.saleor.ask(
                    store, "mutations/checkout_add_promo_code", {"id": place.id, "code": code}
                )
            )
        if refused:
            logger.info("code_refused", store_id=store.id, error_code=refused[0]["code"])
            raise CodeRefused

    def take(self, store: StoreRef, place: Place, code: str) -> None:
        """Takes a code off a cart.

        Saleor's refusals say that it is not there, or the cart is gone or an order by now: whoever
        takes it off reads the cart again anyway.
        """
        if place.is_draft:
            refused = self._draft_code(store, place, None)
        else:
            refused = refusals(
                self.saleor.ask(
                    store, "mutations/checkout_remove_promo_code", {"id": place.id, "code": code}
                )
            )
        if refused:
            logger.info("code_not_removed", store_id=store.id, error_code=refused[0]["code"])

    def mark(self, store: StoreRef, place: Place, public_id: str) -> None:
        """Writes the redemption into the cart's private metadata; the order inherits it."""
        item = {"key": REDEMPTION_KEY, "value": public_id}
        refused = refusals(
            self.saleor.ask(
                store, "mutations/private_metadata_update", {"id": place.id, "input": [item]}
            )
        )
        if refused:
            logger.info("cart_not_marked", store_id=store.id, error_code=refused[0]["code"])

    def check_delivery(self, store: StoreRef, place: Place) -> None:
        """Has Saleor look whether the chosen delivery is still offered.

        Before 3.23 Saleor looks by itself whenever a code comes or goes.
        """
        if place.is_draft or documents.needs(_CALCULATE) > spoken_version(store.schema_version):
            return
        refused = refusals(self.saleor.ask(store, _CALCULATE, {"id": place.id}))
        if refused:
            logger.info("delivery_not_checked", store_id=store.id, error_code=refused[0]["code"])

    def choose_delivery(self, store: StoreRef, place: Place, delivery: str) -> None:
        """Chooses a delivery again that Saleor dropped together with the code's coming."""
        refused = refusals(
            self.saleor.ask(
                store,
                "mutations/checkout_delivery_method_update",
                {"id": place.id, "delivery": delivery},
            )
        )
        if refused:
            logger.info("delivery_not_chosen", store_id=store.id, error_code=refused[0]["code"])

    def _draft_code(self, store: StoreRef, place: Place, code: str | None) -> list[dict[str, Any]]:
        variables = {"id": place.id, "input": {"voucherCode": code}}
        return refusals(self.saleor.ask(store, "mutations/draft_order_update", variables))


def refusals(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What Saleor refused, over all mutations of a document."""
    return [
        error
        for result in data.values()
        if isinstance(result, dict)
        for error in result.get("errors") or ()
    ]
