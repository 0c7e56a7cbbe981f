"""What can go wrong on the way, on purpose."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

_SHARES = ("duplicate", "drop", "torn")
_SWITCHES = ("shuffle", "app_down")
#: How an app may fail to answer what the store asks it synchronously.
SYNC_ANSWERS = ("", "refused", "slow", "error", "garbage", "empty")
#: How the store's own API may fail whoever asks it over HTTP.
API_ANSWERS = ("", "slow", "gone", "throttled", "error", "torn", "denied")
_CHOICES = {"sync_answer": SYNC_ANSWERS, "api_answer": API_ANSWERS}


@dataclass(frozen=True, slots=True)
class Faults:
    """`duplicate`, `drop` and `torn` are shares of the deliveries, 0 to 1.

    `sync_answer` is about synchronous events only: the app refuses the connection, answers too
    late (it hears the request), with a server error, with what is no JSON, or with an empty list.
    `api_answer` is about the store's GraphQL API and keys: it does what it is asked and answers too
    late or with half an answer; it hangs up, wants to be asked later, or has a failing gateway; or
    it takes every token for a dead one.
    """

    duplicate: float = 0.0
    shuffle: bool = False
    delay_seconds: float = 0.0
    drop: float = 0.0
    torn: float = 0.0
    app_down: bool = False
    sync_answer: str = ""
    api_answer: str = ""


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
        elif name in _CHOICES:
            if value not in _CHOICES[name]:
                known = ", ".join(_CHOICES[name][1:])
                raise ValueError(f"{name} must be one of {known}, or empty")
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
