"""Campaigns as time goes by: they begin and end, members are given codes and told, page by page."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from saleor_loyalty_app.campaigns import codes, repository, vouchers
from saleor_loyalty_app.campaigns.repository import CampaignRow
from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.campaign_audience import candidates_after
from saleor_loyalty_app.flows.campaign_budget import end_campaign
from saleor_loyalty_app.flows.campaign_news import tell_page
from saleor_loyalty_app.flows.known_past import had_code
from saleor_loyalty_app.flows.message_context import program_of
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.stores import problems, wind_downs
from saleor_loyalty_app.stores.refs import StoreRef

#: Members who are looked at in one transaction.
PAGE = 100
#: Who came into the audience of a campaign that runs is given a code so much later at most.
ROUND = timedelta(hours=6)
#: Pages of a campaign that one run does before others have their turn.
PAGES = 10
_PROBLEM = "campaign."


def turn(
    database: Database, store: StoreRef, *, clock: Clock, keys: EmailKeys | None = None
) -> bool:
    """Does what time brought for the campaigns of a store; gives whether there is more.

    Args:
        keys: find what is remembered of an address under older secrets, too.
    """
    database.write(lambda conn: turn_states(conn, store, now=clock()))
    more = False
    turn_page = partial(_page, store=store, keys=keys)
    for campaign in database.read(lambda conn: repository.open_ones(conn, store.id)):
        for _ in range(PAGES):
            if not database.write(partial(turn_page, of=campaign.id, now=clock())):
                break
        else:
            more = True
    return more


def turn_states(conn: Connection, store: StoreRef, *, now: datetime) -> None:
    """Lets campaigns begin and end whose time has come; what the owner was told of goes by."""
    due = repository.due_to_turn(conn, store.id, now)
    for campaign in repository.by_ids(conn, store.id, due, lock=True).values():
        if campaign.ends_at <= now:
            end_campaign(conn, store, campaign, "time", now=now)
        elif campaign.state == "scheduled":
            begin(conn, campaign, now=now)
    vouchers.run_out(conn, store.id, now)
    for problem in problems.open_problems(conn, store.id):
        if problem.key.startswith(_PROBLEM):
            _forget_problem(conn, store, problem.key, now)


def begin(conn: Connection, campaign: CampaignRow, *, now: datetime) -> CampaignRow:
    """Lets a campaign run whose row is locked."""
    tells = campaign.terms.tell and campaign.terms.kind_of_codes != "after_order"
    values = {"state": "running", "updated_at": now, "tell_after": 0 if tells else None}
    return repository.change(conn, campaign.id, values)


def issue_page(
    conn: Connection,
    store: StoreRef,
    campaign: CampaignRow,
    *,
    now: datetime,
    keys: EmailKeys | None = None,
) -> bool:
    """Gives the next members of the audience a code of their own; gives whether more are due.

    After the last one a round is over; the next one finds who has come since. While nothing can be
    spent it waits. Who had one with an account that is gone gets no other.
    """
    due = campaign.issue_due_at
    if campaign.terms.kind_of_codes != "personal" or due is None or due > now:
        return False
    if not wind_downs.as_of(conn, store, now).spending_on:
        return False
    found = candidates_after(
        conn,
        store,
        program_of(conn, store, now),
        campaign.terms.audience.ready(),
        after=campaign.issue_after,
        limit=PAGE,
    )
    lucky = [one.member_id for one in found if not one.why_not]
    if without := _without_code(conn, store, campaign, lucky, now, keys):
        voucher = main_voucher(conn, campaign)
        for member_id in without:
            key = codes.member_key(member_id)
            codes.issue(conn, store.id, voucher, key, now=now, member_id=member_id)
    over = len(found) < PAGE
    values = {
        "issue_after": 0 if over else found[-1].member_id,
        "issue_due_at": now + ROUND if over else due,
    }
    repository.change(conn, campaign.id, values)
    return not over


def _without_code(
    conn: Connection,
    store: StoreRef,
    campaign: CampaignRow,
    member_ids: Sequence[int],
    now: datetime,
    keys: EmailKeys | None,
) -> list[int]:
    """Those who had no code of their own yet, neither as who they are nor as who they were."""
    holders = codes.holders(conn, campaign.id, [codes.member_key(one) for one in member_ids])
    found = [one for one in member_ids if codes.member_key(one) not in holders]
    had = had_code(conn, store, campaign.public_id, found, now=now, keys=keys)
    return [one for one in found if one not in had]


def main_voucher(conn: Connection, campaign: CampaignRow) -> vouchers.VoucherRow:
    """The voucher of a campaign itself, with the campaign's dates."""
    return vouchers.need_voucher(
        conn,
        campaign.store_id,
        campaign.id,
        vouchers.MAIN,
        starts_at=campaign.starts_at,
        ends_at=campaign.ends_at,
    )


def _page(
    conn: Connection, *, store: StoreRef, of: int, keys: EmailKeys | None, now: datetime
) -> bool:
    """One page of each kind of work on a campaign that is still open."""
    campaign = repository.by_ids(conn, store.id, [of], lock=True)[of]
    if not campaign.is_open:
        return False
    issued = issue_page(conn, store, campaign, now=now, keys=keys)
    told = False
    if campaign.state == "running" and store.messages_on:
        told = tell_page(conn, store, campaign, now=now)
    return issued or told


def _forget_problem(conn: Connection, store: StoreRef, key: str, now: datetime) -> None:
    """What was told of a campaign goes by with its last day."""
    public_id = key.removeprefix(_PROBLEM)
    ids = repository.ids_of(conn, store.id, [public_id])
    campaign = repository.by_ids(conn, store.id, ids.values()).get(ids.get(public_id, 0))
    if campaign is None or campaign.ends_at <= now:
        problems.resolve_problem(conn, store.id, key, now)
