"""What rules give beside points: rewards of the catalog, tiers for a while, tags, messages.

A rule on orders gives each of them once an order, when it is paid in full, and takes it back when
nothing is kept of the order. A rule on deeds gives once a deed, and takes back with it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, StrictInt, StringConstraints

from saleor_loyalty_app.programs.scalars import (
    ONE_LINE,
    PARAGRAPHS,
    Identifier,
    Locale,
    Section,
    in_locale,
)
from saleor_loyalty_app.programs.tiers import Tiers

#: So long a rule gives a tier at most.
LONGEST_TIER = 3650


class IssueReward(Section):
    """A reward of the catalog, for nothing."""

    type: Literal["issue_reward"]
    reward: Identifier

    @property
    def unit(self) -> Literal["perk"]:
        """It is no points."""
        return "perk"


class SetTier(Section):
    """A tier that the member has at least for so many days, today included."""

    type: Literal["set_tier"]
    tier: Identifier
    days: Annotated[StrictInt, Field(ge=1, le=LONGEST_TIER)]

    @property
    def unit(self) -> Literal["perk"]:
        """It is no points."""
        return "perk"


class GiveTag(Section):
    """A mark on the member: it does nothing by itself, but can be asked for."""

    type: Literal["tag"]
    tag: Identifier

    @property
    def unit(self) -> Literal["perk"]:
        """It is no points."""
        return "perk"


class MessageText(Section):
    """What a rule tells a member, in one language, as the owner wrote it."""

    title: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=150, pattern=ONE_LINE),
    ]
    body: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=4000, pattern=PARAGRAPHS),
    ]


class SendMessage(Section):
    """A message to the member: an offer, as announcements are, told once an order."""

    type: Literal["message"]
    texts: Annotated[dict[Locale, MessageText], Field(min_length=1, max_length=20)]

    @property
    def unit(self) -> Literal["perk"]:
        """It is no points."""
        return "perk"

    def text_for(self, languages: Iterable[str]) -> MessageText:
        """The text in the first of the languages that it has; else in English, else any.

        "de-at" is met by "de" too, and that by "de-CH" where there is nothing nearer.
        """
        there = {locale.lower(): text for locale, text in self.texts.items()}
        of_language = {locale.partition("-")[0]: text for locale, text in there.items()}
        for language in languages:
            whole = language.replace("_", "-").lower()
            alone = whole.partition("-")[0]
            for texts, candidate in ((there, whole), (there, alone), (of_language, alone)):
                if candidate in texts:
                    return texts[candidate]
        found = in_locale(self.texts, "en")
        if found is None:
            raise ValueError("a message has a text")
        return found


class PlannedMessage(Section):
    """A message as award plans keep it: its texts stand in the revision that decided, for ever."""

    type: Literal["message"]


PerkEffect = IssueReward | SetTier | GiveTag | SendMessage
#: What award plans keep of one.
PlannedEffect = IssueReward | SetTier | GiveTag | PlannedMessage
#: What shoppers are not promised: it is the store's own business.
UNPROMISED = GiveTag | SendMessage
_KINDS: Mapping[str, type[PlannedEffect]] = {
    "issue_reward": IssueReward,
    "set_tier": SetTier,
    "tag": GiveTag,
    "message": PlannedMessage,
}


def effect_of(told: Mapping[str, Any]) -> PlannedEffect:
    """The effect that `Perk.to_json` wrote."""
    return _KINDS[told["type"]].model_validate(dict(told))


@dataclass(frozen=True, slots=True)
class Perk:
    """What a rule gives beside points."""

    rule_id: str
    effect: PerkEffect

    @property
    def planned(self) -> PlannedEffect:
        """The effect as it is kept: without the texts of a message."""
        return effect_of(self.to_json()["effect"])

    def to_json(self) -> dict[str, Any]:
        """The perk as JSON values, as award plans keep it."""
        kept = self.effect.model_dump(mode="json", exclude={"texts"})
        return {"rule": self.rule_id, "effect": kept}


@dataclass(frozen=True, slots=True)
class TierPromise:
    """A tier that somebody has at least before a day.

    Attributes:
        until: the first day without it.
    """

    tier: str
    until: date

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "TierPromise":
        """The promise that `to_json` wrote, which names the last day."""
        last = date.fromisoformat(told["until"])
        return cls(told["tier"], last + timedelta(days=1))

    def to_json(self) -> dict[str, str]:
        """The promise as JSON values, with its last day, as people say it."""
        return {"tier": self.tier, "until": (self.until - timedelta(days=1)).isoformat()}


def best_of(tiers: Tiers, promises: Iterable[TierPromise], today: date) -> TierPromise | None:
    """The highest tier that is promised beyond today, of those the longest; None = no such."""
    held = [one for one in promises if one.until > today and tiers.rank_of(one.tier) >= 0]
    return max(held, key=lambda one: (tiers.rank_of(one.tier), one.until), default=None)
