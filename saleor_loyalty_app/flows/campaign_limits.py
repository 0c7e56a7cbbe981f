"""What one member had of a campaign on points, and whether that is all of it."""

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
    limit = campaign.terms.per_member
    if limit is None:
        return False
    rule_id, cap = rule_id_of(campaign.public_id), limit.ready()
    used = used_of(conn, store, member, {rule_id: cap}, at=now, keys=keys)
    return reached_by(cap, used.get(rule_id)) is not None
