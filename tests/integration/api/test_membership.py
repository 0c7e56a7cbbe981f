"""Shoppers join and leave, say what they prefer and agree to, and get or end what is kept."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.publish_program import publish
from saleor_loyalty_app.ledger import Account, Cause
from saleor_loyalty_app.ledger.models import Entry
from saleor_loyalty_app.members.models import Member, MemberConsent, MemberNote
from saleor_loyalty_app.members.repository import member_by_user
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.storefront_setup import Setup, store_setup
from tests.api_edge import ApiEdge
from tests.audited import drifts_of
from tests.factories import make_channel
from tests.program_samples import program_of

API = "/api/storefront/v1"
USER = "VXNlcjo1"
ACCOUNT = {
    "id": USER,
    "email": "ayse@example.com",
    "firstName": "Ayşe",
    "lastName": "Yılmaz",
    "languageCode": "TR_TR",
    "isActive": True,
    "isConfirmed": True,
    "isStaff": False,
    "updatedAt": "2026-12-01T00:00:00+00:00",
}
VERSIONS = {"terms_version": "t-1", "privacy_version": "p-1"}


@pytest.fixture
def opted(edge: ApiEdge, store: StoreRef) -> StoreRef:
    """A store whose program is joined, with terms and a privacy notice."""
    edge.saleor.answers["Shopper"] = {"user": ACCOUNT}
    program = program_of(settings={"enrollment": "opt_in", **VERSIONS})

    def write(conn: Connection) -> None:
        make_channel(conn, store.id, slug="channel-tr", currency="TRY")
        publish(conn, store, program, by="user:1", now=edge.clock())

    edge.database.write(write)
    return store


def ask(
    edge: ApiEdge, store: StoreRef, method: str, path: str, body: object = None, **headers: str
) -> httpx.Response:
    return edge.send(method, f"{API}/me/{path}", edge.shopper(store) | headers, body)


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def joined(edge: ApiEdge, store: StoreRef) -> int:
    """Joins; gives the member's id."""
    answer = ask(edge, store, "POST", "membership", VERSIONS)
    assert answer.status_code == 200, answer.text
    member = edge.database.read(lambda conn: member_by_user(conn, store.id, USER))
    assert member is not None
    return member.id


def earned(edge: ApiEdge, store: StoreRef, member: int, points: int, *, pending: bool) -> None:
    now = edge.clock()
    edge.database.write(
        lambda conn: ledger.earn(
            conn,
            Account(store.id, member, "points"),
            points,
            Cause(source="test", part="points", actor="test", reason={"code": "adjusted"}),
            key=f"earn:{points}:{pending}",
            now=now,
            effective_at=now,
            available_from=now + timedelta(days=9) if pending else now,
            expires_at=None,
        )
    )


def test_a_shopper_joins_with_the_texts_in_force(edge: ApiEdge, opted: StoreRef) -> None:
    before = ask(edge, opted, "GET", "membership").json()
    assert (before["state"], before["takes_part"], before["enrollment"]) == (
        "none",
        False,
        "opt_in",
    )
    assert before["terms"]["version"] == "t-1"
    stale = ask(edge, opted, "POST", "membership", VERSIONS | {"terms_version": "t-0"})
    assert told(stale) == (409, "terms_changed")
    assert stale.json()["error"]["detail"]["terms_version"] == "t-1"
    after = ask(edge, opted, "POST", "membership", VERSIONS)
    page = after.json()
    assert (page["state"], page["takes_part"]) == ("active", True)
    assert (page["terms"]["agreed_version"], page["terms"]["source"]) == ("t-1", "storefront")
    assert after.headers["cache-control"] == "private, no-store"
    assert ask(edge, opted, "POST", "membership", VERSIONS).json() == page
    consents = table(MemberConsent)
    rows = edge.database.read(lambda conn: conn.execute(sa.select(consents.c.kind)).all())
    assert sorted(row.kind for row in rows) == ["privacy", "terms"]


def test_whoever_may_not_sign_in_cannot_join(edge: ApiEdge, opted: StoreRef) -> None:
    for user in (None, ACCOUNT | {"isActive": False}, ACCOUNT | {"isStaff": True}):
        edge.saleor.answers["Shopper"] = {"user": user}
        refused = ask(edge, opted, "POST", "membership", VERSIONS)
        assert told(refused) == (403, "user_inactive")


def test_before_a_program_is_in_force_nobody_joins(edge: ApiEdge, store: StoreRef) -> None:
    edge.saleor.answers["Shopper"] = {"user": ACCOUNT}
    assert told(ask(edge, store, "POST", "membership", {})) == (409, "no_program")
    assert ask(edge, store, "GET", "membership").json()["enrollment"] is None


def test_leaving_says_what_is_lost_and_takes_just_that(edge: ApiEdge, opted: StoreRef) -> None:
    member = joined(edge, opted)
    earned(edge, opted, member, 120, pending=False)
    earned(edge, opted, member, 45, pending=True)
    loss = ask(edge, opted, "GET", "membership/leaving?channel=default-channel").json()
    assert (loss["loses"], loss["available"], loss["pending"]) == (165, 120, 45)
    assert loss["worth"] == {"amount": "2.40", "currency": "USD"}
    assert "165 points" in loss["says"]
    assert told(ask(edge, opted, "DELETE", "membership?loses=120")) == (409, "loss_changed")
    assert ask(edge, opted, "GET", "membership").json()["state"] == "active"
    left = ask(edge, opted, "DELETE", "membership?loses=165")
    assert (left.json()["state"], left.json()["takes_part"]) == ("left", False)
    assert ask(edge, opted, "DELETE", "membership?loses=165").json() == left.json()
    history = edge.history(edge.shopper(opted)).json()["entries"]
    assert sum(entry["amount"] for entry in history) == 0
    assert history[0]["explanation"] == ["165 points were given up by leaving the program."]
    assert edge.database.read(lambda conn: drifts_of(conn, opted.id)) == []


def test_joining_again_brings_nothing_back_and_pays_nothing(edge: ApiEdge, opted: StoreRef) -> None:
    member = joined(edge, opted)
    first = edge.clock()
    earned(edge, opted, member, 50, pending=False)
    assert ask(edge, opted, "DELETE", "membership?loses=50").status_code == 200
    edge.clock.advance(timedelta(days=1))
    entries = table(Entry)
    count = sa.select(sa.func.count()).select_from(entries)
    before = edge.database.read(lambda conn: conn.execute(count).scalar_one())
    assert joined(edge, opted) == member
    assert edge.me(edge.shopper(opted)).json()["points"]["available"] == 0
    assert edge.database.read(lambda conn: conn.execute(count).scalar_one()) == before
    rows = table(Member)
    row = edge.database.read(
        lambda conn: conn.execute(sa.select(rows).where(rows.c.id == member)).one()
    )
    assert (row.first_enrolled_at, row.enrolled_at) == (first, edge.clock())


def test_nobody_leaves_whom_the_program_does_not_know(edge: ApiEdge, opted: StoreRef) -> None:
    for method, path in (("GET", "membership/leaving"), ("DELETE", "membership?loses=0")):
        assert told(ask(edge, opted, method, path)) == (404, "member_not_found")


def test_a_member_chooses_language_and_channels(edge: ApiEdge, opted: StoreRef) -> None:
    assert told(ask(edge, opted, "GET", "preferences")) == (404, "member_not_found")
    joined(edge, opted)
    page = ask(edge, opted, "GET", "preferences").json()
    assert (page["language"], page["news"]) == ("tr", {"email": True, "sms": True})
    changed = ask(edge, opted, "PUT", "preferences", {"language": "en", "news": {"sms": False}})
    assert (changed.json()["language"], changed.json()["news"]) == (
        "en",
        {"email": True, "sms": False},
    )
    again = ask(edge, opted, "PUT", "preferences", {"news": {"email": False}}).json()
    assert (again["language"], again["news"]) == ("en", {"email": False, "sms": False})
    refused = ask(edge, opted, "PUT", "preferences", {"language": "de"})
    assert told(refused) == (422, "request_invalid")


def test_consent_is_recorded_and_withdrawn_as_easily(edge: ApiEdge, opted: StoreRef) -> None:
    joined(edge, opted)
    assert told(ask(edge, opted, "PUT", "consents/sms", {"text_version": "o-1"})) == (
        400,
        "phone_missing",
    )
    granted = ask(edge, opted, "PUT", "consents/email", {"text_version": "o-1"}).json()
    assert granted["offers"]["email"] == {
        "granted": True,
        "at": "2027-01-01T12:00:00Z",
        "source": "storefront",
        "text_version": "o-1",
    }
    for _ in range(2):
        gone = ask(edge, opted, "DELETE", "consents/email").json()
        assert gone["offers"]["email"]["granted"] is False
    assert told(ask(edge, opted, "PUT", "consents/email", {})) == (422, "request_invalid")
    assert told(ask(edge, opted, "DELETE", "consents/post")) == (422, "request_invalid")


def test_my_data_is_mine_alone(edge: ApiEdge, opted: StoreRef) -> None:
    member = joined(edge, opted)
    earned(edge, opted, member, 50, pending=False)
    answer = ask(edge, opted, "GET", "data")
    data: dict[str, Any] = answer.json()
    assert answer.headers["content-disposition"].startswith("attachment")
    assert data["tables"]["member_identity"][0]["email"] == "ayse@example.com"
    assert data["tables"]["entry"][0]["amount"] == 50
    assert "idempotency_key" not in data["tables"]["entry"][0]
    other = edge.shopper(opted, user_id="VXNlcjo2", email="john@example.com")
    assert told(edge.get(f"{API}/me/data", other)) == (404, "member_not_found")


def test_a_wish_to_be_erased_becomes_one_task_for_staff(edge: ApiEdge, opted: StoreRef) -> None:
    joined(edge, opted)
    wrong = ask(edge, opted, "POST", "erasure", {"confirm": True, "loses": 9})
    assert told(wrong) == (409, "loss_changed")
    for _ in range(2):
        asked = ask(edge, opted, "POST", "erasure", {"confirm": True, "loses": 0})
        assert (asked.status_code, asked.json()["due_on"]) == (202, "2027-01-31")
    notes = table(MemberNote)
    [note] = edge.database.read(lambda conn: conn.execute(sa.select(notes)).all())
    assert (note.author, note.due_on) == ("shopper", "2027-01-31")
    assert told(ask(edge, opted, "POST", "erasure", {"confirm": False, "loses": 0})) == (
        422,
        "request_invalid",
    )


def test_where_the_store_says_so_erasure_is_done_at_once(edge: ApiEdge, opted: StoreRef) -> None:
    member = joined(edge, opted)
    earned(edge, opted, member, 50, pending=False)
    edge.database.write(
        lambda conn: store_setup(
            conn, opted.id, Setup(erase_at_once=True), version=0, now=edge.clock()
        )
    )
    done = ask(edge, opted, "POST", "erasure", {"confirm": True, "loses": 50})
    assert (done.status_code, done.json()["state"]) == (200, "done")
    assert told(ask(edge, opted, "GET", "data")) == (404, "member_not_found")
    assert edge.database.read(lambda conn: drifts_of(conn, opted.id)) == []
