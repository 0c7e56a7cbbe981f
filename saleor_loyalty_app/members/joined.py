"""Who joined lately."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members.models import Member, MemberIdentity

_M, _I = table(Member).c, table(MemberIdentity).c


def confirmed_since(conn: Connection, store_id: int, since: datetime) -> int:
    """How many members with a confirmed account joined since then and are still there."""
    query = (
        sa.select(sa.func.count())
        .select_from(sa.join(table(Member), table(MemberIdentity), _I.member_id == _M.id))
        .where(
            _M.store_id == store_id,
            _M.first_enrolled_at >= since,
            _M.user_id.is_not(None),
            _M.merged_into.is_(None),
            _I.confirmed.is_(sa.true()),
        )
    )
    return int(conn.execute(query).scalar_one())
