"""Version ranges as npm writes them, as far as manifests use them."""

import re

_COMPARATOR = re.compile(r"(>=|<=|>|<|=|\^|~)?\s*v?([0-9xX*][0-9a-zA-Z.*-]*)")
_Number = tuple[int, int, int]


def satisfies(version: str, wanted: str) -> bool:
    """Whether `version` (`3.23.28`) lies in a range such as `>=3.22 <4 || ^4.1`.

    Raises:
        ValueError: the range cannot be read.
    """
    number = _number(version)[0]
    return any(_in_all(number, part.strip()) for part in wanted.split("||"))


def _in_all(number: _Number, part: str) -> bool:
    if " - " in part:
        low, _, high = part.partition(" - ")
        return _compare(number, ">=", low.strip()) and _compare(number, "<=", high.strip())
    if not part or part in {"*", "x"}:
        return True
    found = _COMPARATOR.findall(part)
    if not found or _COMPARATOR.sub("", part).strip():
        raise ValueError(f"cannot read version range {part!r}")
    return all(_compare(number, operator or "=", text) for operator, text in found)


def _compare(number: _Number, operator: str, text: str) -> bool:
    low, given = _number(text)
    above = _next(low, given)
    match operator:
        case ">=":
            return number >= low
        case ">":
            return number >= above
        case "<":
            return number < low
        case "<=":
            return number < above
        case "^":
            significant = next((i for i, part in enumerate(low) if part), 2) + 1
            return low <= number < _next(low, min(significant, max(given, 1)))
        case "~":
            return low <= number < _next(low, min(given, 2))
        case _:
            return low <= number < above


def _number(text: str) -> tuple[_Number, int]:
    """The three numbers, and how many of them were written."""
    parts = text.partition("-")[0].split(".")
    written = [part for part in parts[:3] if part not in {"x", "X", "*"}]
    try:
        numbers = [int(part) for part in written]
    except ValueError as error:
        raise ValueError(f"cannot read version {text!r}") from error
    padded = [*numbers, 0, 0, 0][:3]
    return (padded[0], padded[1], padded[2]), len(numbers)


def _next(low: _Number, given: int) -> _Number:
    """The first version above all that share the first `given` numbers."""
    match given:
        case 0:
            return (10**9, 0, 0)
        case 1:
            return (low[0] + 1, 0, 0)
        case 2:
            return (low[0], low[1] + 1, 0)
        case _:
            return (low[0], low[1], low[2] + 1)
