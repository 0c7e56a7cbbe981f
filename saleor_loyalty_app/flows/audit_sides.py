"""How a counter is laid beside the rows that are its truth: statements that give what differs.

Each gives store_id, member_id, unit, subject, about, expected and found, as `ledger.auditing.Drift`
has them.
"""

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

NOBODY: Any = sa.cast(sa.null(), sa.BigInteger)
NO_NAME: Any = sa.literal("")


@dataclass(frozen=True, slots=True)
class Told:
    """Whose a counter is and what it is called, as columns."""

    store: Any
    member: Any = field(default_factory=lambda: NOBODY)
    unit: Any = field(default_factory=lambda: NO_NAME)
    subject: Any = field(default_factory=lambda: NOBODY)
    about: Any = field(default_factory=lambda: NO_NAME)

    @property
    def columns(self) -> tuple[Any, ...]:
        """The columns under their names."""
        return (
            self.store.label("store_id"),
            self.member.label("member_id"),
            self.unit.label("unit"),
            self.subject.label("subject"),
            self.about.label("about"),
        )


@dataclass(frozen=True, slots=True)
class Side:
    """Amounts of rows, and by what beside the store and the unit they are added up."""

    rows: Any
    amount: Any
    key: Any
    told: Told
    where: tuple[Any, ...] = ()

    def select(self, *, counter: bool) -> sa.Select[Any]:
        """The rows as one side of a comparison."""
        nothing = sa.literal(0)
        return (
            sa.select(
                *self.told.columns,
                self.key.label("key"),
                sa.literal(int(counter)).label("counter"),
                (nothing if counter else self.amount).label("expected"),
                (self.amount if counter else nothing).label("found"),
            )
            .select_from(self.rows)
            .where(*self.where)
        )


def total(column: Any) -> Any:
    """A sum that is 0 where there is no row."""
    return sa.cast(sa.func.coalesce(sa.func.sum(column), 0), sa.BigInteger)


def flag(condition: Any) -> Any:
    """1 where it is so, else 0."""
    return sa.case((condition, 1), else_=0)


def differing(rows: Any, told: Told, expected: Any, found: Any, *where: Any) -> sa.Select[Any]:
    """Row by row: what is expected against what is found."""
    return (
        sa.select(*told.columns, expected.label("expected"), found.label("found"))
        .select_from(rows)
        .where(expected != found, *where)
    )


def two_sides(truth: Side, counter: Side) -> sa.Select[Any]:
    """Group by group, also where one side has no row; the counter tells whose it is, if it can."""
    both = sa.union_all(truth.select(counter=False), counter.select(counter=True)).subquery().c
    expected, found = total(both.expected), total(both.found)

    def said(column: Any) -> Any:
        return sa.func.coalesce(
            sa.func.max(sa.case((both.counter == 1, column))), sa.func.max(column)
        )

    told = Told(
        both.store_id, said(both.member_id), both.unit, said(both.subject), said(both.about)
    )
    return (
        sa.select(*told.columns, expected.label("expected"), found.label("found"))
        .group_by(both.store_id, both.unit, both.key)
        .having(expected != found)
    )
