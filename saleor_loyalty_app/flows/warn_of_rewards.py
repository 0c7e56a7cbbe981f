"""Whoever took a code and has not used it hears of it before its time is over."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from saleor_loyalty_app.flows.each_row import Aside, EachRow
from saleor_loyalty_app.flows.reward_news import tell_of_end
from saleor_loyalty_app.rewards import claims
from saleor_loyalty_app.rewards.claims import Ending
from saleor_loyalty_app.stores.refs import StoreRef

#: What warnings that fail are told by.
WORK = "reward_warnings"
#: Codes that one transaction warns of.
PAGE = 100
#: So long before the end it is told, which is the end of a day: at noon three days before it …
AHEAD = timedelta(days=3, hours=12)
#: … but not sooner after the code was made, as for one that is good for a day or two.
FRESH = timedelta(days=1)


def about_to_end(conn: Connection, store: StoreRef, *, now: datetime, limit: int) -> list[Ending]:
    """The codes whose owners are to be warned now, the oldest first."""
    return claims.about_to_end(
        conn, store.id, now=now, until=now + AHEAD, held_since=now - FRESH, limit=limit
    )


def warn_page(
    conn: Connection,
    store: StoreRef,
    *,
    limit: int,
    now: datetime,
    aside: Aside | None = None,
) -> int:
    """Tells the owners of the next codes; gives the number of those looked at.

    Args:
        aside: warnings that failed, which others go before until they are tried again.
    """

    def oldest(most: int) -> list[Ending]:
        return about_to_end(conn, store, now=now, limit=most)

    def warn(some: Sequence[Ending]) -> None:
        for one in some:
            claims.change(conn, one.claim_id, warned_at=now)
            claim = claims.of_redemption(conn, one.redemption_id)
            if claim is not None:
                tell_of_end(conn, claim, one.public_id, now=now)

    each = EachRow(conn, store, WORK, aside or Aside(), now)
    found = each.ready(oldest, limit, _name)
    each.do(found, warn, _name)
    return len(found)


def _name(one: Ending) -> int:
    return one.claim_id
