"""What rules and levels give to who reached a tier for the first time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.flows.each_row import Aside, EachRow
from saleor_loyalty_app.flows.give_bonus import give_once
from saleor_loyalty_app.flows.known_member import lock_people
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.programs.deeds import DeedFacts
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers import repository

#: What rewards of tiers that fail are told by.
WORK = "tier_rewards"
#: Why a reward is withheld for a while: it is asked for again.
_PASSING = frozenset({"earning_off", "paused", "blocked"})


def give_rewards(
    conn: Connection,
    store: StoreRef,
    *,
    limit: int,
    keys: EmailKeys,
    now: datetime,
    aside: Aside | None = None,
) -> int:
    """Gives the rewards of levels that were reached; gives the number of those looked at.

    What is withheld while earning is switched off waits until it is on again, and that of members
    who pause or are blocked until that ends. An account that is made again gets none a second time.

    Args:
        aside: rewards that failed, which others go before until they are tried again.
    """
    if not store.earning_on:
        return 0
    each = EachRow(conn, store, WORK, aside or Aside(), now)

    def waiting(most: int) -> list[sa.Row[Any]]:
        return repository.rewards_waiting(conn, store.id, limit=most)

    def give(rows: Sequence[sa.Row[Any]]) -> None:
        for row in rows:
            deed = DeedFacts("tier_reached", row.tier, row.at, f"tier:{row.tier}")
            awarded = give_once(conn, store, row.member_id, deed, keys=keys, now=now)
            if awarded.withheld not in _PASSING:
                repository.reward_given(conn, store.id, row.member_id, row.tier, awarded.total())

    rows = each.ready(waiting, limit, _name)
    lock_people(conn, store, {row.member_id for row in rows}, now=now)
    each.do(rows, give, _name)
    return len(rows)


def _name(row: sa.Row[Any]) -> tuple[int, str]:
    return row.member_id, row.tier
