"""What all conditions without parts have in common. Rules, segments and shipping build on it."""

from typing import ClassVar

from pydantic_core import PydanticCustomError

from saleor_loyalty_app.programs.scalars import Section

#: How deep conditions may be nested, and how many one rule may have.
MAX_DEPTH = 6
MAX_CONDITIONS = 60


class SingleCondition(Section):
    """A condition without parts, that looks at the order as a whole, or at whom a rule is about."""

    looks_at_line: ClassVar[bool] = False

    @property
    def parts(self) -> tuple[()]:
        """None: it is not composed of others."""
        return ()


class LineCondition(SingleCondition):
    """A condition that can only be told for one line of the order."""

    looks_at_line: ClassVar[bool] = True


def check_measure(depth: int, size: int) -> None:
    """Refuses conditions that are nested too deep, or too many."""
    if depth > MAX_DEPTH:
        raise PydanticCustomError(
            "conditions_too_deep", "{found} levels", {"found": depth, "limit": MAX_DEPTH}
        )
    if size > MAX_CONDITIONS:
        raise PydanticCustomError(
            "too_many_conditions",
            "{found} conditions",
            {"found": size, "limit": MAX_CONDITIONS, "by": size - MAX_CONDITIONS},
        )


def check_span(low: object, high: object) -> None:
    """Refuses limits that say nothing or leave nothing."""
    if low is None and high is None:
        raise PydanticCustomError("limit_missing", "a lower or an upper limit is needed")
    if low is not None and high is not None and low > high:  # type: ignore[operator]
        raise PydanticCustomError(
            "limits_crossed",
            "the lower limit is above the upper",
            {"low": str(low), "high": str(high)},
        )
