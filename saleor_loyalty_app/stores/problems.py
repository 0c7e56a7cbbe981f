"""Problems that the owner has to know of, under stable keys, until they are mended.

Rooms report and resolve as often as they look; a task tells Saleor what changed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.i18n import Words
from saleor_loyalty_app.stores.models import StoreProblem
from saleor_loyalty_app.stores.refs import StoreRef

_PROBLEM = table(StoreProblem)
#: Saleor's limits: keys of 3 to 128 characters, messages of up to 2048.
LONGEST_KEY = 128
LONGEST_MESSAGE = 2048


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem as the owner reads it. `is_shown`: Saleor has it, perhaps with an older message.

    `message` is in the language of the store.
    """

    key: str
    message: str
    first_seen: datetime
    last_seen: datetime
    is_shown: bool
    words: Words | None = None

    def said(self, language: str) -> str:
        """The message for a reader of `language`, if it is known in more than the store's own."""
        return self.message if self.words is None else self.words.said(language)


def report_words(conn: Connection, store: StoreRef, key: str, words: Words, now: datetime) -> None:
    """Notes a problem that Saleor is told in the store's language, and each reader in theirs."""
    message = words.said(store.language)[:LONGEST_MESSAGE]
    report_problem(conn, store.id, key, message, now, words)


def report_problem(
    conn: Connection,
    store_id: int,
    key: str,
    message: str,
    now: datetime,
    words: Words | None = None,
) -> None:
    """Notes that the problem `key` is there. A changed message is told anew.

    Raises:
        ValueError: the key or message is not what Saleor takes: a mistake of the caller.
    """
    if not 3 <= len(key) <= LONGEST_KEY or not 3 <= len(message) <= LONGEST_MESSAGE:
        raise ValueError(f"Saleor does not take the problem {key!r}")
    insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    statement = insert(_PROBLEM).values(
        store_id=store_id,
        problem_key=key,
        message=message,
        words=None if words is None else words.document(),
        first_seen=now,
        last_seen=now,
    )
    returned = _PROBLEM.c.resolved_at.is_not(None)
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=[_PROBLEM.c.store_id, _PROBLEM.c.problem_key],
            set_={
                "message": statement.excluded.message,
                "words": statement.excluded.words,
                "last_seen": now,
                "first_seen": sa.case((returned, now), else_=_PROBLEM.c.first_seen),
                "resolved_at": None,
            },
        )
    )


def resolve_problem(conn: Connection, store_id: int, key: str, now: datetime) -> None:
    """Notes that the problem `key` is mended, if it was there."""
    conn.execute(
        sa.update(_PROBLEM)
        .where(
            _PROBLEM.c.store_id == store_id,
            _PROBLEM.c.problem_key == key,
            _PROBLEM.c.resolved_at.is_(None),
        )
        .values(resolved_at=now)
    )


def stores_with(conn: Connection, key: str) -> set[int]:
    """The stores of which the problem `key` is open."""
    query = sa.select(_PROBLEM.c.store_id).where(
        _PROBLEM.c.problem_key == key, _PROBLEM.c.resolved_at.is_(None)
    )
    return set(conn.execute(query).scalars())


def open_problems(conn: Connection, store_id: int) -> list[Problem]:
    """The problems that are not mended, oldest first."""
    query = (
        sa.select(_PROBLEM)
        .where(_PROBLEM.c.store_id == store_id, _PROBLEM.c.resolved_at.is_(None))
        .order_by(_PROBLEM.c.first_seen, _PROBLEM.c.id)
    )
    return [_problem(row) for row in conn.execute(query)]


def untold_problems(conn: Connection, store_id: int) -> list[Problem]:
    """The open problems that Saleor does not show, or shows with another message."""
    query = (
        sa.select(_PROBLEM)
        .where(
            _PROBLEM.c.store_id == store_id,
            _PROBLEM.c.resolved_at.is_(None),
            _PROBLEM.c.told_message.is_distinct_from(_PROBLEM.c.message),
        )
        .order_by(_PROBLEM.c.id)
    )
    return [_problem(row) for row in conn.execute(query)]


def undismissed_keys(conn: Connection, store_id: int) -> list[str]:
    """The keys of mended problems that Saleor still shows."""
    query = (
        sa.select(_PROBLEM.c.problem_key)
        .where(
            _PROBLEM.c.store_id == store_id,
            _PROBLEM.c.resolved_at.is_not(None),
            _PROBLEM.c.told_message.is_not(None),
        )
        .order_by(_PROBLEM.c.id)
    )
    return list(conn.execute(query).scalars())


def mark_told(conn: Connection, store_id: int, problems: Iterable[Problem], now: datetime) -> None:
    """Notes that Saleor shows these problems with these messages."""
    for problem in problems:
        conn.execute(
            sa.update(_PROBLEM)
            .where(
                _PROBLEM.c.store_id == store_id,
                _PROBLEM.c.problem_key == problem.key,
            )
            .values(told_message=problem.message, reported_at=now)
        )


def mark_dismissed(conn: Connection, store_id: int, keys: Iterable[str], now: datetime) -> None:
    """Notes that Saleor no longer shows these problems."""
    conn.execute(
        sa.update(_PROBLEM)
        .where(
            _PROBLEM.c.store_id == store_id,
            _PROBLEM.c.problem_key.in_(list(keys)),
        )
        .values(told_message=None, dismissed_at=now)
    )


def forget_told(conn: Connection, store_id: int) -> None:
    """Notes that Saleor shows nothing any more: a new installation begins without problems."""
    conn.execute(
        sa.update(_PROBLEM).where(_PROBLEM.c.store_id == store_id).values(told_message=None)
    )


def _problem(row: sa.Row[tuple[object, ...]]) -> Problem:
    return Problem(
        key=row.problem_key,
        message=row.message,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        is_shown=row.told_message is not None,
        words=None if row.words is None else Words.of(row.words),
    )
