"""What the tests of plugins stand on: a store with a live program in a SQLite file of its own."""

import json
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.engine import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import open_database
from saleor_loyalty_app.db.tables import metadata
from saleor_loyalty_app.flows.event_handler import InvalidHandler
from saleor_loyalty_app.flows.plugin_handler import (
    Plugin,
    PluginEvent,
    PluginHandler,
    as_handler,
    plugin_event,
)
from saleor_loyalty_app.inbox.repository import Delivery
from saleor_loyalty_app.ledger import Account
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.refs import Enrollment, Person
from saleor_loyalty_app.members.repository import member_by_user
from saleor_loyalty_app.members.service import member_for_user
from saleor_loyalty_app.programs.document import Program, Texts
from saleor_loyalty_app.programs.repository import insert_revision
from saleor_loyalty_app.saleor.event import typename_of
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import Installation, save_installation

LIVE_SINCE = datetime(2026, 1, 1, tzinfo=UTC)


class PluginBooks:
    """A store, its program and its members, for the tests of one plugin.

    Args:
        folder: an empty folder for the database, such as pytest's `tmp_path`.
        plugin: what is tested.

    Attributes:
        clock: stands still until it is moved.
        store: active, in UTC and English, with earning on.
    """

    def __init__(self, folder: Path, plugin: Plugin) -> None:
        self.plugin = plugin
        self.clock = ManualClock(datetime(2027, 1, 1, 12, tzinfo=UTC))
        self.database = open_database(f"sqlite:///{folder / 'plugin.sqlite3'}", pool_size=2)
        self.database.write(metadata.create_all)
        self.store = self.database.write(_live_store)
        self._keys = EmailKeys.of(["the tests of a plugin"])

    def close(self) -> None:
        """Closes the database."""
        self.database.close()

    def add_member(self, user_id: str, email: str = "ayse@example.com") -> None:
        """A user with a confirmed address joins the program."""
        person = Person(user_id, email, confirmed=True)
        self.database.write(
            lambda conn: member_for_user(
                conn, self.store.id, person, Enrollment(), keys=self._keys, now=LIVE_SINCE
            )
        )

    def points(self, user_id: str) -> int:
        """What the user can spend now."""

        def look(conn: Connection) -> int:
            member = member_by_user(conn, self.store.id, user_id)
            if member is None:
                raise LookupError(f"{user_id} is no member")
            account = Account(self.store.id, member.id, "points")
            return ledger.balance(conn, account, now=self.clock()).available

        return self.database.read(look)

    def deliver(self, handler: PluginHandler, event: str, **fields: object) -> PluginEvent:
        """Runs a handler of the plugin on an event such as "ORDER_CREATED" with these fields.

        Raises:
            InvalidHandler: the handler could not be installed, or does not ask for that event.
        """
        accepted = as_handler(self.plugin, handler)
        typename = typename_of(event)
        if typename not in accepted.typenames:
            raise InvalidHandler(f"{accepted.name} does not handle {event}")
        now = self.clock()
        envelope = {
            "__typename": typename,
            "issuedAt": now.isoformat(),
            "version": "3.23.0",
            "issuingPrincipal": None,
            "recipient": {"id": self.store.app_id},
        }
        body = json.dumps(envelope | fields).encode()
        delivery = Delivery(self.store.id, accepted.name, typename, body, now)
        given = plugin_event(self.store, delivery, now=now, transactions=self.database)
        handler.receive(given)
        return given


def _live_store(conn: Connection) -> StoreRef:
    installation = Installation(
        api_url="https://store.example/graphql/",
        app_id="QXBwOjE=",
        token_encrypted="",
        jwks={"keys": []},
        schema_version="3.23",
        permissions=(),
        timezone="UTC",
        language="en",
    )
    store = save_installation(conn, installation, LIVE_SINCE)
    texts = Texts(program="Points", point="point", points="points")
    program = Program(version=1, name="Test", texts={"en": texts})
    insert_revision(conn, store.id, program, by="test", now=LIVE_SINCE, effective_from=LIVE_SINCE)
    return store
