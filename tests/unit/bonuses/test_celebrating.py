"""Days of the year: 29 February, zones, years, and what is caught up."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_loyalty_app.bonuses.answers import fit
from saleor_loyalty_app.bonuses.celebrating import (
    LONGEST_CATCH_UP,
    Birthday,
    birthdays_on,
    celebrated_in,
    day_to_do,
    joined_years_before,
    next_celebration,
    start_of,
    years_in,
)
from saleor_loyalty_app.bonuses.errors import AnswerUnfit
from saleor_loyalty_app.bonuses.given import months_later
from saleor_loyalty_app.programs.bonuses import Question

ISTANBUL = ZoneInfo("Europe/Istanbul")
DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))
LEAP_DAYS = st.sampled_from(["feb_28", "mar_1"])


@given(DAYS, LEAP_DAYS, st.integers(2000, 2100))
def test_everybody_has_one_birthday_a_year(born: date, leap_day: str, year: int) -> None:
    birthday = Birthday(born.month, born.day)
    found = [
        day
        for day in (date(year, 1, 1) + timedelta(days=at) for at in range(366))
        if day.year == year and birthday in birthdays_on(day, leap_day)  # type: ignore[arg-type]
    ]
    assert found == [celebrated_in(birthday, year, leap_day)]  # type: ignore[arg-type]


def test_29_february_is_celebrated_as_the_owner_says() -> None:
    born = Birthday(2, 29)
    assert celebrated_in(born, 2027, "feb_28") == date(2027, 2, 28)
    assert celebrated_in(born, 2027, "mar_1") == date(2027, 3, 1)
    assert celebrated_in(born, 2028, "feb_28") == date(2028, 2, 29)
    assert next_celebration(born, date(2027, 3, 1), "feb_28") == date(2028, 2, 29)
    assert not Birthday(2, 30).is_possible


@given(DAYS, st.integers(1, 30))
def test_an_anniversary_is_on_the_day_of_joining_by_the_clocks_of_the_store(
    joined: date, years: int
) -> None:
    late_evening = start_of(joined, ISTANBUL) + timedelta(hours=23, minutes=59)
    day = celebrated_in(Birthday(joined.month, joined.day), joined.year + years, "feb_28")
    spans = joined_years_before(day, 2000, ISTANBUL, "feb_28")
    assert years_in(spans, late_evening) == years
    assert years_in(spans, late_evening + timedelta(days=3)) == 0


def test_missed_days_are_caught_up_but_no_lost_season() -> None:
    today = date(2027, 6, 30)
    assert day_to_do(None, today) == today
    assert day_to_do(today - timedelta(days=3), today) == today - timedelta(days=3)
    assert day_to_do(date(2027, 1, 1), today) == today - LONGEST_CATCH_UP
    assert day_to_do(today + timedelta(days=1), today) is None


def test_months_end_where_a_month_is_shorter() -> None:
    at = datetime(2027, 8, 31, tzinfo=UTC)
    assert months_later(at, 6) == datetime(2028, 2, 29, tzinfo=UTC)
    assert months_later(at, 24) == datetime(2029, 8, 31, tzinfo=UTC)


def question(kind: str) -> Question:
    options = [{"id": one, "label": {"en": one}} for one in ("s", "m")]
    values = {"id": "q", "text": {"en": "?"}, "kind": kind}
    return Question.model_validate(values | ({"options": options} if kind == "choice" else {}))


@pytest.mark.parametrize(
    ("kind", "said", "kept"),
    [
        ("choice", " m ", "m"),
        ("number", "12.50", "12.5"),
        ("number", "-0", "0"),
        ("date", "2026-02-28", "2026-02-28"),
        ("text", "  blue\nor green ", "blue\nor green"),
    ],
)
def test_an_answer_is_kept_in_one_form(kind: str, said: str, kept: str) -> None:
    assert fit(question(kind), said) == kept


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("choice", "xl"),
        ("number", "1e9"),
        ("number", "١٢"),
        ("number", "many"),
        ("date", "2026-02-30"),
        ("date", "1492-10-12"),
        ("date", "20260228"),
        ("text", "   "),
        ("text", "x" * 501),
        ("text", "a\x07b"),
    ],
)
def test_an_answer_of_another_kind_is_refused(kind: str, said: str) -> None:
    with pytest.raises(AnswerUnfit):
        fit(question(kind), said)
