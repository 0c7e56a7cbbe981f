"""The season and the deposit, as rules decide with them."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from loyalty_rules_example import PLUGIN

from saleor_loyalty_app.ext import LineFacts, OrderFacts, PluginRules

RULES = PluginRules(PLUGIN.name, PLUGIN.conditions, PLUGIN.effects)


def bottles(quantity: int, sku: str = "DEP-1", **facts: Any) -> OrderFacts:
    line = LineFacts("line", quantity, Decimal(quantity), Decimal(quantity), sku=sku)
    return RULES.order(line, **facts)


def deposit(**settings: Any) -> dict[str, Any]:
    settings = {"sku_begins": "DEP-", "points": 3} | settings
    then = {"type": "plugin", "kind": "green-rules.deposit", "settings": settings, "most": 500}
    return {"then": then}


def season(start: str, end: str) -> dict[str, Any]:
    settings = {"start": start, "end": end}
    when = {"type": "plugin", "kind": "green-rules.season", "settings": settings}
    return deposit() | {"when": when}


@pytest.mark.parametrize(
    ("settings", "quantity", "points"),
    [({}, 4, 12), ({"more_from": 3, "more": 5}, 4, 16), ({"more_from": 9, "more": 5}, 4, 12)],
)
def test_each_deposit_earns(settings: dict[str, Any], quantity: int, points: int) -> None:
    assert RULES.points(deposit(**settings), bottles(quantity)) == points
    assert RULES.points(deposit(**settings), bottles(quantity, sku="MUG-1")) == 0


@pytest.mark.parametrize(
    ("start", "end", "month", "inside"),
    [
        ("01-10", "02-28", 2, True),
        ("01-10", "02-28", 3, False),
        ("12-01", "02-28", 12, True),
        ("12-01", "02-28", 7, False),
    ],
)
def test_the_season_may_pass_new_year(start: str, end: str, month: int, inside: bool) -> None:
    order = bottles(1, created_at=datetime(2027, month, 15, tzinfo=UTC))
    assert RULES.points(season(start, end), order) == (3 if inside else 0)


def test_out_of_season_says_when_it_begins() -> None:
    order = bottles(1)
    assert RULES.told(season("06-01", "08-31"), order) == "tested: from 06-01"
    assert "gününden" in RULES.told(season("06-01", "08-31"), order, language="tr")


def test_wrong_settings_keep_a_rule_from_being_published() -> None:
    assert RULES.problems(season("01-10", "02-28")) == []
    [problem] = RULES.problems(season("01-10", "02-31"))
    assert problem.startswith("earning.rules[0].when.settings.end: The plugin refuses")
    [problem] = RULES.problems({**deposit(points=-1)})
    assert problem.startswith("earning.rules[0].then.settings.points")
    [problem] = RULES.problems({**deposit(), "scope": "order"})
    assert "cannot be asked about whole orders" in problem
