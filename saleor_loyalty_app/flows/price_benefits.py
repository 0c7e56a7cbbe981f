"""The codes of campaigns that make goods cheaper: for one member, and for everybody."""

from collections.abc import Iterable
from datetime import datetime

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
    found = [
        (one.campaign, one.code, one.until, _is_own(one.campaign))
        for one in campaigns_for(conn, store, member, now=now)
        if one.code and one.campaign.terms.kind in ("percent", "amount")
    ]
    shared = [campaign for campaign, _, _, own in found if not own]
    gone = _not_again(conn, store, member, shared)
    return [
        benefit
        for campaign, code, until, own in found
        if (own or campaign.id not in gone)
        and (benefit := _benefit(campaign, code, until, channel, own=own)) is not None
    ]


def benefits_for_all(
    conn: Connection, store: StoreRef, channel: str, *, now: datetime
) -> list[Benefit]:
    """The percent codes that anybody may type now for anything: they make what a price was."""
    found = []
    for campaign in repository.covering(conn, store.id, now, sharing="shared"):
        if campaign.terms.kind != "percent" or campaign.terms.audience != Audience():
            continue
        row = codes.shared_of(conn, store.id, campaign.id)
        if row is None or row.state != "open":
            continue
        benefit = _benefit(campaign, row.code, campaign.ends_at, channel, own=False)
        if benefit is not None and not benefit.minimum:
            found.append(benefit)
    return found


def _benefit(
    campaign: CampaignRow, code: str, until: datetime, channel: str, *, own: bool
) -> Benefit | None:
    said = values(campaign).get(channel)
    if said is None or said[0] <= 0 or campaign.trouble in (TAKEN, DIFFERS):
        return None
    return Benefit(
        campaign=campaign.public_id,
        code=code,
        kind="amount" if campaign.terms.kind == "amount" else "percent",
        value=said[0],
        minimum=said[1],
        starts_at=campaign.starts_at,
        until=until,
        own=own,
    )


def _is_own(campaign: CampaignRow) -> bool:
    return campaign.terms.kind_of_codes != "shared"


def _not_again(
    conn: Connection, store: StoreRef, member: MemberRef, shared: Iterable[CampaignRow]
) -> set[int]:
    """The campaigns whose shared code does not help this member any more."""
    once, limited = set(), {}
    for campaign in shared:
        said = campaign.terms.codes
        if said is not None and said.once_per_customer:
            once.add(campaign.id)
        if said is not None and said.uses is not None:
            limited[campaign.id] = said.uses
    gone: set[int] = set()
    if once:
        everybody = [member.id, *merged_members(conn, store.id, member.id)]
        query = sa.select(_U.campaign_id).where(
            _U.store_id == store.id,
            _U.campaign_id.in_(once),
            _U.member_id.in_(everybody),
            _U.code_id.is_not(None),
        )
        gone |= set(conn.execute(query).scalars())
    if limited:
        # An order that came back gives no use of a code back in Saleor, so all are counted.
        counted = (
            sa.select(_U.campaign_id, sa.func.count())
            .where(_U.store_id == store.id, _U.campaign_id.in_(limited), _U.code_id.is_not(None))
            .group_by(_U.campaign_id)
        )
        gone |= {one for one, uses in conn.execute(counted) if uses >= limited[one]}
    return gone
