"""What can go wrong on the way, on purpose."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

_SHARES = ("duplicate", "drop", "torn")
_SWITCHES = ("shuffle", "app_down")


@dataclass(frozen=True, slots=True)
class Faults:
    """`duplicate`, `drop` and `torn` are shares of the deliveries, 0 to 1."""

    duplicate: float = 0.0
    shuffle: bool = False
    delay_seconds: float = 0.0
    drop: float = 0.0
    torn: float = 0.0
    app_down: bool = False


def changed(faults: Faults, data: dict[str, Any]) -> Faults:
    """The faults with what `data` names changed.

    Raises:
        ValueError: an unknown fault, or a value that it cannot have.
    """
    changes: dict[str, Any] = {}
    for name, value in data.items():
        if name in _SWITCHES:
            if not isinstance(value, bool):
                raise ValueError(f"{name} must be true or false")
            changes[name] = value
        elif name in _SHARES or name == "delay_seconds":
            limit = 1.0 if name in _SHARES else float("inf")
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise ValueError(f"{name} must be a number")
            if not 0 <= value <= limit:
                raise ValueError(f"{name} is out of range")
            changes[name] = float(value)
        else:
            raise ValueError(f"unknown fault: {name}")
    return replace(faults, **changes)
