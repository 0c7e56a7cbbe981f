"""What the page of the campaigns takes and answers."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, JsonValue, StrictInt

from saleor_loyalty_app.api.dashboard.members_schemas import Answer
from saleor_loyalty_app.api.dashboard.program_schemas import Document, Finding
from saleor_loyalty_app.api.money import Money
from saleor_loyalty_app.campaigns.codes import Counts
from saleor_loyalty_app.campaigns.repository import CampaignRow
from saleor_loyalty_app.campaigns.spending import Numbers, Spent, overshot, share_used
from saleor_loyalty_app.flows.campaign_forecast import ChannelForecast, Forecast, OwnPromotion
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.scalars import Label
from saleor_loyalty_app.programs.tiers import level_in_force

State = Literal["draft", "scheduled", "running", "ended"]
EndedWhy = Literal["", "time", "budget", "hand", "program"]
Trouble = Literal["", "code_taken", "code_differs", "code_ended", "refused", "no_channel"]
Difference = Literal[
    "kind",
    "cheapest_only",
    "values",
    "dates",
    "uses",
    "single_use",
    "once_per_customer",
    "staff_only",
    "least_items",
    "countries",
    "reduce",
    "gone",
]
CampaignVersionNumber = Annotated[StrictInt, Field(ge=1, le=1_000_000_000, examples=[1])]
#: A campaign, for the examples of requests.
TERMS_EXAMPLE: dict[str, Any] = {
    "kind": "percent",
    "name": "Autumn",
    "texts": {"en": {"title": "10 % off", "text": "For our members."}},
    "starts_at": "2027-03-01T00:00:00+03:00",
    "ends_at": "2027-03-08T00:00:00+03:00",
    "channels": [{"channel": "default-channel", "currency": "USD", "value": "10"}],
    "codes": {"sharing": "shared", "code": "AUTUMN10"},
    "budget": {"money": {"USD": "500"}},
}
_LINE: dict[str, JsonValue] = {
    "id": "cp_0123456789ab",
    "name": "Autumn",
    "title": "10 % off",
    "kind": "percent",
    "sharing": "shared",
    "code": "AUTUMN10",
    "state": "running",
    "ended_why": "",
    "starts_at": "2027-03-01T00:00:00+03:00",
    "ends_at": "2027-03-08T00:00:00+03:00",
    "ended_at": None,
    "trouble": "",
    "differs": [],
    "orders": 12,
    "late": 0,
    "members": 10,
    "codes": 1,
    "spent_points": 0,
    "spent": [{"amount": "120.00", "currency": "USD"}],
    "budget_used": 24,
    "overshot": [],
    "reduced": False,
}


def example_of(example: dict[str, Any]) -> ConfigDict:
    """The configuration of an answer that is shown by this example."""
    return ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [example]})


class TermsInput(Answer):
    """The terms of a campaign; `problems` tell what is wrong with them."""

    terms: Document

    model_config = example_of({"terms": TERMS_EXAMPLE})


class TermsChange(TermsInput):
    """Changed terms, upon the version that was edited."""

    version: CampaignVersionNumber

    model_config = example_of({"terms": TERMS_EXAMPLE, "version": 1})


class VersionInput(Answer):
    """The version that was looked at."""

    version: CampaignVersionNumber


class CloneInput(Answer):
    """What the copy is called."""

    name: Label

    model_config = example_of({"name": "Autumn, again"})


class ForecastInput(TermsInput):
    """Terms, and which share of the orders that may use the campaign will."""

    use_percent: Annotated[StrictInt, Field(ge=1, le=100)] = 100

    model_config = example_of({"terms": TERMS_EXAMPLE, "use_percent": 20})


class CampaignLine(Answer):
    """A campaign with its numbers."""

    id: str
    name: str
    title: str = Field(description="What members read.")
    kind: Literal["percent", "amount", "free_shipping", "points"]
    sharing: Literal["", "shared", "personal", "after_order"]
    code: str | None = Field(description="The shared code.")
    state: State
    ended_why: EndedWhy
    starts_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    trouble: Trouble = Field(
        description="Why its codes cannot be made, or code_ended: the shared one was ended in "
        "Saleor; empty = all is well."
    )
    differs: list[Difference] = Field(
        description="In what the code that is in Saleor already differs from the terms."
    )
    orders: int = Field(description="Orders made with it, less those that came back whole.")
    late: int = Field(description="Orders of those that were made after it was stopped.")
    members: int
    codes: int
    spent_points: int
    spent: list[Money]
    budget_used: int | None = Field(description="Percent; above 100 = overshot. null = no budget.")
    overshot: list[Money] = Field(description="What orders under way took beyond the budget.")
    reduced: bool = Field(description="The reduced value holds.")

    model_config = example_of(_LINE)

    @classmethod
    def of(
        cls,
        one: CampaignRow,
        spent: Spent,
        numbers: Numbers,
        counts: Counts,
        language: str,
    ) -> Self:
        """A campaign in one language."""
        return cls.model_validate(line_values(one, spent, numbers, counts, language))


def line_values(
    one: CampaignRow, spent: Spent, numbers: Numbers, counts: Counts, language: str
) -> dict[str, Any]:
    """The values of a line."""
    terms, budget = one.terms, one.terms.budget
    beyond = overshot(budget, spent)
    return {
        "id": one.public_id,
        "name": terms.name,
        "title": terms.title(language),
        "kind": terms.kind,
        "sharing": terms.kind_of_codes,
        "code": None if terms.codes is None else terms.codes.code,
        "state": one.state,
        "ended_why": one.ended_why,
        "starts_at": one.starts_at,
        "ends_at": one.ends_at,
        "ended_at": one.ended_at,
        "trouble": one.trouble,
        "differs": one.differs,
        "orders": numbers.orders,
        "late": numbers.late,
        "members": numbers.members,
        "codes": counts.all,
        "spent_points": spent.points,
        "spent": [Money.of(spent.amount(code), code) for code in sorted(spent.money)],
        "budget_used": None if budget is None else int(share_used(budget, spent) * 100),
        "overshot": [Money.of(amount, code) for code, amount in sorted(beyond.items())],
        "reduced": one.reduced_at is not None,
    }


class CampaignLines(Answer):
    """A page of campaigns, the newest first."""

    items: list[CampaignLine]
    next: str | None


class CodeCounts(Answer):
    """How many codes there are."""

    wanted: int = Field(description="Planned; Saleor does not have them yet.")
    open: int
    to_end: int = Field(description="Revoked; Saleor has them still.")
    ended: int


class CampaignVersionLine(Answer):
    """A version of a campaign that was in force."""

    version: int
    from_at: datetime
    by_you: bool


class CampaignPage(CampaignLine):
    """A campaign, whole."""

    version: int
    terms: Document
    problems: list[Finding] = Field(description="Of a draft: what forbids scheduling it.")
    code_counts: CodeCounts
    versions: list[CampaignVersionLine]

    model_config = example_of(
        {
            **_LINE,
            "version": 1,
            "terms": TERMS_EXAMPLE,
            "problems": [],
            "code_counts": {"wanted": 0, "open": 1, "to_end": 0, "ended": 0},
            "versions": [],
        }
    )


class DeletedCampaign(Answer):
    """What is gone."""

    id: str


class CheckedTerms(Answer):
    """What is wrong with terms."""

    problems: list[Finding]
    schedulable: bool


class ChannelChoice(Answer):
    """A channel of the store."""

    slug: str
    name: str
    currency: str
    active: bool = Field(
        description="Whether people can buy in it. Others are told since campaigns may name them."
    )
    places: int = Field(description="Decimal places of the currency.")


class NamedChoice(Answer):
    """A tier or segment of the program in force."""

    id: str
    name: str


class CampaignChoices(Answer):
    """What the editor offers."""

    channels: list[ChannelChoice]
    tiers: list[NamedChoice]
    segments: list[NamedChoice]
    locales: list[str] = Field(description="Languages of the program.")
    timezone: str
    tells: bool = Field(description="Whether messages about campaigns are switched on.")


class ForecastChannel(Answer):
    """What a campaign may cost in one channel."""

    channel: str
    currency: str
    orders: int = Field(description="Orders of the sample in the channel.")
    eligible: int = Field(description="Of them, those that the campaign would do something to.")
    points: int
    worth: Money | None = Field(description="What the points are worth; null = they cannot be.")
    tier_known: int = Field(
        description="Orders whose points were counted with the tier that who bought has now."
    )
    top_points: int = Field(
        description="The points if every order came from the tier that multiplies most."
    )
    top_worth: Money | None
    money: Money | None


class CampaignForecast(Answer):
    """What a campaign may cost; `channels` is empty where no orders were read yet."""

    known: bool
    sample_days: int
    days: int
    top_tier: str | None = Field(
        description="Name of the tier of `top_points`; null = no tier multiplies points."
    )
    channels: list[ForecastChannel]

    @classmethod
    def of(cls, found: Forecast | None, kind: str, percent: int, language: str) -> Self:
        """A forecast for a share of the orders that may use it."""
        if found is None:
            return cls(known=False, sample_days=0, days=0, top_tier=None, channels=[])
        share = found.scale if kind == "points" else found.scale * percent / 100
        channels = []
        for one in found.channels:
            points, top = one.scaled_points(share), one.scaled_top(share)
            channels.append(
                ForecastChannel(
                    channel=one.channel,
                    currency=one.currency,
                    orders=one.orders,
                    eligible=one.eligible,
                    points=points,
                    worth=_worth(found.program, points, one),
                    tier_known=one.tier_known,
                    top_points=top,
                    top_worth=_worth(found.program, top, one),
                    money=None
                    if kind == "points"
                    else Money.of(one.scaled_money(share), one.currency),
                )
            )
        tiers = None if found.program is None else found.program.tiers
        level = level_in_force(tiers, found.top_tier) if kind == "points" else None
        return cls(
            known=True,
            sample_days=found.sample_days,
            days=found.days,
            top_tier=None if level is None else level.label(language),
            channels=channels,
        )


def _worth(program: Program | None, points: int, one: ChannelForecast) -> Money | None:
    worth = None if program is None else program.worth(points, one.channel, one.currency)
    return None if worth is None else Money.of(worth, one.currency)


class PromotionMeanwhile(Answer):
    """A promotion of the store itself that is on at the same time."""

    id: str
    name: str
    kind: str = Field(description="CATALOGUE lowers prices, too; ORDER gives way to a code.")
    starts_at: datetime
    ends_at: datetime | None

    @classmethod
    def of(cls, one: OwnPromotion) -> Self:
        """A promotion."""
        return cls(
            id=one.id, name=one.name, kind=one.kind, starts_at=one.starts_at, ends_at=one.ends_at
        )


class CampaignMeanwhile(Answer):
    """Another campaign that is planned or on at the same time."""

    id: str
    name: str
    kind: str
    state: State
    starts_at: datetime
    ends_at: datetime


class Overlaps(Answer):
    """What else runs while a campaign does, in its channels."""

    promotions: list[PromotionMeanwhile]
    campaigns: list[CampaignMeanwhile]
