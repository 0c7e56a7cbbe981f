"""Promotions: of the catalogue, of an order's subtotal, and gifts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.model.errors import Refused
from sandbox.model.ids import global_id
from sandbox.model.money import ZERO, quantize
from sandbox.model.store import Caller, Store

if TYPE_CHECKING:
    from sandbox.model.catalog import Channel, ProductVariant

_HUNDRED = Decimal(100)


@dataclass(eq=False)
class PromotionRule:
    """One reward: `SUBTOTAL_DISCOUNT` or `GIFT` of an order, None for prices of the catalogue.

    `minimum` and `maximum` bound the subtotal of an order. `variants` are what a rule of the
    catalogue discounts; none means all.
    """

    pk: str
    promotion: Promotion
    name: str
    channels: list[Channel]
    reward_type: str | None = None
    value_type: str | None = None
    value: Decimal | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    gifts: list[ProductVariant] = field(default_factory=list)
    variants: list[ProductVariant] = field(default_factory=list)

    @property
    def discount_name(self) -> str:
        """The name that a discount of this rule bears."""
        names = [name for name in (self.promotion.name, self.name) if name]
        return ": ".join(names)

    @property
    def reason(self) -> str:
        return f"Promotion: {global_id('Promotion', self.promotion.pk)}"

    def discount_of(self, price: Decimal, currency: str) -> Decimal:
        """What the rule takes off a price."""
        if self.value_type == "PERCENTAGE":
            return quantize(price * (self.value or ZERO) / _HUNDRED, currency)
        return min(self.value or ZERO, price)


@dataclass(eq=False)
class Promotion:
    """`type` is `CATALOGUE` or `ORDER`."""

    pk: str
    name: str
    type: str
    start_date: datetime
    created_at: datetime
    updated_at: datetime
    end_date: datetime | None = None
    rules: list[PromotionRule] = field(default_factory=list)
    metadata: dict[str, str] = field(default_factory=dict)
    private_metadata: dict[str, str] = field(default_factory=dict)

    def is_active(self, now: datetime) -> bool:
        return self.start_date <= now and (self.end_date is None or self.end_date >= now)


@dataclass(frozen=True, slots=True)
class BestRule:
    """The rule that gives the most, what that is worth, and the gift if it is one."""

    rule: PromotionRule
    amount: Decimal
    gift: ProductVariant | None = None


def create_promotion(
    store: Store,
    caller: Caller,
    name: str,
    kind: str,
    *,
    start_date: datetime | None = None,
    end_date: datetime | None = None,
) -> Promotion:
    """A promotion without rules yet.

    Raises:
        Refused: it would end before it starts.
    """
    now = store.now()
    start = start_date or store.clock.now()
    if end_date is not None and end_date < start:
        raise Refused("INVALID", "End date cannot be before the start date.", "endDate")
    promotion = Promotion(store.ids.uuid(), name, kind, start, now, now, end_date)
    store.promotions[promotion.pk] = promotion
    store.emit("PROMOTION_CREATED", promotion, caller)
    return promotion


def add_rule(
    store: Store, caller: Caller, promotion: Promotion, channels: list[Channel], **reward: Any
) -> PromotionRule:
    """Give a promotion one more rule; `reward` fills the fields of `PromotionRule`.

    Raises:
        Refused: the reward does not fit the promotion, or a rule with a minimum has channels of
            several currencies.
    """
    check_rule(promotion.type, channels, reward)
    rule = PromotionRule(
        pk=store.ids.uuid(), promotion=promotion, channels=channels, **{"name": "", **reward}
    )
    promotion.rules.append(rule)
    promotion.updated_at = store.now()
    store.emit("PROMOTION_RULE_CREATED", rule, caller)
    if promotion.type == "CATALOGUE":
        recalculate_catalog(store)
    return rule


def check_rule(kind: str, channels: list[Channel], reward: dict[str, Any]) -> None:
    """Look at a rule before it is made.

    Raises:
        Refused: as `add_rule` refuses.
    """
    if kind == "ORDER" and len({channel.currency_code for channel in channels}) > 1:
        raise Refused(
            "MULTIPLE_CURRENCIES_NOT_ALLOWED",
            "Order rules with this predicate need channels of one currency.",
            "channels",
        )
    if kind == "ORDER" and reward.get("reward_type") is None:
        raise Refused("REQUIRED", "The reward type is required.", "rewardType")
    if reward.get("reward_type") == "GIFT":
        if not reward.get("gifts"):
            raise Refused("REQUIRED", "Gifts are required for this reward.", "gifts")
    elif reward.get("value") is None or reward.get("value_type") is None:
        raise Refused("REQUIRED", "The reward value is required.", "rewardValue")


def end_promotion(store: Store, caller: Caller, promotion: Promotion) -> None:
    """Remove a promotion; carts lose it when they are next recalculated."""
    del store.promotions[promotion.pk]
    store.emit("PROMOTION_DELETED", promotion, caller)
    if promotion.type == "CATALOGUE":
        recalculate_catalog(store)


def recalculate_catalog(store: Store) -> None:
    """Find the best catalogue rule of each variant and channel, as Saleor does now and then."""
    now = store.clock.now()
    for variant in store.variants.values():
        variant.rules = {}
    for promotion in store.promotions.values():
        if promotion.type != "CATALOGUE" or not promotion.is_active(now):
            continue
        for rule in promotion.rules:
            for variant in rule.variants or store.variants.values():
                for channel in rule.channels:
                    _keep_best(variant, channel, rule)


def _keep_best(variant: ProductVariant, channel: Channel, rule: PromotionRule) -> None:
    price = variant.prices.get(channel.slug)
    if price is None:
        return
    old = variant.rules.get(channel.slug)
    currency = channel.currency_code
    if old is None or rule.discount_of(price, currency) > old.discount_of(price, currency):
        variant.rules[channel.slug] = rule


def best_order_rule(
    store: Store, channel: Channel, subtotal: Decimal, *, gifts: bool = True
) -> BestRule | None:
    """The order rule that gives most on a subtotal (entered terms); gifts count by their price."""
    now = store.clock.now()
    found = [
        candidate
        for promotion in store.promotions.values()
        if promotion.type == "ORDER" and promotion.is_active(now)
        for rule in promotion.rules
        if channel in rule.channels
        and (gifts or rule.reward_type != "GIFT")
        and (rule.minimum is None or subtotal >= rule.minimum)
        and (rule.maximum is None or subtotal <= rule.maximum)
        and (candidate := _candidate(rule, channel, subtotal)) is not None
    ]
    return max(found, key=lambda each: each.amount, default=None)


def _candidate(rule: PromotionRule, channel: Channel, subtotal: Decimal) -> BestRule | None:
    if rule.reward_type != "GIFT":
        return BestRule(rule, rule.discount_of(subtotal, channel.currency_code))
    priced = [variant for variant in rule.gifts if channel.slug in variant.prices]
    if not priced:
        return None
    gift = max(priced, key=lambda variant: variant.prices[channel.slug])
    return BestRule(rule, gift.prices[channel.slug], gift)
