"""Staff see what other systems reported and what became of it, and try an event."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.flows.publish_program import publish
from saleor_loyalty_app.members.address_hashes import address_hash, fill_page
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge
from tests.factories import make_channel
from tests.integration.api.member_desk import LEAD, told
from tests.integration.api.partner_system import PartnerSystem
from tests.integration.api.test_partner_api import database  # noqa: F401
from tests.integration.api.test_partner_events import AYSE, PROGRAM, TYPES, visit


@pytest.fixture
def system(edge: ApiEdge, store: StoreRef) -> PartnerSystem:
    """A system that reported four visits, of which one was removed and one of nobody known."""

    def write(conn: Connection) -> None:
        make_channel(conn, store.id, slug="channel-tr", currency="TRY")
        publish(conn, store, PROGRAM, by="user:1", now=edge.clock())

    edge.database.write(write)
    made = PartnerSystem(edge, store, scopes=[], event_types=TYPES, day_limit=0)
    made.desk.join(1, "Ayşe", "Yılmaz", email="ayse@example.com")
    edge.clock.advance(timedelta(minutes=10))
    for number in (1, 2, 3):
        visit(made, f"v-{number}")
    visit(made, "v-4", user_id="VXNlcjo5")
    made.send("DELETE", "events/store-visit:v-1")
    return made


def desk(system: PartnerSystem, method: str, path: str, body: object = None) -> Any:
    return system.desk.send(method, path, body, by=LEAD)


def test_the_log_says_of_each_event_what_became_of_it_and_why(system: PartnerSystem) -> None:
    [kind] = desk(system, "GET", "events").json()["types"]
    assert (kind["received"], kind["given"], kind["nothing"], kind["points"]) == (4, 1, 1, 20)
    assert (kind["unknown_member"], kind["reversed"]) == (1, 1)
    page = desk(system, "GET", "events/log?first=3").json()
    assert [one["outcome"] for one in page["items"]] == ["unknown_member", "nothing", "given"]
    nothing = page["items"][1]
    assert (nothing["member_name"], nothing["system"]) == ("Ayşe Yılmaz", "Cash registers")
    assert nothing["why"][0]["code"] == "cap_times"
    rest = desk(system, "GET", f"events/log?first=3&after={page['next']}").json()
    assert [(one["outcome"], one["taken_back"]) for one in rest["items"]] == [("reversed", 20)]
    for query, ids in (("outcome=given", ["v-2"]), ("outcome=reversed", ["v-1"]), ("type=x", [])):
        found = desk(system, "GET", f"events/log?{query}").json()["items"]
        assert [one["external_id"] for one in found] == ids
    other = system.edge.staff(system.edge.store())
    assert system.edge.get("/api/dashboard/v1/events/log", other).json()["items"] == []
    assert system.edge.get("/api/dashboard/v1/events", other).json()["types"] == []


def test_an_event_is_tried_by_a_document_that_is_not_published(system: PartnerSystem) -> None:
    wish = {"document": PROGRAM.document, "type": "store-visit"}

    def tried(**more: Any) -> Any:
        return desk(system, "POST", "events/try", wish | more).json()

    assert [one["points"] for one in tried()["rules"]] == [20]
    visit(system, "v-5")
    capped = tried(member="ayse@example.com")
    assert (capped["outcome"], capped["member_name"]) == ("nothing", "Ayşe Yılmaz")
    assert capped["why"][0]["code"] == "cap_times"
    wrong = tried(type="post", properties={"words": 0, "photo": 1})
    assert [one["code"] for one in wrong["why"]] == ["property_too_small", "property_not_bool"]
    assert tried(type="post", properties={"words": 9})["why"][0]["message"].endswith(
        "words is below 30"
    )
    unknown = desk(system, "POST", "events/try", wish | {"member": AYSE + "x"})
    assert told(unknown) == (404, "member_not_found")
    assert desk(system, "GET", "events").json()["types"][0]["received"] == 5


def test_a_key_says_which_events_it_may_report_and_may_do_nothing_else(
    system: PartnerSystem,
) -> None:
    assert system.key["event_types"] == sorted(TYPES)
    assert "events:store-visit" in system.send("GET", "key").json()["scopes"]
    path = f"/{system.key['id']}"
    changed = system.owner("PUT", path, {"name": "Posts", "scopes": [], "event_types": ["post"]})
    assert changed.json()["event_types"] == ["post"]
    assert told(visit(system, "v-9")) == (403, "scope_missing")
    nothing = system.owner("PUT", path, {"name": "Posts", "scopes": [], "event_types": []})
    assert told(nothing) == (422, "request_invalid")


def test_a_member_is_found_by_the_hash_of_the_address(system: PartnerSystem) -> None:
    reader = PartnerSystem(system.edge, system.store, scopes=["members:read"], day_limit=0)
    [found] = reader.look_up(email_sha256=address_hash(" Ayse@Example.com "))
    assert (found["name"], found["tier"], found["points"]["available"]) == (None, None, 20)
    assert reader.look_up(email_sha256=address_hash("nobody@example.com")) == []


def test_hashes_of_addresses_from_before_are_worked_out(system: PartnerSystem) -> None:
    reader = PartnerSystem(system.edge, system.store, scopes=["members:read"], day_limit=0)
    wanted = address_hash("ayse@example.com")
    forget = sa.text("UPDATE member_identity SET email_sha256 = ''")
    system.edge.database.write(lambda conn: conn.execute(forget))
    assert reader.look_up(email_sha256=wanted) == []
    filled = [system.edge.database.write(lambda conn: fill_page(conn, limit=9)) for _ in range(2)]
    assert filled == [1, 0]
    assert len(reader.look_up(email_sha256=wanted)) == 1
