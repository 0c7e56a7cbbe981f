"""Cursors and ids are opaque, and foreign ones are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_loyalty_app.api.opaque import (
    CursorInvalid,
    cursor_of,
    entry_id,
    ledger_cursor,
)


@given(st.integers(0, 10**18 - 1))
def test_a_cursor_comes_back_as_it_went(number: int) -> None:
    cursor = cursor_of(str(number))
    assert ledger_cursor(cursor) == str(number)
    assert str(number) not in cursor or number < 1000


@given(st.text(max_size=200))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(CursorInvalid):
        ledger_cursor(text)


def test_the_id_of_an_entry_is_no_cursor() -> None:
    with pytest.raises(CursorInvalid):
        ledger_cursor(entry_id(7))
