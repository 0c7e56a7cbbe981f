"""What members had by rules with caps, as rows. Never commits.

Whoever draws holds the member's account, so that two draws at once never exceed a cap.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.programs.caps import MemberCap, period_of, whole
from saleor_loyalty_app.programs.member_facts import Used
from saleor_loyalty_app.programs.models import CapUse

_uses = table(CapUse)
#: When it began and before when it ends; None = all time.
_Period = tuple[datetime, datetime] | None
NOTHING: Mapping[str, Collection[str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Draw:
    """What one source took of a rule's cap."""

    points: int
    times: int

    @classmethod
    def of(cls, points: Fraction) -> "Draw":
        """What so many exact points take; nothing is no time."""
        return cls(whole(points), int(points > 0))


def used_by(
    conn: Connection,
    store_id: int,
    member_ids: Collection[int],
    caps: Mapping[str, MemberCap],
    *,
    at: datetime,
    timezone: str,
    but: str = "",
    waiting: Mapping[str, Collection[str]] = NOTHING,
) -> dict[str, Used]:
    """What a member, and who was merged into them, had by each rule in the period of `at`.

    It is asked once for each kind of period, whatever the number of rules.

    Args:
        but: a source that does not count.
        waiting: more that do not, by rule.
    """
    rules_of: dict[_Period, list[str]] = {}
    for rule_id, cap in caps.items():
        rules_of.setdefault(period_of(at, cap.period, timezone), []).append(rule_id)
    found: dict[str, Used] = {}
    for period, rule_ids in rules_of.items():
        query = _used(store_id, member_ids, rule_ids, period).where(_uses.c.source != but)
        if left_out := [
            sa.and_(_uses.c.rule_id == rule_id, _uses.c.source.in_(sorted(waiting[rule_id])))
            for rule_id in rule_ids
            if waiting.get(rule_id)
        ]:
            query = query.where(sa.not_(sa.or_(*left_out)))
        for row in conn.execute(query):
            found[row.rule_id] = Used(int(row.points), int(row.times))
    return {rule_id: found.get(rule_id, Used()) for rule_id in caps}


def _used(
    store_id: int, member_ids: Collection[int], rule_ids: Collection[str], period: _Period
) -> sa.Select[Any]:
    query = (
        sa.select(
            _uses.c.rule_id,
            sa.func.sum(_uses.c.points).label("points"),
            sa.func.sum(_uses.c.times).label("times"),
        )
        .where(
            _uses.c.store_id == store_id,
            _uses.c.member_id.in_(list(member_ids)),
            _uses.c.rule_id.in_(list(rule_ids)),
        )
        .group_by(_uses.c.rule_id)
    )
    if period is None:
        return query
    return query.where(_uses.c.at >= period[0], _uses.c.at < period[1])


def draw(
    conn: Connection,
    store_id: int,
    member_id: int,
    source: str,
    draws: Mapping[str, Draw],
    *,
    at: datetime,
) -> None:
    """Sets what a source takes of each cap now, whatever it took before; nothing gives it back."""
    taken = {rule_id: one for rule_id, one in draws.items() if one.points or one.times}
    conn.execute(
        sa.delete(_uses).where(
            _uses.c.store_id == store_id,
            _uses.c.source == source,
            _uses.c.rule_id.not_in(list(taken)),
        )
    )
    if not taken:
        return
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    statement = make(_uses)
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=[_uses.c.store_id, _uses.c.source, _uses.c.rule_id],
            set_={
                name: statement.excluded[name] for name in ("member_id", "at", "points", "times")
            },
        ),
        [
            {
                "store_id": store_id,
                "member_id": member_id,
                "rule_id": rule_id,
                "source": source,
                "at": at,
                "points": one.points,
                "times": one.times,
            }
            for rule_id, one in sorted(taken.items())
        ],
    )


def draw_once(
    conn: Connection, store_id: int, member_id: int, source: str, rule_id: str, *, at: datetime
) -> None:
    """A source takes one time of one cap, if it did not yet; the others keep what it took."""
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    statement = make(_uses).values(
        store_id=store_id,
        member_id=member_id,
        rule_id=rule_id,
        source=source,
        at=at,
        points=0,
        times=1,
    )
    conn.execute(statement.on_conflict_do_nothing())


def give_back(conn: Connection, store_id: int, source: str, rule_id: str) -> None:
    """What a source took of one cap is free again; the others keep what it took."""
    conn.execute(
        sa.delete(_uses).where(
            _uses.c.store_id == store_id, _uses.c.source == source, _uses.c.rule_id == rule_id
        )
    )
