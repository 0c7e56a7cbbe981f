"""Whose points they are: users, guests, staff, and orders that go from one to another."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.converge_order import Outcome, converge_order
from saleor_loyalty_app.flows.erase_member import erase_address, erase_user
from saleor_loyalty_app.flows.join_member import Joined, customer_seen, join_program
from saleor_loyalty_app.ledger.models import Entry
from saleor_loyalty_app.members import service
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.models import Member, MemberConsent, MemberIdentity
from saleor_loyalty_app.members.refs import MemberRef, Person
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.saleor.event import UserSnapshot
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef
from tests.order_books import KEYS, NOW, books_of, entries_of, live_store, order_row, program
from tests.order_samples import START, event, order, paid, shopper, transaction

_members, _identities = table(Member), table(MemberIdentity)
_consents, _entries = table(MemberConsent), table(Entry)
AYSE, JOHN = shopper(), shopper("U2", "john@example.com")
POINTS = ("points", "points")


@pytest.fixture
def conn(database: Database) -> Iterator[Connection]:
    """A connection in a transaction that is rolled back."""
    with database.engine.connect() as connection:
        yield connection


def read(conn: Connection, store: StoreRef, told: OrderSnapshot, minutes: float = 0) -> Outcome:
    moment = NOW + timedelta(minutes=minutes)
    return converge_order(conn, store, told, Look.read(moment), now=moment, secrets=KEYS)


def account(
    id_: str = "U1", email: str = "ayse@example.com", *, confirmed: bool = True, staff: bool = False
) -> UserSnapshot:
    return UserSnapshot(id=id_, email=email, is_confirmed=confirmed, is_staff=staff)


def seen(conn: Connection, store: StoreRef, user: UserSnapshot) -> Joined:
    joined = customer_seen(conn, store, user, keys=KEYS, now=NOW)
    assert joined is not None
    return joined


def joins(conn: Connection, store: StoreRef, person: Person, now: datetime) -> MemberRef:
    joined = join_program(conn, store, person, source="storefront", keys=KEYS, now=now)
    assert joined is not None
    return joined.member


def by_guest(email: str = "ayse@example.com", **more: Any) -> OrderSnapshot:
    return order(transactions=[paid()], userEmail=email, **more)


def member_rows(conn: Connection, store: StoreRef) -> list[sa.Row[Any]]:
    query = sa.select(_members).where(_members.c.store_id == store.id).order_by(_members.c.id)
    return list(conn.execute(query))


def test_a_guest_is_a_member_without_a_name(conn: Connection) -> None:
    store = live_store(conn)
    assert read(conn, store, by_guest("Ayse@Example.com")).posted == {POINTS: 1000}
    read(conn, store, by_guest(id="O2", number="2"))
    [guest] = member_rows(conn, store)
    assert (guest.state, guest.user_id, guest.enrolled_at) == ("guest", None, None)
    assert conn.execute(sa.select(_identities)).all() == []
    assert books_of(conn, store).balances == {("guest", "points"): 2000}


def test_a_guest_is_found_again_after_the_secret_was_changed(conn: Connection) -> None:
    store = live_store(conn)
    old = EmailKeys.of(["an older secret of 32 characters"])
    converge_order(conn, store, by_guest(), Look.read(NOW), now=NOW, secrets=old)
    read(conn, store, by_guest(id="O2", number="2"))
    assert len(member_rows(conn, store)) == 1


def test_a_confirmed_address_brings_the_guest_in(conn: Connection) -> None:
    store = live_store(conn)
    read(conn, store, by_guest())
    before = books_of(conn, store).lots
    joined = seen(conn, store, account())
    assert (joined.member.user_id, joined.claimed) == ("U1", 1)
    books = books_of(conn, store)
    assert books.balances == {("U1", "points"): 1000}
    assert [key[2:] for key in books.lots] == [key[2:] for key in before]
    guest, member = member_rows(conn, store)
    assert (guest.merged_into, guest.guest_key) == (member.id, None)
    assert order_row(conn, store, "O1").member_id == member.id


def test_an_address_that_nobody_proved_brings_nobody_in(conn: Connection) -> None:
    store = live_store(conn)
    read(conn, store, by_guest())
    assert seen(conn, store, account(confirmed=False)).claimed == 0
    assert books_of(conn, store).balances == {("guest", "points"): 1000}
    assert seen(conn, store, account()).claimed == 1
    assert seen(conn, store, account()).claimed == 0


def test_a_look_alike_address_brings_nobody_in(conn: Connection) -> None:
    store = live_store(conn)
    read(conn, store, by_guest("ilgin@example.com"))
    look_alike = account(email="ılgin@example.com")
    assert seen(conn, store, look_alike).claimed == 0
    assert books_of(conn, store).balances == {("guest", "points"): 1000}


def test_a_late_guest_order_goes_to_the_owner_of_the_address(conn: Connection) -> None:
    store = live_store(conn)
    customer_seen(conn, store, account(), keys=KEYS, now=NOW)
    read(conn, store, by_guest())
    assert books_of(conn, store).balances == {("U1", "points"): 1000}


def test_a_guest_order_that_saleor_attached_goes_to_the_user_with_its_dates(
    conn: Connection,
) -> None:
    store = live_store(conn)
    read(conn, store, by_guest())
    lots = books_of(conn, store).lots
    read(conn, store, order(transactions=[paid()], user=AYSE), 2)
    assert books_of(conn, store).lots == {("U1", *key[1:]): points for key, points in lots.items()}
    assert read(conn, store, order(transactions=[paid()], user=AYSE), 3).posted == {}


def test_an_order_given_to_an_unconfirmed_user_takes_its_own_points_along_only(
    conn: Connection,
) -> None:
    store = live_store(conn)
    read(conn, store, by_guest())
    read(conn, store, by_guest(id="O2", number="2"))
    unconfirmed = AYSE | {"isConfirmed": False}
    read(conn, store, order(transactions=[paid()], user=unconfirmed), 2)
    assert books_of(conn, store).balances == {("U1", "points"): 1000, ("guest", "points"): 1000}


def test_an_order_goes_from_user_to_user_and_back(conn: Connection) -> None:
    store = live_store(conn)
    for step, owner in enumerate((AYSE, JOHN, AYSE, JOHN)):
        read(conn, store, order(transactions=[paid()], user=owner), step)
    assert books_of(conn, store).balances == {("U2", "points"): 1000}
    assert order_row(conn, store, "O1").owner_changes == 3
    refund = transaction(event("CHARGE_SUCCESS", 100, 1), event("REFUND_SUCCESS", 100, 9))
    read(conn, store, order(transactions=[refund], user=JOHN, updated=9), 9)
    assert books_of(conn, store).balances == {}


def test_an_order_whose_account_was_deleted_stays_with_the_member(conn: Connection) -> None:
    store = live_store(conn)
    read(conn, store, order(transactions=[paid()], user=AYSE))
    read(conn, store, by_guest(updated=5), 2)
    assert books_of(conn, store).balances == {("U1", "points"): 1000}


def test_a_corrected_address_moves_the_points_to_the_other_guest(conn: Connection) -> None:
    store = live_store(conn)
    read(conn, store, by_guest("tpyo@example.com"))
    read(conn, store, by_guest("typo@example.com", updated=5), 2)
    customer_seen(conn, store, account(email="typo@example.com"), keys=KEYS, now=NOW)
    assert books_of(conn, store).balances == {("U1", "points"): 1000}


def test_staff_orders_earn_nothing(conn: Connection) -> None:
    store = live_store(conn)
    staff = order(transactions=[paid()], user=AYSE | {"isStaff": True})
    assert read(conn, store, staff).withheld == "staff"
    assert member_rows(conn, store) == []
    assert customer_seen(conn, store, account(staff=True), keys=KEYS, now=NOW) is None
    assert read(conn, store, order(transactions=[paid()], user=AYSE), 2).posted == {POINTS: 1000}
    assert read(conn, store, staff, 3).posted == {POINTS: -1000}
    assert read(conn, store, order(transactions=[paid()], user=AYSE), 4).posted == {POINTS: 1000}


def test_an_order_of_nobody_earns_when_somebody_appears(conn: Connection) -> None:
    store = live_store(conn)
    assert read(conn, store, by_guest("")).withheld == "no_customer"
    later = read(conn, store, order(transactions=[paid()], user=AYSE), 2)
    assert later.posted == {POINTS: 1000}


def test_where_one_has_to_join_only_members_earn(conn: Connection) -> None:
    store = live_store(conn, program(enrollment="opt_in"))
    assert read(conn, store, by_guest()).withheld == "not_enrolled"
    assert read(conn, store, order(transactions=[paid()], user=JOHN, id="O2")).withheld == (
        "not_enrolled"
    )
    person = Person("U2", "john@example.com", confirmed=True)
    moment = START + timedelta(minutes=30)
    joins(conn, store, person, moment)
    before = order(transactions=[paid(minutes=20)], user=JOHN, id="O3", number="3")
    assert read(conn, store, before, 2).withheld == "not_enrolled"
    after = order(transactions=[paid(minutes=40)], user=JOHN, id="O4", number="4")
    assert read(conn, store, after, 3).posted == {POINTS: 1000}


def test_an_order_that_goes_to_somebody_who_has_not_joined_loses_its_points(
    conn: Connection,
) -> None:
    store = live_store(conn, program(enrollment="opt_in"))
    person = Person("U1", "ayse@example.com", confirmed=True)
    joins(conn, store, person, START)
    assert read(conn, store, order(transactions=[paid()], user=AYSE)).posted == {POINTS: 1000}
    assert read(conn, store, order(transactions=[paid()], user=JOHN), 2).posted == {POINTS: -1000}
    assert books_of(conn, store).balances == {}
    assert read(conn, store, order(transactions=[paid()], user=AYSE), 3).posted == {POINTS: 1000}


def test_joining_records_what_was_agreed_to_and_rejoining_is_not_new(conn: Connection) -> None:
    document = program(enrollment="opt_in", terms_version="T1", privacy_version="P1")
    store = live_store(conn, document)
    person = Person("U1", "ayse@example.com", confirmed=True)
    joined = joins(conn, store, person, NOW)
    later = NOW + timedelta(days=3)
    service.leave(conn, store.id, joined.id, now=later)
    again = joins(conn, store, person, later)
    assert (again.id, again.state) == (joined.id, "active")
    assert (again.first_enrolled_at, again.enrolled_at) == (NOW, later)
    consents = conn.execute(sa.select(_consents).order_by(_consents.c.id)).all()
    assert [(row.kind, row.version, row.source) for row in consents] == [
        ("terms", "T1", "storefront"),
        ("privacy", "P1", "storefront"),
    ] * 2


def test_the_control_group_is_fixed_at_the_beginning_and_earns_nothing(conn: Connection) -> None:
    store = live_store(conn, program(hold_out_percent=50))
    held = []
    for n in range(24):
        user = shopper(f"U{n}", f"shopper{n}@example.com")
        told = order(transactions=[paid()], user=user, id=f"O{n}", number=str(n))
        outcome = read(conn, store, told)
        assert (outcome.withheld == "hold_out") is (outcome.posted == {})
        held.append(bool(outcome.withheld))
    assert 4 <= sum(held) <= 20
    assert [row.hold_out for row in member_rows(conn, store)] == held


def test_blocks_survive_becoming_a_member(conn: Connection) -> None:
    store = live_store(conn)
    guest = read(conn, store, by_guest()).member_id
    assert guest is not None
    service.block(conn, store.id, guest, earning=True)
    joined = seen(conn, store, account())
    assert joined.member.earning_blocked
    second = order(transactions=[paid()], user=AYSE, id="O2", number="2")
    assert read(conn, store, second, 2).withheld == "blocked"


def test_an_erased_member_leaves_numbers_only(conn: Connection) -> None:
    store = live_store(conn)
    told = order(transactions=[paid()], user=AYSE)
    member = read(conn, store, told).member_id
    assert erase_user(conn, store, "U1", now=NOW)
    assert not erase_user(conn, store, "U1", now=NOW)
    [row] = member_rows(conn, store)
    assert (row.id, row.state, row.user_id, row.guest_key) == (member, "erased", None, None)
    assert conn.execute(sa.select(_identities)).all() == []
    assert [entry.amount for entry in entries_of(conn, store)] == [1000, -1000]
    assert books_of(conn, store).balances == {}
    refund = transaction(event("CHARGE_SUCCESS", 100, 1), event("REFUND_SUCCESS", 50, 9))
    assert read(conn, store, order(transactions=[refund], user=AYSE, updated=9), 9).posted == {}
    new = order(transactions=[paid(minutes=50)], user=AYSE, id="O2", number="2")
    assert read(conn, store, new, 10).posted == {POINTS: 1000}
    assert [row.state for row in member_rows(conn, store)] == ["erased", "active"]


def test_an_address_is_erased_with_the_guests_and_the_member_behind_it(conn: Connection) -> None:
    store = live_store(conn)
    read(conn, store, by_guest("guest@example.com"))
    read(conn, store, order(transactions=[paid()], user=AYSE, id="O2", number="2"))
    assert erase_address(conn, store, "Guest@example.com", keys=KEYS, now=NOW) == 1
    assert erase_address(conn, store, "ayse@example.com", keys=KEYS, now=NOW) == 1
    assert erase_address(conn, store, "ayse@example.com", keys=KEYS, now=NOW) == 0
    assert {row.state for row in member_rows(conn, store)} == {"erased"}
    assert books_of(conn, store).balances == {}


def test_an_order_that_staff_gave_to_a_guest_leaves_its_former_user(conn: Connection) -> None:
    store = live_store(conn)
    read(conn, store, order(transactions=[paid()], user=AYSE))
    read(conn, store, by_guest("guest@example.com", updated=5), 2)
    assert books_of(conn, store).balances == {("guest", "points"): 1000}


def test_a_changed_address_is_no_longer_the_old_ones_owner(conn: Connection) -> None:
    store = live_store(conn)
    customer_seen(conn, store, account(), keys=KEYS, now=NOW)
    customer_seen(conn, store, account(email="new@example.com"), keys=KEYS, now=NOW)
    read(conn, store, by_guest("ayse@example.com"))
    read(conn, store, by_guest("new@example.com", id="O2", number="2"))
    assert books_of(conn, store).balances == {("U1", "points"): 1000, ("guest", "points"): 1000}


def test_before_a_program_is_live_nobody_is_stored(conn: Connection) -> None:
    store = live_store(conn)
    asleep = replace(store, id=store.id + 1000)
    assert customer_seen(conn, asleep, account(), keys=KEYS, now=NOW) is None
    assert join_program(conn, asleep, Person("U1", "a@b.c"), source="x", keys=KEYS, now=NOW) is None


def test_entries_hold_no_personal_data(conn: Connection) -> None:
    store = live_store(conn)
    read(conn, store, by_guest())
    customer_seen(conn, store, account(), keys=KEYS, now=NOW)
    read(conn, store, order(transactions=[paid()], user=JOHN), 2)
    told = [str(dict(row._mapping)) for row in entries_of(conn, store)]
    assert len(told) > 3
    assert not [text for text in told if "@" in text or "example" in text]
