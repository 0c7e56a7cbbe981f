"""The shopper's milestones: `/me/milestones`."""

from typing import Any, Literal

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.errors import ErrorDetail, detail_of, documented
from saleor_loyalty_app.api.routing import storefront_router
from saleor_loyalty_app.api.storefront.answers import make_private
from saleor_loyalty_app.api.storefront.newcomers import member_shown
from saleor_loyalty_app.api.storefront.refusals import OF_SHOPPERS
from saleor_loyalty_app.api.storefront.shopper import ReaderOf
from saleor_loyalty_app.api.storefront.tier_schemas import MissingPart
from saleor_loyalty_app.api.storefront.wishes import OF_MEMBERS
from saleor_loyalty_app.flows.milestone_board import Ahead, milestone_board

router = storefront_router("/me")
AHEAD_EXAMPLE: dict[str, Any] = {
    "id": "five-thousand",
    "name": "For 5,000 TL",
    "kind": "spend",
    "reached": False,
    "percent": 93,
    "missing": [{"kind": "spend", "amount": "320", "currency": "TRY"}],
    "points": 500,
    "unit": "points",
    "reward": "",
    "not_now": None,
    "told": "₺320.00 more until 500 points (For 5,000 TL).",
}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class MilestoneAhead(_Part):
    """A line of points, orders or spending, and how far it is."""

    id: str = Field(description="Of the rule that gives for it.")
    name: str
    kind: Literal["points", "orders", "spend"] = Field(
        description="What is counted: in all, what went back left out."
    )
    reached: bool = Field(description="It was passed: the points were given, once for ever.")
    percent: int = Field(ge=0, le=100, description="Of the way.")
    missing: list[MissingPart] = Field(description="To the line; of several amounts one is enough.")
    points: int = Field(description="What it brings, in its unit; 0 for a reward.")
    unit: Literal["points", "status", "perk"] = Field(description="perk = no points, but a reward.")
    reward: str = Field(description="What the reward is called that it brings; empty for points.")
    not_now: ErrorDetail | None = Field(
        description="Why the reward would not be given as things are, such as that none is left."
    )
    told: str = Field(description="What is missing, as a sentence; empty for nothing.")

    @classmethod
    def of(cls, one: Ahead, language: str) -> "MilestoneAhead":
        """A milestone as it is told."""
        return cls.model_validate(
            {
                "id": one.rule.id,
                "name": one.rule.label(language),
                "kind": one.kind,
                "reached": one.reached,
                "percent": one.percent,
                "missing": [MissingPart.of(part) for part in one.missing],
                "points": one.points,
                "unit": one.rule.then.unit,
                "reward": one.reward(language),
                "not_now": None if one.not_now is None else detail_of(one.not_now, language),
                "told": one.told(language),
            }
        )


class MyMilestones(_Part):
    """The milestones of the program for the shopper: the nearest first, then those reached."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"milestones": [AHEAD_EXAMPLE]}]}
    )

    milestones: list[MilestoneAhead]


@router.get("/milestones", responses=documented(*OF_SHOPPERS, *OF_MEMBERS))
async def my_milestones(
    response: Response, faces: FacesOf, shopper: ReaderOf, language: Language
) -> MyMilestones:
    """What the shopper's purchases lead to without spending any points, and what is missing."""
    now, keys = faces.clock(), faces.email_keys

    def read(conn: Connection) -> MyMilestones:
        store, member = member_shown(conn, shopper, now=now, language=language)
        board = milestone_board(conn, store, member, now=now, keys=keys)
        return MyMilestones(milestones=[MilestoneAhead.of(one, language) for one in board])

    page = await faces.database.read_async(read)
    make_private(response, language)
    return page
