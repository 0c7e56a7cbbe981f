"""Tags that staff put on members. All functions take a connection and none commits.

Rules give tags too (`programs.tag_rows`); what a member has in all says `segments.tagged`.
"""

import re
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members.errors import TagInvalid, TagsTooMany
from saleor_loyalty_app.members.models import MemberTag

#: So many tags staff put on one member.
MOST = 50
#: As `programs.scalars.Identifier`, for rules name them.
FORMAT = r"[a-z0-9][a-z0-9_-]{0,59}"
_FITS = re.compile(FORMAT)
_tags = table(MemberTag)
_row = _tags.c


def checked(tag: str) -> str:
    """The tag as it is kept: without spaces around it.

    Raises:
        TagInvalid: a rule could not name it.
    """
    found = tag.strip()
    if not _FITS.fullmatch(found):
        raise TagInvalid
    return found


def by_staff(
    conn: Connection, store_id: int, member_ids: Sequence[int]
) -> dict[str, tuple[str, datetime]]:
    """The tags that staff put on a member and on who became them: by whom first, and when."""
    query = (
        sa.select(_row.tag, _row.author, _row.at)
        .where(_row.store_id == store_id, _row.member_id.in_(member_ids))
        .order_by(_row.at.desc(), _row.member_id)
    )
    return {row.tag: (row.author, row.at) for row in conn.execute(query)}


def put(
    conn: Connection,
    store_id: int,
    everybody: Sequence[int],
    tag: str,
    *,
    author: str,
    now: datetime,
) -> bool:
    """Puts a tag on a member; False where staff had put it there.

    Args:
        everybody: the member, and who became that member.

    Raises:
        TagsTooMany: the member has as many of staff as there may be.
    """
    has = by_staff(conn, store_id, everybody)
    if tag in has:
        return False
    if len(has) >= MOST:
        raise TagsTooMany(most=MOST)
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    new = make(_tags).values(
        member_id=everybody[0], tag=tag, store_id=store_id, at=now, author=author
    )
    conn.execute(new.on_conflict_do_nothing())
    return True


def take(conn: Connection, store_id: int, everybody: Sequence[int], tag: str) -> bool:
    """Takes a tag away that staff put on a member; False where they did not."""
    gone = conn.execute(
        sa.delete(_tags)
        .where(_row.store_id == store_id, _row.member_id.in_(everybody), _row.tag == tag)
        .returning(_row.member_id)
    )
    return bool(gone.all())


def forget(conn: Connection, store_id: int, member_ids: Sequence[int]) -> None:
    """Takes all tags away that staff put on members."""
    conn.execute(sa.delete(_tags).where(_row.store_id == store_id, _row.member_id.in_(member_ids)))
