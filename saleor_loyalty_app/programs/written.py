"""Checks that are made when a document is written, and no more when a stored one is read.

What owners published was valid by the checks of its day, and decides for ever. A check that is made
or tightened later must not make it unreadable: it is asked of what is written now.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ValidationInfo, model_validator

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

_STORED = "stored"


def as_stored() -> dict[str, Any]:
    """The context of a validation that reads what was checked when it was written."""
    return {_STORED: True}


def _is_stored(info: ValidationInfo) -> bool:
    return isinstance(info.context, dict) and info.context.get(_STORED) is True


def when_written(check: Callable[[M], M]) -> Callable[[M], M]:
    """Makes a method the check of a model, asked after its fields when a document is written."""

    def ask(self: M, info: ValidationInfo) -> M:
        return self if _is_stored(info) else check(self)

    # Not functools.wraps: Pydantic would read the signature of what is wrapped.
    ask.__name__, ask.__qualname__, ask.__doc__ = check.__name__, check.__qualname__, check.__doc__
    return cast(Callable[[M], M], model_validator(mode="after")(ask))


def value_when_written(check: Callable[[T], T]) -> Callable[[T, ValidationInfo], T]:
    """The same for a value: goes into `AfterValidator`."""

    def ask(value: T, info: ValidationInfo) -> T:
        return value if _is_stored(info) else check(value)

    return ask
