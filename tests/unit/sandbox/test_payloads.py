"""Payloads and their signatures."""

import json

import pytest
from joserfc import jwk, jws

from sandbox import Sandbox
from sandbox.box import id_of
from sandbox.events.render import to_body
from sandbox.keys import from_b64url
from sandbox.schema.subscription_query import SubscriptionError
from tests.unit.sandbox.shopping import Shop, manifest, subscription


def test_a_payload_has_the_fields_of_the_event_at_its_top() -> None:
    shop = Shop.open()
    shop.buy()
    app = shop.app("number total { gross { amount currency } }", "OrderCreated")
    payload = shop.box.render(shop.happened("ORDER_CREATED"), app.webhooks[0].query or "", app)
    assert payload is not None
    assert payload["order"] == {
        "number": "1",
        "total": {"gross": {"amount": 167.4, "currency": "USD"}},
    }
    assert payload["__typename"] == "OrderCreated"
    assert payload["recipient"] == {"id": "QXBwOjI="}
    assert payload["version"] == "3.23.28"
    assert payload["issuingPrincipal"] == {"__typename": "User"}
    assert "errors" not in payload


def test_money_is_written_as_a_json_number() -> None:
    shop = Shop.open()
    shop.buy()
    app = shop.app("total { net { amount } }", "OrderCreated")
    payload = shop.box.render(shop.happened("ORDER_CREATED"), app.webhooks[0].query or "", app)
    assert payload is not None
    assert b'{"net": {"amount": 155.0}}' in to_body(payload)


def test_the_body_is_ascii_with_everything_else_escaped() -> None:
    assert to_body({"name": "Ayşe"}) == b'{"name": "Ay\\u015fe"}'


def test_what_the_app_may_not_see_becomes_an_error_and_its_parent_null() -> None:
    shop = Shop.open()
    shop.buy()
    query = subscription("number user { privateMetadata { key } }", "OrderCreated")
    app = shop.box.install(manifest(query, permissions=["MANAGE_ORDERS"]))
    payload = shop.box.render(shop.happened("ORDER_CREATED"), query, app)
    assert payload is not None
    assert payload["order"] == {"number": "1", "user": None}
    assert [error["extensions"]["exception"]["code"] for error in payload["errors"]] == [
        "PermissionDenied"
    ]
    assert payload["errors"][0]["path"] == ["event", "order", "user", "privateMetadata"]


def test_the_private_metadata_of_a_deleted_customer_takes_the_user_away() -> None:
    shop = Shop.open()
    query = "subscription { event { ... on CustomerDeleted { user { id %s } } } }"
    app = shop.box.install(manifest(query % ""))
    user = shop.box.user("maria@example.com")
    answer = shop.box.execute(
        "mutation ($id: ID!) { customerDelete(id: $id) { errors { code } } }",
        {"id": id_of(user)},
        shop.box.staff_token(),
    )
    assert answer["data"]["customerDelete"]["errors"] == []
    deleted = shop.happened("CUSTOMER_DELETED")
    assert shop.box.render(deleted, query % "", app) == {"user": {"id": id_of(user)}}
    with_private = shop.box.render(deleted, query % "privateMetadata { key }", app)
    assert with_private is not None
    assert with_private["user"] is None


def test_a_refund_request_without_a_grant_shows_an_error_as_saleor_does() -> None:
    shop = Shop.open()
    _order, item = shop.buy()
    shop.teller.request(item, "REFUND", "10")
    query = (
        "subscription { event { ... on TransactionRefundRequested { action { actionType amount }"
        " grantedRefund { id amount { amount } } } } }"
    )
    app = shop.box.install(manifest(query, permissions=["HANDLE_PAYMENTS"]))
    payload = shop.box.render(shop.happened("TRANSACTION_REFUND_REQUESTED"), query, app)
    assert payload is not None
    assert payload["action"] == {"actionType": "REFUND", "amount": 10.0}
    assert payload["grantedRefund"] is None
    assert payload["errors"]


def test_a_torn_payload_has_old_totals_beside_new_transactions() -> None:
    shop = Shop.open()
    _order, item = shop.buy()
    shop.teller.report(item, "REFUND_SUCCESS", "67.40", "r1")
    query = subscription(
        "totalCharged { amount } chargeStatus totalRefunded { amount }"
        " transactions { chargedAmount { amount } }",
        "OrderRefunded",
    )
    app = shop.box.install(manifest(query))
    refunded = shop.happened("ORDER_REFUNDED")
    whole = shop.box.render(refunded, query, app)
    torn = shop.box.render(refunded, query, app, torn=True)
    assert whole is not None
    assert torn is not None
    assert whole["order"]["totalCharged"] == {"amount": 100.0}
    assert torn["order"]["totalCharged"] == {"amount": 167.4}
    assert torn["order"]["transactions"] == whole["order"]["transactions"]


def test_a_query_of_another_event_has_nothing_to_say() -> None:
    shop = Shop.open()
    shop.buy()
    app = shop.app("id", "OrderCancelled")
    query = "subscription { event { ... on OrderCancelled { order { id } } } }"
    assert shop.box.render(shop.happened("ORDER_CREATED"), query, app) is None


def test_a_wrong_query_is_refused() -> None:
    shop = Shop.open()
    shop.buy()
    app = shop.app()
    with pytest.raises(SubscriptionError, match="Cannot query field 'nothing'"):
        shop.box.render(
            shop.happened("ORDER_CREATED"), subscription("nothing", "OrderCreated"), app
        )


def test_a_field_newer_than_the_store_is_unknown_to_it() -> None:
    query = subscription("lines { priceOverrideReason }", "OrderCreated")
    assert Sandbox(version="3.23").install(manifest(query)).webhooks[0].events == ["ORDER_CREATED"]
    with pytest.raises(ValueError, match="priceOverrideReason"):
        Sandbox(version="3.22").install(manifest(query))


def test_the_signature_verifies_over_the_raw_body() -> None:
    box = Sandbox()
    body = b'{"a": 1}'
    header, _, signature = box.sign(body).partition("..")
    key = jwk.KeySet.import_key_set(box.jwks())  # type: ignore[arg-type]
    told = json.loads(from_b64url(header))
    assert told == {
        "alg": "RS256",
        "b64": False,
        "crit": ["b64"],
        "kid": box.jwks()["keys"][0]["kid"],
        "typ": "JWT",
    }
    detached = jws.deserialize_compact(
        f"{header}..{signature}".encode(), key, algorithms=["RS256"], payload=body
    )
    assert detached.payload == body


def test_the_key_id_is_the_thumbprint_of_the_key() -> None:
    key = Sandbox().jwks()["keys"][0]
    assert jwk.RSAKey.import_key(key).thumbprint() == key["kid"]
