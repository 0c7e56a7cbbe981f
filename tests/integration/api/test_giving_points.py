"""Staff give and take points by hand: within their budget, or once another approves."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge
from tests.integration.api.member_desk import AGENT, LEAD, MemberDesk, told

OTHER = {"user_id": "VXNlcjo5Mw==", "email": "other@example.com"}


@pytest.fixture
def desk(edge: ApiEdge, published: StoreRef) -> MemberDesk:
    """A store whose agents may move 500 points a day and 800 a month."""
    made = MemberDesk(edge, published)
    made.allow(500, 800)
    return made


def test_points_within_the_budget_are_there_at_once_with_their_reason(desk: MemberDesk) -> None:
    ayse = desk.join(1, "Ayşe", "Yılmaz")
    answer = desk.move(ayse, 250, "late_delivery", "Order 18 came late.")
    assert answer.status_code == 201
    assert answer.json()["state"] == "posted"
    assert answer.json()["requested_by"] == "agent@example.com"
    assert desk.points(ayse) == 250
    [line] = desk.send("GET", f"members/{ayse}/statement").json()["items"]
    assert line["by"] == "agent@example.com"
    assert line["explanation"] == ["The store gave 250 points to make up for a late delivery."]
    assert line["for_customer"] == ["Mağaza geciken teslimatı telafi etmek için 250 puan verdi."]
    assert line["expires_at"] is not None
    terms = desk.send("GET", "points-terms").json()
    assert (terms["left_today"], terms["left_this_month"]) == (250, 550)
    deed = desk.deeds()[0]
    assert (deed.kind, deed.subject) == ("points_given", f"member:{ayse}")
    assert "late." not in str(deed.after)


def test_the_same_wish_twice_moves_points_once_and_another_under_its_key_is_refused(
    desk: MemberDesk,
) -> None:
    ayse = desk.join(1, "Ayşe", "Yılmaz")
    first, again = (desk.move(ayse, 100, key="wish") for _ in range(2))
    assert first.json() == again.json()
    assert desk.points(ayse) == 100
    assert told(desk.move(ayse, 101, key="wish")) == (409, "idempotency_conflict")
    assert desk.move(ayse, 100, key="wish", by=OTHER).status_code == 201


def test_what_goes_beyond_the_budget_waits_for_another_person(desk: MemberDesk) -> None:
    ayse = desk.join(1, "Ayşe", "Yılmaz")
    desk.move(ayse, 400)
    asked = desk.move(ayse, 101)
    assert (asked.status_code, asked.json()["state"]) == (202, "waiting")
    assert desk.points(ayse) == 400
    path, approve = f"adjustments/{asked.json()['id']}", {"decision": "approve"}
    assert told(desk.send("POST", path, approve)) == (403, "own_request")
    little: dict[str, Any] = {"user_permissions": ["MANAGE_USERS"], "permissions": ["MANAGE_USERS"]}
    assert told(desk.send("POST", path, approve, by=LEAD, **little)) == (
        403,
        "missing_user_permission",
    )
    assert desk.send("GET", "adjustments?state=waiting", by=LEAD).json()["waiting"] == 1
    for _ in range(2):
        done = desk.send("POST", path, approve, by=LEAD)
        assert (done.status_code, done.json()["state"]) == (200, "posted")
        assert done.json()["decided_by"] == "lead@example.com"
    assert desk.points(ayse) == 501
    assert told(desk.send("POST", path, {"decision": "refuse"}, by=OTHER)) == (
        409,
        "adjustment_decided",
    )
    # What another approved is not drawn from the agent's budget.
    assert desk.send("GET", "points-terms").json()["left_today"] == 100


def test_a_request_is_refused_by_others_and_withdrawn_by_who_asked(desk: MemberDesk) -> None:
    ayse = desk.join(1, "Ayşe", "Yılmaz")
    first, second = (desk.move(ayse, 600).json()["id"] for _ in range(2))
    refused = desk.send("POST", f"adjustments/{first}", {"decision": "refuse"}, by=LEAD)
    assert refused.json()["state"] == "refused"
    withdraw = {"decision": "withdraw", "note": "Not needed any more."}
    assert told(desk.send("POST", f"adjustments/{second}", withdraw, by=LEAD)) == (
        403,
        "request_of_another",
    )
    assert desk.send("POST", f"adjustments/{second}", withdraw).json()["state"] == "withdrawn"
    assert desk.points(ayse) == 0


def test_a_budget_holds_under_clicks_at_the_same_moment(desk: MemberDesk) -> None:
    members = [desk.join(number, "Ayşe", f"Y{number}", email=f"a{number}@example.com")
               for number in range(1, 4)]  # fmt: skip
    answers = [answer for member in members for answer in desk.at_once(4, member, 100)]
    posted = [answer for answer in answers if answer.status_code == 201]
    waiting = [answer for answer in answers if answer.status_code == 202]
    assert (len(posted), len(waiting)) == (5, 7)
    assert sum(desk.points(member) for member in members) == 500
    assert desk.drifts() == []


def test_one_key_clicked_at_the_same_moment_gives_once(desk: MemberDesk) -> None:
    ayse = desk.join(1, "Ayşe", "Yılmaz")
    answers = desk.at_once(4, ayse, 100, key="double click")
    assert {answer.status_code for answer in answers} == {422}
    answers = desk.at_once(4, ayse, 100, key="double-click")
    assert {answer.json()["id"] for answer in answers} == {answers[0].json()["id"]}
    assert desk.points(ayse) == 100


def test_two_who_approve_at_the_same_moment_post_once(desk: MemberDesk) -> None:
    ayse = desk.join(1, "Ayşe", "Yılmaz")
    path = f"adjustments/{desk.move(ayse, 600).json()['id']}"
    with ThreadPoolExecutor(2) as threads:
        clicks = [
            threads.submit(desk.send, "POST", path, {"decision": "approve"}, by=one)
            for one in (LEAD, OTHER)
        ]
        answers = sorted(click.result().status_code for click in clicks)
    assert answers == [200, 409]
    assert desk.points(ayse) == 600


def test_the_day_and_the_month_both_end_in_the_stores_zone(desk: MemberDesk, edge: ApiEdge) -> None:
    ayse = desk.join(1, "Ayşe", "Yılmaz")
    assert desk.move(ayse, 500).status_code == 201
    assert desk.move(ayse, 1).status_code == 202
    edge.clock.advance(timedelta(days=1))
    assert desk.move(ayse, 300).status_code == 201
    assert desk.move(ayse, 1).status_code == 202
    edge.clock.advance(timedelta(days=30))
    assert desk.move(ayse, 1).status_code == 201


def test_taking_draws_from_the_budget_and_never_takes_more_than_there_is(
    desk: MemberDesk,
) -> None:
    ayse = desk.join(1, "Ayşe", "Yılmaz")
    desk.earn(ayse, 300)
    assert desk.move(ayse, -200, "correction", "Given twice.").status_code == 201
    assert desk.points(ayse) == 100
    assert told(desk.move(ayse, -101, "correction", "Again.")) == (409, "insufficient_points")
    assert desk.send("GET", "points-terms").json()["left_today"] == 300


@pytest.mark.parametrize("same", [{"user_id": "VXNlcjox"}, {"email": "AYSE@example.com"}])
def test_nobody_gives_points_to_themselves_or_has_them_approved(
    desk: MemberDesk, same: dict[str, str]
) -> None:
    ayse = desk.join(1, "Ayşe", "Yılmaz", email="ayse@example.com")
    herself = LEAD | same
    assert told(desk.move(ayse, 10, by=herself)) == (403, "own_account")
    asked = desk.move(ayse, 600).json()["id"]
    approve = {"decision": "approve"}
    assert told(desk.send("POST", f"adjustments/{asked}", approve, by=herself)) == (
        403,
        "own_account",
    )
    assert desk.send("GET", f"members/{ayse}", by=herself).json()["is_you"] is True
    assert desk.points(ayse) == 0


def test_nobody_gives_points_to_their_own_address_as_a_guest(desk: MemberDesk) -> None:
    guest = desk.guest("agent@example.com")
    assert told(desk.move(guest, 10)) == (403, "own_account")
    assert desk.move(guest, 10, by=OTHER).status_code == 201


def test_an_own_allowance_goes_before_everybodys(desk: MemberDesk) -> None:
    ayse = desk.join(1, "Ayşe", "Yılmaz")
    desk.allow(0, 0, "Agent@Example.com")
    assert desk.move(ayse, 1).status_code == 202
    assert desk.move(ayse, 1, by=OTHER).status_code == 201
    items = desk.send("GET", "allowances", by=LEAD).json()["items"]
    assert [item["email"] for item in items] == [None, "agent@example.com"]
    gone = desk.send("DELETE", "allowances?email=agent@example.com", by=LEAD)
    assert len(gone.json()["items"]) == 1
    assert desk.move(ayse, 1).status_code == 201
    little: dict[str, Any] = {"user_permissions": ["MANAGE_USERS"], "permissions": ["MANAGE_USERS"]}
    assert told(desk.send("GET", "allowances", **little)) == (403, "missing_user_permission")
    body = {"email": "nobody", "per_day": 1, "per_month": 1}
    assert told(desk.send("PUT", "allowances", body)) == (422, "invalid_staff_email")


@pytest.mark.parametrize(
    ("points", "reason", "note", "failure"),
    [
        (100, "misuse", "x", (422, "reason_unfit")),
        (-100, "goodwill", "x", (422, "reason_unfit")),
        (-100, "correction", " ", (422, "note_needed")),
        (100, "other", "", (422, "note_needed")),
        (100, "because", "", (422, "request_invalid")),
        (1.5, "goodwill", "", (422, "request_invalid")),
        (10**9, "goodwill", "", (422, "request_invalid")),
        (100, "goodwill", "\0", (422, "request_invalid")),
    ],
)
def test_what_cannot_be_booked_is_refused(
    desk: MemberDesk, points: object, reason: str, note: str, failure: tuple[int, str]
) -> None:
    ayse = desk.join(1, "Ayşe", "Yılmaz")
    assert told(desk.move(ayse, points, reason, note)) == failure
    assert desk.points(ayse) == 0


def test_no_points_are_no_movement(desk: MemberDesk) -> None:
    ayse = desk.join(1, "Ayşe", "Yılmaz")
    assert told(desk.move(ayse, 0, "correction", "x")) == (422, "invalid_amount")


def test_without_the_permission_or_for_whom_nothing_is_given_nothing_is_given(
    desk: MemberDesk, edge: ApiEdge
) -> None:
    ayse = desk.join(1, "Ayşe", "Yılmaz")
    little: dict[str, Any] = {
        "user_permissions": ["MANAGE_ORDERS"],
        "permissions": ["MANAGE_ORDERS"],
    }
    assert told(desk.move(ayse, 10, **little)) == (403, "missing_user_permission")
    blocks = {"spending": False, "earning": True, "codes": False, "reason": "Chargebacks."}
    assert desk.send("PUT", f"members/{ayse}/blocks", blocks).json()["blocked"] == ["earning"]
    assert told(desk.move(ayse, 10)) == (409, "earning_blocked")
    assert told(desk.move(10**9, 10)) == (404, "member_not_found")
    elsewhere = MemberDesk(edge, edge.store())
    assert told(elsewhere.move(ayse, 10)) == (404, "member_not_found")


def test_without_a_program_nothing_is_given(edge: ApiEdge, store: StoreRef) -> None:
    desk = MemberDesk(edge, store)
    assert told(desk.move(desk.join(1, "Ayşe", "Yılmaz"), 10)) == (409, "no_program")


def test_agents_are_told_by_the_budget_that_the_app_proposes(
    edge: ApiEdge, published: StoreRef
) -> None:
    terms = MemberDesk(edge, published).send("GET", "points-terms", by=AGENT).json()
    assert terms["left_today"] == terms["per_day"] > 0
    assert {reason["code"] for reason in terms["reasons"]} >= {"goodwill", "misuse"}
