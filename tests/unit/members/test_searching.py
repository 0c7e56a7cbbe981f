"""What was typed into the search, and names as they are compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_loyalty_app.members.name_keys import fold, name_keys
from saleor_loyalty_app.members.search_terms import SearchTerms, search_terms


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ayşe  YILMAZ", "ayse yilmaz"),
        ("ISPARTALI İbrahim ıslak", "ispartali ibrahim islak"),
        ("Åse Łukasz Øvergård", "ase lukasz overgard"),
        ("Straße", "strasse"),
        ("  ", ""),
        ("王芳", "王芳"),
        ("𝑨𝒚şe", "ayse"),
    ],
)
def test_names_are_folded_as_people_take_them_for_equal(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(max_size=300))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    assert len(once) <= 120


def test_a_name_is_found_from_either_end() -> None:
    assert name_keys("Ayşe", "Yılmaz") == ("ayse yilmaz", "yilmaz ayse")


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("", None),
        ("  \x00 ", None),
        ("#", None),
        ("#a b", None),
        ("# 18", SearchTerms(order="18")),
        ("18", SearchTerms(member=18, order="18", email_start="18")),
        ("9" * 19, SearchTerms(order="9" * 19, email_start="9" * 19, name="9" * 19)),
        ("A@B.example", SearchTerms(email="a@b.example", email_start="a@b.example")),
        ("ayşe yıl", SearchTerms(name="ayse yil")),
        ("VXNlcjo1", SearchTerms(user_id="VXNlcjo1", email_start="vxnlcjo1", name="vxnlcjo1",
                                 order="VXNlcjo1")),
    ],
)  # fmt: skip
def test_what_was_typed_may_stand_for(typed: str, terms: SearchTerms | None) -> None:
    assert search_terms(typed) == terms


@given(st.text(max_size=400))
def test_nothing_that_is_typed_breaks_the_search(text: str) -> None:
    found = search_terms(text)
    assert found is None or found != SearchTerms()
