"""Other systems of a store read members and move points by an API key."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.publish_program import publish
from saleor_loyalty_app.ledger.models import Entry
from saleor_loyalty_app.members.models import MemberConsent
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.switches import Part, set_switch
from tests.api_edge import ApiEdge
from tests.factories import make_channel
from tests.integration.api.member_desk import told
from tests.integration.api.partner_system import PartnerSystem
from tests.integration.api.test_membership import ACCOUNT, USER, VERSIONS
from tests.program_samples import program_of


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    """One database is enough: what differs between them is in `test_partner_limits`."""
    opened = open_database(sqlite_url, pool_size=2)
    yield opened
    opened.close()


@pytest.fixture
def system(edge: ApiEdge, published: StoreRef) -> PartnerSystem:
    """A system that may do everything, and move 500 points a day."""
    return PartnerSystem(edge, published)


def test_a_member_is_found_by_account_and_address_with_what_they_have(
    system: PartnerSystem,
) -> None:
    ayse = system.desk.join(1, "Ayşe", "Yılmaz", email="ayse@example.com")
    system.desk.earn(ayse, 120)
    [found] = system.look_up(user_id="VXNlcjox")
    assert found == system.look_up(email=" Ayse@Example.com ")[0]
    assert found == system.send("GET", f"members/{ayse}").json()
    assert (found["id"], found["name"], found["confirmed"]) == (str(ayse), "Ayşe Yılmaz", True)
    assert found["points"]["available"] == 120
    assert found["points"]["worth"] == {"amount": "2.40", "currency": "USD"}
    assert system.look_up(email="nobody@example.com") == []
    assert told(system.send("GET", "members/999999")) == (404, "member_not_found")
    assert told(system.send("GET", "members/x")) == (404, "member_not_found")
    for body in ({}, {"user_id": USER, "email": "a@b.c"}, {"email": "a"}, {"store": "x"}):
        answer = system.send("POST", "members/lookup", body)
        assert told(answer) == (422, "request_invalid"), body


def test_who_proved_the_address_comes_before_the_guest_who_only_typed_it(
    system: PartnerSystem,
) -> None:
    guest = system.desk.guest("ayse@example.com")
    ayse = system.desk.join(1, "Ayşe", "Yılmaz", email="ayse@example.com")
    found = system.look_up(email="ayse@example.com")
    assert [(one["id"], one["state"]) for one in found] == [
        (str(ayse), "active"),
        (str(guest), "guest"),
    ]
    assert found[1]["email"] is None


def test_points_are_given_as_by_staff_and_told_as_the_systems(system: PartnerSystem) -> None:
    ayse = system.desk.join(1, "Ayşe", "Yılmaz")
    answer = system.move(ayse, 75)
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "private, no-store"
    moved = answer.json()
    assert (moved["points"], moved["reason_name"]) == (75, "Purchase in a shop")
    assert system.desk.points(ayse) == 75
    [line] = system.send("GET", f"members/{ayse}/statement").json()["items"]
    assert (line["id"], line["amount"]) == (moved["entry_id"], 75)
    assert line["explanation"] == ["The store gave 75 points for a purchase in a shop."]
    assert line["expires_at"] is not None
    entry = system.edge.database.read(lambda conn: conn.execute(sa.select(table(Entry))).one())
    assert entry.actor == f"partner:{system.key['id']}"
    assert (entry.source, entry.revision_id is None) == (f"adjustment:{moved['id']}", False)
    [shown] = system.desk.send("GET", f"members/{ayse}/statement").json()["items"]
    assert shown["by"] == "Cash registers"
    deed = system.desk.deeds()[0]
    assert (deed.kind, deed.actor) == ("points_given", f"partner:{system.key['id']}")
    assert "Receipt" not in str(deed.after)
    [told_of] = system.desk.send("GET", "activity/staff-actions?first=1").json()["items"]
    assert "Cash registers" in told_of["actor_name"]
    assert system.send("GET", "key").json()["left_today"] == 425


def test_taking_counts_to_the_limit_and_a_new_day_of_the_store_begins_anew(
    system: PartnerSystem, clock: ManualClock
) -> None:
    ayse = system.desk.join(1, "Ayşe", "Yılmaz")
    assert system.move(ayse, 300).status_code == 201
    assert system.move(ayse, -100).status_code == 201
    answer = system.move(ayse, 101)
    assert told(answer) == (409, "day_limit_reached")
    assert answer.json()["error"]["detail"] == {"limit": 500, "left": 100}
    assert "100" in answer.json()["error"]["message"]
    assert told(system.move(ayse, -101)) == (409, "day_limit_reached")
    clock.advance(timedelta(days=1))
    assert system.move(ayse, 500).status_code == 201
    assert system.desk.points(ayse) == 700


def test_what_cannot_be_booked_is_refused_in_words(system: PartnerSystem) -> None:
    ayse = system.desk.join(1, "Ayşe", "Yılmaz")
    wrong: list[tuple[object, dict[str, Any], tuple[int, str]]] = [
        (0, {}, (422, "invalid_amount")),
        (1.5, {}, (422, "request_invalid")),
        (10**9, {}, (422, "request_invalid")),
        (-10, {}, (409, "insufficient_points")),
        (-10, {"note": " "}, (422, "note_needed")),
        (10, {"reason": "misuse"}, (422, "reason_unfit")),
        (10, {"reason": "because"}, (422, "request_invalid")),
        (10, {"note": "\0"}, (422, "request_invalid")),
        (10, {"member_id": "1"}, (422, "request_invalid")),
    ]
    for points, what, failure in wrong:
        answer = system.move(ayse, points, **what)
        assert told(answer) == failure, (points, what)
        assert not answer.json()["error"]["message"].startswith("error.")
    assert told(system.move(999999, 10)) == (404, "member_not_found")
    assert system.desk.points(ayse) == 0


def test_systems_give_nothing_while_earning_is_off_but_may_take(system: PartnerSystem) -> None:
    ayse = system.desk.join(1, "Ayşe", "Yılmaz")
    system.desk.earn(ayse, 50)
    now = system.edge.clock()
    system.edge.database.write(
        lambda conn: set_switch(conn, system.store.id, Part.EARNING, False, now)
    )
    assert told(system.move(ayse, 10)) == (409, "earning_off")
    assert system.move(ayse, -10).status_code == 201
    assert system.desk.points(ayse) == 40


def test_a_key_does_what_its_scopes_say_and_nothing_else(
    edge: ApiEdge, published: StoreRef
) -> None:
    reader = PartnerSystem(edge, published, scopes=["members:read"], day_limit=500)
    giver = PartnerSystem(edge, published, scopes=["points:write"])
    ayse = reader.desk.join(1, "Ayşe", "Yılmaz")
    refused = reader.move(ayse, 10)
    assert told(refused) == (403, "scope_missing")
    assert refused.json()["error"]["detail"] == {"scope": "points:write"}
    assert told(reader.send("POST", "members", {"user_id": USER})) == (403, "scope_missing")
    for method, path, body in (
        ("POST", "members/lookup", {"user_id": USER}),
        ("GET", f"members/{ayse}", None),
        ("GET", f"members/{ayse}/statement", None),
    ):
        assert told(giver.send(method, path, body)) == (403, "scope_missing"), path
    assert reader.send("GET", "key").json()["day_limit"] == 0
    assert giver.send("GET", "key").json()["scopes"] == ["points:write"]
    assert reader.desk.points(ayse) == 0


def test_who_members_are_is_told_only_to_keys_that_may_know(
    edge: ApiEdge, published: StoreRef
) -> None:
    reader = PartnerSystem(edge, published, scopes=["members:read"])
    knower = PartnerSystem(edge, published, scopes=["members:read", "members:identify"])
    ayse = reader.desk.join(1, "Ayşe", "Yılmaz", email="ayse@example.com")
    reader.desk.earn(ayse, 120)
    hashed = hashlib.sha256(b"ayse@example.com").hexdigest()
    for what in ({"email_sha256": hashed}, {"user_id": "VXNlcjox"}, {"email": "ayse@example.com"}):
        answer = reader.send("POST", "members/lookup", what)
        [found] = answer.json()["items"]
        assert (found["name"], found["email"]) == (None, None), what
        assert (found["id"], found["points"]["available"]) == (str(ayse), 120)
        for word in ("Ayşe", "Yılmaz", "ayse@"):
            assert word not in answer.text, what
        [known] = knower.look_up(**what)
        assert (known["name"], known["email"]) == ("Ayşe Yılmaz", "ayse@example.com")
        assert known | {"name": None, "email": None} == found
    one = reader.send("GET", f"members/{ayse}").json()
    assert (one["name"], one["email"]) == (None, None)
    assert knower.send("GET", f"members/{ayse}").json()["name"] == "Ayşe Yılmaz"
    statement = reader.send("GET", f"members/{ayse}/statement")
    assert statement.status_code == 200
    assert "Ayşe" not in statement.text
    assert told(knower.move(ayse, 10)) == (403, "scope_missing")


def test_a_key_sees_and_moves_only_what_is_its_own_stores(
    system: PartnerSystem, edge: ApiEdge
) -> None:
    ayse = system.desk.join(1, "Ayşe", "Yılmaz", email="ayse@example.com")
    system.desk.earn(ayse, 100)
    elsewhere = PartnerSystem(edge, edge.store())
    assert elsewhere.look_up(email="ayse@example.com") == []
    assert told(elsewhere.send("GET", f"members/{ayse}")) == (404, "member_not_found")
    assert told(elsewhere.send("GET", f"members/{ayse}/statement")) == (404, "member_not_found")
    assert told(elsewhere.move(ayse, -10)) == (404, "member_not_found")
    # Nor do its staff see or end the key of the other store.
    assert told(elsewhere.owner("POST", f"/{system.key['id']}/revoke")) == (
        404,
        "partner_key_unknown",
    )
    assert [one["id"] for one in elsewhere.owner("GET").json()["items"]] == [elsewhere.key["id"]]
    assert system.desk.points(ayse) == 100


def test_a_statement_is_read_page_by_page(system: PartnerSystem) -> None:
    ayse = system.desk.join(1, "Ayşe", "Yılmaz")
    for points in (1, 2, 3):
        system.move(ayse, points)
    path, seen, after = f"members/{ayse}/statement?first=2", [], ""
    while True:
        page = system.send("GET", path + after, None, **{"Accept-Language": "tr"}).json()
        seen += page["items"]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert [one["amount"] for one in seen] == [3, 2, 1]
    assert "fiziksel mağazadaki bir alışveriş" in seen[0]["explanation"][0]
    assert told(system.send("GET", f"{path}&after=x")) == (400, "invalid_cursor")


def test_an_order_value_is_estimated_without_anybodys_points(system: PartnerSystem) -> None:
    body = {
        "channel": "default-channel",
        "currency": "USD",
        "lines": [{"gross": "149.90", "net": "149.90"}],
    }
    assert system.send("POST", "estimate", body).json()["points"] == 149
    assert told(system.send("POST", "estimate", body | {"channel": "x"})) == (
        400,
        "channel_unknown",
    )


def test_a_customer_joins_with_the_texts_that_they_were_shown(
    edge: ApiEdge, store: StoreRef
) -> None:
    program = program_of(settings={"enrollment": "opt_in", **VERSIONS})

    def write(conn: sa.Connection) -> None:
        make_channel(conn, store.id, slug="channel-tr", currency="TRY")
        publish(conn, store, program, by="user:1", now=edge.clock())

    edge.database.write(write)
    edge.saleor.answers["Shopper"] = {"user": ACCOUNT}
    system = PartnerSystem(edge, store, scopes=["members:write"])
    changed = system.send("POST", "members", {"user_id": USER})
    assert told(changed) == (409, "terms_changed")
    for _ in range(2):
        answer = system.send("POST", "members", {"user_id": USER, **VERSIONS})
        assert (answer.status_code, answer.json()["state"]) == (200, "active")
        # Ids of accounts can be counted up: who may only enroll learns nothing of anybody.
        assert answer.json().keys() == {"id", "user_id", "state", "joined_at"}
    consents = table(MemberConsent)
    sources = edge.database.read(
        lambda conn: conn.execute(sa.select(consents.c.kind, consents.c.source)).all()
    )
    assert sorted(sources) == [("privacy", "partner"), ("terms", "partner")]
    edge.saleor.answers["Shopper"] = {"user": None}
    assert told(system.send("POST", "members", {"user_id": "VXNlcjo2", **VERSIONS})) == (
        403,
        "user_inactive",
    )
