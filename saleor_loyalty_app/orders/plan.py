"""The award plan: what an order earns, frozen when it was first paid in full. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, Protocol

from saleor_loyalty_app.orders.worth import Worth
from saleor_loyalty_app.programs.document import Settings
from saleor_loyalty_app.programs.expiry import Life
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot

VERSION = 1

#: Why a plan has no awards although the order was paid; none of the rules was asked.
NOT_LIVE = "not_live"
#: The order was made after the day from which nothing is earned any more.
ENDED = "program_ended"


class AwardLike(Protocol):
    """What a program decided: exact points of one rule in one unit and part."""

    @property
    def rule_id(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def part(self) -> str: ...
    @property
    def points(self) -> Fraction: ...
    @property
    def reason(self) -> Mapping[str, object]: ...


class MissLike(Protocol):
    """Why a rule gave nothing."""

    @property
    def rule_id(self) -> str: ...
    @property
    def reason(self) -> Mapping[str, object]: ...


@dataclass(frozen=True, slots=True)
class Award:
    """Exact points that one rule gives in one unit and part of the program."""

    rule_id: str
    unit: str
    part: str
    points: Fraction
    reason: Mapping[str, Any] = field(default_factory=dict)

    @property
    def rule_ids(self) -> tuple[str, ...]:
        """The rule and the multipliers that had a hand in it."""
        multipliers = self.reason.get("multipliers", ())
        return (self.rule_id, *(multiplier["rule_id"] for multiplier in multipliers))

    def to_json(self) -> dict[str, Any]:
        """The award as JSON values; the points as "numerator/denominator"."""
        return {
            "rule": self.rule_id,
            "unit": self.unit,
            "part": self.part,
            "points": f"{self.points.numerator}/{self.points.denominator}",
            "reason": dict(self.reason),
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Award":
        """The award that `to_json` wrote."""
        return cls(
            rule_id=document["rule"],
            unit=document["unit"],
            part=document["part"],
            points=Fraction(document["points"]),
            reason=document["reason"],
        )


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """The awards of one order line, and how many units it had then."""

    id: str
    quantity: int
    awards: tuple[Award, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """What the program of the day says about availability, expiry and refunds.

    `expiry_country`: whose exception the months until expiry are; "" = they hold elsewhere.
    """

    available_after: str = "fulfillment"
    available_days: int = 14
    expiry_months: int | None = 12
    notice_required: bool = True
    refund_policy: str = "within_balance"
    expiry_country: str = ""

    @classmethod
    def of(cls, settings: Settings, country: str) -> "Terms":
        """The terms in a program's settings for an order to a country; "" = not told."""
        life = settings.expiry.life_in(country)
        return cls(
            available_after=settings.availability.after,
            available_days=settings.availability.days,
            expiry_months=life.months,
            notice_required=settings.expiry.notice == "required",
            refund_policy=settings.refund_policy,
            expiry_country=life.country,
        )

    @property
    def life(self) -> Life:
        """How long the order's points live."""
        return Life(self.expiry_months, self.expiry_country)

    def available_from(self, paid_at: datetime, fulfilled_at: datetime | None) -> datetime | None:
        """When points may be spent; none while what they wait for has not happened."""
        start = paid_at if self.available_after == "payment" else fulfilled_at
        return None if start is None else start + timedelta(days=self.available_days)


@dataclass(frozen=True, slots=True)
class AwardPlan:
    """What an order earns when nothing goes back; later looks only scale it.

    `none` tells why there is nothing to earn, "" = the rules were asked. `expires_from` is the
    instant from which the months until expiry count: the payment, or the import.
    """

    expires_from: datetime
    terms: Terms = Terms()
    lines: tuple[PlannedLine, ...] = ()
    order: tuple[Award, ...] = ()
    misses: tuple[tuple[str, Mapping[str, object]], ...] = ()
    none: str = ""
    #: Booked by an import of history: no messages, no bonuses.
    imported: bool = False
    #: The owner as the rules saw them (programs.member_facts); empty where no rule asked.
    member: Mapping[str, Any] = field(default_factory=dict)
    #: The rules that draw from a cap of their owner.
    capped: tuple[str, ...] = ()
    #: What the order cost then; none in plans from before it was kept, and where nothing is earned.
    worth: Worth | None = None
    #: What rules give beside points (programs.perks.Perk as JSON).
    perks: tuple[Mapping[str, Any], ...] = ()

    @property
    def awards(self) -> tuple[Award, ...]:
        """All awards, of lines and of the order."""
        return (*(award for line in self.lines for award in line.awards), *self.order)

    def scaled(self, unit: str, factor: Fraction) -> "AwardPlan":
        """The same plan with all points in one unit times `factor`."""

        def scale(awards: tuple[Award, ...]) -> tuple[Award, ...]:
            return tuple(
                replace(award, points=award.points * factor) if award.unit == unit else award
                for award in awards
            )

        return replace(
            self,
            lines=tuple(replace(line, awards=scale(line.awards)) for line in self.lines),
            order=scale(self.order),
        )

    def exact(self, unit: str) -> Fraction:
        """All points of the plan in one unit, before anything goes back."""
        return sum((award.points for award in self.awards if award.unit == unit), start=Fraction(0))

    def only(self, unit: str) -> "AwardPlan":
        """The same plan with the awards in one unit alone."""

        def pick(awards: tuple[Award, ...]) -> tuple[Award, ...]:
            return tuple(award for award in awards if award.unit == unit)

        return replace(
            self,
            lines=tuple(replace(line, awards=pick(line.awards)) for line in self.lines),
            order=pick(self.order),
        )

    def to_json(self) -> dict[str, Any]:
        """The plan as JSON values, without loss."""
        return {
            "version": VERSION,
            "none": self.none,
            "imported": self.imported,
            "expires_from": self.expires_from.isoformat(),
            "terms": {
                "available_after": self.terms.available_after,
                "available_days": self.terms.available_days,
                "expiry_months": self.terms.expiry_months,
                "notice_required": self.terms.notice_required,
                "refund_policy": self.terms.refund_policy,
                **(
                    {"expiry_country": self.terms.expiry_country}
                    if self.terms.expiry_country
                    else {}
                ),
            },
            "lines": [
                {
                    "id": line.id,
                    "quantity": line.quantity,
                    "awards": [award.to_json() for award in line.awards],
                }
                for line in self.lines
            ],
            "order": [award.to_json() for award in self.order],
            "misses": [{"rule": rule, "reason": dict(reason)} for rule, reason in self.misses],
            **({"member": dict(self.member)} if self.member else {}),
            **({"capped": list(self.capped)} if self.capped else {}),
            **({"worth": self.worth.to_json()} if self.worth is not None else {}),
            **({"perks": [dict(one) for one in self.perks]} if self.perks else {}),
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "AwardPlan":
        """The plan that `to_json` wrote.

        Raises:
            ValueError: the document is of a version this program does not know.
        """
        if document.get("version") != VERSION:
            raise ValueError(f"award plan of unknown version {document.get('version')}")
        return cls(
            none=document["none"],
            imported=document["imported"],
            expires_from=datetime.fromisoformat(document["expires_from"]),
            terms=Terms(**document["terms"]),
            lines=tuple(
                PlannedLine(
                    id=line["id"],
                    quantity=line["quantity"],
                    awards=tuple(map(Award.from_json, line["awards"])),
                )
                for line in document["lines"]
            ),
            order=tuple(map(Award.from_json, document["order"])),
            misses=tuple((miss["rule"], miss["reason"]) for miss in document["misses"]),
            member=document.get("member", {}),
            capped=tuple(document.get("capped", ())),
            worth=Worth.from_json(document["worth"]) if "worth" in document else None,
            perks=tuple(document.get("perks", ())),
        )


def empty_plan(reason: str, paid_at: datetime) -> AwardPlan:
    """The plan of an order that earns nothing, and why."""
    return AwardPlan(expires_from=paid_at, none=reason)


def freeze(
    snapshot: OrderSnapshot,
    terms: Terms,
    *,
    line_awards: Mapping[str, Sequence[AwardLike]],
    order_awards: Sequence[AwardLike],
    misses: Sequence[MissLike],
    expires_from: datetime,
    worth: Worth,
) -> AwardPlan:
    """The plan of a decision about the order that the snapshot shows, and what the order costs."""
    return AwardPlan(
        expires_from=expires_from,
        terms=terms,
        lines=tuple(
            PlannedLine(line.id, line.quantity, _awards(line_awards[line.id]))
            for line in snapshot.lines
            if line_awards.get(line.id)
        ),
        order=_awards(order_awards),
        misses=tuple((miss.rule_id, miss.reason) for miss in misses),
        worth=worth,
    )


def _awards(decided: Sequence[AwardLike]) -> tuple[Award, ...]:
    return tuple(
        Award(award.rule_id, award.unit, award.part, award.points, award.reason)
        for award in decided
        if award.points > 0
    )
