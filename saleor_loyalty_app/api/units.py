"""The unit whose movements are asked for: points to be spent, or status points."""

from typing import Annotated

from fastapi import Query

from saleor_loyalty_app.i18n import catalogue, translate
from saleor_loyalty_app.ledger.history_page import EntryState
from saleor_loyalty_app.programs.rules import UnitCode

POINTS: UnitCode = "points"
STATUS: UnitCode = "status"
AskedUnit = Annotated[
    UnitCode,
    Query(
        description="points = those to be spent; status = status points, which count for tiers and "
        "are never spent."
    ),
]


def state_words(state: EntryState, unit: UnitCode, language: str) -> str:
    """What became of an entry; status points, which are never spent, have words of their own."""
    own = f"state.{unit}.{state.value}"
    return translate(own if own in catalogue(language) else f"state.{state.value}", language)
