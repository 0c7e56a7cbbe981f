"""Whether the lines of milestones fit their store."""

from collections.abc import Iterator

from babel.numbers import get_currency_precision

from saleor_loyalty_app.programs.choices import choice_of
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.milestones import SpendLine
from saleor_loyalty_app.programs.problems import Problem


def milestone_problems(program: Program, currencies: frozenset[str]) -> Iterator[Problem]:
    """All problems of the program's lines of spending; `currencies` are the store's."""
    for index, rule in enumerate(program.earning.rules):
        line = None if rule.milestone is None else rule.milestone.line
        for at, limit in enumerate(line.limits if isinstance(line, SpendLine) else ()):
            path = f"earning.rules[{index}].milestone.line.limits[{at}]"
            if limit.currency not in currencies:
                detail = {
                    "currency": limit.currency,
                    **choice_of(limit.currency, sorted(currencies)),
                }
                code = "milestone_currency_unknown"
                yield Problem(code, f"{path}.currency", "warning", detail)
            places = get_currency_precision(limit.currency)
            if limit.min != round(limit.min, places):
                yield Problem("too_many_places", f"{path}.min", detail={"limit": str(places)})
