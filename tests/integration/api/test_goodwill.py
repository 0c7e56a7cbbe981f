"""Goodwill and milestones over the APIs, with who may do what and what goes wrong."""

from datetime import timedelta
from typing import Any

import pytest

from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.flows.decide_goodwill import give_automatic
from saleor_loyalty_app.flows.publish_program import publish
from saleor_loyalty_app.flows.sweep_milestones import milestones_page
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.programs.problems import read_program
from saleor_loyalty_app.programs.repository import get_draft, put_draft
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge
from tests.claim_stage import item_of
from tests.integration.api.member_desk import MemberDesk, user_id
from tests.integration.api.partner_system import PartnerSystem
from tests.order_books import KEYS
from tests.order_samples import START, order, paid, shopper

SEES: dict[str, Any] = {"user_permissions": ["MANAGE_ORDERS"]}
TURKISH = {"Accept-Language": "tr"}
LINE: dict[str, Any] = {
    "id": "two-orders",
    "name": {"en": "Two orders"},
    "trigger": "milestone",
    "milestone": {"line": {"type": "orders", "min": 2}},
    "then": {"type": "points", "points": 40},
}


def put_into_force(edge: ApiEdge, store: StoreRef, **sections: Any) -> dict[str, Any]:
    """Adds goodwill for complaints and a milestone to the program."""
    complaint = {"suggest": {"type": "points", "points": 120}}

    def write(conn: Any) -> dict[str, Any]:
        document = dict(get_draft(conn, store.id).document)
        others = [rule for rule in document["earning"]["rules"] if rule["id"] != LINE["id"]]
        rules = [*others, LINE]
        document |= {
            "goodwill": {"complaint": complaint},
            "earning": {**document["earning"], "rules": rules},
            **sections,
        }
        put_draft(conn, store.id, document, by="user:1", now=edge.clock())
        publish(conn, store, read_program(document), by="user:1", now=edge.clock())
        return document

    return edge.database.write(write)


@pytest.fixture
def desk(edge: ApiEdge, published: StoreRef) -> MemberDesk:
    """A member with an order that was paid."""
    put_into_force(edge, published)
    made = MemberDesk(edge, published)
    made.join(1, "Ayşe", "Yılmaz")
    edge.clock.advance(timedelta(minutes=1))
    minutes = (edge.clock() - START) / timedelta(minutes=1)
    told = order(
        id="O18",
        number="18",
        user=shopper(user_id(1)),
        created=edge.clock().isoformat(),
        transactions=[paid(minutes=minutes)],
        updated=minutes,
    )
    edge.database.write(
        lambda conn: converge_order(
            conn,
            published,
            told,
            Look.webhook(edge.clock()),
            now=edge.clock(),
            secrets=KEYS,
        )
    )
    return made


def test_a_complaint_is_noted_and_decided_and_counted(desk: MemberDesk) -> None:
    noted = desk.send("POST", "goodwill", {"order_number": "#18", "note": "Open box"}, **SEES)
    assert (noted.status_code, noted.json()["points"]) == (201, 120)
    again = desk.send("POST", "goodwill", {"order_number": "18"}, **SEES)
    assert again.json()["id"] == noted.json()["id"]
    page = desk.send("GET", "goodwill", **SEES).json()
    assert page["open"] == 1
    assert page["items"][0]["told"] == "The customer complained."
    path = f"goodwill/{noted.json()['id']}"
    assert desk.send("POST", path, {"choice": "accept"}, **SEES).status_code == 403
    for body in ({"choice": "change"}, {"choice": "accept", "points": 5}, {"choice": "maybe"}):
        assert desk.send("POST", path, body).status_code == 422
    done = desk.send("POST", path, {"choice": "change", "points": 90, "note": "Twice"}).json()
    assert (done["state"], done["given"], done["choices"]) == ("given", 90, [])
    other = desk.send("POST", path, {"choice": "decline"})
    assert (other.status_code, other.json()["error"]["code"]) == (409, "case_decided")
    assert desk.send("POST", "goodwill/999", {"choice": "decline"}).status_code == 404
    numbers = desk.send("GET", "goodwill/numbers").json()
    counted = {
        one["signal"]: (one["opened"], one["given"], one["points"]) for one in numbers["signals"]
    }
    assert counted["complaint"] == (1, 1, 90)
    assert (
        desk.send("GET", "goodwill?decided=true", **SEES).json()["items"][0]["decision_note"]
        == "Twice"
    )


def test_a_help_desk_tells_of_complaints_with_a_key_that_may(
    edge: ApiEdge, published: StoreRef, desk: MemberDesk
) -> None:
    system = PartnerSystem(edge, published, scopes=["complaints:write"])
    assert system.send("POST", "complaints", {"order_number": "19"}).status_code == 404
    told = system.send("POST", "complaints", {"order_id": "O18", "note": "Ticket 4711"})
    assert (told.status_code, told.json()["state"]) == (201, "open")
    assert told.json()["member_id"] is None
    assert system.send("POST", "complaints", {}).status_code == 422
    [seen] = desk.send("GET", "goodwill", **SEES).json()["items"]
    assert (seen["note"], bool(seen["opened_by"])) == ("Ticket 4711", True)
    reader = PartnerSystem(edge, published, scopes=["members:read"])
    assert reader.send("POST", "complaints", {"order_number": "18"}).status_code == 403
    both = PartnerSystem(edge, published, scopes=["members:read", "complaints:write"])
    assert both.send("POST", "complaints", {"order_number": "18"}).json()["member_id"]


def test_milestones_are_told_to_staff_and_a_line_being_written_is_counted(
    edge: ApiEdge, published: StoreRef, desk: MemberDesk
) -> None:
    member = desk.send("GET", "members?q=Yılmaz").json()["items"][0]["id"]
    [ahead] = desk.send("GET", f"members/{member}/milestones", **SEES).json()["milestones"]
    assert (ahead["percent"], ahead["reached"]) == (50, False)
    assert ahead["told"] == "1 order more until 40 points (Two orders)."
    document = edge.database.read(lambda conn: dict(get_draft(conn, published.id).document))
    lower = {**LINE, "milestone": {"line": {"type": "orders", "min": 1}}}
    document = {**document, "earning": {"rules": [lower]}}
    asked = {"document": document, "rule": "two-orders"}
    found = desk.send("POST", "milestones/preview", asked).json()
    assert (found["members"], found["points"], found["had"]) == (1, 40, 0)
    assert (found["reward"], found["left"]) == ("", None)
    gives = {**lower, "then": {"type": "issue_reward", "reward": "reward"}}
    item = item_of("amount", amount="10", stock=3)
    asked["document"] = document | {"earning": {"rules": [gives]}, "rewards": {"items": [item]}}
    found = desk.send("POST", "milestones/preview", asked).json()
    assert (found["members"], found["points"], found["worth"]) == (1, 0, [])
    assert (found["reward"], found["left"]) == ("A reward", 3)
    turkish = desk.send("POST", "milestones/preview", asked, headers=TURKISH).json()
    assert turkish["reward"] == "Bir ödül"
    edge.database.write(lambda conn: milestones_page(conn, published, now=edge.clock()))
    assert desk.send("GET", "milestones").json()["sweep"] is None


def test_what_nobody_decided_is_told_as_given_by_the_app(
    edge: ApiEdge, published: StoreRef, desk: MemberDesk
) -> None:
    complaint = {"suggest": {"type": "points", "points": 120}, "automatic": True}
    put_into_force(edge, published, goodwill={"complaint": complaint, "automatic_points": 1000})
    noted = desk.send("POST", "goodwill", {"order_number": "18"}, **SEES).json()
    assert edge.database.write(
        lambda conn: give_automatic(conn, published, noted["id"], keys=KEYS, now=edge.clock())
    )
    [decided] = desk.send("GET", "goodwill?decided=true", **SEES).json()["items"]
    assert decided["decided_by"] == "The app, automatically"
    [line] = [
        one
        for one in desk.send("GET", f"members/{noted['member']}/statement").json()["items"]
        if one["kind"] == "adjust"
    ]
    assert line["by"] == "app:goodwill"
    assert line["explanation"] == [
        "120 points as a token of goodwill for order 18, after a complaint.",
        "Given by the app, automatically.",
    ]
    assert line["for_customer"] == line["explanation"]
    [by_hand] = desk.send("GET", f"adjustments?member={noted['member']}").json()["items"]
    assert by_hand["requested_by"] == "app:goodwill"
