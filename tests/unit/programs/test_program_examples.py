"""Worked examples follow the program, in both languages, whatever it says."""

import pytest

from saleor_loyalty_app.flows.program_examples import Example, examples, usual_order
from saleor_loyalty_app.i18n import LANGUAGES
from saleor_loyalty_app.programs.document import Program
from tests.program_samples import CHANNELS, MOMENT, program_of

FREE = {
    "offers": [
        {
            "id": "free",
            "prices": [{"channel": "default-channel", "currency": "USD", "price": "0"}],
            "thresholds": [{"channel": "default-channel", "currency": "USD", "money": "30"}],
        }
    ]
}


def told(program: Program, language: str = "en") -> dict[tuple[str, str], str]:
    orders = [usual_order(channel, None) for channel in CHANNELS]
    found: list[Example] = examples(
        program, orders, now=MOMENT, timezone="Europe/Istanbul", language=language
    )
    return {(one.path, one.channel): one.text for one in found}


def test_points_are_called_what_the_program_calls_them() -> None:
    stars = {"en": {"program": "Stars", "point": "star", "points": "stars"}}
    text = told(program_of(texts=stars))["currencies[0]", "default-channel"]
    assert text.startswith("An order of $25.00 with shipping $3.00 earns 25 stars, ")
    assert text.endswith("worth $0.50.")


@pytest.mark.parametrize(
    ("basis", "said"),
    [("displayed", "without tax counts: $25.00"), ("gross", "with tax: $30.00 at 20% tax")],
)
def test_the_side_of_the_tax_shows_in_the_amount_that_counts(basis: str, said: str) -> None:
    texts = told(program_of(settings={"price_basis": basis}))
    assert said in texts["settings.price_basis", "default-channel"]


def test_a_delivery_that_is_not_free_yet_tells_what_is_missing() -> None:
    texts = told(program_of(shipping=FREE))
    assert "$5.00 are missing" in texts["shipping.offers[0]", "default-channel"]


def test_an_order_too_small_to_spend_on_tells_what_is_missing() -> None:
    minimum = {"channel": "channel-tr", "currency": "TRY", "money": "300"}
    texts = told(program_of(spending={"minimum_orders": [minimum]}))
    assert "TRY\N{NO-BREAK SPACE}50.00 more" in texts["spending", "channel-tr"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("policy", ["within_balance", "only_pending", "unlimited"])
@pytest.mark.parametrize("after", ["payment", "fulfillment"])
@pytest.mark.parametrize("enrollment", ["automatic", "opt_in"])
def test_every_setting_has_its_text(
    language: str, policy: str, after: str, enrollment: str
) -> None:
    for days, months in ((0, None), (14, 12)):
        program = program_of(
            shipping=FREE,
            spending={"minimum_points": 10_000},
            settings={
                "refund_policy": policy,
                "availability": {"after": after, "days": days},
                "expiry": {"months": months},
                "enrollment": enrollment,
                "hold_out_percent": 5,
            },
        )
        for text in told(program, language).values():
            assert not text.startswith("example."), text
            assert "{" not in text, text
