"""Queries of the members. All take a connection and none commits."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from saleor_loyalty_app.db.among import among
from saleor_loyalty_app.db.hot import Hot
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members.address_hashes import address_hash
from saleor_loyalty_app.members.models import Member, MemberConsent, MemberIdentity
from saleor_loyalty_app.members.refs import MemberRef

members = table(Member)
identities = table(MemberIdentity)
consents = table(MemberConsent)

_COLUMNS = (
    members.c.id,
    members.c.store_id,
    members.c.user_id,
    members.c.guest_key,
    members.c.state,
    members.c.spending_blocked,
    members.c.earning_blocked,
    members.c.codes_blocked,
    members.c.bucket,
    members.c.hold_out,
    members.c.enrolled_at,
    members.c.first_enrolled_at,
    members.c.paused_at,
    members.c.left_at,
    members.c.merged_into,
    members.c.created_at,
    sa.func.coalesce(identities.c.email, ""),
    sa.func.coalesce(identities.c.confirmed, sa.false()),
    members.c.email_changed_at,
    identities.c.as_of,
)
_JOINED: sa.Select[*tuple[Any, ...]] = sa.select(*_COLUMNS).select_from(
    members.outerjoin(identities, identities.c.member_id == members.c.id)
)


def _shared(query: sa.Select[*tuple[Any, ...]]) -> sa.Select[*tuple[Any, ...]]:
    """Locks members so that other work on them goes on, but not a merge."""
    return query.with_for_update(read=True, key_share=True, of=members)


_BY_USER = _JOINED.where(
    members.c.store_id == sa.bindparam("store_id"), members.c.user_id == sa.bindparam("user_id")
)
_BY_USER_SHARED = Hot(_shared(_BY_USER))
_BY_USER_ALONE = Hot(_BY_USER)
_BY_ID = _JOINED.where(
    members.c.store_id == sa.bindparam("store_id"), members.c.id == sa.bindparam("id")
)
_BY_ID_SHARED = _shared(_BY_ID)
_BY_ID_ALONE = _BY_ID.with_for_update(of=members)
_BY_ID_KEPT = _BY_ID.with_for_update(of=members, key_share=True)
_BY_GUEST_KEYS_SHARED = _shared(
    _JOINED.where(
        members.c.store_id == sa.bindparam("store_id"),
        members.c.guest_key.in_(sa.bindparam("keys", expanding=True)),
    ).order_by(members.c.id)
)
_BY_CONFIRMED_EMAIL_SHARED = _shared(
    _JOINED.where(
        identities.c.store_id == sa.bindparam("store_id"),
        identities.c.email_key.in_(sa.bindparam("keys", expanding=True)),
        identities.c.confirmed.is_(sa.true()),
        members.c.user_id.is_not(None),
    )
    .order_by(members.c.id)
    .limit(1)
)
_BY_ADDRESS_HASH_SHARED = _shared(
    _JOINED.where(
        identities.c.store_id == sa.bindparam("store_id"),
        identities.c.email_sha256 == sa.bindparam("address"),
        identities.c.confirmed.is_(sa.true()),
        members.c.user_id.is_not(None),
    )
    .order_by(members.c.id)
    .limit(1)
)
_INSERT = {
    "sqlite": sqlite.insert(members).on_conflict_do_nothing().returning(members.c.id),
    "postgresql": postgresql.insert(members).on_conflict_do_nothing().returning(members.c.id),
}


def member_by_user(
    conn: Connection, store_id: int, user_id: str, *, lock: bool = False
) -> MemberRef | None:
    """The member of a Saleor user, or the one it was merged into.

    Args:
        lock: no merge may happen until the transaction ends.
    """
    found = account_of_user(conn, store_id, user_id, lock=lock)
    return _followed(conn, found, lock=lock)


def account_of_user(
    conn: Connection, store_id: int, user_id: str, *, lock: bool = False
) -> MemberRef | None:
    """The row of a Saleor user itself, also where it was merged into another member."""
    query = _BY_USER_SHARED if lock else _BY_USER_ALONE
    return _ref(query.one_or_none(conn, {"store_id": store_id, "user_id": user_id}))


def member_by_id(conn: Connection, store_id: int, member_id: int) -> MemberRef | None:
    """One member, also a merged one."""
    return _ref(conn.execute(_BY_ID, {"store_id": store_id, "id": member_id}).one_or_none())


def surviving_member(conn: Connection, store_id: int, member_id: int) -> MemberRef | None:
    """The member, or the one it was merged into; no merge may happen until the transaction ends."""
    wanted: int | None = member_id
    while wanted is not None:
        row = conn.execute(_BY_ID_SHARED, {"store_id": store_id, "id": wanted}).one_or_none()
        found = _ref(row)
        if found is None or found.merged_into is None:
            return found
        wanted = found.merged_into
    return None


def lock_members(
    conn: Connection, store_id: int, member_ids: Sequence[int], *, named: bool = False
) -> dict[int, MemberRef]:
    """The members for the transaction alone, locked in the order of their ids.

    Args:
        named: others may go on to book for them, which names them: whoever does may hold their
            account, which this transaction wants next. For all that neither erases nor merges them.
    """
    query = _BY_ID_KEPT if named else _BY_ID_ALONE
    locked: dict[int, MemberRef] = {}
    for member_id in sorted(set(member_ids)):
        row = conn.execute(query, {"store_id": store_id, "id": member_id}).one_or_none()
        member = _ref(row)
        if member is not None:
            locked[member_id] = member
    return locked


def hold_members(conn: Connection, store_id: int, member_ids: Collection[int]) -> set[int]:
    """Who members are today; no merge of them may happen until the transaction ends.

    Others may hold them, too. They are held before accounts are locked: whoever merges them waits
    for theirs.
    """
    today: set[int] = set()
    wanted = {*member_ids}
    while wanted:
        rows = conn.execute(
            sa.select(members.c.id, members.c.merged_into)
            .where(members.c.store_id == store_id, among(conn, members.c.id, wanted))
            .order_by(members.c.id)
            .with_for_update(read=True, key_share=True)
        ).all()
        today |= {row.id for row in rows if row.merged_into is None}
        wanted = {row.merged_into for row in rows if row.merged_into is not None}
    return today


def lock_address(conn: Connection, key: str) -> None:
    """One address at a time, until the transaction ends: a guest comes, or a member proves it.

    Neither of two transactions would see the row that the other is about to add.
    """
    _lock(conn, bytes.fromhex(key))


def lock_user(conn: Connection, store_id: int, user_id: str) -> None:
    """One at a time takes a user in, until the transaction ends; to be locked before all else."""
    _lock(conn, hashlib.sha256(f"user\0{store_id}\0{user_id}".encode()).digest())


def guest_by_keys(conn: Connection, store_id: int, keys: Sequence[str]) -> MemberRef | None:
    """The guest under one of the keys of an address, or whom staff merged them into."""
    found = conn.execute(_BY_GUEST_KEYS_SHARED, {"store_id": store_id, "keys": list(keys)})
    return _followed(conn, _ref(found.first()), lock=True)


def guests_by_keys(conn: Connection, store_id: int, keys: Sequence[str]) -> list[int]:
    """The ids of all guests under the keys of one address: more than one after a secret changed."""
    query = sa.select(members.c.id).where(
        members.c.store_id == store_id, members.c.guest_key.in_(keys)
    )
    return list(conn.execute(query.order_by(members.c.id)).scalars())


def member_by_confirmed_email(
    conn: Connection, store_id: int, keys: Sequence[str]
) -> MemberRef | None:
    """The member whose user has proved to own the address, or whom staff merged them into."""
    found = conn.execute(_BY_CONFIRMED_EMAIL_SHARED, {"store_id": store_id, "keys": list(keys)})
    return _followed(conn, _ref(found.first()), lock=True)


def member_by_address_hash(conn: Connection, store_id: int, address: str) -> MemberRef | None:
    """The member whose user has proved to own the address of a hash, or whom they became."""
    found = conn.execute(_BY_ADDRESS_HASH_SHARED, {"store_id": store_id, "address": address})
    return _followed(conn, _ref(found.first()), lock=True)


def merged_members(conn: Connection, store_id: int, member_id: int) -> list[int]:
    """The ids of those that were merged into a member, in their order."""
    query = sa.select(members.c.id).where(
        members.c.store_id == store_id, members.c.merged_into == member_id
    )
    return list(conn.execute(query.order_by(members.c.id)).scalars())


def point_to(conn: Connection, store_id: int, *, giver: int, taker: int) -> None:
    """Who was merged into one member is merged into another from now on: no chain gets longer."""
    conn.execute(
        sa.update(members)
        .where(members.c.store_id == store_id, members.c.merged_into == giver)
        .values(merged_into=taker)
    )


def insert_member(conn: Connection, values: dict[str, Any]) -> int | None:
    """Adds a member; none when another transaction was first."""
    made: int | None = conn.execute(_INSERT[conn.dialect.name], values).scalar_one_or_none()
    return made


def update_member(conn: Connection, store_id: int, member_id: int, **values: Any) -> None:
    """Changes columns of a member."""
    conn.execute(
        sa.update(members)
        .where(members.c.store_id == store_id, members.c.id == member_id)
        .values(values)
    )


def put_identity(conn: Connection, store_id: int, member_id: int, values: dict[str, Any]) -> None:
    """Writes who a member is."""
    if "email" in values:
        values = {**values, "email_sha256": address_hash(values["email"])}
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    statement = make(identities).values(store_id=store_id, member_id=member_id, **values)
    conn.execute(
        statement.on_conflict_do_update(index_elements=[identities.c.member_id], set_=values)
    )


def remember_address(conn: Connection, store_id: int, member_id: int, email: str) -> None:
    """Keeps the address that a member has no more, so that it can be told of the change."""
    conn.execute(
        sa.update(identities)
        .where(identities.c.store_id == store_id, identities.c.member_id == member_id)
        .values(previous_email=email)
    )


def email_key_of(conn: Connection, store_id: int, member_id: int) -> str | None:
    """The key of a member's address; None where it is not known."""
    found: str | None = conn.execute(
        sa.select(identities.c.email_key).where(
            identities.c.store_id == store_id, identities.c.member_id == member_id
        )
    ).scalar_one_or_none()
    return found


def people_behind(conn: Connection, store_id: int, member_ids: Sequence[int]) -> list[str]:
    """What stands for members without naming them: "user:<id>", and the keys of their addresses."""
    rows = conn.execute(
        sa.select(members.c.user_id, members.c.guest_key, identities.c.email_key)
        .select_from(members.outerjoin(identities, identities.c.member_id == members.c.id))
        .where(members.c.store_id == store_id, members.c.id.in_(member_ids))
    ).all()
    users = [f"user:{row.user_id}" for row in rows if row.user_id]
    return [*users, *(key for row in rows for key in (row.guest_key, row.email_key) if key)]


def ids_of_people(
    conn: Connection, store_id: int, user_ids: Collection[str], address_keys: Collection[str]
) -> set[int]:
    """The members of users and of addresses, with those whom they were merged into."""
    query = (
        sa.select(members.c.id, members.c.merged_into)
        .select_from(members.outerjoin(identities, identities.c.member_id == members.c.id))
        .where(
            members.c.store_id == store_id,
            sa.or_(
                members.c.user_id.in_(list(user_ids)),
                members.c.guest_key.in_(list(address_keys)),
                identities.c.email_key.in_(list(address_keys)),
            ),
        )
    )
    return {one for row in conn.execute(query) for one in row if one is not None}


def users_of(conn: Connection, store_id: int, member_ids: Sequence[int]) -> list[str]:
    """Saleor's ids of the users behind members."""
    query = sa.select(members.c.user_id).where(
        members.c.store_id == store_id,
        members.c.id.in_(member_ids),
        members.c.user_id.is_not(None),
    )
    return [str(one) for one in conn.execute(query.order_by(members.c.id)).scalars()]


def names_of(conn: Connection, store_id: int, member_ids: Sequence[int]) -> dict[int, str]:
    """What members are called, by their ids: by name, else by address; without the unknown."""
    found = conn.execute(
        sa.select(
            identities.c.member_id,
            identities.c.first_name,
            identities.c.last_name,
            identities.c.email,
        ).where(identities.c.store_id == store_id, identities.c.member_id.in_(set(member_ids)))
    )
    return {
        row.member_id: f"{row.first_name} {row.last_name}".strip() or row.email for row in found
    }


def delete_identity(conn: Connection, store_id: int, member_id: int) -> None:
    """Forgets who a member is."""
    conn.execute(
        sa.delete(identities).where(
            identities.c.store_id == store_id, identities.c.member_id == member_id
        )
    )


def add_consent(
    conn: Connection,
    store_id: int,
    member_id: int,
    versions: dict[str, str],
    *,
    source: str,
    at: datetime,
) -> None:
    """Records which version of which text a member agreed to or was shown."""
    rows = [
        {
            "store_id": store_id,
            "member_id": member_id,
            "kind": kind,
            "version": version,
            "source": source,
            "at": at,
        }
        for kind, version in versions.items()
        if version
    ]
    if rows:
        conn.execute(sa.insert(consents), rows)


def _lock(conn: Connection, what: bytes) -> None:
    """On SQLite there is one writer anyway."""
    if conn.dialect.name == "postgresql":
        number = int.from_bytes(what[:8], "big", signed=True)
        conn.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))


def _followed(conn: Connection, found: MemberRef | None, *, lock: bool) -> MemberRef | None:
    if found is None or found.merged_into is None:
        return found
    if lock:
        return surviving_member(conn, found.store_id, found.merged_into)
    while found is not None and found.merged_into is not None:
        found = member_by_id(conn, found.store_id, found.merged_into)
    return found


def _ref(row: sa.Row[*tuple[Any, ...]] | None) -> MemberRef | None:
    return None if row is None else MemberRef(*row)
