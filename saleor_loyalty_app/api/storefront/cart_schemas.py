"""What a checkout means to the program, as the storefront is told."""

from pydantic import BaseModel, ConfigDict, Field

from saleor_loyalty_app.api.errors import ErrorDetail
from saleor_loyalty_app.api.money import Money
from saleor_loyalty_app.api.redemption_schemas import EXAMPLE, Redemption


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Earning(_Answer):
    """What the cart would earn."""

    points: int = Field(ge=0, description="If it were completed and paid as it is now.")
    hints: list[str] = Field(description="What a larger cart would earn more, in words.")


class DeliveryOffer(_Answer):
    """A better way of delivery that the cart has, or would have if it cost more."""

    id: str
    name: str
    price: Money
    threshold: Money | None = Field(description="From this price of the goods on; null = any.")
    missing: Money = Field(description="How much more the goods must cost; 0 = it is offered.")


class Spending(_Answer):
    """What the shopper's points can do for this cart."""

    available: int = Field(ge=0, description="The points that the shopper could spend.")
    most_points: int = Field(
        ge=0, description="The most that are of use here; 0 = none may be spent."
    )
    most_discount: Money = Field(description="What `most_points` take off.")
    minimum_points: int = Field(ge=1, description="At least so many at once.")
    step: int = Field(ge=1, description="In multiples of so many.")
    refusal: ErrorDetail | None = Field(description="Why none may be spent, where that is so.")
    redemption: Redemption | None = Field(
        description="Points that this cart takes already; release them to spend others."
    )


class CheckoutPage(_Answer):
    """A checkout seen through the store's program."""

    id: str
    channel: str
    currency: str
    earning: Earning
    shipping: list[DeliveryOffer] = Field(
        description="First what the cart has, then what it lacks least for."
    )
    spending: Spending | None = Field(
        description="null without the token of the checkout's own shopper."
    )

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "id": EXAMPLE["checkout_id"],
                    "channel": "default-channel",
                    "currency": "USD",
                    "earning": {"points": 45, "hints": ["Summer bonus: $5.00 more"]},
                    "shipping": [
                        {
                            "id": "free-over-90",
                            "name": "Free shipping",
                            "price": {"amount": "0.00", "currency": "USD"},
                            "threshold": {"amount": "90.00", "currency": "USD"},
                            "missing": {"amount": "45.00", "currency": "USD"},
                        }
                    ],
                    "spending": {
                        "available": 400,
                        "most_points": 250,
                        "most_discount": {"amount": "5.00", "currency": "USD"},
                        "minimum_points": 1,
                        "step": 1,
                        "refusal": None,
                        "redemption": None,
                    },
                }
            ]
        },
    )
