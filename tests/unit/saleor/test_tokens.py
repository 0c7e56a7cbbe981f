"""Tokens of shoppers and staff."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_loyalty_app.saleor.errors import InvalidToken, MissingUserPermission, UnknownKey
from saleor_loyalty_app.saleor.keys import KeySet
from saleor_loyalty_app.saleor.tokens import (
    unverified_issuer,
    verify_shopper,
    verify_staff,
    verify_token,
)
from tests.signing import SigningKey, encoded, shopper_claims, staff_claims

STORE = SigningKey()
KEYS = KeySet.from_jwks(STORE.jwks)
API = "https://shop.example.com/graphql/"
APP = "QXBwOjI="
NOW = datetime(2027, 1, 1, 12, tzinfo=UTC)


def shopper_refused(token: str, now: datetime = NOW) -> str:
    with pytest.raises(InvalidToken) as failure:
        verify_shopper(token, KEYS, issuer=API, now=now)
    return failure.value.reason


def test_a_shopper_is_known_by_the_token() -> None:
    claims = verify_shopper(STORE.token(shopper_claims(API, NOW)), KEYS, issuer=API, now=NOW)
    assert (claims.user_id, claims.email, claims.is_staff) == (
        "VXNlcjo1",
        "ayse@example.com",
        False,
    )
    assert claims.expires_at == NOW + timedelta(minutes=5)
    assert claims.permissions == claims.user_permissions == frozenset()


def test_tokens_of_other_sign_in_plugins_are_saleors_too() -> None:
    token = STORE.token(shopper_claims(API, NOW, owner="mirumee.authentication.openidconnect"))
    assert verify_shopper(token, KEYS, issuer=API, now=NOW).user_id == "VXNlcjo1"


def test_an_issuer_is_compared_in_its_one_spelling() -> None:
    token = STORE.token(shopper_claims("HTTPS://Shop.Example.com:443/graphql/", NOW))
    assert unverified_issuer(token) == API
    assert verify_shopper(token, KEYS, issuer=API, now=NOW).iss == API


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"iss": "https://other.example.com/graphql/"}, "issuer"),
        ({"iss": "https://shop.example.com/"}, "issuer"),
        ({"iss": "not an address"}, "iss"),
        ({"iss": ["https://shop.example.com/graphql/"]}, "iss"),
        ({"iss": None}, "iss"),
        ({"type": "refresh"}, "type"),
        ({"type": "thirdparty"}, "type"),
        ({"type": None}, "type"),
        ({"is_staff": True}, "staff"),
        ({"user_id": ""}, "user_id"),
        ({"user_id": 5}, "user_id"),
        ({"exp": None}, "exp"),
        ({"exp": "tomorrow"}, "exp"),
        ({"exp": True}, "exp"),
        ({"exp": 10**30}, "exp"),
        ({"iat": int((NOW + timedelta(minutes=2)).timestamp())}, "not_yet_valid"),
        ({"nbf": int((NOW + timedelta(minutes=2)).timestamp())}, "not_yet_valid"),
        ({"permissions": "MANAGE_ORDERS"}, "permissions"),
        ({"app": 7}, "app"),
    ],
)
def test_wrong_claims_are_refused(changes: dict[str, object], reason: str) -> None:
    token = STORE.raw_token({"alg": "RS256", "kid": STORE.kid}, shopper_claims(API, NOW) | changes)
    assert shopper_refused(token) == reason


@pytest.mark.parametrize(("late", "valid"), [(0, True), (29, True), (30, False), (3600, False)])
def test_a_token_ends_with_thirty_seconds_of_leeway(late: int, valid: bool) -> None:
    now = NOW + timedelta(minutes=5, seconds=late)
    token = STORE.token(shopper_claims(API, NOW))
    if valid:
        assert verify_shopper(token, KEYS, issuer=API, now=now).user_id
    else:
        assert shopper_refused(token, now) == "expired"


@pytest.mark.parametrize("algorithm", ["none", "HS256", "RS512", "PS256", None])
def test_the_algorithm_is_pinned(algorithm: object) -> None:
    token = STORE.raw_token({"alg": algorithm, "kid": STORE.kid}, shopper_claims(API, NOW))
    assert shopper_refused(token) == "algorithm"


def test_critical_fields_are_not_understood() -> None:
    header = {"alg": "RS256", "kid": STORE.kid, "crit": ["exp"], "exp": 1}
    assert shopper_refused(STORE.raw_token(header, shopper_claims(API, NOW))) == "critical_fields"


def test_an_unknown_key_is_named_so_that_it_can_be_fetched() -> None:
    token = SigningKey("key-2").token(shopper_claims(API, NOW))
    with pytest.raises(UnknownKey) as failure:
        verify_token(token, KEYS, now=NOW)
    assert failure.value.kid == "key-2"


def test_a_stranger_who_names_our_key_is_refused() -> None:
    assert shopper_refused(SigningKey().token(shopper_claims(API, NOW))) == "signature"


@given(st.data())
def test_a_token_changed_in_one_character_is_refused(data: st.DataObject) -> None:
    token = STORE.token(shopper_claims(API, NOW))
    position = data.draw(st.integers(0, len(token) - 2))
    letter = data.draw(st.sampled_from("AZaz09-_.+/= \u0130"))
    changed = token[:position] + letter + token[position + 1 :]
    if changed != token:
        with pytest.raises((InvalidToken, UnknownKey)):
            verify_token(changed, KEYS, now=NOW)


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c.d",
        "a.b.c",
        "ğ.ü.ş",
        "x" * 20_000,
        encoded(b"[]") + "." + encoded(b"[]") + ".AAAA",
        encoded(b"[" * 3000) + "." + encoded(b"{}") + ".AAAA",
    ],
)
def test_what_is_no_token_is_refused(token: str) -> None:
    assert shopper_refused(token) in {"malformed", "too_long"}
    with pytest.raises(InvalidToken):
        unverified_issuer(token)


def test_a_staff_member_is_known_with_permissions() -> None:
    token = STORE.token(staff_claims(API, NOW, APP))
    claims = verify_staff(
        token, KEYS, issuer=API, app_id=APP, now=NOW, permissions=["MANAGE_USERS"]
    )
    assert claims.email == "admin@example.com"
    assert claims.user_permissions == {"MANAGE_ORDERS", "MANAGE_USERS"}


def test_a_staff_member_without_the_permission_is_told_which() -> None:
    token = STORE.token(staff_claims(API, NOW, APP))
    with pytest.raises(MissingUserPermission) as failure:
        verify_staff(
            token,
            KEYS,
            issuer=API,
            app_id=APP,
            now=NOW,
            permissions=["MANAGE_APPS", "MANAGE_USERS"],
        )
    assert failure.value.detail == {"permissions": "MANAGE_APPS"}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"app": "QXBwOjM="}, "app"),
        ({"app": ""}, "app"),
        ({"type": "access"}, "type"),
        ({"is_staff": False}, "not_staff"),
        ({"iss": "https://other.example.com/graphql/"}, "issuer"),
    ],
)
def test_staff_of_other_apps_and_stores_are_refused(
    changes: dict[str, object], reason: str
) -> None:
    token = STORE.token(staff_claims(API, NOW, APP, **changes))
    with pytest.raises(InvalidToken) as failure:
        verify_staff(token, KEYS, issuer=API, app_id=APP, now=NOW)
    assert failure.value.reason == reason
