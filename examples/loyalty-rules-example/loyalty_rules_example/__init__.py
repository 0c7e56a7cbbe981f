"""A condition and an effect for earning rules: an example of a plugin of Saleor Loyalty."""

from loyalty_rules_example.deposit import DEPOSIT
from loyalty_rules_example.season import SEASON
from saleor_loyalty_app.ext import API_VERSION, Plugin

PLUGIN = Plugin(
    name="green-rules", api_version=API_VERSION, conditions=(SEASON,), effects=(DEPOSIT,)
)
