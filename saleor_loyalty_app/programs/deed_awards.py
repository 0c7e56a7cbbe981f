"""Deeds that were decided, as rows. Never commits."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.programs.decide_deed import DeedDecision, Grant
from saleor_loyalty_app.programs.deeds import DeedFacts
from saleor_loyalty_app.programs.member_facts import MemberFacts
from saleor_loyalty_app.programs.models import DeedAward

_awards = table(DeedAward)


@dataclass(frozen=True, slots=True)
class DeedRow:
    """A deed that was decided; `member_id` is who it was booked for then."""

    id: int
    member_id: int
    trigger: str
    at: datetime
    revision_id: int
    grants: tuple[Grant, ...]
    reversed_at: datetime | None

    @property
    def source(self) -> str:
        """What the deed's entries are found by."""
        return f"deed:{self.trigger}:{self.id}"


_COLUMNS = tuple(_awards.c[name] for name in DeedRow.__dataclass_fields__ if name != "source")


def decided(
    conn: Connection, store_id: int, member_ids: Collection[int], deed_key: str
) -> DeedRow | None:
    """A deed of a member, or of who was merged into them; the first, where there are several."""
    row = conn.execute(
        sa.select(*_COLUMNS)
        .where(
            _awards.c.store_id == store_id,
            _awards.c.member_id.in_(list(member_ids)),
            _awards.c.deed_key == deed_key,
        )
        .order_by(_awards.c.id)
        .limit(1)
    ).one_or_none()
    return None if row is None else _made(row)


def misses_of(
    conn: Connection, store_id: int, member_ids: Collection[int], deed_key: str
) -> list[dict[str, Any]]:
    """Why rules gave nothing for a deed that was decided: {"rule", "reason"} of each."""
    found = conn.execute(
        sa.select(_awards.c.misses)
        .where(
            _awards.c.store_id == store_id,
            _awards.c.member_id.in_(list(member_ids)),
            _awards.c.deed_key == deed_key,
        )
        .order_by(_awards.c.id)
        .limit(1)
    ).scalar_one_or_none()
    return list(found or ())


def add(
    conn: Connection,
    store_id: int,
    member_id: int,
    revision_id: int,
    deed: DeedFacts,
    member: MemberFacts,
    decision: DeedDecision,
    *,
    now: datetime,
) -> DeedRow:
    """Notes what was decided."""
    made = conn.execute(
        sa.insert(_awards)
        .values(
            store_id=store_id,
            member_id=member_id,
            deed_key=deed.key,
            trigger=deed.trigger,
            about=deed.on,
            at=deed.at,
            awarded_at=now,
            revision_id=revision_id,
            member_facts=member.to_json(),
            grants=_listed(decision.grants),
            misses=[{"rule": one.rule_id, "reason": one.reason} for one in decision.misses],
        )
        .returning(*_COLUMNS)
    )
    return _made(made.one())


def mark_reversed(conn: Connection, row_id: int, *, now: datetime) -> None:
    """Notes that what a deed brought was taken back."""
    conn.execute(sa.update(_awards).where(_awards.c.id == row_id).values(reversed_at=now))


def _listed(grants: Sequence[Grant]) -> list[dict[str, Any]]:
    return [
        {"rule": one.rule_id, "unit": one.unit, "points": one.points, "reason": one.reason}
        for one in grants
    ]


def _made(row: Any) -> DeedRow:
    grants = tuple(
        Grant(one["rule"], one["unit"], one["points"], one["reason"]) for one in row.grants
    )
    return DeedRow(
        row.id, row.member_id, row.trigger, row.at, row.revision_id, grants, row.reversed_at
    )
