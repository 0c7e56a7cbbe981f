"""What a limit per member leaves of what a campaign on points would have added. Pure.

The sample is longer or shorter than the campaign, and its sums are scaled to the campaign's days.
So a limit is drawn anew in each stretch of the sample that is as long as the campaign: what one
buyer had in it is what they would have in the campaign.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from saleor_loyalty_app.programs.caps import MemberCap, limited_for, reached_by, whole
from saleor_loyalty_app.programs.member_facts import Used


@dataclass(frozen=True, slots=True)
class Added:
    """What the campaign would have added to an order.

    Attributes:
        order: which one it is, for whoever asks.
        buyer: who made it, by a number of their own.
    """

    order: int
    buyer: int
    at: datetime
    points: Fraction


def within_limit(
    added: Iterable[Added], cap: MemberCap, span: timedelta
) -> Iterator[tuple[int, Fraction]]:
    """By `Added.order` what the limit leaves; what it leaves nothing of is left out.

    Args:
        span: how long the campaign runs.
    """
    placed = sorted((one for one in added if one.points > 0), key=lambda one: (one.at, one.order))
    used: dict[tuple[int, int], Used] = {}
    for one in placed:
        turn = (one.buyer, (one.at - placed[0].at) // span)
        had = used.get(turn, Used(0, 0))
        if reached_by(cap, had) is not None:
            continue
        limited = limited_for(cap, had, one.points)
        left = one.points if limited is None else limited[0]
        used[turn] = Used(had.points + whole(left), had.times + 1)
        yield one.order, left
