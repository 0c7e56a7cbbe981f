"""Offers reach only who agreed to them, and who agreed when and where can be proved."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.members import consents, repository, service
from saleor_loyalty_app.members.consents import Channel
from saleor_loyalty_app.members.eligibility import why_not_spending
from saleor_loyalty_app.members.errors import (
    InvalidPhone,
    MemberErased,
    MemberNotFound,
    PhoneMissing,
    WrongMemberState,
)
from saleor_loyalty_app.members.phones import normalize_phone
from saleor_loyalty_app.members.refs import Enrollment, Person
from tests.factories import make_member, make_store
from tests.order_books import KEYS

NOW = datetime(2027, 1, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


@pytest.fixture
def conn(database: Database) -> Iterator[Connection]:
    """A connection in a transaction that is rolled back."""
    with database.engine.connect() as connection:
        yield connection


def _member(conn: Connection, store: int, email: str = "ayse@example.com", user: str = "U1") -> int:
    person = Person(user, email, confirmed=True)
    return service.member_for_user(conn, store, person, Enrollment(), keys=KEYS, now=NOW).member.id


def _agree(conn: Connection, store: int, member: int, version: str = "2027-1") -> None:
    consents.grant(
        conn, store, member, Channel.email, source="storefront", text_version=version, now=NOW
    )


def test_nobody_has_agreed_before_they_say_so(conn: Connection) -> None:
    store = make_store(conn).id
    member = _member(conn, store)
    assert consents.states(conn, store, member) == {
        Channel.email: consents.ConsentState(),
        Channel.sms: consents.ConsentState(),
    }


def test_each_channel_has_its_own_proof_and_history(conn: Connection) -> None:
    store = make_store(conn).id
    member = _member(conn, store)
    _agree(conn, store, member)
    _agree(conn, store, member)
    ended = consents.withdraw(conn, store, member, Channel.email, source="unsubscribe", now=LATER)
    assert ended == consents.ConsentState(False, "unsubscribe", "2027-1", LATER)
    assert not consents.states(conn, store, member)[Channel.sms].granted
    history = consents.changes(conn, store, member)
    assert [(one.granted, one.source, one.at) for one in history] == [
        (False, "unsubscribe", LATER),
        (True, "storefront", NOW),
    ]


def test_a_new_text_is_agreed_to_anew(conn: Connection) -> None:
    store = make_store(conn).id
    member = _member(conn, store)
    _agree(conn, store, member)
    _agree(conn, store, member, "2027-2")
    assert [one.text_version for one in consents.changes(conn, store, member)] == [
        "2027-2",
        "2027-1",
    ]


def test_text_messages_need_a_number_and_another_number_is_agreed_to_anew(
    conn: Connection,
) -> None:
    store = make_store(conn).id
    member = _member(conn, store)

    def agree(phone: str) -> None:
        consents.grant(
            conn,
            store,
            member,
            Channel.sms,
            source="storefront",
            text_version="1",
            now=NOW,
            phone=phone,
        )

    with pytest.raises(PhoneMissing):
        agree("")
    with pytest.raises(InvalidPhone):
        agree("0212 555 44 33")
    agree("0532 123 45 67")
    agree("+90 532 123 45 67")
    assert len(consents.changes(conn, store, member)) == 1
    agree("+4915112345678")
    assert consents.phone_of(conn, store, member) == "+4915112345678"
    assert len(consents.changes(conn, store, member)) == 2


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("0532 123 45 67", "+905321234567"),
        ("(532) 123-45-67", "+905321234567"),
        ("00905321234567", "+905321234567"),
        ("+1 212 555 0123", "+12125550123"),
        ("2125550123", ""),
        ("+0123456789", ""),
        ("+٩٠٥٣٢١٢٣٤٥٦٧", ""),
        ("+90532\n1234567", ""),
        ("9" * 400, ""),
        ("", ""),
    ],
)
def test_numbers_are_stored_in_one_form_or_not_at_all(written: str, stored: str) -> None:
    assert normalize_phone(written) == stored


def test_guests_erased_members_and_strangers_cannot_agree(conn: Connection) -> None:
    store, other = make_store(conn).id, make_store(conn).id
    member = _member(conn, store)
    guest = make_member(conn, store, user_id=None, guest_key="k", state="guest")
    erased = make_member(conn, store, user_id=None, state="erased")
    for owner, of, failure in (
        (guest, store, WrongMemberState),
        (erased, store, MemberErased),
        (member, other, MemberNotFound),
    ):
        with pytest.raises(failure):
            _agree(conn, of, owner)


def test_a_new_address_ends_the_consent_and_lets_spending_rest(conn: Connection) -> None:
    store = make_store(conn).id
    member = _member(conn, store)
    _agree(conn, store, member)
    person = Person("U1", "new@example.com", confirmed=True)
    known = service.member_for_user(conn, store, person, Enrollment(), keys=KEYS, now=LATER)
    assert consents.states(conn, store, member)[Channel.email].source == "address_changed"
    assert why_not_spending(known.member, now=LATER + timedelta(hours=47)) == "email_changed"
    assert why_not_spending(known.member, now=LATER + timedelta(hours=48)) == ""
    again = repository.member_by_id(conn, store, member)
    assert again is not None
    assert (again.email, again.email_changed_at) == ("new@example.com", LATER)


def test_another_spelling_of_the_address_changes_nothing(conn: Connection) -> None:
    store = make_store(conn).id
    member = _member(conn, store)
    _agree(conn, store, member)
    person = Person("U1", "AYSE@Example.com", confirmed=True)
    known = service.member_for_user(conn, store, person, Enrollment(), keys=KEYS, now=LATER)
    assert consents.states(conn, store, member)[Channel.email].granted
    assert why_not_spending(known.member, now=LATER) == ""
