"""What an import of history would give, without booking anything."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Protocol

from sqlalchemy import Connection

from saleor_loyalty_app.flows.known_member import member_facts
from saleor_loyalty_app.flows.known_past import orders_before
from saleor_loyalty_app.flows.known_shopper import why_not_yet
from saleor_loyalty_app.flows.order_owner import NO_CUSTOMER, STAFF
from saleor_loyalty_app.flows.order_plan import Grant
from saleor_loyalty_app.members.email_keys import EmailKeys, bucket_of
from saleor_loyalty_app.members.refs import MemberRef, SignedIn
from saleor_loyalty_app.members.repository import (
    guest_by_keys,
    member_by_confirmed_email,
    member_by_user,
)
from saleor_loyalty_app.members.service import behind_address
from saleor_loyalty_app.orders.dry_runs import DryCustomer, known_orders
from saleor_loyalty_app.orders.facts import facts_of
from saleor_loyalty_app.orders.money import paid_in_full_at
from saleor_loyalty_app.orders.plan import Terms, freeze
from saleor_loyalty_app.orders.repository import planned_orders
from saleor_loyalty_app.orders.target import given_by_rule, kept, targets
from saleor_loyalty_app.orders.worth import worth_of
from saleor_loyalty_app.programs.cap_uses import Draw
from saleor_loyalty_app.programs.decide import decide_order
from saleor_loyalty_app.programs.decision_plan import plan_of
from saleor_loyalty_app.programs.document import Settings
from saleor_loyalty_app.programs.member_facts import MemberFacts, Used
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef


class DryGrant(Grant, Protocol):
    """The leave of a dry run, under which customers are counted."""

    @property
    def import_id(self) -> int: ...

    @property
    def keys(self) -> EmailKeys: ...


@dataclass(frozen=True, slots=True)
class _Owner:
    """Whose an order would be: a member, or who would become one with it."""

    member: MemberRef | None
    tally: DryCustomer
    is_guest: bool


def preview_page(
    conn: Connection,
    store: StoreRef,
    snapshots: Sequence[OrderSnapshot],
    grant: DryGrant,
    *,
    now: datetime,
) -> Counter[str]:
    """Counts what the orders of a page would earn under the grant.

    Only tallies of the grant's import are written: by these, caps of a customer and the number of
    an order are known as they would be then.
    """
    counts: Counter[str] = Counter()
    ids = [one.id for one in snapshots]
    planned = planned_orders(conn, store.id, ids)
    known = known_orders(conn, store.id, ids)
    for snapshot in snapshots:
        paid_at = paid_in_full_at(snapshot)
        if snapshot.id in planned or paid_at is None:
            counts["nothing_to_earn"] += 1
            continue
        settings, keys = grant.revision.program.settings, grant.keys
        withheld = why_withheld(conn, store, snapshot, settings, at=grant.since, keys=keys, now=now)
        if withheld:
            counts[withheld] += 1
            continue
        owner = _owner(conn, store, snapshot, grant)
        row_id, books_of = known.get(snapshot.id, (0, None))
        given = _given(conn, store, snapshot, paid_at, grant, owner, row_id)
        if owner.member is None or books_of != owner.member.id:
            owner.tally.count_order(conn)
        counts["counted" if any(given.values()) else "nothing_to_earn"] += 1
        counts.update({f"points:{unit}": points for unit, points in given.items()})
    return counts


def _given(
    conn: Connection,
    store: StoreRef,
    snapshot: OrderSnapshot,
    paid_at: datetime,
    grant: DryGrant,
    owner: _Owner,
    row_id: int,
) -> Counter[str]:
    program = grant.revision.program
    settings, ready = program.settings, plan_of(program)
    before = owner.tally.orders(conn)
    if owner.member is not None:
        at, keys = snapshot.created, grant.keys
        before += orders_before(conn, store, owner.member, at=at, but=row_id, keys=keys)
    nth = before + 1 if ready.needs_order_number and not owner.is_guest else None
    facts = facts_of(snapshot, settings, app_id=store.app_id, paid_at=paid_at, nth_order=nth)
    who = _facts(conn, store, snapshot, grant, owner, before)
    decision = decide_order(program, facts, store.timezone, who)
    plan = freeze(
        snapshot,
        Terms.of(settings, facts.country),
        line_awards=decision.line_awards,
        order_awards=decision.order_awards,
        misses=decision.misses,
        expires_from=max(paid_at, grant.since),
        worth=worth_of(snapshot, facts, settings),
    )
    limited = grant.limited(conn, replace(plan, imported=True), snapshot)
    share = kept(snapshot)
    if ready.capped:
        by_rule = given_by_rule(limited, share)
        draws = {rule: Draw.of(by_rule.get(rule, Fraction(0))) for rule in ready.capped}
        at, zone = snapshot.created, store.timezone
        owner.tally.draw(conn, ready.capped, draws, at=at, timezone=zone)
    given: Counter[str] = Counter()
    for (unit, _), points in targets(limited, share).items():
        given[unit] += points
    return given


def _owner(conn: Connection, store: StoreRef, snapshot: OrderSnapshot, grant: DryGrant) -> _Owner:
    """Whose an order would be; a guest's address is that of who proved to own it."""
    user, email = snapshot.user, snapshot.user_email
    member = None if user is None else member_by_user(conn, store.id, user.id)
    if user is not None and user.is_confirmed:
        email = user.email
    wanted = grant.keys.every(store.id, email) if email else ()
    if user is None and wanted:
        member = member_by_confirmed_email(conn, store.id, wanted)
        member = member or guest_by_keys(conn, store.id, wanted)
    if member is not None:
        key = f"member:{member.id}"
    elif wanted and (user is None or user.is_confirmed):
        key = f"address:{wanted[0]}"
    else:
        key = f"user:{'' if user is None else user.id}"
    is_guest = user is None and (member is None or member.is_guest)
    return _Owner(member, DryCustomer(grant.import_id, key), is_guest)


def _facts(
    conn: Connection,
    store: StoreRef,
    snapshot: OrderSnapshot,
    grant: DryGrant,
    owner: _Owner,
    before: int,
) -> MemberFacts:
    """The owner as the import's rules would see them; which tier they had then nobody knows."""
    program, at = grant.revision.program, snapshot.created
    caps = plan_of(program).capped
    language = snapshot.language_code_enum.replace("_", "-").lower()
    who = MemberFacts(joined_at=grant.since, language="" if owner.is_guest else language)
    if owner.member is not None:
        keys = grant.keys
        who = member_facts(conn, store, owner.member, program, caps, at=at, keys=keys)
        who = replace(who, tier="", segments=frozenset(), tags=frozenset())
    tried = owner.tally.used(conn, caps, at=at, timezone=store.timezone)
    return replace(who, orders=before, used=_together(who.used, tried))


def _together(booked: Mapping[str, Used], tried: Mapping[str, Used]) -> dict[str, Used]:
    none = Used()
    return {
        rule: Used(
            booked.get(rule, none).points + used.points, booked.get(rule, none).times + used.times
        )
        for rule, used in tried.items()
    }


def why_withheld(
    conn: Connection,
    store: StoreRef,
    snapshot: OrderSnapshot,
    settings: Settings,
    *,
    at: datetime,
    keys: EmailKeys,
    now: datetime,
) -> str:
    """Why the order's customer would earn nothing, as a stable word; "" = they would.

    Args:
        at: when it was paid, or from when on it counts.
    """
    user, email = snapshot.user, snapshot.user_email or ""
    if user is None and not email:
        return NO_CUSTOMER
    if user is not None and user.is_staff:
        return STAFF
    email = email if user is None else user.email
    addresses = keys.every(store.id, email) if email else ()
    member = (
        behind_address(conn, store.id, addresses)
        if user is None
        else member_by_user(conn, store.id, user.id)
    )
    signed_in = SignedIn(
        "" if user is None else user.id,
        addresses,
        bucket_of(store.id, email),
        account=() if user is None else keys.of_account(store.id, user.id),
    )
    return why_not_yet(conn, store, settings, member, signed_in, at=at, now=now)
