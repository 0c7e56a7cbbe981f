"""Somebody who is no member is written to once, at the address that their order carried."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.members.guest_addresses import seal_address
from saleor_loyalty_app.members.repository import update_member
from saleor_loyalty_app.messages.kinds import Kind
from saleor_loyalty_app.messages.models import OutboxMessage
from tests.factories import make_member
from tests.mail_server import MailServer, part
from tests.message_stage import MessageStage, rows_of
from tests.order_books import KEYS

GUEST = "guest@example.com"


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    opened = open_database(sqlite_url, pool_size=4)
    yield opened
    opened.close()


def guest_told(stage: MessageStage) -> int:
    def write(conn: sa.Connection) -> int:
        key = KEYS.current(stage.store.id, GUEST)
        return make_member(conn, stage.store.id, user_id=None, state="guest", guest_key=key)

    guest = stage.database.write(write)
    sealed = seal_address(KEYS, stage.store.id, GUEST)
    data = {"points": 45, "order": "17", "to": sealed, "path": "/rewards/acme/claim?t=secret"}
    stage.tell(guest, Kind.guest_claim, data)
    return guest


def test_a_guest_gets_the_link_and_the_address_is_forgotten(
    stage: MessageStage, mails: MailServer
) -> None:
    guest_told(stage)
    stage.send(2)
    [mail] = mails.mails
    assert mail["To"] == GUEST
    assert "/rewards/acme/claim?t=secret" in part(mail, "plain")
    assert "45" in str(mail["Subject"])
    assert [row.data for row in rows_of(stage.database, OutboxMessage)] == [{}]


def test_a_guest_who_joined_meanwhile_is_not_written_to(
    stage: MessageStage, mails: MailServer
) -> None:
    guest = guest_told(stage)
    member = stage.member()
    stage.database.write(
        lambda conn: update_member(conn, stage.store.id, guest, merged_into=member, guest_key=None)
    )
    stage.send(2)
    assert mails.mails == []
    assert stage.fates() == [("guest_claim", "skipped", "joined")]
