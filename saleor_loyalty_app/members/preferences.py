"""How members want to be told of their own points: in which language, and by which channels.

Consent to offers is another thing: see `members.consents`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members.consents import Channel
from saleor_loyalty_app.members.models import MemberIdentity, MemberPreference

_preference, _identity = table(MemberPreference), table(MemberIdentity)


@dataclass(frozen=True, slots=True)
class Preference:
    """What a member prefers.

    Attributes:
        language: "" = as Saleor has it.
        muted: channels by which they want no news of their points.
    """

    language: str = ""
    muted: frozenset[Channel] = frozenset()


def preference_of(conn: Connection, store_id: int, member_id: int) -> Preference:
    """What a member prefers, or what holds for who said nothing."""
    return preferences_of(conn, store_id, [member_id]).get(member_id, Preference())


def preferences_of(
    conn: Connection, store_id: int, member_ids: Sequence[int]
) -> dict[int, Preference]:
    """What members prefer, of those who said something."""
    query = sa.select(_preference).where(
        _preference.c.store_id == store_id, _preference.c.member_id.in_(set(member_ids))
    )
    return {
        row.member_id: Preference(
            row.language, frozenset(Channel(name) for name in row.muted if name in list(Channel))
        )
        for row in conn.execute(query)
    }


def language_of_member(conn: Connection, store_id: int, member_id: int) -> str:
    """The language a member chose, else the one Saleor knows; "" = nobody knows."""
    if chosen := preference_of(conn, store_id, member_id).language:
        return chosen
    query = sa.select(_identity.c.language).where(
        _identity.c.store_id == store_id, _identity.c.member_id == member_id
    )
    return str(conn.execute(query).scalar_one_or_none() or "")


def prefer(
    conn: Connection,
    store_id: int,
    member_id: int,
    *,
    now: datetime,
    language: str | None = None,
    muted: Iterable[Channel] | None = None,
) -> Preference:
    """Changes what is not None; gives all of it as it is now."""
    before = preference_of(conn, store_id, member_id)
    after = Preference(
        before.language if language is None else language,
        before.muted if muted is None else frozenset(muted),
    )
    values: dict[str, Any] = {
        "language": after.language,
        "muted": sorted(channel.value for channel in after.muted),
        "updated_at": now,
    }
    insert = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    conn.execute(
        insert(_preference)
        .values(store_id=store_id, member_id=member_id, **values)
        .on_conflict_do_update(index_elements=[_preference.c.member_id], set_=values)
    )
    return after


def forget_preferences(conn: Connection, store_id: int, member_ids: Sequence[int]) -> None:
    """Forgets what members preferred."""
    conn.execute(
        sa.delete(_preference).where(
            _preference.c.store_id == store_id, _preference.c.member_id.in_(member_ids)
        )
    )
