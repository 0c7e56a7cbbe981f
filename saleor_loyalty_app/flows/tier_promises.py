"""What comes into force after a tier that staff set or a rule gave."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from saleor_loyalty_app.programs.perk_rows import tier_promises
from saleor_loyalty_app.programs.perks import TierPromise, best_of
from saleor_loyalty_app.programs.tier_rules import State
from saleor_loyalty_app.programs.tiers import Tiers
from saleor_loyalty_app.tiers.repository import Held


def following(
    conn: Connection,
    store_id: int,
    tiers: Tiers,
    states: Mapping[int, State],
    held: Mapping[int, Held],
    absorbed: Mapping[int, int],
    today: date,
) -> dict[int, State]:
    """The states of those whose tier by staff or by a rule is over and who have another, by member.

    It is over by its day, or as there is no such tier any more.

    Args:
        states: with which today's look begins.
        held: what the members held, and what those held who were merged into them.
        absorbed: who was merged into one of them, with whom that is.
    """
    dropped = {
        absorbed.get(member_id, member_id)
        for member_id, one in held.items()
        if one.state.manual and tiers.rank_of(one.state.manual) < 0
    }
    ended = {
        member_id
        for member_id, state in states.items()
        if _is_over(state, today) or (member_id in dropped and not state.manual)
    }
    if not ended:
        return {}
    people = {one: one for one in ended}
    people |= {loser: winner for loser, winner in absorbed.items() if winner in ended}
    promised = tier_promises(conn, store_id, people, after=today)
    found = {}
    for member_id in ended:
        mine = [
            one for whose, some in promised.items() if people[whose] == member_id for one in some
        ]
        best = best_of(tiers, mine, today)
        if best is not None:
            state = states[member_id]
            found[member_id] = replace(state, manual=best.tier, manual_until=best.until)
    return found


def promised_after(
    conn: Connection,
    store_id: int,
    states: Mapping[int, State],
    absorbed: Mapping[int, int],
    today: date,
) -> dict[int, list[TierPromise]]:
    """What may come into force when a tier by staff or by a rule ends, by member.

    Args:
        states: of the members in question; those without such a tier are left out.
    """
    ending = {one for one, state in states.items() if state.manual and state.manual_until}
    people = {one: one for one in ending}
    people |= {loser: winner for loser, winner in absorbed.items() if winner in ending}
    found: dict[int, list[TierPromise]] = {}
    if people:
        for whose, some in tier_promises(conn, store_id, people, after=today).items():
            found.setdefault(people[whose], []).extend(some)
    return found


def _is_over(state: State, today: date) -> bool:
    return bool(state.manual) and state.manual_until is not None and state.manual_until <= today
