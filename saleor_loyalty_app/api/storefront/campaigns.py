"""The campaigns that are for a shopper: `/me/campaigns`."""

from datetime import date, datetime
from typing import Any, Literal

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.errors import documented
from saleor_loyalty_app.api.routing import storefront_router
from saleor_loyalty_app.api.storefront.answers import make_private
from saleor_loyalty_app.api.storefront.newcomers import member_shown
from saleor_loyalty_app.api.storefront.refusals import OF_SHOPPERS
from saleor_loyalty_app.api.storefront.shopper import ReaderOf
from saleor_loyalty_app.api.storefront.wishes import OF_MEMBERS
from saleor_loyalty_app.flows.campaign_board import ForMe, campaigns_for, gives_words
from saleor_loyalty_app.stores.locale import last_day
from saleor_loyalty_app.stores.refs import StoreRef

router = storefront_router("/me")
EXAMPLE: dict[str, Any] = {
    "campaigns": [
        {
            "id": "cp_0123456789ab",
            "kind": "percent",
            "title": "10 % off everything",
            "text": "For our members.",
            "gives": "10% off",
            "until": "2027-03-08T00:00:00+03:00",
            "last_day": "2027-03-07",
            "code": "AUTUMN10",
            "own": False,
            "channels": ["default-channel"],
        }
    ]
}


class MyCampaign(BaseModel):
    """A campaign that is for the shopper now."""

    model_config = ConfigDict(extra="forbid")

    id: str
    kind: Literal["percent", "amount", "free_shipping", "points"]
    title: str
    text: str = Field(description="May be empty.")
    gives: str = Field(description="What it gives, in words.")
    until: datetime
    last_day: date = Field(description="Its last day, by the clocks of the store.")
    code: str | None = Field(description="To be typed at checkout; null = nothing is to be typed.")
    own: bool = Field(description="The code is this shopper's alone, for one order.")
    channels: list[str] = Field(description="Slugs of the channels it holds in; empty = all.")


class MyCampaigns(BaseModel):
    """The campaigns that are for the shopper now; the one that ends first comes first."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    campaigns: list[MyCampaign]


@router.get("/campaigns", responses=documented(*OF_SHOPPERS, *OF_MEMBERS))
async def my_campaigns(
    response: Response, faces: FacesOf, shopper: ReaderOf, language: Language
) -> MyCampaigns:
    """What runs for the shopper now, with the code to type where one is needed."""
    now, keys = faces.clock(), faces.email_keys

    def read(conn: Connection) -> MyCampaigns:
        store, member = member_shown(conn, shopper, keys=keys, now=now, language=language)
        found = campaigns_for(conn, store, member, now=now, keys=keys)
        return MyCampaigns(campaigns=[told(one, store, language) for one in found])

    page = await faces.database.read_async(read)
    make_private(response, language)
    return page


def told(one: ForMe, store: StoreRef, language: str) -> MyCampaign:
    """A campaign in one language."""
    terms = one.campaign.terms
    return MyCampaign(
        id=one.campaign.public_id,
        kind=terms.kind,
        title=terms.title(language),
        text=terms.text(language),
        gives=gives_words(one.campaign, language),
        until=one.until,
        last_day=last_day(one.until, store.timezone),
        code=one.code or None,
        own=bool(one.code) and terms.kind_of_codes != "shared",
        channels=[said.channel for said in terms.channels],
    )
