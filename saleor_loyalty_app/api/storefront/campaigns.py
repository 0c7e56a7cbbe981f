"""The campaigns that are for a shopper: `/me/campaigns`."""

from datetime import date, datetime
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.errors import documented
from saleor_loyalty_app.api.routing import storefront_router
from saleor_loyalty_app.api.storefront.answers import make_private
from saleor_loyalty_app.api.storefront.board import require_channel
from saleor_loyalty_app.api.storefront.newcomers import member_shown
from saleor_loyalty_app.api.storefront.refusals import OF_SHOPPERS
from saleor_loyalty_app.api.storefront.schemas import Slug
from saleor_loyalty_app.api.storefront.shopper import ReaderOf
from saleor_loyalty_app.api.storefront.wishes import OF_MEMBERS
from saleor_loyalty_app.campaigns.repository import CampaignRow
from saleor_loyalty_app.flows.campaign_board import ForMe, campaigns_for, gives_words
from saleor_loyalty_app.i18n import translate
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
            "usable": False,
            "reason": {"code": "code_used", "message": "You have used this code already."},
            "channels": ["default-channel"],
        }
    ]
}


class WhyNotUsable(BaseModel):
    """Why a code does nothing for the shopper any more."""

    model_config = ConfigDict(extra="forbid")

    code: Literal["code_used", "code_used_up"] = Field(
        description="code_used: it is for one order of each customer, and theirs is made. "
        "code_used_up: everybody together made all the orders there may be."
    )
    message: str = Field(description="For the shopper, in the language asked for.")


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
    usable: bool = Field(description="false: the code does nothing for them any more.")
    reason: WhyNotUsable | None = Field(description="Why it is not usable; null where it is.")
    channels: list[str] = Field(description="Slugs of the channels it holds in; empty = all.")


class MyCampaigns(BaseModel):
    """The campaigns that are for the shopper now; the one that ends first comes first."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    campaigns: list[MyCampaign]


@router.get(
    "/campaigns",
    responses=documented(
        *OF_SHOPPERS, *OF_MEMBERS, (400, "channel_unknown", {"channel": "no-such-channel"})
    ),
)
async def my_campaigns(
    response: Response,
    faces: FacesOf,
    shopper: ReaderOf,
    language: Language,
    channel: Annotated[
        Slug | None, Query(description="Only what holds in this channel; without it, in any.")
    ] = None,
) -> MyCampaigns:
    """What runs for the shopper now, with the code to type where one is needed."""
    now, keys = faces.clock(), faces.email_keys

    def read(conn: Connection) -> MyCampaigns:
        store, member = member_shown(conn, shopper, now=now, language=language)
        if channel is not None:
            require_channel(conn, store.id, channel)
        found = campaigns_for(
            conn,
            store,
            member,
            now=now,
            wanted=None if channel is None else partial(_is_in, channel=channel),
            keys=keys,
        )
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
        own=one.own,
        usable=not one.why_not,
        reason=_reason(one.why_not, language),
        channels=[said.channel for said in terms.channels],
    )


def _reason(code: str, language: str) -> WhyNotUsable | None:
    if not code:
        return None
    message = translate(f"campaigns.why_not.{code}", language)
    return WhyNotUsable.model_validate({"code": code, "message": message})


def _is_in(campaign: CampaignRow, channel: str) -> bool:
    return campaign.terms.is_in(channel)
