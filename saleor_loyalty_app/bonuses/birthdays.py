"""Members' birthdays: told, changed once a year, deleted at any time. Nothing here commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.bonuses.celebrating import Birthday
from saleor_loyalty_app.bonuses.errors import BirthdayChangedLately, BirthdayImpossible
from saleor_loyalty_app.bonuses.models import MemberBirthday
from saleor_loyalty_app.db.tables import table

#: A birthday that was told wrongly can be put right at once, and then once a year.
BETWEEN_CHANGES = timedelta(days=365)
_birthdays = table(MemberBirthday)
_row = _birthdays.c


@dataclass(frozen=True, slots=True)
class KnownBirthday:
    """A member's birthday; `born` is None after it was deleted."""

    member_id: int
    born: Birthday | None
    told_at: datetime
    changed_at: datetime | None

    def changeable_from(self) -> datetime | None:
        """From when another day is taken; None = at any time."""
        return None if self.changed_at is None else self.changed_at + BETWEEN_CHANGES


def birthday_of(conn: Connection, store_id: int, member_id: int) -> KnownBirthday | None:
    """What is known of a member's birthday; None where it was never told."""
    row = conn.execute(
        sa.select(_birthdays).where(_row.store_id == store_id, _row.member_id == member_id)
    ).one_or_none()
    if row is None:
        return None
    born = None if row.month is None or row.day is None else Birthday(row.month, row.day)
    return KnownBirthday(row.member_id, born, row.told_at, row.changed_at)


def tell_birthday(
    conn: Connection, store_id: int, member_id: int, born: Birthday, *, now: datetime
) -> KnownBirthday:
    """Keeps the birthday of a member, whose row is locked; the same again changes nothing.

    Raises:
        BirthdayImpossible: there is no such day.
        BirthdayChangedLately: it was changed less than a year ago.
    """
    if not born.is_possible:
        raise BirthdayImpossible(month=born.month, day=born.day)
    known = birthday_of(conn, store_id, member_id)
    if known is None:
        conn.execute(
            sa.insert(_birthdays).values(
                store_id=store_id,
                member_id=member_id,
                month=born.month,
                day=born.day,
                told_at=now,
            )
        )
        return KnownBirthday(member_id, born, now, None)
    if known.born == born:
        return known
    allowed = known.changeable_from()
    if allowed is not None and now < allowed:
        raise BirthdayChangedLately(again_at=allowed.isoformat())
    _change(conn, store_id, member_id, month=born.month, day=born.day, told_at=now, changed_at=now)
    return KnownBirthday(member_id, born, now, now)


def delete_birthday(conn: Connection, store_id: int, member_id: int) -> None:
    """Deletes the day that a member told; when it was changed last is still known."""
    _change(conn, store_id, member_id, month=None, day=None)


def forget_birthdays(conn: Connection, store_id: int, member_ids: Sequence[int]) -> None:
    """Forgets all of the birthdays of members."""
    conn.execute(
        sa.delete(_birthdays).where(_row.store_id == store_id, _row.member_id.in_(member_ids))
    )


def hand_over(conn: Connection, store_id: int, *, giver: int, taker: int) -> None:
    """The birthday of one member is that of another from now on, unless that one has its own."""
    if birthday_of(conn, store_id, taker) is not None:
        forget_birthdays(conn, store_id, [giver])
    else:
        _change(conn, store_id, giver, member_id=taker)


def having_birthday(
    conn: Connection,
    store_id: int,
    days: Sequence[Birthday],
    *,
    told_before: datetime,
    after: int,
    limit: int,
) -> list[int]:
    """Members by id, after one, whose birthday is one of `days` and was known in time."""
    same_day = sa.or_(*(sa.and_(_row.month == one.month, _row.day == one.day) for one in days))
    query = (
        sa.select(_row.member_id)
        .where(
            _row.store_id == store_id,
            same_day,
            _row.told_at <= told_before,
            _row.member_id > after,
        )
        .order_by(_row.member_id)
        .limit(limit)
    )
    return list(conn.execute(query).scalars())


def known(conn: Connection, store_id: int) -> int:
    """How many members' birthdays are known."""
    query = sa.select(sa.func.count()).where(_row.store_id == store_id, _row.month.is_not(None))
    return int(conn.execute(query).scalar_one())


def counted_by_day(conn: Connection, store_id: int) -> dict[tuple[int, int], int]:
    """How many members' birthdays are known, by month and day."""
    query = (
        sa.select(_row.month, _row.day, sa.func.count())
        .where(_row.store_id == store_id, _row.month.is_not(None))
        .group_by(_row.month, _row.day)
    )
    return {(month, day): int(number) for month, day, number in conn.execute(query)}


def _change(conn: Connection, store_id: int, member_id: int, /, **values: object) -> None:
    conn.execute(
        sa.update(_birthdays)
        .where(_row.store_id == store_id, _row.member_id == member_id)
        .values(**values)
    )
