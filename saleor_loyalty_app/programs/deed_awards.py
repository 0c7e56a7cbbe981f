"""Deeds that were decided, as rows. Never commits."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.programs.decide_deed import DeedDecision, Grant
from saleor_loyalty_app.programs.deeds import DeedFacts
from saleor_loyalty_app.programs.member_facts import MemberFacts
from saleor_loyalty_app.programs.models import DeedAward
from saleor_loyalty_app.programs.perks import PlannedEffect, effect_of
from saleor_loyalty_app.programs.tier_deeds import TIER_REACHED

_awards = table(DeedAward)


@dataclass(frozen=True, slots=True)
class DeedRow:
    """A deed that was decided; `member_id` is who it was booked for then."""

    id: int
    member_id: int
    deed_key: str
    trigger: str
    at: datetime
    revision_id: int
    grants: tuple[Grant, ...]
    reversed_at: datetime | None

    @property
    def source(self) -> str:
        """What the deed's entries are found by."""
        return f"deed:{self.trigger}:{self.id}"

    @property
    def perk_source(self) -> str:
        """What is found by it that the deed brought beside points."""
        return perk_source(self.member_id, self.deed_key)

    @property
    def perks(self) -> tuple[tuple[str, PlannedEffect], ...]:
        """By which rule it brought what beside points."""
        return tuple((one.rule_id, one.perk) for one in self.grants if one.perk is not None)


_COLUMNS = tuple(_awards.c[field.name] for field in fields(DeedRow))
#: What every source of a deed begins with.
DEEDS = "deed:"


def perk_source(member_id: int, deed_key: str) -> str:
    """By which deed something was given; a store that was restored finds the same again."""
    return f"{DEEDS}{member_id}:{deed_key}"


def deed_named(source: str) -> tuple[int, str] | None:
    """Whose and which deed `perk_source` named; None = it is of no deed."""
    member_id, _, key = source.removeprefix(DEEDS).partition(":")
    fits = source.startswith(DEEDS) and member_id.isdecimal()
    return (int(member_id), key) if fits else None


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


def cap_source(conn: Connection, store_id: int, source: str) -> str:
    """What draws of caps by what a rule gave beside points: the order, or the deed's entries."""
    named = deed_named(source)
    if named is None:
        return source
    deed = decided(conn, store_id, [named[0]], named[1])
    return source if deed is None else deed.source


def of_sources(conn: Connection, store_id: int, sources: Collection[str]) -> list[DeedRow]:
    """The deeds that entries name as their sources, in the order of their ids."""
    ids = {int(one.rpartition(":")[2]) for one in sources if _is_source(one)}
    if not ids:
        return []
    query = sa.select(*_COLUMNS).where(_awards.c.store_id == store_id, _awards.c.id.in_(ids))
    return [_made(row) for row in conn.execute(query.order_by(_awards.c.id))]


def of_members(
    conn: Connection, store_id: int, member_ids: Collection[int], deed_keys: Collection[str]
) -> list[DeedRow]:
    """The deeds of some members that have one of these keys, in the order of their ids."""
    if not member_ids or not deed_keys:
        return []
    query = sa.select(*_COLUMNS).where(
        _awards.c.store_id == store_id,
        _awards.c.member_id.in_(sorted(member_ids)),
        _awards.c.deed_key.in_(sorted(set(deed_keys))),
    )
    return [_made(row) for row in conn.execute(query.order_by(_awards.c.id))]


def on_levels(conn: Connection, store_id: int, member_ids: Collection[int]) -> list[DeedRow]:
    """What some members were given for reaching levels, in the order of their ids."""
    query = sa.select(*_COLUMNS).where(
        _awards.c.store_id == store_id,
        _awards.c.member_id.in_(sorted(member_ids)),
        _awards.c.trigger == TIER_REACHED,
    )
    return [_made(row) for row in conn.execute(query.order_by(_awards.c.id))]


def _is_source(source: str) -> bool:
    return source.startswith(DEEDS) and source.rpartition(":")[2].isdecimal()


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
    return [_told(one) for one in grants]


def _told(grant: Grant) -> dict[str, Any]:
    told = {"rule": grant.rule_id, "unit": grant.unit, "points": grant.points}
    perk = {} if grant.perk is None else {"effect": grant.perk.model_dump(mode="json")}
    return {**told, "reason": grant.reason, **perk}


def _grant(told: dict[str, Any]) -> Grant:
    perk = effect_of(told["effect"]) if "effect" in told else None
    return Grant(told["rule"], told["unit"], told["points"], told["reason"], perk)


def _made(row: Any) -> DeedRow:
    values = row._asdict() | {"grants": tuple(_grant(one) for one in row.grants)}
    return DeedRow(**values)
