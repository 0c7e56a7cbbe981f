"""What rules and levels give to who reached a tier for the first time."""

from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.flows.give_bonus import give_once
from saleor_loyalty_app.flows.known_member import lock_people
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.programs.deeds import DeedFacts
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers import repository

#: Why a reward is withheld for a while: it is asked for again.
_PASSING = frozenset({"earning_off", "paused", "blocked"})


def give_rewards(
    conn: Connection, store: StoreRef, *, limit: int, keys: EmailKeys, now: datetime
) -> int:
    """Gives the rewards of levels that were reached; gives the number of those looked at.

    What is withheld while earning is switched off waits until it is on again, and that of members
    who pause or are blocked until that ends. An account that is made again gets none a second time.
    """
    rows = repository.rewards_waiting(conn, store.id, limit=limit) if store.earning_on else []
    lock_people(conn, store, {row.member_id for row in rows})
    for row in rows:
        deed = DeedFacts("tier_reached", row.tier, row.at, f"tier:{row.tier}")
        awarded = give_once(conn, store, row.member_id, deed, keys=keys, now=now)
        if awarded.withheld not in _PASSING:
            repository.reward_given(conn, store.id, row.member_id, row.tier, awarded.total())
    return len(rows)
