"""Goodwill in words: what is watched and suggested, and what changes."""

from collections.abc import Iterator
from dataclasses import dataclass

from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.programs import words
from saleor_loyalty_app.programs.goodwill import (
    SIGNALS,
    GiveAmount,
    GivePoints,
    Goodwill,
    LateDelivery,
    Limit,
    Signal,
    Suggestion,
)
from saleor_loyalty_app.programs.store_names import NOTHING, Called, called


@dataclass(frozen=True, slots=True)
class GoodwillChange:
    """One difference: the code of its text, the path, and what completes the text."""

    code: str
    path: str
    arguments: dict[str, object]


def suggestion_words(suggest: Suggestion, language: str) -> str:
    """What is suggested: "200 points", "a code worth $5.00"."""
    if isinstance(suggest, GivePoints):
        return words.points_words(suggest.points, language)
    way = "code" if suggest.as_code else "points"
    if isinstance(suggest, GiveAmount):
        amounts = [words.money_words(one.amount, one.currency, language) for one in suggest.amounts]
        return translate(f"goodwill.gives.{way}", language, amount=" / ".join(amounts))
    return translate(f"goodwill.gives.shipping_{way}", language)


def signal_words(signal: Signal, language: str, names: Called = NOTHING) -> str:
    """When a signal comes, what is suggested for it, and whether it is given by itself.

    Args:
        names: of channels by "channel:<slug>".
    """
    told = [suggestion_words(signal.suggest, language)]
    if isinstance(signal, LateDelivery):
        days = [translate("goodwill.days", language, days=signal.days)]
        days += [
            translate(
                "goodwill.days_in",
                language,
                days=one.days,
                channel=called("channel", one.channel, names),
            )
            for one in signal.channels
        ]
        told.insert(0, ", ".join(days))
    told.append(translate(f"goodwill.{'automatic' if signal.automatic else 'by_staff'}", language))
    return "; ".join(told)


def goodwill_changes(
    old: Goodwill | None, new: Goodwill | None, language: str, names: Called = NOTHING
) -> Iterator[GoodwillChange]:
    """What changes from one section to the next; None stands for nothing watched.

    Args:
        names: of channels by "channel:<slug>".
    """
    before, after = old or Goodwill(), new or Goodwill()
    for kind in SIGNALS:
        was, becomes = before.signal(kind), after.signal(kind)
        if was == becomes:
            continue
        told = [
            None if one is None else signal_words(one, language, names) for one in (was, becomes)
        ]
        named: dict[str, object] = {"signal": translate(f"goodwill.signal.{kind}", language)}
        path = f"goodwill.{kind}"
        if told[1] is None:
            yield GoodwillChange("goodwill_off", path, named)
        elif told[0] is None:
            yield GoodwillChange("goodwill_on", path, named | {"told": told[1]})
        else:
            pair: dict[str, object] = {"before": told[0], "after": told[1]}
            yield GoodwillChange("goodwill_changed", path, named | pair)
    if not any(one.signal(kind) for one in (before, after) for kind in SIGNALS):
        return
    nothing = translate("value.none", language)
    budgets = [
        nothing
        if one.automatic_points is None
        else words.points_words(one.automatic_points, language)
        for one in (before, after)
    ]
    limits = [_limit_words(one.limit, language) for one in (before, after)]
    for field, pair_of in (("limit", limits), ("automatic_points", budgets)):
        if pair_of[0] != pair_of[1]:
            setting = translate(f"goodwill.{field}", language)
            arguments: dict[str, object] = {
                "setting": setting,
                "before": pair_of[0],
                "after": pair_of[1],
            }
            yield GoodwillChange("setting", f"goodwill.{field}", arguments)
    if before.apology != after.apology:
        yield GoodwillChange("goodwill_apology", "goodwill.apology", {})


def _limit_words(limit: Limit, language: str) -> str:
    return translate("goodwill.limit_words", language, times=limit.times, days=limit.days)
