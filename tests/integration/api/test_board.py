"""What a shopper sees of their points."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.ledger.earning import earn
from saleor_loyalty_app.ledger.reversing import reverse
from saleor_loyalty_app.ledger.types import Account, Cause, RefundPolicy
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge
from tests.factories import make_channel, make_member

USER = "VXNlcjo1"
JOINED = datetime(2026, 5, 2, 9, tzinfo=UTC)


def cause(order: str, code: str = "order_earned") -> Cause:
    return Cause(
        source=f"order:{order}",
        part="points",
        actor="app",
        channel="default-channel",
        currency="USD",
        reason={"code": code, "order": order},
    )


class Books:
    """A member of the store, and shorthand for their movements."""

    def __init__(self, edge: ApiEdge, store: StoreRef) -> None:
        self.edge = edge
        self.store = store
        self.member = edge.database.write(
            lambda conn: make_member(conn, store.id, user_id=USER, enrolled_at=JOINED)
        )
        self.headers = edge.shopper(store, user_id=USER)

    def write(self, work: Callable[[Connection, Account], Any]) -> None:
        account = Account(self.store.id, self.member, "points")
        self.edge.database.write(lambda conn: work(conn, account))

    def earn(self, order: str, amount: int, *, days: int | None, months: int | None = None) -> None:
        now = self.edge.clock()
        self.write(
            lambda conn, account: earn(
                conn,
                account,
                amount,
                cause(order),
                key=f"earn:{order}",
                now=now,
                effective_at=now,
                available_from=None if days is None else now + timedelta(days=days),
                expires_at=None if months is None else now + timedelta(days=30 * months),
                notice_required=False,
            )
        )

    def reverse(self, order: str, amount: int) -> None:
        now = self.edge.clock()
        self.write(
            lambda conn, account: reverse(
                conn,
                account,
                amount,
                cause(order, "order_reduced"),
                key=f"reverse:{order}",
                now=now,
                effective_at=now,
                policy=RefundPolicy.within_balance,
            )
        )

    def points(self, query: str = "") -> dict[str, Any]:
        answer = self.edge.me(self.headers, query)
        assert answer.status_code == 200, answer.text
        points: dict[str, Any] = answer.json()["points"]
        return points


@pytest.fixture
def books(edge: ApiEdge, published: StoreRef) -> Books:
    return Books(edge, published)


def test_who_is_not_a_member_yet_sees_zeros(edge: ApiEdge, published: StoreRef) -> None:
    answer = edge.me(edge.shopper(published, user_id="VXNlcjo5OQ=="))
    assert answer.status_code == 200
    assert answer.json() == {
        "program": {"name": "Points program", "point_name": "point", "points_name": "points"},
        "member_since": None,
        "points": {
            "available": 0,
            "pending": 0,
            "held": 0,
            "lifetime": 0,
            "worth": {"amount": "0.00", "currency": "USD"},
            "expiring": [],
        },
        "status_points": None,
    }
    assert edge.history(edge.shopper(published, user_id="VXNlcjo5OQ==")).json() == {
        "entries": [],
        "page_info": {"has_next_page": False, "end_cursor": None},
    }


def test_before_a_program_is_published_there_is_none(edge: ApiEdge, proposed: StoreRef) -> None:
    board = edge.me(edge.shopper(proposed)).json()
    assert (board["program"], board["points"]["worth"]) == (None, None)


def test_points_are_pending_first_and_available_when_their_time_comes(
    edge: ApiEdge, books: Books
) -> None:
    books.earn("17", 45, days=14, months=12)
    assert (books.points()["pending"], books.points()["available"]) == (45, 0)
    expiry = (edge.clock() + timedelta(days=360)).isoformat().replace("+00:00", "Z")
    edge.clock.advance(timedelta(days=14))
    books.headers = edge.shopper(books.store, user_id=USER)
    assert books.points() == {
        "available": 45,
        "pending": 0,
        "held": 0,
        "lifetime": 45,
        "worth": {"amount": "0.90", "currency": "USD"},
        "expiring": [{"amount": 45, "expires_at": expiry}],
    }
    assert edge.me(books.headers).json()["member_since"] == "2026-05-02T09:00:00Z"


def test_a_refund_takes_the_points_back(books: Books) -> None:
    books.earn("17", 45, days=0)
    books.reverse("17", 45)
    points = books.points()
    assert (points["available"], points["lifetime"]) == (0, 0)
    assert points["worth"] == {"amount": "0.00", "currency": "USD"}


def test_the_worth_is_that_of_the_channel_asked_for(edge: ApiEdge, books: Books) -> None:
    books.earn("17", 45, days=0)
    edge.database.write(
        lambda conn: make_channel(conn, books.store.id, slug="channel-jp", currency="JPY")
    )
    assert books.points("?channel=default-channel")["worth"]["amount"] == "0.90"
    assert books.points("?channel=channel-jp")["worth"] is None


@pytest.mark.parametrize("slug", ["no-such-channel", "default_channel"])
def test_a_channel_that_the_store_does_not_have_is_told(
    edge: ApiEdge, books: Books, slug: str
) -> None:
    answer = edge.me(books.headers | {"Accept-Language": "tr"}, f"?channel={slug}")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, "channel_unknown")
    assert error["message"] == f"Mağazada “{slug}” adlı bir satış kanalı yok."


@pytest.mark.parametrize("slug", ["", "a%00b", "%C3%BC", "a" * 300, "a%20b", "'%3Bdrop"])
def test_a_channel_that_cannot_be_a_slug_is_refused(edge: ApiEdge, books: Books, slug: str) -> None:
    answer = edge.me(books.headers, f"?channel={slug}")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (422, "request_invalid")
    assert error["detail"]["fields"][0]["field"] == "channel"


def test_names_and_reasons_are_in_the_language_of_the_shopper(edge: ApiEdge, books: Books) -> None:
    books.earn("17", 45, days=14)
    turkish = books.headers | {"Accept-Language": "de;q=0.4, tr-TR;q=0.9, en;q=0.8"}
    assert edge.me(turkish).json()["program"]["points_name"] == "puan"
    answer = edge.history(turkish)
    assert answer.headers["content-language"] == "tr"
    assert "puan" in answer.json()["entries"][0]["explanation"][0]
    english = edge.history(books.headers).json()["entries"][0]["explanation"][0]
    assert "45 points" in english


def test_an_entry_tells_what_happened(edge: ApiEdge, books: Books) -> None:
    books.earn("17", 45, days=14, months=12)
    (entry,) = edge.history(books.headers).json()["entries"]
    assert entry["kind"] == "earn"
    assert entry["amount"] == 45
    assert entry["state"] == "pending"
    assert entry["order_number"] == "17"
    assert entry["reason"] == "order_earned"
    assert entry["time"] == "2027-01-01T12:00:00Z"
    assert entry["available_from"] == "2027-01-15T12:00:00Z"
    assert entry["expires_at"] == "2027-12-27T12:00:00Z"


def test_the_history_is_read_page_by_page_without_gap_or_repetition(
    edge: ApiEdge, books: Books
) -> None:
    for number in range(7):
        books.earn(str(number), 10 + number, days=0)
    seen: list[int] = []
    query = "?first=3"
    for _ in range(4):
        page = edge.history(books.headers, query).json()
        seen += [entry["amount"] for entry in page["entries"]]
        if not page["page_info"]["has_next_page"]:
            break
        query = f"?first=3&after={page['page_info']['end_cursor']}"
    assert seen == [16, 15, 14, 13, 12, 11, 10]


@pytest.mark.parametrize(
    "cursor",
    ["", "1", "%00", "YWZ0ZXI6LTE", "YWZ0ZXI6OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "ZW50cnk6MQ", "💥"],
)
def test_a_cursor_from_elsewhere_is_refused(edge: ApiEdge, books: Books, cursor: str) -> None:
    answer = edge.history(books.headers, f"?after={cursor}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_cursor")


@pytest.mark.parametrize("first", ["0", "-1", "101", "x", "1e3", "9" * 400])
def test_a_page_has_1_to_100_entries(edge: ApiEdge, books: Books, first: str) -> None:
    answer = edge.history(books.headers | {"Accept-Language": "tr"}, f"?first={first}")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (422, "request_invalid")
    assert error["message"].startswith("İstekte kullanılamayan değerler var. first: ")


def test_one_shopper_never_sees_the_points_of_another(edge: ApiEdge, books: Books) -> None:
    books.earn("17", 45, days=0)
    other = edge.shopper(books.store, user_id="VXNlcjo2")
    assert edge.me(other).json()["points"]["lifetime"] == 0
    elsewhere = edge.shopper(edge.store(), user_id=USER)
    assert edge.me(elsewhere).json()["points"]["lifetime"] == 0
    assert edge.history(elsewhere).json()["entries"] == []


def test_who_was_merged_into_another_member_sees_that_ones_points(
    edge: ApiEdge, books: Books
) -> None:
    books.earn("17", 45, days=0)
    edge.database.write(
        lambda conn: make_member(conn, books.store.id, user_id="VXNlcjo3", merged_into=books.member)
    )
    merged = edge.shopper(books.store, user_id="VXNlcjo3")
    assert edge.me(merged).json()["points"]["available"] == 45


def test_nothing_of_a_shopper_may_be_cached_for_others(edge: ApiEdge, books: Books) -> None:
    for answer in (edge.me(books.headers), edge.history(books.headers)):
        assert answer.headers["cache-control"] == "private, no-store"
        assert answer.headers["vary"] == "Authorization, Accept-Language"


def test_the_board_takes_as_many_statements_for_a_long_history_as_for_a_short_one(
    edge: ApiEdge, books: Books
) -> None:
    counts: list[int] = []

    def count(*_: object) -> None:
        counts[-1] += 1

    for size in (1, 60):
        for number in range(size):
            books.earn(f"{size}-{number}", 5, days=0)
        edge.me(books.headers)
        counts.append(0)
        engine = edge.database._read_engine
        sa.event.listen(engine, "before_cursor_execute", count)
        edge.me(books.headers)
        edge.history(books.headers)
        sa.event.remove(engine, "before_cursor_execute", count)
    assert counts[0] == counts[1]
