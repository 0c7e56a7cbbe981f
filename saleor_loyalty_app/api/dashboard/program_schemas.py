"""What the page of the program takes and answers."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StrictInt, model_validator
from pydantic_core import PydanticCustomError

from saleor_loyalty_app.api.money import Money
from saleor_loyalty_app.programs.problems import Problem
from saleor_loyalty_app.programs.scalars import CountryCode, Identifier, Reference, Slug
from saleor_loyalty_app.programs.scalars import Money as ExactMoney

#: A program document as JSON; `docs` tell its fields, and `problems` what is wrong with it.
Document = dict[str, JsonValue]
#: SHA-256 of a document: what an editor has seen.
Version = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", examples=["0" * 64])]
#: A small program, for the examples of requests.
DOCUMENT_EXAMPLE: dict[str, Any] = {
    "version": 1,
    "name": "Points program",
    "texts": {"en": {"program": "Points program", "point": "point", "points": "points"}},
    "currencies": [
        {
            "channel": "default-channel",
            "currency": "USD",
            "earn_rate": {"points": 1, "money": "1"},
            "spend_rate": {"points": 1, "money": "0.02"},
        }
    ],
    "earning": {"rules": [{"id": "purchases", "then": {"type": "points_per_money"}}]},
}


class Shape(BaseModel):
    """What all of these have in common."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Finding(Shape):
    """Something wrong or doubtful at a place of a document."""

    code: str = Field(description="Stable.")
    path: str = Field(description='The place, such as "currencies[0].earn_rate.money"; "" = all.')
    severity: str = Field(description="error forbids publishing, warning is worth a look.")
    text: str = Field(description="What is wrong, and what to do; without the place.")

    @classmethod
    def of(cls, problem: Problem, language: str) -> Self:
        """A problem in one language."""
        return cls(
            code=problem.code,
            path=problem.path,
            severity=problem.severity,
            text=problem.text(language),
        )


class SavedDraft(Shape):
    """The draft as it was saved last."""

    document: Document
    version: Version = Field(description="Saving on top of it needs this.")
    updated_at: datetime
    updated_by: str = Field(description='"user:<id>" of Saleor, "app" (proposed) or "cli".')
    by_you: bool


class ChannelOfStore(Shape):
    """A channel that a program may have rates for."""

    slug: str
    name: str
    currency: str
    places: int = Field(description="Decimal places of the currency.")
    active: bool
    display_gross_prices: bool
    goods: str = Field(description="What the goods of the example order cost.")
    shipping: str = Field(description="What the shipping of the example order costs.")
    orders: int | None = Field(description="Orders that the proposal looked at; null = none.")
    countries: list[str] = Field(description="Codes of those that it ships to.")


class Live(Shape):
    """The program in force."""

    revision: int
    since: datetime
    version: Version
    document: Document


class ProgramEditor(Shape):
    """All that the page of the program starts from."""

    may_change: bool
    timezone: str
    language: str = Field(description="Of the store's owner.")
    channels: list[ChannelOfStore]
    draft: SavedDraft | None = Field(description="null until one is proposed or saved.")
    in_force: Live | None
    document_example: Document = Field(description="A smallest program, for a store without one.")


class DraftInput(Shape):
    """A document to be saved as the draft."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"document": DOCUMENT_EXAMPLE, "version": None}]},
    )

    document: Document
    version: Version | None = Field(description="Of the draft that was edited; null = none yet.")


class ExampleInput(Shape):
    """The amounts of an example order in one channel."""

    channel: Slug
    goods: ExactMoney = Field(examples=["250.00"])
    shipping: ExactMoney = Field(default=Decimal(0), examples=["29.90"])


class CheckInput(Shape):
    """A document as it is being typed, and the orders that examples are told of."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"document": DOCUMENT_EXAMPLE}]},
    )

    document: Document
    orders: Annotated[list[ExampleInput], Field(max_length=200)] = Field(
        default=[], description="Channels left out have their usual order."
    )


class WorkedExample(Shape):
    """What a setting means for an order, in a sentence."""

    path: str = Field(description="The setting.")
    channel: str = Field(description='Whose order it is; "" = of any.')
    text: str


class Checked(Shape):
    """What is wrong with a document, and what it would mean."""

    problems: list[Finding]
    publishable: bool
    digest: str | None = Field(description="Of the program; null where it cannot be read.")
    changes: list[str] = Field(description="Against the program in force, in words.")
    examples: list[WorkedExample]


class TriedLineInput(Shape):
    """Goods of a made-up cart."""

    amount: ExactMoney = Field(description="For all of them, as the program counts prices.")
    quantity: Annotated[StrictInt, Field(ge=1, le=10_000)] = 1
    product: Reference | None = Field(default=None, description="The product's slug.")
    sku: Reference | None = None
    product_type: Reference | None = Field(default=None, description="Its slug.")
    categories: Annotated[list[Reference], Field(max_length=20)] = []
    collections: Annotated[list[Reference], Field(max_length=20)] = []
    on_sale: bool = False


class TriedCartInput(Shape):
    """A made-up cart."""

    channel: Slug
    lines: Annotated[list[TriedLineInput], Field(min_length=1, max_length=50)]
    shipping: ExactMoney = Decimal(0)
    country: CountryCode | None = None
    voucher_used: bool = False
    nth_order: Annotated[StrictInt, Field(ge=1, le=100_000)] | None = Field(
        default=None, description="The how manieth of its customer; null = not known."
    )
    tier: Identifier | None = Field(
        default=None, description="The id of its customer's tier; null = none."
    )
    segments: Annotated[list[Identifier], Field(max_length=50)] = Field(
        default=[], description="The ids of the segments that its customer is in."
    )
    tags: Annotated[list[Identifier], Field(max_length=50)] = Field(
        default=[], description="The tags that its customer has."
    )


class TryInput(Shape):
    """What to try a document on: a past order or a made-up cart."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {"document": DOCUMENT_EXAMPLE, "order": 1042},
                {
                    "document": DOCUMENT_EXAMPLE,
                    "cart": {"channel": "default-channel", "lines": [{"amount": "250.00"}]},
                },
            ]
        },
    )

    document: Document
    order: Annotated[StrictInt, Field(ge=1, le=2_147_483_647)] | None = Field(
        default=None, description="The number of an order."
    )
    cart: TriedCartInput | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.order is None) == (self.cart is None):
            raise PydanticCustomError("one_to_try", "one of order, cart")
        return self


class BookedPoints(Shape):
    """What an order has in the books."""

    points: int
    status_points: int
    revision: int | None = Field(description="That decided; null = none did.")


class TriedProgram(Shape):
    """What the document would give, and why. Nothing was written."""

    number: str = Field(description='Of the order; "" for a cart.')
    channel: str
    points: int
    status_points: int = Field(description="They count for tiers, and cannot be spent.")
    worth: Money | None = Field(description="null where points cannot be spent.")
    because: list[str] = Field(
        description="How the points come about, then the status points, in sentences."
    )
    misses: list[str] = Field(description="Why other rules give nothing.")
    available_from: datetime | None = Field(
        description="null while the order is not paid, or not fulfilled where that matters."
    )
    paid: bool
    withheld: str | None = Field(description="Why this customer earns nothing all the same.")
    booked: BookedPoints | None = Field(description="null where the order is not in the books.")


class YamlText(Shape):
    """A program as YAML."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"yaml": "version: 1\nname: Points program\n"}]},
    )

    yaml: Annotated[str, Field(max_length=262_144)]


class ParsedYaml(Shape):
    """A YAML text read as a document."""

    document: Document


class SamplingState(Shape):
    """How far the reading of the latest orders is."""

    state: str = Field(description="missing, running, done or canceled.")
    progress: int = Field(ge=0, le=100, description="Of the time span, in percent.")
    orders: int
    since: datetime | None
    until: datetime | None
    stale: bool = Field(description="Older than a day: read it anew before relying on it.")


class ProposalInput(Shape):
    """A proposal is to take the place of the draft."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"examples": [{"version": None}]}
    )

    version: Version | None = Field(description="Of the draft that it replaces; null = none yet.")
