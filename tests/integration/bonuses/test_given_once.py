"""Bonuses come once, whatever happens in whatever order; birthdays on the day."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from saleor_loyalty_app.bonuses import answers, birthdays
from saleor_loyalty_app.bonuses.celebrating import Birthday
from saleor_loyalty_app.bonuses.errors import BirthdayChangedLately
from saleor_loyalty_app.bonuses.models import BonusMemory
from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.answer_question import answer_question
from saleor_loyalty_app.flows.celebrate import celebrate_page
from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.flows.give_bonus import give_waiting
from saleor_loyalty_app.flows.receive_event import receive
from saleor_loyalty_app.handlers.customers import ACCOUNTS_DELETED, CUSTOMERS
from saleor_loyalty_app.ledger.models import Entry
from saleor_loyalty_app.members.repository import member_by_user
from saleor_loyalty_app.messages.models import OutboxMessage
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.stores.refs import StoreRef
from tests.factories import make_revision
from tests.order_books import live_store, program
from tests.order_samples import order, paid, shopper
from tests.webhook_edge import SECRETS, event_body

USER = {
    "id": "VXNlcjo1",
    "email": "ayse@example.com",
    "firstName": "Ayşe",
    "lastName": "",
    "isActive": True,
    "isConfirmed": True,
    "isStaff": False,
    "languageCode": "TR",
    "dateJoined": "2026-12-01T00:00:00+00:00",
    "updatedAt": "2026-12-01T00:00:00+00:00",
}
NOW = datetime(2027, 2, 20, 12, tzinfo=UTC)


def document() -> dict[str, Any]:
    """A program in which everything brings points."""
    rules = [
        {
            "id": name,
            "trigger": name.replace("-", "_"),
            "then": {"type": "points", "points": points},
        }
        for name, points in (
            ("account-confirmed", 100),
            ("birthday", 50),
            ("anniversary", 30),
            ("question-answered", 20),
        )
    ]
    asked = {"id": "size", "text": {"en": "Size?"}, "kind": "number"}
    bonuses = {"birthdays": {"asked": True}, "questions": [asked]}
    return program() | {"earning": {"rules": rules}, "bonuses": bonuses}


class Shop:
    """A store whose shopper comes, tells things, goes and comes again."""

    def __init__(self, database: Database) -> None:
        self.database, self.now, self.account, self.orders = database, NOW, 5, 0
        self.store: StoreRef = database.write(lambda conn: live_store(conn, document()))

    def tell(self, typename: str, **fields: object) -> None:
        handler = ACCOUNTS_DELETED if typename == "AccountDeleted" else CUSTOMERS
        user = USER | {"id": f"user-{self.account}", "updatedAt": self.now.isoformat()} | fields
        body = event_body(typename, self.store.app_id, user=user)
        receive(self.database, handler, self.store, body, now=self.now, secrets=SECRETS)

    def delete(self) -> None:
        self.tell("AccountDeleted")
        self.account += 1

    def as_member(self, work: Callable[..., object]) -> None:
        def write(conn: sa.Connection) -> None:
            member = member_by_user(conn, self.store.id, f"user-{self.account}")
            if member is not None:
                work(conn, member.id)

        self.database.write(write)

    def born(self, month: int, day: int) -> None:
        def work(conn: sa.Connection, member_id: int) -> None:
            told = Birthday(month, day)
            birthdays.tell_birthday(conn, self.store.id, member_id, told, now=self.now)

        self.as_member(work)

    def answer(self, said: str) -> None:
        self.as_member(
            lambda conn, member_id: answer_question(
                conn, self.store, member_id, "size", said, keys=SECRETS, now=self.now
            )
        )

    def take_back(self) -> None:
        self.as_member(
            lambda conn, member_id: answers.delete_answer(conn, self.store.id, member_id, "size")
        )

    def celebrate(self) -> None:
        for kind in ("birthday", "anniversary"):
            while self.database.write(
                lambda conn, kind=kind: celebrate_page(  # type: ignore[misc]
                    conn, self.store, kind, keys=SECRETS, now=self.now
                )
            ):
                pass

    def switch(self, *, earning: bool) -> None:
        self.store = replace(self.store, earning_on=earning)

    def wait(self) -> None:
        """What the task of the bonuses that wait does."""
        while self.database.write(
            lambda conn: give_waiting(conn, self.store, limit=2, keys=SECRETS, now=self.now)
        ):
            pass

    def buy(self, **user: object) -> None:
        """An order is paid; it shows the account as it is then."""
        self.orders += 1
        user = {"id": f"user-{self.account}", "email": USER["email"]} | user
        told = order(
            id=f"O{self.orders}",
            user=shopper() | user | {"updatedAt": self.now.isoformat()},
            transactions=[paid()],
        )
        look = Look.webhook(self.now)
        self.database.write(
            lambda conn: converge_order(conn, self.store, told, look, now=self.now, secrets=SECRETS)
        )

    def later(self, days: int) -> None:
        self.now += timedelta(days=days)

    def given(self) -> list[tuple[str, int]]:
        """(deed, points) of what was booked for deeds, in the order of the books."""
        entry = table(Entry)
        query = sa.select(entry.c.reason, entry.c.amount, entry.c.rule_ids).where(
            entry.c.store_id == self.store.id, entry.c.kind == "earn"
        )
        rows = self.database.read(lambda conn: conn.execute(query.order_by(entry.c.id)).all())
        return [
            (f"{row.reason['deed']}:{row.reason.get('number', '')}", row.amount) for row in rows
        ]

    def messages(self) -> list[str]:
        message = table(OutboxMessage)
        query = sa.select(message.c.kind).where(message.c.store_id == self.store.id)
        return list(self.database.read(lambda conn: conn.execute(query).scalars().all()))


@pytest.fixture
def shop(database: Database) -> Shop:
    return Shop(database)


def test_a_confirmed_account_brings_points_and_is_told_of_them(shop: Shop) -> None:
    shop.tell("CustomerCreated", isConfirmed=False)
    assert shop.given() == []
    shop.tell("AccountConfirmed")
    shop.tell("AccountConfirmed", firstName="A")
    assert shop.given() == [("account_confirmed:", 100)]
    assert shop.messages().count("bonus_given") == 1


def test_an_old_account_that_is_only_seen_again_brings_nothing(shop: Shop) -> None:
    shop.tell("CustomerUpdated")
    assert shop.given() == []


def test_an_account_deleted_and_made_again_brings_nothing_until_the_memory_ends(shop: Shop) -> None:
    shop.tell("AccountConfirmed")
    shop.answer("38")
    shop.delete()
    shop.tell("AccountConfirmed")
    shop.answer("38")
    assert [points for _, points in shop.given()] == [100, 20]
    memory = table(BonusMemory)
    kept = shop.database.read(lambda conn: conn.execute(sa.select(memory)).all())
    assert {row.deed for row in kept} == {"account_confirmed", "answer:size"}
    assert "ayse" not in repr(kept)
    shop.delete()
    shop.later(365 * 3)
    shop.tell("AccountConfirmed")
    assert [points for _, points in shop.given()] == [100, 20, 100]


def test_a_birthday_is_given_on_the_day_and_a_missed_one_caught_up(shop: Shop) -> None:
    shop.tell("CustomerUpdated")
    shop.celebrate()
    shop.born(2, 29)
    shop.later(7)
    shop.celebrate()
    assert shop.given() == []
    shop.later(3)
    shop.celebrate()
    shop.celebrate()
    assert shop.given() == [("birthday:", 50)]
    assert shop.messages().count("birthday") == 1


def test_a_birthday_told_too_late_waits_for_the_next_year(shop: Shop) -> None:
    shop.tell("CustomerUpdated")
    shop.celebrate()
    shop.born(2, 22)
    shop.later(5)
    shop.celebrate()
    assert shop.given() == []


def test_a_birthday_can_be_put_right_once_a_year(shop: Shop) -> None:
    shop.tell("CustomerUpdated")
    shop.born(5, 1)
    shop.born(5, 2)
    shop.born(5, 2)
    with pytest.raises(BirthdayChangedLately):
        shop.born(5, 3)
    shop.later(366)
    shop.born(5, 3)


def test_an_anniversary_counts_from_joining(shop: Shop) -> None:
    shop.tell("CustomerUpdated")
    shop.celebrate()
    for days in (365, 366):
        shop.later(days)
        shop.celebrate()
    assert shop.given() == [("anniversary:1", 30), ("anniversary:2", 30)]


def test_what_happens_while_earning_is_off_is_given_once_it_is_on_again(shop: Shop) -> None:
    shop.tell("CustomerUpdated", isConfirmed=False)
    shop.born(3, 15)
    shop.celebrate()
    shop.switch(earning=False)
    shop.tell("AccountConfirmed")
    shop.answer("38")
    shop.later(40)
    shop.celebrate()
    shop.wait()
    assert shop.given() == []
    shop.switch(earning=True)
    shop.celebrate()
    shop.wait()
    shop.wait()
    assert sorted(points for _, points in shop.given()) == [20, 50, 100]
    assert shop.messages().count("bonus_given") == 3
    shop.tell("AccountConfirmed", firstName="A")
    shop.answer("39")
    assert len(shop.given()) == 3


def test_what_waits_for_earning_is_decided_by_the_rules_of_its_day(shop: Shop) -> None:
    shop.switch(earning=False)
    shop.tell("AccountConfirmed")
    shop.later(1)
    shop.database.write(
        lambda conn: make_revision(conn, shop.store.id, program(), effective_from=shop.now)
    )
    shop.later(1)
    shop.switch(earning=True)
    shop.wait()
    assert shop.given() == [("account_confirmed:", 100)]


def test_a_confirmation_that_an_order_shows_first_brings_its_bonus_once(shop: Shop) -> None:
    shop.tell("CustomerCreated", isConfirmed=False)
    shop.later(1)
    shop.buy()
    shop.wait()
    assert shop.given() == [("account_confirmed:", 100)]
    shop.tell("AccountConfirmed", firstName="A")
    assert shop.given() == [("account_confirmed:", 100)]


def test_an_account_that_an_order_shows_first_was_confirmed_long_ago(shop: Shop) -> None:
    shop.buy()
    shop.wait()
    assert shop.given() == []


STEPS = st.lists(
    st.sampled_from(
        [
            *("confirm", "seen", "delete", "answer", "take_back", "born", "other"),
            *("day", "year", "run", "unconfirmed", "buy", "off", "on", "wait"),
        ]
    ),
    max_size=25,
)


def test_nothing_is_given_twice_whatever_the_order_of_events(sqlite_url: str) -> None:
    database = open_database(sqlite_url)

    @given(STEPS)
    @settings(max_examples=settings().max_examples * 3 // 5)
    def check(steps: list[str]) -> None:
        shop = Shop(database)
        started = shop.now
        for step in steps:
            try:
                _take(shop, step)
            except AppError:
                continue
        years = shop.now.year - started.year
        found = Counter(deed for deed, _ in shop.given())
        assert found["account_confirmed:"] <= 1 + years // 2
        assert found["question_answered:"] <= 1 + years // 2
        assert found["birthday:"] <= 1 + years
        assert all(
            times <= 1 + years // 2
            for deed, times in found.items()
            if deed.startswith("anniversary")
        )

    try:
        check()
    finally:
        database.close()


def _take(shop: Shop, step: str) -> None:
    match step:
        case "confirm":
            shop.tell("AccountConfirmed")
        case "seen":
            shop.tell("CustomerUpdated")
        case "unconfirmed":
            shop.tell("CustomerCreated", isConfirmed=False)
        case "buy":
            shop.buy()
        case "off" | "on":
            shop.switch(earning=step == "on")
        case "wait":
            shop.wait()
        case "delete":
            shop.delete()
        case "answer":
            shop.answer("40")
        case "take_back":
            shop.take_back()
        case "born":
            shop.born(3, 1)
        case "other":
            shop.born(3, 20)
        case "day":
            shop.later(9)
        case "year":
            shop.later(180)
        case _:
            shop.celebrate()
