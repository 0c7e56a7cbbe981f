"""Which keys of a JWKS document are taken."""

import pytest

from saleor_loyalty_app.saleor.errors import InvalidKeySet, UnknownKey
from saleor_loyalty_app.saleor.keys import KeySet
from tests.signing import SigningKey, encoded

KEY = SigningKey()


def number(value: int) -> str:
    return encoded(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def test_equal_documents_give_the_same_keys_once() -> None:
    assert KeySet.from_jwks(KEY.jwks) is KeySet.from_jwks(dict(KEY.jwks))


def test_a_key_is_found_by_its_id() -> None:
    keys = KeySet.from_jwks(KEY.jwks)
    assert keys.find("key-1").public_numbers() == KEY.private.public_key().public_numbers()
    with pytest.raises(UnknownKey):
        keys.find("key-2")


@pytest.mark.parametrize(
    "change",
    [
        {"kty": "EC"},
        {"kty": "oct"},
        {"use": "enc"},
        {"alg": "RS512"},
        {"alg": "RSA-OAEP"},
        {"key_ops": ["encrypt"]},
        {"key_ops": 7},
        {"kid": ""},
        {"kid": None},
        {"kid": 7},
    ],
)
def test_keys_for_other_uses_are_passed_over(change: dict[str, object]) -> None:
    with pytest.raises(InvalidKeySet):
        KeySet.from_jwks({"keys": [KEY.jwk | change]})
    assert list(KeySet.from_jwks({"keys": [KEY.jwk | change, KEY.jwk]}).keys) == ["key-1"]


@pytest.mark.parametrize(
    "change",
    [
        {"n": number(2**1023 + 1)},
        {"n": number(2**9000 + 1)},
        {"n": "not base64!"},
        {"n": None},
        {"e": number(1)},
        {"e": number(65536)},
        {"e": number(2**40 + 1)},
        {"e": 65537},
    ],
)
def test_an_unsafe_key_spoils_the_document(change: dict[str, object]) -> None:
    with pytest.raises(InvalidKeySet):
        KeySet.from_jwks({"keys": [KEY.jwk | change]})


@pytest.mark.parametrize(
    "document", [{}, {"keys": None}, {"keys": {}}, {"keys": []}, {"keys": [7]}]
)
def test_a_document_without_keys_is_refused(document: dict[str, object]) -> None:
    with pytest.raises(InvalidKeySet):
        KeySet.from_jwks(document)


def test_a_document_with_very_many_keys_is_refused() -> None:
    with pytest.raises(InvalidKeySet):
        KeySet.from_jwks({"keys": [KEY.jwk] * 21})
