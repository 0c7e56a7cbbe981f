"""Status points stand beside points wherever movements are read: by staff, shoppers, systems."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from saleor_loyalty_app.members.repository import member_by_user
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge
from tests.factories import make_revision
from tests.integration.api.member_desk import told
from tests.integration.api.partner_system import PartnerSystem
from tests.integration.orders.purchases import AYSE, bought, receive
from tests.order_samples import event, transaction
from tests.program_samples import PURCHASES, document_of

STATUS: dict[str, Any] = {
    "id": "status",
    "name": {"en": "Tier points", "tr": "Seviye puanı"},
    "then": {"type": "status_points", "factor": "0.5"},
}


@pytest.fixture
def system(edge: ApiEdge, store: StoreRef) -> PartnerSystem:
    """Ayşe bought for 100 dollars, and 40 were refunded; then for another 100."""
    edge.database.write(lambda conn: make_revision(conn, store.id, document_of(PURCHASES, STATUS)))
    refunded = transaction(event("CHARGE_SUCCESS", 100, 1), event("REFUND_SUCCESS", "40", 5))
    now = edge.clock()
    for number, order in enumerate(
        (bought(1), bought(1, updated=6, transactions=[refunded]), bought(2, updated=7))
    ):
        receive(edge.database, store, order, now + timedelta(minutes=number))
    return PartnerSystem(edge, store)


def ayse(system: PartnerSystem) -> int:
    found = system.edge.database.read(
        lambda conn: member_by_user(conn, system.store.id, AYSE["id"])
    )
    assert found is not None
    return found.id


def history(system: PartnerSystem, query: str = "", language: str = "en") -> httpx.Response:
    headers = system.edge.shopper(system.store, user_id=AYSE["id"])
    return system.edge.history(headers | {"Accept-Language": language}, query)


def test_staff_read_either_unit_in_words_that_fit_it(system: PartnerSystem) -> None:
    path = f"members/{ayse(system)}/statement"
    spendable = system.desk.send("GET", path).json()["items"]
    assert [line["amount"] for line in spendable] == [100, -40, 100]
    assert system.desk.send("GET", f"{path}?unit=points").json()["items"] == spendable
    status = system.desk.send("GET", f"{path}?unit=status").json()["items"]
    assert [(line["amount"], line["state_name"]) for line in status] == [
        (50, "counts"),
        (-20, "booked"),
        (50, "counts"),
    ]
    assert status[1]["explanation"][0].startswith("20 status points taken back from order 1")
    assert {line["expires_at"] for line in status} == {None}
    turkish = {"headers": {"Accept-Language": "tr"}}
    [newest, *_] = system.desk.send("GET", f"{path}?unit=status", **turkish).json()["items"]
    assert newest["state_name"] == "sayılıyor"
    assert newest["explanation"][0] == "2 numaralı sipariş 50 statü puanı kazandırdı."


def test_each_unit_is_read_page_by_page(system: PartnerSystem) -> None:
    def pages(first: str, items: str, read: Any) -> list[int]:
        seen: list[int] = []
        after = ""
        while True:
            page = read(f"?unit=status&{first}{after}")
            assert len(page[items]) == 1
            seen += [one["amount"] for one in page[items]]
            more = page.get("next") or page.get("page_info", {}).get("end_cursor")
            if more is None or len(seen) > 3:
                return seen
            after = f"&after={more}"

    path = f"members/{ayse(system)}/statement"
    wanted = [50, -20, 50]
    assert pages("first=1", "items", lambda q: system.desk.send("GET", path + q).json()) == wanted
    assert pages("first=1", "items", lambda q: system.send("GET", path + q).json()) == wanted
    assert pages("first=1", "entries", lambda q: history(system, q).json()) == wanted


def test_shoppers_read_their_status_points_and_how_many_there_are(system: PartnerSystem) -> None:
    assert [one["amount"] for one in history(system).json()["entries"]] == [100, -40, 100]
    entries = history(system, "?unit=status", "tr").json()["entries"]
    assert [one["amount"] for one in entries] == [50, -20, 50]
    assert entries[0]["explanation"][0] == "2 numaralı sipariş 50 statü puanı kazandırdı."
    assert (entries[0]["state"], entries[0]["expires_at"]) == ("available", None)
    headers = system.edge.shopper(system.store, user_id=AYSE["id"])
    assert system.edge.me(headers).json()["status_points"] == 80
    nobody = system.edge.shopper(system.store, user_id="VXNlcjo5OTk=")
    assert system.edge.me(nobody).json()["status_points"] == 0
    assert system.edge.history(nobody, "?unit=status").json()["entries"] == []


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({}, None),
        ({"tiers": {"enabled": False}}, None),
        ({"tiers": {"enabled": True}}, 0),
    ],
    ids=["no tiers", "tiers off", "a tier asks"],
)
def test_a_program_without_status_points_tells_none(
    edge: ApiEdge, store: StoreRef, values: dict[str, Any], wanted: int | None
) -> None:
    if tiers := values.get("tiers"):
        level = {
            "id": "gold",
            "names": {"en": "Gold", "tr": "Altın"},
            "requirements": {"status_points": {"min": 50}},
        }
        values = {"tiers": tiers | {"levels": [level]}}
    edge.database.write(
        lambda conn: make_revision(conn, store.id, document_of(PURCHASES, **values))
    )
    assert edge.me(edge.shopper(store, user_id="VXNlcjo5")).json()["status_points"] == wanted


def test_systems_read_either_unit(system: PartnerSystem) -> None:
    path = f"members/{ayse(system)}/statement"
    assert [one["amount"] for one in system.send("GET", path).json()["items"]] == [100, -40, 100]
    status = system.send("GET", f"{path}?unit=status").json()["items"]
    assert [one["amount"] for one in status] == [50, -20, 50]
    assert status[0]["explanation"][0] == "Order 2 earned 50 status points."


@pytest.mark.parametrize("unit", ["", "stamps", "POINTS", "perk"])
def test_another_unit_is_refused(system: PartnerSystem, unit: str) -> None:
    path = f"members/{ayse(system)}/statement?unit={unit}"
    for answer in (
        system.desk.send("GET", path),
        system.send("GET", path),
        history(system, f"?unit={unit}"),
    ):
        assert told(answer) == (422, "request_invalid")


def test_nobody_gives_status_points_by_hand(system: PartnerSystem) -> None:
    member = ayse(system)
    before = history(system, "?unit=status").json()["entries"]
    wish = {"points": 10, "reason": "goodwill", "note": "", "unit": "status"}
    headers = {"Idempotency-Key": "by-hand"}
    by_staff = system.desk.send("POST", f"members/{member}/points", wish, headers=headers)
    assert told(by_staff) == (422, "request_invalid")
    assert told(system.move(member, 10, unit="status")) == (422, "request_invalid")
    assert history(system, "?unit=status").json()["entries"] == before
