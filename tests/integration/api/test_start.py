"""The start page: what is left to do as the books have it, what is wrong, and what is on."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.app_manifest import wanted_permissions
from saleor_loyalty_app.flows.publish_program import publish
from saleor_loyalty_app.ledger.earning import earn
from saleor_loyalty_app.ledger.types import Account, Cause
from saleor_loyalty_app.programs import repository
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.problems import read_program
from saleor_loyalty_app.stores import staff_actions
from saleor_loyalty_app.stores.models import Store
from saleor_loyalty_app.stores.problems import report_problem, resolve_problem
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import save_permissions, set_locale, store_by_id
from tests.api_edge import ApiEdge
from tests.factories import make_channel, make_member

API = "/api/dashboard/v1"
_STORE = table(Store)


def start(edge: ApiEdge, store: StoreRef, **claims: object) -> dict[str, object]:
    answer = edge.get(f"{API}/start", edge.staff(store, **claims))
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


def program(edge: ApiEdge, store: StoreRef) -> dict[str, object]:
    found = start(edge, store)["program"]
    assert isinstance(found, dict)
    return found


def done(edge: ApiEdge, store: StoreRef) -> set[str]:
    found = start(edge, store)["steps"]
    assert isinstance(found, list)
    return {step["key"] for step in found if step["done"]}


def missing(edge: ApiEdge, store: StoreRef, key: str) -> list[str]:
    found = start(edge, store)["steps"]
    assert isinstance(found, list)
    [step] = [step for step in found if step["key"] == key]
    named: list[str] = step["missing"]
    return named


def write(edge: ApiEdge, work: Callable[[Connection], object]) -> None:
    edge.database.write(work)


def draft(edge: ApiEdge, store: StoreRef) -> Program:
    return edge.database.read(lambda conn: repository.get_draft(conn, store.id).program())


def replaced(found: Program, **values: object) -> Program:
    return read_program(found.document | values)


def test_while_nothing_is_proposed_the_page_says_that_it_is_coming(
    edge: ApiEdge, store: StoreRef
) -> None:
    assert program(edge, store) == {
        "state": "coming", "name": None, "revision": None, "since": None, "unpublished": False,
    }  # fmt: skip


def test_a_proposal_is_shown_and_nobody_has_looked_at_it(edge: ApiEdge, proposed: StoreRef) -> None:
    shown = program(edge, proposed)
    assert (shown["state"], shown["unpublished"]) == ("proposed", True)
    assert shown["name"]
    assert not done(edge, proposed) & {"draft_seen", "rates_confirmed", "published"}


def test_each_step_is_done_by_what_stands_in_the_books(edge: ApiEdge, proposed: StoreRef) -> None:
    now = edge.clock()
    write(edge, lambda conn: save_permissions(conn, proposed.id, ["MANAGE_USERS"]))
    assert "permissions" not in done(edge, proposed)
    assert "MANAGE_ORDERS" in missing(edge, proposed, "permissions")
    write(edge, lambda conn: save_permissions(conn, proposed.id, wanted_permissions()))
    described = sa.update(_STORE).values(metadata_synced_at=now, storefront_origins=None)
    write(edge, lambda conn: conn.execute(described))
    assert done(edge, proposed) == {"store_connected", "permissions"}
    seen = replaced(draft(edge, proposed), name="Stars")
    write(
        edge,
        lambda conn: repository.put_draft(conn, proposed.id, seen.document, by="user:1", now=now),
    )
    assert done(edge, proposed) >= {"draft_seen", "rates_confirmed"}
    assert "published" not in done(edge, proposed)
    write(edge, lambda conn: publish(conn, proposed, seen, by="user:1", now=now))
    assert "published" in done(edge, proposed)
    origins = sa.update(_STORE).values(storefront_origins=["https://shop.example.com"])
    write(edge, lambda conn: conn.execute(origins))
    write(
        edge,
        lambda conn: staff_actions.note(
            conn, proposed.id, actor="user:1", kind="test_mail_sent", subject="mail", now=now
        ),
    )
    assert len(done(edge, proposed)) == 7


def test_a_channel_without_rates_is_named_until_the_owner_publishes_it_so(
    edge: ApiEdge, proposed: StoreRef
) -> None:
    write(edge, lambda conn: make_channel(conn, proposed.id, slug="b2b", currency="EUR"))
    seen = draft(edge, proposed)
    write(
        edge,
        lambda conn: repository.put_draft(
            conn, proposed.id, seen.document, by="user:1", now=edge.clock()
        ),
    )
    assert "draft_seen" in done(edge, proposed)
    assert "rates_confirmed" not in done(edge, proposed)
    assert missing(edge, proposed, "rates_confirmed") == ["b2b (EUR)"]
    write(edge, lambda conn: publish(conn, proposed, seen, by="user:1", now=edge.clock()))
    assert "rates_confirmed" in done(edge, proposed)
    assert missing(edge, proposed, "rates_confirmed") == ["b2b (EUR)"]


def test_steps_of_another_store_are_not_done_here(edge: ApiEdge, published: StoreRef) -> None:
    other = edge.store()
    assert "published" in done(edge, published)
    assert "published" not in done(edge, other)


def test_what_is_scheduled_and_what_is_in_force_are_told_in_the_stores_own_time(
    edge: ApiEdge, proposed: StoreRef
) -> None:
    local = {"timezone": "Europe/Istanbul", "language": "en"}
    write(edge, lambda conn: set_locale(conn, proposed.id, **local))
    later = edge.clock() + timedelta(days=31)
    found = draft(edge, proposed)
    write(
        edge,
        lambda conn: publish(
            conn, proposed, found, by="user:1", now=edge.clock(), effective_from=later
        ),
    )
    shown = program(edge, proposed)
    assert (shown["state"], shown["revision"]) == ("scheduled", 1)
    assert (shown["since"], shown["unpublished"]) == ("2027-02-01T15:00:00+03:00", False)
    edge.clock.advance(timedelta(days=31))
    assert program(edge, proposed)["state"] == "in_force"


def test_a_draft_that_says_something_else_is_told(edge: ApiEdge, published: StoreRef) -> None:
    assert program(edge, published)["unpublished"] is False
    broken = {"version": 1, "name": "Half"}
    write(
        edge,
        lambda conn: repository.put_draft(
            conn, published.id, broken, by="user:1", now=edge.clock()
        ),
    )
    shown = program(edge, published)
    assert (shown["state"], shown["unpublished"]) == ("in_force", True)


def test_without_the_permission_for_discounts_nothing_is_switched(
    edge: ApiEdge, published: StoreRef
) -> None:
    little = {"user_permissions": ["MANAGE_ORDERS"], "permissions": ["MANAGE_ORDERS"]}
    seen = start(edge, published, **little)
    assert (seen["may_change"], seen["may_set_up"]) == (False, False)
    headers = edge.staff(published, **little)
    answer = edge.send("PUT", f"{API}/switches/earning", headers, {"on": False})
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "missing_user_permission"


@pytest.mark.parametrize(
    ("claims", "status", "code"),
    [
        ({"type": "access"}, 401, "invalid_token"),
        ({"is_staff": False}, 401, "invalid_token"),
        ({"app": "QXBwOjk5OTk="}, 401, "invalid_token"),
        ({"user_permissions": []}, 403, "missing_user_permission"),
        ({"user_permissions": ["MANAGE_PAGES"]}, 403, "missing_user_permission"),
    ],
)
def test_who_is_no_staff_of_this_app_sees_nothing(
    edge: ApiEdge, published: StoreRef, claims: dict[str, object], status: int, code: str
) -> None:
    answer = edge.get(f"{API}/start", edge.staff(published, **claims))
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_a_shopper_is_no_staff(edge: ApiEdge, published: StoreRef) -> None:
    answer = edge.get(f"{API}/start", edge.shopper(published))
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "invalid_token")


def test_after_a_reinstallation_the_new_app_id_counts_at_once(edge: ApiEdge) -> None:
    store = edge.store()
    assert program(edge, store)["state"] == "coming"
    anew = sa.update(_STORE).where(_STORE.c.id == store.id).values(app_id="QXBwOjc3Nw==")
    write(edge, lambda conn: conn.execute(anew))
    assert edge.get(f"{API}/start", edge.staff(store, app="QXBwOjc3Nw==")).status_code == 200


def test_a_switch_stops_its_part_and_lets_it_go_on(edge: ApiEdge, published: StoreRef) -> None:
    for on in (False, True):
        answer = edge.send("PUT", f"{API}/switches/earning", edge.staff(published), {"on": on})
        assert answer.json() == {"part": "earning", "on": on}
        store = edge.database.read(lambda conn: store_by_id(conn, published.id))
        assert store is not None
        assert store.earning_on is on
        switches = start(edge, published)["switches"]
        assert isinstance(switches, list)
        assert {"part": "earning", "on": on} in switches


@pytest.mark.parametrize(
    ("part", "body"),
    [("everything", {"on": True}), ("earning", {"on": 2}), ("earning", {}), ("earning", None)],
)
def test_a_switch_that_is_none_is_refused(
    edge: ApiEdge, published: StoreRef, part: str, body: object
) -> None:
    answer = edge.send("PUT", f"{API}/switches/{part}", edge.staff(published), body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "request_invalid")


def test_the_figures_are_those_of_the_books(edge: ApiEdge, published: StoreRef) -> None:
    now = edge.clock()

    def book(amount: int, days: int) -> None:
        def work(conn: Connection) -> None:
            member = make_member(conn, published.id)
            earn(
                conn,
                Account(published.id, member, "points"),
                amount,
                Cause(source=f"order:{amount}", part="points", actor="app"),
                key=f"earn:{amount}",
                now=now,
                effective_at=now,
                available_from=now + timedelta(days=days),
                expires_at=None,
            )

        edge.database.write(work)

    book(40, 0)
    book(2_500, 14)
    write(
        edge,
        lambda conn: make_member(conn, published.id, user_id=None, guest_key="k", state="guest"),
    )
    assert start(edge, published)["figures"] == {
        "members": 2,
        "outstanding": 2540,
        "pending": 2500,
    }


def test_problems_of_the_store_are_shown_until_they_are_mended(
    edge: ApiEdge, published: StoreRef
) -> None:
    keys = ("mail-failing", "missing-permissions")

    def report(conn: Connection) -> None:
        for key in keys:
            report_problem(conn, published.id, key, "So it is.", edge.clock())

    def mend(conn: Connection) -> None:
        for key in keys:
            resolve_problem(conn, published.id, key, edge.clock())

    write(edge, report)
    problems = start(edge, published)["problems"]
    assert isinstance(problems, list)
    assert {one["key"]: one["mended_on"] for one in problems} == {
        "mail-failing": "settings",
        "missing-permissions": None,
    }
    write(edge, mend)
    assert start(edge, published)["problems"] == []
