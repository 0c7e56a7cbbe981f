"""The recipe of shipping for tiers: each cart pays what stands beside it."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.problems import read_program
from saleor_loyalty_app.programs.shipping_decide import ShippingFacts
from saleor_loyalty_app.programs.validate import check_program
from saleor_loyalty_app.programs.yaml_text import parse_yaml, program_from_yaml, program_to_yaml
from saleor_loyalty_app.rewards.offers import BuiltIn, decide_offers, missing_to_offers
from tests.program_samples import channel_of
from tests.unit.programs.test_recipes import BASE, FOLDER, README

NAME = "tier-shipping.md"
NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)
ZONE = "Europe/Istanbul"
#: What the store itself delivers for, as the recipe says.
METHODS = {
    "USD": {"Standard": "9.90", "Express": "19.90"},
    "TRY": {"Standard": "90", "Express": "190"},
}
_BLOCK = re.compile(r"^```yaml( cart)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FOUND = _BLOCK.findall((FOLDER / NAME).read_text(encoding="utf-8"))
[SECTIONS] = [parse_yaml(body) for cart, body in _FOUND if not cart]
CARTS = [parse_yaml(body) for cart, body in _FOUND if cart]


@pytest.fixture(scope="module")
def program() -> Program:
    return read_program({**BASE, **SECTIONS})


@pytest.mark.parametrize("cart", CARTS)
def test_a_cart_pays_for_its_tier_what_the_recipe_says(
    program: Program, cart: dict[str, Any]
) -> None:
    assert program.shipping is not None
    currency = cart.get("currency", "USD")
    methods = [
        BuiltIn(name, name, Decimal(price))
        for name, price in cart.get("methods", METHODS[currency]).items()
    ]
    facts = ShippingFacts(
        channel=cart.get("channel", "default"),
        currency=currency,
        country="TR",
        subtotal=Decimal(cart["goods"]),
        member=True,
        tier=cart.get("tier", ""),
    )
    offers = decide_offers(program.shipping, facts, methods, now=NOW, timezone=ZONE)
    assert {one.method_name: one.price for one in offers} == {
        name: Decimal(price) for name, price in cart["pays"].items()
    }
    missing = missing_to_offers(program.shipping, facts, now=NOW, timezone=ZONE)
    assert [one.missing for one in missing] == (
        [Decimal(cart["missing"])] if "missing" in cart else []
    )


def test_the_recipe_could_be_published_survives_a_file_and_is_in_the_list(
    program: Program,
) -> None:
    channels = [channel_of("default"), channel_of("turkey", "TRY")]
    assert [
        one
        for one in check_program(program, channels, today=date(2026, 7, 1))
        if one.path.startswith(("tiers", "shipping"))
    ] == []
    assert program_from_yaml(program_to_yaml(program)).digest == program.digest
    assert f"]({NAME})" in README
