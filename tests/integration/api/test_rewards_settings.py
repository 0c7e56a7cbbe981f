"""The owner decides how shoppers meet the store."""

from typing import Any

import httpx
import sqlalchemy as sa

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.stores.models import StaffAction
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge

PATH = "/api/dashboard/v1/rewards-page"


def put(edge: ApiEdge, store: StoreRef, version: int, **setup: Any) -> httpx.Response:
    return edge.send("PUT", PATH, edge.staff(store), {"setup": setup, "version": version})


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_what_was_changed_is_seen_on_the_page_and_noted(edge: ApiEdge, store: StoreRef) -> None:
    before = edge.get(PATH, edge.staff(store)).json()
    assert (before["version"], before["setup"]["page_on"]) == (0, True)
    assert before["url"] == f"http://app/rewards/{store.api_url.split('/')[2]}"
    texts = {"tr": {"heading": "Acme Puan", "welcome": "Hoş geldiniz <b>"}}
    looks = {"brand_color": "#FF0000", "logo_url": "https://cdn.example.com/logo.svg"}
    after = put(edge, store, 0, slug="acme", looks=looks, texts=texts).json()
    assert (after["version"], after["url"]) == (1, "http://app/rewards/acme")
    assert after["setup"]["looks"]["brand_color"] == "#ff0000"
    page = edge.get("/rewards/acme?lang=tr")
    assert "<h1>Acme Puan</h1>" in page.text
    assert "Hoş geldiniz &lt;b&gt;" in page.text
    assert "https://cdn.example.com;" in page.headers["content-security-policy"]
    assert after["light"]["accent"] in edge.get("/rewards/acme/brand.css").text
    actions = table(StaffAction)
    [row] = edge.database.read(lambda conn: conn.execute(sa.select(actions)).all())
    assert (row.kind, row.before["slug"], row.after["slug"]) == (
        "rewards_page_changed",
        None,
        "acme",
    )


def test_two_editors_do_not_overwrite_each_other(edge: ApiEdge, store: StoreRef) -> None:
    assert put(edge, store, 0, shop_name="One").status_code == 200
    assert told(put(edge, store, 0, shop_name="Two")) == (409, "storefront_setup_changed")
    assert told(put(edge, store, 9, shop_name="Two")) == (409, "storefront_setup_changed")
    assert put(edge, store, 1, shop_name="Two").json()["version"] == 2


def test_a_name_belongs_to_one_store(edge: ApiEdge, store: StoreRef) -> None:
    assert put(edge, edge.store(), 0, slug="acme").status_code == 200
    assert told(put(edge, store, 0, slug="acme")) == (409, "slug_taken")


def test_what_cannot_be_read_or_shown_is_refused(edge: ApiEdge, store: StoreRef) -> None:
    pale = put(edge, store, 0, looks={"text_color": "#777777"})
    assert told(pale) == (422, "contrast_too_low")
    assert pale.json()["error"]["detail"]["contrast"] == "4.48"
    for setup in (
        {"slug": "Acme!"},
        {"looks": {"brand_color": "red"}},
        {"looks": {"logo_url": "javascript:alert(1)"}},
        {"looks": {"logo_url": "https://x.example/a;script-src *"}},
        {"shop_url": "https://user:pw@x.example"},
        {"texts": {"de": {"heading": "x"}}},
        {"shop_name": "a\x00b"},
        {"erase_at_once": "yes"},
        {"unknown": 1},
    ):
        assert told(put(edge, store, 0, **setup)) == (422, "request_invalid"), setup


def test_only_who_sets_the_app_up_may_change_it(edge: ApiEdge, store: StoreRef) -> None:
    support = edge.staff(store, user_permissions=["MANAGE_USERS"])
    assert edge.get(PATH, support).status_code == 200
    refused = edge.send("PUT", PATH, support, {"setup": {}, "version": 0})
    assert told(refused) == (403, "missing_user_permission")
