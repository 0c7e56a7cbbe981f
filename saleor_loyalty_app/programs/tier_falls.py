"""Which levels a member loses as something went back, not by time nor staff's word. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta

from saleor_loyalty_app.programs.tier_rules import State
from saleor_loyalty_app.programs.tiers import Tiers


def levels_returned(
    tiers: Tiers,
    before: Sequence[tuple[str, State]],
    after: State,
    today: date,
    *,
    changed: bool,
    by_hand: bool,
) -> list[str]:
    """The levels that fell with what they were reached by, but for those that keep what they gave.

    Args:
        before: the tier and the state of a person at the last look; several, if several became one.
        changed: the tiers were others then.
        by_hand: staff said another tier now; what they took away is not meant.
    """
    if any(_is_over(tiers, state, today, changed=changed) for _, state in before):
        return []
    ranks = [
        tiers.rank_of(state.earned if by_hand or state.manual != after.manual else tier)
        for tier, state in before
    ]
    first, last = tiers.rank_of(after.tier(tiers)) + 1, max(ranks, default=-1) + 1
    return [level.id for level in tiers.levels[first:last] if not level.keep]


def _is_over(tiers: Tiers, state: State, today: date, *, changed: bool) -> bool:
    """Whether the time of a tier is over, so that it may fall though nothing went back."""
    ends = [state.grace_until]
    if changed and state.period_until is not None:
        ends.append(state.period_until + timedelta(days=tiers.grace_days))
    return any(day is not None and today >= day for day in ends)
