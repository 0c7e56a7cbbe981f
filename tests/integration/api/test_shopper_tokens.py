"""Whom the storefront API takes for a shopper, and whom not."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.refresh_keys import KeysUnavailable
from saleor_loyalty_app.saleor.keys import KeySet
from saleor_loyalty_app.stores.models import Store
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge
from tests.signing import SigningKey, shopper_claims


def refused(edge: ApiEdge, headers: dict[str, str] | None) -> tuple[int, str, object]:
    answer = edge.me(headers)
    error = answer.json()["error"]
    if answer.status_code == 401:
        assert answer.headers["www-authenticate"] == "Bearer"
    return answer.status_code, error["code"], error["detail"].get("reason")


@pytest.mark.parametrize(
    "headers",
    [None, {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer "}, {"Authorization": ""}],
)
def test_without_a_bearer_token_nobody_is_known(
    edge: ApiEdge, headers: dict[str, str] | None
) -> None:
    assert refused(edge, headers) == (401, "token_missing", None)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"type": "refresh"}, "type"),
        ({"type": "thirdparty"}, "type"),
        ({"is_staff": True}, "staff"),
        ({"iss": "https://elsewhere.example/graphql/"}, "issuer"),
        ({"user_id": ""}, "user_id"),
    ],
)
def test_tokens_that_are_not_a_shoppers_are_refused(
    edge: ApiEdge, store: StoreRef, changes: dict[str, object], reason: str
) -> None:
    assert refused(edge, edge.shopper(store, **changes)) == (401, "invalid_token", reason)


def test_a_token_expires_after_its_time_and_the_leeway(edge: ApiEdge, store: StoreRef) -> None:
    headers = edge.shopper(store)
    edge.clock.advance(timedelta(minutes=5, seconds=29))
    assert edge.me(headers).status_code == 200
    edge.clock.advance(timedelta(seconds=2))
    assert refused(edge, headers) == (401, "invalid_token", "expired")


def test_the_key_of_another_store_signs_nothing_here(edge: ApiEdge, store: StoreRef) -> None:
    other = SigningKey("store-key")
    claims = shopper_claims(store.api_url, edge.clock())
    headers = {"Authorization": f"Bearer {other.token(claims)}"}
    assert refused(edge, headers) == (401, "invalid_token", "signature")


def test_the_token_of_one_store_does_not_open_the_books_of_another(
    edge: ApiEdge, published: StoreRef
) -> None:
    other = edge.store()
    answer = edge.me(edge.shopper(other))
    assert answer.json()["program"] is None


def test_a_store_that_uninstalled_the_app_is_refused_at_once(
    edge: ApiEdge, store: StoreRef
) -> None:
    headers = edge.shopper(store)
    assert edge.me(headers).status_code == 200
    stores = table(Store)
    edge.database.write(
        lambda conn: conn.execute(
            sa.update(stores).where(stores.c.id == store.id).values(active=False)
        )
    )
    assert refused(edge, headers) == (401, "invalid_token", "store_inactive")


def test_a_store_that_changed_its_key_is_asked_for_it(edge: ApiEdge, store: StoreRef) -> None:
    new = SigningKey("new-key")
    edge.refresh.answer = KeySet.from_jwks(new.jwks)
    headers = {"Authorization": f"Bearer {new.token(shopper_claims(store.api_url, edge.clock()))}"}
    assert edge.me(headers).status_code == 200
    assert edge.refresh.asked == 1


def test_an_invented_key_id_is_refused_after_one_question(edge: ApiEdge, store: StoreRef) -> None:
    edge.refresh.answer = KeySet.from_jwks(edge.key.jwks)
    claims = shopper_claims(store.api_url, edge.clock())
    headers = {"Authorization": f"Bearer {SigningKey('invented').token(claims)}"}
    assert refused(edge, headers) == (401, "invalid_token", "unknown_key")
    assert edge.refresh.asked == 1


def test_keys_that_cannot_be_had_are_our_failure_and_say_when_to_try_again(
    edge: ApiEdge, store: StoreRef
) -> None:
    edge.refresh.answer = KeysUnavailable("asked_lately")
    claims = shopper_claims(store.api_url, edge.clock())
    answer = edge.me({"Authorization": f"Bearer {SigningKey('other').token(claims)}"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "keys_unavailable")
    assert answer.headers["retry-after"] == "60"


def test_unsigned_and_garbled_tokens_are_refused(edge: ApiEdge, store: StoreRef) -> None:
    claims = shopper_claims(store.api_url, edge.clock())
    unsigned = edge.key.raw_token({"alg": "none", "kid": edge.key.kid}, claims)
    for token in (unsigned, "a.b.c", "a" * 20_000, "é.é.é", "..", "\x01"):
        headers = {"Authorization": f"Bearer {token}".encode()}
        answer = edge.me(headers)  # type: ignore[arg-type]
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "invalid_token")
