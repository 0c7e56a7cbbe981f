"""Names in GraphQL and names in Python."""

import re
from functools import cache

_SEAM = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[a-zA-Z])(?=\d)")


@cache
def snake(name: str) -> str:
    """`streetAddress1` becomes `street_address_1`."""
    return _SEAM.sub("_", name).lower()


@cache
def event_type_name(event: str) -> str:
    """`ORDER_FULLY_PAID` becomes `OrderFullyPaid`."""
    return "".join(word.title() for word in event.split("_"))


_BUILTINS = frozenset({"filter", "id", "input", "type"})


def argument(name: str) -> str:
    """The keyword of an argument: its snake_case name, told apart from Python's built-ins."""
    return f"{name}_" if name in _BUILTINS else snake(name)
