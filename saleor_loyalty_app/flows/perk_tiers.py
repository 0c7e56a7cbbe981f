"""A rule gives a tier for a while, and takes it back; what staff say goes before it.

Of all that rules gave and staff said, the highest tier is in force, then the longest: in whatever
order orders are paid and come back, what is left of them decides. It is kept where staff's tier is
kept, and everything about tiers that ends by a day works for it.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from saleor_loyalty_app.flows.known_member import everybody
from saleor_loyalty_app.flows.move_tiers import in_program, look_at, zone_of
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.programs import perk_rows
from saleor_loyalty_app.programs.perks import TierPromise, best_of
from saleor_loyalty_app.programs.repository import Revision
from saleor_loyalty_app.programs.tier_rules import State
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers import repository
from saleor_loyalty_app.tiers.errors import TierMemberUnfit, TiersOff, TierUnknown
from saleor_loyalty_app.tiers.repository import Held


def give_tier(
    conn: Connection,
    store: StoreRef,
    revision: Revision,
    member: MemberRef,
    tier: str,
    days: int,
    *,
    now: datetime,
) -> dict[str, object]:
    """Gives a tier for so many days, today included; gives it as its perk's row keeps it.

    A tier that staff set stays where it is higher, or as high and longer; else it is noted as what
    this one took the place of, and comes back after it.

    Args:
        revision: in force now.

    Raises:
        TiersOff, TierUnknown: there is no such tier in force.
        TierMemberUnfit: the member takes no part.
    """
    tiers = revision.program.tiers
    if tiers is None or not tiers.enabled:
        raise TiersOff
    if tiers.rank_of(tier) < 0:
        raise TierUnknown(tier=tier)
    [person] = repository.people(conn, store.id, [member.id])
    if not in_program(person, revision.program):
        raise TierMemberUnfit
    today = _today(store, now)
    promise = TierPromise(tier, today + timedelta(days=days))
    people = _united(conn, store, revision, member, now)
    repository.begin(conn, store.id, [member.id], State(today), now)
    held = repository.held(conn, store.id, [member.id], lock=True)[member.id]
    before = _in_force(held, today)
    detail: dict[str, object] = dict(promise.to_json())
    if before is not None and before not in perk_rows.given_tiers(conn, store.id, people):
        detail["over"] = before.to_json()
    both = [promise] if before is None else [promise, before]
    _put(conn, store, revision, held, best_of(tiers, both, today), "rule", now)
    return detail


def take_tier(
    conn: Connection,
    store: StoreRef,
    revision: Revision | None,
    member: MemberRef,
    row: perk_rows.PerkRow,
    *,
    now: datetime,
) -> bool:
    """Takes a tier back whose days are not over; False where they are, or where nothing is left.

    Where it is in force, what rules gave besides and what staff had said comes into force.
    """
    today = _today(store, now)
    if row.promise.until <= today:
        return False
    if revision is None:
        return True
    people = _united(conn, store, revision, member, now)
    held = repository.held(conn, store.id, [member.id], lock=True).get(member.id)
    tiers = revision.program.tiers
    if held is None or _in_force(held, today) != row.promise:
        return True
    if tiers is None:
        # Should there be tiers again, what is left is worked out by these.
        over = replace(held, state=replace(held.state, manual_until=today))
        repository.keep(conn, store.id, [(over, None)], now)
        return True
    promised = perk_rows.tier_promises(conn, store.id, people, after=today, but=row.id)
    left = [one for some in promised.values() for one in some]
    _put(conn, store, revision, held, best_of(tiers, left, today), "rule_over", now)
    return True


def _united(
    conn: Connection, store: StoreRef, revision: Revision, member: MemberRef, now: datetime
) -> list[int]:
    """A member and who became one with them, whose tiers are one from now on: else what the other
    held would come with the next look, whatever became of it meanwhile.
    """
    people = everybody(conn, store, member.id)
    if repository.with_rows(conn, store.id, [one for one in people if one != member.id]):
        look_at(conn, store, revision, [member.id], now=now)
    return people


def _put(
    conn: Connection,
    store: StoreRef,
    revision: Revision,
    held: Held,
    promise: TierPromise | None,
    why: str,
    now: datetime,
) -> None:
    tier, until = ("", None) if promise is None else (promise.tier, promise.until)
    if (held.state.manual, held.state.manual_until) == (tier, until):
        return
    state = replace(held.state, manual=tier, manual_until=until)
    repository.keep(conn, store.id, [(replace(held, state=state), None)], now)
    look_at(conn, store, revision, [held.member_id], now=now, why=why)


def _in_force(held: Held, today: date) -> TierPromise | None:
    """The tier that staff said or a rule gave, while its days last."""
    state = held.state
    if not state.manual:
        return None
    until = state.manual_until or date.max
    return TierPromise(state.manual, until) if until > today else None


def _today(store: StoreRef, now: datetime) -> date:
    return now.astimezone(zone_of(store)).date()
