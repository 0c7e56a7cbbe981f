"""What goods would earn: how it is asked, and what is answered."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, model_validator
from pydantic_core import PydanticCustomError

from saleor_loyalty_app.api.money import Money
from saleor_loyalty_app.api.storefront.cart_schemas import DeliveryOffer
from saleor_loyalty_app.api.storefront.schemas import ProgramNames, Slug

MOST_LINES = 100
Amount = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{1,10}(\.[0-9]{1,6})?$",
        description="In major units of `currency`, as text.",
        examples=["149.90"],
    ),
]
Reference = Annotated[str, Field(min_length=1, max_length=255)]
References = Annotated[list[Reference], Field(max_length=100)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["USD"])]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", examples=["US"])]
Locale = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z]{2})?$", examples=["en-US"])]


class GoodsInput(BaseModel):
    """One line. Whatever is left out is taken as not known."""

    model_config = ConfigDict(extra="forbid")

    quantity: StrictInt = Field(default=1, ge=1, le=10_000)
    gross: Amount | None = Field(
        default=None, description="Price of the whole line after discounts, with tax."
    )
    net: Amount | None = Field(default=None, description="The same without tax.")
    product_id: Reference | None = Field(default=None, description="Saleor's id.")
    product_slug: Reference | None = None
    variant_id: Reference | None = Field(default=None, description="Saleor's id.")
    sku: str | None = Field(
        default=None, max_length=255, description='"" for a variant that has none.'
    )
    categories: References | None = Field(
        default=None, description="Slugs of the product's category and of all above it."
    )
    collections: References | None = Field(default=None, description="Slugs.")
    product_type: Reference | None = Field(default=None, description="Its slug.")
    on_sale: StrictBool | None = Field(
        default=None, description="Whether a promotion lowers its price."
    )

    @model_validator(mode="after")
    def _priced(self) -> Self:
        if self.gross is None and self.net is None:
            raise PydanticCustomError("price_missing", "gross or net is needed")
        return self

    def price(self, name: str) -> Decimal | None:
        """`gross` or `net`."""
        text = getattr(self, name)
        return None if text is None else Decimal(text)


class EstimateInput(BaseModel):
    """A cart, or what stands on a product page."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "channel": "default-channel",
                    "currency": "USD",
                    "lines": [
                        {
                            "quantity": 2,
                            "gross": "149.90",
                            "product_id": "UHJvZHVjdDo3Mg==",
                            "product_slug": "linen-shirt",
                            "categories": ["shirts", "clothing"],
                            "collections": [],
                            "on_sale": False,
                        }
                    ],
                    "country": "US",
                }
            ]
        },
    )

    channel: Slug
    currency: Currency
    lines: Annotated[list[GoodsInput], Field(min_length=1, max_length=MOST_LINES)]
    country: Country | None = Field(
        default=None, description="Where it is sent to; null = not known."
    )
    locale: Locale | None = Field(
        default=None, description="Language of the shop; null = not known."
    )
    voucher_used: StrictBool = Field(default=False, description="Whether a code is on the cart.")


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Step(_Answer):
    """A rule that a larger cart would meet."""

    rule: str
    name: str
    missing: Money
    text: str


class NotJudged(_Answer):
    """A rule or an offer that could not be judged, and therefore is not counted in."""

    id: str
    name: str
    needs: list[str] = Field(
        description="What is not known: country, language, nth_order, product, variant, category, "
        "collection, product_type, on_sale, tier, member_since, member_orders, order_metadata, "
        "product_metadata, member, order_count, tag or segment."
    )
    when: str = Field(description="When it holds, in words.")


class TierCounted(_Answer):
    """A tier."""

    id: str
    name: str


class EstimatePage(_Answer):
    """What a member would earn for the goods."""

    program: ProgramNames
    channel: str
    currency: str
    points: int = Field(ge=0, description="By the rules that surely hold.")
    worth: Money | None = Field(
        description="What the points are worth; null where points cannot be spent."
    )
    tier: TierCounted | None = Field(
        description="The tier whose multiplier is counted in: the shopper's, or without a token "
        "the one that everybody has. null = none."
    )
    steps: list[Step] = Field(description="What a larger cart would earn more, nearest first.")
    shipping: list[DeliveryOffer] = Field(
        description="First what the cart has, then what it lacks least for."
    )
    not_judged: list[NotJudged] = Field(description="Earning rules.")
    shipping_not_judged: list[NotJudged] = Field(
        description="Shipping offers; none where it is known who the shopper is."
    )
    approximate: bool = Field(
        description="The program earns (or the offers look) on prices with tax and these were "
        "given without, or the other way round: give both."
    )

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "program": {
                        "name": "Points program",
                        "point_name": "point",
                        "points_name": "points",
                    },
                    "channel": "default-channel",
                    "currency": "USD",
                    "points": 149,
                    "worth": {"amount": "2.98", "currency": "USD"},
                    "tier": {"id": "silver", "name": "Silver"},
                    "steps": [
                        {
                            "rule": "large-carts",
                            "name": "Bonus for large carts",
                            "missing": {"amount": "50.10", "currency": "USD"},
                            "text": "Bonus for large carts: $50.10 more",
                        }
                    ],
                    "shipping": [
                        {
                            "id": "free-over-90",
                            "name": "Free shipping",
                            "price": {"amount": "0.00", "currency": "USD"},
                            "threshold": {"amount": "90.00", "currency": "USD"},
                            "missing": {"amount": "0.00", "currency": "USD"},
                        }
                    ],
                    "not_judged": [
                        {
                            "id": "first-order",
                            "name": "Double on the first order",
                            "needs": ["nth_order"],
                            "when": "it is the first order",
                        }
                    ],
                    "shipping_not_judged": [],
                    "approximate": False,
                }
            ]
        },
    )
