"""The signatures that a running Saleor made."""

import itertools
import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from joserfc import jws
from joserfc.jwk import KeySet as JoseKeySet

from saleor_loyalty_app.saleor.errors import InvalidSignature, UnknownKey
from saleor_loyalty_app.saleor.keys import KeySet
from saleor_loyalty_app.saleor.signature import verify_webhook
from tests.signing import SigningKey


@dataclass(frozen=True)
class Recording:
    """A webhook as it came, with its place."""

    place: str
    signature: str
    body: bytes


@pytest.fixture(scope="module")
def jwks(shared: Path) -> dict[str, object]:
    document: dict[str, object] = json.loads((shared / "recordings" / "jwks.json").read_bytes())
    return document


@pytest.fixture(scope="module")
def recordings(shared: Path) -> list[Recording]:
    found = []
    for file in sorted((shared / "recordings").rglob("*.json")):
        document = json.loads(file.read_bytes())
        if not isinstance(document, dict):
            continue
        headers = {name.lower(): value for name, value in document.get("headers") or []}
        if "saleor-signature" in headers:
            place = str(file.relative_to(shared))
            found.append(Recording(place, headers["saleor-signature"], document["body"].encode()))
    return found


def test_every_recorded_webhook_is_accepted(
    jwks: dict[str, object], recordings: list[Recording]
) -> None:
    keys = KeySet.from_jwks(jwks)
    assert len(recordings) > 100
    for recording in recordings:
        verify_webhook(recording.signature, recording.body, keys)


def test_joserfc_accepts_them_too(jwks: dict[str, object], recordings: list[Recording]) -> None:
    keys = JoseKeySet.import_key_set(jwks)  # type: ignore[arg-type]
    for recording in recordings[::10]:
        jws.deserialize_compact(
            recording.signature, keys, payload=recording.body, algorithms=["RS256"]
        )


def test_every_recorded_webhook_is_refused_when_tampered_with(
    jwks: dict[str, object], recordings: list[Recording]
) -> None:
    keys = KeySet.from_jwks(jwks)
    for recording in recordings:
        header, _, signature = recording.signature.partition("..")
        last = bytes([recording.body[-1] ^ 1])
        for changed, body in (
            (recording.signature, recording.body + b" "),
            (recording.signature, recording.body[:-1] + last),
            (recording.signature, b""),
            (f"{header}..{signature[::-1]}", recording.body),
            (f"{header}..{signature[:-4]}", recording.body),
            (recording.signature.swapcase(), recording.body),
        ):
            with pytest.raises((InvalidSignature, UnknownKey)):
                verify_webhook(changed, body, keys)


def test_the_signature_of_one_webhook_does_not_fit_another(
    jwks: dict[str, object], recordings: list[Recording]
) -> None:
    keys = KeySet.from_jwks(jwks)
    for one, other in itertools.pairwise(recordings):
        if one.body != other.body:
            with pytest.raises(InvalidSignature):
                verify_webhook(one.signature, other.body, keys)


def test_another_stores_key_does_not_accept_them(recordings: list[Recording]) -> None:
    stranger = KeySet.from_jwks(SigningKey("KYKyLRyqaNj211AjoY3knGSgllEUriT5kiDzooUq-P4").jwks)
    for recording in recordings:
        with pytest.raises(InvalidSignature):
            verify_webhook(recording.signature, recording.body, stranger)
