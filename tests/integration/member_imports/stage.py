"""A store that brings its members, with a Saleor that knows some of them."""

import io
from collections.abc import Mapping
from typing import Any, cast

import sqlalchemy as sa

from saleor_loyalty_app import ledger
from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.import_members import Importer, start_member_import
from saleor_loyalty_app.flows.reverse_member_import import reverse_next_page, start_reversal
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.flows.take_member_file import take_member_file
from saleor_loyalty_app.ledger import Account, Cause
from saleor_loyalty_app.ledger.models import Lot
from saleor_loyalty_app.member_imports import repository
from saleor_loyalty_app.member_imports.repository import ImportRef
from saleor_loyalty_app.members.refs import Enrollment, Person
from saleor_loyalty_app.members.repository import members
from saleor_loyalty_app.members.service import member_for_user
from saleor_loyalty_app.stores.refs import StoreRef
from tests.audited import drifts_of
from tests.factories import make_channel
from tests.order_books import KEYS, live_store

ACTOR = "user:1"
HEADER = "email,external_id,points,expires_at"
_lots = table(Lot)


class ImportStage:
    """One store and its files."""

    def __init__(self, database: Database, clock: ManualClock, **values: Any) -> None:
        self.database = database
        self.clock = clock
        self.keys = KEYS
        self.users: dict[str, dict[str, Any]] = {}
        self.asked: list[list[str]] = []

        def make(conn: sa.Connection) -> StoreRef:
            store = live_store(conn, timezone="Europe/Istanbul", **values)
            make_channel(conn, store.id)
            return store

        self.store = database.write(make)
        self.importer = Importer(cast(StoreAccess, self), self.keys, clock)

    def ask(self, _store: StoreRef, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Saleor's answer."""
        assert document == "queries/customers"
        self.asked.append(variables["ids"])
        known = [self.users[one] for one in variables["ids"] if one in self.users]
        return {"customers": {"edges": [{"node": one} for one in known]}}

    def knows(self, user_id: str, email: str, **values: object) -> None:
        """Saleor has such an account."""
        self.users[user_id] = {
            "id": user_id,
            "email": email,
            "firstName": "Ada",
            "lastName": "",
            "languageCode": "TR",
            "isActive": True,
            "isConfirmed": True,
            "isStaff": False,
            "updatedAt": "2026-01-01T00:00:00+00:00",
        } | values

    def join(self, user_id: str, email: str, *, confirmed: bool = True) -> int:
        """A member with an account."""

        def write(conn: sa.Connection) -> int:
            person = Person(user_id, email, confirmed=confirmed, first_name="Ada")
            known = member_for_user(
                conn, self.store.id, person, Enrollment(), keys=self.keys, now=self.clock()
            )
            return known.member.id

        return self.database.write(write)

    def take(self, text: str | bytes, name: str = "members.csv") -> ImportRef:
        """Brings a file."""
        body = text if isinstance(text, bytes) else text.encode()
        return take_member_file(
            self.database,
            self.store,
            io.BytesIO(body),
            name,
            actor=ACTOR,
            clock=self.clock,
            keys=self.keys,
        )

    def check(self, text: str | bytes) -> ImportRef:
        """Brings a file and has it checked."""
        return self.work(self.take(text).id)

    def work(self, import_id: int) -> ImportRef:
        """Goes on with an import until it waits for somebody."""
        while (found := self.find(import_id)).state in repository.AT_WORK:
            if found.state == "reversing":
                reverse_next_page(self.database, self.store, import_id, now=self.clock())
            else:
                self.importer.next_page(self.store, import_id)
        return found

    def start(self, import_id: int) -> ImportRef:
        """Has an import be booked; nothing is done yet."""
        return self.database.write(
            lambda conn: start_member_import(
                conn, self.store, import_id, actor=ACTOR, now=self.clock()
            )
        )

    def book(self, text: str | bytes) -> ImportRef:
        """Brings a file, and books it."""
        checked = self.check(text)
        self.start(checked.id)
        return self.work(checked.id)

    def reverse(self, import_id: int) -> ImportRef:
        """Takes an import back."""
        self.database.write(
            lambda conn: start_reversal(conn, self.store, import_id, actor=ACTOR, now=self.clock())
        )
        return self.work(import_id)

    def find(self, import_id: int) -> ImportRef:
        """An import as it stands."""
        found = self.database.read(
            lambda conn: repository.find_import(conn, self.store.id, import_id)
        )
        assert found is not None
        return found

    def rows(self, import_id: int) -> list[tuple[int, str, str]]:
        """Line, state and code of all rows of an import."""
        row = repository.rows.c
        return self.database.read(
            lambda conn: [
                (one.line, one.state, one.code)
                for one in conn.execute(
                    sa.select(row.line, row.state, row.code)
                    .where(row.import_id == import_id)
                    .order_by(row.id)
                )
            ]
        )

    def spend(self, member_id: int, points: int) -> int:
        """A member spends; gives the entry."""
        account = Account(self.store.id, member_id, "points")
        now = self.clock()
        return self.database.write(
            lambda conn: (
                ledger.redeem(
                    conn,
                    account,
                    points,
                    Cause("test:spend", "points", "app"),
                    key=f"spend:{member_id}:{points}:{now}",
                    now=now,
                ).entry_id
            )
        )

    def guest(self, email: str) -> int:
        """The number of whoever is known by an address without an account."""
        wanted = self.keys.every(self.store.id, email)
        found: int = self.database.read(
            lambda conn: conn.execute(
                sa.select(members.c.id).where(members.c.guest_key.in_(wanted))
            ).scalar_one()
        )
        return found

    def points(self, member_id: int) -> int:
        """All that a member has."""
        account = Account(self.store.id, member_id, "points")
        return self.database.read(
            lambda conn: ledger.balance(conn, account, now=self.clock())
        ).total

    def books(self) -> dict[str, list[tuple[int, str]]]:
        """Points and expiry of all lots with something left, by whose they are."""

        def read(conn: sa.Connection) -> dict[str, list[tuple[int, str]]]:
            found: dict[str, list[tuple[int, str]]] = {}
            query = (
                sa.select(
                    _lots.c.remaining, _lots.c.expires_at, members.c.guest_key, members.c.user_id
                )
                .join(members, members.c.id == _lots.c.member_id)
                .where(_lots.c.store_id == self.store.id, _lots.c.remaining > 0)
            )
            for points, expires_at, guest_key, user_id in conn.execute(query):
                found.setdefault(user_id or guest_key, []).append((points, str(expires_at)))
            return {owner: sorted(lots) for owner, lots in found.items()}

        return self.database.read(read)

    def drifts(self) -> list[object]:
        """What does not add up in the books."""
        return list(self.database.read(lambda conn: drifts_of(conn, self.store.id)))
