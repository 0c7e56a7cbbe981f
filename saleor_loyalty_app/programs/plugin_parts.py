"""Conditions and effects of plugins as the document names them: a kind, and its settings as data.

A document reads the same in a process that lacks the plugin. Whether the kind is there, and whether
the settings suit it, is asked when it is published (`plugins_check`) and when it is decided.
"""

import json
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, JsonValue, StringConstraints
from pydantic_core import PydanticCustomError

from saleor_loyalty_app.programs.condition_base import LineCondition, SingleCondition
from saleor_loyalty_app.programs.scalars import Points, Section
from saleor_loyalty_app.programs.written import value_when_written

#: The largest settings, in bytes of JSON, and how deep they may be nested.
MAX_SETTINGS_BYTES = 4096
MAX_SETTINGS_DEPTH = 6
#: Whole numbers that JavaScript, with which they are edited, keeps exactly.
MAX_WHOLE = 2**53 - 1


def _fit(settings: dict[str, Any]) -> dict[str, Any]:
    _check_values(settings, MAX_SETTINGS_DEPTH)
    if len(json.dumps(settings, separators=(",", ":"))) > MAX_SETTINGS_BYTES:
        raise _too_large()
    return settings


def _too_large() -> PydanticCustomError:
    return PydanticCustomError(
        "plugin_settings_large",
        "the settings are too large",
        {"limit": MAX_SETTINGS_BYTES // 1024, "depth": MAX_SETTINGS_DEPTH, "most": str(MAX_WHOLE)},
    )


def _check_values(value: object, depth: int) -> None:
    if isinstance(value, float):
        raise PydanticCustomError("decimal_as_float", "write exact decimals as text")
    if isinstance(value, int) and abs(value) > MAX_WHOLE:
        raise _too_large()
    if isinstance(value, dict | list):
        if depth == 0:
            raise _too_large()
        for child in value.values() if isinstance(value, dict) else value:
            _check_values(child, depth - 1)


#: The kind's name: that of its plugin, a dot, its own ("weather-points.warm-day").
KindName = Annotated[
    str,
    StringConstraints(
        max_length=121, pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*\.[a-z][a-z0-9]*(-[a-z0-9]+)*$"
    ),
]
#: JSON values without floats, which the kind reads.
Settings = Annotated[dict[str, JsonValue], AfterValidator(value_when_written(_fit))]


class PluginCondition(SingleCondition):
    """A condition of a plugin on the order as a whole, on a deed, or on the member behind it."""

    type: Literal["plugin"]
    kind: KindName
    settings: Settings = {}


class PluginLineCondition(LineCondition):
    """A condition of a plugin that is told for each line."""

    type: Literal["plugin_line"]
    kind: KindName
    settings: Settings = {}


class PluginEffect(Section):
    """What a plugin works out: for each line, for the order or for a deed, `most` at a time."""

    type: Literal["plugin"]
    kind: KindName
    settings: Settings = {}
    most: Annotated[Points, Field(description="What it gives at a time at most.")]
    unit: Literal["points", "status"] = "points"
