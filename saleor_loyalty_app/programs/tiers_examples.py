"""What each level means for somebody who just reaches it, worked out by the rules that decide."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from saleor_loyalty_app.i18n import capitalized, translate
from saleor_loyalty_app.programs import words
from saleor_loyalty_app.programs.tier_measures import Counted, History
from saleor_loyalty_app.programs.tier_projection import projection
from saleor_loyalty_app.programs.tier_rules import State, next_state
from saleor_loyalty_app.programs.tiers import Level, Requirements, SpendAtLeast, Tiers
from saleor_loyalty_app.programs.tiers_words import requirement_words

#: What a purchase brings by itself in the examples.
_USUAL = 100
_KINDS = ("spend", "status_points", "orders", "tenure_days")


@dataclass(frozen=True, slots=True)
class JustEnough:
    """What somebody brings who meets requirements today and no more than that."""

    requirements: Requirements
    history: History


@dataclass(frozen=True, slots=True)
class Fall:
    """How a tier is lost: the last day of its last period, and where and when one falls."""

    through: date
    to: str
    on: date


@dataclass(frozen=True, slots=True)
class LevelExample:
    """What a level means, in sentences: what reaching it takes and gives, and how it ends."""

    beginning: tuple[str, ...]
    end: tuple[str, ...] = ()


def tier_examples(tiers: Tiers, today: date, language: str) -> dict[str, LevelExample]:
    """By the id of each level what it means for a member who reaches it today and no more.

    The tiers are taken as if they were switched on.
    """
    return {level.id: _example(tiers, level, today, language) for level in tiers.levels}


def just_enough(requirements: Requirements, today: date) -> JustEnough:
    """The least that meets requirements: the first where any will do, in the first currency."""
    kept = requirements
    if requirements.match == "any":
        asked = [name for name in _KINDS if getattr(requirements, name) is not None]
        kept = requirements.model_copy(update=dict.fromkeys(asked[1:]))
    spend: dict[str, int] = {}
    if kept.spend is not None:
        first = kept.spend.limits[0]
        kept = kept.model_copy(update={"spend": SpendAtLeast(limits=(first,))})
        spend[first.currency] = first.milli
    orders = kept.orders.min if kept.orders is not None else int(bool(spend))
    status = kept.status_points.min if kept.status_points is not None else 0
    tenure = kept.tenure_days.min if kept.tenure_days is not None else 0
    joined_on = today - timedelta(days=tenure)
    return JustEnough(kept, History(joined_on, (Counted(today, spend, orders, status),)))


def _example(tiers: Tiers, level: Level, today: date, language: str) -> LevelExample:
    least = just_enough(level.requirements, today)
    state = next_state(tiers, None, least.history, today)
    reached = state.tier(tiers)
    if reached != level.id:
        names = level.label(language), tiers.levels[tiers.rank_of(reached)].label(language)
        return LevelExample(
            (translate("tiers.example.higher", language, tier=names[0], above=names[1]),)
        )
    fall = _fall(tiers, state, least.history, today)
    told = (_reached(level, least, fall, language), *_gains(level, language))
    return LevelExample(told, () if fall is None else tuple(_falling(tiers, fall, language)))


def _gains(level: Level, language: str) -> Iterator[str]:
    if level.multiplier is not None:
        yield translate(
            "tiers.example.multiplier",
            language,
            usual=words.points_words(_USUAL, language),
            points=words.points_words(int(_USUAL * level.multiplier), language),
        )
    if level.entry_points is not None:
        points = words.points_words(level.entry_points, language)
        yield translate("tiers.example.entry", language, points=points)
    if not level.keep:
        yield translate("tiers.example.returned", language)


def _reached(level: Level, least: JustEnough, fall: Fall | None, language: str) -> str:
    name = level.label(language)
    if least.requirements.is_empty:
        return translate("tiers.example.everybody", language, tier=name)
    needs = requirement_words(least.requirements, language)
    key = "tiers.example.for_good" if fall is None else "tiers.example.held"
    last = "" if fall is None else words.day_words(fall.through, language)
    return capitalized(translate(key, language, needs=needs, tier=name, day=last), language)


def _fall(tiers: Tiers, state: State, history: History, today: date) -> Fall | None:
    """What becomes of a member who buys nothing more; None = the tier stays."""
    ahead = projection(tiers, state, history, today)
    if ahead.drops_on is None or ahead.held_through is None:
        return None
    return Fall(ahead.keep_by or ahead.held_through, ahead.drops_to, ahead.drops_on)


def _falling(tiers: Tiers, fall: Fall, language: str) -> Iterator[str]:
    if tiers.grace_days:
        yield translate(
            "tiers.example.grace",
            language,
            days=words.number_words(tiers.grace_days, language),
            day=_day_before(fall.on, language),
        )
    below = tiers.rank_of(fall.to)
    key = "tiers.example.falls" if below >= 0 else "tiers.example.falls_out"
    yield translate(
        key if tiers.grace_days else f"{key}_at_once",
        language,
        tier=tiers.levels[below].label(language) if below >= 0 else "",
        day=words.day_words(fall.on, language),
    )


def _day_before(until: date, language: str) -> str:
    return words.day_words(until - timedelta(days=1), language)
