"""From draft to program in the Dashboard: publishing, scheduling, going back, cost, and imports."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.import_history import run_history_import
from saleor_loyalty_app.flows.sample_orders import read_pages
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.programs import repository
from saleor_loyalty_app.programs.models import ProgramRevision
from saleor_loyalty_app.stores import staff_actions
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import set_locale
from tests.api_edge import ApiEdge
from tests.integration.api.test_program_editing import LITTLE, USD, told
from tests.order_samples import line, order, paid, shopper
from tests.order_source import MemorySource
from tests.program_samples import PURCHASES, document_of

API = "/api/dashboard/v1"


def send(
    edge: ApiEdge, store: StoreRef, method: str, path: str, body: object = None, **claims: object
) -> httpx.Response:
    return edge.send(method, f"{API}{path}", edge.staff(store, **claims), body)


def seen(edge: ApiEdge, store: StoreRef) -> dict[str, Any]:
    answer = send(edge, store, "GET", "/publishing")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def publish(edge: ApiEdge, store: StoreRef, **more: object) -> httpx.Response:
    digest = seen(edge, store)["draft"]["digest"]
    return send(edge, store, "POST", "/publish", {"digest": digest, **more})


def edit(edge: ApiEdge, store: StoreRef, name: str) -> None:
    document = document_of(currencies=USD, name=name)
    edge.database.write(
        lambda conn: repository.put_draft(conn, store.id, document, by="user:1", now=edge.clock())
    )


def kinds(edge: ApiEdge, store: StoreRef) -> list[str]:
    found = edge.database.read(lambda conn: staff_actions.page(conn, store.id, 20, None))
    return [one.kind for one in reversed(found)]


def test_what_is_published_is_in_force_with_its_author_and_note(
    edge: ApiEdge, proposed: StoreRef
) -> None:
    assert seen(edge, proposed)["in_force"] is None
    answer = publish(edge, proposed, note="Opening")
    assert answer.json() == {
        "revision": 1,
        "effective_from": "2027-01-01T12:00:00Z",
        "created": True,
    }
    page = seen(edge, proposed)
    assert (page["in_force"]["note"], page["in_force"]["by_you"]) == ("Opening", True)
    assert page["went_live_at"] == "2027-01-01T12:00:00Z"
    assert page["draft"]["changes"] == []
    assert kinds(edge, proposed) == ["program_published"]


def test_others_read_the_address_of_whoever_published(edge: ApiEdge, proposed: StoreRef) -> None:
    digest = seen(edge, proposed)["draft"]["digest"]
    by = {"user_id": "VXNlcjoy", "email": "Owner@Example.com"}
    assert send(edge, proposed, "POST", "/publish", {"digest": digest}, **by).status_code == 200
    listed = send(edge, proposed, "GET", "/publishing/revisions").json()["items"]
    assert [(one["published_by_name"], one["by_you"]) for one in listed] == [
        ("owner@example.com", False)
    ]
    noted = send(edge, proposed, "GET", "/activity/staff-actions").json()["items"]
    assert noted[0]["actor_name"] == "owner@example.com"


def test_an_agent_without_the_permission_cannot_publish_schedule_or_go_back(
    edge: ApiEdge, published: StoreRef
) -> None:
    assert send(edge, published, "GET", "/publishing", **LITTLE).json()["may_change"] is False
    for path, body in (
        ("/publish", {"digest": "0" * 64}),
        ("/publishing/revisions/1/roll-back", {}),
        ("/publishing/revisions/1/cancel", None),
        ("/publishing/imports", {"mode": "none", "dry_run": True}),
        ("/publishing/imports/1/cancel", None),
    ):
        answer = send(edge, published, "POST", path, body, **LITTLE)
        assert told(answer) == (403, "missing_user_permission"), path
    assert kinds(edge, published) == []


def test_a_program_is_scheduled_by_the_clocks_of_the_store_and_can_be_called_off(
    edge: ApiEdge, published: StoreRef
) -> None:
    local = {"timezone": "Europe/Istanbul", "language": "tr"}
    edge.database.write(lambda conn: set_locale(conn, published.id, **local))
    edit(edge, published, "Spring")
    answer = publish(edge, published, effective_from="2027-02-01T00:00")
    assert answer.json()["effective_from"] == "2027-02-01T00:00:00+03:00"
    page = seen(edge, published)
    assert [one["state"] for one in page["scheduled"]] == ["scheduled"]
    assert page["draft"]["scheduled"] is True
    assert told(publish(edge, published)) == (409, "program_already_scheduled")
    gone = send(edge, published, "POST", "/publishing/revisions/2/cancel")
    assert (gone.json()["state"], gone.json()["canceled_by"]) == ("canceled", "user:VXNlcjox")
    again = send(edge, published, "POST", "/publishing/revisions/2/cancel")
    assert told(again) == (409, "program_revision_not_scheduled")
    edge.clock.advance(timedelta(days=60))
    page = seen(edge, published)
    assert (page["scheduled"], page["in_force"]["number"]) == ([], 1)
    assert kinds(edge, published) == ["program_scheduled", "program_schedule_canceled"]


@pytest.mark.parametrize(
    ("moment", "status", "code"),
    [
        ("2026-12-31T00:00", 422, "program_effective_in_past"),
        ("2037-01-01T00:00", 422, "program_effective_too_far"),
        ("2027-02-30T00:00", 422, "moment_unreadable"),
        ("tomorrow", 422, "request_invalid"),
    ],
)
def test_a_time_that_does_not_fit_is_refused(
    edge: ApiEdge, proposed: StoreRef, moment: str, status: int, code: str
) -> None:
    assert told(publish(edge, proposed, effective_from=moment)) == (status, code)


def test_going_back_publishes_the_old_program_as_a_new_one(
    edge: ApiEdge, published: StoreRef
) -> None:
    edit(edge, published, "Other")
    publish(edge, published)
    before = send(edge, published, "GET", "/publishing/revisions/1").json()
    assert "The name was “Other” and becomes “Points program”." in before["changes"]
    answer = send(edge, published, "POST", "/publishing/revisions/1/roll-back", {"note": "Sorry"})
    assert (answer.json()["revision"], answer.json()["created"]) == (3, True)
    history = send(edge, published, "GET", "/publishing/revisions?first=2").json()
    assert [(one["number"], one["state"]) for one in history["items"]] == [
        (3, "in_force"),
        (2, "past"),
    ]
    assert history["items"][0]["note"] == "Sorry"
    rest = send(edge, published, "GET", f"/publishing/revisions?after={history['next']}").json()
    assert ([one["number"] for one in rest["items"]], rest["next"]) == ([1], None)
    unknown = send(edge, published, "POST", "/publishing/revisions/9/roll-back", {})
    assert told(unknown) == (404, "program_revision_not_found")


def test_what_is_asked_of_programs_since_stands_beside_the_old_one(
    edge: ApiEdge, published: StoreRef
) -> None:
    revisions = table(ProgramRevision)
    bonus = {
        "id": "bonus", "scope": "order", "then": {"type": "points_per_order", "points": 9},
        "when": {"type": "expression", "cel": "order.gone > 3"},
    }  # fmt: skip
    document = document_of(bonus)
    edge.database.write(
        lambda conn: conn.execute(
            sa.update(revisions).values(document=document, digest=repository.version_of(document))
        )
    )
    before = send(edge, published, "GET", "/publishing/revisions/1").json()
    assert "expression_unknown_name" in [one["code"] for one in before["problems"]]
    assert not before["publishable"]
    answer = send(edge, published, "POST", "/publishing/revisions/1/roll-back", {})
    assert told(answer) == (422, "program_invalid")


def test_going_back_leaves_work_that_was_never_published_alone(
    edge: ApiEdge, published: StoreRef
) -> None:
    edit(edge, published, "Second")
    publish(edge, published)
    edit(edge, published, "Not finished")
    send(edge, published, "POST", "/publishing/revisions/1/roll-back", {})
    draft = edge.database.read(lambda conn: repository.get_draft(conn, published.id))
    assert draft.document["name"] == "Not finished"


def test_other_stores_have_other_programs(edge: ApiEdge, published: StoreRef) -> None:
    other = edge.store()
    assert seen(edge, other)["in_force"] is None
    assert send(edge, other, "GET", "/publishing/revisions").json()["items"] == []
    foreign = send(edge, other, "GET", "/publishing/revisions/1")
    assert told(foreign) == (404, "program_revision_not_found")


def past(number: int, gross: str, days: int) -> Any:
    return order(
        line(f"L{number}", gross=gross),
        transactions=[paid(gross, 0)],
        user=shopper(f"U{number}", f"{number}@example.com"),
        id=f"O{number}",
        number=str(number),
        created=f"2026-{12 - days // 28:02}-{28 - days % 28:02}T10:00:00+00:00",
    )


def test_cost_is_what_the_decision_gives_on_the_orders_that_were_read(
    edge: ApiEdge, published: StoreRef
) -> None:
    assert send(edge, published, "GET", "/publishing/cost").json()["channels"] is None
    send(edge, published, "PUT", "/program/sample")
    source = MemorySource(page_size=50)
    source.put(past(1, "100.50", 1), past(2, "200", 2), past(3, "0.40", 3))
    read_pages(edge.database, source, published, clock=edge.clock, pages=1)
    rates = [USD[0] | {"earn_rate": {"points": 2, "money": "1"}}]
    document = document_of(currencies=rates)
    edge.database.write(
        lambda conn: repository.put_draft(
            conn, published.id, document, by="user:1", now=edge.clock()
        )
    )
    found = send(edge, published, "GET", "/publishing/cost").json()
    assert found["sampling"]["state"] == "done"
    [channel] = found["channels"]
    assert (channel["orders"], channel["earning"], channel["points"]) == (3, 2, 601)
    assert channel["worth"] == {"amount": "12.02", "currency": "USD"}
    assert channel["monthly"] == {"amount": "4.01", "currency": "USD"}
    assert channel["monthly_before"] == {"amount": "2.00", "currency": "USD"}
    assert channel["rules"] == [
        {"id": "purchases", "rule": "Points on every purchase", "points": 601}
    ]


def run(edge: ApiEdge, store: StoreRef, source: MemorySource, number: int, pages: int) -> None:
    run_history_import(
        edge.database,
        store,
        source,
        number,
        clock=edge.clock,
        secrets=EmailKeys((b"a secret of the tests",)),
        wait=lambda _seconds: None,
        pages=pages,
    )


def test_before_the_first_program_a_dry_run_counts_by_the_draft(
    edge: ApiEdge, proposed: StoreRef
) -> None:
    wish = {"mode": "days", "days": 60, "dry_run": False}
    refused = send(edge, proposed, "POST", "/publishing/imports", wish)
    assert told(refused) == (409, "program_not_live")
    begun = send(edge, proposed, "POST", "/publishing/imports", wish | {"dry_run": True})
    assert (begun.status_code, begun.json()["state"]) == (201, "running")
    twice = send(edge, proposed, "POST", "/publishing/imports", wish | {"dry_run": True})
    assert told(twice) == (409, "import_running")
    source = MemorySource(page_size=1)
    source.put(past(1, "100", 1), past(2, "200", 20))
    run(edge, proposed, source, begun.json()["id"], pages=1)
    [halfway] = send(edge, proposed, "GET", "/publishing/imports").json()["items"]
    assert (halfway["state"], halfway["orders_seen"]) == ("running", 1)
    run(edge, proposed, source, begun.json()["id"], pages=9)
    [over] = send(edge, proposed, "GET", "/publishing/imports").json()["items"]
    assert (over["state"], over["progress"]) == ("done", 100)
    assert (over["report"]["points"], over["report"]["customers"]) == (300, 2)


def test_an_import_for_tiers_alone_tells_status_points(edge: ApiEdge, published: StoreRef) -> None:
    status = {"id": "status", "scope": "order", "then": {"type": "status_points", "points": 10}}
    document = document_of(PURCHASES, status, currencies=USD)
    edge.database.write(
        lambda conn: repository.put_draft(
            conn, published.id, document, by="user:1", now=edge.clock()
        )
    )
    assert publish(edge, published).status_code == 200
    source = MemorySource(page_size=50)
    unpaid = order(
        id="O3", user=shopper("U3", "3@example.com"), created="2026-12-20T10:00:00+00:00"
    )
    source.put(past(1, "100", 1), past(2, "200", 20), unpaid)
    for dry in (True, False):
        wish = {"mode": "status_only", "dry_run": dry}
        begun = send(edge, published, "POST", "/publishing/imports", wish)
        run(edge, published, source, begun.json()["id"], pages=9)
        found = send(edge, published, "GET", "/publishing/imports").json()["items"][0]
        report = found["report"]
        assert (found["mode"], report["counted"]) == ("status_only", 2)
        assert (report["points"], report["customers"], report["most"]) == (20, 2, 10)
        assert [why for why in report["reasons"] if why.startswith("No status points")]


def test_an_import_that_is_stopped_reads_no_further(edge: ApiEdge, published: StoreRef) -> None:
    wish = {"mode": "capped", "cap": 100, "dry_run": True}
    number = send(edge, published, "POST", "/publishing/imports", wish).json()["id"]
    stopped = send(edge, published, "POST", f"/publishing/imports/{number}/cancel")
    assert (stopped.json()["state"], stopped.json()["report"]["points"]) == ("canceled", 0)
    source = MemorySource()
    run(edge, published, source, number, pages=9)
    assert source.asked == []
    assert kinds(edge, published) == ["history_import_started", "history_import_canceled"]
    unknown = send(edge, published, "POST", "/publishing/imports/99/cancel")
    assert told(unknown) == (404, "import_not_found")
    odd = send(edge, published, "POST", "/publishing/imports", {"mode": "days", "dry_run": True})
    assert told(odd) == (422, "invalid_import_choice")
