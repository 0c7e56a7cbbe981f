"""Whose token opens the calls around spending, and whose does not."""

from collections.abc import Iterator

import pytest

from saleor_loyalty_app.db.database import Database
from tests.integration.api.spending_scene import STOREFRONT, SpendingScene, told
from tests.signing import SigningKey, shopper_claims, staff_claims

CHECKOUT = "Q2hlY2tvdXQ6ZDIyYzE4YjQtMDc3Mi00YjE3LThmYzktZTJhN2E1NTUxZjYy"
DASHBOARD = "/api/dashboard/v1"
STOREFRONT_CALLS: dict[str, tuple[str, str, object]] = {
    "cart": ("GET", f"{STOREFRONT}/checkouts/{CHECKOUT}", None),
    "spend": ("POST", f"{STOREFRONT}/redemptions", {"checkout_id": CHECKOUT, "points": 5}),
    "look": ("GET", f"{STOREFRONT}/redemptions/r_1", None),
    "give_up": ("DELETE", f"{STOREFRONT}/redemptions/r_1", None),
}
STAFF_CALLS: dict[str, tuple[str, str, object]] = {
    "spend": (
        "POST",
        f"{DASHBOARD}/redemptions",
        {"user_id": "VXNlcjo1", "points": 5, "checkout_id": CHECKOUT},
    ),
    "list": ("GET", f"{DASHBOARD}/redemptions?user_id=VXNlcjo1", None),
    "look": ("GET", f"{DASHBOARD}/redemptions/r_1", None),
    "give_up": ("DELETE", f"{DASHBOARD}/redemptions/r_1", None),
    "cases": ("GET", f"{DASHBOARD}/cases", None),
    "decide": ("POST", f"{DASHBOARD}/cases/Y2FzZTox", {"decision": "dismiss"}),
    "origins": ("GET", f"{DASHBOARD}/storefront-origins", None),
    "name_origins": ("PUT", f"{DASHBOARD}/storefront-origins", {"origins": []}),
}


@pytest.fixture
def scene(database: Database, key: SigningKey) -> Iterator[SpendingScene]:
    made = SpendingScene(database, key, limits={})
    yield made
    made.close()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def false_shoppers(scene: SpendingScene) -> dict[str, dict[str, str]]:
    """Headers of everybody who is no shopper of the store, by the reason of the refusal."""
    edge, store = scene.edge, scene.stage.store
    now, forger = edge.clock(), SigningKey("store-key")
    claims = shopper_claims(store.api_url, now)
    return {
        "signature": bearer(forger.token(claims)),
        "algorithm": bearer(edge.key.raw_token({"alg": "none", "kid": edge.key.kid}, claims)),
        "expired": edge.shopper(store, exp=int(now.timestamp()) - 31),
        "not_yet_valid": edge.shopper(store, iat=int(now.timestamp()) + 60),
        "issuer": edge.shopper(store, iss="https://elsewhere.example/graphql/"),
        "type": edge.shopper(store, type="refresh"),
        "staff": edge.shopper(store, is_staff=True),
        "malformed": bearer("a.b.c"),
        "user_id": edge.shopper(store, user_id=""),
    }


def false_staff(scene: SpendingScene) -> dict[str, dict[str, str]]:
    """Headers of everybody who is no staff member of the store."""
    edge, store = scene.edge, scene.stage.store
    now, forger = edge.clock(), SigningKey("store-key")
    claims = staff_claims(store.api_url, now, store.app_id)
    return {
        "signature": bearer(forger.token(claims)),
        "algorithm": bearer(edge.key.raw_token({"alg": "none", "kid": edge.key.kid}, claims)),
        "expired": edge.staff(store, exp=int(now.timestamp()) - 31),
        "issuer": edge.staff(store, iss="https://elsewhere.example/graphql/"),
        "type": edge.shopper(store),
        "not_staff": edge.staff(store, is_staff=False),
        "app": edge.staff(store, app="QXBwOjk5OQ=="),
        "malformed": bearer("a.b.c"),
    }


@pytest.mark.parametrize("call", STOREFRONT_CALLS)
def test_nobody_but_a_shopper_of_the_store_is_served(scene: SpendingScene, call: str) -> None:
    method, path, body = STOREFRONT_CALLS[call]
    for reason, headers in false_shoppers(scene).items():
        sent = headers | {"Idempotency-Key": "wish"}
        answer = scene.edge.send(method, path, sent, body)
        assert told(answer) == (401, "invalid_token"), reason
        assert answer.json()["error"]["detail"] == {"reason": reason}
        assert answer.headers["www-authenticate"] == "Bearer"
    assert scene.stage.network.asked == []


@pytest.mark.parametrize("call", ["spend", "look", "give_up"])
def test_without_a_token_nothing_is_spent(scene: SpendingScene, call: str) -> None:
    method, path, body = STOREFRONT_CALLS[call]
    answer = scene.edge.send(method, path, {"Idempotency-Key": "wish"}, body)
    assert told(answer) == (401, "token_missing")


@pytest.mark.parametrize("call", STAFF_CALLS)
def test_nobody_but_staff_of_the_store_is_served(scene: SpendingScene, call: str) -> None:
    method, path, body = STAFF_CALLS[call]
    for reason, headers in false_staff(scene).items():
        sent = headers | {"Idempotency-Key": "wish"}
        answer = scene.edge.send(method, path, sent, body)
        assert told(answer) == (401, "invalid_token"), reason
        assert answer.json()["error"]["detail"] == {"reason": reason}
    answer = scene.edge.send(method, path, {"Idempotency-Key": "wish"}, body)
    assert told(answer) == (401, "token_missing")


@pytest.mark.parametrize("call", STAFF_CALLS)
def test_staff_without_a_permission_of_the_app_are_not_served(
    scene: SpendingScene, call: str
) -> None:
    method, path, body = STAFF_CALLS[call]
    headers = scene.edge.staff(scene.stage.store, user_permissions=["MANAGE_PAGES"])
    answer = scene.edge.send(method, path, headers | {"Idempotency-Key": "wish"}, body)
    assert told(answer) == (403, "missing_user_permission")
