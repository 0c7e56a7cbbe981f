"""Guests are told what waits for them, and it goes to the account that confirmed their address."""

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.context import Faces
from saleor_loyalty_app.api.storefront import claims
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.flows.publish_program import publish
from saleor_loyalty_app.members.guest_addresses import open_address, seal_address
from saleor_loyalty_app.messages.models import OutboxMessage
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.storefront_setup import Setup, store_setup
from tests.api_edge import ApiEdge
from tests.factories import make_channel
from tests.order_samples import order, paid
from tests.program_samples import program_of

GUEST = "guest@example.com"
ORDER = "T3JkZXI6ZDIyYzE4YjQtMDc3Mi00YjE3LThmYzktZTJhN2E1NTUxZjYy"
ACCOUNT = {
    "id": "VXNlcjo3",
    "email": GUEST,
    "firstName": "",
    "lastName": "",
    "languageCode": "EN_US",
    "isActive": True,
    "isConfirmed": True,
    "isStaff": False,
    "updatedAt": "2026-12-01T00:00:00+00:00",
}


def faces(edge: ApiEdge) -> Faces:
    found = edge.app.state.faces
    assert isinstance(found, Faces)
    return found


@pytest.fixture
def bought(edge: ApiEdge, store: StoreRef, monkeypatch: pytest.MonkeyPatch) -> StoreRef:
    """A store in which a guest paid 100 dollars."""
    monkeypatch.setattr(claims, "ANSWERED_AFTER", 0.0)
    edge.clock.set(datetime(2026, 11, 1, tzinfo=UTC))

    def write(conn: Connection) -> None:
        make_channel(conn, store.id, slug="channel-tr", currency="TRY")
        publish(conn, store, program_of(), by="user:1", now=edge.clock())

    edge.database.write(write)
    edge.clock.set(datetime(2026, 11, 21, tzinfo=UTC))
    return store


def buy(edge: ApiEdge, store: StoreRef, email: str = GUEST) -> None:
    snapshot = order(id=ORDER, userEmail=email, transactions=[paid()])
    now = edge.clock()
    edge.database.write(
        lambda conn: converge_order(
            conn, store, snapshot, Look(now, is_read=True), now=now, secrets=faces(edge).email_keys
        )
    )


def claimable(edge: ApiEdge, store: StoreRef, order_id: str = ORDER) -> dict[str, Any]:
    answer = edge.get(f"/api/storefront/v1/orders/{order_id}/claim?store={store.api_url}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def ask(
    edge: ApiEdge, store: StoreRef, email: str = GUEST, order_id: str = ORDER
) -> httpx.Response:
    return edge.send(
        "POST",
        f"/api/storefront/v1/guest-claims?store={store.api_url}",
        {},
        {"order_id": order_id, "email": email},
    )


def mailed(edge: ApiEdge) -> list[Any]:
    messages = table(OutboxMessage)
    query = sa.select(messages).where(messages.c.kind == "guest_claim").order_by(messages.c.id)
    return edge.database.read(lambda conn: list(conn.execute(query)))


def submit(edge: ApiEdge, path: str, email: str) -> httpx.Response:
    token = parse_qs(urlsplit(path).query)["t"][0]
    body = str(httpx.QueryParams({"t": token, "email": email}))
    return edge.send_form(path.partition("?")[0], {"Origin": "http://app"}, body)


def test_a_guest_is_told_after_the_purchase(edge: ApiEdge, bought: StoreRef) -> None:
    assert claimable(edge, bought) == {
        "claimable": False,
        "points": 0,
        "says": "No points of this order wait to be claimed.",
    }
    buy(edge, bought)
    told = claimable(edge, bought)
    assert (told["claimable"], told["points"]) == (True, 100)
    assert told["says"] == "100 points of this order wait for you."
    assert claimable(edge, bought, "T3JkZXI6MQ==")["claimable"] is False
    assert claimable(edge, edge.store())["claimable"] is False


def test_the_link_goes_to_the_address_of_the_order_alone(edge: ApiEdge, bought: StoreRef) -> None:
    buy(edge, bought)
    answers = [
        ask(edge, bought),
        ask(edge, bought, "else@example.com"),
        ask(edge, bought, order_id="T3JkZXI6MQ=="),
    ]
    assert {(one.status_code, one.text) for one in answers} == {(202, answers[0].text)}
    [message] = mailed(edge)
    assert GUEST not in str(message.data)
    keys = faces(edge).email_keys
    assert open_address(keys, bought.id, message.data["to"]) == GUEST
    assert open_address(keys, bought.id + 1, message.data["to"]) == ""
    assert open_address(keys, bought.id, seal_address(keys, bought.id, "ü@x.tr")) == "ü@x.tr"
    assert ask(edge, bought, "no address").json()["error"]["code"] == "address_invalid"


def test_only_a_confirmed_account_of_that_address_gets_the_points(
    edge: ApiEdge, bought: StoreRef
) -> None:
    buy(edge, bought)
    ask(edge, bought)
    path = mailed(edge)[0].data["path"]
    assert "100 points wait for you" in edge.get(path).text
    wrong = submit(edge, path, "else@example.com")
    assert (wrong.status_code, "not the address of the order" in wrong.text) == (422, True)
    for account in (None, ACCOUNT | {"isConfirmed": False}, ACCOUNT | {"email": "x@example.com"}):
        edge.saleor.answers["ShopperByEmail"] = {"user": account}
        assert "confirm the address" in submit(edge, path, GUEST).text
        assert claimable(edge, bought)["claimable"] is True
    edge.saleor.answers["ShopperByEmail"] = {"user": ACCOUNT}
    assert "in your account now" in submit(edge, path, GUEST).text
    board = edge.me(edge.shopper(bought, user_id="VXNlcjo3", email=GUEST)).json()
    assert board["points"]["pending"] + board["points"]["available"] == 100
    assert claimable(edge, bought)["claimable"] is False
    assert submit(edge, path, GUEST).status_code == 410
    assert edge.get(path).status_code == 410


def test_where_the_owner_wants_it_guests_are_written_to_once_an_order(
    edge: ApiEdge, bought: StoreRef
) -> None:
    buy(edge, bought)
    assert mailed(edge) == []
    setup = Setup(mail_guests=True, slug="acme")
    edge.database.write(
        lambda conn: store_setup(conn, bought.id, setup, version=0, now=edge.clock())
    )
    other = "T3JkZXI6ZDIyYzE4YjQtMDc3Mi00YjE3LThmYzktZTJhN2E1NTUxZjYz"
    now = edge.clock()
    for updated in (1, 5):
        snapshot = order(id=other, updated=updated, transactions=[paid()])
        edge.database.write(
            lambda conn, snapshot=snapshot: converge_order(  # type: ignore[misc]
                conn,
                bought,
                snapshot,
                Look(now, is_read=True),
                now=now,
                secrets=faces(edge).email_keys,
            )
        )
    [message] = mailed(edge)
    assert re.fullmatch(r"/rewards/acme/claim\?t=[\w-]+", message.data["path"])
