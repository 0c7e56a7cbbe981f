from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Connection

from saleor_loyalty_app import shapes
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows import propose_program as flow
from saleor_loyalty_app.flows.propose_program import propose_program, recent_stats
from saleor_loyalty_app.flows.publish_program import publish
from saleor_loyalty_app.orders.source import Unreadable
from saleor_loyalty_app.programs import repository
from saleor_loyalty_app.programs.stats import OrderStats
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef
from tests.factories import make_channel, make_store
from tests.program_samples import document_of

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


@dataclass
class Page:
    orders: Sequence[OrderSnapshot]
    next_cursor: str | None
    unreadable: Sequence[Unreadable] = ()


@dataclass
class Shop:
    """An order source that gives three orders a page."""

    orders: list[OrderSnapshot]
    asked: list[tuple[datetime | None, str | None]] = field(default_factory=list)

    def orders_created_since(
        self, store: StoreRef, since: datetime | None, after_cursor: str | None
    ) -> Page:
        self.asked.append((since, after_cursor))
        start = int(after_cursor or 0)
        end = start + 3
        return Page(self.orders[start:end], str(end) if end < len(self.orders) else None)

    def orders_by_ids(self, store: StoreRef, ids: Sequence[str]) -> Page:
        return Page([order for order in self.orders if order.id in ids], None)

    def orders_updated_since(
        self, store: StoreRef, since: datetime, after_cursor: str | None
    ) -> Page:
        return self.orders_created_since(store, since, after_cursor)


def order(total: str, *, days_ago: int = 1, status: str = "FULFILLED") -> OrderSnapshot:
    created = (NOON - timedelta(days=days_ago)).isoformat()
    money = {"amount": Decimal(total), "currency": "USD"}
    taxed = {"gross": money, "net": money}
    return shapes.convert(
        {
            "id": "T3JkZXI6MQ==",
            "number": "1",
            "status": status,
            "created": created,
            "updatedAt": created,
            "channel": {"slug": "default-channel", "currencyCode": "USD"},
            "total": taxed,
            "shippingPrice": taxed,
            "totalCharged": money,
            "totalRefunded": money,
        },
        OrderSnapshot,
    )


@pytest.fixture
def store(database: Database) -> StoreRef:
    def make(conn: Connection) -> StoreRef:
        made = make_store(conn, language="tr")
        make_channel(conn, made.id)
        return made

    return database.write(make)


STATS = [OrderStats("default-channel", "USD", 30, Decimal("59.90"), Decimal(1800))]


def test_recent_stats_read_all_pages_of_ninety_days(store: StoreRef) -> None:
    shop = Shop([order("10"), order("20"), order("40"), order("90", status="CANCELED")])

    stats = recent_stats(shop, store, now=NOON)

    assert stats == [OrderStats("default-channel", "USD", 3, Decimal(20), Decimal(70))]
    since = NOON - timedelta(days=90)
    assert shop.asked == [(since, None), (since, "3")]


def test_reading_ends_after_enough_orders_and_counts_the_days_it_saw(
    store: StoreRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow, "MOST_ORDERS", 2)
    shop = Shop([order("10", days_ago=90), order("20", days_ago=60), order("99", days_ago=1)])

    (stats,) = recent_stats(shop, store, now=NOON)

    assert (stats.count, stats.days) == (2, 30)


def test_a_store_without_orders_has_no_stats(store: StoreRef) -> None:
    assert recent_stats(Shop([]), store, now=NOON) == []


def test_a_proposal_becomes_the_draft_and_publishes_nothing(
    database: Database, store: StoreRef
) -> None:
    draft = database.write(lambda conn: propose_program(conn, store, STATS, now=NOON))

    assert draft.updated_by == "app"
    assert draft.program().name == "Puan Programı"
    assert draft.evidence["channels"][0]["free_shipping_from"] == "75.00"
    assert database.read(lambda conn: repository.went_live_at(conn, store.id)) is None


def test_a_better_proposal_replaces_the_template(database: Database, store: StoreRef) -> None:
    database.write(lambda conn: propose_program(conn, store, (), now=NOON))

    draft = database.write(lambda conn: propose_program(conn, store, STATS, now=NOON))

    assert draft.evidence["channels"][0]["source"] == "orders"


def test_a_draft_that_a_person_saved_is_left_alone(database: Database, store: StoreRef) -> None:
    def go(conn: Connection) -> None:
        repository.put_draft(conn, store.id, document_of(name="mine"), by="user:1", now=NOON)
        draft = propose_program(conn, store, STATS, now=NOON)
        assert draft.program().name == "mine"

    database.write(go)


def test_after_publishing_no_proposal_touches_the_draft(
    database: Database, store: StoreRef
) -> None:
    def go(conn: Connection) -> None:
        propose_program(conn, store, (), now=NOON)
        published = publish(conn, store, by="user:1", now=NOON)
        draft = propose_program(conn, store, STATS, now=NOON + timedelta(days=30))
        assert draft.program() == published.revision.program

    database.write(go)


def test_the_proposal_can_be_published_as_it_stands(database: Database, store: StoreRef) -> None:
    def go(conn: Connection) -> None:
        propose_program(conn, store, STATS, now=NOON)
        published = publish(conn, store, by="user:1", now=NOON)
        assert (published.created, published.warnings) == (True, ())

    database.write(go)
