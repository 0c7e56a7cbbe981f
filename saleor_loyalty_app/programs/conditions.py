"""The conditions of rules as structured data, composed by all, any and not.

A condition looks at the order as a whole, at one line of it, or at the member behind it. In a
rule that works line by line all kinds may be used; in a rule that works on the order, a condition
on lines stands inside `any_line`. Rules on anything but orders know the time and the member only.
"""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, StrictInt, StringConstraints
from pydantic_core import PydanticCustomError

from saleor_loyalty_app.programs.condition_base import (
    LineCondition,
    SingleCondition,
    check_span,
)
from saleor_loyalty_app.programs.event_conditions import EventProperty
from saleor_loyalty_app.programs.metadata_conditions import OrderMetadata, ProductMetadata
from saleor_loyalty_app.programs.plugin_parts import PluginCondition, PluginLineCondition
from saleor_loyalty_app.programs.scalars import (
    ONE_LINE,
    Count,
    CountryCode,
    CurrencyCode,
    Identifier,
    Locale,
    Money,
    Reference,
    Section,
    Slug,
    first_twice,
)
from saleor_loyalty_app.programs.written import when_written


class InChannels(SingleCondition):
    """The order came through one of these channels."""

    type: Literal["channel"]
    slugs: Annotated[tuple[Slug, ...], Field(min_length=1, max_length=100)]


class InCurrencies(SingleCondition):
    """The order is in one of these currencies."""

    type: Literal["currency"]
    codes: Annotated[tuple[CurrencyCode, ...], Field(min_length=1, max_length=50)]


class ValueLimits(Section):
    """Limits of an order's value in one currency, both inclusive."""

    currency: CurrencyCode
    min: Money | None = None
    max: Money | None = None

    @when_written
    def _check(self) -> Self:
        check_span(self.min, self.max)
        return self


class OrderValue(SingleCondition):
    """The order's value (what its lines earn on) is within the limits of its currency.

    An order in a currency without limits does not match: amounts are never converted.
    """

    type: Literal["order_value"]
    limits: Annotated[tuple[ValueLimits, ...], Field(min_length=1, max_length=50)]

    @when_written
    def _check(self) -> Self:
        twice = first_twice([limit.currency for limit in self.limits])
        if twice is not None:
            raise PydanticCustomError("currency_twice", "{currency}", {"currency": twice})
        return self


class OrderQuantity(SingleCondition):
    """The order has so many units altogether."""

    type: Literal["order_quantity"]
    min: Count | None = None
    max: Count | None = None

    @when_written
    def _check(self) -> Self:
        check_span(self.min, self.max)
        return self


class VoucherUsed(SingleCondition):
    """The order used a voucher, or did not."""

    type: Literal["voucher_used"]
    value: StrictBool = True


class InCountries(SingleCondition):
    """The order goes to one of these countries."""

    type: Literal["country"]
    codes: Annotated[tuple[CountryCode, ...], Field(min_length=1, max_length=250)]


class NthOrder(SingleCondition):
    """It is the customer's first, at least Nth, or every Nth order; an unknown number never is."""

    type: Literal["nth_order"]
    min: Annotated[StrictInt, Field(ge=1, le=1_000_000)] | None = None
    max: Annotated[StrictInt, Field(ge=1, le=1_000_000)] | None = None
    every: Annotated[StrictInt, Field(ge=2, le=1_000_000)] | None = None

    @when_written
    def _check(self) -> Self:
        if self.every is None or self.min is not None or self.max is not None:
            check_span(self.min, self.max)
        return self


class DateWindow(SingleCondition):
    """The order was made on a day of this window (inclusive), in the store's time zone."""

    type: Literal["date_window"]
    start: date | None = None
    end: date | None = None

    @when_written
    def _check(self) -> Self:
        check_span(self.start, self.end)
        return self


Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class OnWeekdays(SingleCondition):
    """The order was made on one of these weekdays, in the store's time zone."""

    type: Literal["weekday"]
    days: Annotated[tuple[Weekday, ...], Field(min_length=1, max_length=7)]


class InHours(SingleCondition):
    """The order was made from `start` to before `end` o'clock in the store's time zone.

    A window may pass midnight (22 to 2). Equal hours would mean either nothing or the whole day
    and are refused.
    """

    type: Literal["hour"]
    start: Annotated[StrictInt, Field(ge=0, le=23)]
    end: Annotated[StrictInt, Field(ge=0, le=24)]

    @when_written
    def _check(self) -> Self:
        if self.start == self.end:
            raise PydanticCustomError("hours_equal", "{hour} twice", {"hour": self.start})
        return self


class InLanguages(SingleCondition):
    """The order was made in one of these languages; "pt" also means "pt-BR"."""

    type: Literal["language"]
    codes: Annotated[tuple[Locale, ...], Field(min_length=1, max_length=50)]


class InTiers(SingleCondition):
    """The member is in one of these tiers (ids); who is in none, or unknown, is not."""

    type: Literal["tier"]
    tiers: Annotated[tuple[Identifier, ...], Field(min_length=1, max_length=20)]


class InSegments(SingleCondition):
    """The member is in one of these segments (ids); who is in none, or unknown, is not."""

    type: Literal["segment"]
    segments: Annotated[tuple[Identifier, ...], Field(min_length=1, max_length=20)]


class InTags(SingleCondition):
    """The member has one of these tags, from an order's rule or from staff."""

    type: Literal["tag"]
    tags: Annotated[tuple[Identifier, ...], Field(min_length=1, max_length=20)]


class MemberSince(SingleCondition):
    """The member takes part for so many whole days, in the store's time zone."""

    type: Literal["member_since"]
    min: Annotated[StrictInt, Field(ge=0, le=36_500)] | None = None
    max: Annotated[StrictInt, Field(ge=0, le=36_500)] | None = None

    @when_written
    def _check(self) -> Self:
        check_span(self.min, self.max)
        return self


class MemberOrders(SingleCondition):
    """The member had paid so many orders before this."""

    type: Literal["member_orders"]
    min: Count | None = None
    max: Count | None = None

    @when_written
    def _check(self) -> Self:
        check_span(self.min, self.max)
        return self


References = Annotated[tuple[Reference, ...], Field(min_length=1, max_length=500)]


class OfProducts(LineCondition):
    """The line is one of these products (slugs or Saleor ids)."""

    type: Literal["product"]
    products: References


class OfVariants(LineCondition):
    """The line is one of these variants (SKUs or Saleor ids)."""

    type: Literal["variant"]
    variants: References


class InCategories(LineCondition):
    """The line's product is in one of these categories, or in a category below one."""

    type: Literal["category"]
    slugs: References


class InCollections(LineCondition):
    """The line's product is in one of these collections."""

    type: Literal["collection"]
    slugs: References


class OfProductTypes(LineCondition):
    """The line's product is of one of these types."""

    type: Literal["product_type"]
    slugs: References


class LineQuantity(LineCondition):
    """The line has so many units."""

    type: Literal["quantity"]
    min: Count | None = None
    max: Count | None = None

    @when_written
    def _check(self) -> Self:
        check_span(self.min, self.max)
        return self


class OnSale(LineCondition):
    """The line's product was on sale, or was not."""

    type: Literal["on_sale"]
    value: StrictBool = True


class Expression(SingleCondition):
    """An expert's condition in the Common Expression Language; see `programs.expression`."""

    type: Literal["expression"]
    cel: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=ONE_LINE),
    ]


class AllOf(Section):
    """Each of these holds."""

    type: Literal["all"]
    of: Annotated["tuple[Condition, ...]", Field(min_length=1, max_length=30)]

    @property
    def parts(self) -> "tuple[Condition, ...]":
        return self.of


class AnyOf(Section):
    """One of these holds."""

    type: Literal["any"]
    of: Annotated["tuple[Condition, ...]", Field(min_length=1, max_length=30)]

    @property
    def parts(self) -> "tuple[Condition, ...]":
        return self.of


class Not(Section):
    """This does not hold."""

    type: Literal["not"]
    of: "Condition"

    @property
    def parts(self) -> "tuple[Condition, ...]":
        return (self.of,)


class AnyLine(Section):
    """The order has a line for which this holds."""

    type: Literal["any_line"]
    of: "Condition"

    @property
    def parts(self) -> "tuple[Condition, ...]":
        return (self.of,)


Leaf = (
    InChannels
    | InCurrencies
    | OrderValue
    | OrderQuantity
    | VoucherUsed
    | InCountries
    | NthOrder
    | DateWindow
    | OnWeekdays
    | InHours
    | InLanguages
    | OfProducts
    | OfVariants
    | InCategories
    | InCollections
    | OfProductTypes
    | LineQuantity
    | OnSale
    | InTiers
    | InSegments
    | InTags
    | MemberSince
    | MemberOrders
    | EventProperty
    | OrderMetadata
    | ProductMetadata
    | Expression
    | PluginCondition
    | PluginLineCondition
)

Condition = Annotated[Leaf | AllOf | AnyOf | Not | AnyLine, Field(discriminator="type")]

for _model in (AllOf, AnyOf, Not, AnyLine):
    _model.model_rebuild()


def leaves(condition: Condition) -> Iterator[Leaf]:
    """All conditions without parts, in the order of the document."""
    if isinstance(condition, AllOf | AnyOf | Not | AnyLine):
        for part in condition.parts:
            yield from leaves(part)
    else:
        yield condition


def depth_of(condition: Condition) -> int:
    """How deep the condition is nested; 1 for one without parts."""
    return 1 + max((depth_of(part) for part in condition.parts), default=0)


def size_of(condition: Condition) -> int:
    """How many conditions it is made of, itself included."""
    return 1 + sum(size_of(part) for part in condition.parts)
