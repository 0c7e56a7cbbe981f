"""What rules gave beside points, as rows. All functions take a connection and none commits.

Whoever changes a row of an order holds that order's row.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.programs.models import RulePerk
from saleor_loyalty_app.programs.perks import TierPromise

_perks = table(RulePerk)
_row = _perks.c

GIVEN, WAITING, REFUSED = "given", "waiting", "refused"
KEPT, TAKEN, ENDED = "kept", "taken", "ended"
#: States in which a perk counts against the cap of its rule.
COUNTED = frozenset({GIVEN, WAITING, KEPT, ENDED})


@dataclass(frozen=True, slots=True)
class PerkRow:
    """What a rule gave for an order; see `programs.models.RulePerk`."""

    id: int
    store_id: int
    member_id: int
    source: str
    rule_id: str
    kind: str
    state: str
    detail: Mapping[str, Any]
    turns: int

    @property
    def promise(self) -> TierPromise:
        """The tier that was given, and the first day without it."""
        return TierPromise.of(self.detail)


_COLUMNS = tuple(_row[field.name] for field in fields(PerkRow))
_ALL = sa.select(*_COLUMNS)


def of_sources(
    conn: Connection, store_id: int, sources: Collection[str], *, lock: bool = False
) -> list[PerkRow]:
    """The perks of some orders, in the order of their ids."""
    if not sources:
        return []
    query = _ALL.where(_row.store_id == store_id, _row.source.in_(sorted(sources)))
    query = query.order_by(_row.id)
    return [PerkRow(*row) for row in conn.execute(query.with_for_update() if lock else query)]


def need(
    conn: Connection,
    store_id: int,
    source: str,
    rule_id: str,
    *,
    kind: str,
    member_id: int,
    now: datetime,
) -> PerkRow:
    """The row of a rule and an order; made where there is none, as one that is to be given."""
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    new = make(_perks).values(
        store_id=store_id,
        member_id=member_id,
        source=source,
        rule_id=rule_id,
        kind=kind,
        state=WAITING,
        detail={},
        turns=0,
        changed_at=now,
    )
    conn.execute(new.on_conflict_do_nothing())
    query = _ALL.where(
        _row.store_id == store_id, _row.source == source, _row.rule_id == rule_id
    ).with_for_update()
    return PerkRow(*conn.execute(query).one())


def never_given(conn: Connection, store_id: int, member_ids: Collection[int]) -> list[PerkRow]:
    """What waits for some members, and never was theirs so far."""
    query = _ALL.where(
        _row.store_id == store_id,
        _row.member_id.in_(sorted(member_ids)),
        _row.state == WAITING,
        _row.turns == 0,
    )
    return [PerkRow(*row) for row in conn.execute(query.order_by(_row.id))]


def change(conn: Connection, row_id: int, *, now: datetime, **values: Any) -> PerkRow:
    """Writes to a row; gives it as it is then."""
    changed = conn.execute(
        sa.update(_perks)
        .where(_row.id == row_id)
        .values(**values, changed_at=now)
        .returning(*_COLUMNS)
    ).one()
    return PerkRow(*changed)


def by_ids(
    conn: Connection, store_id: int, row_ids: Collection[int], *, lock: bool = False
) -> list[PerkRow]:
    """Some rows, in the order of their ids."""
    query = _ALL.where(_row.store_id == store_id, _row.id.in_(sorted(row_ids))).order_by(_row.id)
    return [PerkRow(*row) for row in conn.execute(query.with_for_update() if lock else query)]


def by_id(conn: Connection, store_id: int, row_id: int) -> PerkRow | None:
    """One row, locked until the transaction ends."""
    query = _ALL.where(_row.store_id == store_id, _row.id == row_id).with_for_update()
    found = conn.execute(query).one_or_none()
    return None if found is None else PerkRow(*found)


def tier_promises(
    conn: Connection,
    store_id: int,
    member_ids: Collection[int],
    *,
    after: date,
    but: int | None = None,
) -> dict[int, list[TierPromise]]:
    """Tiers that rules gave to members, and those that they took the place of, by member.

    The latter whatever became of what took their place: they were staff's word.

    Args:
        after: those alone that hold beyond this day, or through it.
        but: a row that is left out; what it took the place of is not.
    """
    found: dict[int, list[TierPromise]] = {}
    for row in _tier_rows(conn, store_id, member_ids):
        promises = [row.promise] if row.state == GIVEN and row.id != but else []
        if "over" in row.detail:
            promises.append(TierPromise.of(row.detail["over"]))
        for one in promises:
            if one.until > after:
                found.setdefault(row.member_id, []).append(one)
    return found


def given_tiers(
    conn: Connection, store_id: int, member_ids: Collection[int]
) -> frozenset[TierPromise]:
    """The tiers that rules gave to members and did not take back, staff's word aside."""
    rows = _tier_rows(conn, store_id, member_ids)
    return frozenset(row.promise for row in rows if row.state == GIVEN)


def overrule(
    conn: Connection, store_id: int, member_ids: Collection[int], *, now: datetime
) -> None:
    """Staff said which tier members have, or that they have none: what rules gave is over."""
    for row in _tier_rows(conn, store_id, member_ids):
        if row.state != GIVEN and "over" not in row.detail:
            continue
        detail = {name: value for name, value in row.detail.items() if name != "over"}
        state = ENDED if row.state == GIVEN else row.state
        change(conn, row.id, now=now, state=state, detail=detail)


def _tier_rows(conn: Connection, store_id: int, member_ids: Collection[int]) -> list[PerkRow]:
    if not member_ids:
        return []
    query = _ALL.where(
        _row.store_id == store_id,
        _row.member_id.in_(sorted(member_ids)),
        _row.kind == "set_tier",
    )
    return [PerkRow(*row) for row in conn.execute(query.order_by(_row.id))]
