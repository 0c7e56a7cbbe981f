"""Every problem of a program says what is wrong, and what to do about it, in both languages."""

import re
import string
from collections.abc import Iterator
from datetime import date
from typing import Annotated

import pytest
from pydantic import Field, model_validator

from saleor_loyalty_app.i18n import LANGUAGES, catalogue, translate
from saleor_loyalty_app.programs import plugin_kinds
from saleor_loyalty_app.programs.errors import ProgramInvalid
from saleor_loyalty_app.programs.plugin_kinds import KindSettings
from saleor_loyalty_app.programs.problems import (
    MAX_PROBLEMS,
    Problem,
    document_problems,
    problems_in,
    read_program,
)
from saleor_loyalty_app.programs.validate import validate
from saleor_loyalty_app.programs.yaml_text import parse_yaml
from tests.campaign_samples import CAMPAIGNS, campaign_problems
from tests.plugin_samples import KINDS, condition, enough
from tests.problem_samples import DOCUMENTS, FILES
from tests.problem_texts import is_fix, sentences
from tests.program_samples import CHANNELS, channel_of, document_of

TODAY = date(2026, 11, 27)
STORE = [*CHANNELS, channel_of("asleep", "EUR", active=False)]
PREFIX = "program_problem."
#: One comes of what a store's books hold; the other of what Pydantic has no better word for.
ELSEWHERE = {"past_orders_not_counted", "invalid"}


class Picky(KindSettings):
    """Settings that may not be so."""

    units: int = 2

    @model_validator(mode="after")
    def _check(self) -> "Picky":
        if self.units == 13:
            raise ValueError("never thirteen")
        return self


class Under(KindSettings):
    """Fewer than five."""

    units: Annotated[int, Field(lt=5)] = 2


def keys() -> list[str]:
    return sorted(key.removeprefix(PREFIX) for key in catalogue("en") if key.startswith(PREFIX))


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    more = (
        condition("picky", enough, settings=Picky, example=Picky()),
        condition("under", enough, settings=Under, example=Under()),
        condition("mute", enough, sentence=lambda one, _: "two" if one.units == 2 else ""),
        condition("of-orders", enough, levels=frozenset({"order"})),
        condition("of-lines", enough, levels=frozenset({"line"})),
        condition("enough", enough),
    )
    merit = (KINDS.effects["acme.merit"],)
    with plugin_kinds.using(plugin_kinds.Kinds().with_plugin("acme", more, merit)):
        yield


def told(key: str) -> Problem:
    """The problem whose text is that of `key`."""
    if key in FILES:
        with pytest.raises(ProgramInvalid) as refused:
            parse_yaml(FILES[key])
        found = problems_in(refused.value)
    elif key in CAMPAIGNS:
        found = campaign_problems(CAMPAIGNS[key])
    else:
        found = validate(DOCUMENTS[key], STORE, today=TODAY)
    code, _, case = key.partition(".")
    fitting = [one for one in found if one.code == code and one.detail.get("case", "") == case]
    assert fitting, [(one.code, one.path, one.detail) for one in found]
    return fitting[0]


def test_each_text_has_a_document_that_brings_it() -> None:
    assert set(keys()) - DOCUMENTS.keys() - FILES.keys() - CAMPAIGNS.keys() == ELSEWHERE
    assert (DOCUMENTS.keys() | FILES.keys() | CAMPAIGNS.keys()) - set(keys()) == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", keys())
def test_each_text_says_what_is_wrong_and_then_what_to_do(key: str, language: str) -> None:
    choice = translate("problem_choice.others", language, choices="a, b")
    text = catalogue(language)[PREFIX + key].replace("{choice}", choice)
    wrong, *rest = sentences(text, language)

    assert not is_fix(wrong, language), wrong
    assert rest, text
    assert all(is_fix(one, language) for one in rest), rest
    assert placeholders(catalogue("en")[PREFIX + key]) == placeholders(
        catalogue("tr")[PREFIX + key]
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", ["near", "only", "others", "none"])
def test_a_choice_is_what_to_do(key: str, language: str) -> None:
    assert is_fix(catalogue(language)[f"problem_choice.{key}"], language)


@pytest.mark.parametrize("key", [*DOCUMENTS, *FILES, *CAMPAIGNS])
def test_each_problem_fills_its_text_in_both_languages(key: str) -> None:
    problem = told(key)
    for language in LANGUAGES:
        text = problem.text(language)
        assert not re.search(r"\{\w+\}|Decimal", text), text
        assert not re.search(r"“”|\(\)| \.|: \.", text), text
        assert len(sentences(text, language)) >= 2, text
    assert problem.text("en") != problem.text("tr")
    assert problem.in_words("en").endswith(problem.text("en"))


@pytest.mark.parametrize(
    ("key", "english", "turkish"),
    [
        (
            "channel_unknown",
            "Write “channel-tr” if that is meant, or choose another: asleep, default-channel.",
            "yazın ya da başka birini seçin: asleep, default-channel.",
        ),
        ("perk_tier_unknown", "Write “gold” if that is meant, or remove it here.", "kaldırın."),
        ("campaign_segment", "Choose one of these: vip.", "Şunlardan birini seçin: vip."),
        ("tier_currency_unknown", "Choose one of these: EUR, TRY, USD.", "EUR, TRY, USD."),
        (
            "unknown_field.near",
            "Write “earn_rate” if that is meant, or remove it.",
            "Bunu kastettiyseniz “earn_rate” yazın ya da alanı kaldırın.",
        ),
        (
            "expression_unknown_name",
            "order.nth_order, order.quantity, order.date and 2 more.",
            "order.quantity, order.date ve 2 tane daha.",
        ),
        ("not_allowed", "“gross” if that is meant, or choose another: displayed, net.", "net."),
        ("too_small.beyond", "Write more than 0.", "0 değerinden daha büyük bir değer yazın."),
        ("too_many", "3 more than allowed. Keep 100 at most.", "En çok 100 tane bırakın."),
        ("text_too_long", "Shorten it to 120 at most.", "En çok 120 karaktere kısaltın."),
        ("limits_crossed", "Lower the one, or raise the other.", "üst sınırı yükseltin."),
        ("tier_falls", "Write more than 3, or put the tiers in another order.", "değiştirin."),
        ("minimum_not_a_step", "Write 200 or another multiple of 100, or change the step.", ""),
        ("campaign_too_long", "Choose an end by 2028-01-05.", "bir bitiş seçin."),
        ("too_small.date", "Choose 2000-01-01 or later.", "bir tarih seçin."),
        ("plugin_kind_missing.near", "restart every process.", "yeniden başlatın."),
        ("yaml_key_twice", "(line 2). Remove one of the two.", "(2. satır). Birini kaldırın."),
    ],
)  # fmt: skip
def test_what_to_do_is_concrete(key: str, english: str, turkish: str) -> None:
    problem = told(key)
    assert problem.text("en").endswith(english)
    assert problem.text("tr").endswith(turkish)


def test_a_store_without_channels_is_told_to_add_one_first() -> None:
    [problem, *_] = validate(DOCUMENTS["channel_unknown"], [], today=TODAY)
    assert problem.text("en") == (
        "The store has no channel “channel-us”. Add it first, or remove it here."
    )


def test_a_number_is_offered_as_it_is_to_be_written() -> None:
    [problem] = document_problems(document_of(version="first"))
    assert problem.text("en") == "This value is not allowed. Choose one of these: 1."


def test_of_many_problems_only_those_that_are_told_are_looked_into() -> None:
    many = document_of(**{f"earnin{number}": [] for number in range(MAX_PROBLEMS * 3)})
    with pytest.raises(ProgramInvalid) as refused:
        read_program(many)
    assert {one.detail.get("near") for one in problems_in(refused.value)} == {"earning"}
    assert refused.value.detail["count"] == MAX_PROBLEMS * 3


def test_the_place_stands_before_the_text() -> None:
    problem = Problem("missing", "name")
    assert problem.in_words("en") == "name: This is missing. Fill it in."
    assert problem.in_words("tr") == "name: Bu alan eksik. Doldurun."
    assert Problem("not_json", "").in_words("en") == Problem("not_json", "").text("en")
