"""Who the people of a page of rows are: members, guests, or nobody yet."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.member_imports.deciding import Found
from saleor_loyalty_app.member_imports.repository import StoredRow
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.repository import identities, members

_STATE = (members.c.state, members.c.earning_blocked, members.c.merged_into)


def unknown_users(conn: Connection, store_id: int, page: Sequence[StoredRow]) -> list[str]:
    """The ids of users who are no members here, whom Saleor may know."""
    wanted = {row.user_id for row in page if row.user_id}
    known = conn.execute(
        sa.select(members.c.user_id).where(
            members.c.store_id == store_id, members.c.user_id.in_(wanted)
        )
    ).scalars()
    return sorted(wanted - set(known))


def people_of(
    conn: Connection,
    store_id: int,
    page: Sequence[StoredRow],
    fetched: Mapping[str, object],
    keys: EmailKeys,
) -> dict[str, Found]:
    """How each person of a page is known, by what stands for them in its rows.

    Args:
        fetched: the users of `unknown_users` whom Saleor knows, by their ids.
    """
    users = {row.user_id: row.who for row in page if row.user_id}
    addresses = {
        key: row.who for row in page if not row.user_id for key in keys.every(store_id, row.email)
    }
    found = {who: Found("fetched" if user in fetched else "unknown") for user, who in users.items()}
    found |= {who: Found("new") for who in addresses.values()}
    by_user = sa.select(members.c.user_id, *_STATE).where(
        members.c.store_id == store_id, members.c.user_id.in_(users)
    )
    by_guest = sa.select(members.c.guest_key, *_STATE).where(
        members.c.store_id == store_id, members.c.guest_key.in_(addresses)
    )
    by_address = (
        sa.select(identities.c.email_key, *_STATE)
        .join(members, members.c.id == identities.c.member_id)
        .where(
            identities.c.store_id == store_id,
            identities.c.email_key.in_(addresses),
            identities.c.confirmed.is_(sa.true()),
            members.c.user_id.is_not(None),
        )
    )
    for how, query, whose in (
        ("account", by_user, users),
        ("guest", by_guest, addresses),
        ("account", by_address, addresses),
    ):
        for name, state, blocked, merged_into in conn.execute(query):
            if merged_into is not None:
                state, blocked = _survivor(conn, store_id, merged_into)
            found[whose[name]] = Found(how, state, blocked or state == "blocked")
    return found


def _survivor(conn: Connection, store_id: int, member_id: int) -> tuple[str, bool]:
    """State and block of whom a member was merged into; staff merge without chains."""
    row = conn.execute(
        sa.select(members.c.state, members.c.earning_blocked).where(
            members.c.store_id == store_id, members.c.id == member_id
        )
    ).one()
    return row.state, row.earning_blocked
