from datetime import date
from typing import Any

import pytest

from saleor_loyalty_app.programs.validate import validate
from tests.program_samples import CHANNELS, PURCHASES, RATES, channel_of, document_of, rule_of

TODAY = date(2026, 11, 27)
MONEY = {"type": "points_per_money"}


def found(document: object, channels: Any = CHANNELS) -> list[tuple[str, str, str]]:
    return [
        (problem.severity, problem.code, problem.path)
        for problem in validate(document, channels, today=TODAY)
    ]


def rates(**values: Any) -> list[dict[str, Any]]:
    return [{**RATES[0], **values}]


WHEN = "earning.rules[0].when"


def test_a_program_that_fits_its_store_has_no_problems() -> None:
    assert found(document_of()) == []


def test_a_document_that_cannot_be_read_is_told_as_such() -> None:
    assert found({}) == [
        ("error", "missing", "version"),
        ("error", "missing", "name"),
        ("error", "missing", "texts"),
    ]


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (
            document_of(currencies=rates(channel="gone")),
            ("error", "channel_unknown", "currencies[0].channel"),
        ),
        (
            document_of(currencies=rates(currency="EUR")),
            ("error", "channel_currency_differs", "currencies[0].currency"),
        ),
        (
            document_of(currencies=rates(spend_rate={"money": "1.01"})),
            ("error", "gives_back_all", "currencies[0]"),
        ),
        (
            document_of(currencies=rates(spend_rate={"money": "0.21"})),
            ("warning", "gives_back_much", "currencies[0]"),
        ),
        (
            document_of(currencies=rates(spend_rate=None)),
            ("warning", "earns_without_worth", "currencies[0]"),
        ),
        (document_of(currencies=[]), ("warning", "nothing_earns", "currencies")),
        (
            document_of(rule_of({"type": "multiplier", "factor": "2"})),
            ("warning", "no_base_rule", "earning.rules"),
        ),
        (
            document_of({**PURCHASES, "enabled": False}),
            ("warning", "no_base_rule", "earning.rules"),
        ),
        (
            document_of(rule_of(MONEY, when={"type": "channel", "slugs": ["gone"]})),
            ("warning", "channel_unknown", WHEN),
        ),
        (
            document_of(rule_of(MONEY, when={"type": "date_window", "end": "2026-11-26"})),
            ("warning", "window_over", WHEN),
        ),
        (
            document_of(
                rule_of(
                    MONEY,
                    when={
                        "type": "not",
                        "of": {
                            "type": "order_value",
                            "limits": [{"currency": "JPY", "min": "99.5"}],
                        },
                    },
                )
            ),
            ("error", "too_many_places", WHEN),
        ),
        (
            document_of(rule_of(MONEY, name={"en": "Points"})),
            ("warning", "name_missing", "earning.rules[0].name"),
        ),
    ],
)
def test_what_does_not_fit_is_told(document: dict[str, Any], problem: tuple[str, str, str]) -> None:
    assert found(document) == [problem]


def test_a_window_that_ends_today_is_not_over() -> None:
    document = document_of(rule_of(MONEY, when={"type": "date_window", "end": "2026-11-27"}))

    assert found(document) == []


def test_a_closed_channel_is_worth_a_warning() -> None:
    channels = [channel_of(active=False), CHANNELS[1]]

    assert found(document_of(), channels) == [
        ("warning", "channel_inactive", "currencies[0].channel")
    ]


def test_errors_stand_before_warnings() -> None:
    document = document_of(currencies=rates(channel="gone", spend_rate=None))

    assert [severity for severity, _, _ in found(document)] == ["error", "warning"]
