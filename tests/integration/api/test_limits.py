"""Whoever asks too often is told when to try again."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from starlette.requests import Request

from saleor_loyalty_app.api.gate import address_of
from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.limiting.storage import DatabaseStorage
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge
from tests.integration.api.spending_scene import SpendingScene, told
from tests.redemption_stage import OTHER
from tests.signing import SigningKey

RATES = {"reading": "3/minute", "public": "4/minute", "spending": "2/minute", "staff": "2/minute"}


@pytest.fixture
def edge(database: Database, clock: ManualClock, key: SigningKey) -> Iterator[ApiEdge]:
    made = ApiEdge(database, clock, key, limits=RATES)
    yield made
    made.close()


@pytest.fixture
def scene(database: Database, key: SigningKey) -> Iterator[SpendingScene]:
    made = SpendingScene(database, key, limits=RATES)
    made.stage.give(1000)
    yield made
    made.close()


def test_a_shopper_reads_as_often_as_the_rate_says(edge: ApiEdge, published: StoreRef) -> None:
    headers = edge.shopper(published)
    statuses = [edge.me(headers).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    answer = edge.history(headers | {"Accept-Language": "tr"})
    assert told(answer) == (429, "too_many_requests")
    assert answer.json()["error"]["detail"] == {"limit": 3, "seconds": 60}
    assert "60 saniyede en çok 3" in answer.json()["error"]["message"]
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    edge.clock.advance(timedelta(seconds=int(answer.headers["retry-after"]) + 1))
    assert edge.me(headers).status_code == 200


def test_a_new_token_does_not_count_anew_but_another_shopper_does(
    edge: ApiEdge, published: StoreRef
) -> None:
    for _ in range(3):
        edge.me(edge.shopper(published))
    edge.clock.advance(timedelta(seconds=1))
    assert edge.me(edge.shopper(published)).status_code == 429
    assert edge.me(edge.shopper(published, user_id="VXNlcjo2")).status_code == 200
    assert edge.me(edge.shopper(edge.store())).status_code == 200


def test_the_public_page_is_counted_by_address(edge: ApiEdge, published: StoreRef) -> None:
    query = f"?store={published.api_url}"
    statuses = [edge.program(query).status_code for _ in range(5)]
    assert statuses == [200] * 4 + [429]
    for spoofed in ("198.51.100.7", "127.0.0.1"):
        assert edge.program(query, {"X-Forwarded-For": spoofed}).status_code == 429
    assert edge.me(edge.shopper(published)).status_code == 200


def test_spending_and_giving_up_are_counted_apart(scene: SpendingScene) -> None:
    carts = [scene.stage.cart() for _ in range(3)]
    made = [scene.spend(cart, 100).json()["id"] for cart in carts[:2]]
    answer = scene.spend(carts[2], 100)
    assert told(answer) == (429, "too_many_requests")
    assert "retry-after" in answer.headers
    assert scene.look(made[0]).status_code == 200
    assert [scene.give_up(one).status_code for one in (*made, made[0])] == [200, 200, 429]
    assert scene.stage.points() == (1000, 0)
    scene.stage.give(1000, OTHER)
    theirs = scene.stage.cart(email=OTHER)
    assert scene.spend(theirs, 100, headers=scene.headers(OTHER)).status_code == 201


def test_staff_are_counted_too(scene: SpendingScene) -> None:
    path = f"/api/dashboard/v1/redemptions?user_id={scene.stage.users[OTHER]}"
    headers = scene.edge.staff(scene.stage.store)
    statuses = [scene.edge.get(path, headers).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]


def broken(*_: object) -> dict[str, object]:
    raise OperationalError("INSERT", {}, Exception("no room on the disk"))


def test_reads_go_on_where_counting_fails(
    scene: SpendingScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DatabaseStorage, "_hit_values", broken)
    checkout = scene.stage.cart()
    for _ in range(6):
        assert scene.preview(checkout).status_code == 200
        assert scene.anonymous_preview(checkout).status_code == 200


def test_nothing_is_spent_where_counting_fails(
    scene: SpendingScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout = scene.stage.cart()
    monkeypatch.setattr(DatabaseStorage, "_hit_values", broken)
    answer = scene.spend(checkout)
    assert told(answer) == (503, "limits_unavailable")
    assert answer.headers["retry-after"] == "5"
    assert scene.stage.points() == (1000, 0)


def test_a_flood_costs_the_database_nothing(edge: ApiEdge, published: StoreRef) -> None:
    query = f"?store={published.api_url}"
    for _ in range(5):
        edge.program(query)
    statements: list[str] = []

    def note(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    engines = {edge.database.engine, edge.database._read_engine}
    for engine in engines:
        sa.event.listen(engine, "before_cursor_execute", note)
    for _ in range(20):
        assert edge.program(query).status_code == 429
    for engine in engines:
        sa.event.remove(engine, "before_cursor_execute", note)
    assert statements == []


def request_from(host: str | None) -> Request:
    client = None if host is None else (host, 1234)
    return Request({"type": "http", "headers": [], "client": client})


@pytest.mark.parametrize(
    ("host", "counted_as"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unix-socket", "unix-socket"),
        (None, ""),
    ],
)
def test_an_ipv6_household_counts_as_one(host: str | None, counted_as: str) -> None:
    assert address_of(request_from(host)) == counted_as
