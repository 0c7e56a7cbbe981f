"""The app's page in the Dashboard: who sees it, what it says, and what it changes."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.propose_program import propose_program
from saleor_loyalty_app.flows.publish_program import publish as publish_program
from saleor_loyalty_app.ledger.earning import earn
from saleor_loyalty_app.ledger.types import Account, Cause
from saleor_loyalty_app.programs import repository
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.problems import read_program
from saleor_loyalty_app.stores.models import Store
from saleor_loyalty_app.stores.problems import report_problem, resolve_problem
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import set_locale, store_by_id
from tests.api_edge import ApiEdge
from tests.factories import make_member

API = "/api/dashboard/v1"


def overview(edge: ApiEdge, store: StoreRef, **claims: object) -> dict[str, object]:
    answer = edge.get(f"{API}/overview", edge.staff(store, **claims))
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


def draft_digest(edge: ApiEdge, store: StoreRef) -> str:
    return edge.database.read(lambda conn: repository.get_draft(conn, store.id).program().digest)


def publish(edge: ApiEdge, store: StoreRef, digest: str, **claims: object) -> tuple[int, object]:
    answer = edge.send("POST", f"{API}/publish", edge.staff(store, **claims), {"digest": digest})
    body = answer.json()
    return answer.status_code, body if "error" in body else {"revision": body["revision"]}


def test_before_publishing_the_draft_is_shown_with_its_evidence_and_cost(
    edge: ApiEdge, proposed: StoreRef
) -> None:
    seen = overview(edge, proposed)
    assert seen["in_force"] is None
    draft = seen["draft"]
    assert isinstance(draft, dict)
    assert draft["publishable"] is True
    assert draft["channels"] == [
        {
            "channel": "default-channel",
            "channel_name": "Default",
            "currency": "USD",
            "earn": "1 point per $1.00",
            "worth": "1 point worth $0.02",
            "give_back": "2%",
            "basis": {
                "orders": 128,
                "days": 90,
                "median": {"amount": "74.50", "currency": "USD"},
            },
            "monthly_cost": {"amount": "66.67", "currency": "USD"},
        }
    ]
    assert draft["changes"]


def test_a_store_without_orders_is_told_that_a_template_was_used(
    edge: ApiEdge, store: StoreRef
) -> None:
    edge.database.write(lambda conn: propose_program(conn, store, [], now=edge.clock()))
    page = edge.get(f"{API}/overview.html", edge.staff(store)).text
    assert "No orders yet to go by" in page


def test_while_nothing_is_proposed_the_page_says_that_it_is_coming(
    edge: ApiEdge, store: StoreRef
) -> None:
    assert overview(edge, store)["draft_waits"] is True
    assert "being prepared" in edge.get(f"{API}/overview.html", edge.staff(store)).text


def test_publishing_puts_the_draft_into_force(edge: ApiEdge, proposed: StoreRef) -> None:
    assert publish(edge, proposed, draft_digest(edge, proposed)) == (200, {"revision": 1})
    seen = overview(edge, proposed)
    assert seen["draft"] is None
    in_force = seen["in_force"]
    assert isinstance(in_force, dict)
    assert (in_force["revision"], in_force["since"]) == (1, "2027-01-01T12:00:00Z")
    head = edge.database.read(lambda conn: repository.revisions(conn, proposed.id))[0]
    assert head.published_by == "user:VXNlcjox"


def test_publishing_twice_makes_one_revision(edge: ApiEdge, proposed: StoreRef) -> None:
    digest = draft_digest(edge, proposed)
    assert publish(edge, proposed, digest)[1] == {"revision": 1}
    assert publish(edge, proposed, digest)[1] == {"revision": 1}


def test_a_draft_that_changed_since_it_was_seen_is_not_published(
    edge: ApiEdge, proposed: StoreRef
) -> None:
    status, body = publish(edge, proposed, "0" * 64)
    assert isinstance(body, dict)
    assert (status, body["error"]["code"]) == (409, "program_draft_changed")
    assert overview(edge, proposed)["in_force"] is None


def schedule(edge: ApiEdge, store: StoreRef, program: Program, days: int) -> None:
    start = edge.clock() + timedelta(days=days)
    edge.database.write(
        lambda conn: publish_program(
            conn, store, program, by="user:1", now=edge.clock(), effective_from=start
        )
    )


def test_a_program_for_later_is_shown_with_its_date_and_is_not_published_at_once(
    edge: ApiEdge, proposed: StoreRef
) -> None:
    local = {"timezone": "Europe/Istanbul", "language": "en"}
    edge.database.write(lambda conn: set_locale(conn, proposed.id, **local))
    draft = edge.database.read(lambda conn: repository.get_draft(conn, proposed.id).program())
    schedule(edge, proposed, draft, days=31)
    seen = overview(edge, proposed)
    assert (seen["in_force"], seen["draft"]) == (None, None)
    scheduled = seen["scheduled"]
    assert isinstance(scheduled, list)
    [coming] = scheduled
    assert (coming["revision"], coming["effective_from"]) == (1, "2027-02-01T15:00:00+03:00")
    assert coming["changes"]
    page = edge.get(f"{API}/overview.html", edge.staff(proposed)).text
    assert "comes into force on February 1, 2027, 3:00" in page
    assert 'id="publish"' not in page
    status, body = publish(edge, proposed, draft.digest)
    assert isinstance(body, dict)
    assert (status, body["error"]["code"]) == (409, "program_already_scheduled")
    assert len(edge.database.read(lambda conn: repository.revisions(conn, proposed.id))) == 1
    edge.clock.advance(timedelta(days=31))
    assert overview(edge, proposed)["scheduled"] == []
    assert overview(edge, proposed)["in_force"] is not None


def test_what_is_scheduled_is_told_beside_what_is_in_force_and_what_is_still_a_draft(
    edge: ApiEdge, published: StoreRef
) -> None:
    now = edge.database.read(lambda conn: repository.get_draft(conn, published.id).program())
    later = replaced(now, name="Summer")
    schedule(edge, published, later, days=10)
    schedule(edge, published, replaced(now, name="Autumn"), days=20)
    schedule(edge, published, replaced(now, name="Winter"), days=20)
    seen = overview(edge, published)
    scheduled = seen["scheduled"]
    assert isinstance(scheduled, list)
    assert [one["revision"] for one in scheduled] == [2, 4]
    assert seen["draft"] is None
    page = edge.get(f"{API}/overview.html", edge.staff(published) | {"Accept-Language": "tr"}).text
    assert page.count("tarihinde yürürlüğe girecek") == 2
    other = replaced(now, name="Next year")
    edge.database.write(
        lambda conn: repository.put_draft(
            conn, published.id, other.document, by="user:1", now=edge.clock()
        )
    )
    draft = overview(edge, published)["draft"]
    assert isinstance(draft, dict)
    assert (draft["digest"], draft["publishable"]) == (other.digest, True)


def replaced(program: Program, **values: object) -> Program:
    return read_program(program.document | values)


@pytest.mark.parametrize("digest", ["", "0" * 63, "Z" * 64, "0" * 65])
def test_a_digest_that_is_none_is_refused(edge: ApiEdge, proposed: StoreRef, digest: str) -> None:
    status, body = publish(edge, proposed, digest)
    assert isinstance(body, dict)
    assert (status, body["error"]["code"]) == (422, "request_invalid")


def test_a_draft_with_errors_cannot_be_published_and_says_why(
    edge: ApiEdge, proposed: StoreRef
) -> None:
    broken = {"version": 1, "name": "Half"}
    edge.database.write(
        lambda conn: repository.put_draft(conn, proposed.id, broken, by="user:1", now=edge.clock())
    )
    draft = overview(edge, proposed)["draft"]
    assert isinstance(draft, dict)
    assert (draft["publishable"], draft["name"]) == (False, "Half")
    assert draft["notices"]
    assert "disabled" in edge.get(f"{API}/overview.html", edge.staff(proposed)).text
    status, body = publish(edge, proposed, draft["digest"])
    assert isinstance(body, dict)
    assert (status, body["error"]["code"]) == (422, "program_invalid")


def test_without_the_permission_for_discounts_the_page_is_read_only(
    edge: ApiEdge, proposed: StoreRef
) -> None:
    little = {"user_permissions": ["MANAGE_ORDERS"], "permissions": ["MANAGE_ORDERS"]}
    assert overview(edge, proposed, **little)["may_change"] is False
    status, body = publish(edge, proposed, draft_digest(edge, proposed), **little)
    assert isinstance(body, dict)
    assert (status, body["error"]["code"]) == (403, "missing_user_permission")
    headers = edge.staff(proposed, **little)
    answer = edge.send("PUT", f"{API}/switches/earning", headers, {"on": False})
    assert answer.status_code == 403
    assert "You need the permission" in edge.get(f"{API}/overview.html", headers).text


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
    for path in ("overview", "overview.html"):
        answer = edge.get(f"{API}/{path}", edge.staff(published, **claims))
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_a_shopper_is_no_staff(edge: ApiEdge, published: StoreRef) -> None:
    answer = edge.get(f"{API}/overview", edge.shopper(published))
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "invalid_token")


def test_after_a_reinstallation_the_new_app_id_counts_at_once(edge: ApiEdge) -> None:
    store = edge.store()
    assert overview(edge, store)["draft_waits"] is True
    stores = table(Store)
    edge.database.write(
        lambda conn: conn.execute(
            sa.update(stores).where(stores.c.id == store.id).values(app_id="QXBwOjc3Nw==")
        )
    )
    headers = edge.staff(store, app="QXBwOjc3Nw==")
    assert edge.get(f"{API}/overview", headers).status_code == 200


def test_a_switch_stops_its_part_and_lets_it_go_on(edge: ApiEdge, published: StoreRef) -> None:
    for on in (False, True):
        answer = edge.send("PUT", f"{API}/switches/earning", edge.staff(published), {"on": on})
        assert answer.json() == {"part": "earning", "on": on}
        store = edge.database.read(lambda conn: store_by_id(conn, published.id))
        assert store is not None
        assert store.earning_on is on


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
    edge.database.write(
        lambda conn: make_member(conn, published.id, user_id=None, guest_key="k", state="guest")
    )
    assert overview(edge, published)["figures"] == {
        "members": 2,
        "outstanding": 2540,
        "pending": 2500,
    }
    page = edge.get(f"{API}/overview.html", edge.staff(published) | {"Accept-Language": "tr"}).text
    assert '<dd data-figure="outstanding">2.540</dd>' in page


def test_problems_of_the_store_are_shown_until_they_are_mended(
    edge: ApiEdge, published: StoreRef
) -> None:
    edge.database.write(
        lambda conn: report_problem(
            conn,
            published.id,
            "missing-permissions",
            "MANAGE_USERS <b>is</b> missing",
            edge.clock(),
        )
    )
    page = edge.get(f"{API}/overview.html", edge.staff(published)).text
    assert "USERS &lt;b&gt;is&lt;/b&gt; missing" in page
    edge.database.write(
        lambda conn: resolve_problem(conn, published.id, "missing-permissions", edge.clock())
    )
    assert overview(edge, published)["problems"] == []


def test_the_page_speaks_turkish(edge: ApiEdge, proposed: StoreRef) -> None:
    headers = edge.staff(proposed) | {"Accept-Language": "tr"}
    page = edge.get(f"{API}/overview.html", headers).text
    assert "Mağazanız için bir puan programı" in page
    assert "ayda $66,67" in page
    assert not re.search(r">\s*page\.", page)


def test_the_frame_may_be_shown_by_any_dashboard_and_holds_no_data(
    edge: ApiEdge, published: StoreRef
) -> None:
    answer = edge.get("/?theme=dark&theme=light&saleorApiUrl=x&locale=tr")
    assert answer.status_code == 200
    assert "x-frame-options" not in answer.headers
    assert "set-cookie" not in answer.headers
    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors https: http:" in policy
    assert "script-src 'self';" in policy
    assert '<html lang="tr" data-theme="dark">' in answer.text
    assert "Bu sayfa Saleor yönetim panelinde açılır" in answer.text


@pytest.mark.parametrize(
    "query", ["?theme=%22%3E%3Cscript%3E", "?locale=%00", "?locale=" + "x" * 99]
)
def test_hostile_parameters_of_the_frame_do_nothing(edge: ApiEdge, query: str) -> None:
    answer = edge.get("/" + query)
    assert answer.status_code == 200
    assert '<html lang="en" data-theme="light">' in answer.text


def test_only_the_files_of_the_page_are_served(edge: ApiEdge) -> None:
    for name, kind in (("page.js", "javascript"), ("bridge.js", "javascript"), ("page.css", "css")):
        answer = edge.get(f"/dashboard-page/{name}")
        assert answer.status_code == 200
        assert kind in answer.headers["content-type"]
    for name in ("router.py", "..%2Frouter.py", "%2e%2e", "nothing.css"):
        answer = edge.get(f"/dashboard-page/{name}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
