"""The codes of campaigns that make goods cheaper: for one member, and for everybody."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.campaigns import codes, repository
from saleor_loyalty_app.campaigns.models import CampaignUse
from saleor_loyalty_app.campaigns.repository import CampaignRow
from saleor_loyalty_app.campaigns.saleor_voucher import values
from saleor_loyalty_app.campaigns.terms import Audience
from saleor_loyalty_app.campaigns.vouchers import DIFFERS, TAKEN
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.campaign_board import campaigns_for
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.members.repository import merged_members
from saleor_loyalty_app.prices.personal import Benefit
from saleor_loyalty_app.stores.refs import StoreRef

_U = table(CampaignUse).c


def benefits_for(
    conn: Connection, store: StoreRef, member: MemberRef, channel: str, *, now: datetime
) -> list[Benefit]:
    """What a member may type now that takes something off the goods of a channel.

    A shared code that they used already where it is for once, or of which all uses are gone, is
    left out, and so is free shipping: it changes no price of goods.
    """
    lowers = partial(_does_lower, channel=channel)
    found = [
        (one.campaign, one.code, one.until, _is_own(one.campaign))
        for one in campaigns_for(conn, store, member, now=now, wanted=lowers)
        if one.code
    ]
    shared = [campaign for campaign, _, _, own in found if not own]
    gone = _used_up(conn, store, shared) | _used_once(conn, store, member, shared)
    return [
        _benefit(campaign, code, until, channel, own=own)
        for campaign, code, until, own in found
        if own or campaign.id not in gone
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
    gone = _used_up(conn, store, for_all)
    shared = codes.shared_of_each(conn, store.id, {one.id for one in for_all} - gone)
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
    return _lowers(campaign, channel) and campaign.trouble not in (TAKEN, DIFFERS)


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


def _is_own(campaign: CampaignRow) -> bool:
    return campaign.terms.kind_of_codes != "shared"


def _used_once(
    conn: Connection, store: StoreRef, member: MemberRef, shared: Iterable[CampaignRow]
) -> set[int]:
    """The campaigns whose shared code is for one order of each, which this member has made."""
    once = [
        one.id
        for one in shared
        if one.terms.codes is not None and one.terms.codes.once_per_customer
    ]
    if not once:
        return set()
    everybody = [member.id, *merged_members(conn, store.id, member.id)]
    query = sa.select(_U.campaign_id).where(
        _U.store_id == store.id,
        _U.member_id.in_(everybody),
        _U.campaign_id.in_(once),
        _U.code_id.is_not(None),
    )
    return set(conn.execute(query.distinct()).scalars())


def _used_up(conn: Connection, store: StoreRef, shared: Iterable[CampaignRow]) -> set[int]:
    """The campaigns whose shared code was used as often as it may be, by whomever."""
    gone = set()
    for campaign in shared:
        said = campaign.terms.codes
        if said is None or said.uses is None:
            continue
        row = codes.shared_of(conn, store.id, campaign.id)
        # An order that came back gives no use of a code back in Saleor, so all count.
        if row is not None and codes.has_uses(conn, row.id, said.uses):
            gone.add(campaign.id)
    return gone
