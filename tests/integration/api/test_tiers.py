"""Tiers over the APIs: the board, holders, moves, what a draft would do, tiers set by hand."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from saleor_loyalty_app.flows.publish_program import publish
from saleor_loyalty_app.flows.sweep_tiers import has_work, tiers_page
from saleor_loyalty_app.programs.problems import read_program
from saleor_loyalty_app.programs.repository import get_draft, put_draft
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.staff_actions import page
from tests.api_edge import ApiEdge
from tests.integration.api.member_desk import AGENT, API, MemberDesk, user_id

SEES = {"user_permissions": ["MANAGE_ORDERS"], **AGENT}


def level(level_id: str, days: int, **more: Any) -> dict[str, Any]:
    return more | {
        "id": level_id,
        "names": {"en": level_id.title(), "tr": f"{level_id.title()} üye"},
        "requirements": {"tenure_days": {"min": days}},
        "benefits": {"en": "Early access."},
    }


def publish_tiers(edge: ApiEdge, store: StoreRef, *days: int) -> None:
    """Puts tiers by membership into force."""
    names = ("friend", "fan")
    section = {
        "enabled": True,
        "levels": [level(name, wanted) for name, wanted in zip(names, days, strict=True)],
    }

    def write(conn: Any) -> None:
        document = dict(get_draft(conn, store.id).document) | {"tiers": section}
        put_draft(conn, store.id, document, by="user:1", now=edge.clock())
        publish(conn, store, read_program(document), by="user:1", now=edge.clock())

    edge.database.write(write)


def settle(edge: ApiEdge, store: StoreRef) -> None:
    while edge.database.read(lambda conn: has_work(conn, store, now=edge.clock())):
        edge.database.write(lambda conn: tiers_page(conn, store, now=edge.clock()))


@pytest.fixture
def desk(edge: ApiEdge, published: StoreRef) -> MemberDesk:
    """Two members of forty days in tiers that take thirty and ninety."""
    publish_tiers(edge, published, 30, 90)
    made = MemberDesk(edge, published)
    made.join(1, "Ayşe", "Yılmaz")
    made.join(2, "Can", "Demir")
    edge.clock.advance(timedelta(days=40))
    settle(edge, published)
    return made


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_the_board_the_holders_and_the_moves(edge: ApiEdge, desk: MemberDesk) -> None:
    agent = edge.staff(desk.store, **SEES)
    board = edge.get(f"{API}/tiers", agent).json()
    assert [(one["name"], one["members"]) for one in board["levels"]] == [("Friend", 2), ("Fan", 0)]
    assert [(one["came"], one["went"]) for one in board["levels"]] == [(2, 0), (0, 0)]
    assert board["levels"][0]["told"] == "30 days of membership"
    assert (board["enabled"], board["sweep"]["running"]) == (True, False)
    first = edge.get(f"{API}/tiers/friend/members?first=1", agent).json()
    second = edge.get(f"{API}/tiers/friend/members?first=1&after={first['next']}", agent).json()
    names = [one["name"] for answer in (first, second) for one in answer["items"]]
    assert names == ["Ayşe Yılmaz", "Can Demir"]
    assert second["next"] is None
    moves = edge.get(f"{API}/tiers/moves", agent | {"Accept-Language": "tr"}).json()["items"]
    assert {(one["from_name"], one["to_name"]) for one in moves} == {("Seviye yok", "Friend üye")}
    assert told(edge.get(f"{API}/tiers/moves?after=x", agent)) == (400, "invalid_cursor")


def test_what_was_just_published_has_everybody_before_it_until_the_tasks_have_met_them(
    edge: ApiEdge, desk: MemberDesk
) -> None:
    agent = edge.staff(desk.store, **SEES)
    publish_tiers(edge, desk.store, 20, 35)
    before = edge.get(f"{API}/tiers", agent).json()["sweep"]
    assert (before["running"], before["done"], before["total"]) == (True, 0, 2)
    settle(edge, desk.store)
    board = edge.get(f"{API}/tiers", agent).json()
    assert (board["sweep"]["running"], board["sweep"]["done"]) == (False, 2)
    assert [one["members"] for one in board["levels"]] == [0, 2]


def test_a_tier_is_set_until_a_day_noted_and_ended(edge: ApiEdge, desk: MemberDesk) -> None:
    agent = edge.staff(desk.store, **AGENT)
    member = edge.get(f"{API}/tiers/friend/members", agent).json()["items"][0]["member"]
    path = f"{API}/members/{member}/tier"
    ahead = edge.get(path, agent).json()["ahead"]
    assert ahead == ["50 days of membership more until Fan."]
    wish = {"tier": "fan", "through": "2027-12-31", "reason": "A late delivery."}
    assert told(edge.send("PUT", path, edge.staff(desk.store, **SEES), wish)) == (
        403,
        "missing_user_permission",
    )
    done = edge.send("PUT", path, agent, wish).json()
    assert (done["tier"], done["manual"], done["manual_through"]) == ("fan", "fan", "2027-12-31")
    assert edge.send("PUT", path, agent, wish).json() == done
    assert told(edge.send("PUT", path, agent, wish | {"reason": " "})) == (422, "note_empty")
    written = edge.get(f"{API}/members/{member}/notes", agent).json()["items"]
    assert [one["text"] for one in written] == [
        "Fan by hand, through Dec 31, 2027: A late delivery."
    ]
    assert told(edge.send("PUT", path, agent, wish | {"through": "2020-01-01"})) == (
        422,
        "tier_end_past",
    )
    assert told(edge.send("PUT", path, agent, wish | {"tier": "gold"})) == (404, "tier_unknown")
    ended = edge.send("DELETE", path, agent).json()
    assert (ended["tier"], ended["manual"]) == ("friend", None)
    noted = edge.database.read(
        lambda conn: page(conn, desk.store.id, 10, None, subject=f"member:{member}")
    )
    assert [action.kind for action in noted] == ["tier_ended", "tier_set"]
    moves = edge.get(f"{API}/tiers/moves?member={member}", agent).json()["items"]
    assert [one["why"] for one in moves][:2] == ["manual", "manual"]
    edge.send("PUT", path, agent, wish)
    edge.clock.advance(timedelta(days=500))
    settle(edge, desk.store)
    later = edge.get(path, edge.staff(desk.store, **AGENT)).json()
    assert (later["tier"], later["manual"]) == ("fan", None), "by then it was earned"


def test_publishing_tells_who_would_move(edge: ApiEdge, desk: MemberDesk) -> None:
    owner = edge.staff(desk.store)
    nothing = edge.get(f"{API}/publishing/tiers", owner).json()
    assert (nothing["changes"], nothing["at_once"], nothing["sample"]) == (False, [], False)

    def easier(conn: Any) -> None:
        document = dict(get_draft(conn, desk.store.id).document)
        levels = [level("friend", 10, entry_points=40), level("fan", 20, entry_points=70)]
        document["tiers"] = document["tiers"] | {"levels": levels}
        put_draft(conn, desk.store.id, document, by="user:1", now=edge.clock())

    edge.database.write(easier)
    seen = edge.get(f"{API}/publishing/tiers", owner).json()
    flow = {
        "from_tier": "friend",
        "from_name": "Friend",
        "to_tier": "fan",
        "to_name": "Fan",
        "members": 2,
    }
    assert (seen["changes"], seen["at_once"], seen["looked_at"]) == (True, [flow], 2)
    assert seen["entry_points"] == 140, "both had the lower one before"

    def with_rules(conn: Any) -> None:
        document = dict(get_draft(conn, desk.store.id).document)
        reached = {"trigger": "tier_reached", "then": {"type": "points", "points": 7}}
        status = {"trigger": "tier_reached", "then": {"type": "status_points", "points": 9}}
        rules = [
            reached | {"id": "any-tier"},
            reached | {"id": "fans", "on": ["fan"]},
            reached | {"id": "friends", "on": ["friend"]},
            reached | {"id": "not-now", "enabled": False},
            status | {"id": "status"},
        ]
        earning = document["earning"]
        document["earning"] = earning | {"rules": [*earning["rules"], *rules]}
        put_draft(conn, desk.store.id, document, by="user:1", now=edge.clock())

    edge.database.write(with_rules)
    seen = edge.get(f"{API}/publishing/tiers", owner).json()
    assert seen["entry_points"] == 2 * (70 + 7 + 7), "what rules give for it is in it"

    def off(conn: Any) -> None:
        document = dict(get_draft(conn, desk.store.id).document)
        document["tiers"] = document["tiers"] | {"enabled": False}
        put_draft(conn, desk.store.id, document, by="user:1", now=edge.clock())

    edge.database.write(off)
    [lost] = edge.get(f"{API}/publishing/tiers", owner).json()["at_once"]
    assert (lost["from_tier"], lost["to_name"], lost["members"]) == ("friend", "No tier", 2)


def test_tiers_begin_with_a_template_that_says_what_its_levels_mean(
    edge: ApiEdge, published: StoreRef
) -> None:
    owner = edge.staff(published)
    begun = edge.get(f"{API}/tiers/template", owner).json()
    assert (begun["section"]["enabled"], len(begun["section"]["levels"])) == (False, 3)
    document = edge.get(f"{API}/program", owner).json()["draft"]["document"]
    what = {"document": document | {"tiers": begun["section"]}}
    told_of = edge.send("POST", f"{API}/tiers/examples", owner, what).json()["examples"]
    assert [one["tier"] for one in told_of] == ["bronze", "silver", "gold"]
    assert "An order that brings others 100 points brings 125 points." in told_of[1]["beginning"]
    bare = {"document": {**document, "tiers": None}}
    assert edge.send("POST", f"{API}/tiers/examples", owner, bare).json() == {"examples": []}
    broken = {"document": document | {"tiers": {"levels": []}}}
    assert told(edge.send("POST", f"{API}/tiers/examples", owner, broken)) == (
        422,
        "program_invalid",
    )


def test_shoppers_see_their_own_tier_and_what_is_missing(edge: ApiEdge, desk: MemberDesk) -> None:
    shopper = edge.shopper(desk.store, user_id=user_id(1), email="ayşe@example.com")
    mine = edge.get("/api/storefront/v1/me/tier", shopper | {"Accept-Language": "en"}).json()
    assert (mine["tier"], mine["next_tier"]) == ("friend", "fan")
    assert mine["missing"] == [{"kind": "tenure_days", "amount": "50", "currency": None}]
    assert [one["reached"] for one in mine["levels"]] == [True, False]
    assert mine["levels"][0]["benefits"] == "Early access."


def test_nobody_sees_members_of_another_store(edge: ApiEdge, desk: MemberDesk) -> None:
    foreign = edge.store()
    agent = edge.staff(foreign, **AGENT)
    member = edge.get(f"{API}/tiers/friend/members", edge.staff(desk.store, **AGENT)).json()
    number = member["items"][0]["member"]
    assert edge.get(f"{API}/tiers/friend/members", agent).json()["items"] == []
    assert told(edge.get(f"{API}/members/{number}/tier", agent)) == (404, "member_not_found")
    wish = {"tier": "fan", "through": "2027-12-31", "reason": "A late delivery."}
    assert told(edge.send("PUT", f"{API}/members/{number}/tier", agent, wish)) == (
        409,
        "tiers_off",
    )
