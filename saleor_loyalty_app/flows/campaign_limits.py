"""What one member had of a campaign on points, and whether that is all of it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.campaigns.repository import CampaignRow
from saleor_loyalty_app.flows.campaign_boosts import rule_id_of
from saleor_loyalty_app.flows.known_member import used_of
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.programs.caps import reached_by
from saleor_loyalty_app.stores.refs import StoreRef


def had_all(
    conn: Connection,
    store: StoreRef,
    campaign: CampaignRow,
    member: MemberRef,
    *,
    now: datetime,
    keys: EmailKeys | None = None,
) -> bool:
    """Whether a campaign adds nothing more to orders of a member; False where it has no limit.

    Args:
        keys: find what is remembered of the member's address under older secrets, too.
    """
    return campaign.id in had_all_of(conn, store, [campaign], member, now=now, keys=keys)


def had_all_of(
    conn: Connection,
    store: StoreRef,
    campaigns: Iterable[CampaignRow],
    member: MemberRef,
    *,
    now: datetime,
    keys: EmailKeys | None = None,
) -> frozenset[int]:
    """Which campaigns, by their ids, add nothing more to orders of a member; asked once for all.

    Args:
        keys: find what is remembered of the member's address under older secrets, too.
    """
    limits = {
        one.id: (rule_id_of(one.public_id), one.terms.per_member.ready())
        for one in campaigns
        if one.terms.per_member is not None
    }
    used = used_of(conn, store, member, dict(limits.values()), at=now, keys=keys)
    return frozenset(
        campaign_id
        for campaign_id, (rule_id, cap) in limits.items()
        if reached_by(cap, used.get(rule_id)) is not None
    )
