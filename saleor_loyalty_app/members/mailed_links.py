"""Links that are mailed to prove an address, and the sessions that begin with them.

Only hashes are stored: whoever reads the database cannot sign in with what they find.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members.models import MailedLink, PageSession

_link, _session = table(MailedLink), table(PageSession)

Purpose = Literal["sign_in", "claim"]
LINK_LIFETIME = timedelta(minutes=15)
SESSION_LIFETIME = timedelta(hours=2)
#: Nobody asks for what ended so long ago.
_KEPT = timedelta(days=1)
_PAGE = 500


def new_token() -> str:
    """192 random bits as text for an address."""
    return secrets.token_urlsafe(24)


def add_link(
    conn: Connection,
    store_id: int,
    member_id: int | None,
    purpose: Purpose,
    token: str,
    *,
    now: datetime,
    lifetime: timedelta = LINK_LIFETIME,
) -> int:
    """Writes a link down; for nobody too, so that asking for one always does the same work.

    Gives its number.
    """
    made: int = conn.execute(
        sa.insert(_link)
        .values(
            store_id=store_id,
            member_id=member_id,
            purpose=purpose,
            token_hash=_hash(token),
            asked_at=now,
            expires_at=now + lifetime,
        )
        .returning(_link.c.id)
    ).scalar_one()
    return made


def link_owner(
    conn: Connection, store_id: int, purpose: Purpose, token: str, *, now: datetime
) -> int | None:
    """The member whose link could be used now; None = nobody's. Looking does not use it up."""
    query = sa.select(_link.c.member_id).where(*_usable(store_id, purpose, token, now))
    found: int | None = conn.execute(query).scalar_one_or_none()
    return found


def use_link(
    conn: Connection, store_id: int, purpose: Purpose, token: str, *, now: datetime
) -> int | None:
    """Uses a link up; gives the member it is for. None: there is none, it was used, or expired."""
    found: int | None = conn.execute(
        sa.update(_link)
        .where(*_usable(store_id, purpose, token, now))
        .values(used_at=now)
        .returning(_link.c.member_id)
    ).scalar_one_or_none()
    return found


def begin_session(conn: Connection, store_id: int, member_id: int, *, now: datetime) -> str:
    """A session of the rewards page; gives what stands in its cookie."""
    token = new_token()
    conn.execute(
        sa.insert(_session).values(
            store_id=store_id,
            member_id=member_id,
            token_hash=_hash(token),
            created_at=now,
            expires_at=now + SESSION_LIFETIME,
        )
    )
    return token


def session_member(conn: Connection, store_id: int, token: str, *, now: datetime) -> int | None:
    """Whose session a cookie is; None = it is none, or it ended."""
    found: int | None = conn.execute(
        sa.select(_session.c.member_id).where(
            _session.c.store_id == store_id,
            _session.c.token_hash == _hash(token),
            _session.c.expires_at > now,
        )
    ).scalar_one_or_none()
    return found


def end_session(conn: Connection, store_id: int, token: str) -> None:
    """Signs out."""
    conn.execute(
        sa.delete(_session).where(
            _session.c.store_id == store_id, _session.c.token_hash == _hash(token)
        )
    )


def forget_access(conn: Connection, store_id: int, member_ids: Sequence[int]) -> None:
    """Ends the sessions of members, and the links that were mailed to them."""
    for target in (_link, _session):
        conn.execute(
            sa.delete(target).where(
                target.c.store_id == store_id, target.c.member_id.in_(member_ids)
            )
        )


def forget_expired(conn: Connection, *, now: datetime) -> int:
    """Deletes a page of what ended long ago; gives how much that was."""
    gone = 0
    for target in (_link, _session):
        old = sa.select(target.c.id).where(target.c.expires_at < now - _KEPT).limit(_PAGE)
        gone += len(
            conn.execute(sa.delete(target).where(target.c.id.in_(old)).returning(target.c.id)).all()
        )
    return gone


def _usable(
    store_id: int, purpose: Purpose, token: str, now: datetime
) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        _link.c.store_id == store_id,
        _link.c.purpose == purpose,
        _link.c.token_hash == _hash(token),
        _link.c.used_at.is_(None),
        _link.c.expires_at > now,
        _link.c.member_id.is_not(None),
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
