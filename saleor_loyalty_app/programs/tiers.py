"""Tiers: levels that members reach by what they buy and for how long they have been with the store.

Switched off until the owner switches them on; a level gives a multiplier, a reward on entry and
benefits in words, and other rules may ask for it.
"""

import hashlib
from collections.abc import Sequence
from decimal import ROUND_CEILING
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, StrictInt, StringConstraints
from pydantic_core import PydanticCustomError

from saleor_loyalty_app.programs.scalars import (
    COLOR,
    CurrencyCode,
    Factor,
    Identifier,
    Labels,
    Locale,
    Paragraphs,
    Points,
    PositiveMoney,
    Section,
    first_twice,
    in_locale,
)
from saleor_loyalty_app.programs.written import when_written

#: What rules and entries call the multiplier and the reward of a level.
RULE_PREFIX = "tier:"
MAX_LEVELS = 10

Color = Annotated[str, StringConstraints(pattern=COLOR)]
Days = Annotated[StrictInt, Field(ge=1, le=36_500)]


def _absent(value: object) -> bool:
    return value is None


def _kept(value: object) -> bool:
    return value is True


class Window(Section):
    """Which time counts: all of it, the calendar year, so many months back, or the year since the
    member joined. Its periods are also for how long a tier is held before it is looked at again.
    """

    type: Literal["lifetime", "calendar_year", "rolling", "membership_year"] = "rolling"
    months: Annotated[StrictInt, Field(ge=1, le=60)] | None = Field(
        default=None, exclude_if=_absent
    )

    @when_written
    def _check(self) -> Self:
        if (self.type == "rolling") != (self.months is not None):
            detail = {"case": "missing"} if self.months is None else {"type": self.type}
            raise PydanticCustomError(
                "tier_window_months", "months go with a rolling window, and only with it", detail
            )
        return self


class AtLeast(Section):
    """So many at least."""

    min: Points


class DaysAtLeast(Section):
    """So many days at least."""

    min: Days


class SpendLimit(Section):
    """What was spent in one currency at least."""

    currency: CurrencyCode
    min: PositiveMoney

    @cached_property
    def milli(self) -> int:
        """The amount in thousandths of the major unit, as orders are counted."""
        return int((self.min * 1000).to_integral_value(ROUND_CEILING))


class SpendAtLeast(Section):
    """What was spent in one of these currencies; amounts are never converted nor added up."""

    limits: Annotated[tuple[SpendLimit, ...], Field(min_length=1, max_length=50)]

    @when_written
    def _check(self) -> Self:
        twice = first_twice([limit.currency for limit in self.limits])
        if twice is not None:
            raise PydanticCustomError("currency_twice", "{currency}", {"currency": twice})
        return self


class Requirements(Section):
    """What a level takes: all of it, or any. Without any requirement everybody has the level.

    `status_points`, `spend` and `orders` are counted in the window, what went back left out;
    `tenure_days` since the member joined.
    """

    match: Literal["all", "any"] = "all"
    status_points: AtLeast | None = Field(default=None, exclude_if=_absent)
    spend: SpendAtLeast | None = Field(default=None, exclude_if=_absent)
    orders: AtLeast | None = Field(default=None, exclude_if=_absent)
    tenure_days: DaysAtLeast | None = Field(default=None, exclude_if=_absent)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is required."""
        return (
            self.status_points is None
            and self.spend is None
            and self.orders is None
            and self.tenure_days is None
        )


class Level(Section):
    """One tier.

    `multiplier`: of the points of its members' orders. `entry_points`: given when a member reaches
    the level for the first time, once for ever. `keep`: whoever loses the level because something
    was returned keeps what reaching it gave, these points and what rules on it give. `benefits`: in
    words, per locale.
    """

    id: Identifier
    names: Labels
    color: Color | None = Field(default=None, exclude_if=_absent)
    requirements: Requirements = Requirements()
    multiplier: Factor | None = Field(default=None, exclude_if=_absent)
    entry_points: Points | None = Field(default=None, exclude_if=_absent)
    keep: StrictBool = Field(default=True, exclude_if=_kept)
    benefits: Annotated[dict[Locale, Paragraphs], Field(max_length=20)] = {}

    @property
    def rule_id(self) -> str:
        """What entries call this level's multiplier and reward."""
        return RULE_PREFIX + self.id

    def label(self, locale: str) -> str:
        """What the level is called in a locale; its id where it has no name."""
        return in_locale(self.names, locale) or self.id


class Tiers(Section):
    """The tiers of a program, from the lowest to the highest.

    `downgrade`: what happens at the end of a period in which a tier was not earned again, after
    `grace_days`: nothing, one level down, or down to the level that was earned.
    """

    enabled: StrictBool = False
    window: Window = Window(type="rolling", months=12)
    downgrade: Literal["none", "one_step", "by_merit"] = "one_step"
    grace_days: Annotated[StrictInt, Field(ge=0, le=365)] = 30
    levels: Annotated[tuple[Level, ...], Field(min_length=1, max_length=MAX_LEVELS)]

    @when_written
    def _check(self) -> Self:
        seen: set[str] = set()
        for level in self.levels:
            if level.id in seen:
                raise PydanticCustomError(
                    "tier_id_twice", "{id} is the id of two tiers", {"id": level.id}
                )
            seen.add(level.id)
        return self

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what decides who is in which tier, in hexadecimal."""
        deciding = self.model_copy(
            update={
                "levels": tuple(
                    Level(id=level.id, names={}, requirements=level.requirements)
                    for level in self.levels
                )
            }
        )
        return hashlib.sha256(deciding.model_dump_json().encode()).hexdigest()

    def rank_of(self, level_id: str) -> int:
        """The place of a level from the bottom, 0 = the lowest; -1 for none or an unknown one."""
        for rank, level in enumerate(self.levels):
            if level.id == level_id:
                return rank
        return -1

    def at(self, rank: int) -> str:
        """The id of the level at a rank; "" below the lowest."""
        return self.levels[rank].id if rank >= 0 else ""


def level_in_force(tiers: Tiers | None, level_id: str) -> Level | None:
    """The level that a member's tier stands for now; None with tiers off or for none."""
    if tiers is None or not tiers.enabled or not level_id:
        return None
    rank = tiers.rank_of(level_id)
    return tiers.levels[rank] if rank >= 0 else None


def entry_tier(tiers: Tiers | None) -> str:
    """The id of the tier that everybody has who takes part: the highest that asks for nothing.

    "" = there is none, or tiers are off.
    """
    if tiers is None or not tiers.enabled:
        return ""
    free = [level.id for level in tiers.levels if level.requirements.is_empty]
    return free[-1] if free else ""


def at_least_entry(tiers: Tiers | None, held: str) -> str:
    """The id of the higher of a tier that is held and the one that everybody has; "" = none.

    It is what the next look at a member finds at least.
    """
    if tiers is None or not tiers.enabled:
        return ""
    return tiers.at(max(tiers.rank_of(held), tiers.rank_of(entry_tier(tiers))))


def template(spend: Sequence[SpendLimit]) -> Tiers:
    """Three tiers to begin with, switched off: at the amounts given, three and ten times of them.

    Twelve months' spend counts, there are 30 days' grace, and members fall one step at a time.
    """
    names = (
        ("bronze", {"en": "Bronze", "tr": "Bronz"}, "#8c6239", 1, None),
        ("silver", {"en": "Silver", "tr": "Gümüş"}, "#6b7280", 3, "1.25"),
        ("gold", {"en": "Gold", "tr": "Altın"}, "#a67c00", 10, "1.5"),
    )
    return Tiers.model_validate(
        {
            "levels": [
                {
                    "id": level_id,
                    "names": labels,
                    "color": color,
                    "requirements": {
                        "spend": {
                            "limits": [
                                {"currency": one.currency, "min": one.min * times} for one in spend
                            ]
                        }
                    },
                    **({"multiplier": factor} if factor else {}),
                }
                for level_id, labels, color, times, factor in names
            ]
        }
    )
