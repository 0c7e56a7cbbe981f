"""Points times N for a while, from outside the document: what a campaign does to an order. Pure.

A boost comes after the rules and the tier. What its budget and the limit per member leave shrinks
the points that it adds, never those of the rules; the sum of what orders draw is never above them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol

from saleor_loyalty_app.programs.caps import MemberCap, limited_for, reached_by
from saleor_loyalty_app.programs.look import Look, Reason
from saleor_loyalty_app.programs.scalars import plain

#: How the rules begin that stand for campaigns.
RULE_PREFIX = "campaign:"


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom something is for; what is empty does not narrow it."""

    tiers: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()

    @property
    def is_everybody(self) -> bool:
        """Whether nobody is left out, not even whom nobody knows."""
        return not (self.tiers or self.languages or self.segments)


@dataclass(frozen=True, slots=True)
class Boost:
    """What points are multiplied by while a campaign runs.

    Attributes:
        rule_id: under which the plan names it: `RULE_PREFIX` and the campaign's public id.
        channels: slugs; empty = all.
        fixed_points: whether it multiplies points per unit and per order, too.
        room: whole points that the budget leaves; None = no limit.
        whole: an order for which the rest of the budget does not suffice gets nothing of it.
        per_member: what one member gets of it at most while it runs: points that it adds, orders.
        names: what the campaign is called, by locale; frozen with the plan.
    """

    rule_id: str
    factor: Decimal
    channels: frozenset[str] = frozenset()
    audience: Audience = Audience()
    fixed_points: bool = False
    room: int | None = None
    whole: bool = False
    per_member: MemberCap | None = None
    names: Mapping[str, str] = field(default_factory=dict)


class AwardLike(Protocol):
    """An award of a decision or of a frozen plan."""

    @property
    def points(self) -> Fraction: ...
    @property
    def reason(self) -> Mapping[str, Any]: ...


def outside(audience: Audience, *, tier: str, language: str, segments: Iterable[str]) -> str:
    """Why somebody is not in an audience: tier, language or segment; "" = they are in it."""
    if audience.tiers and tier not in audience.tiers:
        return "tier"
    spoken = language.replace("_", "-").lower()
    if audience.languages and not (
        {spoken, spoken.partition("-")[0]} & {one.lower() for one in audience.languages}
    ):
        return "language"
    if audience.segments and audience.segments.isdisjoint(segments):
        return "segment"
    return ""


def missed(boost: Boost, look: Look) -> Reason | None:
    """Why a boost does nothing for an order; None = it applies."""
    names = {"names": dict(boost.names)}
    if boost.channels and look.facts.channel not in boost.channels:
        return {"code": "campaign_channel", "channel": look.facts.channel, **names}
    member = look.member
    why = outside(
        boost.audience, tier=member.tier, language=member.language, segments=member.segments
    )
    if why:
        wanted = {"tier": boost.audience.tiers, "segment": boost.audience.segments}.get(why)
        asked = {} if wanted is None else {"wanted": sorted(wanted)}
        return {"code": f"campaign_{why}", **asked, **names}
    had = reached_by(boost.per_member, member.used.get(boost.rule_id))
    if had is not None:
        return {"code": f"campaign_{had['code']}", "max": had["max"], **names}
    return None if boost.room is None or boost.room > 0 else no_room(boost)


def no_room(boost: Boost) -> Reason:
    """Why a boost does nothing whose budget does not suffice."""
    return {"code": "campaign_budget", "names": dict(boost.names)}


def shares_of(boost: Boost, look: Look, added: Fraction) -> tuple[Fraction, Fraction]:
    """Which share of what it would add the limit per member leaves, and of that the budget."""
    less = limited_for(boost.per_member, look.member.used.get(boost.rule_id), added)
    mine = Fraction(1) if less is None else less[0] / added
    if boost.room is None or added * mine <= boost.room:
        return mine, Fraction(1)
    return mine, Fraction(max(0, boost.room)) / (added * mine)


def capped_boosts(boosts: Iterable[Boost]) -> dict[str, MemberCap]:
    """The limits per member, by rule id."""
    return {one.rule_id: one.per_member for one in boosts if one.per_member is not None}


def applied(boost: Boost, share: Fraction) -> dict[str, Any]:
    """How a reason tells of a boost."""
    told: dict[str, Any] = {"rule_id": boost.rule_id, "factor": plain(boost.factor)}
    if boost.names:
        told["names"] = dict(boost.names)
    if share != 1:
        told["share"] = f"{share.numerator}/{share.denominator}"
    return told


def factor_of(multiplier: Mapping[str, Any]) -> Fraction:
    """By what a multiplier in a reason multiplied: its factor, as far as a budget left it."""
    factor = Fraction(multiplier["factor"])
    return 1 + (factor - 1) * Fraction(multiplier.get("share", 1))


def added_by(awards: Iterable[tuple[AwardLike, Fraction]]) -> dict[str, Fraction]:
    """What each boost added to awards, of each of which a share is kept; exact points by rule id.

    Multipliers follow each other: the later multiplies what the earlier made.
    """
    sums: defaultdict[str, Fraction] = defaultdict(Fraction)
    for award, share in awards:
        points = award.points * share
        for multiplier in reversed(_multipliers(award)):
            factor = factor_of(multiplier)
            before = points / factor if factor else Fraction(0)
            if str(multiplier["rule_id"]).startswith(RULE_PREFIX):
                sums[multiplier["rule_id"]] += points - before
            points = before
    return dict(sums)


def _multipliers(award: AwardLike) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = award.reason.get("multipliers", ())
    return found
