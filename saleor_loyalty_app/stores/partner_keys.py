"""API keys of a store: made, found, rotated, revoked. Nothing here commits.

A key that does not work is refused in one way; why it does not is for the log alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.stores import signing_secrets
from saleor_loyalty_app.stores.errors import (
    PartnerKeyEnded,
    PartnerKeyInvalid,
    PartnerKeyUnknown,
    TooManyPartnerKeys,
)
from saleor_loyalty_app.stores.models import PartnerKey, PartnerKeyUse
from saleor_loyalty_app.stores.partner_tokens import PartnerToken, new_token
from saleor_loyalty_app.stores.secrets import TokenCipher

_KEY, _USE = table(PartnerKey), table(PartnerKeyUse)
_row = _KEY.c
ACTOR = "partner:"
#: Keys of a store that are not revoked.
MOST_KEYS = 50
LONGEST_NAME = 80
#: The last use is written down at most this often.
USE_EVERY = timedelta(minutes=1)
#: A secret that was rotated away works for so long at most.
LONGEST_GRACE = timedelta(days=7)
_NO_PREVIOUS: dict[str, object] = {
    "previous_hash": None,
    "previous_until": None,
    "previous_must_sign": False,
}


class Scope(StrEnum):
    """What a key may do."""

    read_members = "members:read"
    #: Beside `read_members`: who a member is, not only what they have.
    identify_members = "members:identify"
    enroll_members = "members:write"
    move_points = "points:write"
    report_complaints = "complaints:write"


#: Before the id of a type of events that a key may report.
EVENTS = "events:"
#: Types of events that one key may report.
MOST_EVENT_TYPES = 50


@dataclass(frozen=True, slots=True)
class KeyTerms:
    """What staff decide about a key.

    Attributes:
        day_limit: points that it may give and take in a day, added up; 0 unless it may do that.
        expires_at: it works until then; None = for ever.
        event_types: the ids of the types of events that it may report.
    """

    name: str
    scopes: frozenset[Scope]
    day_limit: int
    expires_at: datetime | None
    event_types: frozenset[str] = frozenset()

    @property
    def granted(self) -> list[str]:
        """All that it may do, as it is kept and told: `members:read`, `events:<type>`."""
        return sorted([*self.scopes, *(f"{EVENTS}{one}" for one in self.event_types)])

    def as_words(self) -> dict[str, object]:
        """For the note of a deed: without the name, which is free text."""
        return {
            "scopes": self.granted,
            "day_limit": self.day_limit,
            "expires_at": None if self.expires_at is None else self.expires_at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it was read, without its secrets.

    Attributes:
        must_sign: its newest secret is never sent; requests are signed with it.
        previous_must_sign: the same of the secret before.
    """

    id: int
    store_id: int
    prefix: str
    terms: KeyTerms
    secret_at: datetime
    previous_until: datetime | None
    must_sign: bool
    previous_must_sign: bool
    created_by: str
    created_at: datetime
    revoked_by: str
    revoked_at: datetime | None
    used_at: datetime | None

    @property
    def actor(self) -> str:
        """The name under which the books keep what came by this key."""
        return actor_of(self.id)

    def why_not(self, now: datetime) -> str:
        """Why it does not work, as a stable word; "" = it works."""
        if self.revoked_at is not None:
            return "revoked"
        expires_at = self.terms.expires_at
        return "expired" if expires_at is not None and expires_at <= now else ""


def actor_of(key_id: int) -> str:
    """The name under which the books keep what came by a key."""
    return f"{ACTOR}{key_id}"


def add(
    conn: Connection,
    store_id: int,
    terms: KeyTerms,
    *,
    actor: str,
    now: datetime,
    sealing: TokenCipher | None = None,
) -> tuple[Key, PartnerToken]:
    """Makes a key; its secret is given here and never again.

    Args:
        sealing: keeps the secret of a key that has to sign its requests; None = it sends it.

    Raises:
        TooManyPartnerKeys: the store has more than anybody needs.
    """
    live = sa.select(sa.func.count()).where(_row.store_id == store_id, _row.revoked_at.is_(None))
    if int(conn.execute(live).scalar_one()) >= MOST_KEYS:
        raise TooManyPartnerKeys(most=MOST_KEYS)
    token = new_token()
    made: int = conn.execute(
        sa.insert(_KEY)
        .values(
            store_id=store_id,
            prefix=token.prefix,
            secret_hash=token.digest,
            secret_at=now,
            must_sign=sealing is not None,
            created_by=actor,
            created_at=now,
            revoked_by="",
            **_columns(terms),
        )
        .returning(_row.id)
    ).scalar_one()
    if sealing is not None:
        signing_secrets.keep(conn, store_id, made, token, cipher=sealing, now=now)
    return by_id(conn, store_id, made), token


def change(conn: Connection, store_id: int, key_id: int, terms: KeyTerms) -> tuple[Key, Key]:
    """Changes what a key may do; gives it as it was and as it is.

    Raises:
        PartnerKeyUnknown: the store has no such key.
        PartnerKeyEnded: it was revoked.
    """
    before = by_id(conn, store_id, key_id, lock=True)
    if before.revoked_at is not None:
        raise PartnerKeyEnded
    conn.execute(sa.update(_KEY).where(_row.id == before.id).values(_columns(terms)))
    return before, by_id(conn, store_id, key_id)


def rotate(
    conn: Connection,
    store_id: int,
    key_id: int,
    *,
    grace: timedelta,
    now: datetime,
    cipher: TokenCipher,
    must_sign: bool,
) -> tuple[Key, PartnerToken]:
    """Makes a new secret; the one before works on for `grace`, and any older one no more.

    Args:
        must_sign: whether requests are signed with the new secret, instead of sending it. The one
            before is used as it was.

    Raises:
        PartnerKeyUnknown: the store has no such key.
        PartnerKeyEnded: it was revoked, or expired.
        TokenUnreadable: the secret before has to be signed with, and cannot be opened any more.
    """
    found = by_id(conn, store_id, key_id, lock=True)
    if found.why_not(now):
        raise PartnerKeyEnded
    token = new_token(found.prefix)
    kept: dict[str, object] = _NO_PREVIOUS
    if grace > timedelta(0):
        kept = {
            "previous_hash": _row.secret_hash,
            "previous_until": now + grace,
            "previous_must_sign": _row.must_sign,
        }
        signing_secrets.put_aside(conn, store_id, found.id, cipher=cipher, now=now)
    else:
        signing_secrets.forget(conn, store_id, found.id)
    if must_sign:
        signing_secrets.keep(conn, store_id, found.id, token, cipher=cipher, now=now)
    changed = {"secret_hash": token.digest, "secret_at": now, "must_sign": must_sign, **kept}
    conn.execute(sa.update(_KEY).where(_row.id == found.id).values(changed))
    return by_id(conn, store_id, key_id), token


def revoke(conn: Connection, store_id: int, key_id: int, *, actor: str, now: datetime) -> Key:
    """Ends a key at once and for ever; doing it again changes nothing.

    Raises:
        PartnerKeyUnknown: the store has no such key.
    """
    found = by_id(conn, store_id, key_id, lock=True)
    if found.revoked_at is None:
        conn.execute(sa.update(_KEY).where(_row.id == found.id).values(_ended(actor, now)))
        signing_secrets.forget(conn, store_id, found.id)
    return by_id(conn, store_id, key_id)


def revoke_all(conn: Connection, store_id: int, *, actor: str, now: datetime) -> None:
    """Ends all keys of a store."""
    conn.execute(
        sa.update(_KEY)
        .where(_row.store_id == store_id, _row.revoked_at.is_(None))
        .values(_ended(actor, now))
    )
    signing_secrets.forget_of_store(conn, store_id)


def by_prefix(conn: Connection, prefix: str) -> tuple[Key, str, str] | None:
    """A key by its public part, with the digests of its newest secret and the one before."""
    found = conn.execute(_ALL.where(_row.prefix == prefix)).one_or_none()
    return None if found is None else (_key(found), found.secret_hash, found.previous_hash or "")


def by_id(conn: Connection, store_id: int, key_id: int, *, lock: bool = False) -> Key:
    """One key; `lock` holds it until the transaction ends.

    Raises:
        PartnerKeyUnknown: the store has no such key.
    """
    query = _ALL.where(_row.store_id == store_id, _row.id == key_id)
    if lock:
        query = query.with_for_update(key_share=True, of=_KEY)
    found = conn.execute(query).one_or_none()
    if found is None:
        raise PartnerKeyUnknown
    return _key(found)


def working(conn: Connection, store_id: int, key_id: int, *, now: datetime) -> Key:
    """One key that works, held until the transaction ends: one deed by it at a time.

    Raises:
        PartnerKeyInvalid: it was ended since the request came in.
    """
    found = by_id(conn, store_id, key_id, lock=True)
    if found.why_not(now):
        raise PartnerKeyInvalid
    return found


def page(
    conn: Connection,
    store_id: int,
    *,
    ended: bool,
    first: int,
    before: int | None,
    now: datetime,
) -> list[Key]:
    """Keys that work, or (`ended`) that do no more: newest first, older than `before`."""
    is_over = sa.or_(
        _row.revoked_at.is_not(None), sa.and_(_row.expires_at.is_not(None), _row.expires_at <= now)
    )
    query = (
        _ALL.where(_row.store_id == store_id, is_over if ended else sa.not_(is_over))
        .order_by(_row.id.desc())
        .limit(first)
    )
    if before is not None:
        query = query.where(_row.id < before)
    return [_key(found) for found in conn.execute(query)]


def names_of(conn: Connection, store_id: int, actors: Iterable[str]) -> dict[str, str]:
    """What keys are called, by the names that the books keep; without whoever is no key."""
    numbers = [
        int(number)
        for actor in actors
        if actor.startswith(ACTOR) and (number := actor.removeprefix(ACTOR)).isdecimal()
    ]
    if not numbers:
        return {}
    query = sa.select(_row.id, _row.name).where(_row.store_id == store_id, _row.id.in_(numbers))
    return {actor_of(found.id): found.name for found in conn.execute(query)}


def note_use(conn: Connection, store_id: int, key_id: int, *, now: datetime) -> None:
    """Writes down that a key was used, unless that was done within the last minute."""
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    conn.execute(
        make(_USE)
        .values(key_id=key_id, store_id=store_id, used_at=now)
        .on_conflict_do_update(
            index_elements=[_USE.c.key_id],
            set_={"used_at": now},
            where=_USE.c.used_at <= now - USE_EVERY,
        )
    )


def is_use_due(key: Key, now: datetime) -> bool:
    """Whether the use of a key is worth writing down."""
    return key.used_at is None or key.used_at <= now - USE_EVERY


_ALL: sa.Select[*tuple[Any, ...]] = sa.select(*_row, _USE.c.used_at).select_from(
    _KEY.outerjoin(_USE, _USE.c.key_id == _row.id)
)


def _columns(terms: KeyTerms) -> dict[str, object]:
    return {
        "name": terms.name,
        "scopes": terms.granted,
        "day_limit": terms.day_limit,
        "expires_at": terms.expires_at,
    }


def _ended(actor: str, now: datetime) -> dict[str, object]:
    return {
        "revoked_at": now,
        "revoked_by": actor,
        **_NO_PREVIOUS,
    }


def _key(row: sa.Row[*tuple[Any, ...]]) -> Key:
    return Key(
        id=row.id,
        store_id=row.store_id,
        prefix=row.prefix,
        terms=KeyTerms(
            row.name, _scopes(row.scopes), row.day_limit, row.expires_at, _event_types(row.scopes)
        ),
        secret_at=row.secret_at,
        previous_until=row.previous_until,
        must_sign=row.must_sign,
        previous_must_sign=row.previous_must_sign,
        created_by=row.created_by,
        created_at=row.created_at,
        revoked_by=row.revoked_by,
        revoked_at=row.revoked_at,
        used_at=row.used_at,
    )


def _scopes(stored: Sequence[str]) -> frozenset[Scope]:
    """Without those that a newer version of the app wrote down."""
    known = {scope.value for scope in Scope}
    return frozenset(Scope(one) for one in stored if one in known)


def _event_types(stored: Sequence[str]) -> frozenset[str]:
    return frozenset(one.removeprefix(EVENTS) for one in stored if one.startswith(EVENTS))
