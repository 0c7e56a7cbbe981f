"""What can go wrong on the way, on purpose."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

_SHARES = ("duplicate", "drop", "torn")
_SWITCHES = ("shuffle", "app_down")
#: How an app may fail to answer what the store asks it synchronously.
SYNC_ANSWERS = ("", "refused", "slow", "error", "garbage", "empty")


@dataclass(frozen=True, slots=True)
class Faults:
    """`duplicate`, `drop` and `torn` are shares of the deliveries, 0 to 1.

    `sync_answer` is about synchronous events only: the app refuses the connection, answers too
    late (it hears the request), with a server error, with what is no JSON, or with an empty list.
    """

    duplicate: float = 0.0
    shuffle: bool = False
    delay_seconds: float = 0.0
    drop: float = 0.0
    torn: float = 0.0
    app_down: bool = False
    sync_answer: str = ""


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
        elif name == "sync_answer":
            if value not in SYNC_ANSWERS:
                raise ValueError(f"{name} must be one of {', '.join(SYNC_ANSWERS[1:])}, or empty")
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
