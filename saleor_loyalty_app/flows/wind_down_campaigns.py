"""With the end of spending campaigns end too, and their codes in Saleor."""

from datetime import datetime

from sqlalchemy.engine import Connection

from saleor_loyalty_app.campaigns import repository, vouchers
from saleor_loyalty_app.flows.campaign_budget import end_campaign
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.wind_downs import Plan

#: Campaigns that one transaction ends.
PAGE = 50
#: Why they ended.
PROGRAM = "program"


def end_campaigns(conn: Connection, store: StoreRef, plan: Plan, now: datetime) -> bool:
    """Ends the next campaigns, with coupons that outlived theirs; gives whether there may be more.

    Also those that are scheduled later, for as long as the program stays ended.
    """
    if plan.spending_ended_at is None:
        return False
    found = repository.at_large(conn, store.id, limit=PAGE)
    for campaign in repository.by_ids(conn, store.id, found, lock=True).values():
        if campaign.is_open:
            end_campaign(conn, store, campaign, PROGRAM, now=now)
            continue
        vouchers.end_vouchers(conn, campaign.id, "campaign", now=now)
        if campaign.ended_why == "time":
            repository.change(conn, campaign.id, {"ended_why": PROGRAM})
    return len(found) == PAGE
