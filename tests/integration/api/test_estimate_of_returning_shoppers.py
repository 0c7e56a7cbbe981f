"""Who had an account before is told what their order earns, before the books know them anew."""

from dataclasses import replace
from typing import Any

import pytest

from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.flows.erase_member import erase_user
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge
from tests.factories import make_revision
from tests.integration.api.test_sessions import ME, SHOP
from tests.order_books import program
from tests.order_samples import line, order, paid, shopper

ADDRESS = "ayse@example.com"
OLD, NEW = shopper("VXNlcjox", ADDRESS), shopper("VXNlcjo1", ADDRESS)
STRANGER = shopper("VXNlcjo2", "can@example.com")


def fixed(rule_id: str, points: int, **more: Any) -> dict[str, Any]:
    then = {"type": "points_per_order", "points": points}
    return {"id": rule_id, "scope": "order", "then": then} | more


RULES = [
    fixed("first", 1, when={"type": "nth_order", "max": 1}),
    fixed("second", 20, when={"type": "nth_order", "min": 2, "max": 2}),
    fixed("new", 300, when={"type": "member_orders", "max": 0}),
    fixed("once", 4000, caps={"per_member": {"times": 1, "period": "ever"}}),
]
NEWCOMER, SECOND = 4301, 20


@pytest.fixture
def shop(edge: ApiEdge, store: StoreRef) -> StoreRef:
    """A store in which somebody bought once and deleted the account."""
    document = program() | {"earning": {"rules": RULES}}
    edge.database.write(lambda conn: make_revision(conn, store.id, document))
    assert bought(edge, store, 1, OLD) == NEWCOMER
    edge.database.write(lambda conn: erase_user(conn, store, OLD["id"], now=edge.clock()))
    return store


def bought(edge: ApiEdge, store: StoreRef, number: int, user: dict[str, Any]) -> int:
    """The points of an order that is placed and paid."""
    told = order(
        line(gross="50"), transactions=[paid("50")], id=f"O{number}", number=str(number), user=user
    )
    now, keys = edge.clock(), edge.app.state.faces.email_keys
    found = edge.database.write(
        lambda conn: converge_order(conn, store, told, Look.webhook(now), now=now, secrets=keys)
    )
    return found.posted.get(("points", "points"), 0)


def estimated(edge: ApiEdge, store: StoreRef, headers: dict[str, str]) -> int:
    goods = {"gross": "50", "net": "50"}
    body = {"channel": "default-channel", "currency": "USD", "lines": [goods]}
    path = f"/api/storefront/v1/estimate?store={store.api_url}"
    answer = edge.send("POST", path, headers, body)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["points"])


def token(edge: ApiEdge, store: StoreRef, user: dict[str, Any]) -> dict[str, str]:
    return edge.shopper(store, user_id=user["id"], email=user["email"])


def session(edge: ApiEdge, store: StoreRef) -> dict[str, str]:
    """The header of a loyalty token of the new account."""
    edge.saleor.answers["Me"] = {"me": ME | {"id": NEW["id"], "email": ADDRESS}}
    answer = edge.send(
        "POST", "/api/storefront/v1/session", token(edge, store, NEW), {"origin": SHOP}
    )
    return {"Authorization": f"Bearer {answer.json()['token']}"}


@pytest.mark.parametrize("by", [token, session])
def test_an_account_made_anew_is_told_what_its_next_order_earns(
    edge: ApiEdge, shop: StoreRef, by: Any
) -> None:
    headers = session(edge, shop) if by is session else token(edge, shop, NEW)
    assert estimated(edge, shop, headers) == SECOND
    assert estimated(edge, shop, token(edge, shop, STRANGER)) == NEWCOMER
    assert bought(edge, shop, 2, NEW) == SECOND
    assert bought(edge, shop, 3, STRANGER) == NEWCOMER


def test_it_is_found_under_a_secret_that_was_replaced(edge: ApiEdge, shop: StoreRef) -> None:
    faces = edge.app.state.faces
    rotated = EmailKeys((b"a new secret of the app", *faces.email_keys.secrets))
    edge.app.state.faces = replace(faces, email_keys=rotated)
    assert estimated(edge, shop, token(edge, shop, NEW)) == SECOND
    assert estimated(edge, shop, session(edge, shop)) == SECOND
    assert bought(edge, shop, 2, NEW) == SECOND


def test_an_address_that_was_changed_since_the_last_order_counts_as_in_the_next_one(
    edge: ApiEdge, shop: StoreRef
) -> None:
    assert bought(edge, shop, 2, STRANGER) == NEWCOMER
    taken_over = STRANGER | {"email": ADDRESS}
    # Their own order, and that of the account that had the address before.
    assert estimated(edge, shop, token(edge, shop, STRANGER)) == SECOND
    assert estimated(edge, shop, token(edge, shop, taken_over)) == 0
    assert bought(edge, shop, 3, taken_over) == 0


def test_a_loyalty_token_names_no_address(edge: ApiEdge, shop: StoreRef) -> None:
    made = session(edge, shop)["Authorization"].removeprefix("Bearer ")
    grant = edge.app.state.faces.shopper_tokens.open(made, now=edge.clock())
    assert grant.addresses == edge.app.state.faces.email_keys.every(shop.id, ADDRESS)
    assert "ayse" not in repr(grant)
