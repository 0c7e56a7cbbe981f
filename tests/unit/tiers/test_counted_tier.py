"""Which tier counts for somebody: what a look noted, and at least what everybody has."""

from typing import Any

import pytest

from saleor_loyalty_app.members.eligibility import may_hold_tier
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.problems import read_program
from saleor_loyalty_app.tiers.standing import counted_tier
from tests.program_samples import document_of

FREE = ({"id": "friend", "names": {"en": "Friend"}}, {"id": "pal", "names": {"en": "Pal"}})
GOLD = {"id": "gold", "names": {"en": "Gold"}, "requirements": {"orders": {"min": 5}}}


def program_of(*levels: dict[str, Any], enabled: bool = True, joins: str = "automatic") -> Program:
    tiers = {"enabled": enabled, "levels": list(levels)}
    return read_program(document_of(tiers=tiers, settings={"enrollment": joins}))


@pytest.mark.parametrize(
    ("held", "counted"), [("", "pal"), ("friend", "pal"), ("gold", "gold"), ("gone", "pal")]
)
def test_nobody_has_less_than_everybody(held: str, counted: str) -> None:
    program = program_of(*FREE, GOLD)
    assert counted_tier(program, held, state="active", hold_out=False) == counted


def test_without_a_tier_for_everybody_what_is_held_counts() -> None:
    program = program_of(GOLD)
    assert counted_tier(program, "", state="active", hold_out=False) == ""
    assert counted_tier(program, "gold", state="active", hold_out=False) == "gold"


def test_nobody_has_a_tier_while_tiers_are_off_or_there_is_no_program() -> None:
    program = program_of(*FREE, GOLD, enabled=False)
    assert counted_tier(program, "gold", state="active", hold_out=False) == ""
    assert counted_tier(None, "gold", state="active", hold_out=False) == ""


@pytest.mark.parametrize(
    ("state", "hold_out", "joins", "may"),
    [
        ("active", False, "opt_in", True),
        ("active", True, "automatic", False),
        ("paused", False, "opt_in", True),
        ("paused", True, "opt_in", False),
        ("blocked", False, "opt_in", True),
        ("", False, "automatic", True),
        ("", False, "opt_in", False),
        ("guest", False, "automatic", True),
        ("invited", False, "opt_in", False),
        ("left", False, "automatic", False),
        ("erased", False, "automatic", False),
    ],
)
def test_who_can_have_no_tier_has_not_that_of_everybody_either(
    state: str, hold_out: bool, joins: str, may: bool
) -> None:
    assert may_hold_tier(state, hold_out=hold_out, automatic=joins == "automatic") is may
    found = counted_tier(program_of(*FREE, joins=joins), "friend", state=state, hold_out=hold_out)
    assert found == ("pal" if may else "")
