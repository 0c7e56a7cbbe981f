"""The codes of campaigns that make goods cheaper: for one member, and for everybody."""

from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from saleor_loyalty_app.campaigns import repository, shared_codes
from saleor_loyalty_app.campaigns.repository import CampaignRow
from saleor_loyalty_app.campaigns.saleor_voucher import values
from saleor_loyalty_app.campaigns.terms import Audience
from saleor_loyalty_app.campaigns.vouchers import DIFFERS, ENDED, TAKEN
from saleor_loyalty_app.flows.campaign_board import campaigns_for
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.prices.personal import Benefit
from saleor_loyalty_app.stores.refs import StoreRef


def benefits_for(
    conn: Connection,
    store: StoreRef,
    member: MemberRef,
    channel: str,
    *,
    now: datetime,
    keys: EmailKeys | None = None,
) -> list[Benefit]:
    """What a member may type now that takes something off the goods of a channel.

    A shared code that does nothing for them any more is left out, and so is free shipping: it
    changes no price of goods.

    Args:
        keys: find what is remembered of the member's address under older secrets, too.
    """
    lowers = partial(_does_lower, channel=channel)
    return [
        _benefit(one.campaign, one.code, one.until, channel, own=one.own)
        for one in campaigns_for(conn, store, member, now=now, wanted=lowers, keys=keys)
        if one.code and not one.why_not
    ]


def benefits_for_all(
    conn: Connection, store: StoreRef, channel: str, *, now: datetime
) -> list[Benefit]:
    """The percent codes that anybody may type now for anything: they make what a price was."""
    running = repository.covering(conn, store.id, now, sharing="shared")
    for_all = [
        one
        for one in running
        if one.terms.kind == "percent"
        and one.terms.audience == Audience()
        and _does_lower(one, channel)
        and not values(one)[channel][1]
    ]
    gone = shared_codes.used_up(conn, store.id, for_all)
    shared = shared_codes.shared_of_each(conn, store.id, {one.id for one in for_all} - gone)
    return [
        _benefit(one, shared[one.id].code, one.ends_at, channel, own=False)
        for one in for_all
        if one.id in shared and shared[one.id].state == "open"
    ]


def first_days(conn: Connection, store: StoreRef, channel: str, *, now: datetime) -> list[datetime]:
    """Since when those campaigns work whose codes make goods of a channel cheaper, now or later."""
    return [
        one.works_from
        for one in repository.with_codes_in_force(conn, store.id, now)
        if _lowers(one, channel)
    ]


def _lowers(campaign: CampaignRow, channel: str) -> bool:
    """Whether the codes of a campaign are to take something off the goods of a channel."""
    if campaign.terms.kind not in ("percent", "amount"):
        return False
    said = values(campaign).get(channel)
    return said is not None and said[0] > 0


def _does_lower(campaign: CampaignRow, channel: str) -> bool:
    return _lowers(campaign, channel) and campaign.trouble not in (TAKEN, DIFFERS, ENDED)


def _benefit(
    campaign: CampaignRow, code: str, until: datetime, channel: str, *, own: bool
) -> Benefit:
    value, minimum = values(campaign)[channel]
    return Benefit(
        campaign=campaign.public_id,
        code=code,
        kind="amount" if campaign.terms.kind == "amount" else "percent",
        value=value,
        minimum=minimum,
        starts_at=campaign.works_from,
        until=until,
        own=own,
    )
