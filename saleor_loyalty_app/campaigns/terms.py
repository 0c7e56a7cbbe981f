"""What an owner says of a campaign: exact values that are checked when they are read. Pure."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, StrictBool, StrictInt, StringConstraints

from saleor_loyalty_app.programs import boosts
from saleor_loyalty_app.programs.caps import MemberCap
from saleor_loyalty_app.programs.caps import Times as Orders
from saleor_loyalty_app.programs.scalars import (
    CurrencyCode,
    ExactDecimal,
    Identifier,
    Label,
    Locale,
    Money,
    Paragraphs,
    Points,
    PositiveMoney,
    Section,
    Slug,
    absent,
    in_locale,
)

Kind = Literal["percent", "amount", "free_shipping", "points"]
#: Saleor compares codes exactly, and people type them: no small letters, no İ, no spaces.
CODE_FORM = re.compile(r"[A-Z0-9][A-Z0-9_-]{2,39}")
CodeText = Annotated[str, StringConstraints(max_length=200)]
Ids = Annotated[tuple[Identifier, ...], Field(max_length=50)]
#: Times that every clock and every zone can tell.
Instant = Annotated[
    AwareDatetime,
    Field(ge=datetime(2000, 1, 1, tzinfo=UTC), le=datetime(2999, 1, 1, tzinfo=UTC)),
]
Budgeted = Annotated[StrictInt, Field(ge=1, le=1_000_000_000_000)]
#: What points are multiplied by: more than once, and not without measure.
Times = Annotated[ExactDecimal, Field(gt=Decimal(1), le=Decimal(100), decimal_places=2)]


class Audience(Section):
    """Whom it is for; what is empty does not narrow it."""

    tiers: Ids = ()
    segments: Ids = ()
    languages: Annotated[tuple[Locale, ...], Field(max_length=50)] = ()

    def ready(self) -> boosts.Audience:
        """As the decision looks at it."""
        return boosts.Audience(
            frozenset(self.tiers), frozenset(self.languages), frozenset(self.segments)
        )


class ChannelValue(Section):
    """What it takes off in one channel: percent, or money of its currency.

    `minimum`: the goods' price from which it works. `reduced`: the value from the line on at which
    the budget warns, where it reduces.
    """

    channel: Slug
    currency: CurrencyCode
    value: PositiveMoney | None = None
    minimum: Money = Decimal(0)
    reduced: PositiveMoney | None = None


class AfterOrder(Section):
    """A code that comes with an order: when, from which price of the order on, and how long."""

    when: Literal["paid", "fulfilled"] = "paid"
    minimum: Annotated[dict[CurrencyCode, Money], Field(max_length=50)] = {}
    valid_days: Annotated[StrictInt, Field(ge=1, le=365)] = 30


class Codes(Section):
    """Who gets a code: all the same one, each member their own, or each with an order."""

    sharing: Literal["shared", "personal", "after_order"]
    code: CodeText | None = None
    once_per_customer: StrictBool = True
    #: So many orders may use a shared code; none = any number.
    uses: Annotated[StrictInt, Field(ge=1, le=10_000_000)] | None = None
    after_order: AfterOrder | None = None


class Budget(Section):
    """What it may cost: points, or money of each currency, and what happens then.

    `warn` goes on beyond it. `reduce` gives less: the last order the points that are left, or codes
    the reduced value from the warning on; then it stops. `stop` ends it.
    """

    points: Budgeted | None = None
    money: Annotated[dict[CurrencyCode, PositiveMoney], Field(max_length=50)] = {}
    warn_percent: Annotated[StrictInt, Field(ge=1, le=99)] = 80
    when_reached: Literal["warn", "reduce", "stop"] = "stop"


class MemberLimit(Section):
    """What one member gets of a campaign on points, however long it runs.

    `times`: orders that it adds points to. `points`: those that it adds, beside what the rules
    give; with both, whichever is reached first. What goes back with a refund is free again.
    """

    points: Points | None = Field(default=None, exclude_if=absent)
    times: Orders | None = Field(default=None, exclude_if=absent)

    def ready(self) -> MemberCap:
        """As the decision looks at it."""
        return MemberCap.model_construct(points=self.points, times=self.times, period="ever")


class CampaignText(Section):
    """What members read in one language."""

    title: Label
    text: Paragraphs | None = None


class Terms(Section):
    """A campaign, whole. `tell` writes to members who agreed to offers when it begins."""

    kind: Kind
    name: Label
    texts: Annotated[dict[Locale, CampaignText], Field(min_length=1, max_length=20)]
    starts_at: Instant
    ends_at: Instant
    audience: Audience = Audience()
    channels: Annotated[tuple[ChannelValue, ...], Field(max_length=200)] = ()
    codes: Codes | None = None
    times: Times | None = None
    fixed_points: StrictBool = False
    per_member: MemberLimit | None = Field(default=None, exclude_if=absent)
    budget: Budget | None = None
    tell: StrictBool = False

    @property
    def document(self) -> dict[str, Any]:
        """As JSON values; what is stored."""
        return self.model_dump(mode="json")

    @property
    def kind_of_codes(self) -> str:
        """Who gets codes; "" where there are none."""
        return "" if self.codes is None else self.codes.sharing

    def locale_for(self, wanted: Iterable[str]) -> str:
        """The first of the languages somebody reads that it has texts in; else English."""
        there = {locale.lower(): locale for locale in self.texts}
        for tag in wanted:
            whole = tag.replace("_", "-").lower()
            for candidate in (whole, whole.partition("-")[0]):
                if candidate in there:
                    return there[candidate]
        return "en"

    def title(self, locale: str) -> str:
        """What members read as its name."""
        said = in_locale(self.texts, locale)
        return self.name if said is None else said.title

    def text(self, locale: str) -> str:
        """What members read about it; may be empty."""
        said = in_locale(self.texts, locale)
        return "" if said is None else said.text or ""

    def of_channel(self, slug: str) -> ChannelValue | None:
        """What holds in a channel; None where it says nothing of it."""
        return next((one for one in self.channels if one.channel == slug), None)

    def is_in(self, slug: str) -> bool:
        """Whether it holds in a channel."""
        return (self.kind == "points" and not self.channels) or self.of_channel(slug) is not None


def read_terms(document: object) -> Terms:
    """The terms that `Terms.document` wrote."""
    return Terms.model_validate(document)
