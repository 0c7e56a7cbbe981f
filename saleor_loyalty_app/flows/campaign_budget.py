"""A budget acts: it warns the owner, lowers what codes are worth, ends the campaign.

Called by whoever holds the campaign's row and has changed what was spent, in the same transaction.
"""

from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app import log
from saleor_loyalty_app.campaigns import repository, spending, vouchers
from saleor_loyalty_app.campaigns.repository import CampaignRow
from saleor_loyalty_app.i18n import Words
from saleor_loyalty_app.stores import problems
from saleor_loyalty_app.stores.refs import StoreRef

logger = log.get(__name__)


def act_on_budget(
    conn: Connection, store: StoreRef, campaign_id: int, *, now: datetime
) -> CampaignRow:
    """Looks at what a campaign has spent by now, and does what its budget says."""
    campaign = repository.by_ids(conn, store.id, [campaign_id])[campaign_id]
    budget = campaign.terms.budget
    spent = spending.spent_of(conn, [campaign_id])[campaign_id]
    level = spending.level(budget, spent)
    if budget is None or level == "within" or not campaign.is_open:
        return campaign
    if level == "reached" and budget.when_reached != "warn":
        return end_campaign(conn, store, campaign, "budget", now=now)
    if campaign.warned_at is None:
        values: dict[str, object] = {"warned_at": now}
        if budget.when_reached == "reduce" and campaign.terms.kind != "points":
            values["reduced_at"] = now
        campaign = repository.change(conn, campaign_id, values)
        percent = int(spending.share_used(budget, spent) * 100)
        _tell(conn, store, campaign, "campaigns.problem.low", now, percent=percent)
    return campaign


def budget_changed(
    conn: Connection, store: StoreRef, campaign: CampaignRow, *, now: datetime
) -> CampaignRow:
    """Lets the changed budget of a campaign, whose row is locked, say anew what is to be done.

    What the one before did is taken back: the warning, and the lower value.
    """
    if not campaign.is_open:
        return campaign
    problems.resolve_problem(conn, store.id, problem_key(campaign), now)
    repository.change(conn, campaign.id, {"warned_at": None, "reduced_at": None})
    return act_on_budget(conn, store, campaign.id, now=now)


def end_campaign(
    conn: Connection, store: StoreRef, campaign: CampaignRow, why: str, *, now: datetime
) -> CampaignRow:
    """Ends a campaign whose row is locked; its codes end with it unless its time is just over.

    At the last day Saleor ends the shared voucher by itself, and codes that came with orders go on
    to their own last day.
    """
    if campaign.state == "ended":
        return campaign
    ended = repository.end(conn, campaign, why, now=now)
    if why != "time":
        vouchers.end_vouchers(conn, campaign.id, "campaign", now=now)
    if why == "budget":
        _tell(conn, store, ended, "campaigns.problem.stopped", now)
        logger.info("campaign_ended", store_id=store.id, campaign=campaign.public_id, reason=why)
    else:
        problems.resolve_problem(conn, store.id, problem_key(campaign), now)
    return ended


def problem_key(campaign: CampaignRow) -> str:
    """Under which the owner is told of a campaign."""
    return f"campaign.{campaign.public_id}"


def _tell(
    conn: Connection,
    store: StoreRef,
    campaign: CampaignRow,
    text: str,
    now: datetime,
    **arguments: str | int,
) -> None:
    words = Words(text, {"name": campaign.terms.name, **arguments})
    problems.report_words(conn, store, problem_key(campaign), words, now)
