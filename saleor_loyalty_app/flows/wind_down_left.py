"""What is left of a program that ends: points, codes, and what staff are still to hand over."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.ledger.models import Balance
from saleor_loyalty_app.rewards.instruments.hand_over import HAND_OVER
from saleor_loyalty_app.rewards.models import LIVE_STATES, Redemption

UNIT = "points"
_redemptions, _balances = table(Redemption), table(Balance)


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a program.

    Attributes:
        members: who hold points.
        points: in lots, pending ones included.
        held: set aside for redemptions.
        live: codes and carts with points whose end is open.
        paying: those of them that wait since money is on their checkout.
        waiting: rewards that members took and staff have not handed over yet.
    """

    members: int
    points: int
    held: int
    live: int
    paying: int
    waiting: int


def left(conn: Connection, store_id: int) -> Left:
    """What is left of a store's program."""
    held = conn.execute(
        sa.select(
            sa.func.coalesce(sa.func.sum(_balances.c.lots), 0),
            sa.func.coalesce(sa.func.sum(_balances.c.held), 0),
            sa.func.coalesce(sa.func.sum(sa.case((_balances.c.lots > 0, 1), else_=0)), 0),
        ).where(_balances.c.store_id == store_id, _balances.c.unit == UNIT)
    ).one()
    by_hand = _redemptions.c.instrument == HAND_OVER
    ending = sa.and_(sa.not_(by_hand), _redemptions.c.ending != "")
    live = conn.execute(
        sa.select(
            *(
                sa.func.coalesce(sa.func.sum(sa.case((which, 1), else_=0)), 0)
                for which in (sa.not_(by_hand), ending, by_hand)
            )
        ).where(_redemptions.c.store_id == store_id, _redemptions.c.state.in_(LIVE_STATES))
    ).one()
    return Left(
        members=int(held[2]),
        points=int(held[0]),
        held=int(held[1]),
        live=int(live[0]),
        paying=int(live[1]),
        waiting=int(live[2]),
    )
