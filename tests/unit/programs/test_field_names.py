"""The fields at a place of a document are those of its model there, in unions and lists too."""

import pytest

from saleor_loyalty_app.campaigns.terms import Terms
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.field_names import fields_at


@pytest.mark.parametrize(
    ("place", "fields"),
    [
        (("currencies", 0, "earn_rate"), {"points", "money"}),
        (("earning", "rules", 3, "then", "points"), {"type", "points", "unit"}),
        (("earning", "rules", 0, "when", "all", "of", 2, "hour"), {"type", "start", "end"}),
        (("earning", "rules", 0, "when", "not", "of", "not", "of", "tier"), {"type", "tiers"}),
        (("texts", "en", "gone"), set()),
        (("weather",), set()),
    ],
)
def test_the_fields_are_those_of_the_place(place: tuple[str | int, ...], fields: set[str]) -> None:
    assert set(fields_at(Program, place)) == fields


def test_other_documents_than_programs_have_theirs() -> None:
    assert "minimum" in fields_at(Terms, ("channels", 0))
    assert "ends_at" in fields_at(Terms, ())
