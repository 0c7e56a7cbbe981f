"""Queries of where codes were seen. All take a connection and none commits."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.rewards.models import RedemptionSighting

sightings = table(RedemptionSighting)
_row = sightings.c


@dataclass(frozen=True, slots=True)
class Sighting:
    """A checkout on which a code was seen; see `rewards.models.RedemptionSighting`."""

    id: int
    store_id: int
    redemption_id: int
    checkout_id: str
    user_id: str | None
    foreign_checkout: bool
    first_seen: datetime
    removed_at: datetime | None
    due_at: datetime | None
    attempts: int

    @property
    def is_off(self) -> bool:
        """The code was taken off there, and somebody looked that it was."""
        return self.removed_at is not None and self.due_at is None


_COLUMNS = tuple(_row[field.name] for field in fields(Sighting))
_ALL = sa.select(*_COLUMNS)


def note(
    conn: Connection,
    store_id: int,
    redemption_id: int,
    checkout_id: str,
    *,
    user_id: str | None,
    foreign: bool,
    now: datetime,
) -> None:
    """Notes that a code was seen on a checkout, which is `foreign` where it does not belong.

    There it is to be taken off at once, also where that was done before: it was put on again.
    """
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    values: dict[str, Any] = {
        "store_id": store_id,
        "redemption_id": redemption_id,
        "checkout_id": checkout_id,
        "user_id": user_id,
        "foreign_checkout": foreign,
        "first_seen": now,
        "removed_at": None,
        "due_at": now if foreign else None,
        "attempts": 0,
    }
    again = ("user_id", "foreign_checkout", "removed_at", "due_at", "attempts")
    conn.execute(
        make(sightings)
        .values(values)
        .on_conflict_do_update(
            index_elements=["redemption_id", "checkout_id"],
            set_={name: values[name] for name in again},
        )
    )


def find(conn: Connection, redemption_id: int, checkout_id: str) -> Sighting | None:
    """What is known of a code on a checkout."""
    return _one(
        conn.execute(
            _ALL.where(_row.redemption_id == redemption_id, _row.checkout_id == checkout_id)
        ).one_or_none()
    )


def of_redemption(conn: Connection, redemption_id: int) -> list[Sighting]:
    """Everywhere a code was seen, the latest first."""
    query = _ALL.where(_row.redemption_id == redemption_id).order_by(_row.id.desc())
    return [Sighting(*row) for row in conn.execute(query)]


def unwelcome_elsewhere(
    conn: Connection, redemption_id: int, checkout_id: str | None, now: datetime
) -> None:
    """A code is used up: has it taken off all checkouts but the one that used it."""
    statement = sa.update(sightings).where(
        _row.redemption_id == redemption_id, _row.removed_at.is_(None)
    )
    if checkout_id is not None:
        statement = statement.where(_row.checkout_id != checkout_id)
    conn.execute(statement.values(foreign_checkout=True, due_at=now, attempts=0))


def due(conn: Connection, store_id: int, now: datetime, limit: int) -> list[Sighting]:
    """The codes to be taken off somewhere now, the longest due first."""
    query = (
        _ALL.where(_row.store_id == store_id, _row.due_at <= now)
        .order_by(_row.due_at, _row.id)
        .limit(limit)
    )
    return [Sighting(*row) for row in conn.execute(query)]


def stores_with_due(conn: Connection, now: datetime) -> list[int]:
    """The ids of stores where a code is to be taken off somewhere now."""
    query = sa.select(_row.store_id).where(_row.due_at <= now).distinct()
    return list(conn.execute(query.order_by(_row.store_id)).scalars())


def claim(conn: Connection, sighting: Sighting, until: datetime) -> bool:
    """Puts off the next look, so that one worker has the sighting; False where another had it."""
    claimed = conn.execute(
        sa.update(sightings)
        .where(_row.id == sighting.id, _row.due_at == sighting.due_at)
        .values(due_at=until)
        .returning(_row.id)
    )
    return claimed.one_or_none() is not None


def taking(
    conn: Connection,
    redemption_id: int,
    checkout_id: str,
    now: datetime,
    *,
    due_at: datetime | None,
) -> None:
    """A code is about to be taken off a checkout: whoever dies now is followed by another.

    Args:
        due_at: when that is; None = the checkout is the code's own, and its driver looks.
    """
    conn.execute(_at(redemption_id, checkout_id).values(removed_at=now, due_at=due_at))


def looked(
    conn: Connection,
    redemption_id: int,
    checkout_id: str,
    *,
    removed_at: datetime | None,
    due_at: datetime | None,
) -> None:
    """Somebody looked what came of taking a code off, unless it was seen there again meanwhile."""
    conn.execute(
        _at(redemption_id, checkout_id)
        .where(_row.removed_at.is_not(None))
        .values(removed_at=removed_at, due_at=due_at, attempts=0)
    )


def removed(conn: Connection, sighting_id: int, claimed_until: datetime, now: datetime) -> None:
    """The code is off the checkout; unless it was seen there again meanwhile."""
    conn.execute(
        sa.update(sightings)
        .where(_row.id == sighting_id, _row.due_at == claimed_until)
        .values(removed_at=now, due_at=None, attempts=0)
    )


def later(
    conn: Connection, sighting_id: int, claimed_until: datetime, due_at: datetime, *, failed: bool
) -> None:
    """Looks again at `due_at`: the code is there still, or nobody knows as a try `failed`."""
    values = {"attempts": _row.attempts + 1} if failed else {"attempts": 0, "removed_at": None}
    conn.execute(
        sa.update(sightings)
        .where(_row.id == sighting_id, _row.due_at == claimed_until)
        .values(due_at=due_at, **values)
    )


def of_checkouts(
    conn: Connection, store_id: int, checkout_ids: Sequence[str]
) -> list[tuple[int, str]]:
    """(redemption, checkout) of every code that was seen on one of the checkouts."""
    query = sa.select(_row.redemption_id, _row.checkout_id).where(
        _row.store_id == store_id, _row.checkout_id.in_(list(checkout_ids))
    )
    return [(row.redemption_id, row.checkout_id) for row in conn.execute(query)]


def _at(redemption_id: int, checkout_id: str) -> sa.Update:
    return sa.update(sightings).where(
        _row.redemption_id == redemption_id, _row.checkout_id == checkout_id
    )


def _one(row: Any) -> Sighting | None:
    return None if row is None else Sighting(*row)
