"""The signature of a webhook: what is accepted is what joserfc accepts, and nothing else is."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet as JoseKeySet

from saleor_loyalty_app.saleor.errors import InvalidSignature, UnknownKey
from saleor_loyalty_app.saleor.keys import KeySet
from saleor_loyalty_app.saleor.signature import verify_webhook
from tests.signing import SigningKey, encoded

STORE = SigningKey()
STRANGER = SigningKey()
KEYS = KeySet.from_jwks(STORE.jwks)
BODY = b'{"__typename": "OrderCreated", "order": {"id": "T3JkZXI6MQ==", "note": "a.b..c"}}'


def refused(signature: str, body: bytes = BODY) -> str:
    with pytest.raises(InvalidSignature) as failure:
        verify_webhook(signature, body, KEYS)
    return failure.value.reason


def accepted_by_joserfc(signature: str, body: bytes) -> bool:
    keys = JoseKeySet.import_key_set(STORE.jwks)  # type: ignore[arg-type]
    try:
        jws.deserialize_compact(signature, keys, payload=body, algorithms=["RS256"])
    except (JoseError, ValueError):
        return False
    return True


def test_a_signature_of_the_store_is_accepted() -> None:
    verify_webhook(STORE.sign(BODY), BODY, KEYS)
    assert accepted_by_joserfc(STORE.sign(BODY), BODY)


def test_an_empty_body_can_be_signed() -> None:
    verify_webhook(STORE.sign(b""), b"", KEYS)


@given(st.binary(max_size=200))
def test_every_signed_body_is_accepted(body: bytes) -> None:
    signature = STORE.sign(body)
    verify_webhook(signature, body, KEYS)
    assert accepted_by_joserfc(signature, body)


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_a_body_changed_in_one_byte_is_refused(position: int, change: int) -> None:
    tampered = bytearray(BODY)
    tampered[position] ^= change
    assert refused(STORE.sign(BODY), bytes(tampered)) == "does_not_match"


@given(st.data())
def test_a_signature_changed_in_one_character_is_refused(data: st.DataObject) -> None:
    signature = STORE.sign(BODY)
    # The last character has bits that mean nothing, so that two spellings are one signature.
    position = data.draw(st.integers(0, len(signature) - 2))
    letter = data.draw(st.sampled_from("AZaz09-_.+/= \u0130"))
    changed = signature[:position] + letter + signature[position + 1 :]
    if changed == signature:
        return
    with pytest.raises((InvalidSignature, UnknownKey)):
        verify_webhook(changed, BODY, KEYS)
    assert not accepted_by_joserfc(changed, BODY)


def test_a_stranger_who_names_our_key_is_refused() -> None:
    assert refused(STRANGER.sign(BODY)) == "does_not_match"


def test_a_key_that_is_not_known_is_named() -> None:
    with pytest.raises(UnknownKey) as failure:
        verify_webhook(STORE.sign(BODY, kid="key-2"), BODY, KEYS)
    assert failure.value.kid == "key-2"


@pytest.mark.parametrize("algorithm", ["none", "HS256", "RS512", "PS256", "ES256", "rs256", "", 1])
def test_every_algorithm_but_rs256_is_refused(algorithm: object) -> None:
    assert refused(STORE.sign(BODY, alg=algorithm)) == "algorithm"


def test_hs256_with_the_public_key_as_secret_is_refused() -> None:
    assert refused(STORE.hmac_confused(BODY)) == "algorithm"


def test_an_unsigned_webhook_is_refused() -> None:
    header = encoded(json.dumps({"alg": "none", "b64": False, "crit": ["b64"]}).encode())
    assert refused(f"{header}..") == "algorithm"


def test_a_missing_signature_behind_a_true_header_is_refused() -> None:
    header = STORE.sign(BODY).split(".")[0]
    assert refused(f"{header}..") == "not_base64url"


@pytest.mark.parametrize(
    "change",
    [
        {"b64": True},
        {"b64": "false"},
        {"b64": 0},
        {"crit": []},
        {"crit": "b64"},
        {"crit": ["b64", "exp"], "exp": 1},
        {"crit": ["b64", "b64"]},
        {"crit": None},
    ],
)
def test_the_critical_fields_must_be_exact(change: dict[str, object]) -> None:
    assert refused(STORE.sign(BODY, **change)) == "critical_fields"


def test_a_payload_encoded_in_the_common_way_is_refused() -> None:
    compact = jws.serialize_compact({"alg": "RS256", "kid": STORE.kid}, BODY, STORE.jose)
    protected, _, signature = compact.split(".")
    assert refused(f"{protected}..{signature}") == "critical_fields"


@pytest.mark.parametrize("kid", ["", None, 7, ["key-1"], "k" * 257])
def test_a_key_id_must_be_a_short_text(kid: object) -> None:
    assert refused(STORE.sign(BODY, kid=kid)) == "key_id"


def test_a_header_that_gives_a_field_twice_is_refused() -> None:
    text = b'{"alg":"RS256","alg":"none","b64":false,"crit":["b64"],"kid":"key-1"}'
    signature = STORE.sign(BODY).rpartition(".")[2]
    assert refused(f"{encoded(text)}..{signature}") == "header_malformed"


@pytest.mark.parametrize(
    ("signature", "reason"),
    [
        ("", "not_detached"),
        ("..", "header_malformed"),
        (".", "not_detached"),
        ("...", "not_detached"),
        ("abc", "not_detached"),
        ("a.b.c", "not_detached"),
        ("a..b.c", "not_detached"),
        ("!!..!!", "header_malformed"),
        ("ğüş..ıİ", "header_malformed"),
        ("W10..AAAA", "header_malformed"),
        (encoded(b"7") + "..AAAA", "header_malformed"),
        (encoded(b"[" * 2000) + "..AAAA", "header_malformed"),
        (encoded(b"\xff\xfe") + "..AAAA", "header_malformed"),
        ("A" * 5000, "too_long"),
        (" " + STORE.sign(BODY), "header_malformed"),
        (STORE.sign(BODY) + "=", "not_base64url"),
        (STORE.sign(BODY) + "\n", "not_base64url"),
    ],
)
def test_malformed_headers_are_refused_with_a_reason(signature: str, reason: str) -> None:
    assert refused(signature) == reason


def test_a_full_token_instead_of_a_detached_signature_is_refused() -> None:
    assert refused(STORE.token({"sub": "1"})) == "not_detached"


@pytest.fixture(scope="module", params=[3072, 4096])
def longer(request: pytest.FixtureRequest) -> SigningKey:
    return SigningKey("long", bits=request.param)


def test_longer_keys_work(longer: SigningKey) -> None:
    verify_webhook(longer.sign(BODY), BODY, KeySet.from_jwks(longer.jwks))


def test_a_store_that_changes_its_key_has_both_for_a_while() -> None:
    new = SigningKey("key-2")
    keys = KeySet.from_jwks({"keys": [STORE.jwk, new.jwk]})
    for key in (STORE, new):
        verify_webhook(key.sign(BODY), BODY, keys)
