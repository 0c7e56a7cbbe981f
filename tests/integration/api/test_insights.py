"""Figures, months and closing over the Dashboard API."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.ledger import Account, Cause
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.orders.models import OrderState
from saleor_loyalty_app.rewards.models import Redemption
from saleor_loyalty_app.stores import staff_actions
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge
from tests.factories import make_member

API = "/api/dashboard/v1/insights"
US: dict[str, Any] = {"channel": "default-channel", "currency": "USD"}
CODES = {
    "liability": "380.01",
    "expense": "760.10",
    "redemption": "611.02",
    "breakage": "649.01",
    "adjustment": "760.11",
    "revaluation": "656.01",
}


class Shop:
    """A published store (1 point worth $0.02) whose members and orders are made by hand."""

    def __init__(self, edge: ApiEdge, store: StoreRef) -> None:
        self.edge, self.store = edge, store
        self.orders = 0

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.edge.get(f"{API}{path}", self.edge.staff(self.store) | headers)

    def ok(self, path: str) -> Any:
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def lines(self, path: str, language: str = "en") -> list[list[str]]:
        answer = self.get(path, **{"Accept-Language": language})
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert "attachment" in answer.headers["content-disposition"]
        return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))

    def member(self, at: datetime, *, hold_out: bool = False) -> int:
        def make(conn: Connection) -> int:
            made = make_member(conn, self.store.id)
            members = table(Member)
            conn.execute(
                sa.update(members)
                .where(members.c.id == made)
                .values(enrolled_at=at, hold_out=hold_out)
            )
            return made

        return self.edge.database.write(make)

    def earn(self, member: int, points: int, at: datetime, **values: Any) -> None:
        self.orders += 1
        cause = Cause(source=f"order:{self.orders}", part="points", actor="app", **US)
        self.edge.database.write(
            lambda conn: ledger.earn(
                conn,
                Account(self.store.id, member, "points"),
                points,
                cause,
                key=f"earn:{self.orders}",
                now=at,
                effective_at=values.get("effective_at", at),
                available_from=at,
                expires_at=None,
            )
        )

    def spend(self, member: int, points: int, at: datetime) -> None:
        self.orders += 1
        cause = Cause(source=f"redemption:{self.orders}", part="points", actor="app", **US)
        self.edge.database.write(
            lambda conn: ledger.redeem(
                conn,
                Account(self.store.id, member, "points"),
                points,
                cause,
                key=f"spend:{self.orders}",
                now=at,
            )
        )

    def order(self, at: datetime, milli: int | None, member: int | None) -> str:
        self.orders += 1
        order_id = f"T3JkZXI6{self.orders}"
        row = {
            "store_id": self.store.id,
            "order_id": order_id,
            "number": str(self.orders),
            "status": "FULFILLED",
            "created_at": at,
            "paid_at": at,
            "member_id": member,
            "total_milli": milli,
            "withheld": "",
            "owner_changes": 0,
            "snapshot_hash": "",
            "open": False,
            "deferred": False,
            "origin": "webhook",
            **US,
        }
        self.edge.database.write(lambda conn: conn.execute(sa.insert(table(OrderState)), [row]))
        return order_id

    def redeemed_on(self, order_id: str, member: int, at: datetime) -> None:
        """A redemption that the order consumed; its books do not matter here."""

        def make(conn: Connection) -> None:
            account = Account(self.store.id, member, "points")
            hold = ledger.place_hold(
                conn, account, 1, key=f"hold:{order_id}", source="redemption:1",
                deadline=at + timedelta(days=1), now=at,
            )  # fmt: skip
            ledger.release_hold(conn, self.store.id, hold.hold_id, now=at)
            conn.execute(
                sa.insert(table(Redemption)).values(
                    store_id=self.store.id, public_id=f"rd_{order_id}", member_id=member,
                    user_id="u", instrument="voucher", unit="points", points=1, amount="0.02",
                    order_id=order_id, request_key=order_id, request_hash="h", actor="app",
                    state="consumed", ending="", hold_id=hold.hold_id, restored=0, restorings=0,
                    code=f"C{order_id}", deadline=at, fence=0, attempts=0, created_at=at, **US,
                )
            )  # fmt: skip

        self.edge.database.write(make)


@pytest.fixture
def shop(edge: ApiEdge, published: StoreRef) -> Shop:
    """A store with a program since January 1st, 2027."""
    return Shop(edge, published)


def at(month: int, day: int) -> datetime:
    return datetime(2027, month, day, 12, tzinfo=UTC)


def test_a_range_is_told_beside_the_range_before(shop: Shop, clock: ManualClock) -> None:
    first, second = shop.member(at(1, 5)), shop.member(at(2, 5))
    shop.earn(first, 1000, at(1, 10))
    shop.earn(second, 500, at(2, 10))
    shop.spend(first, 300, at(2, 12))
    for day, milli, member in ((10, 100_000, first), (11, 50_000, None)):
        shop.order(at(2, day), milli, member)
    shop.redeemed_on(shop.order(at(2, 12), 30_000, first), first, at(2, 12))
    clock.set(at(3, 10))
    seen = shop.ok("/overview?since=2027-02-01&until=2027-02-28&step=week")
    now, before = seen["now"], seen["before"]
    assert before["days"] == {"since": "2027-01-01", "until": "2027-01-31"}
    assert (now["members"], now["joined"], now["active"]) == (2, 1, 2)
    assert (before["members"], before["joined"], before["active"]) == (1, 1, 1)
    assert (now["issued"], now["redeemed"], now["expired"], now["outstanding"]) == (
        500,
        300,
        0,
        1200,
    )
    assert now["redemption_rate"] == "0.6000"
    assert before["redemption_rate"] == "0.0000"
    assert now["liability"] == [{"points": 1200, "value": {"amount": "24.00", "currency": "USD"}}]
    assert now["with_points_share"] == "0.3333"
    [orders] = now["by_currency"]
    assert (orders["orders"], orders["of_members"], orders["with_points"]) == (3, 2, 1)
    assert orders["average"]["amount"] == "60.00"
    assert orders["average_with_points"]["amount"] == "30.00"
    assert orders["average_without_points"]["amount"] == "75.00"
    assert now["hold_out"] == []
    weeks = [(one["days"]["since"], one["issued"], one["outstanding"]) for one in seen["series"]]
    assert weeks == [
        ("2027-02-01", 0, 1000),
        ("2027-02-08", 500, 1200),
        ("2027-02-15", 0, 1200),
        ("2027-02-22", 0, 1200),
    ]
    lines = shop.lines("/overview.csv?since=2027-02-01&until=2027-02-28&step=week", "tr")
    assert lines[0][:3] == ["Başlangıç", "Bitiş", "Verilen puan"]
    assert lines[2] == ["2027-02-08", "2027-02-14", "500", "300", "0", "1200"]


def test_the_control_group_is_told_beside_those_who_take_part(
    shop: Shop, clock: ManualClock
) -> None:
    taking = [shop.member(at(1, 5)) for _ in range(2)]
    control = shop.member(at(1, 5), hold_out=True)
    for member, milli in ((taking[0], 90_000), (taking[1], 30_000), (control, 40_000)):
        shop.order(at(2, 1), milli, member)
    shop.order(at(2, 1), None, control)
    clock.set(at(3, 10))
    [group] = shop.ok("/overview?since=2027-02-01&until=2027-02-28")["now"]["hold_out"]
    assert group["taking_part"]["members"] == 2
    assert group["taking_part"]["per_member"]["amount"] == "60.00"
    assert (group["control"]["members"], group["control"]["orders"]) == (1, 2)
    assert group["control"]["average"]["amount"] == "40.00", "the unknown total counts for nothing"


def test_what_members_held_is_told_of_any_day(shop: Shop, clock: ManualClock) -> None:
    member = shop.member(at(1, 5))
    shop.earn(member, 1000, at(1, 10))
    shop.earn(member, 100, at(3, 1))
    shop.spend(member, 250, at(3, 2))
    clock.set(at(3, 10))
    seen = shop.ok("/standing?on=2027-02-20")
    assert seen["outstanding"] == 1000
    assert seen["liability"][0]["value"]["amount"] == "20.00"
    assert [(one["up_to_days"], one["points"]) for one in seen["by_age"]] == [(90, 1000)]
    assert [(one["never"], one["points"]) for one in seen["by_expiry"]] == [(True, 1000)]
    assert shop.ok("/standing?on=2027-03-10")["outstanding"] == 850
    assert shop.get("/standing?on=2027-03-11").json()["error"]["code"] == "range_invalid"


def test_a_month_is_closed_once_and_its_journal_balances(shop: Shop, clock: ManualClock) -> None:
    member = shop.member(at(1, 5))
    shop.earn(member, 1000, at(1, 10))
    shop.spend(member, 250, at(1, 12))
    clock.set(at(2, 1))
    edge, headers = shop.edge, shop.edge.staff(shop.store)
    assert edge.send("PUT", f"{API}/accounts", headers, CODES).json() == CODES
    months = shop.ok("/months")["months"]
    assert [(one["month"], one["closable"]) for one in months] == [
        ("2027-02", False),
        ("2027-01", True),
    ]
    running = edge.send("POST", f"{API}/months/2027-02/close", headers)
    assert (running.status_code, running.json()["error"]["code"]) == (409, "month_running")
    closed = edge.send("POST", f"{API}/months/2027-01/close", headers)
    assert closed.status_code == 200, closed.text
    assert closed.json()["closed"]["closed_by"].startswith("user:")
    [row] = closed.json()["rows"]
    assert (row["opening"], row["issued"], row["redeemed"], row["closing"]) == (0, 1000, 250, 750)
    assert row["closing_value"] == {"amount": "15.00", "currency": "USD"}
    again = edge.send("POST", f"{API}/months/2027-01/close", headers)
    assert again.json()["error"]["code"] == "month_closed"
    shop.earn(member, 40, at(2, 1), effective_at=at(1, 20))
    assert shop.ok("/months/2027-01") == closed.json()
    february = shop.ok("/months/2027-02")
    assert february["rows"][0]["issued"] == 40
    assert [(one["month"], one["points"]) for one in february["late"]] == [("2027-01", 40)]
    lines = shop.lines("/months/2027-01/journal.csv")
    assert lines[0][:5] == ["Date", "Booking", "Account", "Debit", "Credit"]
    assert lines[1][:6] == ["2027-01-31", "1", "760.10", "20.00", "", "USD"]
    assert lines[2][:6] == ["2027-01-31", "1", "380.01", "", "20.00", "USD"]
    assert shop.lines("/months/2027-01/roll-forward.csv", "tr")[1][-2:] == ["15.00", "USD"]
    kinds = edge.database.read(
        lambda conn: [one.kind for one in staff_actions.page(conn, shop.store.id, 10, None)]
    )
    assert kinds[:2] == ["month_closed", "accounts_changed"]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/overview?since=2027-01-02&until=2027-01-01", 422, "range_invalid"),
        ("/overview?since=2027-01-01&until=2027-01-02", 422, "range_invalid"),
        ("/overview?since=1900-01-01&until=1900-01-02", 422, "range_invalid"),
        ("/overview?since=x&until=2027-01-01", 422, "request_invalid"),
        ("/months/2027-13", 422, "request_invalid"),
        ("/months/2026-01", 404, "month_unknown"),
        ("/months/0000-00/journal.csv", 422, "request_invalid"),
    ],
)
def test_ranges_and_months_that_are_none_are_refused_in_the_language_asked_for(
    shop: Shop, path: str, status: int, code: str
) -> None:
    answer = shop.get(path, **{"Accept-Language": "tr"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert "{" not in answer.json()["error"]["message"]


def test_who_only_sees_orders_can_neither_close_nor_name_accounts(
    shop: Shop, clock: ManualClock
) -> None:
    clock.set(at(3, 10))
    agent = shop.edge.staff(shop.store, user_permissions=["MANAGE_ORDERS"])
    assert shop.edge.get(f"{API}/months", agent).status_code == 200
    for method, path, body in (
        ("POST", "/months/2027-01/close", None),
        ("PUT", "/accounts", CODES),
    ):
        assert shop.edge.send(method, f"{API}{path}", agent, body).status_code == 403
    bad = CODES | {"expense": "=1+1"}
    refused = shop.edge.send("PUT", f"{API}/accounts", shop.edge.staff(shop.store), bad)
    assert refused.status_code == 422


def test_figures_of_another_store_are_not_seen(shop: Shop, clock: ManualClock) -> None:
    other = shop.edge.store()
    shop.earn(shop.member(at(1, 5)), 1000, at(1, 10))
    clock.set(at(2, 1))
    headers = shop.edge.staff(other)
    path = "/overview?since=2027-01-01&until=2027-01-31"
    seen = shop.edge.get(f"{API}{path}", headers).json()["now"]
    assert (seen["members"], seen["issued"], seen["outstanding"]) == (0, 0, 0)
    assert shop.edge.get(f"{API}/months", headers).json() == {"months": []}
    assert date.fromisoformat(shop.ok("/months")["months"][-1]["month"] + "-01").month == 1
