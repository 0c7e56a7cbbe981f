"""Money is text with the places of its currency, and never more than it is."""

from decimal import Decimal

import pytest

from saleor_loyalty_app.api.money import Money


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("12.3", "USD", "12.30"),
        ("12.309999", "USD", "12.30"),
        ("0", "TRY", "0.00"),
        ("1250.9", "JPY", "1250"),
        ("1.23456", "KWD", "1.234"),
        ("1E+3", "USD", "1000.00"),
        ("-0.009", "USD", "-0.00"),
        ("123456789012345678.99", "EUR", "123456789012345678.99"),
    ],
)
def test_an_amount_is_cut_to_the_minor_unit(amount: str, currency: str, text: str) -> None:
    money = Money.of(Decimal(amount), currency)
    assert money.model_dump() == {"amount": text, "currency": currency}
