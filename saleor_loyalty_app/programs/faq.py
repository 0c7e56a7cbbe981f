"""Questions and answers made from a program: they change when it does. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from saleor_loyalty_app.i18n import capitalized, translate
from saleor_loyalty_app.programs import rule_words, words
from saleor_loyalty_app.programs.document import ChannelRates, Program
from saleor_loyalty_app.programs.expiry_words import expiry_words
from saleor_loyalty_app.programs.promises import is_promised
from saleor_loyalty_app.programs.shipping import ShippingRule
from saleor_loyalty_app.programs.shipping_words import methods_words, shipping_condition_words
from saleor_loyalty_app.programs.spending import DEFAULTS


@dataclass(frozen=True, slots=True)
class Answer:
    """A question and the sentences that answer it."""

    id: str
    question: str
    sentences: tuple[str, ...]


def answers(
    program: Program, language: str, *, earning: bool, spending: bool, shipping: bool
) -> list[Answer]:
    """What shoppers ask of a program; nothing of parts that are switched off."""
    settings, points = program.settings, program.texts_for(language).points
    found = [
        ("earn", _earning(program, language) if earning else ()),
        ("when", [_text("faq.when_text", language, when=_when(program, language))]),
        ("spend", _spending(program, language) if spending else ()),
        ("expire", [expiry_words(settings.expiry, language)]),
        ("shipping", _shipping(program, language) if shipping else ()),
        ("return", [_text("faq.return_text", language)]),
    ]
    return [
        Answer(name, _text(f"faq.{name}", language, points=points), told)
        for name, sentences in found
        if (told := tuple(_sentence(one, language) for one in sentences))
    ]


def _text(key: str, language: str, **arguments: object) -> str:
    return translate(key, language, **arguments)


def _sentence(text: str, language: str) -> str:
    return capitalized(text, language) + ("" if text.endswith(".") else ".")


def _when(program: Program, language: str) -> str:
    return words.availability_words(program.settings.availability, language)


def _earning(program: Program, language: str) -> Iterator[str]:
    rates = [one for one in program.currencies if one.earn_rate is not None]
    if not rates:
        return
    said = (words.earn_rate_words(one.earn_rate, one.currency, language) for one in rates)
    yield from dict.fromkeys(said)
    for rule in sorted(program.earning.rules, key=lambda rule: -rule.priority):
        if not is_promised(rule):
            continue
        if rule.enabled and (rule.when is not None or rule.trigger != "order"):
            told = words.effect_words(rule.then, language, program)
            when = rule_words.rule_when_words(rule, program, language)
            yield f"{rule.label(language)}: {told}; {when}"


def _spending(program: Program, language: str) -> Iterator[str]:
    limits = program.spending or DEFAULTS
    rates = [one for one in program.currencies if one.spend_rate is not None]
    if not rates:
        return
    said = (words.spend_rate_words(one.spend_rate, one.currency, language) for one in rates)
    yield from dict.fromkeys(said)
    yield _text(
        "faq.spend_text",
        language,
        points=words.points_words(limits.least_points, language),
        share=words.percent_words(Fraction(limits.maximum_share, 100), language),
    )
    for one in rates:
        minimum = limits.minimum_order(one.channel, one.currency)
        if minimum is not None:
            money = words.money_words(minimum, one.currency, language)
            yield _text("faq.minimum_text", language, money=money)


def _shipping(program: Program, language: str) -> Iterator[str]:
    offers = () if program.shipping is None else program.shipping.live
    for rule in offers:
        for rates in program.currencies:
            if (told := _offer(rule, rates, program, language)) is not None:
                yield told


def _offer(rule: ShippingRule, rates: ChannelRates, program: Program, language: str) -> str | None:
    price = rule.price(rates.channel, rates.currency)
    threshold = rule.threshold(rates.channel, rates.currency)
    if price is None or (rule.thresholds and threshold is None):
        return None
    parts = [rule.label(language) or methods_words(rule, language)]
    if price:
        parts.append(words.money_words(price, rates.currency, language))
    if threshold is not None:
        money = words.money_words(threshold, rates.currency, language)
        parts.append(_text("faq.from_text", language, money=money))
    if rule.when is not None:
        parts.append(
            shipping_condition_words(rule.when, language, words.tier_names(program, language))
        )
    return "; ".join(parts)
