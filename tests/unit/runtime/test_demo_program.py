"""The demo's program is one that the app takes."""

from decimal import Decimal

from demo.program import PRICES, furnished
from saleor_loyalty_app.programs.problems import read_program
from tests.program_samples import PURCHASES, RATES, document_of

PROPOSED = document_of(PURCHASES, currencies=RATES)


def test_it_limits_spending_and_offers_shipping_in_each_channel() -> None:
    made = read_program(furnished(PROPOSED))
    assert made.spending is not None
    assert made.shipping is not None
    assert made.spending.minimum_order("channel-tr", "TRY") == Decimal(400)
    free, express = made.shipping.offers
    for channel, prices in PRICES.items():
        assert free.price(channel, prices.currency) == 0
        assert free.threshold(channel, prices.currency) == Decimal(prices.free_from)
        assert express.price(channel, prices.currency) == Decimal(prices.express)
    assert express.depends_on_user
    assert made.earning == read_program(PROPOSED).earning


def test_a_store_without_the_demos_channels_keeps_what_was_proposed() -> None:
    other = {**PROPOSED, "currencies": [{**RATES[0], "channel": "elsewhere"}]}
    assert furnished(other) == other
