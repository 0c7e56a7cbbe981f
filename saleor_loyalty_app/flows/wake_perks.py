"""Orders whose rewards, tiers, tags and messages waited for something are looked at again."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.orders import refresh, repository
from saleor_loyalty_app.orders.models import OrderRefresh, OrderState
from saleor_loyalty_app.programs import tag_rows
from saleor_loyalty_app.programs.models import RulePerk
from saleor_loyalty_app.programs.perk_rows import WAITING
from saleor_loyalty_app.stores.refs import StoreRef

_ORDER = "order:"
#: Orders that are woken at once.
PAGE = 500
_M, _O, _P, _F = (table(one).c for one in (Member, OrderState, RulePerk, OrderRefresh))


def wake_waiting(conn: Connection, store: StoreRef, *, now: datetime) -> None:
    """Has orders looked at again whose perks waited and can be given by now.

    Those that are to be read anyway are left to their time: whoever cannot be read is not asked for
    more often for this.
    """
    if not store.earning_on:
        return
    winner = table(Member).alias()
    # Found by the order's id, that its index helps.
    its_order = sa.func.substr(_P.source, len(_ORDER) + 1)
    query = (
        sa.select(_O.order_id)
        .join_from(
            table(RulePerk),
            table(OrderState),
            sa.and_(_O.store_id == _P.store_id, _O.order_id == its_order),
        )
        .join(table(Member), _M.id == _P.member_id)
        .outerjoin(winner, winner.c.id == _M.merged_into)
        .where(
            _P.store_id == store.id,
            _P.state == WAITING,
            _O.gone_at.is_(None),
            sa.or_(
                _P.kind == tag_rows.KIND,
                sa.func.coalesce(winner.c.user_id, _M.user_id).is_not(None),
            ),
            ~sa.exists().where(_F.store_id == _O.store_id, _F.order_id == _O.order_id),
        )
        .distinct()
        .limit(PAGE)
    )
    if not store.spending_on:
        query = query.where(_P.kind != "issue_reward")
    orders = sorted(conn.execute(query).scalars())
    if orders:
        repository.lock_orders(conn, store.id, orders)
        repository.forget_looks(conn, store.id, orders)
        refresh.wish_refresh(conn, store.id, orders, due_at=now, now=now)
