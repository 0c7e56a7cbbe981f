"""Origins: how they are written, and which a store takes."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_loyalty_app.stores.errors import InvalidOrigin
from saleor_loyalty_app.stores.origins import EVERYBODY, Origins, canonical_origin, fits


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("https://shop.example.com", "https://shop.example.com"),
        (" HTTPS://Shop.Example.COM:443/ ", "https://shop.example.com"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
        ("https://*.Preview.example.com", "https://*.preview.example.com"),
    ],
)
def test_an_origin_has_one_spelling(written: str, canonical: str) -> None:
    assert canonical_origin(written) == canonical
    assert canonical_origin(canonical) == canonical


@given(st.text(max_size=400))
def test_any_text_is_an_origin_or_refused(text: str) -> None:
    with contextlib.suppress(InvalidOrigin):
        found = canonical_origin(text)
        assert canonical_origin(found) == found


def test_a_refusal_repeats_no_endless_text() -> None:
    with pytest.raises(InvalidOrigin) as refused:
        canonical_origin("https://" + "a" * 5000)
    assert len(str(refused.value.detail["origin"])) == 100


def test_a_wildcard_stands_for_subdomains_of_its_scheme_only() -> None:
    allowed = "https://*.example.com"
    assert fits(allowed, "https://a.example.com")
    assert fits(allowed, "https://a.b.example.com")
    for strange in (
        "https://example.com",
        "http://a.example.com",
        "https://a.example.com.evil.org",
        "https://aexample.com",
        "https://a.example.com:8443",
    ):
        assert not fits(allowed, strange), strange


def test_a_store_that_named_none_takes_all() -> None:
    origins = Origins({7: ("https://shop.example.com",), 8: ()}, any_store_open=False)
    assert origins.allows(7, "https://shop.example.com")
    assert not origins.allows(7, "https://elsewhere.example")
    assert not origins.allows(8, "https://shop.example.com")
    assert origins.allows(9, "https://elsewhere.example")
    assert origins.somebody_allows("https://shop.example.com")
    assert not origins.somebody_allows("https://elsewhere.example")
    assert EVERYBODY.somebody_allows("https://elsewhere.example")
