"""What is tried tells points that are spent and points that count for tiers."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.flows.try_program import (
    Booked,
    Trial,
    TriedCart,
    TriedLine,
    try_cart,
    try_order,
)
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.stores.refs import StoreRef
from tests.factories import make_channel
from tests.integration.orders.purchases import AYSE, bought
from tests.order_books import KEYS, NOW, live_store
from tests.program_samples import PURCHASES, channel_of, document_of, program_of

STATUS: dict[str, Any] = {
    "id": "status",
    "name": {"en": "Tier points", "tr": "Seviye puanı"},
    "then": {"type": "status_points", "factor": "0.5"},
}
TAG: dict[str, Any] = {
    "id": "tag",
    "scope": "order",
    "then": {"type": "tag", "tag": "buyer"},
}


def cart(store: StoreRef, *rules: dict[str, Any], language: str = "en") -> Trial:
    tried = TriedCart((TriedLine(Decimal(90)),))
    return try_cart(store, channel_of(), program_of(*rules), tried, now=NOW, language=language)


@pytest.fixture
def store(database: Database) -> StoreRef:
    def make(conn: Connection) -> StoreRef:
        made = live_store(conn, document_of(PURCHASES, STATUS))
        make_channel(conn, made.id)
        return made

    return database.write(make)


def test_a_cart_tells_both_with_what_leads_to_them(store: StoreRef) -> None:
    trial = cart(store, PURCHASES, STATUS)
    assert (trial.points, trial.status_points) == (90, 45)
    [points, status] = trial.because
    assert points.endswith("= 90 points (rule “Points on every purchase”).")
    assert status.endswith("= 45 status points (rule “Tier points”).")
    assert trial.worth == Decimal("1.80")
    turkish = cart(store, PURCHASES, STATUS, language="tr").because[-1]
    assert turkish.endswith("= 45 statü puanı (kural: “Seviye puanı”).")


def test_what_gives_status_points_alone_is_told_with_what_it_gives_beside_them(
    store: StoreRef,
) -> None:
    trial = cart(store, STATUS, TAG)
    assert (trial.points, trial.status_points) == (0, 45)
    [status, tag] = trial.because
    assert "45 status points" in status
    assert "buyer" in tag
    with_points = cart(store, PURCHASES, STATUS, TAG).because
    assert [sentence for sentence in with_points if "buyer" in sentence] == [tag]


def test_a_past_order_tells_what_it_has_in_the_books_in_both(
    database: Database, store: StoreRef
) -> None:
    order = bought(1, user=AYSE, userEmail=AYSE["email"])

    def tried(conn: Connection) -> Trial:
        revision = revision_at(conn, store.id, NOW)
        assert revision is not None
        return try_order(conn, store, revision.program, order, now=NOW, language="en", keys=KEYS)

    assert database.read(tried).booked is None
    database.write(
        lambda conn: converge_order(conn, store, order, Look.webhook(NOW), now=NOW, secrets=KEYS)
    )
    trial = database.read(tried)
    assert (trial.points, trial.status_points) == (100, 50)
    decided = database.read(lambda conn: revision_at(conn, store.id, NOW))
    assert decided is not None
    assert trial.booked == Booked(points=100, status_points=50, revision=decided.number)
