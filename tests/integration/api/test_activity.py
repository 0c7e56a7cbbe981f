"""What arrived, failed, was spent, audited and changed, over the Dashboard API."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.audit_store import AuditWish, run_audit
from saleor_loyalty_app.flows.event_handler import EventContext, Handler
from saleor_loyalty_app.handlers import CORE_HANDLERS
from saleor_loyalty_app.inbox.models import DeadLetter, InboxMessage
from saleor_loyalty_app.queue.engine import migrate_engine
from saleor_loyalty_app.rewards.models import RewardStock
from saleor_loyalty_app.stores import staff_actions
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge
from tests.integration.api.spending_scene import SpendingScene
from tests.integration.api.test_cases import add_case
from tests.signing import SigningKey

API = "/api/dashboard/v1/activity"


class Reader:
    """Understands customers' webhooks once it is mended."""

    def __init__(self) -> None:
        self.mended = False
        self.seen = 0

    def __call__(self, _context: EventContext) -> None:
        if not self.mended:
            raise ValueError("not yet")
        self.seen += 1


@pytest.fixture
def reader() -> Reader:
    """What reads customers' webhooks."""
    return Reader()


@pytest.fixture
def desk(
    database: Database, clock: ManualClock, key: SigningKey, reader: Reader
) -> Iterator[ApiEdge]:
    """The API with one handler."""
    [customers] = [one for one in CORE_HANDLERS if one.name == "customers"]
    handler: Handler = replace(customers, receive=reader)
    made = ApiEdge(database, clock, key, handlers=[handler])
    yield made
    made.close()


def arrive(desk: ApiEdge, store: StoreRef, kind: Any, number: int, **values: object) -> None:
    """A row of the inbox or a dead letter."""
    body = (
        b'{"__typename":"CustomerUpdated","recipient":{"id":"%s"}}' % store.app_id.encode()
    ) + b" " * number
    row = {
        "store_id": store.id,
        "handler": "customers",
        "event": "CustomerUpdated",
        "body_hash": str(number),
        "body": body,
        "received_at": desk.clock() + timedelta(minutes=number),
    } | values
    desk.database.write(lambda conn: conn.execute(sa.insert(table(kind)), [row]))


def test_the_inbox_is_listed_by_what_is_asked_page_by_page(desk: ApiEdge) -> None:
    store, other = desk.store(), desk.store()
    for number in range(3):
        arrive(desk, store, InboxMessage, number)
    arrive(desk, store, InboxMessage, 3, handler="orders", event="OrderUpdated", emptied=True)
    arrive(desk, other, InboxMessage, 9)
    headers = desk.staff(store)
    page = desk.get(f"{API}/inbox?first=2", headers).json()
    assert [one["event"] for one in page["items"]] == ["OrderUpdated", "CustomerUpdated"]
    assert [one["kept"] for one in page["items"]] == [False, True]
    rest = desk.get(f"{API}/inbox?first=2&after={page['next']}", headers).json()
    assert (len(rest["items"]), rest["next"]) == (2, None)
    orders = desk.get(f"{API}/inbox?handler=orders", headers).json()["items"]
    assert [one["event"] for one in orders] == ["OrderUpdated"]
    since = (desk.clock() + timedelta(minutes=2)).isoformat().replace("+00:00", "Z")
    assert len(desk.get(f"{API}/inbox?since={since}", headers).json()["items"]) == 2
    assert len(desk.get(f"{API}/inbox?until={since}", headers).json()["items"]) == 2
    assert desk.get(f"{API}/inbox?after=nothing", headers).status_code == 400


def test_a_dead_letter_is_replayed_once_its_reader_is_mended(desk: ApiEdge, reader: Reader) -> None:
    store, other = desk.store(), desk.store()
    arrive(desk, store, DeadLetter, 1, reason="not_json", place="")
    arrive(desk, other, DeadLetter, 2, reason="not_json", place="")
    headers = desk.staff(store)
    seen = desk.get(f"{API}/dead-letters", headers | {"Accept-Language": "tr"}).json()
    assert seen["waiting"] == 1
    [letter] = seen["items"]
    assert (letter["why"], letter["replayed_at"]) == ("JSON değil.", None)
    again = f"{API}/dead-letters/{letter['id']}/replay"
    failed = desk.send("POST", again, headers).json()
    assert (failed["understood"], failed["failure"]) == (False, "ValueError")
    reader.mended = True
    assert desk.send("POST", again, headers).json()["understood"] is True
    assert desk.get(f"{API}/dead-letters?waiting=true", headers).json()["items"] == []
    assert len(desk.get(f"{API}/dead-letters?waiting=false", headers).json()["items"]) == 1
    stranger = desk.send("POST", again, desk.staff(other))
    assert (stranger.status_code, stranger.json()["error"]["code"]) == (404, "letter_unknown")
    agent = desk.staff(store, user_permissions=["MANAGE_ORDERS"])
    assert desk.send("POST", again, agent).status_code == 403
    noted = desk.get(f"{API}/staff-actions?kind=dead_letters_replayed", headers).json()["items"]
    assert [one["after"] for one in noted] == [
        {"understood": 1, "failed": 0},
        {"understood": 0, "failed": 1},
    ]


def test_all_that_wait_are_replayed_some_at_a_time(desk: ApiEdge, reader: Reader) -> None:
    store = desk.store()
    for number in range(30):
        arrive(desk, store, DeadLetter, number, reason="not_json", place="")
    headers = desk.staff(store)
    reader.mended = True
    first = desk.send("POST", f"{API}/dead-letters/replay", headers, {}).json()
    assert (len(first["items"]), first["waiting"]) == (25, 5)
    last = desk.send("POST", f"{API}/dead-letters/replay", headers, {"after": first["next"]}).json()
    assert (len(last["items"]), last["waiting"], last["next"]) == (5, 0, None)
    assert reader.seen == 30
    none = desk.send("POST", f"{API}/dead-letters/replay", headers, {}).json()
    assert (none["items"], none["next"]) == ([], None)


def test_no_job_failed_and_none_that_is_unknown_is_begun_anew(
    database: Database, clock: ManualClock, key: SigningKey
) -> None:
    migrate_engine(database.url)
    edge = ApiEdge(database, clock, key, job_names=["audit_store"])
    headers = edge.staff(edge.store())
    assert edge.get(f"{API}/jobs", headers).json() == {"items": [], "next": None}
    for job in ("bm90aGluZw", "am9iOmF1ZGl0X3N0b3JlOjE6MQ"):
        answer = edge.send("POST", f"{API}/jobs/{job}/retry", headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "job_unknown")
    edge.close()


def test_an_audit_is_asked_for_and_read(
    database: Database, clock: ManualClock, key: SigningKey
) -> None:
    migrate_engine(database.url)
    edge = ApiEdge(database, clock, key)
    store = edge.store()
    headers = edge.staff(store)
    asked = edge.send("POST", f"{API}/audits", headers)
    assert (asked.status_code, asked.json()["finished_at"]) == (202, None)
    number = asked.json()["number"]
    assert edge.send("POST", f"{API}/audits", headers).json()["number"] == number
    run_audit(database, AuditWish(store.id, number), clock=clock)
    [done] = edge.get(f"{API}/audits", headers).json()["items"]
    assert (done["number"], done["drifts"], done["found"]) == (number, 0, [])
    stock = table(RewardStock)
    wrong = sa.insert(stock).values(store_id=store.id, reward_id="mug", drawn=4)
    database.write(lambda conn: conn.execute(wrong))
    number = edge.send("POST", f"{API}/audits", headers).json()["number"]
    run_audit(database, AuditWish(store.id, number), clock=clock)
    [found] = edge.get(f"{API}/audits", headers).json()["items"][0]["found"]
    assert found.pop("advice").startswith("The points are right")
    assert found == {
        "check": "reward_stock",
        "what": "Reward mug: 0 pieces are taken, the stock says 4.",
        "member": None,
        "unit": "",
        "subject": None,
        "about": "mug",
        "expected": 0,
        "found": 4,
    }
    agent = edge.staff(store, user_permissions=["MANAGE_ORDERS"])
    assert edge.send("POST", f"{API}/audits", agent).status_code == 403
    edge.close()


def test_redemptions_of_the_store_are_listed_by_state(database: Database, key: SigningKey) -> None:
    scene = SpendingScene(database, key, limits={})
    scene.stage.give(1000)
    checkout = scene.stage.cart()
    scene.spend(checkout, 500)
    scene.stage.pay_and_complete(checkout)
    store = scene.stage.store
    headers = scene.edge.staff(store)
    [found] = scene.edge.get(f"{API}/redemptions", headers).json()["items"]
    assert (found["redemption"]["state"], found["redemption"]["points"]) == ("attached", 500)
    assert found["by_staff"] is False
    two = "state=attached&state=restored"
    assert len(scene.edge.get(f"{API}/redemptions?{two}", headers).json()["items"]) == 1
    assert scene.edge.get(f"{API}/redemptions?state=held", headers).json()["items"] == []
    assert scene.edge.get(f"{API}/redemptions?state=gone", headers).status_code == 422
    assert scene.edge.get(f"{API}/redemptions?channel=none", headers).json()["items"] == []
    designer = scene.edge.staff(store, user_permissions=["MANAGE_DISCOUNTS"])
    assert scene.edge.get(f"{API}/redemptions", designer).status_code == 403
    scene.close()


def test_whoever_decides_a_case_is_noted_once(database: Database, key: SigningKey) -> None:
    scene = SpendingScene(database, key, limits={})
    scene.stage.give(1000)
    checkout = scene.stage.cart()
    scene.spend(checkout, 500)
    scene.stage.pay_and_complete(checkout)
    add_case(scene, "18")
    headers = scene.edge.staff(scene.stage.store)
    [case] = scene.edge.get("/api/dashboard/v1/cases", headers).json()["cases"]
    for _ in range(2):
        scene.edge.send(
            "POST", f"/api/dashboard/v1/cases/{case['id']}", headers, {"decision": "dismiss"}
        )
    page = scene.edge.get(f"{API}/staff-actions?subject=order:18", headers)
    [noted] = page.json()["items"]
    assert (noted["kind"], noted["what"]) == ("case_decided", "Decided a case")
    assert noted["before"] == {"state": "open"}
    assert noted["after"] == {"state": "dismissed", "redemption": case["redemption"]}
    scene.close()


def test_who_changed_what_is_read_page_by_page(desk: ApiEdge) -> None:
    store = desk.store()

    def note(conn: Connection) -> None:
        for number in range(3):
            staff_actions.note(
                conn,
                store.id,
                actor="user:VXNlcjox",
                kind="something_new",
                subject=f"thing:{number}",
                after={"number": number},
                now=desk.clock(),
            )

    desk.database.write(note)
    page = desk.get(f"{API}/staff-actions?first=2", desk.staff(store)).json()
    assert [one["subject"] for one in page["items"]] == ["thing:2", "thing:1"]
    assert page["items"][0]["what"] == "something new"
    rest = desk.get(f"{API}/staff-actions?first=2&after={page['next']}", desk.staff(store)).json()
    assert [one["subject"] for one in rest["items"]] == ["thing:0"]
