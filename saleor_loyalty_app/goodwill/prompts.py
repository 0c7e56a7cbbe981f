"""Prompts as rows. All take a connection and none commits."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.goodwill.models import GoodwillPrompt

_prompts = table(GoodwillPrompt)
_P = _prompts.c
OPEN, WAITING, GIVEN, DECLINED = "open", "waiting", "given", "declined"


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt as it was read; see `goodwill.models.GoodwillPrompt`."""

    id: int
    store_id: int
    member_id: int
    order_id: str
    order_number: str
    channel: str
    currency: str
    signal: str
    facts: dict[str, Any]
    suggested: str
    points: int
    amount_milli: int
    as_code: bool
    automatic: bool
    state: str
    opened_at: datetime
    opened_by: str
    note: str
    decision_note: str
    decided_at: datetime | None
    decided_by: str
    given: int
    adjustment_id: int | None
    code_state: str
    code_why: str
    redemption: str


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the prompts of one signal that were opened in a span of time."""

    signal: str
    state: str
    prompts: int
    points: int


_ALL = sa.select(*(_P[field.name] for field in fields(Prompt)))


def add(conn: Connection, values: dict[str, Any]) -> int | None:
    """Opens a prompt; None where the order had one of this signal before."""
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    made: int | None = conn.execute(
        make(_prompts)
        .values(values)
        .on_conflict_do_nothing(index_elements=["store_id", "order_id", "signal"])
        .returning(_P.id)
    ).scalar_one_or_none()
    return made


def by_id(conn: Connection, store_id: int, prompt_id: int, *, lock: bool = False) -> Prompt | None:
    """One prompt; `lock` holds it until the transaction ends."""
    query = _ALL.where(_P.store_id == store_id, _P.id == prompt_id)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else Prompt(*row)


def of_order(conn: Connection, store_id: int, order_id: str, signal: str) -> Prompt | None:
    """The prompt of an order for a signal."""
    query = _ALL.where(_P.store_id == store_id, _P.order_id == order_id, _P.signal == signal)
    row = conn.execute(query).one_or_none()
    return None if row is None else Prompt(*row)


def page(
    conn: Connection, store_id: int, *, waiting: bool, first: int, after: int | None = None
) -> list[Prompt]:
    """Prompts that wait for staff, oldest first; or those that are decided, newest first."""
    undecided = (OPEN, WAITING)
    if waiting:
        query = _ALL.where(_P.store_id == store_id, _P.state.in_(undecided)).order_by(_P.id)
        query = query if after is None else query.where(_P.id > after)
    else:
        query = _ALL.where(_P.store_id == store_id, _P.state.not_in(undecided))
        query = query.order_by(_P.id.desc())
        query = query if after is None else query.where(_P.id < after)
    return [Prompt(*row) for row in conn.execute(query.limit(first))]


def count_open(conn: Connection, store_id: int) -> int:
    """How many prompts nobody has decided."""
    query = sa.select(sa.func.count()).where(_P.store_id == store_id, _P.state == OPEN)
    return int(conn.execute(query).scalar_one())


def change(conn: Connection, prompt_id: int, **values: Any) -> None:
    """Changes a prompt that is locked."""
    conn.execute(sa.update(_prompts).where(_P.id == prompt_id).values(values))


def times_given(
    conn: Connection, store_id: int, member_ids: Sequence[int], since: datetime, *, but: int
) -> int:
    """How often members were given something, or are about to be, since a time; without one."""
    query = sa.select(sa.func.count()).where(
        _P.store_id == store_id,
        _P.member_id.in_(member_ids),
        _P.state.in_((WAITING, GIVEN)),
        _P.decided_at > since,
        _P.id != but,
    )
    return int(conn.execute(query).scalar_one())


def times_of(
    conn: Connection, store_id: int, member_ids: Sequence[int], since: datetime
) -> list[datetime]:
    """When members were given something since a time; what waits for approval is left out."""
    query = sa.select(_P.decided_at).where(
        _P.store_id == store_id,
        _P.member_id.in_(member_ids),
        _P.state == GIVEN,
        _P.decided_at > since,
    )
    return list(conn.execute(query.order_by(_P.decided_at)).scalars())


def by_adjustment(conn: Connection, store_id: int, adjustment_id: int) -> Prompt | None:
    """The prompt for which points wait for approval."""
    query = _ALL.where(
        _P.store_id == store_id, _P.adjustment_id == adjustment_id, _P.state == WAITING
    )
    row = conn.execute(query.with_for_update()).one_or_none()
    return None if row is None else Prompt(*row)


def automatic_ones(conn: Connection, store_id: int, *, limit: int, after: int = 0) -> list[int]:
    """The next prompts that are to be given without a person."""
    query = (
        sa.select(_P.id)
        .where(
            _P.store_id == store_id,
            _P.state == OPEN,
            _P.automatic.is_(sa.true()),
            _P.id > after,
        )
        .order_by(_P.id)
        .limit(limit)
    )
    return list(conn.execute(query).scalars())


def codes_wanted(conn: Connection, store_id: int, *, limit: int) -> list[Prompt]:
    """Prompts whose points are to become a code; those of which none is on its way come first."""
    query = _ALL.where(_P.store_id == store_id, _P.code_state == "wanted", _P.state == GIVEN)
    query = query.order_by(_P.redemption != "", _P.id)
    return [Prompt(*row) for row in conn.execute(query.limit(limit))]


def stores_with_work(conn: Connection) -> set[int]:
    """The stores with something to give, or a code to make."""
    automatic = sa.and_(_P.state == OPEN, _P.automatic.is_(sa.true()))
    wanted = sa.and_(_P.code_state == "wanted", _P.state == GIVEN)
    query = sa.select(_P.store_id).where(sa.or_(automatic, wanted)).distinct()
    return set(conn.execute(query).scalars())


def tallies(conn: Connection, store_id: int, since: datetime) -> list[Tally]:
    """What became of what was opened since a time, by signal and state."""
    query = (
        sa.select(_P.signal, _P.state, sa.func.count(), sa.func.sum(_P.given))
        .where(_P.store_id == store_id, _P.opened_at >= since)
        .group_by(_P.signal, _P.state)
        .order_by(_P.signal, _P.state)
    )
    return [
        Tally(signal, state, int(number), int(points or 0))
        for signal, state, number, points in conn.execute(query)
    ]


def hand_over(conn: Connection, store_id: int, *, giver: int, taker: int) -> None:
    """The prompts of one member become those of the one they were merged into."""
    conn.execute(
        sa.update(_prompts)
        .where(_P.store_id == store_id, _P.member_id == giver)
        .values(member_id=taker)
    )


def forget_members(conn: Connection, store_id: int, member_ids: Sequence[int]) -> None:
    """Takes away what people wrote about members; what waits for them is declined."""
    theirs = (_P.store_id == store_id, _P.member_id.in_(member_ids))
    conn.execute(sa.update(_prompts).where(*theirs).values(note="", decision_note=""))
    conn.execute(
        sa.update(_prompts)
        .where(*theirs, _P.state.in_((OPEN, WAITING)))
        .values(state=DECLINED, decided_by="app", given=0)
    )
