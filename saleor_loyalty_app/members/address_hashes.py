"""Hashes of e-mail addresses, by which systems name members that hold the hash alone.

It is SHA-256 of the normalized address in small hexadecimal letters, as mail and chat tools make
it. Whoever knows an address knows its hash: it proves nothing.
"""

import hashlib

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members.email_keys import normalize_email
from saleor_loyalty_app.members.models import MemberIdentity

#: Stands where there is no address.
NO_ADDRESS = "-"
_row = table(MemberIdentity).c
_FILL = (
    sa.update(table(MemberIdentity))
    .where(_row.member_id == sa.bindparam("of_member"), _row.email_sha256 == "")
    .values(email_sha256=sa.bindparam("hashed"))
)


def address_hash(email: str) -> str:
    """The hash of an address; of none, what no hash is."""
    address = normalize_email(email)
    return hashlib.sha256(address.encode()).hexdigest() if address else NO_ADDRESS


def fill_page(conn: Connection, *, limit: int) -> int:
    """Works out a page of hashes that are missing, of members from before; gives how many."""
    lacking = (
        sa.select(_row.member_id, _row.email)
        .where(_row.email_sha256 == "")
        .order_by(_row.member_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = [
        {"of_member": member_id, "hashed": address_hash(email)}
        for member_id, email in conn.execute(lacking)
    ]
    if found:
        conn.execute(_FILL, found)
    return len(found)
