"""Queries of the adjustments. All take a connection and none commits."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from saleor_loyalty_app.adjustments.budget import Moved
from saleor_loyalty_app.adjustments.models import Adjustment, StaffAllowance, StaffMember
from saleor_loyalty_app.db.tables import table

adjustments = table(Adjustment)
staff = table(StaffMember)
allowances = table(StaffAllowance)
_row = adjustments.c


@dataclass(frozen=True, slots=True)
class AdjustmentRef:
    """An adjustment as it was read; see `adjustments.models.Adjustment`."""

    id: int
    store_id: int
    member_id: int
    points: int
    reason: str
    note: str
    state: str
    requested_by: str
    request_hash: str
    requested_at: datetime
    within_budget: bool
    decided_by: str
    decided_at: datetime | None
    decision_note: str
    entry_id: int | None
    order_number: str


_ALL = sa.select(*(_row[field.name] for field in fields(AdjustmentRef)))


def by_id(
    conn: Connection, store_id: int, adjustment_id: int, *, lock: bool = False
) -> AdjustmentRef | None:
    """One adjustment; `lock` holds it until the transaction ends."""
    query = _ALL.where(_row.store_id == store_id, _row.id == adjustment_id)
    return _ref(conn.execute(query.with_for_update() if lock else query).one_or_none())


def by_request(conn: Connection, store_id: int, actor: str, key: str) -> AdjustmentRef | None:
    """What a request of a staff member led to."""
    query = _ALL.where(
        _row.store_id == store_id, _row.requested_by == actor, _row.request_key == key
    )
    return _ref(conn.execute(query).one_or_none())


def page(
    conn: Connection,
    store_id: int,
    *,
    first: int,
    before: int | None = None,
    state: str | None = None,
    member_ids: Sequence[int] = (),
) -> list[AdjustmentRef]:
    """Adjustments, newest first, older than `before`; of a state or of members where given."""
    query = _ALL.where(_row.store_id == store_id).order_by(_row.id.desc()).limit(first)
    if before is not None:
        query = query.where(_row.id < before)
    if state is not None:
        query = query.where(_row.state == state)
    if member_ids:
        query = query.where(_row.member_id.in_(member_ids))
    return [AdjustmentRef(*row) for row in conn.execute(query)]


def count_waiting(conn: Connection, store_id: int) -> int:
    """How many requests wait to be decided."""
    query = sa.select(sa.func.count()).where(_row.store_id == store_id, _row.state == "waiting")
    return int(conn.execute(query).scalar_one())


def insert(conn: Connection, values: dict[str, Any]) -> int:
    """Writes a new adjustment; gives its id."""
    made: int = conn.execute(sa.insert(adjustments).values(values).returning(_row.id)).scalar_one()
    return made


def change(conn: Connection, adjustment_id: int, **values: Any) -> None:
    """Changes an adjustment that is locked."""
    conn.execute(sa.update(adjustments).where(_row.id == adjustment_id).values(values))


def moved(conn: Connection, store_id: int, actor: str, day: date) -> Moved:
    """What a staff member moved without approval on a day and in its month."""
    amount = sa.func.abs(_row.points)
    today = sa.case((_row.requested_on == day.isoformat(), amount), else_=0)
    row = conn.execute(
        sa.select(
            sa.func.coalesce(sa.func.sum(today), 0), sa.func.coalesce(sa.func.sum(amount), 0)
        ).where(
            _row.store_id == store_id,
            _row.requested_by == actor,
            _row.requested_on >= day.replace(day=1).isoformat(),
            _row.requested_on <= day.isoformat(),
            _row.within_budget.is_(True),
        )
    ).one()
    return Moved(int(row[0]), int(row[1]))


def remember_staff(
    conn: Connection, store_id: int, actor: str, email: str, *, now: datetime
) -> None:
    """Keeps who a staff member is, and lets one deed of theirs at a time until the commit."""
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    values = {"email": email, "seen_at": now}
    statement = make(staff).values(store_id=store_id, actor=actor, **values)
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=[staff.c.store_id, staff.c.actor], set_=values
        )
    )


def staff_emails(conn: Connection, store_id: int, actors: Sequence[str]) -> dict[str, str]:
    """The addresses of staff members by actor, of those who ever changed something."""
    query = sa.select(staff.c.actor, staff.c.email).where(
        staff.c.store_id == store_id, staff.c.actor.in_(set(actors))
    )
    return {row.actor: row.email for row in conn.execute(query)}


def forget_members(conn: Connection, store_id: int, member_ids: Sequence[int]) -> None:
    """Takes away what people wrote about members; what was moved stays told by its reason."""
    conn.execute(
        sa.update(adjustments)
        .where(_row.store_id == store_id, _row.member_id.in_(member_ids))
        .values(note="", decision_note="")
    )
    conn.execute(
        sa.update(adjustments)
        .where(_row.store_id == store_id, _row.member_id.in_(member_ids), _row.state == "waiting")
        .values(state="withdrawn")
    )


def forget_staff(conn: Connection, store_id: int) -> None:
    """Forgets the addresses of a store's staff."""
    conn.execute(sa.delete(staff).where(staff.c.store_id == store_id))
    conn.execute(
        sa.delete(allowances).where(allowances.c.store_id == store_id, allowances.c.email != "")
    )


def hand_over(conn: Connection, store_id: int, *, giver: int, taker: int) -> None:
    """What waits for one member waits for the one it was merged into."""
    conn.execute(
        sa.update(adjustments)
        .where(_row.store_id == store_id, _row.member_id == giver, _row.state == "waiting")
        .values(member_id=taker)
    )


def _ref(row: sa.Row[*tuple[Any, ...]] | None) -> AdjustmentRef | None:
    return None if row is None else AdjustmentRef(*row)
