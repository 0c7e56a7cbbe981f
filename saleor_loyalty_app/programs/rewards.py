"""The catalog of rewards: what members may take for a fixed number of points.

What a reward is worth is said for each channel in its currency; where a channel is not listed the
reward is not offered there.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StrictBool, StrictInt
from pydantic_core import PydanticCustomError

from saleor_loyalty_app.programs.caps import Period
from saleor_loyalty_app.programs.errors import RevisionUnreadable
from saleor_loyalty_app.programs.formats import FORMAT, NewerFormat, newest
from saleor_loyalty_app.programs.scalars import (
    Count,
    CurrencyCode,
    Identifier,
    Label,
    Locale,
    PageUrl,
    Paragraphs,
    Points,
    PositiveMoney,
    Reference,
    Section,
    Slug,
    absent,
    first_twice,
    in_locale,
)
from saleor_loyalty_app.programs.written import as_stored, when_written

#: So many rewards a program has at most.
MAX_ITEMS = 100
Names = Annotated[dict[Locale, Label], Field(min_length=1, max_length=20)]
Stories = Annotated[dict[Locale, Paragraphs], Field(max_length=20)]


class AmountOff(Section):
    """An amount off the goods; each channel says how much."""

    type: Literal["amount"]


class PercentOff(Section):
    """A share of the goods' price off; a channel may say the most that it takes off."""

    type: Literal["percent"]
    percent: Annotated[StrictInt, Field(ge=1, le=100)]


class FreeProduct(Section):
    """One unit of one variant for nothing, by its SKU or Saleor's id.

    The shopper puts it into the cart.
    """

    type: Literal["free_product"]
    variant: Reference


class ShippingOff(Section):
    """Shipping for nothing; where a channel says an amount, so much less."""

    type: Literal["shipping"]


class Invitation(Section):
    """A note that only who takes the reward reads: an invitation, an address, a date."""

    type: Literal["invitation"]
    notes: Annotated[dict[Locale, Paragraphs], Field(min_length=1, max_length=20)]


class EarlyAccess(Section):
    """Goods that are kept back, which who takes the reward may buy as long as it is good.

    The goods name it in Saleor: `loyalty_access` in their public metadata is "reward:<id>".
    """

    type: Literal["early_access"]


class Custom(Section):
    """Something that staff prepare and hand over."""

    type: Literal["custom"]


Gift = Annotated[
    AmountOff | PercentOff | FreeProduct | ShippingOff | Invitation | EarlyAccess | Custom,
    Field(discriminator="type"),
]
#: Kinds that are a voucher in Saleor.
VOUCHER_KINDS = frozenset({"amount", "percent", "free_product", "shipping"})
#: Kinds whose points are spent when they are taken: there is nothing to be used up later.
AT_ONCE_KINDS = frozenset({"invitation", "early_access"})
#: Kinds that are good for a number of days.
DATED_KINDS = VOUCHER_KINDS | {"early_access"}
#: Which amounts of a channel a kind knows, beside `worth`.
_AMOUNTS: dict[str, frozenset[str]] = {
    "amount": frozenset({"amount", "minimum"}),
    "percent": frozenset({"cap", "minimum"}),
    "free_product": frozenset({"minimum"}),
    "shipping": frozenset({"amount", "minimum"}),
    "invitation": frozenset(),
    "early_access": frozenset(),
    "custom": frozenset(),
}


class RewardChannel(Section):
    """Where a reward is offered, and its amounts in the channel's currency.

    `amount`: taken off. `cap`: the most that a share takes off. `minimum`: the goods' price from
    which it works. `worth`: what it costs the store, for figures, where no amount says that.
    """

    channel: Slug
    currency: CurrencyCode
    amount: PositiveMoney | None = Field(default=None, exclude_if=absent)
    cap: PositiveMoney | None = Field(default=None, exclude_if=absent)
    minimum: PositiveMoney | None = Field(default=None, exclude_if=absent)
    worth: PositiveMoney | None = Field(default=None, exclude_if=absent)

    @property
    def amounts(self) -> dict[str, Decimal]:
        """The amounts that are said, by name."""
        named = {
            "amount": self.amount,
            "cap": self.cap,
            "minimum": self.minimum,
            "worth": self.worth,
        }
        return {name: value for name, value in named.items() if value is not None}


class MemberLimit(Section):
    """How often one member may take a reward in a period of the calendar."""

    times: Annotated[StrictInt, Field(ge=1, le=1000)]
    period: Period


class Audience(Section):
    """Who may take a reward: all of what is said must hold, of several tiers or segments one."""

    tiers: Annotated[tuple[Identifier, ...], Field(max_length=10)] = ()
    segments: Annotated[tuple[Identifier, ...], Field(min_length=1, max_length=50)] | None = Field(
        default=None, exclude_if=absent
    )
    member_days: Annotated[StrictInt, Field(ge=1, le=36_500)] | None = Field(
        default=None, exclude_if=absent
    )

    @when_written
    def _check(self) -> Self:
        if not self.tiers and self.segments is None and self.member_days is None:
            raise PydanticCustomError("reward_audience_empty", "tiers or days are needed")
        return self


class RewardItem(Section):
    """One reward of the catalog.

    `valid_days`: so long a code can be used, then the points come back; of early access, so long it
    lets its taker in. `stock`: so many in all,
    ever. `limit`: so many a member. `active_from` and `active_until`: days in the store's time
    zone, both included.
    """

    id: Identifier
    enabled: StrictBool = True
    names: Names
    texts: Stories = {}
    gift: Gift
    points: Points
    channels: Annotated[tuple[RewardChannel, ...], Field(min_length=1, max_length=200)]
    valid_days: Annotated[StrictInt, Field(ge=1, le=365)] = 30
    stock: Count | None = Field(default=None, exclude_if=absent)
    limit: MemberLimit | None = Field(default=None, exclude_if=absent)
    who: Audience | None = Field(default=None, exclude_if=absent)
    active_from: date | None = Field(default=None, exclude_if=absent)
    active_until: date | None = Field(default=None, exclude_if=absent)
    picture: PageUrl | None = Field(default=None, exclude_if=absent)

    @when_written
    def _check(self) -> Self:
        twice = first_twice([one.channel for one in self.channels])
        if twice is not None:
            raise PydanticCustomError("reward_channel_twice", "{channel}", {"channel": twice})
        start, end = self.active_from, self.active_until
        if start is not None and end is not None and start > end:
            raise PydanticCustomError(
                "limits_crossed",
                "the lower limit is above the upper",
                {"case": "days", "low": start.isoformat(), "high": end.isoformat()},
            )
        for one in self.channels:
            _check_amounts(self.gift.type, one)
        return self

    @property
    def needs_cart(self) -> bool:
        """Whether it can be taken for a cart only: a share with a cap, which no voucher knows."""
        return self.gift.type == "percent" and any(one.cap is not None for one in self.channels)

    @property
    def takes_cart(self) -> bool:
        """Whether it can be taken for a cart, and is put on it at once."""
        return self.gift.type in ("amount", "percent")

    def in_channel(self, channel: str, currency: str) -> RewardChannel | None:
        """The amounts in a channel; None where it is not offered."""
        for one in self.channels:
            if (one.channel, one.currency) == (channel, currency):
                return one
        return None

    def name(self, locale: str) -> str:
        """What it is called in a locale."""
        return in_locale(self.names, locale) or self.id

    def text(self, locale: str) -> str:
        """What is said of it in a locale; "" = nothing."""
        return in_locale(self.texts, locale) or ""

    def is_active(self, today: date) -> bool:
        """Whether it is offered on a day of the store."""
        if not self.enabled or (self.active_from is not None and today < self.active_from):
            return False
        return not self.is_over(today)

    def is_over(self, today: date) -> bool:
        """Whether the last day on which it is offered is over."""
        return self.active_until is not None and today > self.active_until


class Rewards(Section):
    """The rewards of a program, in the order in which they are shown."""

    items: Annotated[tuple[RewardItem, ...], Field(max_length=MAX_ITEMS)] = ()

    @when_written
    def _check(self) -> Self:
        twice = first_twice([item.id for item in self.items])
        if twice is not None:
            raise PydanticCustomError("reward_id_twice", "reward {id} twice", {"id": twice})
        return self

    def item(self, item_id: str) -> RewardItem | None:
        """The reward with an id; None where there is none."""
        return next((item for item in self.items if item.id == item_id), None)


def _check_amounts(kind: str, where: RewardChannel) -> None:
    known = _AMOUNTS[kind] | {"worth"}
    if kind == "amount" and where.amount is None:
        raise PydanticCustomError(
            "reward_amount_missing", "{channel} has no amount", {"channel": where.channel}
        )
    for name in where.amounts:
        if name not in known:
            raise PydanticCustomError(
                "reward_amount_unfit",
                "{name} does not go with {kind}",
                {"name": name, "kind": kind, "channel": where.channel},
            )


def item_to_store(item: RewardItem) -> dict[str, Any]:
    """A reward as it is kept by itself, with the format of documents that it is of."""
    return {"version": FORMAT, **item.model_dump(mode="json")}


def stored_item(stored: Mapping[str, Any]) -> RewardItem:
    """The reward that `item_to_store` wrote, by whatever version of the app.

    Raises:
        RevisionUnreadable: a later version of the app wrote it.
    """
    item = {name: value for name, value in stored.items() if name != "version"}
    version = stored.get("version", 1)
    try:
        found = newest({"version": version, "rewards": {"items": [item]}})
        return RewardItem.model_validate(found["rewards"]["items"][0], context=as_stored())
    except NewerFormat as error:
        raise RevisionUnreadable(found=error.found, known=error.known) from error


#: What holds where a document says nothing of rewards.
NO_REWARDS = Rewards()
