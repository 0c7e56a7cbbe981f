"""The job that has Saleor ask again, and what it reads of a cart on the way."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from saleor_loyalty_app import metrics
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows import shipping_news
from saleor_loyalty_app.flows.recalculate_shipping import Recalculation, keep_total, recalculate
from saleor_loyalty_app.queue.engine import migrate_engine
from saleor_loyalty_app.rewards import shipping_asks
from saleor_loyalty_app.rewards.models import CheckoutTotal
from saleor_loyalty_app.rewards.shipping_asks import Asked
from saleor_loyalty_app.saleor.checkout_cart import read_cart
from saleor_loyalty_app.saleor.checkout_event import CheckoutNews, CheckoutUser
from tests.factories import make_channel, make_store
from tests.program_samples import MOMENT
from tests.shipping_samples import shipping_document
from tests.shipping_stage import Stage, open_stage

MONEY = {"amount": 100.0, "currency": "USD"}
CART: dict[str, Any] = {
    "id": "Q2hlY2tvdXQ6MQ==",
    "user": None,
    "voucherCode": None,
    "discount": {"amount": 0.0, "currency": "USD"},
    "shippingAddress": {"country": {"code": "US"}},
    "subtotalPrice": {"gross": {"amount": 108.0}, "net": MONEY},
    "transactions": [],
    "channel": {"slug": "default-channel"},
    "lines": [
        {"id": "1", "quantity": 2, "isGift": False, "undiscountedTotalPrice": MONEY},
    ],
}
EMPTY = {
    name: {"amount": 0.0}
    for name in (
        "authorizedAmount",
        "authorizePendingAmount",
        "chargedAmount",
        "chargePendingAmount",
    )
}


@pytest.fixture
def stage(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with open_stage(database, shipping_document(), monkeypatch) as opened:
        yield opened


def outcomes(outcome: str) -> float:
    found: float = metrics.shipping_recalculations.labels(outcome)._value.get()
    return found


def done(stage: Stage, wish: Recalculation, outcome: str) -> bool:
    """Whether the job came to that."""
    before = outcomes(outcome)
    recalculate(stage.access, wish, clock=stage.box.clock.now)
    return outcomes(outcome) == before + 1


def test_stores_and_checkouts_that_are_gone_are_passed_over(stage: Stage) -> None:
    assert done(stage, Recalculation(4711, "Q2hlY2tvdXQ6MQ=="), "inactive")
    unknown = "Q2hlY2tvdXQ6NmRkNWU4ZjItMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAw"
    assert done(stage, Recalculation(stage.store.id, unknown, doubted=True), "gone")
    stage.change("UPDATE store SET active = false")
    assert done(stage, Recalculation(stage.store.id, unknown), "inactive")


def test_trouble_at_saleor_is_raised_so_that_the_job_is_tried_again(stage: Stage) -> None:
    stage.fill(1)
    origin = next(iter(stage.network.boxes))
    stage.network.broken[origin] = lambda _request: httpx.Response(502)
    with pytest.raises(AppError):
        recalculate(
            stage.access, Recalculation(stage.store.id, stage.checkout), clock=stage.box.clock.now
        )
    stage.network.broken.clear()
    stage.network.edit = lambda answer: answer.update(data={"checkout": {"id": 1}})
    with pytest.raises(AppError):
        recalculate(
            stage.access, Recalculation(stage.store.id, stage.checkout), clock=stage.box.clock.now
        )


@pytest.mark.parametrize("field", sorted(EMPTY))
def test_money_on_a_checkout_is_seen_in_whatever_state_it_is(field: str) -> None:
    def answer(*transactions: dict[str, Any]) -> dict[str, Any]:
        return {"checkout": CART | {"transactions": transactions}, "payments": {"edges": []}}

    assert not read_cart(answer()).has_money
    assert not read_cart(answer(EMPTY)).has_money
    assert read_cart(answer(EMPTY, EMPTY | {field: {"amount": 5.0}})).has_money


def test_payments_of_the_older_kind_are_money_too() -> None:
    def answer(is_active: bool) -> dict[str, Any]:
        edges = [{"node": {"isActive": is_active}}]
        return {"checkout": CART, "payments": {"edges": edges}}

    assert read_cart(answer(True)).has_money
    assert not read_cart(answer(False)).has_money
    assert not read_cart({"checkout": None, "payments": None}).has_money


@pytest.mark.parametrize(("with_tax", "subtotal"), [(False, "100"), (True, "108")])
def test_a_total_is_kept_on_the_side_on_which_prices_are_entered(
    database: Database, with_tax: bool, subtotal: str
) -> None:
    cart = read_cart({"checkout": CART}).checkout
    assert cart is not None

    def write(conn: sa.Connection) -> None:
        store = make_store(conn)
        make_channel(conn, store.id, prices_entered_with_tax=with_tax)
        keep_total(conn, store, cart, MOMENT)
        keep_total(conn, store, cart, MOMENT)

    database.write(write)
    [kept] = database.read(lambda conn: conn.execute(sa.select(table(CheckoutTotal))).all())
    assert Decimal(kept.subtotal) == Decimal(subtotal)


def test_nothing_is_kept_of_a_channel_that_is_not_known(database: Database) -> None:
    cart = read_cart({"checkout": CART}).checkout
    assert cart is not None
    database.write(lambda conn: keep_total(conn, make_store(conn), cart, MOMENT))
    kept = sa.select(table(CheckoutTotal))
    assert database.read(lambda conn: conn.execute(kept).all()) == []


def test_news_write_only_where_the_user_changed_and_once(database: Database) -> None:
    migrate_engine(database.url)
    store = database.write(make_store)

    def hear(user: str | None) -> bool:
        news = CheckoutNews(id="Q2hlY2tvdXQ6MQ==", user=CheckoutUser(id=user) if user else None)
        concerned = database.read(lambda conn: shipping_news.concerns(conn, store, news))
        noted = database.write(
            lambda conn: shipping_news.note_checkout(conn, store, news, now=MOMENT)
        )
        assert noted is concerned
        return noted

    assert not hear("VXNlcjox")
    asked = Asked("", "", False, MOMENT)
    database.write(lambda conn: shipping_asks.note(conn, store.id, "Q2hlY2tvdXQ6MQ==", asked))
    assert not hear(None)
    assert hear("VXNlcjox")
    assert not hear("VXNlcjox")
    prefix = "" if database.is_sqlite else "dbos."
    waiting = database.read(
        lambda conn: (
            conn.execute(sa.text(f"SELECT workflow_uuid FROM {prefix}workflow_status"))
            .scalars()
            .all()
        )
    )
    mine = [name for name in waiting if name.startswith(f"recalculate_shipping:{store.id}:")]
    assert len(mine) == 1
