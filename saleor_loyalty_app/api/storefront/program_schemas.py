"""What the public page of a program answers."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from saleor_loyalty_app.api.money import Money
from saleor_loyalty_app.api.storefront.schemas import ProgramNames


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rate(_Answer):
    """So many points for so much money, exactly."""

    points: int = Field(ge=1)
    amount: str = Field(
        pattern=r"^[0-9]+(\.[0-9]+)?$",
        description="In major units; it may have more places than the currency has coins.",
    )
    currency: str
    text: str = Field(description='In words: "1 point per $1.00".')


class Rule(_Answer):
    """One way to earn points."""

    id: str
    name: str
    gives: str = Field(description="What it gives, in words.")
    when: str | None = Field(description="When it holds, in words; null = always.")


class SpendingLimits(_Answer):
    """What points may pay."""

    minimum_points: int = Field(ge=1, description="At least so many at once.")
    step: int = Field(ge=1, description="In multiples of so many.")
    maximum_share: int = Field(ge=1, le=100, description="Of the goods' price, in percent.")
    minimum_order: Money | None = Field(description="The goods must cost so much; null = any.")
    hold_minutes: int = Field(description="How long points wait for a checkout to be completed.")


class ShippingOffer(_Answer):
    """A better way of delivery for some carts."""

    id: str
    name: str
    price: Money = Field(description="What it costs then; 0 = free.")
    threshold: Money | None = Field(description="From this price of the goods on; null = any.")
    when: str | None = Field(description="What else has to hold, in words; null = nothing.")


class ChannelTerms(_Answer):
    """What the program means in one channel."""

    channel: str
    currency: str
    earn: Rate | None = Field(description="null = nothing is earned here.")
    worth: Rate | None = Field(description="null = points cannot be spent here.")
    spending: SpendingLimits | None = Field(description="null = points cannot be spent here (now).")
    shipping: list[ShippingOffer]


class Ending(_Answer):
    """When the program ends, as the store announced it."""

    last_earning_on: date = Field(description="Orders of later days earn nothing.")
    last_spending_on: date = Field(description="Points can be spent to the end of this day.")
    text: str = Field(description="Both in words, as it stands today.")


class ProgramPage(_Answer):
    """A store's program, as everybody may see it."""

    program: ProgramNames
    rules: list[Rule] = Field(description="What earns, most important first.")
    available: str = Field(description="When points can be spent, in words.")
    expiry: str = Field(description="When points expire, in words.")
    channels: list[ChannelTerms] = Field(
        description="Those in which points are earned or spent; only the one asked for, if one was."
    )
    ending: Ending | None = Field(description="null = it goes on.")

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
                    "rules": [
                        {
                            "id": "purchases",
                            "name": "Points on every purchase",
                            "gives": "points at the channel’s rate",
                            "when": None,
                        }
                    ],
                    "available": "14 days after the fulfillment",
                    "expiry": "after 12 months, at the end of the month and never without notice",
                    "channels": [
                        {
                            "channel": "default-channel",
                            "currency": "USD",
                            "earn": {
                                "points": 1,
                                "amount": "1",
                                "currency": "USD",
                                "text": "1 point per $1.00",
                            },
                            "worth": {
                                "points": 1,
                                "amount": "0.02",
                                "currency": "USD",
                                "text": "1 point is worth $0.02",
                            },
                            "spending": {
                                "minimum_points": 100,
                                "step": 1,
                                "maximum_share": 50,
                                "minimum_order": {"amount": "20.00", "currency": "USD"},
                                "hold_minutes": 60,
                            },
                            "shipping": [
                                {
                                    "id": "free-over-90",
                                    "name": "Free shipping",
                                    "price": {"amount": "0.00", "currency": "USD"},
                                    "threshold": {"amount": "90.00", "currency": "USD"},
                                    "when": None,
                                }
                            ],
                        }
                    ],
                    "ending": None,
                }
            ]
        },
    )
