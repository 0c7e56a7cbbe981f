"""Whether a staff member is the member they would serve."""

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.repository import identities, members


def is_same_person(
    conn: Connection, store_id: int, member_id: int, user_id: str, email: str, keys: EmailKeys
) -> bool:
    """Whether a member, or anybody merged into it, has this account or this address.

    Args:
        user_id, email: as a token of the Dashboard names them: Saleor proved the address.
    """
    wanted = keys.every(store_id, email) if email else ()
    found = conn.execute(
        sa.select(members.c.id)
        .outerjoin(identities, identities.c.member_id == members.c.id)
        .where(
            members.c.store_id == store_id,
            sa.or_(members.c.id == member_id, members.c.merged_into == member_id),
            sa.or_(
                members.c.user_id == user_id,
                members.c.guest_key.in_(wanted),
                identities.c.email_key.in_(wanted),
            ),
        )
        .limit(1)
    )
    return found.first() is not None
