"""Tags that rules gave to members, as rows (`programs.models.RulePerk`)."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.programs import perk_rows
from saleor_loyalty_app.programs.models import RulePerk
from saleor_loyalty_app.programs.perk_rows import ENDED, GIVEN

KIND = "tag"
_row = table(RulePerk).c


def orders_of(conn: Connection, store_id: int, member_ids: Collection[int]) -> dict[str, int]:
    """By how many orders each tag was given to a member, and to who became that member."""
    found: dict[str, int] = {}
    for _, tag in _given(conn, store_id, member_ids):
        found[tag] = found.get(tag, 0) + 1
    return found


def end(
    conn: Connection, store_id: int, member_ids: Collection[int], tag: str, *, now: datetime
) -> bool:
    """Staff took a tag away: those who gave it do so no more. False where none did."""
    ended = [row_id for row_id, given in _given(conn, store_id, member_ids) if given == tag]
    for row_id in ended:
        perk_rows.change(conn, row_id, now=now, state=ENDED)
    return bool(ended)


def forget(conn: Connection, store_id: int, member_ids: Collection[int], *, now: datetime) -> None:
    """The members are erased: it stays that rules gave something, but not what."""
    conn.execute(
        sa.update(table(RulePerk))
        .where(_row.store_id == store_id, _row.member_id.in_(sorted(member_ids)), _row.kind == KIND)
        .values(state=ENDED, detail={}, changed_at=now)
    )


def _given(conn: Connection, store_id: int, member_ids: Collection[int]) -> list[tuple[int, str]]:
    query = (
        sa.select(_row.id, _row.detail)
        .where(
            _row.store_id == store_id,
            _row.member_id.in_(sorted(member_ids)),
            _row.kind == KIND,
            _row.state == GIVEN,
        )
        .order_by(_row.id)
    )
    return [(row.id, str(row.detail["tag"])) for row in conn.execute(query)]
