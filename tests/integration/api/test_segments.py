"""Segments over the APIs: the board, members and why, a rule tried, the file; and early access."""

import csv
from datetime import timedelta
from typing import Any

import httpx
import pytest
import schemathesis

from saleor_loyalty_app.flows.publish_program import publish
from saleor_loyalty_app.flows.sweep_segments import segments_page
from saleor_loyalty_app.programs.problems import read_program
from saleor_loyalty_app.programs.repository import get_draft, put_draft
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge, openapi_of
from tests.integration.api.member_desk import AGENT, API, MemberDesk

SELLS = {"user_permissions": ["MANAGE_DISCOUNTS"], **AGENT}
SEES = {"user_permissions": ["MANAGE_ORDERS"], **AGENT}
LOYAL = {
    "id": "loyal",
    "names": {"en": "Loyal", "tr": "Sadık"},
    "rule": {
        "type": "all",
        "of": [
            {"type": "member_since", "min": 30},
            {"type": "not", "of": {"type": "consent", "channel": "sms"}},
        ],
    },
}
NEVER = {"id": "never", "names": {"en": "Never"}, "rule": {"type": "orders", "min": 5}}
#: In it for what they are not: turned around as a whole, so one of the two is enough.
ELSEWHERE: dict[str, Any] = {
    "id": "elsewhere",
    "names": {"en": "Elsewhere", "tr": "Başka yerde"},
    "rule": {
        "type": "not",
        "of": {
            "type": "all",
            "of": [{"type": "country", "codes": ["TR"]}, {"type": "member_since", "min": 10}],
        },
    },
}


@pytest.fixture
def desk(edge: ApiEdge, published: StoreRef) -> MemberDesk:
    """Two members of forty days, and segments that look at that."""

    def write(conn: Any) -> None:
        document = dict(get_draft(conn, published.id).document) | {
            "segments": [LOYAL, NEVER, ELSEWHERE]
        }
        put_draft(conn, published.id, document, by="user:1", now=edge.clock())
        publish(conn, published, read_program(document), by="user:1", now=edge.clock())

    edge.database.write(write)
    made = MemberDesk(edge, published)
    made.join(1, "Ayşe", "Yılmaz")
    made.join(2, "Can", "Demir")
    edge.clock.advance(timedelta(days=40))
    while segments_page(edge.database, published, now=edge.clock()):
        pass
    return made


def line(condition: str, number: str, *, holds: bool) -> dict[str, Any]:
    return {
        "kind": "condition",
        "condition": condition,
        "number": number,
        "holds": holds,
        "of": [],
    }


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_the_board_the_members_with_why_and_the_file(edge: ApiEdge, desk: MemberDesk) -> None:
    agent = edge.staff(desk.store, **AGENT)
    board = edge.get(f"{API}/segments", agent).json()
    assert [(one["name"], one["members"]) for one in board["segments"]] == [
        ("Loyal", 2),
        ("Never", 0),
        ("Elsewhere", 2),
    ]
    assert board["segments"][0]["told"] == (
        "Members for whom this holds: days of membership: at least 30"
        " and did not agree to offers by text message."
    )
    assert (board["sweep"]["running"], board["sweep"]["done"]) == (False, 2)
    first = edge.get(f"{API}/segments/loyal/members?first=1", agent).json()
    second = edge.get(f"{API}/segments/loyal/members?first=1&after={first['next']}", agent).json()
    [ayse], [can] = first["items"], second["items"]
    assert (ayse["name"], can["name"], second["next"]) == ("Ayşe Yılmaz", "Can Demir", None)
    assert ayse["why"] == [
        line("days of membership: at least 30", "40 days", holds=True),
        line("did not agree to offers by text message", "", holds=True),
    ]
    assert ayse["came_in"] == (
        "Came in with: days of membership: 40; did not agree to offers by text message."
    )
    file = edge.get(f"{API}/segments/loyal/members.csv", agent | {"Accept-Language": "tr"})
    assert file.headers["content-type"].startswith("text/csv")
    lines = file.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("Üye,Ad,Tarih,Girdiğinde,üyelik günü en az 30,Sağlanıyor: üyelik")
    assert lines[0].endswith("vermedi,Sağlanıyor: SMS ile tekliflere izin vermedi")
    assert "Ayşe Yılmaz" in lines[1]
    assert lines[1].endswith(",40 gün,evet,izin vermedi,evet")
    assert told(edge.get(f"{API}/segments/gone/members", agent)) == (404, "segment_unknown")
    assert told(edge.get(f"{API}/segments/gone/members.csv", agent)) == (404, "segment_unknown")
    assert told(edge.get(f"{API}/segments/loyal/members?after=x", agent)) == (400, "invalid_cursor")


def test_a_member_s_page_says_why_they_are_in_or_not(edge: ApiEdge, desk: MemberDesk) -> None:
    agent = edge.staff(desk.store, **AGENT)
    member = edge.get(f"{API}/segments/loyal/members", agent).json()["items"][0]["member"]
    found = edge.get(f"{API}/members/{member}/segments", agent).json()["segments"]
    loyal, never, elsewhere = found
    assert (loyal["since"] is not None, loyal["fits"]) == (True, True)
    assert loyal["told"].startswith("Members for whom this holds: days of membership")
    assert loyal["came_in"].startswith("Came in with: days of membership: 40; ")
    assert (never["since"], never["fits"], never["why"][0]["number"]) == (None, False, "0")
    assert never["came_in"] == ""
    assert elsewhere["fits"] is True
    [group] = elsewhere["why"]
    assert (group["kind"], group["condition"]) == ("any", "At least one of these:")
    assert (group["number"], group["holds"]) == ("", True)
    assert group["of"] == [
        line("the last order did not go to Türkiye", "–", holds=True),
        line("days of membership: at most 9", "40 days", holds=False),
    ]
    assert told(edge.get(f"{API}/members/987654321/segments", agent)) == (404, "member_not_found")


def test_groups_within_groups_are_told_as_the_document_says(
    edge: ApiEdge, desk: MemberDesk
) -> None:
    deep = {"type": "all", "of": [{"type": "consent", "channel": "sms"}, NEVER["rule"]]}
    there = ELSEWHERE["rule"]["of"]
    deeper = {"type": "any", "of": [deep, there]}
    rule = {"type": "all", "of": [{"type": "member_since", "min": 1}, deeper]}

    def write(conn: Any) -> None:
        segments = [{"id": "deep", "names": {"en": "Deep"}, "rule": {"type": "not", "of": rule}}]
        document = dict(get_draft(conn, desk.store.id).document) | {"segments": segments}
        put_draft(conn, desk.store.id, document, by="user:1", now=edge.clock())
        publish(conn, desk.store, read_program(document), by="user:1", now=edge.clock())

    edge.database.write(write)
    while segments_page(edge.database, desk.store, now=edge.clock()):
        pass
    schema = schemathesis.openapi.from_dict(openapi_of(edge.app))
    agent = edge.staff(desk.store, **AGENT)
    members = edge.get(f"{API}/segments/deep/members", agent)
    of_members = schema[f"{API}/segments/{{segment}}/members"]["GET"]
    assert of_members.is_valid_response(members)
    [first, _] = members.json()["items"]
    [one] = first["why"]
    assert [one["kind"], *(part["kind"] for part in one["of"])] == ["any", "condition", "all"]
    _, both = one["of"]
    assert [part["kind"] for part in both["of"]] == ["any", "any"]
    assert both["holds"] is True
    standing = edge.get(f"{API}/members/{first['member']}/segments", agent)
    assert schema[f"{API}/members/{{member}}/segments"]["GET"].is_valid_response(standing)
    assert standing.json()["segments"][0]["why"] == first["why"]
    both["of"][0]["of"][0]["kind"] = "none"
    wrong = httpx.Response(200, json=members.json() | {"items": [first]}, request=members.request)
    wrong.elapsed = members.elapsed
    assert not of_members.is_valid_response(wrong)


def test_what_a_member_came_in_with_is_told_by_the_rule_of_then(
    edge: ApiEdge, desk: MemberDesk
) -> None:
    edge.clock.advance(timedelta(days=5))
    agent = edge.staff(desk.store, **AGENT)
    changed = LOYAL | {"rule": {"type": "member_since", "min": 20, "max": 90}}

    def write(conn: Any) -> None:
        document = dict(get_draft(conn, desk.store.id).document) | {"segments": [changed]}
        put_draft(conn, desk.store.id, document, by="user:1", now=edge.clock())
        publish(conn, desk.store, read_program(document), by="user:1", now=edge.clock())

    edge.database.write(write)
    while segments_page(edge.database, desk.store, now=edge.clock()):
        pass
    ayse, _ = edge.get(f"{API}/segments/loyal/members", agent).json()["items"]
    assert [one["number"] for one in ayse["why"]] == ["45 days"]
    assert ayse["came_in"] == (
        "Came in with: days of membership: 40; did not agree to offers by text message."
    )


def test_the_file_tells_of_groups_whether_they_are_met(edge: ApiEdge, desk: MemberDesk) -> None:
    agent = edge.staff(desk.store, **AGENT)
    file = edge.get(f"{API}/segments/elsewhere/members.csv", agent)
    header, first, _ = csv.reader(file.content.decode("utf-8-sig").splitlines())
    country, days = (
        "the last order did not go to Türkiye",
        "days of membership: at most 9",
    )
    group, *columns = header[4:]
    assert group == f"Meets: {country} or {days}"
    assert columns == [country, f"Meets: {country}", days, f"Meets: {days}"]
    assert first[4:] == ["yes", "–", "yes", "40 days", "no"]


def test_a_rule_is_tried_and_what_is_wrong_with_it_is_told_at_once(
    edge: ApiEdge, desk: MemberDesk
) -> None:
    owner = edge.staff(desk.store, **AGENT)
    rule = {"type": "any", "of": [NEVER["rule"], {"type": "member_since", "min": 10}]}
    fits = edge.send("POST", f"{API}/segments/preview", owner, {"rule": rule}).json()
    assert (fits["fit"], fits["expected"], fits["total"], fits["sample"]) == (2, 2, 2, False)
    assert [one["name"] for one in fits["shown"]] == ["Ayşe Yılmaz", "Can Demir"]
    seller = edge.staff(desk.store, **SELLS)
    unnamed = edge.send("POST", f"{API}/segments/preview", seller, {"rule": rule}).json()
    assert (unnamed["fit"], unnamed["shown"]) == (2, [])
    named = {
        "rule": {"type": "category_share", "category": "shoes", "currency": "USD", "min": 50},
        "names": {"shoes": "Ayakkabı"},
    }
    answer = edge.send("POST", f"{API}/segments/preview", owner | {"Accept-Language": "tr"}, named)
    assert "“Ayakkabı” payı en az %50" in answer.json()["told"]
    wrong = {
        "rule": {
            "type": "all",
            "of": [
                {"type": "spend", "currency": "USD"},
                {"type": "rfm", "score": "monetary", "min": 9},
            ],
        }
    }
    refused = edge.send("POST", f"{API}/segments/preview", owner, wrong)
    assert told(refused) == (422, "program_invalid")
    codes = {one["code"] for one in refused.json()["error"]["detail"]["problems"]}
    assert codes >= {"limit_missing", "too_large"}
    agent = edge.staff(desk.store, **SEES)
    refused = edge.send("POST", f"{API}/segments/preview", agent, {"rule": rule})
    assert told(refused) == (403, "missing_user_permission")
