"""The program document, version 1: everything an owner decides, as one immutable value.

Sections that later versions of the app add are optional, so that a document written before them
still reads, means the same, and keeps its digest.
"""

import hashlib
import json
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StrictBool, StrictInt
from pydantic_core import PydanticCustomError

from saleor_loyalty_app.programs.bonuses import Bonuses
from saleor_loyalty_app.programs.events import Events
from saleor_loyalty_app.programs.expiry import Expiry
from saleor_loyalty_app.programs.goodwill import Goodwill
from saleor_loyalty_app.programs.perks import SendMessage
from saleor_loyalty_app.programs.rewards import Rewards
from saleor_loyalty_app.programs.rules import Earning
from saleor_loyalty_app.programs.scalars import (
    CurrencyCode,
    Icon,
    Label,
    Locale,
    PageUrl,
    Paragraphs,
    Points,
    PositiveMoney,
    Section,
    Slug,
    VersionName,
    in_locale,
)
from saleor_loyalty_app.programs.segments import Segments
from saleor_loyalty_app.programs.shipping import ShippingProgram
from saleor_loyalty_app.programs.spending import Spending
from saleor_loyalty_app.programs.tiers import Tiers
from saleor_loyalty_app.programs.written import when_written

#: The largest document, in bytes of canonical JSON.
MAX_DOCUMENT_BYTES = 256 * 1024


def _absent(value: object) -> bool:
    """What a document that was written before the field does not say keeps its digest unsaid."""
    return value is None


class Availability(Section):
    """When earned points may be spent: so many days after the payment or the fulfillment."""

    after: Literal["payment", "fulfillment"] = "fulfillment"
    days: Annotated[StrictInt, Field(ge=0, le=365)] = 14


class Settings(Section):
    """What holds for the whole program.

    `price_basis`: earn on prices as the channel displays them, or always gross or net.
    `hold_out_percent`: share of members that is watched as a control group, in whole percent.
    `unfulfilled_alert_days`: an order still unfulfilled after so many days is told as a problem.
    """

    price_basis: Literal["displayed", "gross", "net"] = "displayed"
    earn_on_shipping: StrictBool = False
    availability: Availability = Availability()
    expiry: Expiry = Expiry()
    refund_policy: Literal["within_balance", "only_pending", "unlimited"] = "within_balance"
    enrollment: Literal["automatic", "opt_in"] = "automatic"
    hold_out_percent: Annotated[StrictInt, Field(ge=0, le=50)] = 0
    terms_version: VersionName = ""
    privacy_version: VersionName = ""
    unfulfilled_alert_days: Annotated[StrictInt, Field(ge=1, le=365)] = 60


class Unit(Section):
    """A unit that the books count in, and the sign that stands beside its number."""

    code: Literal["points"]
    icon: Icon | None = Field(default=None, exclude_if=_absent)


class Rate(Section):
    """So many points for so much money, exactly: 1 point per 10 TRY, 1 point worth 0.02 USD."""

    points: Points = 1
    money: PositiveMoney

    @cached_property
    def points_per_money(self) -> Fraction:
        """Points for one major unit of the currency."""
        return Fraction(self.points) / Fraction(self.money)

    @cached_property
    def money_per_point(self) -> Fraction:
        """What one point is worth, in major units of the currency."""
        return Fraction(self.money) / self.points


class ChannelRates(Section):
    """The rates of one channel in its currency; without a rate it neither earns nor spends."""

    channel: Slug
    currency: CurrencyCode
    earn_rate: Rate | None = None
    spend_rate: Rate | None = None

    @property
    def give_back(self) -> Fraction | None:
        """The worth of the points earned on one unit of money; None without both rates."""
        if self.earn_rate is None or self.spend_rate is None:
            return None
        return self.earn_rate.points_per_money * self.spend_rate.money_per_point


class Texts(Section):
    """What the program says in one language.

    `program`, `point` and `points`: what the program and its unit are called. `summary`: what it is
    about, in a few sentences. `join`: what shoppers read before they take part; `terms_url` and
    `privacy_url`: the pages that they agree to and are informed by.
    """

    program: Label
    point: Label
    points: Label
    summary: Paragraphs | None = Field(default=None, exclude_if=_absent)
    join: Paragraphs | None = Field(default=None, exclude_if=_absent)
    terms_url: PageUrl | None = Field(default=None, exclude_if=_absent)
    privacy_url: PageUrl | None = Field(default=None, exclude_if=_absent)


class Program(Section):
    """One version of a store's program. Hashable; equal programs have equal digests."""

    version: Literal[1]
    name: Label
    texts: Annotated[dict[Locale, Texts], Field(min_length=1, max_length=20)]
    settings: Settings = Settings()
    units: Annotated[tuple[Unit, ...], Field(min_length=1, max_length=1)] = (Unit(code="points"),)
    currencies: Annotated[tuple[ChannelRates, ...], Field(max_length=200)] = ()
    earning: Earning = Earning()
    spending: Spending | None = None
    shipping: ShippingProgram | None = None
    tiers: Tiers | None = None
    bonuses: Bonuses | None = None
    events: Events | None = None
    rewards: Rewards | None = None
    segments: Segments | None = None
    goodwill: Goodwill | None = None

    @when_written
    def _check(self) -> Self:
        channels: set[str] = set()
        for rates in self.currencies:
            if rates.channel in channels:
                raise PydanticCustomError(
                    "channel_twice", "{channel} has rates twice", {"channel": rates.channel}
                )
            channels.add(rates.channel)
        return self

    @cached_property
    def document(self) -> dict[str, Any]:
        """The document as plain JSON values, defaults written out; what is stored."""
        return {
            name: value for name, value in self.model_dump(mode="json").items() if value is not None
        }

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical document, in hexadecimal."""
        return hashlib.sha256(canonical_json(self.document)).hexdigest()

    @cached_property
    def _rates(self) -> dict[tuple[str, str], ChannelRates]:
        return {(rates.channel, rates.currency): rates for rates in self.currencies}

    def rates(self, channel: str, currency: str) -> ChannelRates | None:
        """The rates of a channel in a currency, if the owner confirmed them."""
        return self._rates.get((channel, currency))

    def worth(self, points: int, channel: str, currency: str) -> Decimal | None:
        """What points are worth in a channel, cut to a millionth; None without a spend rate."""
        rates = self.rates(channel, currency)
        if rates is None or rates.spend_rate is None:
            return None
        exact = points * rates.spend_rate.money_per_point
        return Decimal(exact.numerator * 1_000_000 // exact.denominator).scaleb(-6)

    def texts_for(self, locale: str) -> Texts:
        """The texts in a locale, else in its language, in English, or in any."""
        texts = in_locale(self.texts, locale)
        if not isinstance(texts, Texts):
            raise LookupError("a program has texts in at least one language")
        return texts

    def message_of(self, rule_id: str) -> SendMessage | None:
        """What a rule tells members; None where no rule of the name sends a message."""
        for rule in self.earning.rules:
            if rule.id == rule_id and isinstance(rule.then, SendMessage):
                return rule.then
        return None

    def rule_name(self, rule_id: str, locale: str) -> str:
        """What a rule is called in a locale; its id where it has no name."""
        for rule in self.earning.rules:
            if rule.id == rule_id:
                return rule.label(locale)
        for level in () if self.tiers is None else self.tiers.levels:
            if level.rule_id == rule_id:
                return level.label(locale)
        return rule_id

    def reward_name(self, item_id: str, locale: str) -> str:
        """What a reward is called in a locale; its id where there is none (any more)."""
        found = None if self.rewards is None else self.rewards.item(item_id)
        return item_id if found is None else found.name(locale)

    def event_name(self, type_id: str, locale: str) -> str:
        """What a type of event is called in a locale; its id where there is none (any more)."""
        found = None if self.events is None else self.events.type(type_id)
        return type_id if found is None else found.label(locale)

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, Program) and self.digest == other.digest


def canonical_json(document: Any) -> bytes:
    """JSON with sorted keys and no spaces, so that equal documents are equal bytes."""
    return json.dumps(
        document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()
