"""Other systems report what members did, on each database: once, within caps, and taken back."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.custom_events import repository
from saleor_loyalty_app.custom_events.models import ReceivedEvent
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.erase_member import erase_member
from saleor_loyalty_app.flows.export_member import export_member
from saleor_loyalty_app.flows.publish_program import publish
from saleor_loyalty_app.members.address_hashes import address_hash
from saleor_loyalty_app.members.repository import update_member
from saleor_loyalty_app.messages.models import OutboxMessage
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge
from tests.factories import make_channel
from tests.integration.api.member_desk import told
from tests.integration.api.partner_system import PartnerSystem
from tests.program_samples import PURCHASES, program_of, rule_of

DAILY = {"per_member": {"times": 2, "period": "day"}}
PROGRAM = program_of(
    PURCHASES,
    rule_of(
        {"type": "points", "points": 20}, "visit",
        trigger="custom_event", on=["store-visit"], caps=DAILY,
    ),
    rule_of(
        {"type": "points", "points": 50}, "post", trigger="custom_event", on=["post"],
        when={"type": "event_property", "name": "words", "min": 30},
    ),
    events={
        "types": [
            {"id": "store-visit", "name": {"en": "Visit", "tr": "Ziyaret"}, "max_age_days": 3},
            {
                "id": "post",
                "name": {"en": "Post", "tr": "Gönderi"},
                "purpose": "community",
                "identity": ["email_sha256"],
                "properties": [
                    {"name": "words", "kind": "int", "required": True, "min": 1, "max": 5000},
                    {"name": "forum", "kind": "string", "allowed": ["help", "style"]},
                    {"name": "photo", "kind": "bool"},
                ],
            },
            {"id": "review", "name": {"en": "Review"}, "purpose": "review", "enabled": False},
        ]
    },
)  # fmt: skip
TYPES = ["store-visit", "post", "review", "gone"]
AYSE = "VXNlcjox"
HASH = address_hash("ayse@example.com")


@pytest.fixture
def system(edge: ApiEdge, store: StoreRef) -> PartnerSystem:
    """A system that may report events of these types, and look members up."""

    def write(conn: Connection) -> None:
        make_channel(conn, store.id, slug="channel-tr", currency="TRY")
        publish(conn, store, PROGRAM, by="user:1", now=edge.clock())

    edge.database.write(write)
    made = PartnerSystem(edge, store, scopes=["members:read"], event_types=TYPES, day_limit=0)
    made.desk.join(1, "Ayşe", "Yılmaz", email="ayse@example.com")
    edge.clock.advance(timedelta(minutes=10))
    return made


def visit(system: PartnerSystem, external_id: str, /, **more: Any) -> httpx.Response:
    body = {"type": "store-visit", "external_id": external_id, "user_id": AYSE} | more
    return system.send("POST", "events", body)


def post(external_id: str, **properties: Any) -> dict[str, Any]:
    return {
        "type": "post", "external_id": external_id, "email_sha256": HASH, "properties": properties
    }  # fmt: skip


def points(system: PartnerSystem) -> int:
    [found] = system.look_up(user_id=AYSE)
    return int(found["points"]["available"])


def test_an_event_pays_once_whatever_comes_under_its_id(system: PartnerSystem) -> None:
    first, again = visit(system, "v-1"), visit(system, "v-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["points"] == 20
    assert again.json() == first.json() | {"repeated": True}
    assert told(visit(system, "v-1", at="2026-07-01T00:00:00Z")) == (409, "event_conflict")
    # Another system of the store reports the same visit: it is the same.
    other = PartnerSystem(system.edge, system.store, scopes=[], event_types=["store-visit"])
    seen = visit(other, "v-1").json()
    assert (seen["repeated"], seen["points"], seen["member_id"]) == (True, 20, None)
    assert points(system) == 20
    assert system.send("GET", "events/store-visit:v-1").json()["outcome"] == "given"


def test_everything_wrong_with_an_event_is_told_at_once_and_it_may_be_sent_corrected(
    system: PartnerSystem,
) -> None:
    bad = post("p-1", words=0, forum="politics", photo="yes", mood="good")
    bad = {**bad, "email_sha256": None, "user_id": AYSE, "at": "2026-01-01T00:00:00Z"}
    answer = system.send("POST", "events", bad, **{"Accept-Language": "tr"})
    assert told(answer) == (422, "event_invalid")
    fields = {one["field"]: one["problem"] for one in answer.json()["error"]["detail"]["fields"]}
    assert fields == {
        "at": "event_too_old",
        "member": "event_identity",
        "properties.words": "property_too_small",
        "properties.forum": "property_not_allowed",
        "properties.photo": "property_not_bool",
        "properties.mood": "property_unknown",
    }
    assert "event_why." not in answer.text
    assert system.send("GET", "events/post:p-1").json()["outcome"] == "refused"
    assert system.send("POST", "events", post("p-1", words=40)).json()["points"] == 50
    for wrong in (
        {"at": "2026-11-27T12:00:00"}, {"at": "0001-01-01T00:00:00+14:00"},
        {"email_sha256": HASH}, {"external_id": "a b"}, {"properties": {"a": 1.5}},
        {"properties": {"a\x00": 1}}, {"properties": {"a": 10**16}}, {"type": "Über"},
    ):  # fmt: skip
        assert told(visit(system, "v-1", **wrong)) == (422, "request_invalid"), wrong
    ahead = (system.edge.clock() + timedelta(minutes=6)).isoformat()
    assert told(visit(system, "v-1", at=ahead)) == (422, "event_invalid")
    late = (system.edge.clock() + timedelta(minutes=4)).isoformat()
    assert visit(system, "v-1", at=late).status_code == 201


def test_who_is_not_known_and_types_that_are_not_open_are_told_apart(
    system: PartnerSystem,
) -> None:
    assert told(visit(system, "v-1", user_id="VXNlcjo5")) == (404, "member_not_found")
    system.desk.join(9, "Can", "Demir")
    assert visit(system, "v-1", user_id="VXNlcjo5").json()["points"] == 20
    for wrong, code in (("review", "event_type_closed"), ("gone", "event_type_unknown")):
        answer = visit(system, "v-2", type=wrong)
        [field] = answer.json()["error"]["detail"]["fields"]
        assert (answer.status_code, field["problem"]) == (422, code)
    assert told(visit(system, "v-3", type="other")) == (403, "scope_missing")
    assert told(system.send("DELETE", "events/other:v-3")) == (403, "scope_missing")
    for unknown in ("store-visit:v-9", "nonsense", ":", "a:b%20c"):
        found = told(system.send("GET", f"events/{unknown}"))
        assert found in ((404, "event_not_found"), (403, "scope_missing"))


def test_an_address_that_nobody_proved_to_own_gets_nothing(system: PartnerSystem) -> None:
    def unprove(conn: Connection) -> None:
        conn.execute(sa.text("UPDATE member_identity SET confirmed = false"))

    system.edge.database.write(unprove)
    body = post("p-1", words=40)
    assert told(system.send("POST", "events", body)) == (404, "member_not_found")


def test_another_store_s_key_sees_and_takes_back_nothing(
    system: PartnerSystem, edge: ApiEdge
) -> None:
    visit(system, "v-1")
    other = edge.store()
    stranger = PartnerSystem(edge, other, scopes=[], event_types=TYPES)
    for method in ("GET", "DELETE"):
        answer = stranger.send(method, "events/store-visit:v-1")
        assert told(answer) == (404, "event_not_found")
    assert told(visit(stranger, "v-1")) == (422, "event_invalid")
    assert points(system) == 20


def test_what_is_removed_goes_back_with_its_cap_and_never_pays_again(
    system: PartnerSystem,
) -> None:
    for number in (1, 2, 3):
        visit(system, f"v-{number}")
    third = system.send("GET", "events/store-visit:v-3").json()
    assert (third["outcome"], [one["code"] for one in third["why"]]) == ("nothing", ["cap_times"])
    gone = [system.send("DELETE", "events/store-visit:v-1").json() for _ in range(2)]
    assert (gone[0]["outcome"], gone[0]["taken_back"]) == ("reversed", 20)
    assert gone[1] == gone[0] | {"repeated": True}
    assert visit(system, "v-1").json()["outcome"] == "reversed"
    assert points(system) == 20
    assert visit(system, "v-4").json()["points"] == 20
    assert visit(system, "v-5").json()["points"] == 0
    assert system.desk.drifts() == []
    member = system.look_up(user_id=AYSE)[0]["id"]
    said = system.send("GET", f"members/{member}/statement").json()["items"]
    assert "“Visit”" in said[0]["explanation"][0]
    assert "removed" in next(one for one in said if one["amount"] < 0)["explanation"][0]
    row = table(OutboxMessage).c
    kinds = system.edge.database.read(lambda conn: list(conn.execute(sa.select(row.kind))))
    assert sorted(one.kind for one in kinds if one.kind.startswith(("bonus", "points_rev"))) == [
        "bonus_given", "bonus_given", "bonus_given", "points_reversed"
    ]  # fmt: skip


def test_a_removal_that_overtakes_its_event_is_kept_and_wins(system: PartnerSystem) -> None:
    first, again = (system.send("DELETE", "events/store-visit:v-1") for _ in range(2))
    gone = first.json()
    assert (first.status_code, gone["outcome"], gone["taken_back"]) == (200, "reversed", 0)
    assert again.json() == gone | {"repeated": True}
    late = visit(system, "v-1")
    assert (late.status_code, late.json()) == (201, gone | {"repeated": True})
    assert points(system) == 0
    assert visit(system, "v-2").json()["points"] == 20
    # A type that the program does not have: nothing of it could be reported.
    assert told(system.send("DELETE", "events/gone:v-1")) == (404, "event_not_found")


def test_what_is_withheld_may_come_again_and_says_of_the_member_what_the_key_may_read(
    system: PartnerSystem,
) -> None:
    ayse = int(system.look_up(user_id=AYSE)[0]["id"])
    system.edge.database.write(
        lambda conn: update_member(conn, system.store.id, ayse, earning_blocked=True)
    )
    for scopes, code in ((["members:read"], "blocked"), ([], "member_not_earning")):
        other = PartnerSystem(system.edge, system.store, scopes=scopes, event_types=TYPES)
        answer = visit(other, "v-1").json()
        assert (answer["outcome"], answer["why"][0]["code"]) == ("withheld", code)
    system.edge.database.write(
        lambda conn: update_member(conn, system.store.id, ayse, earning_blocked=False)
    )
    assert visit(system, "v-1").json()["points"] == 20


def test_events_sent_together_are_looked_at_one_by_one(system: PartnerSystem) -> None:
    sent = [
        post("p-1", words=40), post("p-1", words=40), post("p-1", words=41), post("p-2"),
        {"type": "other", "external_id": "x", "user_id": AYSE}, 7, post("p-3", words=5),
    ]  # fmt: skip
    results = system.send("POST", "events/batch", {"events": sent}).json()["results"]
    assert [one["status"] for one in results] == [201, 201, 409, 422, 403, 422, 201]
    assert [one["event"]["points"] for one in results if one["event"]] == [50, 50, 0]
    assert results[-1]["event"]["why"][0]["code"] == "event_property_below"
    assert points(system) == 50
    for wrong in ([], [post(f"p-{number}", words=40) for number in range(101)]):
        answer = system.send("POST", "events/batch", {"events": wrong})
        assert told(answer) == (422, "request_invalid")


def test_caps_and_ids_hold_when_events_come_at_the_same_moment(system: PartnerSystem) -> None:
    def at_once(sends: list[Callable[[], httpx.Response]]) -> list[httpx.Response]:
        with ThreadPoolExecutor(len(sends)) as threads:
            return [one.result() for one in [threads.submit(send) for send in sends]]

    same = at_once([partial(visit, system, "v-0")] * 3)
    assert [one.json()["points"] for one in same] == [20, 20, 20]
    assert sorted(one.json()["repeated"] for one in same) == [False, True, True]
    more = at_once([partial(visit, system, f"v-{number}") for number in range(1, 6)])
    assert sorted(one.json()["points"] for one in more) == [0, 0, 0, 0, 20]
    assert points(system) == 40
    assert system.desk.drifts() == []


def test_what_events_told_is_exported_and_forgotten_with_the_member_but_never_pays_again(
    system: PartnerSystem,
) -> None:
    database, store, now = system.edge.database, system.store, system.edge.clock()
    system.send("POST", "events", post("p-1", words=40))
    ayse = int(system.look_up(user_id=AYSE)[0]["id"])
    exported = database.read(lambda conn: export_member(conn, store, ayse, now=now))
    [row] = exported["tables"]["received_event"]
    assert (row["reference"], row["properties"]) == ("p-1", {"words": 40})
    assert "input_hash" not in row
    database.write(lambda conn: erase_member(conn, store, ayse, now=now))
    kept = table(ReceivedEvent).c
    left = database.read(lambda conn: conn.execute(sa.select(*kept)).one())
    assert (left.reference, left.properties, left.input_hash) == ("", {}, "")
    system.desk.join(2, "Ayşe", "Yılmaz", email="ayse@example.com")
    again = system.send("POST", "events", post("p-1", words=99)).json()
    assert (again["repeated"], again["external_id"], again["points"]) == (True, "", 50)


def test_what_is_sent_again_after_an_erasure_is_forgotten_in_its_time_too(
    system: PartnerSystem, clock: ManualClock
) -> None:
    database, store = system.edge.database, system.store
    ayse = int(system.look_up(user_id=AYSE)[0]["id"])
    database.write(lambda conn: update_member(conn, store.id, ayse, earning_blocked=True))
    assert system.send("POST", "events", post("p-1", words=40)).json()["outcome"] == "withheld"
    database.write(lambda conn: erase_member(conn, store, ayse, now=clock()))
    system.desk.join(2, "Ayşe", "Yılmaz", email="ayse@example.com")
    sent = system.send("POST", "events", post("p-1", words=40)).json()
    assert (sent["outcome"], sent["external_id"]) == ("given", "p-1")

    def kept() -> list[Any]:
        row = table(ReceivedEvent).c
        query = sa.select(row.reference, row.properties, row.forgotten_at)
        return [tuple(one) for one in database.read(lambda conn: conn.execute(query).all())]

    assert kept() == [("p-1", {"words": 40}, None)]
    clock.advance(timedelta(days=91))
    now = clock()
    database.write(lambda conn: repository.forget_old(conn, now - timedelta(days=90), now=now))
    assert kept() == [("", {}, now)]


def test_old_events_are_forgotten_but_for_that_they_were_decided(
    system: PartnerSystem, clock: ManualClock
) -> None:
    visit(system, "v-1")
    visit(system, "v-2", user_id="VXNlcjo5")
    clock.advance(timedelta(days=91))
    database, now = system.edge.database, clock()
    forgotten = database.write(
        lambda conn: repository.forget_old(conn, now - timedelta(days=90), now=now)
    )
    assert forgotten == 2
    assert visit(system, "v-1").json()["repeated"] is True
    assert told(system.send("GET", "events/store-visit:v-2")) == (404, "event_not_found")
    assert points(system) == 20
