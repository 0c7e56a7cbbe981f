"""Freezing an order's award plan at its first full payment, and what it draws of caps."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Protocol

from sqlalchemy import Connection

from saleor_loyalty_app.flows.campaign_boosts import (
    boosts_at,
    end_where_nothing_is_left,
    locked_boosts,
)
from saleor_loyalty_app.flows.known_member import lock_member, member_facts
from saleor_loyalty_app.flows.known_past import orders_before
from saleor_loyalty_app.flows.lock_stocks import lock_stocks, rewards_of_rules
from saleor_loyalty_app.flows.order_owner import Ownership, first_owner
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.repository import member_by_id
from saleor_loyalty_app.orders.facts import facts_of
from saleor_loyalty_app.orders.plan import ENDED, NOT_LIVE, AwardPlan, Terms, empty_plan, freeze
from saleor_loyalty_app.orders.repository import OrderRow
from saleor_loyalty_app.orders.target import Kept, drawn_by_rule, kept_awards
from saleor_loyalty_app.orders.worth import worth_of
from saleor_loyalty_app.programs import cap_uses
from saleor_loyalty_app.programs.boosts import capped_boosts
from saleor_loyalty_app.programs.cap_uses import Draw
from saleor_loyalty_app.programs.caps import MemberCap
from saleor_loyalty_app.programs.decide import decide_order
from saleor_loyalty_app.programs.decision_plan import plan_of
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.member_facts import NOBODY, MemberFacts
from saleor_loyalty_app.programs.repository import Revision, revision_at
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores import wind_downs
from saleor_loyalty_app.stores.refs import StoreRef


class Grant(Protocol):
    """Leave to book orders from before the program went live (a history import)."""

    #: Whose rules decide.
    @property
    def revision(self) -> Revision: ...

    #: From when the months until expiry count; no earlier than the order's own payment.
    @property
    def since(self) -> datetime: ...

    def limited(self, conn: Connection, plan: AwardPlan, snapshot: OrderSnapshot) -> AwardPlan:
        """The plan within the limits of the import."""
        ...


@dataclass(frozen=True, slots=True)
class Frozen:
    """A plan, the revision behind it, and the order's owner."""

    plan: AwardPlan
    revision_id: int | None
    owner: Ownership


def freeze_plan(
    conn: Connection,
    store: StoreRef,
    row: OrderRow,
    snapshot: OrderSnapshot,
    paid_at: datetime,
    *,
    keys: EmailKeys,
    now: datetime,
    grant: Grant | None,
) -> Frozen:
    """The plan by the revision in force when the order was created.

    An order from before the program went live gets an empty plan, unless `grant` lets it in; so
    does one that was made after the day from which nothing is earned. Campaigns give nothing to who
    earns nothing: it would be drawn from no budget, and be owed once the order is somebody else's.
    """
    revision = revision_at(conn, store.id, snapshot.created)
    imported = revision is None
    if revision is None:
        if grant is None:
            return Frozen(empty_plan(NOT_LIVE, paid_at), None, Ownership(None, "", None))
        revision = grant.revision
    settings = revision.program.settings
    since = max(paid_at, grant.since) if imported and grant is not None else paid_at
    owner = first_owner(
        conn, store, snapshot, settings, at=since, keys=keys, now=now, silent=imported
    )
    if not imported and wind_downs.earned_nothing(conn, store.id, snapshot.created):
        return Frozen(empty_plan(ENDED, paid_at), revision.id, owner)
    if owner.member_id is not None and plan_of(revision.program).counts_orders:
        # Of two orders at once only one is the first: who counts them waits for the other.
        lock_member(conn, store, owner.member_id)
    nth = _order_number(conn, store, revision.program, row, owner, snapshot.created, keys)
    facts = facts_of(snapshot, settings, app_id=store.app_id, paid_at=paid_at, nth_order=nth)
    earns = owner.member_id is not None and not owner.withheld
    boosts = boosts_at(conn, store, snapshot.created) if earns and not imported else ()
    asked = any(not boost.audience.is_everybody for boost in boosts)
    caps = {**plan_of(revision.program).capped, **capped_boosts(boosts)}
    member = _owner_facts(
        conn, store, revision.program, row, snapshot, owner, keys, caps=caps, asked=asked
    )
    if imported:
        # Which tier they would have had then, and which segments and tags, nobody knows.
        member = replace(member, tier="", segments=frozenset(), tags=frozenset())
    if owner.member_id is not None and any(boost.room is not None for boost in boosts):
        lock_member(conn, store, owner.member_id)
        lock_stocks(conn, store, rewards_of_rules(revision.program), before_budgets=True)
        boosts = locked_boosts(conn, store, snapshot)
    decision = decide_order(revision.program, facts, store.timezone, member, boosts)
    end_where_nothing_is_left(conn, store, boosts, decision, now=now)
    plan = freeze(
        snapshot,
        Terms.of(settings, facts.country),
        line_awards=decision.line_awards,
        order_awards=decision.order_awards,
        misses=decision.misses,
        expires_from=since,
        worth=worth_of(snapshot, facts, settings),
    )
    hands = {rule_id for award in plan.awards for rule_id in award.rule_ids}
    hands |= {perk.rule_id for perk in decision.perks}
    plan = replace(
        plan,
        member=member.to_json(),
        capped=tuple(rule for rule in caps if rule in hands),
        # What members bought before the program went live is no occasion to give them anything.
        perks=() if imported else tuple(perk.to_json() for perk in decision.perks),
    )
    if imported and grant is not None:
        plan = replace(plan, imported=True)
        if not owner.withheld:
            plan = grant.limited(conn, plan, snapshot)
    return Frozen(plan, revision.id, owner)


def _order_number(
    conn: Connection,
    store: StoreRef,
    program: Program,
    row: OrderRow,
    owner: Ownership,
    at: datetime,
    keys: EmailKeys,
) -> int | None:
    """The how manieth order of its owner this is, counted as orders are paid.

    Those of an account that is gone count too. None where no rule asks for it, and for a guest:
    nobody knows what they bought before under another address, or will buy again as somebody new.
    """
    if owner.member_id is None or not plan_of(program).needs_order_number:
        return None
    member = member_by_id(conn, store.id, owner.member_id)
    if member is None or member.is_guest:
        return None
    return orders_before(conn, store, member, at=at, but=row.id, keys=keys) + 1


def _owner_facts(
    conn: Connection,
    store: StoreRef,
    program: Program,
    row: OrderRow,
    snapshot: OrderSnapshot,
    owner: Ownership,
    keys: EmailKeys,
    *,
    caps: Mapping[str, MemberCap],
    asked: bool,
) -> MemberFacts:
    """The owner as the rules see them; caps stay locked until the transaction ends.

    `asked`: something else than the rules and `caps` looks at them, too.
    """
    if owner.member_id is None or not (plan_of(program).needs_member or caps or asked):
        return NOBODY
    member = member_by_id(conn, store.id, owner.member_id)
    if member is None:
        return NOBODY
    if caps:
        lock_member(conn, store, member.id)
    return member_facts(
        conn,
        store,
        member,
        program,
        caps,
        at=snapshot.created,
        but_order=row.id,
        but_source=f"order:{snapshot.id}",
        keys=keys,
    )


def draw_caps(
    conn: Connection,
    store: StoreRef,
    snapshot: OrderSnapshot,
    plan: AwardPlan,
    share: Kept,
    owner: Ownership,
    perks: frozenset[str],
) -> None:
    """Draws of each cap what the order should have booked by its rule, and gives the rest back.

    The frozen plan decides how much that is: what a look takes again after it was given back, for
    a refund that failed, counts again, also where others took it meanwhile.

    Args:
        perks: the rules whose reward or tier the order has, once each.
    """
    if not plan.capped or owner.member_id is None:
        return
    given = {} if owner.withheld else drawn_by_rule(kept_awards(plan, share))
    draws = {rule: Draw.of(given.get(rule, Fraction(0))) for rule in plan.capped}
    draws |= {rule: Draw(0, 1) for rule in perks if rule in draws}
    source = f"order:{snapshot.id}"
    cap_uses.draw(conn, store.id, owner.member_id, source, draws, at=snapshot.created)
