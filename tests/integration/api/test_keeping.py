"""The end of the program, files with everything, days of keeping and secrets, as staff see them."""

import io
import zipfile
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.archive_store import ExportWish, run_export
from saleor_loyalty_app.flows.wind_down import advance
from saleor_loyalty_app.inbox.models import InboxMessage
from saleor_loyalty_app.inbox.retention import empty_bodies
from saleor_loyalty_app.queue.engine import migrate_engine
from saleor_loyalty_app.stores import sealing, staff_actions
from saleor_loyalty_app.stores.kept_secrets import keep_secret, secret_of
from saleor_loyalty_app.stores.models import Store
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.retention import BOUNDS, Kept, choose_days, spans
from saleor_loyalty_app.stores.secrets import TokenCipher
from tests.api_edge import ApiEdge
from tests.factories import make_store

API = "/api/dashboard/v1"
PATHS = ("end", "exports", "retention", "secrets")


def noted(edge: ApiEdge, store: StoreRef) -> list[str]:
    found = edge.database.read(lambda conn: staff_actions.page(conn, store.id, 20, None))
    return [one.kind for one in found]


def end_in(edge: ApiEdge, earning: int, spending: int, version: int = 0) -> dict[str, Any]:
    today = edge.clock().date()
    return {
        "version": version,
        "earning_ends_on": (today + timedelta(earning)).isoformat(),
        "last_spending_on": (today + timedelta(spending)).isoformat(),
        "tell_members": True,
    }


def test_only_who_may_manage_apps_keeps_and_ends(edge: ApiEdge, store: StoreRef) -> None:
    agent = edge.staff(store, user_permissions=["MANAGE_USERS", "MANAGE_DISCOUNTS"])
    for path in PATHS:
        refused = edge.get(f"{API}/{path}", agent)
        assert (refused.status_code, refused.json()["error"]["code"]) == (
            403,
            "missing_user_permission",
        )


def test_an_end_is_planned_changed_and_called_off(
    edge: ApiEdge, store: StoreRef, clock: ManualClock
) -> None:
    staff = edge.staff(store)
    made = edge.send("PUT", f"{API}/end", staff, end_in(edge, 10, 40)).json()
    assert made["plan"]["version"] == 1
    assert [one["name"] for one in made["plan"]["steps"]] == [
        "announced", "earning_ended", "spending_ended", "codes_ended",
    ]  # fmt: skip
    late = edge.send("PUT", f"{API}/end", staff, end_in(edge, 20, 50))
    assert (late.status_code, late.json()["error"]["code"]) == (409, "end_changed")
    wrong = edge.send("PUT", f"{API}/end", staff, end_in(edge, 30, 20, 1)).json()
    assert wrong["error"]["detail"]["problem"] == "order"
    assert edge.send("PUT", f"{API}/end", staff, end_in(edge, 20, 50, 1)).status_code == 200
    early = edge.send("POST", f"{API}/end/expiry", staff, {"version": 2, "points": 0})
    assert early.json()["error"]["code"] == "points_still_spendable"
    clock.advance(timedelta(days=60))
    while advance(edge.database, store, now=clock()):
        pass
    seen = edge.get(f"{API}/end", edge.staff(store)).json()
    assert all(one["done_at"] for one in seen["plan"]["steps"] if one["name"] != "announced")
    off = edge.send("POST", f"{API}/end/call-off", edge.staff(store), {"version": 2}).json()
    assert off["plan"] is None
    assert noted(edge, store) == [
        "end_called_off", "codes_ended", "spending_ended", "earning_ended",
        "end_planned", "end_planned",
    ]  # fmt: skip


def test_a_file_is_asked_for_made_and_fetched_once_a_day(
    edge: ApiEdge, store: StoreRef, clock: ManualClock
) -> None:
    migrate_engine(edge.database.url)
    staff = edge.staff(store)
    asked = edge.send("POST", f"{API}/exports", staff, {}).json()
    assert edge.send("POST", f"{API}/exports", staff, {}).status_code == 409
    path = f"{API}/exports/{asked['id']}"
    assert edge.get(f"{path}/file", staff).json()["error"]["code"] == "export_not_found"
    run_export(edge.database, ExportWish(store.id, asked["id"]), clock=clock)
    [seen] = edge.get(f"{API}/exports", staff).json()["items"]
    file = edge.get(f"{path}/file", staff)
    assert (seen["state"], seen["size"]) == ("done", len(file.content))
    assert file.headers["content-type"] == "application/zip"
    assert "members.csv" in zipfile.ZipFile(io.BytesIO(file.content)).namelist()
    other = edge.database.write(lambda conn: make_store(conn, jwks=edge.key.jwks))
    assert edge.get(f"{path}/file", edge.staff(other)).status_code == 404
    clock.advance(timedelta(days=1))
    assert edge.get(f"{path}/file", edge.staff(store)).status_code == 404
    assert noted(edge, store) == ["export_fetched", "export_asked"]


@pytest.mark.parametrize("kind", list(Kept))
def test_each_kind_has_bounds(edge: ApiEdge, store: StoreRef, kind: Kept) -> None:
    staff, bounds = edge.staff(store), BOUNDS[kind]
    for days, status in (
        (bounds.least - 1, 422),
        (bounds.most + 1, 422),
        (bounds.least, 200),
        (bounds.most, 200),
        (None, 200),
    ):
        version = edge.get(f"{API}/retention", staff).json()["version"]
        body = {"version": version, "days": {kind.value: days}}
        assert edge.send("PUT", f"{API}/retention", staff, body).status_code == status, days
    spans_seen = edge.get(f"{API}/retention", staff).json()["spans"]
    assert all(one["days"] == one["usual"] and not one["own"] for one in spans_seen)


def test_two_who_change_the_days_do_not_overwrite_each_other(
    edge: ApiEdge, store: StoreRef
) -> None:
    staff = edge.staff(store)
    body = {"version": 0, "days": {"inbox": 3}}
    assert edge.send("PUT", f"{API}/retention", staff, body).status_code == 200
    late = edge.send("PUT", f"{API}/retention", staff, body)
    assert (late.status_code, late.json()["error"]["code"]) == (409, "retention_changed")
    assert noted(edge, store) == ["retention_changed"]


def test_only_what_is_due_goes_and_only_of_that_store(edge: ApiEdge, store: StoreRef) -> None:
    now, inbox = edge.clock(), table(InboxMessage)

    def fill(conn: sa.Connection) -> StoreRef:
        other = make_store(conn)
        for owner in (store, other):
            for age in (2, 4, 20):
                conn.execute(
                    sa.insert(inbox).values(
                        store_id=owner.id, handler="orders", event="E", body_hash=f"{age}",
                        body=b"x", received_at=now - timedelta(days=age), emptied=False,
                    )
                )  # fmt: skip
        choose_days(conn, store.id, {Kept.inbox: 3}, version=0, now=now)
        return other

    other = edge.database.write(fill)
    for span in edge.database.read(lambda conn: spans(conn, Kept.inbox, 14)):
        edge.database.write(partial(empty_bodies, now=now, days=span.days, whose=span.whose))
    query = sa.select(inbox.c.store_id, inbox.c.body_hash).where(inbox.c.emptied)
    with edge.database.engine.connect() as conn:
        gone = {(row.store_id, row.body_hash) for row in conn.execute(query)}
    assert gone == {(store.id, "4"), (store.id, "20"), (other.id, "20")}


def test_secrets_are_told_by_age_and_sealed_anew_without_being_shown(
    edge: ApiEdge, store: StoreRef, clock: ManualClock
) -> None:
    stores, was = table(Store), TokenCipher(["an old key of the tests"])
    both = TokenCipher(["a secret of the tests", "an old key of the tests"])

    def fill(conn: sa.Connection) -> None:
        sealed = was.seal(store.api_url, "the-token")
        conn.execute(
            sa.update(stores).where(stores.c.id == store.id).values(token_encrypted=sealed)
        )
        keep_secret(conn, store.id, "smtp_password", "hush", cipher=was, now=clock())
        sealing.note_keys(conn, both, clock())

    edge.database.write(fill)
    staff = edge.staff(store)
    seen = edge.get(f"{API}/secrets", staff)
    by_kind = {one["kind"]: one for one in seen.json()["secrets"]}
    assert by_kind["smtp_password"]["unreadable"]
    assert edge.send("POST", f"{API}/secrets/reseal", staff, {}).json()["error"]["code"] == (
        "token_unreadable"
    )
    edge = ApiEdge(edge.database, clock, edge.key, cipher=both)
    seen = edge.get(f"{API}/secrets", staff)
    assert seen.json()["under_old_keys"] == 2
    assert "hush" not in seen.text
    assert "the-token" not in seen.text
    assert edge.send("POST", f"{API}/secrets/reseal", staff, {}).json() == {"secrets": 2}
    assert edge.get(f"{API}/secrets", staff).json()["under_old_keys"] == 0
    alone = TokenCipher(["a secret of the tests"])
    assert (
        edge.database.read(lambda conn: secret_of(conn, store.id, "smtp_password", cipher=alone))
        == "hush"
    )
    clock.advance(timedelta(days=366))
    later = edge.get(f"{API}/secrets", edge.staff(store)).json()["secrets"]
    assert {one["kind"] for one in later if one["old"]} >= {"smtp_password", "encryption_key"}
    assert noted(edge, store) == ["secrets_resealed"]
