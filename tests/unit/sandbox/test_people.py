"""Customers, their tokens, and guests who become customers."""

from datetime import timedelta
from typing import Any

import pytest

from sandbox import Sandbox
from sandbox.box import id_of
from tests.unit.sandbox.shopping import SHOPPER, Shop, manifest, subscription


def _sign_in(box: Sandbox, email: str, password: str) -> dict[str, Any]:
    answer = box.execute(
        "mutation ($e: String!, $p: String!) { tokenCreate(email: $e, password: $p) {"
        " token user { email } errors { code } } }",
        {"e": email, "p": password},
    )
    return dict(answer["data"]["tokenCreate"])


def test_a_shopper_signs_in_with_saleors_claims_for_five_minutes() -> None:
    box = Sandbox()
    token = _sign_in(box, SHOPPER, "password")["token"]
    claims = box.key.read_token(token)
    assert claims is not None
    assert claims["iss"] == "http://127.0.0.1:8100/graphql/"
    assert claims["owner"] == "saleor"
    assert claims["type"] == "access"
    assert claims["is_staff"] is False
    assert claims["user_id"] == id_of(box.user(SHOPPER))
    assert claims["exp"] - claims["iat"] == 300
    assert box.execute("{ me { email } }", token=token)["data"] == {"me": {"email": SHOPPER}}


def test_an_expired_token_is_told_so() -> None:
    box = Sandbox()
    token = box.shopper_token(SHOPPER)
    box.clock.advance(timedelta(seconds=301))
    answer = box.execute("{ me { email } }", token=token)
    assert answer["errors"][0]["extensions"]["exception"]["code"] == "ExpiredSignatureError"


def test_a_tampered_token_is_refused() -> None:
    box = Sandbox()
    head, claims, signature = box.shopper_token(SHOPPER).split(".")
    answer = box.execute("{ me { email } }", token=f"{head}.{claims}x.{signature}")
    assert answer["errors"][0]["extensions"]["exception"]["code"] == "InvalidTokenError"


@pytest.mark.parametrize(
    ("email", "password", "code"),
    [
        (SHOPPER, "wrong", "INVALID_CREDENTIALS"),
        ("nobody@example.com", "password", "INVALID_CREDENTIALS"),
        ("new@example.com", "password", "ACCOUNT_NOT_CONFIRMED"),
    ],
)
def test_wrong_credentials_are_refused(email: str, password: str, code: str) -> None:
    assert _sign_in(Sandbox(), email, password)["errors"] == [{"code": code}]


def test_the_frame_gets_a_token_for_app_and_user() -> None:
    box = Sandbox()
    app = box.install(manifest(subscription("id", "OrderCreated")))
    claims = box.key.read_token(box.dashboard_token(app))
    assert claims is not None
    assert claims["type"] == "thirdparty"
    assert claims["app"] == id_of(app)
    assert claims["permissions"] == ["MANAGE_ORDERS", "MANAGE_USERS"]
    assert "MANAGE_APPS" in claims["user_permissions"]
    assert claims["is_staff"] is True


def test_registering_tells_of_a_customer_who_must_confirm() -> None:
    shop = Shop.open()
    answer = shop.box.execute(
        'mutation { accountRegister(input: {email: "zoe@example.com", password: "password"}) {'
        " user { id } errors { code } } }"
    )
    assert answer["data"]["accountRegister"]["user"] == {"id": ""}
    assert shop.events() == ["CUSTOMER_CREATED", "ACCOUNT_CONFIRMATION_REQUESTED"]
    token = shop.happened("ACCOUNT_CONFIRMATION_REQUESTED").about["token"]
    shop.box.execute(
        'mutation ($t: String!) { confirmAccount(email: "zoe@example.com", token: $t) {'
        " errors { code } } }",
        {"t": token},
    )
    assert shop.events() == ["ACCOUNT_CONFIRMED"]
    assert shop.box.user("zoe@example.com").is_confirmed


REGISTER = (
    'mutation { accountRegister(input: {email: "zoe@example.com", password: "password"}) {'
    " requiresConfirmation errors { code } } }"
)


def test_where_nobody_is_asked_to_confirm_accounts_stay_unconfirmed_and_may_sign_in() -> None:
    shop = Shop.open()
    shop.box.store.asks_to_confirm = False
    answer = shop.box.execute(REGISTER)
    assert answer["data"]["accountRegister"] == {"requiresConfirmation": False, "errors": []}
    assert shop.events() == ["CUSTOMER_CREATED"]
    assert not shop.box.user("zoe@example.com").is_confirmed
    assert _sign_in(shop.box, "zoe@example.com", "password")["errors"] == []


def test_a_password_set_by_mail_confirms_and_nobody_is_told() -> None:
    shop = Shop.open()
    shop.box.execute(REGISTER)
    checkout = shop.cart(by=None, email="zoe@example.com")
    shop.teller.transact(checkout, "Card", "USD", by=shop.teller.cast.app, amountCharged="167.40")
    order = shop.teller.complete(checkout, by=None)
    shop.events()
    ask = (
        'mutation { requestPasswordReset(email: "zoe@example.com",'
        ' redirectUrl: "http://127.0.0.1:3000/") { errors { code } } }'
    )
    shop.box.execute(ask)
    assert shop.events() == ["ACCOUNT_SET_PASSWORD_REQUESTED"]
    token = shop.happened("ACCOUNT_SET_PASSWORD_REQUESTED").about["token"]
    shop.box.execute(ask)
    assert shop.events() == [], "one letter in a quarter of an hour"
    setting = (
        'mutation ($t: String!) { setPassword(email: "zoe@example.com", token: $t,'
        ' password: "another-password") { token errors { code } } }'
    )
    wrong = shop.box.execute(setting, {"t": "wrong"})["data"]["setPassword"]
    assert wrong["errors"] == [{"code": "INVALID"}]
    assert shop.box.execute(setting, {"t": token})["data"]["setPassword"]["token"]
    assert shop.events() == []
    zoe = shop.box.user("zoe@example.com")
    assert zoe.is_confirmed
    assert shop.teller.read(order, "user { id }")["user"] == {"id": id_of(zoe)}


def test_an_account_that_staff_make_is_never_confirmed_from_the_beginning() -> None:
    shop = Shop.open()
    shop.teller.ask(
        "customerCreate",
        "input: UserCreateInput!",
        "user { id }",
        shop.teller.cast.staff,
        input={"email": "zoe@example.com", "isConfirmed": True},
    )
    assert not shop.box.user("zoe@example.com").is_confirmed


def test_guest_orders_join_silently_when_staff_confirm_the_customer() -> None:
    shop = Shop.open()
    email = "new@example.com"
    shop.box.user(email).email = "elsewhere@example.com"
    checkout = shop.cart(by=None, email=email)
    shop.teller.transact(checkout, "Card", "USD", by=shop.teller.cast.app, amountCharged="167.40")
    order = shop.teller.complete(checkout, by=None)
    before = shop.teller.read(order, "user { id } updatedAt")
    assert before["user"] is None
    user = shop.box.user("elsewhere@example.com")
    shop.events()
    shop.teller.ask(
        "customerUpdate",
        "id: ID!, input: CustomerInput!",
        "user { id }",
        shop.teller.cast.staff,
        id=id_of(user),
        input={"email": email, "isConfirmed": True},
    )
    after = shop.teller.read(order, "user { id } updatedAt")
    assert shop.events() == ["CUSTOMER_UPDATED"]
    assert after == {"user": {"id": id_of(user)}, "updatedAt": before["updatedAt"]}


def test_a_deleted_customers_orders_stay_with_their_address() -> None:
    shop = Shop.open()
    order, _item = shop.buy()
    shop.teller.ask(
        "customerDelete",
        "id: ID!",
        "user { id }",
        shop.teller.cast.staff,
        id=id_of(shop.box.user(SHOPPER)),
    )
    assert shop.teller.read(order, "user { id } userEmail") == {
        "user": None,
        "userEmail": SHOPPER,
    }


def test_metadata_of_a_customer_is_told_twice_and_of_an_order_once() -> None:
    shop = Shop.open()
    order, _item = shop.buy()
    shop.events()
    for node in (id_of(shop.box.user(SHOPPER)), order):
        shop.teller.ask(
            "updatePrivateMetadata",
            "id: ID!, input: [MetadataInput!]!",
            "item { __typename }",
            shop.teller.cast.staff,
            id=node,
            input=[{"key": "loyalty.tier", "value": "gold"}],
        )
    assert shop.events() == [
        "CUSTOMER_UPDATED",
        "CUSTOMER_METADATA_UPDATED",
        "ORDER_METADATA_UPDATED",
    ]


def test_a_shopper_writes_own_public_metadata_and_no_private() -> None:
    box = Sandbox()
    token, user = box.shopper_token(SHOPPER), id_of(box.user(SHOPPER))
    text = (
        'mutation ($id: ID!) { %s(id: $id, input: [{key: "a", value: "b"}]) { errors { code } } }'
    )
    assert "errors" not in box.execute(text % "updateMetadata", {"id": user}, token)
    denied = box.execute(text % "updatePrivateMetadata", {"id": user}, token)
    assert denied["errors"][0]["extensions"]["exception"]["code"] == "PermissionDenied"


def test_a_shopper_sees_own_orders_and_not_the_transactions() -> None:
    shop = Shop.open()
    shop.buy()
    text = "{ me { orders(first: 5) { totalCount edges { node { number %s } } } } }"
    token = shop.teller.cast.shopper
    seen = shop.box.execute(text % "", token=token)["data"]["me"]["orders"]
    assert seen == {"totalCount": 1, "edges": [{"node": {"number": "1"}}]}
    denied = shop.box.execute(text % "transactions { id }", token=token)
    assert denied["errors"][0]["extensions"]["exception"]["code"] == "PermissionDenied"
