"""Discounts for tests and demos, the short way: no mutations, no events, real objects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from sandbox.model.catalog import Channel, ProductVariant
from sandbox.model.checkouts import Checkout
from sandbox.model.completion import complete_checkout
from sandbox.model.coverage import cover
from sandbox.model.discounts import recalculate
from sandbox.model.errors import Refused
from sandbox.model.gift_cards import GiftCard, create_gift_card
from sandbox.model.legacy_payments import start_payment
from sandbox.model.money import ZERO
from sandbox.model.orders import Order
from sandbox.model.payments import Payment
from sandbox.model.promo_codes import Admission, admit, put_voucher
from sandbox.model.promotions import Promotion, add_rule, create_promotion
from sandbox.model.store import NOBODY, Caller, Store
from sandbox.model.vouchers import Voucher, create_voucher, list_in_channel

if TYPE_CHECKING:
    from sandbox.model.customers import User

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Completion:
    """What came of one checkout of a race: an order, or the code of its refusal."""

    order: Order | None
    refusal: str | None = None


class Discounts:
    """What takes money off in one store. Ids are global ones; channels are named by slug."""

    def __init__(self, store: Store, node: Callable[[str], Any]) -> None:
        self._store = store
        self._node = node

    def voucher(
        self,
        value: Decimal,
        *codes: str,
        channels: tuple[str, ...] = ("default-channel",),
        min_spent: Decimal | None = None,
        **data: Any,
    ) -> Voucher:
        """A voucher worth `value` in the channels; `data` as of `VoucherInput`, in snake_case.

        Raises:
            Refused: as `voucherCreate` and `voucherChannelListingUpdate` refuse.
        """
        with_codes = {"add_codes": list(codes) or [""], **data}
        voucher = self._quietly(lambda: create_voucher(self._store, NOBODY, with_codes))
        for slug in channels:
            list_in_channel(self._store, voucher, self._channel(slug), value, min_spent)
        return voucher

    def put(self, checkout_id: str, code: str) -> None:
        """Put a voucher's code on a checkout, as a shopper would, without an event.

        Raises:
            Refused: as `checkoutAddPromoCode` refuses.
        """
        checkout: Checkout = self._node(checkout_id)
        put_voucher(self._store, checkout, self._store.voucher_codes[code])
        cover(self._store, checkout)

    def apply(
        self, checkout_id: str, amount: Decimal, *, code: str, name: str, line_id: str | None = None
    ) -> Voucher:
        """Put a new voucher of a fixed amount on a checkout, or that of the code if there is one.

        With `line_id` it takes the amount off one unit of what that line sells.
        """
        checkout: Checkout = self._node(checkout_id)
        known = self._store.voucher_codes.get(code)
        if known is None:
            data: dict[str, Any] = {"name": name}
            if line_id is not None:
                variant = self._node(line_id).variant
                data |= {"type": "SPECIFIC_PRODUCT", "variants": [variant]}
                data["apply_once_per_order"] = True
            self.voucher(amount, code, channels=(checkout.channel.slug,), **data)
        self.put(checkout_id, code)
        return self._store.voucher_codes[code].voucher

    def gift_card(
        self, amount: Decimal, currency: str = "USD", *, assigned_to: User | None = None
    ) -> GiftCard:
        """A gift card with money on it."""
        data = {
            "balance": {"amount": amount, "currency": currency},
            "assigned_to": assigned_to,
        }
        return self._quietly(lambda: create_gift_card(self._store, NOBODY, data))

    def cover(self, checkout_id: str, amount: Decimal) -> GiftCard:
        """Put a new gift card on a checkout."""
        checkout: Checkout = self._node(checkout_id)
        card = self.gift_card(amount, checkout.currency)
        checkout.gift_cards.append(card)
        cover(self._store, checkout)
        return card

    def pay_the_old_way(
        self, checkout_id: str, amount: Decimal, status: str = "NOT_CHARGED"
    ) -> Payment:
        """An old payment on a checkout; its plugin charges it when the checkout completes."""
        checkout: Checkout = self._node(checkout_id)
        captured = amount if status == "FULLY_CHARGED" else ZERO
        return start_payment(self._store, checkout, amount, status, captured)

    def order_promotion(
        self,
        *,
        percentage: Decimal | None = None,
        amount: Decimal | None = None,
        minimum: Decimal | None = None,
        channel: str = "default-channel",
        name: str = "Order promotion",
    ) -> Promotion:
        """A promotion that takes a share or an amount off every order's subtotal."""
        reward = {
            "reward_type": "SUBTOTAL_DISCOUNT",
            "value_type": "FIXED" if percentage is None else "PERCENTAGE",
            "value": amount if percentage is None else percentage,
            "minimum": minimum,
        }
        return self._promotion("ORDER", name, channel, reward)

    def gift_promotion(
        self,
        variant_id: str,
        *,
        minimum: Decimal | None = None,
        channel: str = "default-channel",
        name: str = "Order gift",
    ) -> Promotion:
        """A promotion that adds a gift to every order."""
        reward = {"reward_type": "GIFT", "gifts": [self._node(variant_id)], "minimum": minimum}
        return self._promotion("ORDER", name, channel, reward)

    def catalog_promotion(
        self,
        *variant_ids: str,
        percentage: Decimal | None = None,
        amount: Decimal | None = None,
        channel: str = "default-channel",
        name: str = "Catalog promotion",
    ) -> Promotion:
        """A promotion of prices, of everything when no variants are named; it acts at once."""
        variants: list[ProductVariant] = [self._node(each) for each in variant_ids]
        reward = {
            "value_type": "FIXED" if percentage is None else "PERCENTAGE",
            "value": amount if percentage is None else percentage,
            "variants": variants,
        }
        return self._promotion("CATALOGUE", name, channel, reward)

    def race(self, *checkout_ids: str, keep_code: bool = False) -> list[Completion]:
        """Complete paid checkouts at one instant: all of them look before one of them writes.

        A single-use code passes for all; the later orders have its discount without its code, or
        with `keep_code` the code too, which Saleor does more rarely. A gift card passes once: the
        others end in the database's deadlock.
        """
        checkouts: list[Checkout] = [self._node(each) for each in checkout_ids]
        seen = [self._look(checkout, keep_code) for checkout in checkouts]
        spent: set[int] = set()
        done = []
        for checkout, admission in zip(checkouts, seen, strict=True):
            cards = {card.pk for card in checkout.gift_cards}
            if isinstance(admission, Refused):
                done.append(Completion(None, admission.code))
            elif cards & spent:
                done.append(Completion(None, "OperationalError"))
            else:
                completion = self._complete(checkout, admission)
                spent |= cards if completion.order is not None else set()
                done.append(completion)
        return done

    def complete_while_removing(self, checkout_id: str, *, keeps_code: bool = True) -> Completion:
        """Complete a checkout while its code is taken off: an order at the full price.

        It is underpaid by the discount, and mostly names the code that it has no discount of.
        """
        checkout: Checkout = self._node(checkout_id)
        seen = self._look(checkout, keep_code=True)
        if isinstance(seen, Refused):
            return Completion(None, seen.code)
        code = seen.code if keeps_code else None
        return self._complete(checkout, Admission(code, certain=True, discount_gone=True))

    def complete_while_ending(self, checkout_id: str) -> Completion:
        """Complete a checkout while its voucher is ended: the discount stays without the code."""
        checkout: Checkout = self._node(checkout_id)
        seen = self._look(checkout, keep_code=False)
        if isinstance(seen, Refused):
            return Completion(None, seen.code)
        if seen.code is not None:
            seen.code.voucher.end_date = self._store.clock.now()
        return self._complete(checkout, seen)

    def _look(self, checkout: Checkout, keep_code: bool) -> Admission | Refused:
        try:
            return Admission(admit(self._store, checkout).code, certain=keep_code)
        except Refused as refusal:
            return refusal

    def _complete(self, checkout: Checkout, admission: Admission) -> Completion:
        caller = Caller(user=checkout.user)
        try:
            order = complete_checkout(self._store, caller, checkout, {}, admission=admission)
        except Refused as refusal:
            return Completion(None, refusal.code)
        return Completion(order)

    def _promotion(self, kind: str, name: str, channel: str, reward: dict[str, Any]) -> Promotion:
        def make() -> Promotion:
            promotion = create_promotion(self._store, NOBODY, name, kind)
            add_rule(self._store, NOBODY, promotion, [self._channel(channel)], **reward)
            return promotion

        return self._quietly(make)

    def add_gift(self, checkout_id: str, variant_id: str) -> None:
        """A gift promotion of the checkout's channel, seen by the checkout at once."""
        checkout: Checkout = self._node(checkout_id)
        self.gift_promotion(variant_id, channel=checkout.channel.slug)
        recalculate(self._store, checkout)

    def _channel(self, slug: str) -> Channel:
        channel = self._store.channel_by_slug(slug)
        if channel is None:
            raise LookupError(f"no channel {slug!r}")
        return channel

    def _quietly(self, action: Callable[[], T]) -> T:
        before = len(self._store.outbox)
        made = action()
        del self._store.outbox[before:]
        return made
