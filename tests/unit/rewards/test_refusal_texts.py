"""Every refusal has words in both languages, and survives being kept as a reason."""

import re

import pytest

from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.i18n import LANGUAGES, catalogue
from saleor_loyalty_app.rewards import errors
from saleor_loyalty_app.rewards.errors import SpendingRefused, WorseOff, failure_of, reason_of

KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, AppError) and kind is not AppError
]


@pytest.mark.parametrize("kind", KINDS)
def test_both_languages_say_it_with_the_same_placeholders(kind: type[AppError]) -> None:
    texts = [catalogue(language)[f"error.{kind.code}"] for language in LANGUAGES]
    placeholders = [set(re.findall(r"{(\w+)}", text)) for text in texts]
    assert placeholders[0] == placeholders[1]
    assert texts[0] != texts[1]


def test_every_refusal_has_its_own_code_and_a_status_of_the_clients() -> None:
    assert len({kind.code for kind in KINDS}) == len(KINDS)
    assert {kind.status for kind in KINDS} <= {403, 404, 409, 422}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if issubclass(kind, SpendingRefused)])
def test_a_kept_reason_is_the_same_failure_again(kind: type[SpendingRefused]) -> None:
    again = failure_of(reason_of(kind(maximum=5)))
    assert (type(again), again.detail) == (kind, {"maximum": 5})


def test_a_reason_that_is_none_is_a_refusal_without_one() -> None:
    for reason in (None, {}, {"code": "taken_off"}):
        assert type(failure_of(reason)) is SpendingRefused


def test_figures_are_told() -> None:
    told = reason_of(WorseOff(promised="5", saved="-1", before="9", after="10", currency="USD"))
    assert told["code"] == "worse_off"
    assert told["saved"] == "-1"
