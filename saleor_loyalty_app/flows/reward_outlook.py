"""Whether rewards that rules promise could be given, looked at as when they are."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.flows.spending_terms import takers_of, today_of
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.rewards import NO_REWARDS
from saleor_loyalty_app.rewards import claims
from saleor_loyalty_app.rewards.catalog import why_not
from saleor_loyalty_app.rewards.errors import RewardUnknown, SpendingRefused
from saleor_loyalty_app.stores.refs import StoreRef


@dataclass(frozen=True, slots=True)
class NotNow:
    """A reward, by its id, that a member would not be given, and the first reason why."""

    reward: str
    why: SpendingRefused


def not_now(
    conn: Connection,
    store: StoreRef,
    member: MemberRef,
    program: Program,
    rewards: Collection[str],
    *,
    at: datetime,
    keys: EmailKeys | None = None,
) -> tuple[NotNow, ...]:
    """Which of some rewards a member would not be given, in their order.

    Args:
        rewards: their ids.
        at: when they would be given: periods of limits and days of the catalog are those of then,
            what is left in stock and what the member is are those of now.
        keys: find what is remembered of the member's address under older secrets, too.
    """
    if not rewards:
        return ()
    catalog = program.rewards or NO_REWARDS
    known = [item for item in catalog.items if item.id in rewards]
    takers = takers_of(conn, store, program, member, known, available=0, now=at, keys=keys)
    drawn, today = claims.drawn(conn, store.id), today_of(store, at)
    found = []
    for reward in rewards:
        item = catalog.item(reward)
        if item is None:
            found.append(NotNow(reward, RewardUnknown(reward=reward)))
            continue
        # It costs nothing.
        taker = replace(takers[reward], available=item.points)
        why = why_not(item, taker, drawn=drawn.get(reward, 0), today=today, now=at)
        if why is not None:
            found.append(NotNow(reward, why))
    return tuple(found)
