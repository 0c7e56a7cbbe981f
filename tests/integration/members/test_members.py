"""Members change state by clear rules, and are found by whoever may know them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members import repository, service
from saleor_loyalty_app.members.errors import (
    MemberBlocked,
    MemberErased,
    MemberNotFound,
    WrongMemberState,
)
from saleor_loyalty_app.members.models import Member, MemberIdentity
from saleor_loyalty_app.members.refs import Enrollment, MemberRef, Person
from tests.factories import make_member, make_store
from tests.order_books import KEYS

NOW = datetime(2027, 1, 1, 12, tzinfo=UTC)
AUTOMATIC, OPT_IN = Enrollment(), Enrollment(automatic=False)
AYSE = Person("U1", "Ayse@Example.com", confirmed=True, first_name="Ayşe", language="tr")
_identities = table(MemberIdentity)


@pytest.fixture
def conn(database: Database) -> Iterator[Connection]:
    """A connection in a transaction that is rolled back."""
    with database.engine.connect() as connection:
        yield connection


def recognize(
    conn: Connection, store_id: int, person: Person = AYSE, how: Enrollment = AUTOMATIC
) -> service.Recognized:
    return service.member_for_user(conn, store_id, person, how, keys=KEYS, now=NOW)


def test_a_user_becomes_a_member_once(conn: Connection) -> None:
    store = make_store(conn).id
    first, again = recognize(conn, store), recognize(conn, store)
    assert (first.member.id, first.may_claim) == (again.member.id, True)
    assert not again.may_claim
    assert (first.member.state, first.member.enrolled_at) == ("active", NOW)
    identity = conn.execute(sa.select(_identities)).one()
    assert (identity.email, identity.first_name) == ("ayse@example.com", "Ayşe")


def test_what_saleor_wrote_earlier_changes_nobody_however_late_it_comes(conn: Connection) -> None:
    store = make_store(conn).id
    before, moved = NOW - timedelta(hours=2), NOW - timedelta(hours=1)
    recognize(conn, store, replace(AYSE, as_of=before))
    recognize(conn, store, replace(AYSE, email="new@example.com", as_of=moved))
    conn.execute(sa.update(table(Member)).values(email_changed_at=None))
    for late in (replace(AYSE, as_of=before), AYSE):
        known = recognize(conn, store, late)
        assert not known.may_claim
        service.set_identity(conn, known.member, late, keys=KEYS, now=NOW)
        found = recognize(conn, store, late).member
        assert (found.email, found.email_changed_at) == ("new@example.com", None)
    again = recognize(conn, store, replace(AYSE, as_of=NOW)).member
    assert (again.email, again.email_changed_at) == ("ayse@example.com", NOW)


def test_a_member_of_one_store_is_a_stranger_in_another(conn: Connection) -> None:
    one, other = make_store(conn).id, make_store(conn).id
    member = recognize(conn, one).member
    assert repository.member_by_user(conn, other, "U1") is None
    assert repository.member_by_id(conn, other, member.id) is None
    with pytest.raises(MemberNotFound):
        service.pause(conn, other, member.id, now=NOW)


def test_where_one_has_to_join_users_are_invited(conn: Connection) -> None:
    store = make_store(conn).id
    invited = recognize(conn, store, how=OPT_IN).member
    assert (invited.state, invited.enrolled_at) == ("invited", None)
    joined = service.enroll(conn, store, invited.id, OPT_IN, source="storefront", now=NOW)
    assert (joined.state, joined.first_enrolled_at) == ("active", NOW)


def test_invited_members_are_in_once_the_program_takes_everybody(conn: Connection) -> None:
    store = make_store(conn).id
    recognize(conn, store, how=OPT_IN)
    assert recognize(conn, store).member.state == "active"


def test_pausing_resuming_leaving_and_coming_back(conn: Connection) -> None:
    store = make_store(conn).id
    id_ = recognize(conn, store).member.id
    assert service.pause(conn, store, id_, now=NOW).paused_at == NOW
    assert service.pause(conn, store, id_, now=NOW + timedelta(days=1)).paused_at == NOW
    assert service.resume(conn, store, id_).paused_at is None
    assert service.leave(conn, store, id_, now=NOW).left_at == NOW
    with pytest.raises(WrongMemberState):
        service.pause(conn, store, id_, now=NOW)
    back = service.enroll(
        conn, store, id_, AUTOMATIC, source="storefront", now=NOW + timedelta(days=9)
    )
    assert (back.state, back.left_at, back.first_enrolled_at) == ("active", None, NOW)


def test_being_seen_again_does_not_bring_back_who_left(conn: Connection) -> None:
    store = make_store(conn).id
    id_ = recognize(conn, store).member.id
    service.leave(conn, store, id_, now=NOW)
    assert recognize(conn, store).member.state == "left"


def test_blocked_members_cannot_free_themselves(conn: Connection) -> None:
    store = make_store(conn).id
    id_ = make_member(conn, store, state="blocked")
    with pytest.raises(MemberBlocked):
        service.enroll(conn, store, id_, AUTOMATIC, source="storefront", now=NOW)


def test_parts_are_blocked_one_by_one(conn: Connection) -> None:
    store = make_store(conn).id
    id_ = make_member(conn, store)
    blocked = service.block(conn, store, id_, spending=True)
    assert (blocked.spending_blocked, blocked.earning_blocked) == (True, False)
    freed = service.block(conn, store, id_, spending=False, codes=True)
    assert (freed.spending_blocked, freed.codes_blocked) == (False, True)


def test_guests_cannot_join(conn: Connection) -> None:
    store = make_store(conn).id
    guest = service.member_for_guest(conn, store, "x@y.z", AUTOMATIC, keys=KEYS, now=NOW)
    with pytest.raises(WrongMemberState):
        service.enroll(conn, store, guest.id, AUTOMATIC, source="storefront", now=NOW)


def test_erased_members_change_no_more(conn: Connection) -> None:
    store = make_store(conn).id
    id_ = make_member(conn, store, state="erased", user_id=None)
    changes: list[Callable[[], MemberRef]] = [
        lambda: service.pause(conn, store, id_, now=NOW),
        lambda: service.block(conn, store, id_, earning=True),
        lambda: service.enroll(conn, store, id_, AUTOMATIC, source="x", now=NOW),
    ]
    for change in changes:
        with pytest.raises(MemberErased):
            change()


def test_a_merged_member_leads_to_the_one_that_remains(conn: Connection) -> None:
    store = make_store(conn).id
    last = make_member(conn, store)
    middle = make_member(conn, store, user_id=None, merged_into=last)
    first = make_member(conn, store, user_id=None, merged_into=middle)
    survivor = repository.surviving_member(conn, store, first)
    assert survivor is not None
    assert survivor.id == last
    assert service.block(conn, store, first, codes=True).id == last


def test_the_bucket_is_the_same_for_a_guest_and_the_user_they_become(conn: Connection) -> None:
    store = make_store(conn).id
    half = Enrollment(hold_out_percent=50)
    for n in range(12):
        email = f"shopper{n}@example.com"
        guest = service.member_for_guest(conn, store, email, half, keys=KEYS, now=NOW)
        user = recognize(conn, store, Person(f"U{n}", email), half).member
        assert (guest.bucket, guest.hold_out) == (user.bucket, user.hold_out)
        assert user.hold_out is (user.bucket < 5000)


def test_a_changed_share_does_not_move_who_is_watched(conn: Connection) -> None:
    store = make_store(conn).id
    before = recognize(conn, store, how=Enrollment(hold_out_percent=50)).member.hold_out
    assert recognize(conn, store, how=Enrollment(hold_out_percent=0)).member.hold_out is before
