"""API keys: what is sent, what is stored of it, and what tells them apart."""

import math

import pytest

from saleor_loyalty_app.stores.partner_tokens import (
    SECRET_LENGTH,
    PartnerToken,
    new_token,
    read_token,
    shown,
)


def test_a_key_is_read_as_it_was_written_and_holds_160_bits_and_more() -> None:
    token = new_token()
    assert read_token(token.text) == token
    assert SECRET_LENGTH * math.log2(62) >= 160
    assert len({new_token().secret for _ in range(100)}) == 100


def test_a_new_secret_of_a_key_keeps_its_prefix() -> None:
    token = new_token()
    newer = new_token(token.prefix)
    assert newer.prefix == token.prefix
    assert newer.secret != token.secret


def test_what_is_stored_tells_the_key_but_not_its_secret() -> None:
    token = new_token()
    assert token.matches(token.digest)
    assert token.secret not in token.digest
    assert token.secret not in repr(token)
    assert token.secret not in shown(token.prefix)
    assert not new_token(token.prefix).matches(token.digest)
    # The digest of one key is no key under another prefix.
    assert not PartnerToken(new_token().prefix, token.secret).matches(token.digest)
    assert not token.matches("")


@pytest.mark.parametrize(
    "text",
    ["", "slk_", "slk_abc_def", f"slk_{'A' * 12}_{'a' * 40}", f"slk_{'a' * 12}_{'a' * 39}",
     f"slk_{'a' * 12}_{'a' * 40}\n", f"sk_{'a' * 12}_{'a' * 40}", f"slk_{'a' * 12}_{'é' * 40}",
     f"slk_{'١' * 12}_{'a' * 40}"],
)  # fmt: skip
def test_any_other_text_is_no_key(text: str) -> None:
    assert read_token(text) is None
