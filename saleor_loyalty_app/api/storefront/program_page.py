"""A store's program in words and numbers, as everybody may see it."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import ClassVar

from babel.dates import format_date
from pydantic import BaseModel
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.money import Money
from saleor_loyalty_app.api.storefront.board import program_names, require_channel
from saleor_loyalty_app.api.storefront.program_schemas import (
    ChannelTerms,
    Ending,
    ProgramPage,
    Rate,
    Rule,
    ShippingOffer,
    SpendingLimits,
)
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.programs import rule_words, words
from saleor_loyalty_app.programs.document import ChannelRates, Program
from saleor_loyalty_app.programs.document import Rate as ProgramRate
from saleor_loyalty_app.programs.expiry_words import expiry_words
from saleor_loyalty_app.programs.promises import is_promised
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.programs.rules import EarningRule
from saleor_loyalty_app.programs.scalars import plain
from saleor_loyalty_app.programs.shipping import ShippingRule
from saleor_loyalty_app.programs.shipping_words import methods_words, shipping_condition_words
from saleor_loyalty_app.programs.spending import DEFAULTS
from saleor_loyalty_app.stores import wind_downs
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.wind_downs import Plan


class ProgramNotPublished(AppError):
    """The store has no program in force yet."""

    code: ClassVar[str] = "program_not_published"
    status: ClassVar[int] = 404


def read_program_page(
    conn: Connection, store: StoreRef, *, channel: str | None, now: datetime, language: str
) -> ProgramPage:
    """The program in force, of all channels or of one.

    Raises:
        ProgramNotPublished: there is none.
        ChannelUnknown: the store has no such channel.
    """
    revision = revision_at(conn, store.id, now)
    if revision is None:
        raise ProgramNotPublished
    program = revision.program
    plan = wind_downs.standing_plan(conn, store.id)
    store = wind_downs.as_of(conn, store, now)
    shown = [one for one in program.currencies if channel in (None, one.channel)]
    if channel is not None and not shown:
        require_channel(conn, store.id, channel)
    settings = program.settings
    return ProgramPage(
        program=program_names(program, language),
        rules=_rules(program, language) if store.earning_on else [],
        available=words.availability_words(settings.availability, language),
        expiry=expiry_words(settings.expiry, language),
        channels=[_terms(program, one, store, language) for one in shown],
        ending=None if plan is None else ending_page(plan, now=now, language=language),
    )


def ending_page(plan: Plan, *, now: datetime, language: str) -> Ending:
    """The end of a program in words."""
    earning_until = date.fromisoformat(plan.earning_ends_on) - timedelta(days=1)
    spending_until = date.fromisoformat(plan.last_spending_on)
    state = "spending_over" if plan.spending_ends_at <= now else "announced"
    if state == "announced" and plan.earning_ends_at <= now:
        state = "earning_over"
    text = translate(
        f"program_end.{state}",
        language,
        earning=format_date(earning_until, "long", locale=language),
        spending=format_date(spending_until, "long", locale=language),
    )
    return Ending(last_earning_on=earning_until, last_spending_on=spending_until, text=text)


def etag_of(page: BaseModel, language: str) -> str:
    """Names this answer: it changes whenever anything in it does."""
    digest = hashlib.sha256(f"{language}\n{page.model_dump_json()}".encode()).hexdigest()
    return f'"{digest[:32]}"'


def is_known(etag: str, if_none_match: str | None) -> bool:
    """Whether who asks has this answer already (RFC 9110, 13.1.2: a weak comparison)."""
    asked = [one.strip().removeprefix("W/") for one in (if_none_match or "").split(",")]
    return "*" in asked or etag in asked


def _rules(program: Program, language: str) -> list[Rule]:
    enabled = [rule for rule in program.earning.rules if rule.enabled and is_promised(rule)]
    enabled.sort(key=lambda rule: -rule.priority)
    return [_rule(rule, program, language) for rule in enabled]


def _rule(rule: EarningRule, program: Program, language: str) -> Rule:
    return Rule(
        id=rule.id,
        name=rule.label(language),
        gives=words.effect_words(rule.then, language, program),
        when=None
        if rule.when is None and rule.trigger == "order"
        else rule_words.rule_when_words(rule, program, language),
    )


def _terms(program: Program, rates: ChannelRates, store: StoreRef, language: str) -> ChannelTerms:
    currency = rates.currency
    earn = rates.earn_rate if store.earning_on else None
    return ChannelTerms(
        channel=rates.channel,
        currency=currency,
        earn=_rate(earn, currency, words.earn_rate_words(earn, currency, language)),
        worth=_rate(
            rates.spend_rate, currency, words.spend_rate_words(rates.spend_rate, currency, language)
        ),
        spending=_spending(program, rates) if store.spending_on else None,
        shipping=_shipping(program, rates, language) if store.shipping_on else [],
    )


def _rate(rate: ProgramRate | None, currency: str, text: str) -> Rate | None:
    if rate is None:
        return None
    return Rate(points=rate.points, amount=plain(rate.money), currency=currency, text=text)


def _spending(program: Program, rates: ChannelRates) -> SpendingLimits | None:
    if rates.spend_rate is None:
        return None
    limits = program.spending or DEFAULTS
    minimum = limits.minimum_order(rates.channel, rates.currency)
    return SpendingLimits(
        minimum_points=limits.least_points,
        step=limits.step,
        maximum_share=limits.maximum_share,
        minimum_order=None if minimum is None else Money.of(minimum, rates.currency),
        hold_minutes=limits.hold_minutes,
    )


def _shipping(program: Program, rates: ChannelRates, language: str) -> list[ShippingOffer]:
    if program.shipping is None:
        return []
    channel, currency = rates.channel, rates.currency
    tiers = words.tier_names(program, language)
    return [
        _offer(rule, price, rule.threshold(channel, currency), currency, language, tiers)
        for rule in program.shipping.live
        if (price := rule.price(channel, currency)) is not None
        and (not rule.thresholds or rule.threshold(channel, currency) is not None)
    ]


def _offer(
    rule: ShippingRule,
    price: Decimal,
    threshold: Decimal | None,
    currency: str,
    language: str,
    tiers: Mapping[str, str],
) -> ShippingOffer:
    return ShippingOffer(
        id=rule.id,
        name=rule.label(language) or methods_words(rule, language),
        price=Money.of(price, currency),
        threshold=None if threshold is None else Money.of(threshold, currency),
        when=None if rule.when is None else shipping_condition_words(rule.when, language, tiers),
    )
