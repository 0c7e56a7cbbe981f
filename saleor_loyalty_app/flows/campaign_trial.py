"""A campaign tried on one member, before anybody else sees it. Nothing is booked."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection

from saleor_loyalty_app.campaigns import codes
from saleor_loyalty_app.campaigns.errors import CampaignElsewhere
from saleor_loyalty_app.campaigns.repository import CampaignRow
from saleor_loyalty_app.flows.campaign_audience import NO_PART, candidates
from saleor_loyalty_app.flows.campaign_boosts import boost_of
from saleor_loyalty_app.flows.campaign_limits import had_all
from saleor_loyalty_app.flows.known_member import member_facts
from saleor_loyalty_app.flows.message_context import program_of
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.errors import MemberNotFound
from saleor_loyalty_app.members.repository import merged_members, surviving_member
from saleor_loyalty_app.programs.boosts import capped_boosts
from saleor_loyalty_app.programs.decide import POINTS, decide_order
from saleor_loyalty_app.programs.decision_plan import plan_of
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.facts import LineFacts, OrderFacts
from saleor_loyalty_app.stores import repository as stores
from saleor_loyalty_app.stores.refs import ChannelRef, StoreRef

UNIT = "points"


def why_not_in(
    conn: Connection,
    store: StoreRef,
    campaign: CampaignRow,
    member_id: int,
    *,
    now: datetime,
    keys: EmailKeys,
) -> str:
    """Why a member is not in the audience, or "limit": they had all of it; "" = they get it.

    Args:
        keys: find what is remembered of the member's address under older secrets, too.

    Raises:
        MemberNotFound: there is no such member.
    """
    member = surviving_member(conn, store.id, member_id)
    if member is None:
        raise MemberNotFound
    program = program_of(conn, store, now)
    found = candidates(conn, store, program, campaign.terms.audience.ready(), [member.id])
    if found and not found[0].why_not:
        all_had = had_all(conn, store, campaign, member, now=now, keys=keys)
        return "limit" if all_had else ""
    return found[0].why_not if found else NO_PART


def code_held(
    conn: Connection,
    store: StoreRef,
    campaign: CampaignRow,
    member_id: int,
    *,
    now: datetime,
) -> str | None:
    """A code of their own that a member can use of a campaign, beside those to try it with.

    Raises:
        MemberNotFound: there is no such member.
    """
    member = surviving_member(conn, store.id, member_id)
    if member is None:
        raise MemberNotFound
    people = [member.id, *merged_members(conn, store.id, member.id)]
    held = codes.of_members(conn, store.id, people, now=now)
    mine = (one for one in held if one.campaign_id == campaign.id and not one.is_trial)
    return next((one.code for one in mine), None)


def try_points(
    conn: Connection,
    store: StoreRef,
    campaign: CampaignRow,
    member_id: int,
    slug: str | None,
    amount: Decimal,
    *,
    now: datetime,
    keys: EmailKeys,
) -> tuple[int, int]:
    """Points of an order of the member without the campaign, and with it, as the program is now.

    Args:
        keys: find what is remembered of the member's address under older secrets, too.

    Raises:
        MemberNotFound, CampaignElsewhere: there is no such member or channel.
    """
    member = surviving_member(conn, store.id, member_id)
    if member is None:
        raise MemberNotFound
    known = stores.channels(conn, store.id)
    runs_in = [one for one in known if campaign.terms.is_in(one.slug)]
    wanted = [one for one in runs_in if slug is None or one.slug == slug]
    if not wanted:
        raise CampaignElsewhere(channel=slug or "")
    program = program_of(conn, store, now)
    if program is None:
        return 0, 0
    channel = next((one for one in wanted if _earns(program, one)), wanted[0])
    line = LineFacts(id="trial", quantity=1, base=amount, gross=amount)
    facts = OrderFacts(
        order_id="trial",
        channel=channel.slug,
        currency=channel.currency,
        created_at=now,
        country=channel.default_country,
        language="",
        voucher_used=False,
        nth_order=None,
        subtotal=amount,
        lines=(line,),
        shipping=Decimal(0),
    )
    boost = boost_of(campaign)
    caps = {**plan_of(program).capped, **capped_boosts([boost])}
    who = member_facts(conn, store, member, program, caps, at=now, keys=keys)
    before = decide_order(program, facts, store.timezone, who)
    after = decide_order(program, facts, store.timezone, who, [boost])
    key = (UNIT, POINTS)
    return before.totals().get(key, 0), after.totals().get(key, 0)


def _earns(program: Program, channel: ChannelRef) -> bool:
    rates = program.rates(channel.slug, channel.currency)
    return rates is not None and rates.earn_rate is not None
