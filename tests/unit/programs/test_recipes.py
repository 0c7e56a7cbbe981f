"""The recipes of the documentation: each gives the points that it says, and none is left out."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from saleor_loyalty_app.programs.decide import POINTS, decide_order
from saleor_loyalty_app.programs.facts import LineFacts, OrderFacts
from saleor_loyalty_app.programs.member_facts import MemberFacts, Used
from saleor_loyalty_app.programs.problems import read_program
from saleor_loyalty_app.programs.validate import check_program
from saleor_loyalty_app.programs.yaml_text import parse_yaml
from saleor_loyalty_app.stores.refs import ChannelRef

FOLDER = Path(__file__).parents[3] / "docs" / "recipes"
README = (FOLDER / "README.md").read_text(encoding="utf-8")
ZONE = "Europe/Istanbul"
_BLOCK = re.compile(r"^```yaml( order)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _blocks(text: str) -> list[tuple[bool, Any]]:
    """(whether it is an order, what it says) for each block of YAML."""
    return [(bool(order), parse_yaml(body)) for order, body in _BLOCK.findall(text)]


BASE = _blocks(README)[0][1]
#: Recipes for orders: those that state orders. Others are tested beside what they are about.
RECIPES = {
    path.stem: _blocks(text)
    for path in sorted(FOLDER.glob("*.md"))
    if "```yaml order" in (text := path.read_text(encoding="utf-8"))
}
ORDERS = [
    pytest.param(blocks[0][1], order, id=f"{name}-{number}")
    for name, blocks in RECIPES.items()
    for number, (_, order) in enumerate(blocks[1:], start=1)
]


def _channel(slug: str, currency: str) -> ChannelRef:
    return ChannelRef(
        slug=slug,
        name=slug,
        currency=currency,
        active=True,
        default_country="US",
        countries=("US", "TR"),
        prices_entered_with_tax=True,
        display_gross_prices=True,
    )


def _facts(order: dict[str, Any]) -> OrderFacts:
    lines = tuple(
        LineFacts(
            id=str(number),
            quantity=one.get("quantity", 1),
            base=Decimal(one["amount"]),
            gross=Decimal(one["amount"]),
            product_slug=one.get("product", ""),
            sku=one.get("sku", ""),
            categories=frozenset(one.get("categories", ())),
            collections=frozenset(one.get("collections", ())),
            product_type=one.get("product_type", ""),
            on_sale=one.get("on_sale", False),
            metadata=one.get("metadata", {}),
        )
        for number, one in enumerate(order["lines"], start=1)
    )
    return OrderFacts(
        order_id="order",
        channel=order.get("channel", "default"),
        currency=order.get("currency", "USD"),
        created_at=_moment(order.get("at", "2026-07-01T09:00:00Z")),
        country="US",
        language="EN",
        voucher_used=False,
        nth_order=order.get("nth_order"),
        subtotal=sum((line.base for line in lines), Decimal(0)),
        lines=lines,
        shipping=Decimal(0),
        metadata=order.get("metadata", {}),
    )


def _member(order: dict[str, Any]) -> MemberFacts:
    told = order.get("member", {})
    joined = told.get("joined_at")
    return MemberFacts(
        tier=told.get("tier", ""),
        joined_at=None if joined is None else _moment(joined),
        used={rule: Used(**use) for rule, use in order.get("used", {}).items()},
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(("recipe", "order"), ORDERS)
def test_a_recipe_earns_what_it_says(recipe: dict[str, Any], order: dict[str, Any]) -> None:
    program = read_program({**BASE, **recipe})
    decision = decide_order(program, _facts(order), ZONE, _member(order))
    assert decision.totals().get(("points", POINTS), 0) == order["earns"]
    if "missing" in order:
        assert order["missing"] in [miss.reason.get("missing") for miss in decision.misses]


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_could_be_published_as_it_stands(name: str) -> None:
    document = {**BASE, **RECIPES[name][0][1]}
    channels = [_channel("default", "USD"), _channel("turkey", "TRY")]
    program = read_program(document)
    problems = check_program(program, channels, today=date(2026, 7, 1))
    assert [one for one in problems if one.severity == "error"] == []


def test_each_recipe_states_an_order_and_is_in_the_list() -> None:
    assert len(RECIPES) >= 14
    for name, blocks in RECIPES.items():
        assert [is_order for is_order, _ in blocks] == [False] + [True] * (len(blocks) - 1), name
        assert f"]({name}.md)" in README
