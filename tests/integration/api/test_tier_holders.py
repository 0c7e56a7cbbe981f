"""The numbers beside tiers, and the lists behind them, are of all members there are."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.sweep_tiers import tiers_page
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge
from tests.factories import make_member, make_revision
from tests.integration.api.member_desk import AGENT, API, MemberDesk, user_id
from tests.order_books import program

FREE = {"id": "friend", "names": {"en": "Friend"}}
FAN = {
    "id": "fan",
    "names": {"en": "Fan"},
    "requirements": {"tenure_days": {"min": 30}},
}
#: By their numbers: who they are, besides those who are simply members.
OTHERS: dict[int, dict[str, Any]] = {
    4: {"hold_out": True},
    5: {"state": "left"},
    6: {"state": "paused"},
    7: {"state": "invited", "enrolled_at": None, "first_enrolled_at": None},
}


def tiers(*levels: dict[str, Any], enrollment: str = "automatic") -> dict[str, Any]:
    document = program()
    settings = {**document.get("settings", {}), "enrollment": enrollment}
    section = {"enabled": True, "levels": list(levels)}
    return document | {"settings": settings, "tiers": section}


def shown(edge: ApiEdge, store: StoreRef) -> dict[str, tuple[int, list[str]]]:
    """By tier the number beside it and who is listed; "" = none."""
    staff = edge.staff(store, user_permissions=["MANAGE_ORDERS"], **AGENT)
    board = edge.get(f"{API}/tiers", staff).json()
    found: dict[str, tuple[int, list[str]]] = {"": (board["without"], [])}
    for one in board["levels"]:
        names: list[str] = []
        path = f"{API}/tiers/{one['id']}/members?first=2"
        after: str | None = ""
        while after is not None:
            page = edge.get(path + (f"&after={after}" if after else ""), staff).json()
            names += [item["member"] for item in page["items"]]
            after = page["next"]
        found[one["id"]] = (one["members"], names)
    return found


def look(edge: ApiEdge, store: StoreRef) -> None:
    while edge.database.write(lambda conn: tiers_page(conn, store, now=edge.clock())):
        pass


@pytest.fixture
def people(edge: ApiEdge, store: StoreRef) -> list[str]:
    """Members 1 to 3 who are simply members, a guest, and others."""
    desk = MemberDesk(edge, store)
    found = [desk.join(number, "Ayşe", str(number)) for number in (1, 2, 3)]
    found.append(desk.guest("guest@example.com"))

    def write(conn: sa.Connection) -> None:
        times = dict.fromkeys(("created_at", "enrolled_at", "first_enrolled_at"), edge.clock())
        for number, values in OTHERS.items():
            known = times | {"user_id": user_id(number)} | values
            found.append(make_member(conn, store.id, **known))

    edge.database.write(write)
    return [str(one) for one in found]


def test_whom_nobody_looked_at_is_counted_as_the_next_look_finds_them(
    edge: ApiEdge, store: StoreRef, people: list[str]
) -> None:
    edge.database.write(lambda conn: make_revision(conn, store.id, tiers(FREE, FAN)))
    one, two, three, guest, control, _, paused, invited = people
    everybody = [one, two, three, guest, paused, invited]
    wanted = {"": (1, []), "friend": (6, everybody), "fan": (0, [])}
    assert shown(edge, store) == wanted
    look(edge, store)
    assert shown(edge, store) == wanted
    assert control not in everybody


def test_where_one_joins_only_who_did_is_counted(
    edge: ApiEdge, store: StoreRef, people: list[str]
) -> None:
    document = tiers(FREE, FAN, enrollment="opt_in")
    edge.database.write(lambda conn: make_revision(conn, store.id, document))
    one, two, three, _, _, _, paused, _ = people
    wanted = {"": (1, []), "friend": (4, [one, two, three, paused]), "fan": (0, [])}
    assert shown(edge, store) == wanted
    look(edge, store)
    assert shown(edge, store) == wanted


def test_a_higher_tier_that_was_found_stays_where_it_is(
    edge: ApiEdge, store: StoreRef, people: list[str]
) -> None:
    edge.database.write(lambda conn: make_revision(conn, store.id, tiers(FREE, FAN)))
    edge.clock.advance(timedelta(days=40))
    look(edge, store)
    late = edge.database.write(
        lambda conn: make_member(conn, store.id, user_id=user_id(9), created_at=edge.clock())
    )
    found = shown(edge, store)
    assert found["friend"] == (1, [str(late)])
    assert (found["fan"][0], len(found["fan"][1])) == (6, 6)
    assert sum(number for number, _ in found.values()) == 8


def test_without_a_tier_for_everybody_the_others_have_none(
    edge: ApiEdge, store: StoreRef, people: list[str]
) -> None:
    edge.database.write(lambda conn: make_revision(conn, store.id, tiers(FAN)))
    assert shown(edge, store) == {"": (7, []), "fan": (0, [])}


def test_who_left_since_the_last_look_has_no_tier(
    edge: ApiEdge, store: StoreRef, people: list[str]
) -> None:
    edge.database.write(lambda conn: make_revision(conn, store.id, tiers(FREE, FAN)))
    look(edge, store)
    members = table(Member)
    gone = sa.update(members).where(members.c.id == int(people[0])).values(state="left")
    edge.database.write(lambda conn: conn.execute(gone))
    number, listed = shown(edge, store)["friend"]
    assert (number, len(listed), people[0] in listed) == (5, 5, False)
