"""What changes from one program to the next, in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from saleor_loyalty_app.i18n import capitalized, translate
from saleor_loyalty_app.programs import rule_words, words
from saleor_loyalty_app.programs.bonuses_words import bonus_changes
from saleor_loyalty_app.programs.cost import monthly_cost
from saleor_loyalty_app.programs.document import ChannelRates, Program, Settings, Texts
from saleor_loyalty_app.programs.events_words import event_changes
from saleor_loyalty_app.programs.expiry_words import expiry_words
from saleor_loyalty_app.programs.goodwill_words import goodwill_changes
from saleor_loyalty_app.programs.perks_words import rewritten
from saleor_loyalty_app.programs.rewards_words import reward_changes
from saleor_loyalty_app.programs.rules import EarningRule
from saleor_loyalty_app.programs.segments_words import segment_changes
from saleor_loyalty_app.programs.shipping_words import shipping_changes
from saleor_loyalty_app.programs.spending_words import spending_changes
from saleor_loyalty_app.programs.stats import OrderStats
from saleor_loyalty_app.programs.store_names import NOTHING, Called, called
from saleor_loyalty_app.programs.tiers_words import tier_changes


@dataclass(frozen=True, slots=True)
class Change:
    """One difference at a place of the document, as a sentence in the language asked for."""

    code: str
    path: str
    text: str


def differences(
    old: Program | None, new: Program, language: str, store: Called = NOTHING
) -> list[Change]:
    """What the new program changes, in the order of the document; empty when nothing.

    Without an old program everything that matters of the new one is told.

    Args:
        store: what the store calls things (`store_names`); others go by their references.
    """
    if old is None:
        return [
            Change("first_program", "", translate("change.first_program", language)),
            *_settings_told(new.settings, language),
            *_rates(None, new, language, store),
            *_rules(None, new, language, store),
            *_spending(None, new, language, store),
            *_shipping(None, new, language, store),
            *_tiers(None, new, language),
            *_bonuses(None, new, language),
            *_events(None, new, language),
            *_rewards(None, new, language, store),
            *_segments(None, new, language, store),
            *_goodwill(None, new, language, store),
        ]
    return [
        *_names(old, new, language),
        *_settings(old.settings, new.settings, language),
        *_rates(old, new, language, store),
        *_rules(old, new, language, store),
        *_spending(old, new, language, store),
        *_shipping(old, new, language, store),
        *_tiers(old, new, language),
        *_bonuses(old, new, language),
        *_events(old, new, language),
        *_rewards(old, new, language, store),
        *_segments(old, new, language, store),
        *_goodwill(old, new, language, store),
    ]


def cost_notes(
    old: Program | None,
    new: Program,
    stats: Sequence[OrderStats],
    language: str,
    *,
    now: datetime,
    timezone: str,
    store: Called = NOTHING,
) -> list[str]:
    """What a month costs, per channel that sold lately: before and after, or that it stays.

    Args:
        store: what the store calls its channels (`store_names`).
    """
    notes = []
    for item in stats:
        after = monthly_cost(new, item, now=now, timezone=timezone)
        before = Decimal(0) if old is None else monthly_cost(old, item, now=now, timezone=timezone)
        key = "cost.first" if old is None else "cost.same" if before == after else "cost.changes"
        notes.append(
            translate(
                key,
                language,
                channel=called("channel", item.channel, store),
                before=words.money_words(before, item.currency, language),
                after=words.money_words(after, item.currency, language),
                orders=item.count,
                days=item.days,
            )
        )
    return notes


def _names(old: Program, new: Program, language: str) -> Iterator[Change]:
    if old.name != new.name:
        yield _change("name", "name", language, before=old.name, after=new.name)
    for locale in sorted({*old.texts, *new.texts}):
        before, after = old.texts.get(locale), new.texts.get(locale)
        path = f"texts.{locale}"
        if before is None:
            yield _change("texts_added", path, language, locale=locale)
        elif after is None:
            yield _change("texts_removed", path, language, locale=locale)
        else:
            yield from _texts(before, after, locale, language)
    was, becomes = old.units[0].icon, new.units[0].icon
    if was != becomes:
        nothing = translate("value.none", language)
        yield _change(
            "unit_icon", "units[0].icon", language, before=was or nothing, after=becomes or nothing
        )


def _texts(before: Texts, after: Texts, locale: str, language: str) -> Iterator[Change]:
    names = [f"{one.program}, {one.point}, {one.points}" for one in (before, after)]
    if names[0] != names[1]:
        path = f"texts.{locale}"
        yield _change("texts", path, language, locale=locale, before=names[0], after=names[1])
    for field in ("summary", "join", "terms_url", "privacy_url"):
        was, becomes = getattr(before, field), getattr(after, field)
        if was != becomes:
            code = "text_removed" if becomes is None else "text_says"
            yield _change(
                code,
                f"texts.{locale}.{field}",
                language,
                locale=locale,
                text=translate(f"text.{field}", language),
                after=becomes,
            )


def _settings(old: Settings, new: Settings, language: str) -> Iterator[Change]:
    for name in Settings.model_fields:
        if getattr(old, name) == getattr(new, name):
            continue
        yield _change(
            "setting",
            f"settings.{name}",
            language,
            setting=translate(f"setting.{name}", language),
            before=_setting_words(old, name, language),
            after=_setting_words(new, name, language),
        )


def _settings_told(settings: Settings, language: str) -> Iterator[Change]:
    for name in Settings.model_fields:
        if getattr(settings, name) == "":
            continue
        yield _change(
            "setting_told",
            f"settings.{name}",
            language,
            setting=translate(f"setting.{name}", language),
            after=_setting_words(settings, name, language),
        )


def _setting_words(settings: Settings, name: str, language: str) -> str:
    value = getattr(settings, name)
    if name == "availability":
        return words.availability_words(settings.availability, language)
    if name == "expiry":
        return expiry_words(settings.expiry, language)
    if name == "hold_out_percent":
        return words.percent_words(value / _HUNDRED, language)
    if isinstance(value, bool):
        return translate("value.yes" if value else "value.no", language)
    if name in ("price_basis", "refund_policy", "enrollment"):
        return translate(f"value.{name}.{value}", language)
    return str(value) if value != "" else translate("value.none", language)


_HUNDRED = Fraction(100)


def _rates(old: Program | None, new: Program, language: str, store: Called) -> Iterator[Change]:
    before = {rates.channel: rates for rates in old.currencies} if old else {}
    after = {rates.channel: rates for rates in new.currencies}
    for channel in [*before, *(channel for channel in after if channel not in before)]:
        was, becomes = before.get(channel), after.get(channel)
        path, name = f"currencies.{channel}", called("channel", channel, store)
        if becomes is None:
            yield _change("rates_removed", path, language, channel=name)
        elif was is None:
            told = _rates_words(becomes, language)
            yield _change("rates_added", path, language, channel=name, rates=told)
        elif was != becomes:
            yield _change(
                "rates",
                path,
                language,
                channel=name,
                before=_rates_words(was, language),
                after=_rates_words(becomes, language),
            )


def _rates_words(rates: ChannelRates, language: str) -> str:
    parts = [
        words.earn_rate_words(rates.earn_rate, rates.currency, language),
        words.spend_rate_words(rates.spend_rate, rates.currency, language),
    ]
    if rates.give_back is not None:
        share = words.percent_words(rates.give_back, language)
        parts.append(translate("words.give_back", language, share=share))
    return ", ".join(parts)


def _rules(old: Program | None, new: Program, language: str, store: Called) -> Iterator[Change]:
    if old is not None and old.earning.stacking != new.earning.stacking:
        yield _change(f"stacking_{new.earning.stacking}", "earning.stacking", language)
    before = {rule.id: rule for rule in old.earning.rules} if old else {}
    after = {rule.id: rule for rule in new.earning.rules}
    for rule in before.values():
        if rule.id not in after:
            yield _change(
                "rule_removed", f"earning.rules.{rule.id}", language, rule=rule.label(language)
            )
    for rule in after.values():
        was = before.get(rule.id)
        if was is None:
            told = _rule_words(rule, new, language, store)
            path = f"earning.rules.{rule.id}"
            yield _change("rule_added", path, language, rule=rule.label(language), told=told)
        elif was != rule:
            yield from _rule(was, rule, old or new, new, language, store)
    kept = [rule_id for rule_id in before if rule_id in after]
    if kept != [rule_id for rule_id in after if rule_id in before]:
        yield _change("rules_reordered", "earning.rules", language)


def _rule(
    old: EarningRule,
    new: EarningRule,
    before: Program,
    after: Program,
    language: str,
    store: Called,
) -> Iterator[Change]:
    path, name = f"earning.rules.{new.id}", new.label(language)
    if old.enabled != new.enabled:
        code = "rule_enabled" if new.enabled else "rule_disabled"
        yield _change(code, path, language, rule=name)
    if old.name != new.name:
        yield _change("rule_name", path, language, rule=new.id, after=new.label(language))
    pairs = (
        (
            "rule_effect",
            words.effect_words(old.then, language, before),
            words.effect_words(new.then, language, after),
        ),
        (
            "rule_condition",
            rule_words.rule_when_words(old, before, language, store),
            rule_words.rule_when_words(new, after, language, store),
        ),
        (
            "rule_caps",
            rule_words.caps_words(old.caps, language),
            rule_words.caps_words(new.caps, language),
        ),
        ("rule_scope", *(translate(f"value.scope.{rule.scope}", language) for rule in (old, new))),
        ("rule_priority", str(old.priority), str(new.priority)),
    )
    waits = (old.trigger, old.on, old.milestone, old.when) != (
        new.trigger,
        new.on,
        new.milestone,
        new.when,
    )
    texts = rewritten(old.then, new.then)
    if texts:
        yield _change("rule_message", path, language, rule=name, locales=", ".join(texts))
    changed = (
        # Of a long text, or one in another language, the words may be the same as before.
        old.then != new.then and not (texts and pairs[0][1] == pairs[0][2]),
        waits,
        old.caps != new.caps,
        old.scope != new.scope,
        old.priority != new.priority,
    )
    for (code, was, becomes), differs in zip(pairs, changed, strict=True):
        if differs:
            yield _change(code, path, language, rule=name, before=was, after=becomes)
    if old.stop != new.stop:
        code = "rule_stops" if new.stop else "rule_goes_on"
        yield _change(code, path, language, rule=name)


def _rule_words(rule: EarningRule, program: Program, language: str, store: Called) -> str:
    when = rule_words.rule_when_words(rule, program, language, store)
    text = f"{words.effect_words(rule.then, language, program)}; {when}"
    if rule.caps is not None:
        text = f"{text}; {rule_words.caps_words(rule.caps, language)}"
    return text if rule.enabled else f"{text}; {translate('words.disabled', language)}"


def _spending(old: Program | None, new: Program, language: str, store: Called) -> Iterator[Change]:
    """Without an old program, what differs from the defaults is told."""
    code = "setting_told" if old is None else "setting"
    before = old.spending if old is not None else None
    for one in spending_changes(before, new.spending, language, store):
        path = f"spending.{one.field}"
        yield _change(code, path, language, setting=one.name, before=one.before, after=one.after)


def _shipping(old: Program | None, new: Program, language: str, store: Called) -> Iterator[Change]:
    before = old.shipping if old is not None else None
    for change in shipping_changes(
        before, new.shipping, language, *_names_of(old, new, language, store)
    ):
        yield _change(change.code, change.path, language, **change.arguments)


def _bonuses(old: Program | None, new: Program, language: str) -> Iterator[Change]:
    before = old.bonuses if old is not None else None
    for change in bonus_changes(before, new.bonuses, language):
        yield _change(change.code, change.path, language, **change.arguments)


def _goodwill(old: Program | None, new: Program, language: str, store: Called) -> Iterator[Change]:
    before = old.goodwill if old is not None else None
    for change in goodwill_changes(before, new.goodwill, language, store):
        yield _change(change.code, change.path, language, **change.arguments)


def _segments(old: Program | None, new: Program, language: str, store: Called) -> Iterator[Change]:
    before = old.segments if old is not None else None
    prefix = "category:"
    categories = {
        key.removeprefix(prefix): name for key, name in store.items() if key.startswith(prefix)
    }
    names = {"tier": words.tier_names(new, language), "category": categories}
    for change in segment_changes(before, new.segments, language, names):
        yield _change(change.code, change.path, language, **change.arguments)


def _rewards(old: Program | None, new: Program, language: str, store: Called) -> Iterator[Change]:
    before = old.rewards if old is not None else None
    for change in reward_changes(
        before, new.rewards, language, *_names_of(old, new, language, store)
    ):
        yield _change(change.code, change.path, language, **change.arguments)


def _events(old: Program | None, new: Program, language: str) -> Iterator[Change]:
    before = old.events if old is not None else None
    for change in event_changes(before, new.events, language):
        yield _change(change.code, change.path, language, **change.arguments)


def _tiers(old: Program | None, new: Program, language: str) -> Iterator[Change]:
    before = old.tiers if old is not None else None
    for change in tier_changes(before, new.tiers, language):
        yield _change(change.code, change.path, language, **change.arguments)


def _names_of(
    old: Program | None, new: Program, language: str, store: Called
) -> tuple[Called, Called]:
    """What things are called, before and now."""
    before, after = (words.member_names(program, language) for program in (old, new))
    return {**store, **before}, {**store, **after}


def _change(code: str, path: str, language: str, **arguments: object) -> Change:
    said = translate(f"change.{code}", language, **arguments)
    return Change(code, path, capitalized(said, language))
