"""The day that a message names as the last one of a code."""

import pytest

from saleor_loyalty_app.flows.message_context import Figures, Recipient, in_words
from saleor_loyalty_app.messages.setup import MailSetup
from saleor_loyalty_app.stores.refs import StoreRef

STORE = StoreRef(
    1, "https://shop.example/graphql/", "APP", "Europe/Istanbul", "tr", "3.23",
    True, True, True, True, True,
)  # fmt: skip


@pytest.mark.parametrize(
    ("until", "day"),
    [("2027-03-07T21:00:00+00:00", "March 7, 2027"), ("2027-03-07T21:00:01Z", "March 8, 2027")],
)
def test_a_code_that_is_over_at_midnight_is_told_with_the_day_before(until: str, day: str) -> None:
    shown = Figures({"valid_until": until}, balance=0, available=0)
    values = in_words(shown, Recipient(1, "active"), STORE, MailSetup(), None, "en")
    assert values["valid_until"] == day
