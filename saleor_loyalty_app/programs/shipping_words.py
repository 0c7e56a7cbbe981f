"""Shipping offers in words, and what changes from one program to the next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.programs import words
from saleor_loyalty_app.programs.shipping import ShippingProgram, ShippingRule
from saleor_loyalty_app.programs.shipping_conditions import (
    IsMember,
    OrderCount,
    ShippingAllOf,
    ShippingAnyOf,
    ShippingCondition,
    ShippingNot,
)
from saleor_loyalty_app.programs.store_names import NOTHING, Called, called


@dataclass(frozen=True, slots=True)
class ShippingChange:
    """One difference: the code of its text, the path, and what completes the text."""

    code: str
    path: str
    arguments: dict[str, object]


def offer_label(rule: ShippingRule, language: str) -> str:
    """What an offer is called where people read of it; its id where it has no name."""
    return rule.label(language) or rule.id


def offer_words(rule: ShippingRule, language: str, names: Called = NOTHING) -> str:
    """An offer in one sentence: the methods, the prices, the thresholds, when, and the rest.

    Args:
        names: of tiers by id, of all else by "<kind>:<reference>".
    """
    parts = [
        translate(
            "shipping.offer",
            language,
            methods=methods_words(rule, language),
            prices=prices_words(rule, language, names),
        )
    ]
    if rule.thresholds:
        amounts = [words.money_words(one.money, one.currency, language) for one in rule.thresholds]
        listed = _amounts(amounts, language)
        parts.append(translate("shipping.thresholds", language, thresholds=listed))
    if rule.when is not None:
        parts.append(shipping_condition_words(rule.when, language, names))
    if rule.hide_original:
        parts.append(translate("shipping.hides_original", language))
    if not rule.enabled:
        parts.append(translate("words.disabled", language))
    return "; ".join(parts)


def methods_words(rule: ShippingRule, language: str) -> str:
    """Which built-in methods an offer makes cheaper."""
    if rule.method == "named":
        listed = words.list_words(rule.method_names, language)
        return translate("shipping.method.named", language, names=listed)
    return translate(f"shipping.method.{rule.method}", language)


def prices_words(rule: ShippingRule, language: str, names: Called = NOTHING) -> str:
    """What an offer costs in each channel: "free", "$4.90"."""
    prices = [
        words.money_words(one.price, one.currency, language)
        if one.price
        else translate("shipping.free_in", language, channel=called("channel", one.channel, names))
        for one in rule.prices
    ]
    if not any(one.price for one in rule.prices):
        return translate("shipping.free", language)
    return _amounts(prices, language)


def _amounts(texts: Sequence[str], language: str) -> str:
    """Amounts in a row; they may have commas of their own."""
    shown = " / ".join(texts[: words.LIST_LIMIT])
    more = len(texts) - words.LIST_LIMIT
    return translate("words.and_more", language, items=shown, more=more) if more > 0 else shown


def shipping_condition_words(
    condition: ShippingCondition | None, language: str, names: Called | None = None
) -> str:
    """When an offer is made; `names` are those of tiers by id, else by "<kind>:<reference>"."""
    match condition:
        case None:
            return translate("condition.always", language)
        case ShippingAllOf():
            return _joined(condition.of, "words.and", language, names)
        case ShippingAnyOf():
            return _joined(condition.of, "words.or", language, names)
        case ShippingNot():
            inner = shipping_condition_words(condition.of, language, names)
            return translate("condition.not", language, condition=inner)
        case OrderCount():
            limits = words.span_words(condition.min, condition.max, language)
            return translate("condition.order_count", language, limits=limits)
        case IsMember():
            key = "condition.member" if condition.value else "condition.no_member"
            return translate(key, language)
        case _:
            return words.condition_words(condition, language, names)


def _joined(
    parts: Sequence[ShippingCondition],
    joint: str,
    language: str,
    names: Called | None,
) -> str:
    texts = []
    for part in parts:
        text = shipping_condition_words(part, language, names)
        texts.append(f"({text})" if isinstance(part, ShippingAllOf | ShippingAnyOf) else text)
    return f" {translate(joint, language)} ".join(texts)


def shipping_changes(
    old: ShippingProgram | None,
    new: ShippingProgram | None,
    language: str,
    before_called: Called = NOTHING,
    now_called: Called = NOTHING,
) -> Iterator[ShippingChange]:
    """What the new offers change, in the order of the document.

    Args:
        before_called, now_called: names as the old and the new program have them (`offer_words`).
    """
    before = {rule.id: rule for rule in old.offers} if old is not None else {}
    after = {rule.id: rule for rule in new.offers} if new is not None else {}
    for rule in before.values():
        if rule.id not in after:
            yield _change("shipping_removed", rule, language)
    for rule in after.values():
        was = before.get(rule.id)
        if was is None:
            yield _change(
                "shipping_added", rule, language, told=offer_words(rule, language, now_called)
            )
        elif was != rule:
            told = {
                "before": offer_words(was, language, before_called),
                "after": offer_words(rule, language, now_called),
            }
            if told["before"] == told["after"]:
                told = {"before": was.label(language) or "–", "after": rule.label(language) or "–"}
            yield _change("shipping_changed", rule, language, **told)


def _change(code: str, rule: ShippingRule, language: str, **told: object) -> ShippingChange:
    arguments = {"offer": offer_label(rule, language), **told}
    return ShippingChange(code, f"shipping.offers.{rule.id}", arguments)
