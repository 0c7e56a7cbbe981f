"""Which lines members have passed, as rows. Nothing here commits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.milestones.models import MilestonePassed
from saleor_loyalty_app.programs.milestone_rules import Passed, PassedState

_passed = table(MilestonePassed)
_P = _passed.c
#: Which of several notes on one person says most: a perk that stands may fall, and what was taken
#: back is never given again.
_WEIGHT: tuple[PassedState, ...] = ("before", "nothing", "waiting", "taken", "taking", "given")
#: There was a perk for whom it is noted: the deed is theirs, or of another without such a note.
PERK: tuple[PassedState, ...] = ("given", "taking", "taken")
#: What is done in a transaction of its own after a look.
_OPEN: tuple[PassedState, ...] = ("waiting", "taking")


@dataclass(frozen=True, slots=True)
class Note:
    """What is to be noted of a member and a rule's line of one kind."""

    member_id: int
    rule_id: str
    kind: str
    line: str
    state: PassedState


@dataclass(frozen=True, slots=True)
class OpenPassed:
    """A perk to be given or taken back."""

    member_id: int
    rule_id: str
    kind: str
    line: str
    state: PassedState
    at: datetime


def known_of(
    conn: Connection, store_id: int, members: Sequence[int], absorbed: Mapping[int, int]
) -> dict[tuple[int, str, str], Passed]:
    """By member, rule and kind what was noted; of whom several became one, what says most.

    Args:
        absorbed: who was merged into one of the members, with whom that is.
    """
    rows = conn.execute(
        sa.select(_P.member_id, _P.rule_id, _P.kind, _P.line, _P.state).where(
            _P.store_id == store_id, _P.member_id.in_([*members, *absorbed])
        )
    ).all()
    found: dict[tuple[int, str, str], Passed] = {}
    for row in sorted(rows, key=lambda row: (_WEIGHT.index(row.state), row.member_id)):
        whose = (absorbed.get(row.member_id, row.member_id), row.rule_id, row.kind)
        found[whose] = Passed(row.line, row.state)
    return found


def noted(
    conn: Connection,
    store_id: int,
    members: Sequence[int],
    rule_id: str,
    kind: str,
    *,
    states: Sequence[PassedState],
) -> list[int]:
    """Of whom of some members it was noted that they are in one of these states."""
    query = sa.select(_P.member_id).where(
        _P.store_id == store_id,
        _P.member_id.in_(list(members)),
        _P.rule_id == rule_id,
        _P.kind == kind,
        _P.state.in_(states),
    )
    return list(conn.execute(query.order_by(_P.member_id)).scalars())


def note(conn: Connection, store_id: int, notes: Sequence[Note], *, now: datetime) -> None:
    """Writes down what looks found; what is settled meanwhile stays as it is."""
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    for one in notes:
        statement = make(_passed).values(
            store_id=store_id,
            member_id=one.member_id,
            rule_id=one.rule_id,
            kind=one.kind,
            line=one.line,
            state=one.state,
            points=0,
            at=now,
        )
        replaced = "given" if one.state == "taking" else "before"
        conn.execute(
            statement.on_conflict_do_update(
                index_elements=["member_id", "rule_id", "kind"],
                set_={"state": one.state, "line": one.line, "at": now},
                where=sa.and_(_P.state == replaced, _P.store_id == store_id),
            )
        )


def open_ones(
    conn: Connection, store_id: int, *, limit: int, giving: bool = True
) -> list[OpenPassed]:
    """The oldest perks to be given or taken back; without `giving` those to be taken alone."""
    states = _OPEN if giving else ("taking",)
    rows = conn.execute(
        sa.select(_P.member_id, _P.rule_id, _P.kind, _P.line, _P.state, _P.at)
        .where(_P.store_id == store_id, _P.state.in_(states))
        .order_by(_P.at, _P.member_id, _P.rule_id, _P.kind)
        .limit(limit)
    )
    return [OpenPassed(*row) for row in rows]


def settle(
    conn: Connection, store_id: int, one: OpenPassed, state: PassedState | None, points: int = 0
) -> None:
    """Says what became of a perk; None = it was withheld, and the member is looked at anew."""
    mine = (
        _P.store_id == store_id,
        _P.member_id == one.member_id,
        _P.rule_id == one.rule_id,
        _P.kind == one.kind,
        _P.state == one.state,
    )
    if state is None:
        conn.execute(sa.delete(_passed).where(*mine))
    else:
        values = {"state": state} if state == "taken" else {"state": state, "points": points}
        conn.execute(sa.update(_passed).where(*mine).values(values))


def stores_waiting(conn: Connection) -> set[int]:
    """The stores with perks to give or take back."""
    query = sa.select(_P.store_id).where(_P.state.in_(_OPEN)).distinct()
    return set(conn.execute(query).scalars())


def counts(conn: Connection, store_id: int) -> dict[tuple[str, str], int]:
    """By rule and state how many members there are."""
    query = (
        sa.select(_P.rule_id, _P.state, sa.func.count())
        .where(_P.store_id == store_id)
        .group_by(_P.rule_id, _P.state)
    )
    return {(rule_id, state): int(number) for rule_id, state, number in conn.execute(query)}
