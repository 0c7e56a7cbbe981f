"""People of a stage who have an address, are erased, and come back under it; for tests."""

from sqlalchemy import Connection

from saleor_loyalty_app.flows.erase_member import erase_member
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.repository import put_identity
from tests.factories import make_member
from tests.order_books import KEYS
from tests.redemption_stage import Stage


def name(stage: Stage, email: str, keys: EmailKeys = KEYS) -> None:
    """The member's address is known, and confirmed."""
    stage.database.write(lambda conn: _name(conn, stage, email, keys))


def come_back(stage: Stage, email: str, keys: EmailKeys = KEYS) -> None:
    """The member is erased, and registers again as somebody new with the same address."""

    def write(conn: Connection) -> int:
        erase_member(conn, stage.store, stage.members[email], now=stage.now, account_stays=False)
        return make_member(conn, stage.store.id, user_id=stage.users[email])

    stage.members[email] = stage.database.write(write)
    name(stage, email, keys)


def _name(conn: Connection, stage: Stage, email: str, keys: EmailKeys) -> None:
    put_identity(
        conn,
        stage.store.id,
        stage.members[email],
        {
            "email": email,
            "email_key": keys.current(stage.store.id, email),
            "confirmed": True,
            "first_name": "",
            "last_name": "",
            "language": "",
            "updated_at": stage.now,
        },
    )
