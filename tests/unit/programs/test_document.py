import json
from decimal import Decimal
from fractions import Fraction

import pytest
from pydantic import ValidationError

from saleor_loyalty_app.programs.document import Program, Rate
from saleor_loyalty_app.programs.problems import document_problems, read_program
from tests.program_samples import PURCHASES, TEXTS, document_of, program_of


def test_a_document_of_few_fields_gets_the_defaults_of_the_design() -> None:
    settings = program_of().settings

    assert settings.price_basis == "displayed"
    assert (settings.availability.after, settings.availability.days) == ("fulfillment", 14)
    assert (settings.expiry.months, settings.expiry.notice) == (12, "required")
    assert settings.refund_policy == "within_balance"
    assert settings.enrollment == "automatic"
    assert settings.hold_out_percent == 0
    assert not settings.earn_on_shipping


def test_the_stored_document_reads_back_as_the_same_program() -> None:
    program = program_of()

    stored = json.loads(json.dumps(program.document))

    assert read_program(stored) == program
    assert read_program(stored).digest == program.digest


def test_the_digest_does_not_depend_on_how_a_value_is_written() -> None:
    short = program_of({**PURCHASES, "then": {"type": "points_per_money", "factor": "1.5"}})
    long = program_of({**PURCHASES, "then": {"type": "points_per_money", "factor": "1.500"}})

    assert short.digest == long.digest
    assert hash(short) == hash(long)


def test_the_digest_is_that_of_the_first_release() -> None:
    """A later version of the app must not change the digests of stored programs."""
    assert program_of().digest == DIGEST


DIGEST = "aef0cf1cf52fdedda321ed3e6f6460def524c1b85f7925f2d747fb21be0856a1"


def test_any_difference_makes_another_digest() -> None:
    assert program_of().digest != program_of(settings={"hold_out_percent": 5}).digest


def test_points_that_never_expire_stay_so() -> None:
    program = program_of(settings={"expiry": {"months": None}})

    assert read_program(program.document).settings.expiry.months is None


def test_a_program_cannot_be_changed() -> None:
    program = program_of()

    with pytest.raises(ValidationError):
        program.name = "other"  # type: ignore[misc]


def test_rates_are_exact_in_both_directions() -> None:
    rate = Rate(points=3, money=Decimal(7))

    assert rate.points_per_money == Fraction(3, 7)
    assert rate.money_per_point == Fraction(7, 3)


def test_give_back_is_what_earned_points_are_worth() -> None:
    dollars, liras = program_of().currencies

    assert dollars.give_back == liras.give_back == Fraction(2, 100)


def test_a_channel_without_a_rate_gives_nothing_back() -> None:
    program = program_of(currencies=[{"channel": "default-channel", "currency": "USD"}])

    assert program.currencies[0].give_back is None
    assert program.worth(100, "default-channel", "USD") is None


@pytest.mark.parametrize(
    ("points", "channel", "currency", "worth"),
    [
        (100, "default-channel", "USD", Decimal(2)),
        (7, "channel-tr", "TRY", Decimal("1.4")),
        (1, "channel-tr", "USD", None),
        (1, "elsewhere", "USD", None),
    ],
)
def test_points_are_worth_what_the_channel_says(
    points: int, channel: str, currency: str, worth: Decimal | None
) -> None:
    assert program_of().worth(points, channel, currency) == worth


def test_worth_is_cut_to_a_millionth_so_that_it_is_never_too_much() -> None:
    rates = {"channel": "c", "currency": "USD", "spend_rate": {"points": 3, "money": "1"}}

    assert program_of(currencies=[rates]).worth(2, "c", "USD") == Decimal("0.666666")


@pytest.mark.parametrize(
    ("locale", "program_name"),
    [("tr", "Puan Programı"), ("tr-TR", "Puan Programı"), ("de", "Points program")],
)
def test_texts_fall_back_to_the_language_and_then_to_english(
    locale: str, program_name: str
) -> None:
    assert program_of().texts_for(locale).program == program_name


def test_a_program_without_english_falls_back_to_what_it_has() -> None:
    program = program_of(texts={"tr": {"program": "P", "point": "puan", "points": "puan"}})

    assert program.texts_for("en").points == "puan"


def test_a_rule_is_called_by_its_name_or_else_its_id() -> None:
    program = program_of(PURCHASES, {"id": "bare", "then": {"type": "points_per_money"}})

    assert program.rule_name("purchases", "tr") == "Her alışverişe puan"
    assert program.rule_name("bare", "tr") == "bare"
    assert program.rule_name("gone", "tr") == "gone"


def test_every_section_refuses_fields_it_does_not_know() -> None:
    with pytest.raises(ValidationError):
        Program.model_validate(document_of(tiers=[]))


@pytest.mark.parametrize("icon", ["ab", "1", "<b>", " ", '"', "\u200b", "★★★★★★★★★"])
def test_a_sign_of_the_points_is_a_sign_and_no_text(icon: str) -> None:
    document = document_of(units=[{"code": "points", "icon": icon}])

    assert [problem.path for problem in document_problems(document)] == ["units[0].icon"]


@pytest.mark.parametrize("url", ["http://shop.example", "javascript:alert(1)", "https://a b"])
def test_pages_of_terms_are_addresses_that_shoppers_can_open(url: str) -> None:
    document = document_of(texts={"en": TEXTS["en"] | {"terms_url": url}})

    assert [problem.path for problem in document_problems(document)] == ["texts.en.terms_url"]
