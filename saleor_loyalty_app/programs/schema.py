"""The JSON Schema of program documents, by which editors help while writing. Pure."""

from collections.abc import Mapping
from typing import Any

from saleor_loyalty_app.programs import plugin_kinds
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.plugin_kinds import Kind

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def document_schema() -> dict[str, Any]:
    """What a document of this version of the app may hold, as JSON Schema (draft 2020-12).

    It tells names, types and limits. What parts say of each other, such as which conditions a rule
    on a birthday may have, `saleor-loyalty program validate` tells. Of plugins it knows the kinds
    of this process.
    """
    schema = {"$schema": DIALECT, **Program.model_json_schema(mode="validation")}
    kinds = plugin_kinds.current()
    lines = {name: kind for name, kind in kinds.conditions.items() if "line" in kind.levels}
    others = {name: kind for name, kind in kinds.conditions.items() if kind.levels - {"line"}}
    _add_kinds(schema["$defs"], "PluginCondition", others)
    _add_kinds(schema["$defs"], "PluginLineCondition", lines)
    _add_kinds(schema["$defs"], "PluginEffect", kinds.effects)
    return schema


def _add_kinds(definitions: dict[str, Any], part: str, kinds: Mapping[str, Kind]) -> None:
    """Says of each kind what its settings hold; others stay possible, for other processes."""
    cases = []
    for name, kind in kinds.items():
        own = kind.settings.model_json_schema(
            mode="validation", ref_template=f"#/$defs/{part}.{name}.{{model}}"
        )
        for model, definition in own.pop("$defs", {}).items():
            definitions[f"{part}.{name}.{model}"] = definition
        cases.append(
            {
                "if": {"properties": {"kind": {"const": name}}, "required": ["kind"]},
                "then": {"properties": {"settings": own}},
            }
        )
    if cases:
        definitions[part]["allOf"] = cases
        definitions[part]["properties"]["kind"]["examples"] = sorted(kinds)
