"""Tiers in words: what a level takes and gives, what is missing, and what changes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.programs import words
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.tier_measures import Missing
from saleor_loyalty_app.programs.tiers import Level, Requirements, Tiers, Window


@dataclass(frozen=True, slots=True)
class TierChange:
    """One difference: the code of its text, the path, and what completes the text."""

    code: str
    path: str
    arguments: dict[str, object]


def level_words(level: Level, language: str) -> str:
    """What a level takes and what it gives, in one sentence."""
    parts = [requirement_words(level.requirements, language)]
    if level.multiplier is not None:
        factor = words.number_words(level.multiplier, language)
        parts.append(translate("tiers.multiplier", language, factor=factor))
    if level.entry_points is not None:
        points = words.points_words(level.entry_points, language)
        parts.append(translate("tiers.entry", language, points=points))
    if not level.keep:
        parts.append(translate("tiers.returned", language))
    return "; ".join(parts)


def requirement_words(requirements: Requirements, language: str) -> str:
    """What a level takes."""
    parts: list[str] = []
    if requirements.spend is not None:
        amounts = " / ".join(
            words.money_words(limit.min, limit.currency, language)
            for limit in requirements.spend.limits
        )
        parts.append(translate("tiers.needs.spend", language, amount=amounts))
    for kind, limit in (
        ("status_points", requirements.status_points),
        ("orders", requirements.orders),
        ("tenure_days", requirements.tenure_days),
    ):
        if limit is not None:
            number = words.number_words(limit.min, language)
            parts.append(translate(f"tiers.needs.{kind}", language, number=number))
    if not parts:
        return translate("tiers.needs.nothing", language)
    joint = "words.and" if requirements.match == "all" else "words.or"
    return f" {translate(joint, language)} ".join(parts)


def window_words(window: Window, language: str) -> str:
    """Which time counts."""
    return translate(f"tiers.window.{window.type}", language, months=window.months or "")


def missing_words(missing: Sequence[Missing], language: str, *, any_of: bool = False) -> str:
    """What is missing: "40 TL", "3 orders and 20 status points"; "" for nothing."""
    amounts = [one for one in missing if one.kind == "spend"]
    parts = []
    if amounts:
        told = [
            words.money_words(Decimal(one.amount).scaleb(-3), one.currency, language)
            for one in amounts
        ]
        parts.append(f" {translate('words.or', language)} ".join(told))
    for one in missing:
        if one.kind != "spend":
            form = "one" if one.amount == 1 else "many"
            number = words.number_words(one.amount, language)
            parts.append(translate(f"tiers.missing.{one.kind}.{form}", language, number=number))
    joint = translate("words.or" if any_of else "words.and", language)
    return f" {joint} ".join(parts)


def tier_values(
    known: Mapping[str, Any], program: Program | None, language: str, locale: str
) -> dict[str, str]:
    """What a message about tiers shows: names, dates and what is missing, in a language.

    Args:
        language: for which the owner may have written texts, such as "pt-BR".
        locale: by whose rules dates and numbers are written, such as "pt_BR".
    """
    tiers = program.tiers if program is not None else None
    levels = {level.id: level for level in tiers.levels} if tiers is not None else {}
    values: dict[str, str] = {}
    for name in ("tier", "drops_to"):
        if level_id := known.get(name):
            level = levels.get(str(level_id))
            values[name] = level.label(language) if level is not None else str(level_id)
    for name in ("drops_on", "keep_by"):
        if known.get(name):
            values[name] = words.day_words(date.fromisoformat(str(known[name])), locale)
    level = levels.get(str(known.get("tier", "")))
    if missing := known.get("missing"):
        shorts = [Missing(one["kind"], one["amount"], one.get("currency", "")) for one in missing]
        any_of = level is not None and level.requirements.match == "any"
        values["missing"] = missing_words(shorts, locale, any_of=any_of)
    return values


def tier_changes(old: Tiers | None, new: Tiers | None, language: str) -> Iterator[TierChange]:
    """What the new tiers change. Those that are off and stay off are not told."""
    was, becomes = old is not None and old.enabled, new is not None and new.enabled
    if not was and not becomes:
        return
    if old is None or new is None or was != becomes:
        yield TierChange("tiers_on" if becomes else "tiers_off", "tiers.enabled", {})
        if not becomes:
            return
    if new is None:
        return
    before = old if was else None
    yield from _settings(before, new, language)
    yield from _levels(before, new, language)


def _settings(old: Tiers | None, new: Tiers, language: str) -> Iterator[TierChange]:
    for name in ("window", "downgrade", "grace_days"):
        told = [_setting(tiers, name, language) for tiers in (old, new) if tiers is not None]
        if len(told) == 1 or told[0] != told[1]:
            setting = translate(f"tiers.{name}", language)
            arguments: dict[str, object] = {"setting": setting, "after": told[-1]}
            if len(told) == 2:
                arguments["before"] = told[0]
            code = "setting" if len(told) == 2 else "setting_told"
            yield TierChange(code, f"tiers.{name}", arguments)


def _setting(tiers: Tiers, name: str, language: str) -> str:
    if name == "window":
        return window_words(tiers.window, language)
    if name == "downgrade":
        return translate(f"tiers.downgrade.{tiers.downgrade}", language)
    return words.number_words(tiers.grace_days, language)


def _levels(old: Tiers | None, new: Tiers, language: str) -> Iterator[TierChange]:
    before = {level.id: level for level in old.levels} if old is not None else {}
    after = {level.id: level for level in new.levels}
    for level in before.values():
        if level.id not in after:
            yield _change("tier_removed", level, language)
    for level in after.values():
        was = before.get(level.id)
        if was is None:
            yield _change("tier_added", level, language, told=level_words(level, language))
        elif was != level:
            told = (level_words(was, language), level_words(level, language))
            if told[0] != told[1]:
                yield _change("tier_changed", level, language, before=told[0], after=told[1])
            else:
                yield _change("tier_texts", level, language)
    kept = [level_id for level_id in before if level_id in after]
    if kept != [level_id for level_id in after if level_id in before]:
        yield TierChange("tiers_reordered", "tiers.levels", {})


def _change(code: str, level: Level, language: str, **told: object) -> TierChange:
    path = f"tiers.levels.{level.id}"
    return TierChange(code, path, {"tier": level.label(language), **told})
