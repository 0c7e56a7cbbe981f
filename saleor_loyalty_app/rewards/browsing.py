"""All redemptions of a store, as staff look through them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.rewards.redemptions import RedemptionRef, by_ids, redemptions

_R = redemptions.c


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which redemptions are wanted; None = any. Times are of their making, `until` excluded."""

    states: Sequence[str] | None = None
    channel: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def of_store(
    conn: Connection, store_id: int, wanted: Wanted, *, first: int, before: int | None
) -> list[RedemptionRef]:
    """A page of a store's redemptions, newest first, from before the id `before`."""
    query = sa.select(_R.id).where(_R.store_id == store_id).order_by(_R.id.desc()).limit(first)
    if before is not None:
        query = query.where(_R.id < before)
    if wanted.states is not None:
        query = query.where(_R.state.in_(list(wanted.states)))
    if wanted.channel is not None:
        query = query.where(_R.channel == wanted.channel)
    if wanted.since is not None:
        query = query.where(_R.created_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(_R.created_at < wanted.until)
    ids = list(conn.execute(query).scalars())
    return by_ids(conn, store_id, ids)[::-1]
