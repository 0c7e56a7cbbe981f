"""Orders that need another look although Saleor may never tell of a change. Queries only."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.orders.goods import ENDED_STATUSES, OPEN_STATUSES, PARTLY_BACK_STATUSES
from saleor_loyalty_app.orders.models import OrderState

_states = table(OrderState)
_members = table(Member)

#: So long after its creation a guest's order is watched for an owner; later, Saleor's account
#: events and the join by address are what is left.
GUEST_WATCH = timedelta(days=90)
#: So long after its last change that Saleor dates an order of which something came back is watched,
#: since nearly every such order stays as it is for good. A webhook tells of later returns too.
RETURN_WATCH = timedelta(days=90)


def orders_to_watch(
    conn: Connection, store_id: int, *, after_id: int, now: datetime, limit: int
) -> list[tuple[int, str]]:
    """Open orders, and recent orders of guests; a page of (row id, order id) behind `after_id`."""
    still_coming_back = sa.or_(
        _states.c.status.not_in(PARTLY_BACK_STATUSES),
        _states.c.deferred.is_(sa.true()),
        _states.c.updated_at > now - RETURN_WATCH,
    )
    of_guest = sa.exists().where(
        _members.c.id == _states.c.member_id,
        _members.c.user_id.is_(None),
        _members.c.state == "guest",
    )
    query = (
        sa.select(_states.c.id, _states.c.order_id)
        .where(
            _states.c.store_id == store_id,
            _states.c.id > after_id,
            _states.c.gone_at.is_(None),
            sa.or_(
                sa.and_(_states.c.open.is_(sa.true()), still_coming_back),
                sa.and_(
                    _states.c.created_at > now - GUEST_WATCH,
                    _states.c.status.not_in(ENDED_STATUSES),
                    of_guest,
                ),
            ),
        )
        .order_by(_states.c.id)
        .limit(limit)
    )
    return [(row.id, row.order_id) for row in conn.execute(query)]


def unfulfilled_orders(
    conn: Connection, store_id: int, *, paid_before: datetime, limit: int = 100
) -> list[str]:
    """Numbers of orders paid before an instant whose points still wait for their fulfillment."""
    query = (
        sa.select(_states.c.number)
        .where(
            _states.c.store_id == store_id,
            _states.c.paid_at < paid_before,
            _states.c.fulfilled_at.is_(None),
            _states.c.status.in_(OPEN_STATUSES),
            _states.c.withheld == "",
            _states.c.revision_id.is_not(None),
            _states.c.gone_at.is_(None),
        )
        .order_by(_states.c.paid_at)
        .limit(limit)
    )
    return list(conn.execute(query).scalars())
