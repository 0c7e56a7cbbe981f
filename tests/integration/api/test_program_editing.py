"""The program in the Dashboard: drafts, problems while typing, worked examples, and trials."""

from typing import Any

import httpx
import msgspec
import pytest

from saleor_loyalty_app.flows.sample_orders import read_pages
from saleor_loyalty_app.programs import repository
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores import staff_actions
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge
from tests.order_samples import line, order, paid, shopper
from tests.order_source import MemorySource
from tests.program_samples import document_of

API = "/api/dashboard/v1/program"
USD = [
    {
        "channel": "default-channel",
        "currency": "USD",
        "earn_rate": {"points": 1, "money": "1"},
        "spend_rate": {"points": 1, "money": "0.02"},
    }
]
LITTLE = {"user_permissions": ["MANAGE_ORDERS", "MANAGE_USERS"]}


def document(**values: Any) -> dict[str, Any]:
    return document_of(**({"currencies": USD} | values))


def nested(levels: int) -> list[Any]:
    found: list[Any] = []
    for _ in range(levels):
        found = [found]
    return found


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def page(edge: ApiEdge, store: StoreRef, **claims: object) -> dict[str, Any]:
    answer = edge.get(API, edge.staff(store, **claims))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def save(
    edge: ApiEdge, store: StoreRef, what: object, version: str | None, **claims: object
) -> httpx.Response:
    headers = edge.staff(store, **claims)
    return edge.send("PUT", f"{API}/draft", headers, {"document": what, "version": version})


def check(
    edge: ApiEdge, store: StoreRef, what: object, language: str = "en", **more: object
) -> dict[str, Any]:
    headers = edge.staff(store) | {"Accept-Language": language}
    answer = edge.send("POST", f"{API}/check", headers, {"document": what, **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def try_out(edge: ApiEdge, store: StoreRef, **what: object) -> httpx.Response:
    body = {"document": document(), **what}
    return edge.send("POST", f"{API}/try", edge.staff(store), body)


def test_a_draft_is_saved_and_who_saved_it_is_noted(edge: ApiEdge, proposed: StoreRef) -> None:
    before = page(edge, proposed)
    assert before["draft"]["updated_by"] == "app"
    answer = save(edge, proposed, document(name="Mine"), before["draft"]["version"])
    assert answer.status_code == 200, answer.text
    after = page(edge, proposed)["draft"]
    assert (after["document"]["name"], after["by_you"]) == ("Mine", True)
    assert after["version"] == answer.json()["version"]
    [noted] = edge.database.read(lambda conn: staff_actions.page(conn, proposed.id, 5, None))
    assert (noted.actor, noted.kind) == ("user:VXNlcjox", "program_draft_saved")
    assert noted.before == {"version": before["draft"]["version"]}
    assert noted.after is not None
    assert "name" in noted.after["changed"]  # type: ignore[operator]


def test_the_second_of_two_editors_overwrites_nothing_and_is_told_who_was_first(
    edge: ApiEdge, proposed: StoreRef
) -> None:
    seen = page(edge, proposed)["draft"]["version"]
    assert save(edge, proposed, document(name="First"), seen).status_code == 200
    answer = save(edge, proposed, document(name="Second"), seen, user_id="VXNlcjoy")
    assert told(answer) == (409, "program_draft_overwritten")
    detail = answer.json()["error"]["detail"]
    assert (detail["by"], detail["at"]) == ("user:VXNlcjox", "2027-01-01T12:00:00+00:00")
    assert (detail["theirs"]["name"], detail["mine"]["name"]) == ("First", "Second")
    assert detail["changes"] == ["The name was “First” and becomes “Second”."]
    assert page(edge, proposed)["draft"]["document"]["name"] == "First"
    again = save(edge, proposed, document(name="Second"), detail["version"], user_id="VXNlcjoy")
    assert again.status_code == 200


def test_saving_the_same_twice_is_saving_it_once(edge: ApiEdge, proposed: StoreRef) -> None:
    seen = page(edge, proposed)["draft"]["version"]
    assert save(edge, proposed, document(), seen).status_code == 200
    assert save(edge, proposed, document(), seen).status_code == 200
    noted = edge.database.read(lambda conn: staff_actions.page(conn, proposed.id, 5, None))
    assert len(noted) == 1


def test_saving_the_proposal_as_it_is_confirms_it_and_keeps_the_orders_it_was_made_from(
    edge: ApiEdge, proposed: StoreRef
) -> None:
    before = page(edge, proposed)
    draft = before["draft"]
    answer = save(edge, proposed, draft["document"], draft["version"])
    assert answer.status_code == 200, answer.text
    after = page(edge, proposed)
    assert (after["draft"]["version"], after["draft"]["by_you"]) == (draft["version"], True)
    assert after["channels"] == before["channels"]
    done = {
        step["key"]
        for step in edge.send("GET", "/api/dashboard/v1/start", edge.staff(proposed)).json()[
            "steps"
        ]
        if step["done"]
    }
    assert {"draft_seen", "rates_confirmed"} <= done


def test_who_may_not_manage_discounts_looks_and_changes_nothing(
    edge: ApiEdge, proposed: StoreRef
) -> None:
    seen = page(edge, proposed, **LITTLE)
    assert seen["may_change"] is False
    answer = save(edge, proposed, document(), seen["draft"]["version"], **LITTLE)
    assert told(answer) == (403, "missing_user_permission")
    headers = edge.staff(proposed, **LITTLE)
    assert told(edge.send("PUT", f"{API}/sample", headers)) == (403, "missing_user_permission")
    wish = edge.send("POST", f"{API}/proposal", headers, {"version": None})
    assert told(wish) == (403, "missing_user_permission")


def test_a_draft_with_problems_can_be_put_aside(edge: ApiEdge, store: StoreRef) -> None:
    assert page(edge, store)["draft"] is None
    assert save(edge, store, {"version": 1, "name": ""}, None).status_code == 200
    assert page(edge, store)["draft"]["document"] == {"version": 1, "name": ""}


@pytest.mark.parametrize("what", [{"a": "\x00"}, {"deep": nested(42)}])
def test_what_cannot_be_stored_is_refused(edge: ApiEdge, store: StoreRef, what: object) -> None:
    assert told(save(edge, store, what, None)) == (422, "program_invalid")


def test_problems_are_told_at_their_places_in_the_language_of_the_reader(
    edge: ApiEdge, proposed: StoreRef
) -> None:
    wrong = document(settings={"expiry": {"months": 0}}, name="")
    english, turkish = check(edge, proposed, wrong), check(edge, proposed, wrong, "tr")
    assert {one["path"] for one in english["problems"]} == {"name", "settings.expiry.months"}
    assert (english["publishable"], english["digest"], english["examples"]) == (False, None, [])
    assert english["problems"][0]["text"] != turkish["problems"][0]["text"]


def test_examples_follow_the_form_and_the_order_that_was_asked_for(
    edge: ApiEdge, proposed: StoreRef
) -> None:
    order = {"channel": "default-channel", "goods": "250.00", "shipping": "29.90"}
    found = check(edge, proposed, document(), orders=[order])
    texts = {one["path"]: one["text"] for one in found["examples"]}
    assert texts["currencies[0]"] == (
        "An order of $250.00 with shipping $29.90 earns 250 points, to be spent from "
        "Jan 15, 2027 on if it is paid and fulfilled today, worth $5.00."
    )
    with_shipping = document(
        settings={"earn_on_shipping": True, "availability": {"after": "payment", "days": 0}}
    )
    found = check(edge, proposed, with_shipping, "tr", orders=[order])
    texts = {one["path"]: one["text"] for one in found["examples"]}
    assert "279 puan kazandırır" in texts["currencies[0]"]
    assert texts["settings.availability"].startswith("Bugün ödenen siparişin puanları hemen")
    assert found["digest"]


def test_a_made_up_cart_is_tried_with_its_reasons(edge: ApiEdge, published: StoreRef) -> None:
    cart = {"channel": "default-channel", "lines": [{"amount": "250.00", "quantity": 2}]}
    answer = try_out(edge, published, cart=cart)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["points"], found["worth"]) == (250, {"amount": "5.00", "currency": "USD"})
    assert found["status_points"] == 0
    assert any("250" in sentence for sentence in found["because"])
    assert found["available_from"] == "2027-01-15T12:00:00Z"
    nowhere = try_out(edge, published, cart=cart | {"channel": "no-such"})
    assert told(nowhere) == (400, "channel_unknown")
    assert told(try_out(edge, published)) == (422, "request_invalid")


def orders_answer(*found: OrderSnapshot) -> dict[str, Any]:
    nodes = [{"node": msgspec.to_builtins(one)} for one in found]
    return {"orders": {"pageInfo": {"hasNextPage": False, "endCursor": None}, "edges": nodes}}


def test_a_past_order_is_tried_and_nothing_is_written(edge: ApiEdge, published: StoreRef) -> None:
    past = order(line(gross="80"), transactions=[paid(80)], user=shopper(), number="1042")
    edge.saleor.answers["Orders"] = lambda variables: (
        orders_answer(past) if variables["where"] == {"number": {"eq": 1042}} else orders_answer()
    )
    found = try_out(edge, published, order=1042).json()
    assert (found["number"], found["points"], found["booked"]) == ("1042", 80, None)
    assert (found["paid"], found["withheld"], found["available_from"]) == (True, None, None)
    assert told(try_out(edge, published, order=7)) == (404, "order_unknown")
    headers = edge.staff(published, user_permissions=["MANAGE_DISCOUNTS"])
    blind = edge.send("POST", f"{API}/try", headers, {"document": document(), "order": 1042})
    assert told(blind) == (403, "missing_user_permission")


def test_a_new_proposal_comes_from_the_orders_that_were_read(
    edge: ApiEdge, proposed: StoreRef
) -> None:
    seen = page(edge, proposed)["draft"]["version"]
    headers = edge.staff(proposed)
    wish = edge.send("POST", f"{API}/proposal", headers, {"version": seen})
    assert told(wish) == (409, "orders_not_read")
    assert edge.send("PUT", f"{API}/sample", headers).json()["state"] == "running"
    source = MemorySource()
    source.put(
        *(
            order(
                line(gross="200"),
                transactions=[paid(200)],
                id=f"O{n}",
                number=str(n),
                created=f"2026-12-{n:02}T10:00:00+00:00",
            )
            for n in range(1, 6)
        )
    )
    for _ in range(3):
        read_pages(edge.database, source, proposed, clock=edge.clock, pages=1)
    state = edge.get(f"{API}/sample", headers).json()
    assert (state["state"], state["progress"], state["orders"]) == ("done", 100, 5)
    answer = edge.send("POST", f"{API}/proposal", headers, {"version": seen})
    assert answer.status_code == 200, answer.text
    draft = edge.database.read(lambda conn: repository.get_draft(conn, proposed.id))
    assert draft.evidence["channels"][0]["stats"]["median"] == "200"
    assert draft.program().spending is not None


def test_yaml_is_read_and_written(edge: ApiEdge, store: StoreRef) -> None:
    headers = edge.staff(store)
    text = edge.send("POST", f"{API}/yaml/write", headers, {"document": document()}).json()
    back = edge.send("POST", f"{API}/yaml/read", headers, text).json()
    assert back["document"]["currencies"] == USD
    broken = edge.send("POST", f"{API}/yaml/read", headers, {"yaml": "a: [1"})
    assert told(broken) == (422, "program_invalid")


@pytest.mark.parametrize("language", ["en", "tr"])
def test_what_a_later_version_of_the_app_wrote_is_refused_with_its_reason(
    edge: ApiEdge, store: StoreRef, language: str
) -> None:
    headers = edge.staff(store) | {"Accept-Language": language}
    newer = document(version=99)
    answers = [
        edge.send("POST", f"{API}/yaml/read", headers, {"yaml": "version: 99\nname: New\n"}),
        edge.send("POST", f"{API}/yaml/write", headers, {"document": newer}),
        edge.send("PUT", f"{API}/draft", headers, {"document": newer, "version": None}),
    ]
    for answer in answers:
        assert told(answer) == (422, "program_invalid")
        [problem] = answer.json()["error"]["detail"]["problems"]
        assert (problem["code"], problem["detail"]) == ("format_newer", {"found": 99, "known": 1})
    [found] = check(edge, store, newer, language)["problems"]
    assert (found["code"], found["path"]) == ("format_newer", "version")
    assert "99" in found["text"]
    assert ("biçimi" in found["text"]) == (language == "tr")
    assert page(edge, store)["draft"] is None
