"""Members over the Dashboard API: found, read, noted, blocked, merged, exported and erased."""

import json
from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.erase_member import erase_user
from saleor_loyalty_app.flows.join_member import claim_guests
from saleor_loyalty_app.members.models import Member, MemberIdentity, MemberNote
from saleor_loyalty_app.members.repository import email_key_of, member_by_id, member_by_user
from saleor_loyalty_app.messages.stopped_addresses import stop_address
from saleor_loyalty_app.orders.models import OrderState
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge
from tests.integration.api.member_desk import AGENT, MemberDesk, told, user_id
from tests.redemption_rows import make_redemption


@pytest.fixture
def desk(edge: ApiEdge, published: StoreRef) -> MemberDesk:
    return MemberDesk(edge, published)


def add_order(desk: MemberDesk, member: int, number: str) -> None:
    """An order of a member that was looked at."""
    desk.edge.database.write(
        lambda conn: conn.execute(
            sa.insert(table(OrderState)).values(
                store_id=desk.store.id,
                order_id=f"T3JkZXI6{number}",
                number=number,
                status="FULFILLED",
                channel="default-channel",
                currency="USD",
                created_at=desk.edge.clock(),
                snapshot_hash="",
                withheld="",
                owner_changes=0,
                open=False,
                deferred=False,
                origin="webhook",
                member_id=member,
            )
        )
    )


def test_a_member_is_found_by_whatever_somebody_knows_of_them(desk: MemberDesk) -> None:
    ayse = str(desk.join(5, "Ayşe Nur", "Yılmaz", email="ayse.yilmaz@example.com"))
    john = str(desk.join(6, "John", "O'Brien", email="j_b%@example.com"))
    guest = str(desk.guest("Guest@Example.com"))
    add_order(desk, int(john), "1018")
    found = {
        "ayse": [ayse],
        "YILMAZ": [ayse],
        "yilmaz ayşe": [ayse],
        "ayse.y": [ayse],
        "ayse.yilmaz@example.com": [ayse],
        "j_b%25": [john],
        "j%25b": [],
        "j_x": [],
        "o'brien": [john],
        "guest@example.com": [guest],
        "guest": [],
        user_id(6): [john],
        ayse: [ayse],
        "1018": [john],
        "%231018": [john],
        "T3JkZXI6MTAxOA==": [],
        "nobody": [],
        "%25": [],
        "#": [guest, john, ayse],
    }
    for typed, wanted in found.items():
        query = "" if typed == "#" else f"q={typed}"
        assert desk.find(query) == wanted, typed
    elsewhere = MemberDesk(desk.edge, desk.edge.store())
    assert elsewhere.find("q=ayse") == []
    assert told(elsewhere.send("GET", f"members/{ayse}")) == (404, "member_not_found")


def test_filters_narrow_the_list_down_and_pages_follow_each_other(desk: MemberDesk) -> None:
    rich, poor, blocked = (
        desk.join(number, name, "Demir", email=f"{name}@example.com")
        for number, name in ((1, "a"), (2, "b"), (3, "c"))
    )
    desk.earn(rich, 500)
    desk.move(rich, 100)
    desk.earn(poor, 20)
    blocks = {"spending": True, "earning": False, "codes": True, "reason": "Resold codes."}
    assert desk.send("PUT", f"members/{blocked}/blocks", blocks).status_code == 200
    desk.send("PUT", f"members/{poor}/state", {"state": "paused"})
    desk.send("POST", f"members/{poor}/notes", {"text": "Call.", "due_on": "2027-01-01"})
    lists = {
        "": [blocked, poor, rich],
        "blocked=true": [blocked],
        "blocked=false": [poor, rich],
        "state=paused": [poor],
        "least=100": [rich],
        "most=20": [blocked, poor],
        "least=1&most=50": [poor],
        "debt=true": [],
        "expiring_days=366": [],
        "to_do=true": [poor],
        "joined_since=2027-01-01": [blocked, poor, rich],
        "joined_since=2027-01-02": [],
        f"user_id={user_id(2)}": [poor],
    }
    for query, wanted in lists.items():
        assert desk.find(query) == [str(one) for one in wanted], query
    page = desk.send("GET", "members?first=2").json()
    assert [one["id"] for one in page["items"]] == [str(blocked), str(poor)]
    rest = desk.send("GET", f"members?first=2&after={page['next']}").json()
    assert ([one["id"] for one in rest["items"]], rest["next"]) == ([str(rich)], None)
    assert told(desk.send("GET", "members?after=nonsense")) == (400, "invalid_cursor")
    assert told(desk.send("GET", "members?state=dead")) == (422, "request_invalid")


def test_one_member_is_read_with_lots_statement_and_consents(desk: MemberDesk) -> None:
    ayse = desk.join(1, "Ayşe", "Yılmaz")
    desk.earn(ayse, 300)
    desk.move(ayse, 50)
    seen = desk.send("GET", f"members/{ayse}").json()
    assert (seen["name"], seen["email"], seen["language"]) == (
        "Ayşe Yılmaz",
        "ayşe@example.com",
        "tr",
    )
    [points] = seen["balances"]
    assert (points["available"], points["lifetime"]) == (350, 350)
    assert [one["amount"] for one in points["expiring"]] == [50]
    first = desk.send("GET", f"members/{ayse}/lots?first=1").json()
    assert [lot["remaining"] for lot in first["items"]] == [50]
    second = desk.send("GET", f"members/{ayse}/lots?first=1&after={first['next']}").json()
    assert ([lot["remaining"] for lot in second["items"]], second["next"]) == ([300], None)
    page = desk.send("GET", f"members/{ayse}/statement?first=1").json()
    assert [line["amount"] for line in page["items"]] == [50]
    older = desk.send("GET", f"members/{ayse}/statement?first=1&after={page['next']}").json()
    assert [line["amount"] for line in older["items"]] == [300]
    agreed = desk.send("GET", f"members/{ayse}/consents").json()
    assert {one["channel"]: one["granted"] for one in agreed["channels"]} == {
        "email": False,
        "sms": False,
    }
    for name in ("x", "-1", "9" * 30, "1.0"):
        assert told(desk.send("GET", f"members/{name}")) == (404, "member_not_found")


def test_who_manages_neither_users_nor_orders_sees_nobody(desk: MemberDesk) -> None:
    ayse = desk.join(1, "Ayşe", "Yılmaz")
    rights: dict[str, Any] = {
        "user_permissions": ["MANAGE_DISCOUNTS"],
        "permissions": ["MANAGE_DISCOUNTS"],
    }
    for path in (
        "members",
        f"members/{ayse}",
        f"members/{ayse}/statement",
        f"members/{ayse}/notes",
    ):
        assert told(desk.send("GET", path, **rights)) == (403, "missing_user_permission")


def test_notes_are_kept_in_order_done_and_thrown_away(desk: MemberDesk) -> None:
    ayse = desk.join(1, "Ayşe", "Yılmaz")
    path = f"members/{ayse}/notes"
    desk.send("POST", path, {"text": "First."})
    desk.send("POST", path, {"text": "Later.", "due_on": "2027-02-01"})
    listed = desk.send("POST", path, {"text": "Sooner.", "due_on": "2027-01-05"}).json()["items"]
    assert [note["text"] for note in listed] == ["Sooner.", "Later.", "First."]
    assert listed[0]["by"] == AGENT["email"]
    done = desk.send("POST", f"{path}/{listed[0]['id']}/done").json()["items"]
    assert [note["text"] for note in done] == ["Later.", "Sooner.", "First."]
    left = desk.send("DELETE", f"{path}/{listed[2]['id']}").json()["items"]
    assert len(left) == 2
    assert told(desk.send("DELETE", f"{path}/{listed[2]['id']}")) == (404, "note_unknown")
    john = desk.join(2, "John", "Smith")
    strange = f"members/{john}/notes/{left[0]['id']}"
    assert told(desk.send("DELETE", strange)) == (404, "note_unknown")
    assert told(desk.send("POST", path, {"text": "  "})) == (422, "note_empty")
    assert "Sooner" not in str([deed.after for deed in desk.deeds()])


def test_a_block_keeps_its_reason_and_the_deed_names_what_changed(desk: MemberDesk) -> None:
    ayse = desk.join(1, "Ayşe", "Yılmaz")
    blocks = {"spending": True, "earning": False, "codes": False, "reason": "Chargeback."}
    seen = desk.send("PUT", f"members/{ayse}/blocks", blocks).json()
    assert (seen["blocked"], seen["block_note"]["text"]) == (["spending"], "Chargeback.")
    deed = desk.deeds()[0]
    assert deed.kind == "member_blocked"
    assert deed.before == {"spending": False, "earning": False, "codes": False}
    assert deed.after == {"spending": True, "earning": False, "codes": False}


def test_states_change_as_far_as_they_fit(desk: MemberDesk) -> None:
    ayse, guest = desk.join(1, "Ayşe", "Yılmaz"), desk.guest("guest@example.com")

    def state(member: int, wanted: str) -> object:
        answer = desk.send("PUT", f"members/{member}/state", {"state": wanted})
        return answer.json().get("state") or told(answer)

    assert [state(ayse, one) for one in ("paused", "active", "left")] == [
        "paused",
        "active",
        "left",
    ]
    assert state(ayse, "paused") == (409, "wrong_member_state")
    assert told(desk.move(ayse, 10)) == (409, "wrong_member_state")
    assert state(ayse, "active") == "active"
    assert state(guest, "left") == (409, "wrong_member_state")


def test_two_members_become_one_with_all_they_have_and_all_that_leads_to_them(
    desk: MemberDesk,
) -> None:
    keeps, goes = desk.join(1, "Ayşe", "Yılmaz"), desk.join(2, "Ayse", "Kaya")
    desk.earn(keeps, 100)
    desk.earn(goes, 250)
    add_order(desk, goes, "1018")
    desk.send("POST", f"members/{goes}/notes", {"text": "Married."})
    desk.send("PUT", f"members/{goes}/blocks", {
        "spending": False, "earning": False, "codes": True, "reason": "Resold.",
    })  # fmt: skip
    spent = desk.edge.database.write(
        lambda conn: make_redemption(
            conn, desk.store, goes, points=40, user_id=user_id(2), now=desk.edge.clock()
        )
    )
    body = {"other": str(goes), "dry_run": True}
    plan = desk.send("POST", f"members/{keeps}/merge", body).json()
    assert (plan["done"], plan["orders"], plan["redemptions"], plan["has_account"]) == (
        False, 1, 1, True,
    )  # fmt: skip
    [moving] = plan["balances"]
    assert (moving["available"], moving["held"]) == (250, 40)
    assert desk.points(keeps) == 100
    done = desk.send("POST", f"members/{keeps}/merge", body | {"dry_run": False}).json()
    assert done == plan | {"done": True}
    assert (desk.points(keeps), desk.points(goes)) == (350, 0)
    seen = desk.send("GET", f"members/{keeps}").json()
    assert (seen["blocked"], seen["merged"], seen["held"]) == (["codes"], [str(goes)], 40)
    assert desk.send("GET", f"members/{goes}").json()["merged_into"] == str(keeps)
    for query in ("q=kaya", "q=ayse@example.com", "q=1018", f"user_id={user_id(2)}", f"q={goes}"):
        assert desk.find(query) == [str(keeps)], query
    listed = desk.send("GET", f"members/{keeps}/redemptions").json()["items"]
    assert [one["id"] for one in listed] == [spent.public_id]
    # The other account and what happens on it lead to the member that stays, with its own address.
    assert desk.join(2, "Ayse", "Kaya", email="new@example.com") == keeps
    assert desk.send("GET", f"members/{keeps}").json()["email"] == "ayşe@example.com"
    assert desk.guest("new@example.com") == keeps
    assert told(desk.send("POST", f"members/{keeps}/merge", body)) == (409, "merge_with_itself")
    assert desk.drifts() == []


def test_merging_goes_neither_into_a_guest_nor_into_who_left_nor_with_oneself(
    desk: MemberDesk,
) -> None:
    ayse, john = desk.join(1, "Ayşe", "Yılmaz"), desk.join(2, "John", "Smith")
    guest = desk.guest("guest@example.com")

    def merge(winner: int, loser: int, **more: Any) -> tuple[int, str]:
        body = {"other": str(loser), "dry_run": False}
        return told(desk.send("POST", f"members/{winner}/merge", body, **more))

    assert merge(guest, ayse) == (409, "merge_into_guest")
    assert merge(ayse, ayse) == (409, "merge_with_itself")
    assert merge(ayse, 10**9) == (404, "member_not_found")
    assert merge(ayse, john, by={"user_id": user_id(2), "email": "x@example.com"}) == (
        403,
        "own_account",
    )
    desk.send("PUT", f"members/{john}/state", {"state": "left"})
    assert merge(john, ayse) == (409, "wrong_member_state")


def test_a_guest_whom_staff_merged_leads_to_the_member_from_then_on(desk: MemberDesk) -> None:
    ayse, guest = desk.join(1, "Ayşe", "Yılmaz"), desk.guest("old@example.com")
    desk.earn(guest, 70)
    body = {"other": str(guest), "dry_run": False}
    assert desk.send("POST", f"members/{ayse}/merge", body).status_code == 200
    assert desk.points(ayse) == 70
    assert desk.guest("OLD@example.com") == ayse
    # Who proves the address as their own has it from then on.
    owner = desk.join(9, "Real", "Owner", email="old@example.com")
    keys = desk.edge.app.state.faces.email_keys

    def claim(conn: sa.Connection) -> int:
        known = member_by_id(conn, desk.store.id, owner)
        assert known is not None
        return claim_guests(conn, desk.store, known, keys=keys, now=desk.edge.clock())

    assert desk.edge.database.write(claim) == 0
    assert desk.guest("old@example.com") == owner
    assert desk.points(ayse) == 70


def test_an_export_holds_everything_about_the_person_and_of_nobody_else(desk: MemberDesk) -> None:
    ayse, john = desk.join(1, "Ayşe", "Yılmaz"), desk.join(2, "John", "Smith")
    desk.move(ayse, 50, note="Nice call.")
    desk.move(john, 60, note="Secret of John.")
    desk.send("POST", f"members/{ayse}/notes", {"text": "Likes tea."})
    answer = desk.send("GET", f"members/{ayse}/export")
    assert answer.headers["content-disposition"] == f'attachment; filename="member-{ayse}.json"'
    assert answer.headers["cache-control"] == "no-store"
    found = answer.json()
    assert found["tables"]["member_identity"][0]["email"] == "ayşe@example.com"
    assert [row["text"] for row in found["tables"]["member_note"]] == ["Likes tea."]
    assert [row["amount"] for row in found["tables"]["entry"]] == [50]
    text = json.dumps(found, ensure_ascii=False)
    for foreign in ("Secret of John", "john@", "input_hash", "token_encrypted"):
        assert foreign not in text
    assert desk.deeds()[0].kind == "member_exported"


def test_erasing_tells_what_is_lost_wants_the_number_and_forgets_the_person(
    desk: MemberDesk,
) -> None:
    ayse, other = desk.join(1, "Ayşe", "Yılmaz"), desk.join(2, "Ayse", "Kaya")
    desk.send("POST", f"members/{ayse}/merge", {"other": str(other), "dry_run": False})
    desk.move(ayse, 50, note="Nice call.")
    desk.send("POST", f"members/{ayse}/notes", {"text": "Likes tea."})
    path = f"members/{ayse}/erasure"
    seen = desk.send("GET", path).json()
    assert (seen["done"], seen["balances"][0]["available"], seen["has_account"]) == (
        False,
        50,
        True,
    )
    assert told(desk.send("POST", path, {"confirm": str(other)})) == (422, "erase_unconfirmed")
    done = desk.send("POST", path, {"confirm": str(ayse)}).json()
    assert done == seen | {"done": True}
    identities, members, notes = table(MemberIdentity), table(Member), table(MemberNote)

    def left(conn: sa.Connection) -> list[object]:
        return [
            *conn.execute(sa.select(identities.c.email)).scalars(),
            *conn.execute(sa.select(notes.c.text)).scalars(),
            *conn.execute(sa.select(members.c.user_id)).scalars(),
        ]

    assert desk.edge.database.read(left) == [None, None]
    assert desk.send("GET", f"adjustments?member={ayse}").json()["items"][0]["note"] == ""
    assert desk.points(ayse) == 0
    assert told(desk.send("POST", path, {"confirm": str(ayse)})) == (409, "member_erased")
    assert told(desk.move(ayse, 10)) == (409, "member_erased")
    assert desk.send("GET", f"members/{ayse}").json()["state"] == "erased"
    assert desk.drifts() == []


def test_an_account_that_was_merged_and_is_deleted_takes_nothing_along(desk: MemberDesk) -> None:
    keeps, goes = desk.join(1, "Ayşe", "Yılmaz"), desk.join(2, "Ayse", "Kaya")
    desk.earn(keeps, 100)
    desk.send("POST", f"members/{keeps}/merge", {"other": str(goes), "dry_run": False})
    now = desk.edge.clock()
    desk.edge.database.write(lambda conn: erase_user(conn, desk.store, user_id(2), now=now))
    assert desk.points(keeps) == 100
    assert desk.send("GET", f"members/{keeps}").json()["state"] == "active"
    # An order that keeps the address of the deleted account stays with the person.
    assert desk.guest("ayse@example.com") == keeps
    gone = desk.edge.database.read(lambda conn: member_by_user(conn, desk.store.id, user_id(2)))
    assert gone is None


def test_an_address_that_was_refused_is_written_to_again_once_staff_say_so(
    desk: MemberDesk,
) -> None:
    ayse, john = desk.join(1, "Ayşe", "Yılmaz"), desk.join(2, "John", "Brown")
    at = desk.edge.clock()

    def refuse(conn: sa.Connection) -> None:
        key = email_key_of(conn, desk.store.id, ayse)
        assert key is not None
        stop_address(conn, desk.store.id, key, "550 5.1.1 No such user", at)

    desk.edge.database.write(refuse)
    seen = desk.send("GET", f"members/{ayse}/mail-stop").json()
    assert (seen["stopped"], seen["answer"]) == (True, "550 5.1.1 No such user")
    assert desk.send("GET", f"members/{john}/mail-stop").json()["stopped"] is False
    for _ in range(2):
        lifted = desk.send("DELETE", f"members/{ayse}/mail-stop").json()
        assert lifted == {"stopped": False, "answer": "", "at": None}
    noted = desk.send("GET", "activity/staff-actions").json()["items"]
    assert [one["kind"] for one in noted].count("mail_stop_lifted") == 1
