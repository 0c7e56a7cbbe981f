"""Segments over the APIs: the board, members and why, a rule tried, the file; and early access."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from saleor_loyalty_app.flows.publish_program import publish
from saleor_loyalty_app.flows.sweep_segments import segments_page
from saleor_loyalty_app.programs.problems import read_program
from saleor_loyalty_app.programs.repository import get_draft, put_draft
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge
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


@pytest.fixture
def desk(edge: ApiEdge, published: StoreRef) -> MemberDesk:
    """Two members of forty days, and segments that look at that."""

    def write(conn: Any) -> None:
        document = dict(get_draft(conn, published.id).document) | {"segments": [LOYAL, NEVER]}
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


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_the_board_the_members_with_why_and_the_file(edge: ApiEdge, desk: MemberDesk) -> None:
    agent = edge.staff(desk.store, **AGENT)
    board = edge.get(f"{API}/segments", agent).json()
    assert [(one["name"], one["members"]) for one in board["segments"]] == [
        ("Loyal", 2),
        ("Never", 0),
    ]
    assert board["segments"][0]["told"] == (
        "Members for whom this holds: days of membership: at least 30"
        " and not (agreed to offers by text message)."
    )
    assert (board["sweep"]["running"], board["sweep"]["done"]) == (False, 2)
    first = edge.get(f"{API}/segments/loyal/members?first=1", agent).json()
    second = edge.get(f"{API}/segments/loyal/members?first=1&after={first['next']}", agent).json()
    [ayse], [can] = first["items"], second["items"]
    assert (ayse["name"], can["name"], second["next"]) == ("Ayşe Yılmaz", "Can Demir", None)
    assert ayse["why"] == [
        {"condition": "days of membership: at least 30", "number": "40 days", "holds": True},
        {"condition": "agreed to offers by text message", "number": "no", "holds": False},
    ]
    file = edge.get(f"{API}/segments/loyal/members.csv", agent | {"Accept-Language": "tr"})
    assert file.headers["content-type"].startswith("text/csv")
    lines = file.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("Üye,Ad,Tarih,")
    assert "Ayşe Yılmaz" in lines[1]
    assert told(edge.get(f"{API}/segments/gone/members", agent)) == (404, "segment_unknown")
    assert told(edge.get(f"{API}/segments/gone/members.csv", agent)) == (404, "segment_unknown")
    assert told(edge.get(f"{API}/segments/loyal/members?after=x", agent)) == (400, "invalid_cursor")


def test_a_member_s_page_says_why_they_are_in_or_not(edge: ApiEdge, desk: MemberDesk) -> None:
    agent = edge.staff(desk.store, **AGENT)
    member = edge.get(f"{API}/segments/loyal/members", agent).json()["items"][0]["member"]
    loyal, never = edge.get(f"{API}/members/{member}/segments", agent).json()["segments"]
    assert (loyal["since"] is not None, loyal["fits"]) == (True, True)
    assert (never["since"], never["fits"], never["why"][0]["number"]) == (None, False, "0")
    assert told(edge.get(f"{API}/members/987654321/segments", agent)) == (404, "member_not_found")


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
