"""The points times N that orders of a time get, and what the budgets of their campaigns leave."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.campaigns import repository
from saleor_loyalty_app.campaigns.repository import CampaignRow
from saleor_loyalty_app.flows.campaign_budget import end_campaign
from saleor_loyalty_app.flows.lock_campaigns import lock_campaigns
from saleor_loyalty_app.programs.boosts import RULE_PREFIX, Boost
from saleor_loyalty_app.programs.decide import Decision
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef


def boosts_at(conn: Connection, store: StoreRef, at: datetime) -> tuple[Boost, ...]:
    """The boosts of the campaigns that ran at a time, with what their budgets leave now."""
    if not repository.has_any(conn, store.id):
        return ()
    return tuple(map(boost_of, repository.covering(conn, store.id, at, sharing="")))


def locked_boosts(conn: Connection, store: StoreRef, snapshot: OrderSnapshot) -> tuple[Boost, ...]:
    """`boosts_at`, for an order that draws: its campaigns stay locked until the transaction ends.

    The member's account is locked before, since caps and budgets come last; and with those that
    have a budget all others that the order may draw from later, since they come in one order.
    """
    locked = lock_campaigns(conn, store, [snapshot])
    found = repository.covering(conn, store.id, snapshot.created, sharing="")
    current = [locked.get(one.id, one) for one in found]
    return tuple(boost_of(one) for one in current if one.covers(snapshot.created))


def boost_of(campaign: CampaignRow) -> Boost:
    """What a campaign on points does to an order. Pure.

    Raises:
        ValueError: the campaign is on something else.
    """
    terms = campaign.terms
    if terms.times is None:
        raise ValueError(f"{campaign.public_id} multiplies nothing")
    budget = terms.budget
    room = None
    if budget is not None and budget.points is not None and budget.when_reached != "warn":
        room = max(0, budget.points - campaign.spent_points)
    return Boost(
        rule_id=rule_id_of(campaign.public_id),
        factor=terms.times,
        channels=frozenset(one.channel for one in terms.channels),
        audience=terms.audience.ready(),
        fixed_points=terms.fixed_points,
        room=room,
        whole=budget is not None and budget.when_reached == "stop",
        per_member=None if terms.per_member is None else terms.per_member.ready(),
        names={locale: said.title for locale, said in terms.texts.items()},
    )


def rule_id_of(public_id: str) -> str:
    """Under which id plans name a campaign."""
    return f"{RULE_PREFIX}{public_id}"


def for_anybody(boosts: Iterable[Boost]) -> tuple[Boost, ...]:
    """Those that a cart gets whoever buys: for estimates without a shopper."""
    return tuple(one for one in boosts if one.audience.is_everybody)


def without_limits(boosts: Iterable[Boost]) -> tuple[Boost, ...]:
    """The same without budgets: for forecasts."""
    return tuple(replace(one, room=None) for one in boosts)


def end_where_nothing_is_left(
    conn: Connection,
    store: StoreRef,
    boosts: Sequence[Boost],
    decision: Decision,
    *,
    now: datetime,
) -> None:
    """Ends the campaigns of whose budget nothing is left for an order of somebody who earns.

    What is too little for this order may be enough for a smaller one.
    """
    short = {
        miss.rule_id.removeprefix(RULE_PREFIX)
        for miss in decision.misses
        if miss.reason.get("code") == "campaign_budget"
    }
    for boost in boosts:
        public_id = boost.rule_id.removeprefix(RULE_PREFIX)
        if public_id in short and boost.room == 0:
            campaign = repository.get(conn, store.id, public_id, lock=True)
            end_campaign(conn, store, campaign, "budget", now=now)
