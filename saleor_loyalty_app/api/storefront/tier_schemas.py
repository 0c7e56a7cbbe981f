"""A shopper's tier, as the storefront is told."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from saleor_loyalty_app.flows.tier_standing import TierStanding, ahead_words
from saleor_loyalty_app.programs.scalars import in_locale, plain
from saleor_loyalty_app.programs.tier_measures import Missing, money_text
from saleor_loyalty_app.programs.tiers import Level
from saleor_loyalty_app.programs.tiers_words import requirement_words

LEVEL_EXAMPLE: dict[str, Any] = {
    "id": "gold",
    "name": "Gold",
    "color": "#a67c00",
    "reached": False,
    "requires": "spend of $1,000.00",
    "multiplier": "1.5",
    "entry_points": None,
    "benefits": "Early access to new things.",
}
EXAMPLE: dict[str, Any] = {
    "enabled": True,
    "tier": "silver",
    "since": "2027-01-04T09:30:00Z",
    "held_through": "2028-02-03",
    "next_tier": "gold",
    "missing": [{"kind": "spend", "amount": "660", "currency": "USD"}],
    "any_of": False,
    "reach_by": "2028-01-03",
    "drops_to": "bronze",
    "drops_on": "2028-02-04",
    "to_keep": [{"kind": "spend", "amount": "300", "currency": "USD"}],
    "keep_any_of": False,
    "keep_from": "2027-01-05",
    "keep_by": "2028-01-04",
    "told": [
        "$660.00 more until Gold, by Jan 3, 2028.",
        "You will drop to Bronze on Feb 4, 2028.",
        "$300.00 more from Jan 5, 2027 through Jan 4, 2028 and you keep it.",
    ],
    "levels": [LEVEL_EXAMPLE],
}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TierLevel(_Part):
    """A tier of the program."""

    id: str
    name: str
    color: str | None
    reached: bool = Field(description="The shopper's tier, or below it.")
    requires: str = Field(description="What it takes, in words.")
    multiplier: str | None = Field(description="Of the points of orders; null = none.")
    entry_points: int | None = Field(description="Once, when it is reached; null = none.")
    benefits: str | None = Field(description="In words; may have several lines.")

    @classmethod
    def of(cls, level: Level, language: str, *, reached: bool) -> "TierLevel":
        """A level as it is told."""
        return cls(
            id=level.id,
            name=level.label(language),
            color=level.color,
            reached=reached,
            requires=requirement_words(level.requirements, language),
            multiplier=None if level.multiplier is None else plain(level.multiplier),
            entry_points=level.entry_points,
            benefits=in_locale(level.benefits, language),
        )


class MissingPart(_Part):
    """What is missing to a tier, of one kind."""

    kind: str = Field(description="spend, orders, status_points or tenure_days.")
    amount: str = Field(description="A decimal; of money in major units.")
    currency: str | None

    @classmethod
    def of(cls, one: Missing) -> "MissingPart":
        """A shortfall as it is told."""
        if one.kind == "spend":
            return cls(kind=one.kind, amount=money_text(one.amount), currency=one.currency)
        return cls(kind=one.kind, amount=str(one.amount), currency=None)


class MyTier(_Part):
    """Where the shopper stands between the tiers."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    enabled: bool = Field(description="Tiers are on, and the shopper takes part.")
    tier: str | None = Field(description="`id` of the level; null = none.")
    since: datetime | None
    held_through: date | None = Field(
        description="The last day of the tier if nothing more is bought; null = it has no end."
    )
    next_tier: str | None = Field(description="null = none, or the highest is reached.")
    missing: list[MissingPart] = Field(description="To the next tier; amounts of spend are ways.")
    any_of: bool = Field(description="One of what is missing is enough.")
    reach_by: date | None = Field(description="Until then all that counts now still counts.")
    drops_to: str | None = Field(description="If nothing more is bought; null = none or no fall.")
    drops_on: date | None = Field(description="The first day in the lower tier; null = no fall.")
    to_keep: list[MissingPart] = Field(
        description="What keeps the tier beyond; empty where there is no fall, or none to prevent."
    )
    keep_any_of: bool = Field(description="One of what is missing to keep it is enough.")
    keep_from: date | None = Field(description="Bought from this day on it counts for keeping.")
    keep_by: date | None = Field(description="The last day on which it is enough.")
    told: list[str] = Field(description="The same in sentences.")
    levels: list[TierLevel] = Field(description="From the lowest to the highest.")

    @classmethod
    def of(cls, found: TierStanding | None, language: str) -> "MyTier":
        """A standing as it is told."""
        if found is None:
            return cls(
                enabled=False,
                tier=None,
                since=None,
                held_through=None,
                next_tier=None,
                missing=[],
                any_of=False,
                reach_by=None,
                drops_to=None,
                drops_on=None,
                to_keep=[],
                keep_any_of=False,
                keep_from=None,
                keep_by=None,
                told=[],
                levels=[],
            )
        tiers, ahead = found.tiers, found.ahead
        rank, following = tiers.rank_of(ahead.tier), tiers.rank_of(ahead.next_tier)
        return cls(
            enabled=True,
            tier=ahead.tier or None,
            since=found.since,
            held_through=ahead.held_through,
            next_tier=ahead.next_tier or None,
            missing=[MissingPart.of(one) for one in ahead.missing],
            any_of=following >= 0 and tiers.levels[following].requirements.match == "any",
            reach_by=ahead.reach_by,
            drops_to=ahead.drops_to or None,
            drops_on=ahead.drops_on,
            to_keep=[MissingPart.of(one) for one in ahead.to_keep],
            keep_any_of=rank >= 0 and tiers.levels[rank].requirements.match == "any",
            keep_from=ahead.keep_from,
            keep_by=ahead.keep_by,
            told=ahead_words(found, language),
            levels=[
                TierLevel.of(level, language, reached=place <= rank)
                for place, level in enumerate(tiers.levels)
            ],
        )
