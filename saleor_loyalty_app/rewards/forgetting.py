"""Saleor's users are forgotten where rewards and points named them. Nothing here commits."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.rewards.models import Redemption, RedemptionSighting

#: The actor of what a shopper did; whose it was is said by the member beside it.
SHOPPER = "shopper"
_NAMED = f"{SHOPPER}:"
_redemptions, _sightings = table(Redemption), table(RedemptionSighting)
_R, _S = _redemptions.c, _sightings.c


def unnamed(actor: str) -> str:
    """An actor without the number of a shopper's account, which older versions wrote. Pure."""
    return SHOPPER if actor.startswith(_NAMED) else actor


def redemptions_of(
    conn: Connection, store_id: int, member_ids: Collection[int], user_ids: Collection[str]
) -> list[int]:
    """The redemptions that name users as those whose points they are or who asked for them."""
    query = sa.select(_R.id).where(_R.store_id == store_id, _theirs(member_ids, user_ids))
    return list(conn.execute(query.order_by(_R.id)).scalars())


def forget_users(
    conn: Connection,
    store_id: int,
    member_ids: Collection[int],
    user_ids: Sequence[str],
    *,
    now_of: str = "",
) -> None:
    """Takes users away from redemptions, and from the checkouts on which any code was seen.

    The caller holds the redemptions (`redemptions_of`).

    Args:
        member_ids: all of whose redemptions are meant.
        now_of: the user of whoever they are one person with; "" = of nobody.
    """
    conn.execute(
        sa.update(_redemptions)
        .where(_R.store_id == store_id, _theirs(member_ids, user_ids))
        .values(user_id=now_of)
    )
    actors = [f"{_NAMED}{one}" for one in user_ids]
    conn.execute(
        sa.update(_redemptions)
        .where(_R.store_id == store_id, _R.actor.in_(actors))
        .values(actor=SHOPPER)
    )
    conn.execute(
        sa.update(_redemptions)
        .where(_R.store_id == store_id, _R.reason["by"].as_string().in_(actors))
        .values(reason={"code": "released", "by": SHOPPER})
    )
    conn.execute(
        sa.update(_sightings)
        .where(_S.store_id == store_id, _S.user_id.in_(user_ids))
        .values(user_id=now_of or None)
    )


def _theirs(member_ids: Collection[int], user_ids: Collection[str]) -> sa.ColumnElement[bool]:
    return sa.or_(_R.member_id.in_(list(member_ids)), _R.user_id.in_(list(user_ids)))
