"""A store with a program, members with addresses, and a real mail server; for tests of messages."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from saleor_loyalty_app import ledger
from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.outbound import Outbound, open_outbound
from saleor_loyalty_app.flows.send_messages import Postman
from saleor_loyalty_app.ledger import Account, Cause
from saleor_loyalty_app.members import consents, service
from saleor_loyalty_app.members.consents import Channel
from saleor_loyalty_app.members.refs import Enrollment, Person
from saleor_loyalty_app.messages import outbox
from saleor_loyalty_app.messages.deliveries import LogLine, log_page
from saleor_loyalty_app.messages.kinds import Kind
from saleor_loyalty_app.messages.setup import MailSetup, setup_of, store_setup
from saleor_loyalty_app.settings import load_settings
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import store_by_id
from saleor_loyalty_app.stores.secrets import TokenCipher
from tests.mail_server import MailServer
from tests.order_books import KEYS, live_store, program

#: Nine in the morning in Istanbul is six in UTC: noon is no quiet hour.
NOON = datetime(2027, 1, 4, 9, tzinfo=UTC)
SECRET = "a secret of the tests with 32 and more characters: fZ8q"
TEXTS = {
    "en": {"program": "Stars", "point": "star", "points": "stars"},
    "tr": {"program": "Yıldızlar", "point": "yıldız", "points": "yıldız"},
}


@dataclass
class MessageStage:
    """A store whose messages go to a mail server."""

    database: Database
    clock: ManualClock
    store: StoreRef
    outbound: Outbound
    postman: Postman

    def member(
        self, email: str = "ayse@example.com", language: str = "tr", name: str = "Ayşe"
    ) -> int:
        """A member with an address."""
        person = Person(f"user:{email}", email, True, name, "", language)
        return self.database.write(
            lambda conn: (
                service.member_for_user(
                    conn, self.store.id, person, Enrollment(), keys=KEYS, now=self.clock()
                ).member.id
            )
        )

    def agree(self, member_id: int) -> None:
        """The member wants offers by mail."""
        self.database.write(
            lambda conn: consents.grant(
                conn,
                self.store.id,
                member_id,
                Channel.email,
                source="storefront",
                text_version="1",
                now=self.clock(),
            )
        )

    def tell(
        self, member_id: int, kind: Kind, data: dict[str, Any] | None = None, key: str = ""
    ) -> None:
        """Something happened."""
        self.database.write(
            lambda conn: outbox.tell(
                conn,
                self.store.id,
                member_id,
                kind,
                data or {},
                key=key or f"{kind}:{member_id}",
                now=self.clock(),
            )
        )

    def earn(
        self, member_id: int, points: int, *, expires_at: datetime | None = None, key: str = "e"
    ) -> None:
        """Points that can be spent at once."""
        account = Account(self.store.id, member_id, "points")
        cause = Cause(source=f"test:{key}", part="points", actor="app", reason={"code": "test"})
        now = self.clock()
        self.database.write(
            lambda conn: ledger.earn(
                conn,
                account,
                points,
                cause,
                key=f"{key}:{member_id}",
                now=now,
                effective_at=now,
                available_from=now,
                expires_at=expires_at,
                notice_required=True,
            )
        )

    def balance(self, member_id: int) -> int:
        """What the member has in all."""
        account = Account(self.store.id, member_id, "points")
        now = self.clock()
        return self.database.read(lambda conn: ledger.balance(conn, account, now=now).total)

    def change_setup(self, **changes: Any) -> MailSetup:
        """Changes the settings."""

        def change(conn: sa.Connection) -> MailSetup:
            before = setup_of(conn, self.store.id)
            after = MailSetup.model_validate(before.setup.model_dump() | changes)
            return store_setup(
                conn, self.store.id, after, version=before.version, now=self.clock()
            ).setup

        return self.database.write(change)

    def send(self, times: int = 1) -> None:
        """The sender's turn."""
        for _ in range(times):
            self.postman.send_page(self.current())

    def current(self) -> StoreRef:
        """The store as it is now, with its switches."""
        found = self.database.read(lambda conn: store_by_id(conn, self.store.id))
        assert found is not None
        return found

    def log(self) -> list[LogLine]:
        """What became of the messages, oldest first."""
        return self.database.read(lambda conn: log_page(conn, self.store.id, first=100))[::-1]

    def fates(self) -> list[tuple[str, str, str]]:
        """Kind, state and why of each delivery, oldest first."""
        return [(line.kind, line.state, line.why) for line in self.log()]

    def wait(self, **by: float) -> None:
        """Time goes by."""
        self.clock.advance(timedelta(**by))


@contextmanager
def message_stage(database: Database, mails: MailServer | None) -> Iterator[MessageStage]:
    """A store in Istanbul whose own mail server is `mails`."""
    clock = ManualClock(NOON)
    document = program() | {"texts": TEXTS}
    store = database.write(
        lambda conn: live_store(conn, document, timezone="Europe/Istanbul", language="tr")
    )
    settings = load_settings(
        environment="test", secret_key=SECRET, app_url="https://loyalty.example.com"
    )
    outbound = open_outbound(settings, TokenCipher([SECRET]))
    stage = MessageStage(database, clock, store, outbound, Postman(database, outbound, KEYS, clock))
    if mails is not None:
        stage.change_setup(
            smtp={"host": mails.host, "port": mails.port, "security": "none"},
            sender={"address": "points@shop.example", "name": "Çiçek Dükkânı"},
            footer={"company": "Çiçek A.Ş.", "mersis": "0123456789012345"},
            look={"points_url": "https://shop.example/points"},
        )
    try:
        yield stage
    finally:
        outbound.close()


def rows_of(database: Database, model: Any) -> list[sa.Row[Any]]:
    """All rows of a table."""
    source = table(model)
    query = sa.select(source).order_by(*source.primary_key.columns)
    return database.read(lambda conn: list(conn.execute(query)))
